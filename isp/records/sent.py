"""What a page of an editor sent, and what its buttons ask for, as changes of a draft of any kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from isp.access.gate import Decision
from isp.audit import Store, Unit, looking, transaction
from isp.kernel.actor import Actor
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.ids import new_id
from isp.records import order
from isp.records.boxes import Raw, Typed, Where, value_at
from isp.records.changes import Change, Op
from isp.records.drafts import DraftWords, Saved
from isp.records.items import added, new_item
from isp.records.shape import Content, Item, Shape, Status

T = TypeVar("T")
ANOTHER_DRAFT = (
    "The draft that this page shows was finalised or put aside, and another has been started since. "
    "Open the plan to see where it stands."
)
GONE = "Somebody removed this entry while you were looking at it."


@dataclass(frozen=True, slots=True)
class Sent:
    """What a page sent. ``answers`` by place (``boxes.gathered``).

    shown: what the boxes had shown, by place; None where they showed the draft at ``revision``.
    draft_id: which draft that was. deed: what else a button asks for, on ``section``: "add", or "up",
    "down" or "remove" with the item's id after a colon. in_part: save what can be kept although something
    else cannot (a form: it comes back with the rest).
    """

    revision: int
    draft_id: UUID | None
    answers: Mapping[str, Raw] = field(default_factory=dict)
    shown: Mapping[str, Raw] | None = None
    section: str | None = None
    deed: str = ""
    in_part: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft, opened for somebody who may write in it; ``row``: the plan's or the review's it belongs to."""

    row: Any
    decision: Decision
    draft: DraftWords
    waiting: int
    """How many of the writer's own words in it wait to be chosen."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a save: the draft as it stands now, and what could not be kept, by place."""

    opened: Opened
    draft: DraftWords
    problems: Mapping[str, str]
    at: datetime
    unsettled: int = 0
    changes: tuple[Change, ...] = ()
    item: str | None = None
    """The item that a button added or moved."""

    def with_saved(self, saved: Saved, item: str | None) -> Written:
        """The same once something was stored."""
        return replace(self, draft=saved.draft, unsettled=saved.unsettled, changes=saved.changes, item=item)


def twice(store: Store, actor: Actor, deed: Callable[[Unit], T]) -> T:
    """Do a deed on what was read; where that had moved, do it again under a lock."""
    try:
        with looking(store, actor) as unit:
            done = deed(unit)
    except Conflict:
        with transaction(store, actor) as unit:
            done = deed(unit)
    return done


def check_kept(typed: Typed, sent: Sent) -> None:
    """Invalid, by place, where something cannot be kept and the page wants all of it or nothing."""
    if typed.problems and not sent.in_part:
        raise Invalid("Not all of this can be saved yet.", typed.problems)


OF_A_LIST = frozenset({"add", "up", "down", "remove"})
"""What buttons ask for that changes a list; other buttons say where to go once it is saved."""


def with_deed(
    shape: Shape, changes: tuple[Change, ...], sent: Sent, content: Content
) -> tuple[tuple[Change, ...], str | None]:
    """The changes with what the button asked for."""
    deed, _, item = sent.deed.partition(":")
    section = shape.sections.get(sent.section or "")
    if deed not in OF_A_LIST or section is None or section.items is None:
        return changes, None
    items: list[Item] = content["sections"][section.name]["items"]
    if deed == "add":
        if len(items) >= section.most_items:
            raise Conflict(
                f"This list holds {section.most_items} entries, which is as many as it can. "
                "Remove one before you add another."
            )
        fresh = str(new_id())
        made = new_item(shape, section.name, fresh, order.at_end(items), {})
        return (*changes, added(section.name, made)), fresh
    index = next((at for at, one in enumerate(items) if one["id"] == item), None)
    if index is None:
        raise Conflict(GONE)
    if deed == "remove":
        return (*changes, Change(Op.REMOVE, section.name, item)), item
    place = _moved(items, index, deed)
    return (*changes, Change(Op.MOVE, section.name, item, order=place)) if place else changes, item


def _moved(items: list[Item], index: int, deed: str) -> str | None:
    """The order key one place up or down; None where the item is at that end already."""
    others = [*items[:index], *items[index + 1 :]]
    if deed == "up" and index > 0:
        return order.place(others, others[index - 2]["id"] if index > 1 else None)
    if deed == "down" and index < len(items) - 1:
        return order.place(others, others[index]["id"])
    return None


def with_status(changes: tuple[Change, ...], content: Content) -> tuple[Change, ...]:
    """A section in which somebody writes is in progress, without anybody having to say so."""
    said = {change.section for change in changes if change.op is Op.STATUS}
    written = {
        change.section
        for change in changes
        if change.op is Op.ADD or (change.op is Op.SET and value_at(content, _place(change)) != change.value)
    }
    begun = [
        Change(Op.STATUS, section, value=Status.IN_PROGRESS.value)
        for section in sorted(written - said)
        if content["sections"][section]["status"] == Status.NOT_STARTED
    ]
    return (*changes, *begun)


def _place(change: Change) -> Where:
    return Where(change.section, change.item, change.field)
