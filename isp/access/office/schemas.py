"""What the pages about staff and about an organisation's own words ask."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from isp.people.prose import LONGEST
from isp.web.asking import FormSchema, asks

_NAME = validate.Length(max=100)


class _Days(FormSchema):
    valid_from = fields.Date(
        allow_none=True,
        load_default=None,
        metadata=asks("First day (optional)", noun="the first day", hint="Leave it empty to start today."),
    )
    valid_to = fields.Date(
        allow_none=True,
        load_default=None,
        metadata=asks(
            "Last day (optional)", noun="the last day", hint="Leave it empty if you do not know yet."
        ),
    )

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, data: dict[str, Any], **_more: object) -> None:
        first, last = data.get("valid_from"), data.get("valid_to")
        if first and last and last < first:
            raise ValidationError({"valid_to": ["The last day must not be before the first day"]})


class RoleSchema(_Days):
    """A role for a colleague, from a day to another."""

    role = fields.String(required=True, metadata=asks("Role", noun="a role", kind="radios"))

    class Meta(FormSchema.Meta):
        fields = ("role", "valid_from", "valid_to")


class DaysSchema(_Days):
    """Other days for a role."""

    valid_from = fields.Date(required=True, metadata=asks("First day", noun="the first day"))


class InviteSchema(_Days):
    """A new colleague."""

    given = fields.String(
        required=True, validate=_NAME, metadata=asks("First name", noun="a first name", autocomplete="off")
    )
    family = fields.String(
        required=True, validate=_NAME, metadata=asks("Last name", noun="a last name", autocomplete="off")
    )
    email = fields.Email(
        required=True,
        validate=validate.Length(max=254),
        metadata=asks(
            "Work email address",
            noun="a work email address",
            hint="An address that only this person reads, not one that is shared. They sign in with it.",
        ),
    )
    role = fields.String(required=True, metadata=asks("Role", noun="a role", kind="radios"))

    class Meta(FormSchema.Meta):
        fields = ("given", "family", "email", "role", "valid_from", "valid_to")


class HandOverSchema(FormSchema):
    """Who takes over a leaver's work."""

    successor = fields.UUID(
        required=True,
        metadata=asks("Who takes over?", noun="who takes over", kind="select"),
    )


class TextSchema(FormSchema):
    """An organisation's own words for a page."""

    body = fields.String(
        validate=validate.Length(max=LONGEST),
        load_default="",
        metadata=asks(
            "Your text",
            noun="your text",
            kind="textarea",
            rows=20,
            hint=(
                "Start a line with # for a heading and with - for a list; leave a line empty between "
                "paragraphs. Web and email addresses become links. Leave it all empty to show only what "
                "comes with the service."
            ),
        ),
    )
    edited = fields.Integer(required=True, metadata=asks("Edition", kind="hidden"))
