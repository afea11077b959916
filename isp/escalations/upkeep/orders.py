"""What the Tribunal's order, or giving way in an appeal, obliges the authority to do about a plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Unit
from isp.ehcp.models import StatutoryPlan
from isp.ehcp.steps import StepCode
from isp.escalations import deadlines, parties
from isp.escalations.deadlines import Act
from isp.escalations.models import PlanDuty
from isp.escalations.upkeep import ceasing, ceasing_rules, doors, reassessing, rules
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.kernel.ids import new_id

DUTIES = table_of(PlanDuty)
ORDERS: Mapping[Act, str] = {
    Act.ORDER_AMEND: "The Tribunal ordered that the plan be amended",
    Act.ORDER_SETTING: "The Tribunal ordered another setting to be named",
    Act.ORDER_CONTINUE: "The Tribunal ordered that the plan goes on",
    Act.CONCEDED_AMEND: "The authority gave way and amends the plan",
    Act.CONCEDED_SETTING: "The authority gave way and names another setting",
}
AMENDS = frozenset({Act.ORDER_AMEND, Act.ORDER_SETTING, Act.CONCEDED_AMEND, Act.CONCEDED_SETTING})


def owed(unit: Unit, plan_id: UUID) -> list[Any]:
    """The duties of a plan that are not done yet, the first due first. Says nothing of who may know."""
    query = select(DUTIES).where(DUTIES.c.plan_id == plan_id, DUTIES.c.done_on.is_(None))
    return list(unit.connection.execute(query.order_by(DUTIES.c.due_on, DUTIES.c.id)))


def owe(
    unit: Unit, decision: Decision, plan: Any, act: Act, on: date, *, dispute_id: UUID | None = None
) -> UUID:
    """Open the duty that an order of this day brings; its id. ``plan``: the row, held.

    For the deeds of appeals, which have asked the gate (``decision``). An order that the plan goes on is
    done at once: what was to end is dropped.
    """
    due = deadlines.due(act, on)
    made = new_id()
    at_once = act is Act.ORDER_CONTINUE
    unit.insert(
        PlanDuty,
        id=made,
        plan_id=plan.id,
        pupil_id=plan.pupil_id,
        authority_id=plan.authority_id,
        dispute_id=dispute_id,
        act=act.value,
        from_on=on,
        due_on=due.on,
        done_on=on if at_once else None,
        days_late=0 if at_once else None,
        rules=deadlines.rules_on(on).version,
        recorded_at=unit.now,
        row_version=1,
    )
    ending = ceasing.open_ceasing(unit, plan.id)
    if at_once and ending is not None:
        ceasing.go_on(unit, plan, ending, ORDERS[act])
    words = {"act": act.value, "due_on": due.on.isoformat()}
    doors.note(unit, decision, plan, StepCode.TRIBUNAL_ORDERED, on, words=words)
    if at_once and ending is not None:
        doors.note(unit, decision, plan, StepCode.CEASE_DROPPED, on)
    return made


def follow(unit: Unit, decision: Decision, plan_id: UUID, about: str, result: str, on: date) -> None:
    """What the end of an appeal or a mediation turns in a plan's own course: part of a deed that asks.

    That a plan goes on drops its end; an ordered re-assessment begins. What is to be amended by a day stands
    with the dispute itself (``order_due_on``).
    """
    plan = doors.PLANS
    row = unit.connection.execute(select(plan).where(plan.c.id == plan_id)).first()
    if row is None or row.state not in rules.IN_FORCE:
        return
    ending = ceasing.open_ceasing(unit, plan_id)
    if about == "cease" and ending is not None and result in ceasing_rules.UPHELD | {"agreement"}:
        ceasing.go_on(unit, row, ending, "The dispute about it ended so.")
        doors.note(unit, decision, row, StepCode.CEASE_DROPPED, on)
    elif about == "reassess" and result in ("reassess", "conceded", "agreement"):
        reassessing.begin_ordered(unit, decision, row, on)


def disputed(unit: Unit, plan_id: UUID) -> list[Any]:
    """The disputes about a plan whose end is still to be carried out, the first due first."""
    d = ceasing.DISPUTES.c
    query = select(ceasing.DISPUTES).where(
        d.subject_id == plan_id, d.order_due_on.is_not(None), d.order_done_on.is_(None)
    )
    return list(unit.connection.execute(query.order_by(d.order_due_on, d.id)))


def record_order(unit: Unit, plan_id: UUID, *, act: str, on: date) -> UUID:
    """The Tribunal ordered something about this plan, or the authority gave way; gives the duty's id."""
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    rules.check_in_force(plan)
    errors: dict[str, str] = {}
    if act not in {one.value for one in ORDERS}:
        errors["act"] = "Choose what was ordered, or conceded."
    rules.check_day(errors, "on", on, unit.today, (plan.first_made_on, "the plan was made"))
    rules.refuse(errors)
    if any(one.act == act for one in owed(unit, plan_id)):
        raise Conflict("This is on record already, and still to be done.")
    made = owe(unit, may, plan, Act(act), on)
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))
    return made


def done(unit: Unit, plan_id: UUID, duty_id: UUID, *, on: date, shown: int | None = None) -> None:
    """What was ordered was done on this day; late is stored with it."""
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    query = select(DUTIES).where(DUTIES.c.id == duty_id, DUTIES.c.plan_id == plan_id)
    row = unit.connection.execute(query).first()
    if row is None:
        raise NotFound(gate.NO_PAGE)
    doors.check_shown(row, shown)
    if row.done_on is not None:
        raise Conflict("This is done already.")
    errors: dict[str, str] = {}
    rules.check_day(errors, "on", on, unit.today, (row.from_on, "it was ordered"))
    if errors:
        raise Invalid(rules.LOOK, errors)
    late = max(0, (on - row.due_on).days)
    doors.change(unit, PlanDuty, row, done_on=on, days_late=late)
    if Act(row.act) in AMENDS:
        doors.change(unit, StatutoryPlan, plan, made_on=max(on, plan.made_on or on))
    doors.note(unit, may, plan, StepCode.ORDER_DONE, on, words={"act": row.act}, days_late=late)
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))
