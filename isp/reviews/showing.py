"""A report laid out for reading: projected content in, headings with questions and answers out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from isp.plans.showing import Answer, Entry, Part
from isp.plans.vocabulary import Configuration
from isp.records.days import say_day
from isp.records.fields import Kind
from isp.records.shape import Audience, Content, FieldShape, Item, SectionShape
from isp.reviews.content import SHAPE


def parts(content: Content, configuration: Configuration, audience: Audience = "school") -> list[Part]:
    """Every section of the report that the reader may see; empty ones too."""
    return [
        _part(SHAPE.sections[name], held, configuration, audience)
        for name, held in content["sections"].items()
    ]


def _part(
    shape: SectionShape, held: Mapping[str, Any], configuration: Configuration, audience: Audience
) -> Part:
    return Part(
        shape.name,
        shape.words(audience),
        held["status"],
        tuple(_answers(shape.fields, held["fields"], configuration, audience)),
        tuple(_entry(shape, item, configuration, audience) for item in held.get("items", ())),
    )


def _entry(shape: SectionShape, item: Item, configuration: Configuration, audience: Audience) -> Entry:
    field = next((name for name in shape.title if item.get(name)), None)
    held = {name: value for name, value in item.items() if name != field}
    return Entry(
        item["id"],
        item[field] if field else shape.item_words(audience),
        tuple(_answers(shape.items or {}, held, configuration, audience)),
    )


def _answers(
    described: Mapping[str, FieldShape],
    held: Mapping[str, Any],
    configuration: Configuration,
    audience: Audience,
) -> Iterator[Answer]:
    for name, field in described.items():
        if name in held and field.kind is not Kind.REFERENCE:
            yield Answer(name, field.words(audience), (_said(field, held[name], configuration, audience),))


def _said(field: FieldShape, value: Any, configuration: Configuration, audience: Audience) -> str:
    if field.kind is Kind.DAY:
        return say_day(value)
    if field.kind is Kind.CHOICE:
        return configuration.words(field.vocabulary or "", value, audience)
    if field.kind is Kind.FLAG:
        return "Yes"
    return str(value)
