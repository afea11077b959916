"""What the register's pages ask."""

from __future__ import annotations

from marshmallow import fields, validate

from isp.people.organisations import PHASES
from isp.register.actions.enrolling import REASONS
from isp.register.actions.restricting import KINDS as RESTRICTIONS
from isp.register.content import SEXES, year_words
from isp.register.importing import codes
from isp.register.importing.cells import MAX_NAME
from isp.register.importing.fields import Kind
from isp.register.importing.groups import GROUP_KINDS
from isp.register.terms import KINDS as DAYS
from isp.web.asking import Choice, FormSchema, asks

__all__ = ["PHASES"]

_SHORT = validate.Length(max=MAX_NAME)
_LONG = validate.Length(max=2000)
FILES = (
    Choice("pupils", "Pupils", "Names, dates of birth, year groups, SEN status, classes"),
    Choice("contacts", "Contacts", "Parents and carers, and who has parental responsibility"),
    Choice("staff", "Staff", "Colleagues with their work email addresses and roles"),
    Choice("groups", "Classes and groups", "Who is in which class, and who teaches it"),
)
FILE_WORDS = {
    Kind.PUPILS: "pupils",
    Kind.STAFF: "staff",
    Kind.GROUPS: "classes and groups",
    Kind.CONTACTS: "contacts",
}


def _years() -> list[tuple[str, str]]:
    return [(code, year_words(code)) for code in codes.YEAR_GROUPS]


def _ethnicities() -> list[tuple[str, str]]:
    return [("", "Not recorded"), *codes.ETHNICITIES.items()]


def _needs() -> list[tuple[str, str]]:
    return [(code, f"{name} ({code})") for code, name in codes.NEEDS.items()]


class PupilSchema(FormSchema):
    """A pupil's own details."""

    legal_given = fields.String(
        required=True, validate=_SHORT, metadata=asks("Legal forename", noun="the legal forename")
    )
    legal_family = fields.String(
        required=True, validate=_SHORT, metadata=asks("Legal surname", noun="the legal surname")
    )
    preferred_given = fields.String(
        validate=_SHORT,
        metadata=asks("Preferred forename", hint="The name people use, where it is another one"),
    )
    preferred_family = fields.String(validate=_SHORT, metadata=asks("Preferred surname"))
    born_on = fields.Date(
        required=True,
        metadata=asks("Date of birth", noun="the date of birth", hint="For example, 14 5 2016"),
    )
    sex = fields.String(
        load_default=None,
        allow_none=True,
        metadata=asks("Sex", choices=[("", "Not recorded"), *SEXES.items()], kind="radios"),
    )
    upn = fields.String(
        metadata=asks(
            "UPN", hint="One letter and twelve digits. Leave it empty if there is none yet.", width=20
        )
    )
    uln = fields.String(
        metadata=asks(
            "ULN", hint="Ten digits, from the age of 14. Leave it empty if there is none.", width=20
        )
    )
    ethnicity = fields.String(
        load_default=None,
        allow_none=True,
        metadata=asks("Ethnicity", choices=_ethnicities, kind="select"),
    )
    postcode = fields.String(validate=_SHORT, metadata=asks("Postcode", hint="Of the child’s home", width=10))
    year_group = fields.String(
        load_default=None,
        allow_none=True,
        metadata=asks("Year group", noun="the year group", choices=_years, kind="select"),
    )
    sen_status = fields.String(
        load_default="N",
        metadata=asks("SEN status", choices=list(codes.SEN_STATUSES.items()), kind="radios"),
    )
    need_primary = fields.String(
        load_default=None,
        allow_none=True,
        metadata=asks("Primary need", choices=_needs, kind="select"),
    )
    need_secondary = fields.String(
        load_default=None,
        allow_none=True,
        metadata=asks("Secondary need", choices=_needs, kind="select"),
    )


class NewPupilSchema(PupilSchema):
    """The same, with what makes an enrolment."""

    admitted_on = fields.Date(
        load_default=None, allow_none=True, metadata=asks("First day here", hint="Today, if left empty")
    )
    group_id = fields.UUID(
        load_default=None, allow_none=True, metadata=asks("Class", kind="select", choices=[])
    )
    authority_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata=asks("Local authority where the pupil lives", kind="select", choices=[]),
    )
    is_another = fields.Boolean(
        load_default=False,
        metadata=asks(
            "This is another child than the one on record",
            hint="Only where a pupil here has the same name and date of birth",
        ),
    )


class LeaveSchema(FormSchema):
    """The last day at the school."""

    on = fields.Date(required=True, metadata=asks("Last day here", noun="the last day here"))
    reason = fields.String(
        load_default=None,
        allow_none=True,
        metadata=asks("Why", choices=list(REASONS.items()), kind="radios"),
    )


class ReturnSchema(FormSchema):
    """The first day back."""

    on = fields.Date(required=True, metadata=asks("First day back", noun="the first day back"))


class PersonSchema(FormSchema):
    """How an adult is called and reached."""

    given = fields.String(required=True, validate=_SHORT, metadata=asks("Forename", noun="the forename"))
    family = fields.String(required=True, validate=_SHORT, metadata=asks("Surname", noun="the surname"))
    email = fields.Email(
        load_default=None,
        allow_none=True,
        metadata=asks("Email address", hint="Needed if this adult is to read the plan here"),
    )
    telephone = fields.String(validate=_SHORT, metadata=asks("Telephone", width=20, inputmode="tel"))
    address = fields.String(validate=validate.Length(max=500), metadata=asks("Address", rows=3))
    address_confidential = fields.Boolean(
        load_default=False,
        metadata=asks(
            "These contact details are confidential",
            hint="Then only the safeguarding lead sees them. It cannot be taken back here.",
        ),
    )


class GuardianshipSchema(FormSchema):
    """What an adult is to a child."""

    relationship = fields.String(
        required=True,
        validate=_SHORT,
        metadata=asks(
            "What is this adult to the child?",
            noun="what this adult is to the child",
            hint="Such as mother, stepfather or foster carer",
        ),
    )
    has_responsibility = fields.Boolean(
        load_default=False,
        metadata=asks(
            "Has parental responsibility",
            hint="Then the plan, its versions and its history are open to this adult",
        ),
    )
    has_care = fields.Boolean(
        load_default=False,
        metadata=asks(
            "Has care of the child", hint="The child lives with this adult, all or part of the time"
        ),
    )
    evidence = fields.String(
        validate=_LONG,
        metadata=asks(
            "What did you see or hear?",
            hint="Such as: birth certificate seen; told by the mother on 3 May. The school does not judge.",
            rows=3,
        ),
    )
    court_order = fields.String(
        validate=_LONG,
        metadata=asks(
            "Is there a court order?", hint="What it says and its date. Leave empty if not.", rows=3
        ),
    )
    valid_from = fields.Date(
        load_default=None, allow_none=True, metadata=asks("From", hint="Today, if left empty")
    )


class NewGuardianSchema(PersonSchema, GuardianshipSchema):
    """Somebody new, and what she is to the child."""

    class Meta(FormSchema.Meta):
        fields = (
            "given",
            "family",
            "relationship",
            "has_responsibility",
            "has_care",
            "evidence",
            "court_order",
            "valid_from",
            "email",
            "telephone",
            "address",
            "address_confidential",
        )


class WhySchema(FormSchema):
    """A reason in words."""

    reason = fields.String(required=True, validate=_LONG, metadata=asks("Why?", noun="the reason", rows=3))


class OwnSightSchema(FormSchema):
    """Where a young person gets the invitation."""

    email = fields.Email(
        required=True,
        metadata=asks("The young person’s email address", noun="the email address"),
    )


class AuthoritySchema(FormSchema):
    """Which authority is responsible, since when and why."""

    authority_id = fields.UUID(
        required=True,
        metadata=asks("Local authority", noun="the local authority", kind="select", choices=[]),
    )
    reason = fields.String(
        required=True,
        validate=_LONG,
        metadata=asks("Why?", noun="the reason", hint="Such as: moved to this area; in its care"),
    )
    from_on = fields.Date(
        load_default=None, allow_none=True, metadata=asks("Since", hint="Today, if left empty")
    )


class RestrictionSchema(FormSchema):
    """Closing the record to an adult."""

    person_id = fields.UUID(
        required=True, metadata=asks("To whom?", noun="the adult", kind="radios", choices=[])
    )
    kind = fields.String(
        required=True,
        metadata=asks("How far?", noun="how far", choices=list(RESTRICTIONS.items()), kind="radios"),
    )
    evidence = fields.String(
        required=True,
        validate=_LONG,
        metadata=asks("What was seen or received?", noun="what was seen or received", rows=3),
    )
    reason = fields.String(required=True, validate=_LONG, metadata=asks("Why?", noun="the reason", rows=3))
    review_on = fields.Date(
        required=True,
        metadata=asks(
            "Look at this again on",
            noun="the day of review",
            hint="The record stays closed after that day until two people have agreed to open it.",
        ),
    )


class ReviewSchema(FormSchema):
    """A further day of review."""

    review_on = fields.Date(required=True, metadata=asks("Look at this again on", noun="the day of review"))


class GroupSchema(FormSchema):
    """A class or teaching group."""

    name = fields.String(
        required=True, validate=validate.Length(max=60), metadata=asks("Name", noun="the name", width=20)
    )
    kind = fields.String(
        required=True,
        metadata=asks(
            "What is it?",
            noun="what it is",
            choices=[(key, word.capitalize()) for key, word in GROUP_KINDS.items()],
            kind="radios",
        ),
    )
    subject = fields.String(validate=validate.Length(max=60), metadata=asks("Subject", hint="If it has one"))


class GroupStaffSchema(FormSchema):
    """A colleague with a class."""

    person_id = fields.UUID(
        required=True, metadata=asks("Colleague", noun="the colleague", kind="select", choices=[])
    )
    role = fields.String(
        required=True,
        metadata=asks(
            "What do they do here?",
            noun="what they do here",
            choices=[("class_teacher", "Teaches"), ("teaching_assistant", "Assists")],
            kind="radios",
        ),
    )
    valid_from = fields.Date(
        load_default=None, allow_none=True, metadata=asks("From", hint="Today, if left empty")
    )
    valid_to = fields.Date(
        load_default=None, allow_none=True, metadata=asks("Until", hint="31 August, if left empty")
    )


class GroupPupilsSchema(FormSchema):
    """Pupils to put into a class."""

    pupils = fields.List(
        fields.UUID(),
        required=True,
        metadata=asks("Pupils", noun="at least one pupil", kind="checkboxes", choices=[]),
    )


class DaysSchema(FormSchema):
    """A stretch of the school's calendar."""

    kind = fields.String(
        required=True,
        metadata=asks(
            "What days are these?", noun="what days these are", choices=list(DAYS.items()), kind="radios"
        ),
    )
    name = fields.String(
        validate=validate.Length(max=60), metadata=asks("Name", hint="Such as Autumn term 2026", width=20)
    )
    starts_on = fields.Date(required=True, metadata=asks("First day", noun="the first day"))
    ends_on = fields.Date(
        load_default=None, allow_none=True, metadata=asks("Last day", hint="The same day, if left empty")
    )


class FileSchema(FormSchema):
    """A file to read in."""

    kind = fields.String(
        required=True,
        metadata=asks("What is in the file?", noun="what is in the file", choices=FILES, kind="radios"),
    )
    file = fields.Raw(
        required=True,
        metadata=asks(
            "The file",
            noun="the file",
            kind="file",
            accept=".csv,.txt,text/csv",
            hint="A CSV file, as your school’s system exports it",
        ),
    )
