"""A plan laid out for reading: projected content in, headings with questions and answers out.

The same parts serve the school's page and the family's, each in its own order and words. Pure: what may
not be seen has been taken out before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from isp.plans.content import SHAPE
from isp.plans.names import name_of
from isp.plans.sentences import amount
from isp.plans.vocabulary import Configuration
from isp.records.changes import is_empty
from isp.records.days import say_day
from isp.records.fields import Kind
from isp.records.shape import Audience, Content, FieldShape, Item, SectionShape, Shape

_AMOUNT = frozenset({"times", "minutes", "per"})
_UNSAID = frozenset({Kind.REFERENCE, Kind.PARTY})
"""Kinds that hold an id of something elsewhere, which says nothing to a reader."""
WHOLE = 240
"""Characters of an entry's own words that its heading says in full."""
AMOUNT_WORDS: Mapping[Audience, str] = {"school": "How much", "family": "How often"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with its answer: one text, with the writer's own line ends, or several."""

    field: str
    label: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a list. ``depth`` is 1 for a step under another entry."""

    id: str
    title: str
    answers: tuple[Answer, ...]
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One section. ``status`` is a code of ``records.shape.Status``."""

    name: str
    heading: str
    status: str
    answers: tuple[Answer, ...]
    entries: tuple[Entry, ...]

    @property
    def is_empty(self) -> bool:
        return not self.answers and not self.entries


def parts(
    content: Content,
    configuration: Configuration,
    audience: Audience = "school",
    *,
    shape: Shape = SHAPE,
    people: Mapping[str, str] | None = None,
) -> list[Part]:
    """Every section that the reader may see, in this audience's order; empty ones too.

    ``shape``: of a document of another kind, whose configuration says its order. ``people``: who said what
    words, where this reader is told.
    """
    laying = _Laying(content, configuration, audience, shape, people)
    held = content["sections"]
    return [laying.part(name) for name in configuration.section_order(audience) if name in held]


def say(
    content: Content,
    configuration: Configuration,
    section: str,
    field: str,
    value: Any,
    *,
    shape: Shape = SHAPE,
) -> tuple[str, ...]:
    """One field's value in words, in the school's; () where it is empty."""
    if is_empty(value):
        return ()
    return _Laying(content, configuration, "school", shape).texts(shape.field(section, field), value)


def say_item(
    content: Content, configuration: Configuration, section: str, item: Item, *, shape: Shape = SHAPE
) -> Entry:
    """One item in the school's words, all its answers, whether or not the content still has it."""
    laying = _Laying(content, configuration, "school", shape)
    return laying.entry(shape.sections[section], item, 0, headed=False)


class _Laying:
    def __init__(
        self,
        content: Content,
        configuration: Configuration,
        audience: Audience,
        shape: Shape,
        people: Mapping[str, str] | None = None,
    ) -> None:
        self.people = people or {}
        self.content, self.configuration, self.audience = content, configuration, audience
        self.shape = shape
        self._names: dict[str, str] | None = None

    def part(self, name: str) -> Part:
        section, shape = self.content["sections"][name], self.shape.sections[name]
        return Part(
            name=name,
            heading=shape.words(self.audience),
            status=section["status"],
            answers=tuple(self.answers(name, section["fields"], shape.fields)),
            entries=tuple(self.entry(shape, one, depth) for one, depth in _nested(section.get("items", []))),
        )

    def entry(self, shape: SectionShape, item: Item, depth: int, *, headed: bool = True) -> Entry:
        """``headed``: what the title says in full is not said again under it."""
        title, said = self.title(shape, item)
        held = {name: value for name, value in item.items() if not headed or name != said}
        if shape.name == "needs":
            areas = zip(("area_2015", "area_proposed"), self.configuration.areas(item), strict=True)
            held |= {name: area for name, area in areas if area is not None}
        answers = self.answers(shape.name, held, shape.items or {})
        return Entry(item["id"], title, tuple(answers), depth)

    def title(self, shape: SectionShape, item: Item) -> tuple[str, str | None]:
        """An entry's heading, and the field of which it says the whole; None where it says a beginning."""
        field = next((one for one in shape.title if item.get(one)), None)
        chosen = field is None or shape.field(field).kind is Kind.CHOICE
        # Some lines of text make a heading that is read once; more than that wants the beginning of it.
        if field is not None and not chosen and len(item[field]) <= WHOLE:
            return item[field], field
        return name_of(shape, item, self.configuration, self.audience), field if chosen else None

    def answers(
        self, section: str, held: Mapping[str, Any], described: Mapping[str, FieldShape]
    ) -> Iterator[Answer]:
        whole = amount(dict(held), self.configuration) if described.keys() >= _AMOUNT else ""
        for name, field in described.items():
            if whole and name in _AMOUNT:
                if name == "minutes":  # the first of the three in the schema
                    yield Answer(name, AMOUNT_WORDS[self.audience], (whole,))
                continue
            # Most fields of most entries are empty: that is asked first, since it costs least.
            if name not in held or (field.kind in _UNSAID and held[name] not in self.people):
                continue
            if self.configuration.is_unsaid(section, name, self.audience):
                continue
            texts = self.texts(field, held[name])
            if texts:
                yield Answer(name, field.words(self.audience), texts)

    def texts(self, field: FieldShape, value: Any) -> tuple[str, ...]:
        words, kind = self.configuration.words, field.kind
        if kind is Kind.DAY:
            return (say_day(value),)
        if kind is Kind.CHOICE:
            return (words(field.vocabulary or "", value, self.audience),)
        if kind is Kind.CHOICES:
            return tuple(words(field.vocabulary or "", code, self.audience) for code in value)
        if kind is Kind.LINKS:
            return self.named(value)
        if kind is Kind.LINK:
            return self.named([value])
        if kind is Kind.PENCE:
            return (f"£{value // 100:,}.{value % 100:02d}",)
        if kind is Kind.FLAG:
            return ("Yes",)
        if kind is Kind.PARTY:
            return (self.people[value],)
        return (value,) if isinstance(value, str) else (f"{value:,}",)

    def named(self, ids: list[str]) -> tuple[str, ...]:
        if self._names is None:
            self._names = {
                item["id"]: name_of(self.shape.sections[name], item, self.configuration, self.audience)
                for name, section in self.content["sections"].items()
                for item in section.get("items", ())
            }
        return tuple(self._names[one] for one in ids if one in self._names)


def _nested(items: list[Item]) -> Iterator[tuple[Item, int]]:
    """Items in their order, steps right after what they lead to. Every item comes once, loops or not."""
    by_id = {item["id"]: item for item in items}
    under: dict[str, list[Item]] = {}
    tops = []
    for item in items:
        above = by_id.get(item.get("under", ""))
        # Only two levels are drawn: a step of a step, or of itself, stands on its own.
        if above is None or above is item or above.get("under") in by_id:
            tops.append(item)
        else:
            under.setdefault(above["id"], []).append(item)
    for item in tops:
        yield item, 0
        for step in under.get(item["id"], ()):
            yield step, 1
