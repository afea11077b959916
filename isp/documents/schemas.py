"""The forms of the room's pages. The file is asked for last: what is typed before it arrives before it."""

from __future__ import annotations

from marshmallow import fields, validate

from isp.documents.intake import ACCEPT, ACCEPTED
from isp.documents.rules import FAMILY_KINDS, KINDS, REASON_LIMIT, TITLE_LIMIT, WITHDRAWAL_REASONS
from isp.web.asking import FormSchema, asks, what_happened, why_withdrawn

DAY_HINT = "For example 14 3 2027. Of a photograph, the day it was taken"


class AddSchema(FormSchema):
    """A document that the school files."""

    kind = fields.String(
        required=True, metadata=asks("What is it?", noun="what it is", choices=tuple(KINDS.items()))
    )
    title = fields.String(
        required=True,
        validate=validate.Length(max=TITLE_LIMIT),
        metadata=asks(
            "Its title", noun="its title", hint="For example: Speech and language report, autumn term"
        ),
    )
    happened_on = fields.Date(
        required=True,
        metadata=asks("Which day is it from?", noun="the day", hint="The date on it. " + DAY_HINT),
    )
    label = fields.String(required=True, metadata=asks("Who may see it?", noun="who may see it"))
    file = fields.Raw(
        required=True,
        metadata=asks("The file", noun="the file", kind="file", hint=ACCEPTED, accept=ACCEPT),
    )


class ReplaceSchema(FormSchema):
    """A newer version of a document."""

    title = fields.String(
        required=True,
        validate=validate.Length(max=TITLE_LIMIT),
        metadata=asks("Its title", noun="its title"),
    )
    happened_on = fields.Date(
        required=True, metadata=asks("Which day is it from?", noun="the day", hint=DAY_HINT)
    )
    file = fields.Raw(
        required=True,
        metadata=asks("The newer file", noun="the file", kind="file", hint=ACCEPTED, accept=ACCEPT),
    )


class SendSchema(FormSchema):
    """A document that one of the family, or somebody who gives advice, sends to the school."""

    kind = fields.String(
        required=True, metadata=asks("What is it?", noun="what it is", choices=tuple(FAMILY_KINDS.items()))
    )
    title = fields.String(
        required=True,
        validate=validate.Length(max=TITLE_LIMIT),
        metadata=asks(
            "What should we call it?",
            noun="what we should call it",
            hint="For example: Letter from the clinic",
        ),
    )
    happened_on = fields.Date(
        required=True,
        metadata=asks("Which day is it from?", noun="the day", hint=DAY_HINT),
    )
    file = fields.Raw(
        required=True,
        metadata=asks(
            "The file or photograph", noun="the file or photograph", kind="file", hint=ACCEPTED, accept=ACCEPT
        ),
    )


class WithdrawSchema(FormSchema):
    """Why a version is hidden."""

    why = why_withdrawn("What is wrong with it?", WITHDRAWAL_REASONS)
    reason = what_happened(REASON_LIMIT)
