"""The forms of a bank's entries: their words are those of the plan's own questions."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from isp.banks.entries import ADJUSTMENT, PROVISION
from isp.plans.content import SHAPE
from isp.plans.vocabulary import Configuration
from isp.web.asking import FormSchema, asks

_NAME = "What is it called?"


def _whole(label: str, noun: str, most: int, hint: str | None = None) -> fields.Field[Any]:
    return fields.Integer(
        validate=validate.Range(min=1, max=most), metadata=asks(label, noun=noun, hint=hint, width=4)
    )


def _text(label: str, noun: str, limit: int, **more: Any) -> fields.Field[Any]:
    return fields.String(validate=validate.Length(max=limit), metadata=asks(label, noun=noun, **more))


class ProvisionSchema(FormSchema):
    """A piece of provision, as it is usually given."""

    name = fields.String(
        required=True, validate=validate.Length(max=200), metadata=asks(_NAME, noun="what it is called")
    )
    what = _text(
        "What is done", "what is done", 2000, hint="So that another adult could do it the same way.", rows=5
    )
    delivered_by = _text("Delivered by (role)", "who gives it", 200, hint="A role, not a name.")
    qualification = _text("Qualification or training", "their training", 200)
    group_size = _whole("Group size", "the group size", 40, "1 for one to one.")
    minutes = _whole("Minutes each time", "minutes each time", 600)
    times = _whole("Times", "how many times", 60)
    per = fields.String(metadata=asks("In each", noun="in each what", kind="select"))
    weeks = _whole("Number of weeks", "the number of weeks", 60)
    evidence_base = _text("Evidence base", "the evidence base", 1000, rows=4)
    source = _text(
        "Source", "where this comes from", 200, hint="Where the school has it from: a study, a service."
    )
    cost = _text(
        "Cost",
        "the cost",
        20,
        hint="In pounds, for one pupil and the weeks above. Families do not see it.",
        width=10,
    )


class AdjustmentSchema(FormSchema):
    """An adjustment that adults make every day."""

    what = fields.String(
        required=True,
        validate=validate.Length(max=1000),
        metadata=asks(
            "What adults do or change",
            noun="what adults do or change",
            hint="A reasonable adjustment or everyday strategy, so that a cover teacher could do it.",
            rows=4,
        ),
    )
    where = _text("Where", "where", 200, hint="Lessons, corridors, lunch, trips, everywhere.")
    by_whom = _text("By whom", "who does it", 200, hint="A role, not a name.")
    source = _text("Source", "where this comes from", 200)


class NameSchema(FormSchema):
    """A template's name."""

    name = fields.String(
        required=True,
        validate=validate.Length(max=200),
        metadata=asks(
            "What is the template called?",
            noun="what the template is called",
            hint="By need, not by pupil: for example speech and language, key stage 1.",
        ),
    )


class SearchSchema(FormSchema):
    """Words to look for."""

    q = fields.String(validate=validate.Length(max=100), metadata=asks("Find in this bank", noun="words"))


SCHEMAS: dict[str, type[FormSchema]] = {PROVISION: ProvisionSchema, ADJUSTMENT: AdjustmentSchema}


def choices(configuration: Configuration) -> dict[str, list[tuple[str, str]]]:
    """The answers that a provision's form offers."""
    vocabulary = SHAPE.field("provision", "per").vocabulary or ""
    return {"per": [(one.code, one.label) for one in configuration.options[vocabulary]]}
