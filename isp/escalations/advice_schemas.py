"""What the pages about advice and panels ask."""

from __future__ import annotations

from uuid import UUID

from marshmallow import fields, validate

from isp.documents.intake import ACCEPT, ACCEPTED
from isp.documents.rules import TITLE_LIMIT
from isp.escalations import panel_rules
from isp.escalations.advice_rules import KINDS, TEXT_LIMIT, WHOM_LIMIT
from isp.web.asking import Choice, FormSchema, asks

_WORDS = validate.Length(max=TEXT_LIMIT)
_COVERS = (("needs", "Needs"), ("provision", "Provision"), ("outcomes", "Outcomes"))


def _covers(label: str) -> fields.List[str]:
    return fields.List(
        fields.String(),
        load_default=list,
        metadata=asks(label, noun="what it covers", kind="checkboxes", choices=_COVERS),
    )


def _title() -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(max=TITLE_LIMIT),
        metadata=asks("Its title", noun="its title", hint="For example: Report of the paediatric clinic"),
    )


def _file() -> fields.Raw:
    return fields.Raw(
        required=True,
        metadata=asks("The file", noun="the file", kind="file", hint=ACCEPTED, accept=ACCEPT),
    )


class WhomSchema(FormSchema):
    """Whom to ask for one kind of advice: somebody with an account, or somebody elsewhere."""

    adviser_id = fields.UUID(
        load_default=None,
        metadata=asks("Somebody who works with this service", noun="whom to ask", kind="select"),
    )
    whom = fields.String(
        load_default="",
        validate=validate.Length(max=WHOM_LIMIT),
        metadata=asks("Or somebody elsewhere", noun="who else is asked", hint="Name or office, and where."),
    )


class AskSchema(FormSchema):
    """What goes to all who are asked at once."""

    asked_on = fields.Date(
        required=True,
        metadata=asks(
            "On which day is the advice asked for?",
            noun="the day on which it is asked for",
            hint="The six weeks run from this day.",
        ),
    )
    note = fields.String(
        load_default="",
        validate=_WORDS,
        metadata=asks("What should they know or look at?", noun="what they should know", rows=3),
    )
    representations = fields.String(
        load_default="",
        validate=_WORDS,
        metadata=asks(
            "What the parent or young person has said",
            noun="what the family has said",
            hint="Whoever is asked is sent a copy: regulation 6(3).",
            rows=5,
        ),
    )
    release = fields.List(
        fields.UUID(),
        load_default=list,
        metadata=asks("Versions of the plan to send along", noun="the versions", kind="checkboxes"),
    )
    documents: fields.List[UUID] = fields.List(
        fields.UUID(),
        load_default=list,
        metadata=asks("Documents to send along", noun="the documents", kind="checkboxes"),
    )


class SufficesSchema(FormSchema):
    """Advice that is there already, and the three who agree that it is enough."""

    kind = fields.String(
        required=True,
        metadata=asks(
            "Which advice does it stand for?",
            noun="which advice it stands for",
            kind="select",
            choices=[Choice(one.code, f"({one.code}) {one.title}") for one in KINDS.values()],
        ),
    )
    document = fields.UUID(
        required=True, metadata=asks("Which document is it?", noun="the document", kind="radios")
    )
    author = fields.String(
        required=True,
        validate=validate.Length(max=WHOM_LIMIT),
        metadata=asks("Who wrote it?", noun="who wrote it", hint="Name and role."),
    )
    covers = _covers("What does it cover?")
    author_agreed_on = fields.Date(
        load_default=None,
        metadata=asks("On which day did its author agree?", noun="the day on which its author agreed"),
    )
    authority_agreed_on = fields.Date(
        load_default=None,
        metadata=asks("On which day did the authority agree?", noun="the day on which the authority agreed"),
    )
    family_agreed_on = fields.Date(
        load_default=None,
        metadata=asks(
            "On which day did the parent or young person agree?",
            noun="the day on which the parent or young person agreed",
        ),
    )


class ChaseSchema(FormSchema):
    """A reminder."""

    on = fields.Date(required=True, metadata=asks("On which day?", noun="the day of the reminder"))
    said = fields.String(
        required=True,
        validate=_WORDS,
        metadata=asks(
            "How did you remind them, and what was answered?", noun="how you reminded them", rows=4
        ),
    )


class ReasonSchema(FormSchema):
    """Why it is asked for no longer, or cannot be given."""

    reason = fields.String(required=True, validate=_WORDS, metadata=asks("Why?", noun="why", rows=4))


class FileSchema(FormSchema):
    """Advice that came by mail."""

    received_on = fields.Date(
        required=True,
        metadata=asks(
            "On which day did it come?",
            noun="the day on which it came",
            hint="The day it was received, not the day you file it.",
        ),
    )
    author = fields.String(
        required=True,
        validate=validate.Length(max=WHOM_LIMIT),
        metadata=asks("Who wrote it?", noun="who wrote it", hint="Name and role."),
    )
    title = _title()
    written_on = fields.Date(
        required=True, metadata=asks("Which day is on it?", noun="the day that is on it")
    )
    file = _file()


class CheckSchema(FormSchema):
    """The check of what came in."""

    covers = _covers("What does it cover?")
    result = fields.String(
        required=True,
        metadata=asks(
            "Is it enough?",
            noun="whether it is enough",
            choices=(
                Choice("accept", "Yes: accept it", "Whoever gave it no longer sees what was released"),
                Choice("back", "No: send it back", "It comes back with what is missing"),
            ),
        ),
    )
    missing = fields.String(
        load_default="",
        validate=_WORDS,
        metadata=asks(
            "What is missing?", noun="what is missing", hint="Where you send it back. They read it.", rows=4
        ),
    )


class QualifiedCheckSchema(CheckSchema):
    """The same of education advice about a child who sees or hears little."""

    qualified = fields.Boolean(
        load_default=False,
        metadata=asks(
            "It comes from a teacher qualified for children with this impairment, or one was consulted",
            noun="whether a qualified teacher was consulted",
            hint="Regulation 6(2).",
        ),
    )


class ReportSchema(FormSchema):
    """A report instead of words."""

    title = _title()
    written_on = fields.Date(
        required=True, metadata=asks("Which day is on it?", noun="the day that is on it")
    )
    file = _file()


class PanelSchema(FormSchema):
    """A panel to come."""

    kind = fields.String(
        required=True,
        metadata=asks(
            "What does it look at?", noun="what it looks at", choices=tuple(panel_rules.KINDS.items())
        ),
    )
    held_on = fields.Date(required=True, metadata=asks("On which day?", noun="the day of the panel"))


class HeldSchema(FormSchema):
    """Who was there."""

    members = fields.List(
        fields.String(),
        load_default=list,
        metadata=asks(
            "Who was there?",
            noun="who was there",
            kind="checkboxes",
            choices=tuple(panel_rules.MEMBERS.items()),
        ),
    )


class RecommendSchema(FormSchema):
    """What a panel recommends of one case. The choices are those of its kind."""

    recommendation = fields.String(
        required=True,
        metadata=asks("What does the panel recommend?", noun="what it recommends", kind="radios"),
    )
    reasons = fields.String(
        required=True,
        validate=_WORDS,
        metadata=asks(
            "What are its reasons?",
            noun="the reasons",
            hint="The officer decides under the legal test, and reads them.",
            rows=6,
        ),
    )


class BeforePanelSchema(FormSchema):
    """Which panel looks at a case."""

    panel_id = fields.UUID(required=True, metadata=asks("Which panel?", noun="the panel", kind="radios"))


class GatherSchema(FormSchema):
    """Which accepted advice section K of the plan names."""

    advice = fields.List(
        fields.String(),
        required=True,
        metadata=asks("Which advice does section K name?", noun="the advice"),
    )
