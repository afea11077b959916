"""The golden thread around one item, as chips: what it is linked to, either way, and what it could be.

An item holds its links one way (provision names outcomes, outcomes name needs); people see them from both
ends. What an item's own box holds is changed in that box. What points at it from elsewhere is linked and
unlinked here, by a button whose value says which box of which item: ``link:provision.<id>.outcomes:<id>``.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from isp.plans.boxes import Where
from isp.plans.content import SHAPE
from isp.plans.names import name_of
from isp.plans.thread import Gap
from isp.plans.vocabulary import Configuration
from isp.records.fields import Kind
from isp.records.shape import Content, Item

THREAD = ("needs", "outcomes", "adjustments", "provision")
"""The sections that the thread runs through, in its order."""
_POINTING = (
    ("outcomes", "needs"),
    ("outcomes", "under"),
    ("adjustments", "needs"),
    ("provision", "outcomes"),
    ("provision", "needs"),
)
"""The boxes that hold links of the thread."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One item at the other end of a link. ``deed`` is what a button sends; empty where a box is for that."""

    section: str
    item: str
    label: str
    name: str
    deed: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """What is linked to one item, what is not, and what could be."""

    item: str
    linked: tuple[Chip, ...]
    gaps: tuple[str, ...]
    offered: tuple[Chip, ...]


def threads(
    content: Content, section: str, found: list[Gap], configuration: Configuration
) -> dict[str, Thread]:
    """The thread of every item of a section, by item; none for a section that it does not run through."""
    if section not in THREAD:
        return {}
    weaving = _Weaving(content, configuration)
    return {
        item["id"]: Thread(
            item["id"],
            (*weaving.named(section, item), *weaving.pointing(section, item["id"])),
            tuple(gap.sentence for gap in found if gap.item == item["id"]),
            tuple(weaving.offered(section, item["id"])),
        )
        for item in weaving.items(section)
    }


class _Weaving:
    def __init__(self, content: Content, configuration: Configuration) -> None:
        self.content, self.configuration = content, configuration
        self.held: dict[str, list[Item]] = {
            name: content["sections"][name].get("items", []) for name in THREAD if name in content["sections"]
        }
        self.where = {item["id"]: (name, item) for name, items in self.held.items() for item in items}

    def items(self, section: str) -> list[Item]:
        return self.held.get(section, [])

    def named(self, section: str, item: Item) -> Iterator[Chip]:
        """What the item's own boxes name."""
        for source, field in _POINTING:
            if source == section:
                for target in _ids(item, field):
                    if target in self.where:
                        yield self.chip(target)

    def pointing(self, section: str, item: str) -> Iterator[Chip]:
        """What names the item from elsewhere."""
        for source, field in _pointing_at(section):
            for other in self.items(source):
                if item in _ids(other, field):
                    single = SHAPE.field(source, field).kind is Kind.LINK
                    deed = "" if single else _deed("unlink", source, other["id"], field, item)
                    yield self.chip(other["id"], deed)

    def offered(self, section: str, item: str) -> Iterator[Chip]:
        """What could name it and does not."""
        for source, field in _pointing_at(section):
            if SHAPE.field(source, field).kind is not Kind.LINKS:
                continue
            for other in self.items(source):
                if other["id"] != item and item not in _ids(other, field):
                    yield self.chip(other["id"], _deed("link", source, other["id"], field, item))

    def chip(self, item: str, deed: str = "") -> Chip:
        section, held = self.where[item]
        shape = SHAPE.sections[section]
        return Chip(section, item, shape.item_label, name_of(shape, held, self.configuration, "school"), deed)


def _pointing_at(section: str) -> Iterator[tuple[str, str]]:
    for source, field in _POINTING:
        if section in SHAPE.field(source, field).targets:
            yield source, field


def _ids(item: Item, field: str) -> list[str]:
    held = item.get(field) or []
    return [held] if isinstance(held, str) else held


def _deed(verb: str, section: str, item: str, field: str, target: str) -> str:
    return f"{verb}:{Where(section, item, field).key}:{target}"
