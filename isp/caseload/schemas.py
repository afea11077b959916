"""What this room's forms ask. History's takes ids, codes and dates alone: its answers stand in an address."""

from __future__ import annotations

from marshmallow import fields, validate

from isp.web.asking import FormSchema, asks

KIND_WORDS = {
    "school": {
        "all": "Everything",
        "changes": "Changes",
        "looks": "Who looked",
        "shared": "Plans finalised and shared",
    },
    "family": {
        "all": "Everything",
        "changes": "What was changed",
        "looks": "Who looked",
        "shared": "Plans shared with you",
    },
}


class HistorySchema(FormSchema):
    """Which part of History to show."""

    person = fields.String(metadata=asks("Who", kind="select", choices=()))
    kind = fields.String(metadata=asks("What", kind="select", choices=tuple(KIND_WORDS["school"].items())))
    since = fields.Date(metadata=asks("From", noun="the first day"))
    until = fields.Date(metadata=asks("To", noun="the last day"))


class MessagesSchema(FormSchema):
    """How somebody wants to be told."""

    mail = fields.List(
        fields.String(),
        metadata=asks(
            "Email me when",
            noun="what you want an email about",
            hint="An email never says who it is about. What a right hangs on is always emailed.",
            choices=(),
        ),
    )
    number = fields.String(
        validate=validate.Length(max=30),
        metadata=asks(
            "Mobile number for urgent text messages",
            noun="your mobile number",
            hint="Only for what cannot wait. Leave it empty if you do not want any.",
            autocomplete="tel",
            inputmode="tel",
            width=20,
        ),
    )
