"""What the pages about notes ask."""

from __future__ import annotations

from marshmallow import fields, validate

from isp.notes.rules import LIMIT, REASON_LIMIT, WITHDRAWAL_REASONS
from isp.web.asking import FormSchema, asks, what_happened, why_withdrawn


def _all_the_same() -> fields.Boolean:
    return fields.Boolean(
        load_default=False,
        metadata=asks("This is not about a child’s safety: save it as a working note all the same"),
    )


class NoteSchema(FormSchema):
    """A note, what it is about, and, where its words ask for it, that it is one all the same."""

    text = fields.String(
        required=True,
        validate=validate.Length(max=LIMIT),
        metadata=asks(
            "What do you want to keep in mind?",
            noun="the note",
            hint="What you saw or tried, and what came of it. Staff who teach this pupil, the SENCO and the "
            "head read it; the family does not, but may ask for a copy of it by law.",
            kind="textarea",
            rows=8,
        ),
    )
    about = fields.UUID(
        load_default=None,
        metadata=asks(
            "What in the plan is it about?",
            hint="Leave it open if it is about nothing in particular",
            kind="select",
        ),
    )
    all_the_same = _all_the_same()


class CorrectionSchema(FormSchema):
    """The same note, said anew."""

    text = fields.String(
        required=True,
        validate=validate.Length(max=LIMIT),
        metadata=asks(
            "What should it say?",
            noun="the note",
            hint="What it said before is kept, and can be read beside it.",
            kind="textarea",
            rows=8,
        ),
    )
    all_the_same = _all_the_same()


class WithdrawSchema(FormSchema):
    """Why a note is hidden."""

    why = why_withdrawn("What is wrong with it?", WITHDRAWAL_REASONS)
    reason = what_happened(REASON_LIMIT)
