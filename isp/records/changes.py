"""Changes to a document, item by item: what a draft is made of, and the base of merge, diff and undo.

A change is plain data and says what is, not how it came about: ``apply`` of the same changes to the same
content always gives the same content. Changes are strict: one that does not fit is an error in the
caller, who should have merged first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from isp.records.shape import Content, Item


class Misfit(ValueError):
    """A change that cannot be made to this content, or contents that are not of one kind."""


class Op(StrEnum):
    """What a change does."""

    SET = "set"
    """Give a field (of the section, or of an item) a value; None empties it."""
    ADD = "add"
    """Add an item: ``value`` holds its fields, ``order`` its place."""
    REMOVE = "remove"
    MOVE = "move"
    """Give an item the place ``order``."""
    STATUS = "status"
    """Say how far the section has come."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``value`` is JSON; ``item`` an item's id; see ``Op`` for which parts are used."""

    op: Op
    section: str
    item: str | None = None
    field: str | None = None
    value: Any = None
    order: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON without the parts that are not used."""
        parts = {
            "op": self.op.value,
            "section": self.section,
            "item": self.item,
            "field": self.field,
            "value": self.value,
            "order": self.order,
        }
        return {name: part for name, part in parts.items() if part is not None}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Change:
        """The change that ``to_json`` wrote. ValueError for anything else."""
        try:
            if data["op"] not in list(Op):
                raise ValueError("not a change")
            op = Op(data["op"])
            unknown = data.keys() - {"op", "section", "item", "field", "value", "order"}
            named = [data["section"], *(data[part] for part in _NEEDS[op])]
        except KeyError as missing:
            raise ValueError(f"a change without {missing}") from None
        optional = [data[part] for part in ("item", "field", "order") if part in data]
        if unknown or not all(isinstance(one, str) for one in [*named, *optional]):
            raise ValueError("not a change")
        if op is Op.ADD and not isinstance(data.get("value"), dict):
            raise ValueError("an item is added with its fields")
        return cls(
            op, data["section"], data.get("item"), data.get("field"), data.get("value"), data.get("order")
        )


_NEEDS = {
    Op.SET: ("field",),
    Op.ADD: ("item", "order"),
    Op.REMOVE: ("item",),
    Op.MOVE: ("item", "order"),
    Op.STATUS: ("value",),
}


def is_empty(value: Any) -> bool:
    """Whether normal form leaves this value out. Zero is a value."""
    return value is None or value is False or value in ("", [])


def same(one: Any, other: Any) -> bool:
    """Equal and of one type: to Python ``True == 1``, to a reader they are not the same."""
    return type(one) is type(other) and bool(one == other)


def place_of(item: Item) -> tuple[str, str]:
    """What a list is sorted by: order key, then id, so that two copies agree where keys are equal."""
    return item["order"], item["id"]


def fields_of(item: Item) -> dict[str, Any]:
    """An item's fields, without its id and place."""
    return {name: value for name, value in item.items() if name not in ("id", "order")}


def items_by_id(section: dict[str, Any]) -> dict[str, Item]:
    return {item["id"]: item for item in section.get("items", ())}


class _Section:
    """A section being changed: its parts are copied when first touched, so the original stays whole."""

    def __init__(self, section: dict[str, Any]) -> None:
        self.status: str = section["status"]
        self.fields: dict[str, Any] = dict(section["fields"])
        self.items = items_by_id(section) if "items" in section else None

    def item(self, change: Change) -> Item:
        if self.items is None or change.item not in self.items:
            raise Misfit(f"{change.section} has no item {change.item}")
        return self.items[change.item]

    def make(self, change: Change) -> None:
        if change.op is Op.STATUS:
            self.status = change.value
        elif change.op is Op.SET and change.item is None:
            self.fields = _with(self.fields, change.field, change.value)
        elif change.op is Op.ADD:
            self.add(change)
        else:
            item = self.item(change)
            assert self.items is not None  # noqa: S101 self.item has looked
            if change.op is Op.REMOVE:
                del self.items[item["id"]]
            elif change.op is Op.MOVE:
                self.items[item["id"]] = {**item, "order": change.order}
            else:
                self.items[item["id"]] = _with(item, change.field, change.value)

    def add(self, change: Change) -> None:
        if self.items is None or change.item is None or change.order is None:
            raise Misfit(f"{change.section} takes no item like this")
        if change.item in self.items:
            raise Misfit(f"{change.section} already has the item {change.item}")
        given = {name: value for name, value in (change.value or {}).items() if not is_empty(value)}
        self.items[change.item] = {**given, "id": change.item, "order": change.order}

    def done(self) -> dict[str, Any]:
        section: dict[str, Any] = {"status": self.status, "fields": self.fields}
        if self.items is not None:
            section["items"] = sorted(self.items.values(), key=place_of)
        return section


def _with(fields: dict[str, Any], name: str | None, value: Any) -> dict[str, Any]:
    if name is None or name in ("id", "order"):
        raise Misfit("a change names the field it sets")
    copy = dict(fields)
    if is_empty(value):
        copy.pop(name, None)
    else:
        copy[name] = value
    return copy


def apply(content: Content, changes: Iterable[Change]) -> Content:
    """The content with the changes made, in order and in normal form. Raises Misfit.

    What no change touches is shared with ``content``, which stays as it was.
    """
    touched: dict[str, _Section] = {}
    sections = content["sections"]
    for change in changes:
        working = touched.get(change.section)
        if working is None:
            if change.section not in sections:
                raise Misfit(f"no section {change.section}")
            working = touched[change.section] = _Section(sections[change.section])
        working.make(change)
    if not touched:
        return content
    done = {name: working.done() for name, working in touched.items()}
    return {**content, "sections": {**sections, **done}}


def changes_between(before: Content, after: Content) -> list[Change]:
    """The fewest changes that lead from one content to the other, both in normal form. Raises Misfit.

    ``apply(before, changes_between(before, after)) == after``. The order is the sections' order in
    ``before``; within a section status, fields, removed, added, moved and changed items.
    """
    if before["schema"] != after["schema"] or before["sections"].keys() != after["sections"].keys():
        raise Misfit("these two documents are not of one kind")
    found: list[Change] = []
    for name, section in before["sections"].items():
        other = after["sections"][name]
        if section is not other:
            found += _section_changes(name, section, other)
    return found


def _section_changes(name: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    if before["status"] != after["status"]:
        yield Change(Op.STATUS, name, value=after["status"])
    yield from _field_changes(name, None, before["fields"], after["fields"])
    if ("items" in before) != ("items" in after):
        raise Misfit(f"{name} is a list in one of these documents only")
    olds, news = items_by_id(before), items_by_id(after)
    for item in olds:
        if item not in news:
            yield Change(Op.REMOVE, name, item)
    for item, new in news.items():
        old = olds.get(item)
        if old is None:
            yield Change(Op.ADD, name, item, value=fields_of(new), order=new["order"])
        elif old is not new:
            if old["order"] != new["order"]:
                yield Change(Op.MOVE, name, item, order=new["order"])
            yield from _field_changes(name, item, old, new)


def _field_changes(
    section: str, item: str | None, before: dict[str, Any], after: dict[str, Any]
) -> Iterator[Change]:
    for name in sorted(before.keys() | after.keys()):
        if name in ("id", "order") and item is not None:
            continue
        value = after.get(name)
        if not same(before.get(name), value):
            yield Change(Op.SET, section, item, name, value)


def undo(before: Content, changes: Iterable[Change]) -> list[Change]:
    """The changes that take ``apply(before, changes)`` back to ``before``.

    Where others have written since, merge: ``merge(base=after, theirs=now, mine=before)``.
    """
    return changes_between(apply(before, changes), before)
