"""Two people changed one document: what can be settled by rule is, the rest is handed to a person.

The rules:

- changes to different fields, different items, or a field and a place, both stand;
- the same field (or status) given the same value twice is one change; given two values, it is a clash:
  nothing is spliced, because half of two sentences is nobody's sentence;
- an item edited by one and removed by the other is a clash; removed by both is removed; moved by one and
  removed by the other is removed, because nothing that anybody wrote is lost by it;
- an item moved by both goes where ``mine`` put it: a place is not worth a question;
- a removal never cascades: links to the removed item stay, and the golden thread shows them.

Where there is a clash the merged content holds ``theirs``, which is already stored; ``mine`` is in the
clash, whole, until a person has chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from isp.records.changes import (
    Change,
    Misfit,
    Op,
    apply,
    changes_between,
    fields_of,
    is_empty,
    items_by_id,
    same,
)
from isp.records.shape import Content, Item


@dataclass(frozen=True, slots=True)
class Clash:
    """What a person has to settle: as it was, theirs, and mine.

    Of a field: its three values, None where empty (``item`` None for a field of the section). Of a
    status: ``field`` is None and the values are statuses. Of an item that one side removed: ``field`` is
    None and the values are the whole item, None on the side that removed it.
    """

    section: str
    item: str | None
    field: str | None
    base: Any
    theirs: Any
    mine: Any


@dataclass(frozen=True, slots=True)
class Merged:
    """``content`` is ``theirs`` with ``changes`` made: the part of mine that does not clash."""

    content: Content
    changes: tuple[Change, ...]
    conflicts: tuple[Clash, ...]


def merge(base: Content, theirs: Content, mine: Content) -> Merged:
    """Bring ``mine`` on top of ``theirs``, both grown from ``base``; all in normal form. Raises Misfit.

    Where the two sides touch nothing in common, ``merge(base, a, b)`` and ``merge(base, b, a)`` have the
    same content.
    """
    if theirs is base:
        return Merged(mine, tuple(changes_between(base, mine)), ())
    if base["sections"].keys() != theirs["sections"].keys():
        raise Misfit("these documents are not of one kind")
    weighing = _Weighing(base, theirs, mine)
    for change in changes_between(base, mine):
        weighing.weigh(change)
    taken = tuple(weighing.taken)
    return Merged(apply(theirs, taken), taken, tuple(weighing.clashes))


class _Weighing:
    """Mine, change by change, held against theirs."""

    def __init__(self, base: Content, theirs: Content, mine: Content) -> None:
        self.taken: list[Change] = []
        self.clashes: list[Clash] = []
        self._settled: set[tuple[str, str]] = set()
        self._base, self._theirs, self._mine = (
            {name: (section, items_by_id(section)) for name, section in side["sections"].items()}
            for side in (base, theirs, mine)
        )

    def weigh(self, change: Change) -> None:
        base, base_items = self._base[change.section]
        theirs, their_items = self._theirs[change.section]
        if change.op is Op.STATUS:
            self._value(change, base["status"], theirs["status"])
        elif change.item is None:
            field = change.field or ""
            self._value(change, base["fields"].get(field), theirs["fields"].get(field))
        else:
            self._item(change, base_items.get(change.item), their_items.get(change.item))

    def _value(self, change: Change, base: Any, theirs: Any) -> None:
        if same(theirs, base):
            self.taken.append(change)
        elif not same(theirs, change.value):
            self.clashes.append(Clash(change.section, change.item, change.field, base, theirs, change.value))

    def _item(self, change: Change, base: Item | None, theirs: Item | None) -> None:
        if change.op is Op.ADD:
            self._added(change, theirs)
        elif change.op is Op.REMOVE:
            if theirs is not None and base is not None:
                if fields_of(theirs) == fields_of(base):
                    self.taken.append(change)
                else:
                    self._clash_of_items(change, base, theirs)
        elif change.op is Op.MOVE:
            if theirs is not None and theirs["order"] != change.order:
                self.taken.append(change)
        elif theirs is None:
            self._clash_of_items(change, base, None)
        else:
            field = change.field or ""
            self._value(change, (base or {}).get(field), theirs.get(field))

    def _added(self, change: Change, theirs: Item | None) -> None:
        """An id is made once, so both sides having it means one copy reached us twice: compare its fields."""
        if theirs is None:
            self.taken.append(change)
            return
        for field, value in sorted(change.value.items()):
            self._value(Change(Op.SET, change.section, change.item, field, value), None, theirs.get(field))

    def _clash_of_items(self, change: Change, base: Item | None, theirs: Item | None) -> None:
        item = change.item or ""
        if (change.section, item) in self._settled:
            return  # several of my edits to one removed item are one question
        self._settled.add((change.section, item))
        mine = self._mine[change.section][1].get(item)
        self.clashes.append(Clash(change.section, item, None, base, theirs, mine))


def settle(content: Content, clash: Clash, choice: Literal["theirs", "mine"] | Change) -> list[Change]:
    """What a person's choice changes in ``content``, the merged content or what it has become since.

    A third wording is given as the change that sets it. Raises Misfit where mine is chosen for a field
    of an item that somebody has removed since: the item has to be brought back first.
    """
    if isinstance(choice, Change):
        return [choice]
    wanted = clash.theirs if choice == "theirs" else clash.mine
    section = content["sections"][clash.section]
    present = items_by_id(section)
    if clash.item is None and clash.field is None:
        return [] if section["status"] == wanted else [Change(Op.STATUS, clash.section, value=wanted)]
    if clash.field is None:
        return _whole_item(clash, present.get(clash.item or ""), wanted)
    holder = section["fields"] if clash.item is None else present.get(clash.item)
    if holder is None:
        if choice == "theirs":
            return []  # the removal is theirs as well, and came later
        raise Misfit("the item this is about has been removed since")
    held = holder.get(clash.field)
    if same(held, wanted) or (is_empty(held) and is_empty(wanted)):
        return []
    return [Change(Op.SET, clash.section, clash.item, clash.field, wanted)]


def _whole_item(clash: Clash, present: Item | None, wanted: Item | None) -> list[Change]:
    item = clash.item
    if wanted is None:
        return [] if present is None else [Change(Op.REMOVE, clash.section, item)]
    if present is None:
        return [Change(Op.ADD, clash.section, item, value=fields_of(wanted), order=wanted["order"])]
    names = sorted(fields_of(present).keys() | fields_of(wanted).keys())
    return [
        Change(Op.SET, clash.section, item, name, wanted.get(name))
        for name in names
        if not same(present.get(name), wanted.get(name))
    ]
