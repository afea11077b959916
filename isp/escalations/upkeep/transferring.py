"""A child moves to another authority's area, and the plan goes with him (regulation 15).

From the day of the transfer the plan is the new authority's, as if it had made it on its first day. What the
old one saw through it, it sees no more; that it had it stands in the trail.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from isp.access import ties
from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.access.standing import ADVISER, AUDIT, CASE, CASELOAD
from isp.audit import Unit
from isp.ehcp import actions as contents
from isp.ehcp import bringing
from isp.ehcp.models import AnnualReview, StatutoryPlan
from isp.ehcp.steps import StepCode
from isp.escalations import advice, assessments, deadlines, farewells, naming, parties, sight
from isp.escalations import upkeep_clock as clock
from isp.escalations.course import Ending
from isp.escalations.deadlines import Act
from isp.escalations.models import PlanCeasing, PlanMove
from isp.escalations.naming import Named
from isp.escalations.upkeep import ceasing, ceasing_rules, doors, moving, orders, placing, reassessing, rules
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict
from isp.kernel.ids import new_id
from isp.notices.actions import tell
from isp.people import organisations
from isp.people.models import Organisation
from isp.people.roles import Role
from isp.records.days import say_day
from isp.register.actions.families import move_authority

MOVES = table_of(PlanMove)
ORGANISATIONS = table_of(Organisation)


def authorities(unit: Unit, other_than: UUID) -> list[Any]:
    """The other authorities on this system (id, name, la_code), by name."""
    o = ORGANISATIONS.c
    query = select(o.id, o.name, o.la_code).where(o.kind == "authority", o.id != other_than)
    return list(unit.connection.execute(query.order_by(o.name, o.id)))


def open_move(unit: Unit, plan_id: UUID) -> Any | None:
    """The move that is known and not done yet, or None. Says nothing of who may know."""
    m = MOVES.c
    query = select(MOVES).where(m.plan_id == plan_id, m.transferred_on.is_(None), m.called_off_at.is_(None))
    return unit.connection.execute(query).first()


def last_move(unit: Unit, plan_id: UUID) -> Any | None:
    """The newest move that was done, or None."""
    m = MOVES.c
    query = select(MOVES).where(m.plan_id == plan_id, m.transferred_on.is_not(None))
    return unit.connection.execute(query.order_by(m.transferred_on.desc(), m.id.desc()).limit(1)).first()


def announce(unit: Unit, plan_id: UUID, *, to_la: str, known_on: date, moves_on: date) -> UUID:
    """The child moves or has moved: when, where to, and since when the authority knows. Gives the move's id.

    ``to_la``: three digits. An authority that is not on this system gets the plan by mail; here it then ends.
    """
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    rules.check_in_force(plan)
    if open_move(unit, plan_id) is not None:
        raise Conflict("A move of this child is on record already. Hand the plan over, or call it off.")
    errors: dict[str, str] = {}
    rules.check_day(errors, "known_on", known_on, unit.today)
    known = {one.la_code: one.id for one in authorities(unit, plan.authority_id)}
    own = unit.connection.scalar(
        select(ORGANISATIONS.c.la_code).where(ORGANISATIONS.c.id == plan.authority_id)
    )
    if not (to_la.isascii() and to_la.isdigit() and len(to_la) == 3):
        errors["to_la"] = "Give the three digits of the authority, such as 201."
    elif to_la == own:
        errors["to_la"] = "This is the authority that has the plan."
    if abs((moves_on - known_on).days) > 730:
        errors["moves_on"] = "This is more than two years from the day it was known. Check the year."
    rules.refuse(errors)
    due = deadlines.transfer_due(moves_on, known_on)
    move_id = new_id()
    unit.insert(
        PlanMove,
        id=move_id,
        plan_id=plan_id,
        pupil_id=plan.pupil_id,
        from_authority_id=plan.authority_id,
        to_authority_id=known.get(to_la),
        to_la=to_la,
        known_on=known_on,
        moves_on=moves_on,
        due_on=due.on,
        transferred_on=None,
        days_late=None,
        told_on=None,
        told_days_late=None,
        will_assess=None,
        review_by=None,
        called_off_at=None,
        recorded_at=unit.now,
        row_version=1,
    )
    words = {"to": to_la, "moves_on": moves_on.isoformat(), "due_on": due.on.isoformat()}
    doors.note(unit, may, plan, StepCode.MOVE_KNOWN, known_on, words=words)
    return move_id


def call_off(unit: Unit, plan_id: UUID, *, reason: str, shown: int | None = None) -> None:
    """The child does not move after all. ``shown``: the version of the move that the page showed."""
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    row = open_move(unit, plan_id)
    if row is None:
        raise Conflict("No move of this child is on record.")
    doors.check_shown(row, shown)
    errors: dict[str, str] = {}
    rules.check_words(errors, reason=(reason, "Say why the plan does not move."))
    rules.refuse(errors)
    doors.change(unit, PlanMove, row, called_off_at=unit.now)
    doors.note(unit, may, plan, StepCode.MOVE_OFF, unit.today, words={"reason": reason.strip()})


def hand_over(unit: Unit, plan_id: UUID, *, on: date, shown: int | None = None) -> None:
    """The plan was handed to the new authority: the old one sees nothing through it from the next request on.

    Where the new one is on this system, the plan is its own from now on; otherwise the plan ends here.
    """
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    row = open_move(unit, plan_id)
    if row is None:
        raise Conflict("Record first that the child moves: where to, when, and since when it is known.")
    doors.check_shown(row, shown)
    errors: dict[str, str] = {}
    rules.check_day(errors, "on", on, unit.today, (row.known_on, "the move was known"))
    if not errors and on < row.moves_on:
        errors["on"] = "The plan goes over on the day of the move, or after it."
    rules.refuse(errors)
    late = max(0, (on - row.due_on).days)
    doors.change(unit, PlanMove, row, transferred_on=on, days_late=late)
    words = {"to": row.to_la}
    doors.note(unit, may, plan, StepCode.PLAN_MOVED_OUT, on, words=words, days_late=late)
    advice.close_all(unit, may, plan.pupil_id, plan.authority_id, "The plan went to another authority.")
    reassessing.stop(unit, may, plan, Ending.MOVED, on, row.to_la)
    if row.to_authority_id is None:
        _leave(unit, may, plan, on)
        return
    _end_sight(unit, plan)
    _take_over(unit, may, plan, row.to_authority_id, on)


def _leave(unit: Unit, may: Any, plan: Any, on: date) -> None:
    asked = farewells.asked(unit, plan.pupil_id, plan.authority_id)
    review = doors.under_way(unit, plan.id)
    if review is not None:
        doors.change(unit, AnnualReview, review, state=clock.CANCELLED)
    ending = ceasing.open_ceasing(unit, plan.id)
    if ending is not None:
        # It ended by the move, and not as was considered.
        doors.change(unit, PlanCeasing, ending, state=ceasing.DROPPED)
    doors.change(
        unit, StatutoryPlan, plan, state="ended", ended_on=on, ended_reason=ceasing_rules.OTHER_AUTHORITY
    )
    contents.close_content(unit, may, plan.id, "ended")
    ceasing.let_sight_end(unit, plan.id)
    sight.end_of_advisers(unit, plan.pupil_id, plan.authority_id)
    doors.note(unit, may, plan, StepCode.CEASED, on, words={"reason": ceasing_rules.OTHER_AUTHORITY})
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))
    farewells.tell_no_longer(unit, asked)


def _end_sight(unit: Unit, plan: Any) -> None:
    """Whatever sight of the child the old authority had, it is not responsible any more; nor has anybody
    whom it asked for advice, or to audit the case.
    """
    t = ties.TIES.c
    query = select(t.id).where(
        t.pupil_id == plan.pupil_id,
        t.organisation_id == plan.authority_id,
        t.kind.in_((CASE, CASELOAD, ADVISER, AUDIT)),
        t.ended_at.is_(None),
    )
    for tie_id in unit.connection.scalars(query.order_by(t.id)).all():
        ties.end_tie(unit, tie_id)


def _take_over(unit: Unit, may: Any, plan: Any, authority_id: UUID, on: date) -> None:
    """The rows, the sight and the responsibility go over. Old grants lie under the old ties and open nothing
    any more; what the new authority may read of the plan rests on the plan itself.
    """
    old = unit.connection.execute(
        select(ORGANISATIONS.c.la_code).where(ORGANISATIONS.c.id == plan.authority_id)
    ).scalar_one()
    officer_id = parties.least_busy(unit, authority_id, plan.pupil_id)
    start = clock.since(plan)
    due = deadlines.review_after_transfer_due(on, start).on if start else None
    doors.change(
        unit,
        StatutoryPlan,
        plan,
        authority_id=authority_id,
        officer_id=officer_id,
        origin="transferred",
        from_authority=old,
        transferred_on=on,
        review_due_on=due,
    )
    # A review that is over stays the old authority's: it held it, and counts it.
    r = doors.REVIEWS.c
    going_on = (r.plan_id == plan.id) & r.state.not_in((clock.CLOSED, clock.CANCELLED))
    unit.connection.execute(update(doors.REVIEWS).where(going_on).values(authority_id=authority_id))
    moved = (
        ceasing.CEASING,
        orders.DUTIES,
        reassessing.REQUESTS,
        moving.COLLEGES,
        moving.HEALTH,
    )
    for table in moved:
        unit.connection.execute(
            update(table).where(table.c.plan_id == plan.id).values(authority_id=authority_id)
        )
    about_it = (ceasing.DISPUTES.c.subject == "plan") & (ceasing.DISPUTES.c.subject_id == plan.id)
    unit.connection.execute(update(ceasing.DISPUTES).where(about_it).values(authority_id=authority_id))
    evidence = {"evidence": f"EHC plan {plan.reference}, transferred"}
    common: dict[str, Any] = {"organisation_id": authority_id, "source_id": plan.id, "words": evidence}
    ties.open_tie(unit, plan.pupil_id, CASE, unit.today, **common)
    if officer_id is not None:
        ties.open_tie(unit, plan.pupil_id, CASELOAD, unit.today, person_id=officer_id, **common)
    responsible = parties.responsible(unit, plan.pupil_id)
    if responsible is None or responsible.id != authority_id:
        move_authority(unit, plan.pupil_id, authority_id, on, "The EHC plan was transferred")
    doors.note(unit, may, plan, StepCode.PLAN_MOVED_IN, on, words={"from": old}, authority_id=authority_id)
    told = [officer_id] if officer_id else []
    tell(
        unit,
        told + parties.holders(unit, authority_id, Role.AUTHORITY_MANAGER),
        "ehc_plan_step",
        plan.pupil_id,
        about=plan.id,
    )
    moved_plan = assessments.plan_now(unit, plan.id)
    doors.tell_all(unit, moved_plan, parties.school_of(unit, plan.pupil_id))


def came_from_elsewhere(unit: Unit, decision: Decision, plan_id: UUID) -> None:
    """Part of bringing in a plan: by when it is reviewed next, and, where another authority had it, the move,
    which is on record as one that was done.

    So the family is to be told within six weeks of it, and the review is due as after any transfer. When the
    other authority knew of it is its own affair: its limit is not counted here.
    """
    plan = unit.connection.execute(select(doors.PLANS).where(doors.PLANS.c.id == plan_id)).one()
    due = clock.review_due(plan)
    doors.change(unit, StatutoryPlan, plan, review_due_on=due.on if due is not None else None)
    if plan.from_authority is None:
        return
    came = plan.transferred_on
    query = select(ORGANISATIONS.c.id).where(
        ORGANISATIONS.c.kind == organisations.AUTHORITY, ORGANISATIONS.c.la_code == plan.from_authority
    )
    old: UUID | None = unit.connection.scalar(query.limit(1))
    if old is None:
        old = organisations.add_authority(unit, decision, plan.from_authority)
        unit.session.flush()
    unit.insert(
        PlanMove,
        id=new_id(),
        plan_id=plan_id,
        pupil_id=plan.pupil_id,
        from_authority_id=old,
        to_authority_id=plan.authority_id,
        to_la=bringing.own_code(unit, plan.authority_id) or "",
        known_on=came,
        moves_on=came,
        due_on=deadlines.transfer_due(came, came).on,
        transferred_on=came,
        days_late=None,
        told_on=None,
        told_days_late=None,
        will_assess=None,
        review_by=None,
        called_off_at=None,
        recorded_at=unit.now,
        row_version=1,
    )
    doors.note(unit, decision, plan, StepCode.PLAN_MOVED_IN, came, words={"from": plan.from_authority})


bringing.BROUGHT_IN.append(came_from_elsewhere)


def to_tell(row: Any) -> deadlines.Due:
    """By when the new authority tells the family of the transfer, under the rules of the move."""
    version = deadlines.rules_on(row.known_on).version
    return deadlines.due(Act.TELL_AFTER_TRANSFER, row.transferred_on, version=version)


def tell_family(
    unit: Unit, plan_id: UUID, *, told_on: date, will_assess: bool, review_by: date, shown: int | None = None
) -> None:
    """The new authority told the family: that it has the plan, whether it assesses, when it reviews
    (regulation 15(4): within six weeks of the transfer).
    """
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    row = last_move(unit, plan_id)
    if row is None or row.to_authority_id != plan.authority_id:
        raise Conflict("This plan did not come from another authority on this system.")
    if row.told_on is not None:
        raise Conflict("The family was told already.")
    doors.check_shown(row, shown)
    errors: dict[str, str] = {}
    rules.check_day(errors, "told_on", told_on, unit.today, (row.transferred_on, "the transfer"))
    latest = clock.review_due(plan)
    if latest is not None and review_by > latest.on:
        errors["review_by"] = "The law has the review earlier: choose a day no later than that."
    rules.refuse(errors)
    late = to_tell(row).days_late(told_on)
    answer: dict[str, Any] = {"will_assess": will_assess, "review_by": review_by}
    doors.change(unit, PlanMove, row, told_on=told_on, told_days_late=late, **answer)
    doors.change(unit, StatutoryPlan, plan, review_due_on=review_by)
    words = {"will_assess": will_assess, "review_by": review_by.isoformat()}
    doors.note(unit, may, plan, StepCode.MOVE_TOLD, told_on, words=words, days_late=late)
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))


def told_by_letter(unit: Unit, plan_id: UUID, on: date, review_by: date) -> None:
    """The letter about the transfer was served, and says by when the plan is reviewed: the family is told.

    Part of its service; nothing where the family was told already, or no move is on record.

    Raises Conflict where the law has the review earlier than the letter says.
    """
    row = last_move(unit, plan_id)
    if row is None or row.told_on is not None:
        return
    plan = assessments.plan_now(unit, plan_id)
    if row.to_authority_id != plan.authority_id:
        return
    latest = clock.review_due(plan)
    if latest is not None and review_by > latest.on:
        raise Conflict(
            f"The letter names a later day for the review than the law does, which is {say_day(latest.on)}. "
            "Change it in the letter, then serve it."
        )
    late = to_tell(row).days_late(on)
    doors.change(unit, PlanMove, row, told_on=on, told_days_late=late, review_by=review_by)
    doors.change(unit, StatutoryPlan, plan, review_due_on=review_by)


def place_for_now(
    unit: Unit, plan_id: UUID, *, other: Named, on: date, why: str, shown: int | None = None
) -> None:
    """Since the move the child cannot in practice attend the setting that the plan names: the new authority
    has her attend another one until the plan is amended (regulation 15(6)).

    ``other``: where, from ``on``; ``why``: what keeps the child from the one that is named.
    """
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    rules.check_in_force(plan)
    row = last_move(unit, plan_id)
    if row is None or row.to_authority_id != plan.authority_id:
        raise Conflict("This plan did not come from another authority, so it is amended before a change.")
    errors: dict[str, str] = {}
    rules.check_day(errors, "on", on, unit.today, (row.transferred_on, "the transfer"))
    rules.check_words(errors, why=(why, "Say why the setting that the plan names cannot be attended now."))
    named = [one for one in naming.of_plan(unit, plan_id) if one.named and one.left_on is None]
    if any(naming.is_same(unit, one, other) for one in named):
        errors["school_id"] = "This is what the plan names. Choose the setting in its place."
    rules.refuse(errors)
    placing.start(unit, plan_id, setting=placing.OTHER, other=other, on=on, rank=placing.MAIN, shown=shown)
    doors.note(unit, may, plan, StepCode.PLACED_FOR_NOW, on, words={"why": why.strip()})
