"""The forms of the EHC plan's pages, but for its content, whose boxes follow from its shape."""

from __future__ import annotations

from marshmallow import fields, validate

from isp.documents.intake import ACCEPT, ACCEPTED
from isp.ehcp.rules import (
    AGREEMENT_WORDS,
    CAME_BY,
    FINDING_WORDS,
    MY_ANSWERS,
    OCCASION_WORDS,
    REASON_LIMIT,
    WORDS_LIMIT,
)
from isp.web.asking import FormSchema, asks

TEXT_LIMIT = 20_000
DAY_HINT = "For example 14 3 2027"


def _pasted(label: str, noun: str, what: str) -> fields.String:
    return fields.String(
        load_default="",
        validate=validate.Length(max=TEXT_LIMIT),
        metadata=asks(label, noun=noun, hint=f"Type or paste. An empty line begins the next {what}.", rows=8),
    )


class KeepSchema(FormSchema):
    """Why words stay that the wording check stops."""

    reason = fields.String(
        required=True,
        validate=validate.Length(max=REASON_LIMIT),
        metadata=asks(
            "Why do these words stay?",
            noun="why these words stay",
            hint="It stays in the history of the plan, with your name.",
            rows=3,
        ),
    )


def _body(label: str) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(max=200),
        metadata=asks(label, noun="which body it is", hint="For example the NHS trust or ICB."),
    )


class AgreerSchema(FormSchema):
    """Who agrees to sections of a plan for its body."""

    person_id = fields.UUID(required=True, metadata=asks("Who agrees?", noun="who agrees", kind="radios"))
    body = _body("For which body?")


class SignSchema(FormSchema):
    """One's own body, as the authority has named it, agrees to its sections."""

    words = fields.String(
        load_default="",
        validate=validate.Length(max=REASON_LIMIT),
        metadata=asks("Anything to add", noun="what you add", rows=3),
    )


class LetterSchema(SignSchema):
    """The officer files the letter in which a body agreed."""

    body = _body("Which body agrees?")
    agreed_on = fields.Date(
        required=True, metadata=asks("Date of the letter", noun="the date of the letter", hint=DAY_HINT)
    )


class TakeOverSchema(FormSchema):
    """Which entries of the school's plan to take over."""

    entries = fields.List(
        fields.String(),
        required=True,
        metadata=asks("Which entries do you take over?", noun="the entries"),
    )


class BringInSchema(FormSchema):
    """An EHC plan that was made elsewhere."""

    made_on = fields.Date(
        required=True,
        metadata=asks(
            "Date of the plan",
            noun="the date of the plan",
            hint=f"As it stands: of its last amendment. {DAY_HINT}",
        ),
    )
    first_made_on = fields.Date(
        load_default=None,
        metadata=asks("Date on which the first plan was made", noun="the first date", hint="If you know it."),
    )
    last_review_on = fields.Date(
        load_default=None,
        metadata=asks(
            "Day on which the last annual review ended", noun="the last review", hint="If there was one."
        ),
    )
    from_authority = fields.String(
        load_default="",
        validate=validate.Regexp(r"^([0-9]{3})?$", error="Give the three figures of the authority."),
        metadata=asks(
            "Number of the authority that made it",
            noun="the authority’s number",
            hint="Three figures. Leave it empty if your own authority made it, in another system.",
            width=3,
        ),
    )
    transferred_on = fields.Date(
        load_default=None,
        metadata=asks(
            "Day on which it became your authority’s",
            noun="the day of the transfer",
            hint="Of a plan that another authority made. Its next review depends on this day.",
        ),
    )
    urn = fields.String(
        load_default="",
        metadata=asks(
            "URN of the school that section I names",
            noun="the URN",
            hint="Six figures. Leave it empty if you do not know it, or if it names only a type.",
            width=6,
        ),
    )
    needs = _pasted("Needs in section B", "the needs", "need")
    outcomes = _pasted("Outcomes in section E", "the outcomes", "outcome")
    provision = _pasted("Provision in section F", "the provision", "entry")
    label = fields.String(required=True, metadata=asks("Who may see the file?", noun="who may see the file"))
    file = fields.Raw(
        required=True,
        metadata=asks("The plan as a file", noun="the file", kind="file", hint=ACCEPTED, accept=ACCEPT),
    )


class AgreementSchema(FormSchema):
    """Whether one of the family agrees with a version of the plan."""

    answer = fields.String(
        required=True,
        metadata=asks(
            "Do you agree with it?",
            noun="whether you agree",
            kind="radios",
            choices=tuple(MY_ANSWERS.items()),
        ),
    )
    words = fields.String(
        load_default="",
        validate=validate.Length(max=WORDS_LIMIT),
        metadata=asks(
            "What do you want to say about it?",
            noun="what you say about it",
            hint="You do not have to. Say which part you mean, and what would be right.",
            rows=8,
        ),
    )


class FiledAgreementSchema(FormSchema):
    """What one of the family said of a version by post or otherwise, as the officer files it."""

    person_id = fields.UUID(
        required=True, metadata=asks("Whose answer is it?", noun="whose answer it is", kind="radios")
    )
    answer = fields.String(
        required=True,
        metadata=asks(
            "Do they agree with it?",
            noun="whether they agree",
            kind="radios",
            choices=tuple(AGREEMENT_WORDS.items()),
        ),
    )
    came_on = fields.Date(
        required=True,
        metadata=asks("On which day did it come?", noun="the day on which it came", hint=DAY_HINT),
    )
    how = fields.String(
        required=True,
        metadata=asks("How did it come?", noun="how it came", kind="radios", choices=tuple(CAME_BY.items())),
    )
    words = fields.String(
        load_default="",
        validate=validate.Length(max=WORDS_LIMIT),
        metadata=asks(
            "What did they say about it?",
            noun="what they say about it",
            hint="In their own words. They read this, and nobody else of the family.",
            rows=8,
        ),
    )
    proof = fields.String(
        required=True,
        validate=validate.Length(max=REASON_LIMIT),
        metadata=asks(
            "What shows it?",
            noun="what shows it",
            hint="Where the letter is kept, or who took the call and when.",
            rows=3,
        ),
    )


class CheckSchema(FormSchema):
    """A check of section F that the school or the authority asks for."""

    occasion = fields.String(
        required=True,
        metadata=asks("Why is it checked?", noun="why it is checked", choices=tuple(OCCASION_WORDS.items())),
    )
    words = fields.String(
        load_default="",
        validate=validate.Length(max=REASON_LIMIT),
        metadata=asks("In words", noun="the words", rows=4),
    )


class WorrySchema(FormSchema):
    """A worry of the family's that help in the plan is not given."""

    words = fields.String(
        required=True,
        validate=validate.Length(max=REASON_LIMIT),
        metadata=asks(
            "What worries you?",
            noun="what worries you",
            hint=(
                "Which help you think is not given, and since when. If you worry that a child is not safe, "
                "tell the school’s safeguarding lead at once, and do not write it here."
            ),
            rows=6,
        ),
    )


class FindingSchema(FormSchema):
    """Whether one entry of section F is given. Left open: nothing is recorded of it."""

    finding = fields.String(
        load_default="",
        metadata=asks("Is it given?", noun="whether it is given", choices=tuple(FINDING_WORDS.items())),
    )
    since = fields.Date(load_default=None, metadata=asks("Since when?", noun="since when", hint=DAY_HINT))
    evidence = fields.String(
        load_default="",
        validate=validate.Length(max=REASON_LIMIT),
        metadata=asks("How is it known?", noun="how it is known", rows=3),
    )
