"""The forms of the review's pages, but for the report itself, whose boxes follow from its content."""

from __future__ import annotations

from marshmallow import fields, validate

from isp.reviews.rules import ANSWERS
from isp.web.asking import FormSchema, asks


class WhenSchema(FormSchema):
    """When and where a review is, and who leads it."""

    planned_on = fields.Date(
        load_default=None,
        metadata=asks("When do you meet?", noun="the day of the meeting", hint="For example 14 3 2027"),
    )
    starts = fields.String(
        load_default="",
        metadata=asks("What time?", noun="the time", hint="For example 15:30. It may stay empty.", width=5),
    )
    minutes = fields.String(
        load_default="",
        metadata=asks(
            "How long?",
            noun="how long",
            kind="select",
            choices=(("30", "30 minutes"), ("45", "45 minutes"), ("60", "1 hour"), ("90", "1½ hours"),
                     ("120", "2 hours")),
        ),
    )  # fmt: skip
    place = fields.String(
        load_default="",
        validate=validate.Length(max=200),
        metadata=asks("Where?", noun="where", hint="A room. Leave it empty for a meeting online."),
    )
    link = fields.String(
        load_default="",
        validate=validate.Length(max=500),
        metadata=asks(
            "Link or telephone number", noun="the link", hint="For a meeting online. Seen after signing in."
        ),
    )
    led_by = fields.String(
        load_default="",
        metadata=asks("Who leads it?", noun="who leads it", kind="select", choices=()),
    )


class CancelSchema(FormSchema):
    """Why a review is called off."""

    reason = fields.String(
        required=True,
        validate=validate.Length(max=1000),
        metadata=asks("Why does it not take place?", noun="why it does not take place", rows=3),
    )


class NotHeldSchema(FormSchema):
    """Why a review was not held, and when the next is."""

    reason = fields.String(
        required=True,
        validate=validate.Length(max=1000),
        metadata=asks(
            "Why was it not held?",
            noun="why it was not held",
            hint="The head reads it too. Governors see that there is a reason, and not which.",
            rows=3,
        ),
    )
    next_on = fields.Date(
        required=True,
        metadata=asks(
            "When is the next review?", noun="the day of the next review", hint="For example 14 3 2027"
        ),
    )


class InviteSchema(FormSchema):
    """Whom to ask, of those who are known here."""

    people = fields.List(
        fields.String(),
        required=True,
        metadata=asks("Whom do you want to ask?", noun="whom to ask", choices=()),
    )


class ProfessionalSchema(FormSchema):
    """Somebody from elsewhere, by name."""

    name = fields.String(
        required=True, validate=validate.Length(max=200), metadata=asks("Name", noun="the name")
    )
    role = fields.String(
        load_default="",
        validate=validate.Length(max=200),
        metadata=asks("Role and where they work", noun="the role", hint="For example speech therapist, NHS"),
    )


class AnswerSchema(FormSchema):
    """Whether somebody comes."""

    answer = fields.String(
        required=True,
        metadata=asks("Will you come?", noun="whether you will come", choices=tuple(ANSWERS.items())),
    )
