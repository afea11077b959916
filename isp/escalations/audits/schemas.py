"""What the pages of an audit ask."""

from __future__ import annotations

from marshmallow import fields, validate

from isp.escalations.audits.content import ANSWERS, KINDS
from isp.web.asking import FormSchema, asks

WORDS_LIMIT = 2000


class AuditSchema(FormSchema):
    """A sample to be drawn."""

    kind = fields.String(
        required=True, metadata=asks("Which cases?", noun="which cases", choices=tuple(KINDS.items()))
    )
    from_on = fields.Date(required=True, metadata=asks("From which day?", noun="the first day"))
    to_on = fields.Date(required=True, metadata=asks("To which day?", noun="the last day"))
    wanted = fields.Integer(
        required=True, metadata=asks("How many cases?", noun="how many cases", inputmode="numeric", width=4)
    )
    auditor_id = fields.UUID(required=True, metadata=asks("Who audits?", noun="who audits", choices=()))
    moderator_id = fields.UUID(
        required=True,
        metadata=asks(
            "Who moderates?",
            noun="who moderates",
            hint="Neither sees what the other found in a case until both have finished it.",
            choices=(),
        ),
    )
    seed = fields.String(
        load_default=None,
        validate=validate.Length(max=32),
        metadata=asks(
            "Seed of the sample, if you have one",
            hint="Letters and digits. The same seed draws the same cases again. Leave it empty to draw one.",
            width=20,
        ),
    )


class FindingSchema(FormSchema):
    """One question of the checklist, answered."""

    answer = fields.String(
        load_default=None, metadata=asks("Answer", noun="an answer", choices=tuple(ANSWERS.items()))
    )
    about = fields.String(load_default=None, metadata=asks("What is it about?", kind="select", choices=()))
    words = fields.String(
        load_default="", validate=validate.Length(max=WORDS_LIMIT), metadata=asks("In words", rows=2)
    )
