"""One save of a page of the editor, however it came: from the form's button or from autosave.

First without a lock, since nearly always nobody else is writing; where the draft moved in that very moment,
once more in a unit that holds it. An answer is given only after the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from isp.audit import Store, Unit
from isp.kernel.actor import Actor
from isp.kernel.errors import Conflict, Invalid
from isp.plans import actions, boxes, queries
from isp.plans.actions import Opened
from isp.plans.boxes import Typed
from isp.plans.content import SHAPE
from isp.plans.linking import link_change
from isp.plans.vocabulary import configuration_on
from isp.records.changes import Change
from isp.records.days import Horizon
from isp.records.drafts import DraftWords
from isp.records.fields import Kind
from isp.records.sent import ANOTHER_DRAFT, GONE, Sent, twice, with_deed, with_status
from isp.register import pupils

__all__ = ["ANOTHER_DRAFT", "GONE", "Sent", "Written", "horizon", "save", "twice"]


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
    changes, item = with_deed(SHAPE, typed.changes, sent, draft.content)
    shown = typed.shown
    if linking := link_change(sent.deed, draft.content, opened.decision.lens):
        # Against what the list holds now: whoever linked something else meanwhile is not in the way.
        changes, shown = (*changes, linking[0]), (*shown, linking[1])
    changes = with_status(changes, draft.content)
    if not changes:
        return Written(opened, draft, typed.problems, 0, (), unit.now)
    saved = actions.save_draft(unit, record_id, sent.revision, changes, shown=shown, opened=opened)
    return Written(opened, saved.draft, typed.problems, saved.unsettled, saved.changes, unit.now, item)


def horizon(unit: Unit, pupil_id: UUID) -> Horizon:
    """The dates a plan about this pupil may hold."""
    born = pupils.names(unit, [pupil_id])[pupil_id].born_on
    years = configuration_on(unit.today).horizon_years
    # The last day of a month as the end of a span of years never meets 29 February.
    return Horizon(born, unit.today.replace(year=unit.today.year + years, month=12, day=31))


def _read(unit: Unit, opened: Opened, sent: Sent) -> Typed:
    lens = opened.decision.lens
    kinds = {boxes.kind_at(place) for key in sent.answers if (place := boxes.where(key, lens))}
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
        party = boxes.kind_at(place) is Kind.PARTY
        known = change.value is None or change.value in family
        if not party or known or change.value == boxes.value_at(opened.draft.content, place):
            kept.append(change)
        else:
            problems[place.key] = "Choose one of the answers in the list."
    return Typed(tuple(kept), typed.shown, problems)
