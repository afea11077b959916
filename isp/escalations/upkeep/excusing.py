"""Why a date about a plan could not be kept: of an order, or of what was conceded or agreed (44(3), 45).

As with a request (``isp.escalations.excusing``): it moves each date that the law lets it move, the duty stays
and so does the day that the law names. A circumstance belongs to the plan and goes with it. A re-assessment
is a case of its own, and what excuses its dates (regulation 27(3)) is recorded there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.audit.unit import MOVED_ON
from isp.escalations import course as courses
from isp.escalations import deadlines
from isp.escalations.deadlines import EXCUSES, Act, Circumstance, Due
from isp.escalations.keeping import follow
from isp.escalations.models import PlanCircumstance, PlanDuty
from isp.escalations.queries import circumstance
from isp.escalations.upkeep import doors, rules
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.kernel.ids import new_id

CIRCUMSTANCES, ORDERS = table_of(PlanCircumstance), table_of(PlanDuty)


@dataclass(frozen=True, slots=True)
class Told:
    """A circumstance that holds, with its words where the reader is the authority."""

    id: UUID
    held: Circumstance
    recorded_at: datetime
    recorded_by: UUID
    words: Mapping[str, Any]


def holding(unit: Unit, plan_id: UUID) -> list[Circumstance]:
    """What excuses dates about a plan: for rules, after the gate."""
    return [circumstance(row) for row in _rows(unit, plan_id)]


def told(unit: Unit, plan_id: UUID, side: str) -> list[Told]:
    """The same for a page; reasons and evidence for the authority alone."""
    return [
        Told(
            row.id,
            circumstance(row),
            row.recorded_at,
            row.recorded_by,
            _words(unit, row) if side == "authority" else {},
        )
        for row in _rows(unit, plan_id)
    ]


def reassessment_under_way(unit: Unit, plan_id: UUID) -> Any | None:
    """The re-assessment of a plan that is under way, or None."""
    a = doors.ASSESSMENTS.c
    query = select(doors.ASSESSMENTS).where(
        a.plan_id == plan_id, a.kind == "reassessment", a.state.in_(sorted(courses.LIVE))
    )
    return unit.connection.execute(query).first()


def dates_to_keep(unit: Unit, plan_id: UUID) -> list[tuple[Due, date]]:
    """The dates about a plan that are still to be kept and that the law may excuse, with their first day."""
    query = select(ORDERS.c.act, ORDERS.c.from_on, ORDERS.c.rules).where(
        ORDERS.c.plan_id == plan_id, ORDERS.c.done_on.is_(None)
    )
    dates = [
        (deadlines.due(Act(one.act), one.from_on, version=one.rules), one.from_on)
        for one in unit.connection.execute(query)
    ]
    return [(due, start) for due, start in dates if deadlines.excusable(due, start)]


def codes_for(unit: Unit, plan_id: UUID) -> list[str]:
    """The circumstances that the law names for any of these dates."""
    named = {
        one.code for due, start in dates_to_keep(unit, plan_id) for one in deadlines.excusable(due, start)
    }
    return [code for code in EXCUSES if code in named]


def record_circumstance(
    unit: Unit,
    plan_id: UUID,
    *,
    code: str,
    begins: date,
    ends: date,
    asked_on: date | None = None,
    reason: str,
    evidence: str,
) -> UUID:
    """Record what excuses a date about this plan; its id. Invalid where it excuses none; Conflict: none runs.

    ``reason``: why the date could not be kept because of it; ``evidence``: what shows it.
    """
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    dates = dates_to_keep(unit, plan_id)
    if not dates:
        raise Conflict("No date runs about this plan that the law excuses, so there is none to excuse.")
    one = Circumstance(code, begins, ends, asked_on)
    found = [deadlines.problems(due, start, one) for due, start in dates]
    errors = {} if any(not each for each in found) else dict(found[0])
    if begins > unit.today:
        errors["begins"] = "This day is still to come. Record what has happened."
    rules.check_words(
        errors,
        reason=(reason, "Say why the date could not be kept because of this."),
        evidence=(evidence, "Say what shows it: a letter, a call, a published calendar."),
    )
    rules.refuse(errors)
    if one in holding(unit, plan_id):
        raise Conflict("This is recorded already. Look at the page of the plan.")
    made = new_id()
    words = {"reason": reason.strip(), "evidence": evidence.strip()}
    unit.insert(
        PlanCircumstance,
        id=made,
        plan_id=plan_id,
        pupil_id=plan.pupil_id,
        authority_id=plan.authority_id,
        code=code,
        begins=begins,
        ends=ends,
        asked_on=asked_on,
        recorded_at=unit.now,
        recorded_by=may.person_id,
        taken_back_at=None,
        taken_back_by=None,
        sealed=doors.seal(unit, CIRCUMSTANCES.name, made, plan.pupil_id, 1, words),
    )
    detail = {"code": code, "from": begins.isoformat(), "to": ends.isoformat()}
    payload = {"circumstance": str(made), **words}
    _record(unit, may, Event.CIRCUMSTANCE_RECORDED, plan, payload, detail)
    return made


def take_back(unit: Unit, plan_id: UUID, circumstance_id: UUID, *, reason: str) -> None:
    """It was not so, or not of this plan: the dates are what they were. ``reason`` goes to the trail."""
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    c = CIRCUMSTANCES.c
    query = select(CIRCUMSTANCES).where(c.id == circumstance_id, c.plan_id == plan_id)
    row = unit.connection.execute(query).first()
    if row is None:
        raise NotFound(gate.NO_PAGE)
    if row.taken_back_at is not None:
        raise Conflict("This has been taken back already.")
    if not reason.strip():
        raise Invalid(rules.LOOK, {"reason": "Say why it is taken back."})
    where = {"id": circumstance_id, "taken_back_at": None}
    unit.change(PlanCircumstance, where, MOVED_ON, taken_back_at=unit.now, taken_back_by=may.person_id)
    payload = {"circumstance": str(circumstance_id), "reason": reason.strip()}
    _record(unit, may, Event.CIRCUMSTANCE_TAKEN_BACK, plan, payload, {"code": row.code})


def _record(
    unit: Unit, may: Any, event: Event, plan: Any, payload: dict[str, Any], detail: dict[str, Any]
) -> None:
    obj = ("ehc_plan", plan.id)
    unit.record(may, event, Chain.pupil(plan.pupil_id), obj=obj, payload=payload, **detail)
    unit.record(may, event, Chain.organisation(plan.authority_id), obj=obj, **detail)
    follow(unit, plan.pupil_id, plan.authority_id)


def _rows(unit: Unit, plan_id: UUID) -> list[Any]:
    c = CIRCUMSTANCES.c
    query = select(CIRCUMSTANCES).where(c.plan_id == plan_id, c.taken_back_at.is_(None))
    return list(unit.connection.execute(query.order_by(c.recorded_at.desc(), c.id.desc())))


def _words(unit: Unit, row: Any) -> Mapping[str, Any]:
    from_row = doors.place(CIRCUMSTANCES.name, row.id, 1)
    found: dict[str, Any] = unit.keys.open(doors.key_of(row.pupil_id), from_row, row.sealed)
    return found
