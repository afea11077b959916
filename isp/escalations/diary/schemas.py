"""What the pages of a case's diary ask."""

from __future__ import annotations

from marshmallow import fields, validate

from isp.escalations.diary.rules import KINDS, LIMIT
from isp.web.asking import FormSchema, asks

_LENGTH = validate.Length(max=LIMIT)


class EntrySchema(FormSchema):
    """An entry. Which documents there are is known only when the page is made."""

    kind = fields.String(
        required=True, metadata=asks("What was it?", noun="what it was", choices=tuple(KINDS.items()))
    )
    happened_on = fields.Date(
        required=True,
        metadata=asks(
            "On which day was it?",
            noun="the day",
            hint="The real day: of mail, the day it came or went. The day of recording is kept beside it.",
        ),
    )
    who = fields.String(
        required=True,
        validate=validate.Length(max=200),
        metadata=asks("With whom, or from whom?", noun="with whom it was"),
    )
    what = fields.String(
        required=True,
        validate=_LENGTH,
        metadata=asks("What was said or done?", noun="what was said or done", rows=6),
    )
    document_id = fields.UUID(
        load_default=None,
        metadata=asks(
            "Which document is it about?",
            noun="the document",
            hint="One that is here already. Leave it if there is none.",
            kind="select",
        ),
    )


class CorrectionSchema(EntrySchema):
    """The entry as it should stand, and why."""

    reason = fields.String(
        required=True,
        validate=_LENGTH,
        metadata=asks(
            "Why is it corrected?",
            noun="why it is corrected",
            hint="What stood there before stays, with your reason beside it.",
            rows=3,
        ),
    )
