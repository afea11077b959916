"""One save of a page of the editor, however it came: from the form's button or from autosave.

First without a lock, since nearly always nobody else is writing; where the draft moved in that very moment,
once more in a unit that holds it. An answer is given only after the commit.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from isp.access.lenses import Lens
from isp.audit import Store, Unit
from isp.kernel.actor import Actor
from isp.kernel.errors import Conflict
from isp.plans import actions, boxes, queries
from isp.plans.boxes import BOXES, Typed
from isp.plans.content import SHAPE
from isp.plans.linking import link_change
from isp.plans.vocabulary import configuration_on
from isp.records.boxes import Boxes
from isp.records.days import Horizon
from isp.records.fields import Kind
from isp.records.sent import (
    ANOTHER_DRAFT,
    GONE,
    Opened,
    Sent,
    Written,
    check_kept,
    twice,
    with_deed,
    with_status,
)
from isp.register import pupils

__all__ = ["ANOTHER_DRAFT", "GONE", "Sent", "Written", "horizon", "read_sent", "save", "twice"]


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
    typed = _only_family(unit, opened, read_sent(unit, BOXES, opened, sent, ANOTHER_DRAFT))
    check_kept(typed, sent)
    draft = opened.draft
    changes, item = with_deed(SHAPE, typed.changes, sent, draft.content)
    shown = typed.shown
    if linking := link_change(sent.deed, draft.content, opened.decision.lens):
        # Against what the list holds now: whoever linked something else meanwhile is not in the way.
        changes, shown = (*changes, linking[0]), (*shown, linking[1])
    changes = with_status(changes, draft.content)
    written = Written(opened, draft, typed.problems, unit.now)
    if not changes:
        return written
    saved = actions.save_draft(unit, record_id, sent.revision, changes, shown=shown, opened=opened)
    return written.with_saved(saved, item)


def horizon(unit: Unit, pupil_id: UUID) -> Horizon:
    """The dates a plan about this pupil may hold."""
    born = pupils.names(unit, [pupil_id])[pupil_id].born_on
    years = configuration_on(unit.today).horizon_years
    # The last day of a month as the end of a span of years never meets 29 February.
    return Horizon(born, unit.today.replace(year=unit.today.year + years, month=12, day=31))


def read_sent(
    unit: Unit, of: Boxes, opened: Opened, sent: Sent, another: str, lens: Lens | None = None
) -> Typed:
    """What was sent, read. Conflict, with ``another`` as its words, where it was about another draft.

    ``lens``: of a document that is not written through the lens of the plan.
    """
    if sent.draft_id is not None and sent.draft_id != opened.draft.id:
        raise Conflict(another)
    lens = lens or opened.decision.lens
    kinds = {of.kind_at(place) for key in sent.answers if (place := of.where(key, lens))}
    span = horizon(unit, opened.row.pupil_id) if Kind.DAY in kinds else None
    return of.read(sent.answers, sent.shown, opened.draft.content, lens, span)


def _only_family(unit: Unit, opened: Opened, typed: Typed) -> Typed:
    """Whose words these are: somebody of this pupil's family, or whoever it has been so far."""
    placed = [(change, boxes.Where(change.section, change.item, change.field)) for change in typed.changes]
    if not any(boxes.kind_at(place) is Kind.PARTY for _, place in placed):
        return typed
    family = {str(person) for person in queries.family_of(unit, opened.row.pupil_id)}
    kept, problems = [], dict(typed.problems)
    for change, place in placed:
        party = boxes.kind_at(place) is Kind.PARTY
        known = change.value is None or change.value in family
        if not party or known or change.value == boxes.value_at(opened.draft.content, place):
            kept.append(change)
        else:
            problems[place.key] = "Choose one of the answers in the list."
    return Typed(tuple(kept), typed.shown, problems)
