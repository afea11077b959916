"""Two contents compared, item by item, by id: what a reader is told has changed.

Compare projected contents only: a diff then cannot name what the lens hides. The comparison itself is
``changes_between``; a ``Diff`` groups it for reading and keeps both sides of every change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from isp.records import words
from isp.records.changes import Change, Op, apply, changes_between, fields_of, items_by_id
from isp.records.shape import Content, Item

Fate: TypeAlias = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field's two values, None where it was or is empty."""

    field: str
    before: Any
    after: Any

    def marks(self) -> tuple[words.Mark, ...]:
        """The change word by word; only for a field of text. Worked out when asked for, not before."""
        return words.marks(self.before or "", self.after or "")


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What became of one item, with the whole item on both sides."""

    id: str
    fate: Fate
    before: Item | None
    after: Item | None
    fields: tuple[FieldChange, ...]
    """Changed fields by name; for an item added or removed, all its fields."""
    moved: bool

    @property
    def item(self) -> Item:
        """The item as it is, or as it was last."""
        return self.after or self.before or {}


@dataclass(frozen=True, slots=True)
class SectionChange:
    """What changed in one section. ``status`` is its two statuses where they differ."""

    section: str
    status: tuple[str, str] | None
    fields: tuple[FieldChange, ...]
    items: tuple[ItemChange, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """The sections in which something changed, in the document's order."""

    sections: tuple[SectionChange, ...]

    def __bool__(self) -> bool:
        return bool(self.sections)

    def section(self, name: str) -> SectionChange | None:
        return next((one for one in self.sections if one.section == name), None)

    def changes(self) -> Iterator[Change]:
        """The changes that lead from the content before to the content after."""
        for section in self.sections:
            name = section.section
            if section.status:
                yield Change(Op.STATUS, name, value=section.status[1])
            yield from (Change(Op.SET, name, None, one.field, one.after) for one in section.fields)
            for item in section.items:
                if item.after is None:
                    yield Change(Op.REMOVE, name, item.id)
                elif item.before is None:
                    yield Change(
                        Op.ADD, name, item.id, value=fields_of(item.after), order=item.after["order"]
                    )
                else:
                    if item.moved:
                        yield Change(Op.MOVE, name, item.id, order=item.after["order"])
                    yield from (Change(Op.SET, name, item.id, one.field, one.after) for one in item.fields)


def diff(before: Content, after: Content) -> Diff:
    """What changed between two contents of one kind, both in normal form. Raises Misfit.

    Empty exactly where the two are equal; ``patch(before, diff(before, after)) == after``. Items of a
    section come in the order of the later content, those that are gone last.
    """
    grouped: dict[str, list[Change]] = {}
    for change in changes_between(before, after):
        grouped.setdefault(change.section, []).append(change)
    sections = (
        _section(name, before["sections"][name], after["sections"][name], changes)
        for name, changes in grouped.items()
    )
    return Diff(tuple(sections))


def patch(content: Content, difference: Diff) -> Content:
    """The other side of a diff, from the content it was made from."""
    return apply(content, difference.changes())


def _section(
    name: str, before: dict[str, Any], after: dict[str, Any], changes: list[Change]
) -> SectionChange:
    status: tuple[str, str] | None = None
    fields: list[FieldChange] = []
    touched: dict[str, list[Change]] = {}
    for change in changes:
        if change.op is Op.STATUS:
            status = (before["status"], after["status"])
        elif change.item is None:
            fields.append(_field(change, before["fields"]))
        else:
            touched.setdefault(change.item, []).append(change)
    olds, news = items_by_id(before), items_by_id(after)
    order = [item for item in news if item in touched] + [item for item in olds if item not in news]
    items = (_item(item, olds.get(item), news.get(item), touched[item]) for item in order)
    return SectionChange(name, status, tuple(fields), tuple(items))


def _item(item: str, before: Item | None, after: Item | None, changes: list[Change]) -> ItemChange:
    if before is None or after is None:
        whole = sorted(fields_of(before or after or {}).items())
        fields = tuple(
            FieldChange(name, None if before is None else value, None if after is None else value)
            for name, value in whole
        )
        return ItemChange(item, "added" if before is None else "removed", before, after, fields, moved=False)
    fields = tuple(_field(change, before) for change in changes if change.op is Op.SET)
    moved = any(change.op is Op.MOVE for change in changes)
    return ItemChange(item, "changed", before, after, fields, moved)


def _field(change: Change, before: dict[str, Any]) -> FieldChange:
    name = change.field or ""
    return FieldChange(name, before.get(name), change.value)
