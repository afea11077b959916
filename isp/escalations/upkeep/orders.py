"""What the Tribunal's order, or giving way in an appeal, obliges the authority to do about a plan."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Unit
from isp.ehcp import queries as plan_queries
from isp.ehcp.models import StatutoryPlan
from isp.ehcp.steps import StepCode
from isp.escalations import deadlines, naming, parties
from isp.escalations.deadlines import Act, Circumstance, Due
from isp.escalations.models import PlanDuty
from isp.escalations.naming import Named
from isp.escalations.upkeep import amending, ceasing, ceasing_rules, doors, excusing, reassessing, rules
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.kernel.ids import new_id

DUTIES = table_of(PlanDuty)
ORDERS: dict[Act, str] = {
    Act.ORDER_AMEND: "The Tribunal ordered that the plan be amended",
    Act.ORDER_SETTING: "The Tribunal ordered another setting to be named",
    Act.ORDER_CONTINUE: "The Tribunal ordered that the plan goes on",
    Act.ORDER_CEASE: "The Tribunal ordered that the plan ceases",
    Act.ORDER_RECONSIDER: "The Tribunal sent the decision about the plan back to be considered again",
    Act.ANSWER_RECOMMENDATION: "The Tribunal recommended something on health or social care, to be answered",
    Act.CONCEDED_AMEND: "The authority gave way and amends the plan",
    Act.CONCEDED_SETTING: "The authority gave way and names another setting",
}
AGREED: dict[Act, str] = {Act.AGREEMENT: "It was agreed in mediation, on something that cannot be appealed"}
"""What comes of a mediation alone, and is recorded with its end."""
SETTINGS = frozenset({Act.ORDER_SETTING, Act.CONCEDED_SETTING})
SAY_WHICH = (
    "Say which setting the plan names now. Record it on the page “What becomes of the EHC plan”, under "
    "“Ordered, and still to be done”."
)
SAY_ENDED = "A plan that is ordered to cease is done with once it has ended. Record its end on this page."
AMENDS = frozenset({Act.ORDER_AMEND, Act.ORDER_SETTING, Act.CONCEDED_AMEND, Act.CONCEDED_SETTING})


def owed(unit: Unit, plan_id: UUID) -> list[Any]:
    """The duties of a plan that are not done yet, the first due first. Says nothing of who may know."""
    query = select(DUTIES).where(DUTIES.c.plan_id == plan_id, DUTIES.c.done_on.is_(None))
    return list(unit.connection.execute(query.order_by(DUTIES.c.due_on, DUTIES.c.id)))


def due_of(row: Any, told: Collection[Circumstance]) -> Due:
    """By when what was ordered is to be done, moved by what excuses it; the row keeps the law's own day."""
    return deadlines.moved(deadlines.due(Act(row.act), row.from_on, version=row.rules), row.from_on, told)


def put_right(unit: Unit, row: Any, *, from_on: date | None = None, done_on: date | None = None) -> None:
    """The day of an order, or of its being done, was another: part of a deed that asks and records."""
    start = from_on or row.from_on
    done = done_on or row.done_on
    due = deadlines.due(Act(row.act), start, version=row.rules)
    values: dict[str, Any] = {"from_on": start, "due_on": due.on, "done_on": done}
    if done is not None:
        told = excusing.holding(unit, row.plan_id)
        values["days_late"] = due.days_late(done)
        values["days_unexcused"] = deadlines.moved(due, start, told).days_late(done)
    doors.change(unit, PlanDuty, row, **values)


def of_disputes(unit: Unit, ids: Collection[UUID]) -> dict[UUID, Any]:
    """What was ordered about a plan at the end of these disputes, by dispute. For whoever passed the gate."""
    if not ids:
        return {}
    query = select(DUTIES).where(DUTIES.c.dispute_id.in_(sorted(ids)))
    return {row.dispute_id: row for row in unit.connection.execute(query)}


def owe(
    unit: Unit, decision: Decision, plan: Any, act: Act, on: date, *, dispute_id: UUID | None = None
) -> UUID:
    """Open the duty that an order of this day brings; its id. ``plan``: the row, held.

    For the deeds of appeals, which have asked the gate (``decision``). An order that the plan goes on is
    done at once: what was to end is dropped.
    """
    made, due = _insert(unit, plan, act, on, dispute_id)
    at_once = act is Act.ORDER_CONTINUE
    ending = ceasing.open_ceasing(unit, plan.id)
    if at_once and ending is not None:
        ceasing.go_on(unit, plan, ending, ORDERS[act])
    words = {"act": act.value, "due_on": due.on.isoformat()}
    doors.note(unit, decision, plan, StepCode.TRIBUNAL_ORDERED, on, words=words)
    if at_once and ending is not None:
        doors.note(unit, decision, plan, StepCode.CEASE_DROPPED, on)
    return made


def _insert(unit: Unit, plan: Any, act: Act, on: date, dispute_id: UUID | None) -> tuple[UUID, Due]:
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
        days_unexcused=0 if at_once else None,
        rules=deadlines.rules_on(on).version,
        recorded_at=unit.now,
        row_version=1,
    )
    return made, due


def follow(
    unit: Unit,
    decision: Decision,
    plan_id: UUID,
    about: str,
    result: str,
    on: date,
    act: Act | None = None,
    dispute_id: UUID | None = None,
) -> None:
    """What the end of an appeal or a mediation turns in a plan's own course: part of a deed that asks.

    That a plan goes on drops its end; an ordered re-assessment begins; what is to be done by a day
    (``act``) is a duty of the plan's, and stands nowhere else.
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
        reassessing.begin_ordered(unit, decision, row, on, conceded=result == "conceded")
    if act is None or act is Act.ORDER_CONTINUE or act not in {*ORDERS, *AGREED}:
        return
    same = [one for one in owed(unit, plan_id) if one.act == act and one.dispute_id is None]
    if same:
        # It was recorded on the page of the plan before the appeal's end was.
        doors.change(unit, PlanDuty, same[0], dispute_id=dispute_id)
    else:
        _insert(unit, row, act, on, dispute_id)


def record_order(unit: Unit, plan_id: UUID, *, act: str, on: date) -> UUID:
    """The Tribunal ordered something about this plan, or the authority gave way; gives the duty's id."""
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    rules.check_in_force(plan)
    errors: dict[str, str] = {}
    if act not in {one.value for one in ORDERS}:
        errors["act"] = "Choose what was ordered, or conceded."
    rules.check_day(errors, "on", on, unit.today, (plan.first_made_on, "the plan was made"))
    rules.refuse(errors)
    ending = ceasing.open_ceasing(unit, plan_id)
    if act == Act.ORDER_CEASE and (ending is None or ending.state != ceasing.DECIDED):
        raise Conflict(
            "It has not been decided that this plan ceases, so no appeal about that can have ended so."
        )
    if any(one.act == act for one in owed(unit, plan_id)):
        raise Conflict("This is on record already, and still to be done.")
    made = owe(unit, may, plan, Act(act), on)
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))
    return made


def done(
    unit: Unit,
    plan_id: UUID,
    duty_id: UUID,
    *,
    on: date,
    named: Named | None = None,
    from_on: date | None = None,
    shown: int | None = None,
) -> None:
    """What was ordered was done on this day; late is stored with it.

    Where the plan was to be amended, its draft becomes the version of that day, unless it was amended since
    the order. ``named``: the setting that it names now, from ``from_on`` (else from that day) on.
    """
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    query = select(DUTIES).where(DUTIES.c.id == duty_id, DUTIES.c.plan_id == plan_id)
    row = unit.connection.execute(query).first()
    if row is None:
        raise NotFound(gate.NO_PAGE)
    doors.check_shown(row, shown)
    if row.done_on is not None:
        raise Conflict("This is done already.")
    if Act(row.act) is Act.ORDER_CEASE:
        raise Conflict(SAY_ENDED)
    errors: dict[str, str] = {}
    rules.check_day(errors, "on", on, unit.today, (row.from_on, "it was ordered"))
    if errors:
        raise Invalid(rules.LOOK, errors)
    rules.check_from(from_on, on)
    late = max(0, (on - row.due_on).days)
    unexcused = due_of(row, excusing.holding(unit, plan_id)).days_late(on)
    doors.change(unit, PlanDuty, row, done_on=on, days_late=late, days_unexcused=unexcused)
    if Act(row.act) in AMENDS:
        _amend(unit, plan, row, on, named, from_on)
        doors.change(unit, StatutoryPlan, plan, made_on=max(on, plan.made_on or on))
    doors.note(unit, may, plan, StepCode.ORDER_DONE, on, words={"act": row.act}, days_late=late)
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))


def _amend(unit: Unit, plan: Any, row: Any, on: date, named: Named | None, from_on: date | None) -> None:
    """The plan as it was ordered, or conceded, and which setting it names now."""
    if Act(row.act) in SETTINGS and named is None and not _named_since(unit, row):
        raise Conflict(SAY_WHICH)
    held = plan_queries.content_in_force(unit, plan)
    since = held[0].happened_on if held is not None else None
    if plan.record_id is not None and (since is None or since < row.from_on):
        amending.publish_amended(unit, plan, on, ORDERS[Act(row.act)], named, from_on)
    elif named is not None:
        naming.follow_section_i(unit, plan, named, from_on or on, [])


def _named_since(unit: Unit, row: Any) -> bool:
    """Whether another setting was named since the order: by an amendment, which may have come first."""
    return any(
        one.named and one.left_on is None and one.entered_on is not None and one.entered_on >= row.from_on
        for one in naming.of_plan(unit, row.plan_id)
    )
