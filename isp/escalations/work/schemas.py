"""What the pages about the work of an authority ask. The tray's answers stand in an address: codes, ids."""

from __future__ import annotations

from marshmallow import fields, validate

from isp.escalations.duties import DUTY_STAGES, SUBJECT_WORDS, TURN_WORDS
from isp.web.asking import FormSchema, asks

EVERYBODY = "everybody"
_TURNS = tuple((code, words) for code, words in TURN_WORDS.items() if code != "nobody")


class TraySchema(FormSchema):
    """Which cases a tray shows."""

    subject = fields.String(
        load_default=None,
        metadata=asks("What", kind="select", choices=tuple(SUBJECT_WORDS.items())),
    )
    stage = fields.String(
        load_default=None,
        metadata=asks("Stage", kind="select", choices=tuple(DUTY_STAGES.items())),
    )
    turn = fields.String(load_default=None, metadata=asks("Who must act", kind="select", choices=_TURNS))
    late = fields.Boolean(load_default=False, metadata=asks("Only what is going out of timescale"))


class ManagersTraySchema(TraySchema):
    """The same for a manager, who may look at a colleague's tray."""

    officer = fields.String(load_default=None, metadata=asks("Whose cases", kind="select", choices=()))


class FindSchema(FormSchema):
    """A child at the front door."""

    q = fields.String(
        required=True,
        validate=validate.Length(max=100),
        metadata=asks(
            "First name or surname, or part of one",
            noun="a name",
            hint="Three letters are found anywhere in a name, two at its beginning.",
            autocomplete="off",
            spellcheck=False,
        ),
    )
    born_on = fields.Date(required=True, metadata=asks("Date of birth", noun="the date of birth"))
    reason = fields.String(
        required=True,
        validate=validate.Length(max=500),
        metadata=asks(
            "Why are you looking for this child?",
            noun="why you are looking for this child",
            hint="It is kept with your name and what you looked for, and is read by your manager.",
            rows=2,
        ),
    )


class AbsenceSchema(FormSchema):
    """Somebody is away."""

    person_id = fields.UUID(required=True, metadata=asks("Who is away?", noun="who is away", choices=()))
    covered_by = fields.UUID(
        required=True,
        metadata=asks(
            "Who covers?",
            noun="who covers",
            hint="This colleague sees the other’s cases on these days, and no longer.",
            choices=(),
        ),
    )
    from_on = fields.Date(required=True, metadata=asks("First day away", noun="the first day away"))
    to_on = fields.Date(required=True, metadata=asks("Last day away", noun="the last day away"))


class DutySchema(FormSchema):
    """Whose day it is."""

    on_day = fields.Date(required=True, metadata=asks("Which day?", noun="the day"))
    person_id = fields.UUID(
        required=True,
        metadata=asks("Who takes the new requests of that day?", noun="who takes them", choices=()),
    )


class HandOverSchema(FormSchema):
    """A whole caseload goes to a colleague."""

    leaver_id = fields.UUID(required=True, metadata=asks("Whose cases?", noun="whose cases", choices=()))
    successor_id = fields.UUID(
        required=True, metadata=asks("Who takes all of them?", noun="who takes them", choices=())
    )
