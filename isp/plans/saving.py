"""One save of a page of the editor, however it came: from the form's button or from autosave.

First without a lock, since nearly always nobody else is writing; where the draft moved in that very moment,
once more in a unit that holds it. An answer is given only after the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from isp.audit import Store, Unit, looking, transaction
from isp.kernel.actor import Actor
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.ids import new_id
from isp.plans import actions, boxes, queries
from isp.plans.actions import Opened
from isp.plans.boxes import Raw, Typed
from isp.plans.content import SHAPE, new_item
from isp.plans.content.document import added
from isp.plans.vocabulary import configuration_on
from isp.records import order
from isp.records.changes import Change, Op
from isp.records.days import Horizon
from isp.records.drafts import DraftWords
from isp.records.fields import Kind
from isp.records.shape import Content, Item, Status
from isp.register import pupils

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
class Written:
    """What became of it: the draft as it stands now, and what could not be kept, by place."""

    opened: Opened
    draft: DraftWords
    problems: Mapping[str, str]
    unsettled: int
    changes: tuple[Change, ...]
    at: datetime
    item: str | None = None
    """The item that a button added or moved."""


def twice(store: Store, actor: Actor, deed: Callable[[Unit], T]) -> T:
    """Do a deed on what was read; where that had moved, do it again under a lock."""
    try:
        with looking(store, actor) as unit:
            done = deed(unit)
    except Conflict:
        with transaction(store, actor) as unit:
            done = deed(unit)
    return done


def save(store: Store, actor: Actor, record_id: UUID, gather: Callable[[Opened], Sent]) -> Written:
    """Save what a page sent, merged with what others wrote.

    ``gather`` reads the request once it is known who writes: only boxes that this person may write in
    count. Raises Invalid, by place, where something cannot be kept and ``in_part`` is off; Conflict where
    there is no such draft any more.
    """
    return twice(store, actor, lambda unit: _save(unit, record_id, gather))


def _save(unit: Unit, record_id: UUID, gather: Callable[[Opened], Sent]) -> Written:
    opened = actions.open_draft(unit, record_id)
    sent = gather(opened)
    draft = opened.draft
    if sent.draft_id is not None and sent.draft_id != draft.id:
        raise Conflict(ANOTHER_DRAFT)
    typed = _read(unit, opened, sent)
    if typed.problems and not sent.in_part:
        raise Invalid("Not all of this can be saved yet.", typed.problems)
    changes, item = _with_deed(typed.changes, sent, draft.content)
    changes = _with_status(changes, draft.content)
    if not changes:
        return Written(opened, draft, typed.problems, 0, (), unit.now)
    saved = actions.save_draft(unit, record_id, sent.revision, changes, shown=typed.shown, opened=opened)
    return Written(opened, saved.draft, typed.problems, saved.unsettled, saved.changes, unit.now, item)


def horizon(unit: Unit, pupil_id: UUID) -> Horizon:
    """The dates a plan about this pupil may hold."""
    born = pupils.names(unit, [pupil_id])[pupil_id].born_on
    years = configuration_on(unit.today).horizon_years
    # The last day of a month as the end of a span of years never meets 29 February.
    return Horizon(born, unit.today.replace(year=unit.today.year + years, month=12, day=31))


def _read(unit: Unit, opened: Opened, sent: Sent) -> Typed:
    lens = opened.decision.lens
    kinds = {place.shape.kind for key in sent.answers if (place := boxes.where(key, lens)) and place.shape}
    span = horizon(unit, opened.row.pupil_id) if Kind.DAY in kinds else None
    typed = boxes.read(sent.answers, sent.shown, opened.draft.content, lens, span)
    if Kind.PARTY not in kinds:
        return typed
    return _only_family(unit, opened, typed)


def _only_family(unit: Unit, opened: Opened, typed: Typed) -> Typed:
    """Whose words these are: somebody of this pupil's family, or whoever it has been so far."""
    family = {str(person) for person in queries.family_of(unit, opened.row.pupil_id)}
    kept, problems = [], dict(typed.problems)
    for change in typed.changes:
        place = boxes.Where(change.section, change.item, change.field)
        party = place.shape is not None and place.shape.kind is Kind.PARTY
        known = change.value is None or change.value in family
        if not party or known or change.value == boxes.value_at(opened.draft.content, place):
            kept.append(change)
        else:
            problems[place.key] = "Choose one of the answers in the list."
    return Typed(tuple(kept), typed.shown, problems)


def _with_deed(
    changes: tuple[Change, ...], sent: Sent, content: Content
) -> tuple[tuple[Change, ...], str | None]:
    """The changes with what the button asked for."""
    deed, _, item = sent.deed.partition(":")
    shape = SHAPE.sections.get(sent.section or "")
    if not deed or shape is None or shape.items is None:
        return changes, None
    items: list[Item] = content["sections"][shape.name]["items"]
    if deed == "add":
        if len(items) >= shape.most_items:
            raise Conflict(
                f"This list holds {shape.most_items} entries, which is as many as it can. "
                "Remove one before you add another."
            )
        fresh = str(new_id())
        made = new_item(shape.name, fresh, order.at_end(items), {})
        return (*changes, added(shape.name, made)), fresh
    index = next((at for at, one in enumerate(items) if one["id"] == item), None)
    if index is None:
        raise Conflict(GONE)
    if deed == "remove":
        return (*changes, Change(Op.REMOVE, shape.name, item)), item
    place = _moved(items, index, deed)
    return (*changes, Change(Op.MOVE, shape.name, item, order=place)) if place else changes, item


def _moved(items: list[Item], index: int, deed: str) -> str | None:
    """The order key one place up or down; None where the item is at that end already."""
    others = [*items[:index], *items[index + 1 :]]
    if deed == "up" and index > 0:
        return order.place(others, others[index - 2]["id"] if index > 1 else None)
    if deed == "down" and index < len(items) - 1:
        return order.place(others, others[index]["id"])
    return None


def _with_status(changes: tuple[Change, ...], content: Content) -> tuple[Change, ...]:
    """A section in which somebody writes is in progress, without anybody having to say so."""
    said = {change.section for change in changes if change.op is Op.STATUS}
    written = {
        change.section
        for change in changes
        if change.op is Op.ADD
        or (change.op is Op.SET and boxes.value_at(content, _place(change)) != change.value)
    }
    begun = [
        Change(Op.STATUS, section, value=Status.IN_PROGRESS.value)
        for section in sorted(written - said)
        if content["sections"][section]["status"] == Status.NOT_STARTED
    ]
    return (*changes, *begun)


def _place(change: Change) -> boxes.Where:
    return boxes.Where(change.section, change.item, change.field)
