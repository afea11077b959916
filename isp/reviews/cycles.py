"""Reading the chain of one pupil's cycles: through the gate, of versions that the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.kernel.clock import civil_day
from isp.plans import cards
from isp.plans import queries as plans
from isp.records import versions
from isp.records.days import say_day
from isp.reviews import queries, rules
from isp.reviews.chain import Cycle, Shared, cycles
from isp.reviews.not_held import NotHeld, not_held_of

MOST = 200
"""Versions of a plan that its chain looks at: many times what a school life brings."""


@dataclass(frozen=True, slots=True)
class PlanChain:
    """The cycles of one plan of a pupil."""

    record: Any
    cycles: tuple[Cycle, ...]
    not_held: tuple[NotHeld, ...] = ()
    """The reviews of which somebody recorded that they were not held, the newest first; for the school."""

    @property
    def is_open(self) -> bool:
        return bool(self.record.status == "open")


def chain_of(unit: Unit, pupil_id: UUID) -> tuple[Decision, list[PlanChain]]:
    """Every plan's chain, the open one first; the look is recorded."""
    decision = gate.require(unit, Permission.REVIEW_READ, pupil_id)
    found = chains_through(unit, pupil_id, decision)
    unit.record(decision, Event.CYCLES_VIEWED, Chain.pupil(pupil_id), obj=("pupil", pupil_id))
    return decision, found


def chains_through(unit: Unit, pupil_id: UUID, decision: Decision) -> list[PlanChain]:
    """The same through a decision that was made; the caller records the look."""
    held = queries.reviews_of(unit, pupil_id)[::-1]
    records = plans.plans_of(unit, pupil_id)
    family = queries.is_family(decision)
    accounts = {} if family else not_held_of(unit, [record.id for record in records], reasons=True)
    return [
        PlanChain(
            record,
            tuple(_cycles(unit, record, [row for row in held if row.record_id == record.id], decision)),
            tuple(accounts.get(record.id, ())),
        )
        for record in records
    ]


def _cycles(unit: Unit, record: Any, held: list[Any], decision: Decision) -> list[Cycle]:
    seen = versions.page(unit, record.id, limit=MOST, withdrawn_too=False)
    shared = [
        Shared(one.number, civil_day(one.stands_from))
        for one in seen[::-1]
        if one.sort != versions.EARLIER and plans.may_read(unit, decision, one)
    ]
    is_open = record.status == "open"
    on = cards.due_of(unit, record.id).on if is_open else None
    if not is_open and not any(rules.is_under_way(row) for row in held):
        # What has ended has no round to come.
        found = cycles(shared, held, None, record.id, say_day)
        return [one for one in found if one.is_over] or found[:1]
    return cycles(shared, held, on, record.id, say_day, is_late=on is not None and on < unit.today)
