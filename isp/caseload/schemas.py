"""What History is narrowed to. Ids, codes and dates alone: the answers stand in an address."""

from __future__ import annotations

from marshmallow import fields

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
