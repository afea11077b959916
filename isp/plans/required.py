"""What a plan at its layer still lacks before it can be finalised, as the configuration asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from isp.plans.content import SHAPE
from isp.plans.names import name_of
from isp.plans.vocabulary import Configuration
from isp.records.shape import Content


@dataclass(frozen=True, slots=True)
class Missing:
    """One answer or entry that is asked for and not there."""

    section: str
    item: str | None
    field: str | None
    sentence: str


def missing(content: Content, configuration: Configuration) -> list[Missing]:
    """What is asked for at the plan's layer and is not there, in the order the configuration asks.

    A section marked as not needed is taken at its word.
    """
    layer = content["sections"]["layer"]["fields"].get("layer")
    found: list[Missing] = []
    for path in configuration.required(layer):
        section, _, field = path.partition(".")
        if content["sections"][section]["status"] != "not_needed":
            found += _lacking(content, section, field or None, configuration)
    return found


def _lacking(
    content: Content, name: str, field: str | None, configuration: Configuration
) -> Iterator[Missing]:
    section, shape = content["sections"][name], SHAPE.sections[name]
    if field is None:
        if shape.items is not None and not section["items"]:
            yield Missing(name, None, None, f"{shape.label}: add at least one entry.")
        elif shape.items is None and not section["fields"]:
            yield Missing(name, None, None, f"{shape.label}: answer at least one question.")
    elif field in shape.fields:
        if field not in section["fields"]:
            yield Missing(name, None, field, f"{shape.label}: fill in “{shape.fields[field].label}”.")
    else:
        for item in section["items"]:
            if field not in item:
                called = name_of(shape, item, configuration, "school")
                sentence = f"{shape.label}, {called}: fill in “{shape.field(field).label}”."
                yield Missing(name, item["id"], field, sentence)
