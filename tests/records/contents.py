"""Invented documents for Hypothesis: a small kind whose few names collide often, and any other kind."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from marshmallow import Schema

from isp.access.lenses import Label, Lens
from isp.records import order
from isp.records.changes import is_empty, place_of
from isp.records.fields import (
    Choice,
    Choices,
    Day,
    Flag,
    Kind,
    Line,
    Link,
    Links,
    Party,
    Pence,
    Reference,
    Text,
    Whole,
)
from isp.records.shape import Content, FieldShape, Section, SectionShape, Shape, Status, shape_of

CODES = ("red", "green", "blue")
FEW = st.sampled_from(["a", "b", "a b", "ä c", "1"])
PARTIES = [str(UUID(int=900 + number)) for number in range(2)]


class Front(Schema):
    """What is asked once."""

    story = Text("Story")
    private = Text("Private story", staff_only=True)
    begun_on = Day("Begun on")
    clinical = Line("Clinical", sensitivity=Label.S1)
    best = Link("The best step", targets=("steps",))


class Step(Schema):
    """A step, which its author may limit."""

    what = Text("What")
    title = Line("Title")
    colour = Choice("Colour", vocabulary="colour", codes=CODES)
    colours = Choices("Colours", vocabulary="colour", codes=CODES)
    count = Whole("Count", most=9)
    price = Pence("Price", most=1000, cost=True)
    after = Links("After", targets=("steps", "papers"))
    entry = Reference("Entry")
    limited = Flag("Limited")
    by = Party("By")


class Paper(Schema):
    """A paper of a professional."""

    summary = Text("Summary")
    about = Links("About", targets=("steps",))


SMALL: Shape = shape_of(
    "small/1",
    (
        Section("front", "Front", "Front", fields=Front),
        Section(
            "steps",
            "Steps",
            "Steps",
            items=Step,
            item_label="Step",
            title=("title",),
            limited="limited",
            author="by",
        ),
        Section("papers", "Papers", "Papers", items=Paper, item_label="Paper", sensitivity=Label.S1),
    ),
)


def item_id(section: str, number: int) -> str:
    """The id of an item in invented documents: few of them, so that two sides often mean the same one."""
    return str(UUID(bytes=section.encode().ljust(15, b"-")[:15] + bytes([number])))


def identifiers(sections: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from([item_id(section, number) for section in sections for number in range(4)])


def values(field: FieldShape, shape: Shape, section: SectionShape, texts: st.SearchStrategy[str]) -> Any:
    """Values in normal form for one field, None for an empty one."""
    if field.kind in (Kind.CHOICE, Kind.CHOICES):
        declared = section.marshmallow(field.name)
        assert isinstance(declared, Choice)
        codes = st.sampled_from(sorted(declared.codes))
        if field.kind is Kind.CHOICE:
            return st.none() | codes
        return st.lists(codes, max_size=3, unique=True).map(lambda found: sorted(found) or None)
    numbers = st.integers(field.least or 0, min(field.most or 0, (field.least or 0) + 3))
    kinds: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.TEXT: texts,
        Kind.LINE: texts,
        Kind.DAY: st.sampled_from(["2026-11-22", "2027-03-14"]),
        Kind.WHOLE: numbers,
        Kind.PENCE: numbers,
        Kind.FLAG: st.just(True),
        Kind.LINKS: st.lists(
            identifiers(field.targets or ("none",)), min_size=1, max_size=3, unique=True
        ).map(sorted),
        Kind.LINK: identifiers(field.targets or ("none",)),
        Kind.REFERENCE: st.sampled_from(PARTIES),
        Kind.PARTY: st.sampled_from(PARTIES),
    }
    return st.none() | kinds[field.kind]


@st.composite
def contents(
    draw: st.DrawFn,
    shape: Shape = SMALL,
    texts: st.SearchStrategy[str] = FEW,
    base: Content | None = None,
) -> Content:
    """A document in normal form. With ``base``, one that grew from it by a few edits."""
    sections: dict[str, Any] = {}
    for name, section in shape.sections.items():
        if base is not None and draw(st.booleans()):
            sections[name] = base["sections"][name]
            continue
        old: dict[str, Any] = (
            base["sections"][name] if base else {"status": "not_started", "fields": {}, "items": []}
        )
        status = draw(st.sampled_from([old["status"], *list(Status)]).map(str))
        fields = draw(_edited(old["fields"], section.fields, shape, section, texts))
        sections[name] = {"status": status, "fields": fields}
        if section.items is not None:
            sections[name]["items"] = draw(_edited_items(old["items"], section, shape, texts))
    return {"schema": shape.schema, "sections": sections}


@st.composite
def _edited(
    draw: st.DrawFn, old: dict[str, Any], described: Any, shape: Shape, section: SectionShape, texts: Any
) -> dict[str, Any]:
    fields = dict(old)
    if described:
        for name in draw(st.lists(st.sampled_from(sorted(described)), max_size=4, unique=True)):
            value = draw(values(described[name], shape, section, texts))
            fields.pop(name, None)
            if not is_empty(value):
                fields[name] = value
    return fields


@st.composite
def _edited_items(
    draw: st.DrawFn, old: list[Any], section: SectionShape, shape: Shape, texts: Any
) -> list[Any]:
    items = {item["id"]: item for item in old}
    keys = st.sampled_from([*order.spread(3), order.between("i001", "i002"), "h"])
    for number in draw(st.lists(st.integers(0, 3), max_size=3, unique=True)):
        item = item_id(section.name, number)
        held = items.get(item)
        what = draw(st.sampled_from(["edit", "edit", "move", "remove"])) if held else "add"
        if what == "remove":
            del items[item]
            continue
        place = draw(keys) if what in ("move", "add") else (held or {})["order"]
        own = {name: value for name, value in (held or {}).items() if name not in ("id", "order")}
        if what != "move":
            own = draw(_edited(own, section.items, shape, section, texts))
        items[item] = {**own, "id": item, "order": place}
    return sorted(items.values(), key=place_of)


def pairs(shape: Shape = SMALL) -> st.SearchStrategy[tuple[Content, Content]]:
    """A document and what it became."""
    return contents(shape).flatmap(lambda base: st.tuples(st.just(base), contents(shape, base=base)))


def triples(shape: Shape = SMALL) -> st.SearchStrategy[tuple[Content, Content, Content]]:
    """A document and what two people made of it."""
    return contents(shape).flatmap(
        lambda base: st.tuples(st.just(base), contents(shape, base=base), contents(shape, base=base))
    )


@st.composite
def lenses(draw: st.DrawFn, shape: Shape = SMALL) -> Lens:
    return Lens(
        labels=draw(st.frozensets(st.sampled_from(list(Label))))
        | draw(st.sampled_from([frozenset(), {Label.S0}])),
        staff=draw(st.booleans()),
        party=draw(st.sampled_from([None, *PARTIES])),
        cost=draw(st.booleans()),
        sections=draw(st.none() | st.frozensets(st.sampled_from(sorted(shape.sections)))),
    )
