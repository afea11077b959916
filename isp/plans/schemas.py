"""The forms of the plan's pages, but for the plan itself, whose boxes follow from its content."""

from __future__ import annotations

from marshmallow import fields, validate

from isp.access.purposes import PURPOSES
from isp.plans.rules import END_REASONS, REASON_LIMIT, WITHDRAWAL_REASONS
from isp.web.asking import Choice, FormSchema, asks, what_happened, why_withdrawn

TEXT_LIMIT = 20_000


class AsOfSchema(FormSchema):
    """Which day to look back to."""

    on = fields.Date(required=True, metadata=asks("Which day?", noun="the day", hint="For example 14 3 2027"))


class CopySchema(FormSchema):
    """What a copy is for that leaves an authority."""

    purpose = fields.String(
        required=True,
        metadata=asks(
            "What is the copy for?",
            noun="what the copy is for",
            choices=tuple(PURPOSES.items()),
            hint="It is noted in History with your name. Research is not among them: it works without names.",
        ),
    )


class FinaliseSchema(FormSchema):
    """Why a new version is made."""

    reason = fields.String(
        required=True,
        validate=validate.Length(max=REASON_LIMIT),
        metadata=asks(
            "What changes, and why?",
            noun="what changes and why",
            hint="One or two sentences. The family reads them, and they stay with this version.",
            rows=3,
        ),
    )


class FinaliseOrCorrectSchema(FinaliseSchema):
    """The same where what changes is small enough to be a correction."""

    sort = fields.String(
        required=True,
        metadata=asks(
            "What is this?",
            noun="what this is",
            choices=(
                Choice("published", "A new version", "The family is told that there is a new plan."),
                Choice(
                    "correction",
                    "A small correction",
                    "Spelling or a date. Nobody is asked to agree again; the plan says it was corrected.",
                ),
            ),
        ),
    )


class CountersignRuleSchema(FormSchema):
    """Who countersigns at a school, and from when."""

    role = fields.String(
        required=True,
        metadata=asks("Who countersigns a plan before it is shared?", noun="who countersigns", kind="radios"),
    )
    valid_from = fields.Date(
        required=True, metadata=asks("From which day?", noun="the day", hint="Today or a day to come")
    )


class WithdrawSchema(FormSchema):
    """Why a version is hidden."""

    why = why_withdrawn("What is wrong with this version?", WITHDRAWAL_REASONS)
    reason = what_happened(REASON_LIMIT)


class SetAsideSchema(FormSchema):
    """Why words stay as they are."""

    reason = fields.String(
        required=True,
        validate=validate.Length(max=REASON_LIMIT),
        metadata=asks("Why should they stay?", noun="why they should stay", hint="In a sentence", rows=2),
    )


class EndSchema(FormSchema):
    """Why a plan ends, and when."""

    why = fields.String(
        required=True,
        metadata=asks("Why does the plan end?", noun="why it ends", choices=tuple(END_REASONS.items())),
    )
    on = fields.Date(required=True, metadata=asks("On which day?", noun="the day", hint="Today or earlier"))
    reason = fields.String(
        required=True,
        validate=validate.Length(max=REASON_LIMIT),
        metadata=asks("Say in a few words how you decided", noun="how you decided", rows=3),
    )


class EarlierSchema(FormSchema):
    """A plan that was written elsewhere."""

    happened_on = fields.Date(
        required=True,
        metadata=asks("When was it written?", noun="the date", hint="The date on the plan, not today’s"),
    )
    source = fields.String(
        required=True,
        validate=validate.Length(max=200),
        metadata=asks(
            "Where was it written?", noun="where it was written", hint="A school, a setting, an authority"
        ),
    )
    outcomes = fields.String(
        validate=validate.Length(max=TEXT_LIMIT),
        metadata=asks("Its outcomes", noun="its outcomes", hint="One on each line", kind="textarea", rows=5),
    )
    provision = fields.String(
        validate=validate.Length(max=TEXT_LIMIT),
        metadata=asks(
            "Its provision", noun="its provision", hint="One on each line", kind="textarea", rows=5
        ),
    )
    text = fields.String(
        validate=validate.Length(max=TEXT_LIMIT),
        metadata=asks(
            "The rest of it",
            noun="the rest of it",
            hint="Paste what else it says. It is kept as it is.",
            kind="textarea",
            rows=8,
        ),
    )
