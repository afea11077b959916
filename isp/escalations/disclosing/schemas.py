"""What the page of a disclosure asks. What can be given, and who authorises, is known only on the page."""

from __future__ import annotations

from marshmallow import fields, validate

from isp.escalations.disclosing.rules import LIMIT
from isp.web.asking import FormSchema, asks

_LENGTH = validate.Length(max=LIMIT)


class DisclosureSchema(FormSchema):
    """To whom, for what, on whose authority, and what exactly."""

    purpose = fields.String(
        required=True,
        metadata=asks(
            "What is it for?",
            noun="what it is for",
            hint="Regulation 17 names these purposes and no others.",
            kind="radios",
        ),
    )
    consent = fields.String(
        load_default="",
        validate=_LENGTH,
        metadata=asks(
            "With consent: who gave it, on which day, and how?",
            noun="the consent",
            hint="Leave this empty for the other purposes.",
            rows=2,
        ),
    )
    to_whom = fields.String(
        required=True,
        validate=validate.Length(max=300),
        metadata=asks("To whom is it given?", noun="to whom it is given", hint="By name, role and body"),
    )
    objects = fields.List(
        fields.String(),
        load_default=list,
        metadata=asks(
            "What exactly is given?",
            noun="what is given",
            hint="No more than the purpose needs. Each is noted as the version that it is now.",
            kind="checkboxes",
        ),
    )
    reason = fields.String(
        required=True, validate=_LENGTH, metadata=asks("Why does this purpose need it?", noun="why", rows=3)
    )
    authorised_by = fields.UUID(
        required=True, metadata=asks("Who authorised it?", noun="who authorised it", kind="select")
    )
    made_on = fields.Date(required=True, metadata=asks("On which day is or was it given?", noun="the day"))
