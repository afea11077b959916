"""The hints about wording for a draft: which words under which box, and which of them were set aside.

Pure: the draft's content and what was set aside go in. A hint that was set aside comes back when the words
under it change, since it is kept with a mark of the text it was about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from isp.banks.wording.check import DISGUISE, IDEAS, MISSING, TEXTS, Hint, check
from isp.banks.wording.rules import RuleSet
from isp.plans.boxes import Where
from isp.plans.content import SHAPE
from isp.plans.names import name_of
from isp.plans.vocabulary import Configuration
from isp.records.fields import Kind
from isp.records.shape import Content, Item, Shape

_SHORT: Mapping[str, str] = {
    DISGUISE: "says what will be given, not what the pupil will do",
    IDEAS: "holds more than one idea",
}


@dataclass(frozen=True, slots=True)
class Aside:
    """A hint that somebody set aside, with the reason and a mark of the words it was about."""

    key: str
    kind: str
    mark: str
    reason: str
    author_id: UUID


@dataclass(frozen=True, slots=True)
class Shown:
    """One hint as a page shows it. ``key`` is the box under which it stands."""

    key: str
    kind: str
    words: str
    sentence: str
    short: str
    offer: tuple[tuple[str, str], ...]
    """The boxes in which it can be said exactly: where a link leads, and what the box is called."""
    mark: str
    """Of the words that it is about."""
    aside: Aside | None = None

    @property
    def where(self) -> Where:
        section, item, field = self.key.split(".")
        return Where(section, item, field)


def mark_of(text: str) -> str:
    """What tells one text from another."""
    return hashlib.sha256(text.encode()).hexdigest()


AS_ITS_OWN: Mapping[str, str] = {section: section for section in TEXTS}
"""A plan's own sections."""


def hints(
    content: Content,
    rules: RuleSet,
    *,
    items: Collection[str] | None = None,
    shape: Shape = SHAPE,
    read_as: Mapping[str, str] = AS_ITS_OWN,
) -> dict[str, list[Shown]]:
    """The hints by box, for every box whose words are read (empty where they are fine).

    ``items``: only for these. Works on a projected draft as well. ``shape`` and ``read_as``: of a document of
    another kind, and which of its sections is read as which of a plan's (fields of the same names).
    """
    found: dict[str, list[Shown]] = {}
    for section, like in read_as.items():
        names = TEXTS[like]
        for item in content["sections"].get(section, {}).get("items", ()):
            if items is not None and item["id"] not in items:
                continue
            found |= {Where(section, item["id"], name).key: [] for name in names}
            for hint in _once_each(check(like, item, rules)):
                shown = _shown(shape, section, item, hint)
                found[shown.key].append(shown)
    return found


def with_asides(found: Mapping[str, list[Shown]], asides: Iterable[Aside]) -> dict[str, list[Shown]]:
    """The hints with what was set aside, each where the words are still the ones that it was about."""
    kept = {(one.key, one.kind, one.mark): one for one in asides}
    return {
        key: [replace(one, aside=kept.get((one.key, one.kind, one.mark))) for one in shown]
        for key, shown in found.items()
    }


def standing(found: Mapping[str, Sequence[Shown]]) -> list[Shown]:
    """The hints that nobody has set aside."""
    return [one for shown in found.values() for one in shown if one.aside is None]


@dataclass(frozen=True, slots=True)
class Vague:
    """An item with what is vague in it, for the list before finalising."""

    section: str
    item: str
    name: str
    open: tuple[Shown, ...]
    aside: tuple[Shown, ...]


def vague_items(
    content: Content, found: Mapping[str, Sequence[Shown]], configuration: Configuration
) -> list[Vague]:
    """The items with a hint, in the order of the plan."""
    listed = []
    for section, names in TEXTS.items():
        shape = SHAPE.sections[section]
        for item in content["sections"].get(section, {}).get("items", ()):
            mine = [one for name in names for one in found.get(Where(section, item["id"], name).key, ())]
            if mine:
                listed.append(
                    Vague(
                        section,
                        item["id"],
                        f"{shape.item_label} “{name_of(shape, item, configuration, 'school')}”",
                        tuple(one for one in mine if one.aside is None),
                        tuple(one for one in mine if one.aside is not None),
                    )
                )
    return listed


def _once_each(found: Iterable[Hint]) -> list[Hint]:
    """A rule speaks once under a box, however often its words stand there."""
    return list({(hint.field, hint.kind): hint for hint in reversed(list(found))}.values())[::-1]


def _shown(shape: Shape, section: str, item: Item, hint: Hint) -> Shown:
    key = Where(section, item["id"], hint.field).key
    return Shown(
        key=key,
        kind=hint.kind,
        words=hint.words,
        sentence=hint.sentence,
        short=_SHORT.get(hint.kind) or (f"“{hint.words}”" if hint.words else _lower(hint.sentence)),
        offer=tuple(_offered(shape, section, item["id"], name) for name in hint.offer if not item.get(name)),
        mark=mark_of(item[hint.field]),
    )


def _offered(shape: Shape, section: str, item: str, name: str) -> tuple[str, str]:
    field = shape.field(section, name)
    key = Where(section, item, name).key
    return (f"{key}-day" if field.kind is Kind.DAY else key, field.label)


def _lower(sentence: str) -> str:
    return (sentence[:1].lower() + sentence[1:]).removesuffix(".")


__all__ = ["MISSING", "Aside", "Shown", "Vague", "hints", "mark_of", "standing", "vague_items", "with_asides"]
