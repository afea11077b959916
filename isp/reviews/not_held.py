"""A review that was due and not held: it stays due until it is held, or until somebody records why not.

Finalising a version clears nothing of it (``plans.cards``). What is recorded here is kept, and can be read
beside the cycles: the day, the reason, and when the next one is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.gate import Decision
from isp.access.policy import DIGEST, Permission
from isp.audit import Chain, Event, Unit
from isp.audit.unit import Denial
from isp.kernel.canonical import nfc
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, NotAllowed
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.people import directory
from isp.plans import actions as plan_actions
from isp.plans import cards
from isp.plans import queries as plans
from isp.plans.deadlines import Due
from isp.plans.rules import check_open
from isp.plans.vocabulary import configuration_on
from isp.records import drafts
from isp.records.changes import Change, Op
from isp.reviews import queries, rules
from isp.reviews.models import ReviewNotHeld

NOT_HELD = table_of(ReviewNotHeld)
NOT_OVERDUE = "No review of this plan is overdue, so there is none to account for."
UNDER_WAY = (
    "A review of this plan is planned. Hold it and close it; or cancel it first, then record why it was "
    "not held."
)
NOT_YOURS = "The SENCO records that a review was not held. You can plan it and hold it."
MOVED = (
    "The review is due on another day than this page showed. Look at what it says now, then do this again."
)


@dataclass(frozen=True, slots=True)
class NotHeld:
    """A review that was not held: when it was due, why, when the next is, and who recorded it when."""

    due_on: date
    next_on: date
    reason: str
    at: datetime
    by: str


def allowed(unit: Unit, record_id: UUID) -> tuple[Any, Decision]:
    """The plan and the decision of whoever may account for its reviews: not of who leads one alone."""
    plan, decision = plans.allowed(unit, record_id, Permission.REVIEW_CLOSE)
    if rules.leads_only_her_own(decision.standings, Permission.REVIEW_CLOSE):
        denial = Denial(
            Permission.REVIEW_CLOSE.value, "leads-one-alone", ("record", record_id), policy=DIGEST
        )
        raise NotAllowed(NOT_YOURS, denial=denial)
    return plan, decision


def overdue(unit: Unit, record_id: UUID) -> date:
    """The day that has passed. Conflict where none has, or where a review is under way."""
    day = cards.unheld(unit, record_id)
    if day is None:
        raise Conflict(NOT_OVERDUE)
    if queries.under_way(unit, record_id) is not None:
        raise Conflict(UNDER_WAY)
    return day


def next_day(unit: Unit, record_id: UUID) -> Due:
    """The day to offer for the next review: as the draft or the version in force has it, else worked out."""
    plan, _ = allowed(unit, record_id)
    card = unit.connection.execute(select(cards.CARDS).where(cards.CARDS.c.record_id == record_id)).one()
    draft = drafts.find(unit, record_id)
    said = draft.content["sections"]["review"]["fields"].get("next_review_on") if draft else None
    for day in (date.fromisoformat(said) if said else None, card.agreed_on):
        if day is not None and day >= unit.today:
            return Due(day)
    return cards.proposed(unit, plan.pupil_id, unit.today, card.interval)


def record_not_held(unit: Unit, record_id: UUID, shown: date, reason: str, next_on: date) -> bool:
    """Record why the review due on ``shown`` was not held, and when the next is.

    Gives whether the plan's draft had to be told of that day, since the version in force says another.
    """
    plan, decision = allowed(unit, record_id)
    check_open(plan.status)
    plan_actions.held(unit, record_id, Permission.REVIEW_CLOSE)
    day = overdue(unit, record_id)
    if day != shown:
        raise Conflict(MOVED)
    given = rules.check_reason(nfc(reason))
    rules.check_day(next_on, unit.today, configuration_on(unit.today).horizon_years, box="next_on")
    made = new_id()
    unit.insert(
        ReviewNotHeld,
        id=made,
        record_id=record_id,
        pupil_id=plan.pupil_id,
        due_on=day,
        next_on=next_on,
        made_at=unit.now,
        made_by=unit.actor.person_id,
        sealed=unit.keys.seal(KeyOf.pupil(plan.pupil_id), _place(made), {"reason": given}),
    )
    cards.excused(unit, record_id, next_on)
    unit.record(
        decision,
        Event.REVIEW_NOT_HELD,
        Chain.pupil(plan.pupil_id),
        obj=("record", record_id),
        payload={"reason": given},
        due_on=day.isoformat(),
        next_on=next_on.isoformat(),
    )
    return _into_the_draft(unit, record_id, next_on)


def _into_the_draft(unit: Unit, record_id: UUID, next_on: date) -> bool:
    """The day is the plan's too: nobody types it again."""
    if drafts.find(unit, record_id) is None:
        in_force = select(cards.CARDS.c.next_review_on).where(cards.CARDS.c.record_id == record_id)
        if unit.connection.scalar(in_force) == next_on:
            return False
        plan_actions.start_draft(unit, record_id)
    opened = plan_actions.open_draft(unit, record_id)
    said = opened.draft.content["sections"]["review"]["fields"].get("next_review_on")
    if said == next_on.isoformat():
        return False
    change = Change(Op.SET, "review", None, "next_review_on", next_on.isoformat())
    plan_actions.save_draft(unit, record_id, opened.draft.revision, [change], opened=opened)
    return True


def not_held_of(unit: Unit, record_ids: Iterable[UUID], *, reasons: bool) -> dict[UUID, list[NotHeld]]:
    """What was recorded of these plans, the newest first; callers have passed the gate.

    ``reasons``: whether the reader is one of those who are told why.
    """
    rows = unit.connection.execute(
        select(NOT_HELD)
        .where(NOT_HELD.c.record_id.in_(sorted(set(record_ids))))
        .order_by(NOT_HELD.c.made_at.desc(), NOT_HELD.c.id)
    ).all()
    named = directory.names(unit, {row.made_by for row in rows}) if rows else {}
    found: dict[UUID, list[NotHeld]] = {}
    for row in rows:
        held = unit.keys.open(KeyOf.pupil(row.pupil_id), _place(row.id), row.sealed) if reasons else {}
        by = named[row.made_by].full if row.made_by in named else directory.NOBODY
        one = NotHeld(row.due_on, row.next_on, held.get("reason", ""), row.made_at, by)
        found.setdefault(row.record_id, []).append(one)
    return found


def _place(made: UUID) -> Place:
    return Place("review_not_held", "sealed", made)
