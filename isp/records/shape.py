"""The description of a kind of document: its sections and fields, derived from marshmallow schemas.

A room declares ``Section``s whose schemas use the fields of ``isp.records.fields``; ``shape_of`` derives
what forms, diffs, lenses and validation work from. There is no second list of fields anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from marshmallow import Schema

from isp.access.lenses import Label
from isp.records.fields import Described, Kind

Content: TypeAlias = dict[str, Any]
"""A document as stored. A value: never changed in place."""

Item: TypeAlias = dict[str, Any]
"""An item of a list: ``id``, ``order`` and its fields, flat."""

Audience: TypeAlias = Literal["school", "family"]
"""Whose words are used. Professionals and authorities read the school's."""

RESERVED = frozenset({"id", "order"})


_WIDGETS = {
    Kind.TEXT: "textarea",
    Kind.LINE: "text",
    Kind.CITED: "hidden",
    Kind.DAY: "date",
    Kind.WHOLE: "number",
    Kind.PENCE: "money",
    Kind.CHOICE: "choice",
    Kind.CHOICES: "checkboxes",
    Kind.FLAG: "checkbox",
    Kind.LINKS: "checkboxes",
    Kind.LINK: "choice",
    Kind.REFERENCE: "hidden",
    Kind.PARTY: "hidden",
}


class Status(StrEnum):
    """How far the writing of a section has come."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class FieldShape:
    """One field: what it holds, its words, and who may see it."""

    name: str
    kind: Kind
    label: str
    family_label: str
    hint: str
    family_hint: str
    sensitivity: Label
    staff_only: bool = False
    cost: bool = False
    limit: int | None = None
    """Characters a text may hold."""
    least: int | None = None
    most: int | None = None
    vocabulary: str | None = None
    """The configuration's list that a choice is made from."""
    targets: tuple[str, ...] = ()
    """Sections whose items a link may name."""

    @property
    def widget(self) -> str:
        """How a form asks for it: textarea, text, date, number, money, choice, checkboxes, checkbox, or
        hidden for what is not typed. Whether a choice is radios or a list depends on its length.
        """
        return _WIDGETS[self.kind]

    def words(self, audience: Audience) -> str:
        return self.family_label if audience == "family" else self.label

    def help(self, audience: Audience) -> str:
        return self.family_hint if audience == "family" else self.hint


@dataclass(frozen=True, eq=False)
class Section:
    """A room's declaration of one section; ``shape_of`` reads it.

    ``fields`` are asked once, ``items`` make a list. ``title`` are the fields of an item of which the
    first that has a value names it to a reader; ``limited`` is the flag by which its author keeps it to
    staff, ``author`` the field that holds whose words they are.
    """

    name: str
    label: str
    family_label: str
    fields: type[Schema] | None = None
    items: type[Schema] | None = None
    item_label: str = ""
    family_item_label: str = ""
    title: tuple[str, ...] = ()
    limited: str | None = None
    author: str | None = None
    most_items: int = 60
    sensitivity: Label = Label.S0


@dataclass(frozen=True, eq=False)
class SectionShape:
    """One section as derived: its fields and, where it is a list, its items' fields."""

    name: str
    label: str
    family_label: str
    sensitivity: Label
    fields: Mapping[str, FieldShape]
    items: Mapping[str, FieldShape] | None
    item_label: str
    family_item_label: str
    title: tuple[str, ...]
    limited: str | None
    author: str | None
    most_items: int
    fields_schema: Schema | None = field(repr=False)
    items_schema: Schema | None = field(repr=False)

    def words(self, audience: Audience) -> str:
        return self.family_label if audience == "family" else self.label

    def item_words(self, audience: Audience) -> str:
        return self.family_item_label if audience == "family" else self.item_label

    def field(self, name: str) -> FieldShape:
        """The field of this name, of the section or of its items. KeyError where there is none."""
        found = self.fields.get(name) or (self.items or {}).get(name)
        if found is None:
            raise KeyError(f"{self.name}.{name}")
        return found

    def marshmallow(self, name: str) -> Described:
        """The marshmallow field that judges values of this name. KeyError where there is none."""
        schema = self.fields_schema if name in self.fields else self.items_schema
        if schema is None:
            raise KeyError(f"{self.name}.{name}")
        found = schema.fields[name]
        assert isinstance(found, Described)  # noqa: S101 shape_of has refused anything else
        return found


@dataclass(frozen=True, eq=False)
class Shape:
    """A kind of document. Compared and hashed as the object it is: there is one per schema name."""

    schema: str
    sections: Mapping[str, SectionShape]

    def field(self, section: str, name: str) -> FieldShape:
        """KeyError where this kind of document has no such field."""
        return self.sections[section].field(name)

    def blank(self) -> Content:
        """The document nobody has written in yet."""
        return {
            "schema": self.schema,
            "sections": {
                name: {"status": Status.NOT_STARTED.value, "fields": {}}
                | ({"items": []} if section.items is not None else {})
                for name, section in self.sections.items()
            },
        }


def shape_of(schema: str, sections: tuple[Section, ...]) -> Shape:
    """The description of a kind of document. ValueError where the declaration contradicts itself."""
    described = {section.name: _section(section) for section in sections}
    for section in described.values():
        for one in [*section.fields.values(), *(section.items or {}).values()]:
            for target in one.targets:
                if target not in described or described[target].items is None:
                    raise ValueError(f"{section.name}.{one.name} links to {target}, which is no list")
    return Shape(schema, MappingProxyType(described))


def _section(section: Section) -> SectionShape:
    fields_schema = section.fields() if section.fields else None
    items_schema = section.items() if section.items else None
    own = _fields(section, fields_schema)
    items = _fields(section, items_schema) if items_schema else None
    # A field is addressed by section and name alone, so the two groups may not share a name.
    if shared := own.keys() & (items or {}).keys():
        raise ValueError(f"{section.name} names {', '.join(sorted(shared))} twice")
    for name in (*section.title, section.limited, section.author):
        if name is not None and name not in (items or {}):
            raise ValueError(f"{section.name} has no {name}")
    return SectionShape(
        name=section.name,
        label=section.label,
        family_label=section.family_label,
        sensitivity=section.sensitivity,
        fields=MappingProxyType(own),
        items=None if items is None else MappingProxyType(items),
        item_label=section.item_label,
        family_item_label=section.family_item_label or section.item_label,
        title=section.title,
        limited=section.limited,
        author=section.author,
        most_items=section.most_items,
        fields_schema=fields_schema,
        items_schema=items_schema,
    )


def _fields(section: Section, schema: Schema | None) -> dict[str, FieldShape]:
    shapes: dict[str, FieldShape] = {}
    for name, declared in (schema.fields if schema else {}).items():
        if not isinstance(declared, Described) or name in RESERVED:
            raise ValueError(f"{section.name}.{name} is no field of a document")
        traits = dict(declared.traits)
        traits["sensitivity"] = traits["sensitivity"] or section.sensitivity
        shapes[name] = FieldShape(name=name, **traits)
    return shapes
