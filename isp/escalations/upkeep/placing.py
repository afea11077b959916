"""Where a child is in fact: the first and the last day at a setting, and which setting a plan from elsewhere
names. The yearly return asks for these days, and they are seldom those of the plan.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.policy import Permission
from isp.audit import Unit
from isp.audit.unit import MOVED_ON
from isp.ehcp import checks
from isp.ehcp import rules as plan_wide
from isp.ehcp.models import PlanSetting, StatutoryPlan
from isp.ehcp.steps import StepCode
from isp.escalations import naming, parties, plan_rules
from isp.escalations.naming import SETTINGS, Named
from isp.escalations.upkeep import doors, rules
from isp.kernel.errors import Conflict, Invalid

MAIN, SECOND = 1, 2
OTHER = "other"
RANKS = {str(MAIN): "The main one", str(SECOND): "A second one, beside the main one"}
EARLIEST = timedelta(days=26 * 366)
"""Nobody with a plan is older."""


def start(
    unit: Unit, plan_id: UUID, *, setting: str, other: Named, on: date, rank: int, shown: int | None = None
) -> None:
    """The child has started at a setting on this day; where she was before, she was to the day before.

    ``setting``: the id of one that the plan names, or OTHER with what ``other`` says. The same setting with
    another day puts the day right; with another place at it from a later day (its SEN unit, say) the child
    has been in that one since then.
    """
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    doors.check_shown(plan, shown)
    rules.check_in_force(plan)
    one, as_named = _chosen(unit, plan, setting, other)
    errors: dict[str, str] = {}
    rules.check_day(errors, "on", on, unit.today, (unit.today - EARLIEST, "the child was born"))
    if rank not in (MAIN, SECOND):
        errors["rank"] = "Choose whether it is the main one."
    rules.refuse(errors)
    before = _there(unit, plan_id, rank)
    same = before if before is not None and naming.is_same(unit, before, one) else None
    changed = naming.changes(same, one.terms) if same is not None else {}
    if same is not None and same.entered_on == on and not changed:
        raise Conflict("This is on record already. Nothing was changed.")
    if same is not None and changed and same.entered_on is not None and on > same.entered_on:
        as_named, same = same, None
    _check_after(unit, plan_id, rank, on, before, same)
    if same is not None:
        _change(unit, same, entered_on=on, **changed)
    else:
        if before is not None:
            _change(unit, before, left_on=on - timedelta(days=1))
        naming.insert(unit, plan, one, on, is_named=False, rank=rank, before=as_named)
        _ask_whether_it_is_given(unit, plan)
    doors.change(unit, StatutoryPlan, plan)
    words = {"setting": _called(unit, plan_id, rank), "rank": rank, "started": on.isoformat()}
    words |= {"place": place} if (place := _place(unit, plan_id, rank)) else {}
    doors.note(unit, may, plan, StepCode.SETTING_CHANGED, on, words=words)
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))


def leave(unit: Unit, plan_id: UUID, *, placement: str, on: date, shown: int | None = None) -> None:
    """The child has left a setting; ``on``: the last day there. The plan names what it named."""
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    doors.check_shown(plan, shown)
    rules.check_in_force(plan)
    row = next((one for one in here(unit, plan_id) if str(one.id) == placement), None)
    errors: dict[str, str] = {}
    began = row.entered_on if row is not None else None
    rules.check_day(errors, "on", on, unit.today, (began, "the child started there"))
    if row is None:
        raise Invalid(rules.LOOK, errors | {"placement": "Choose where the child was."})
    rules.refuse(errors)
    words = {"setting": naming.words_for(unit, row), "rank": row.rank, "left": on.isoformat()}
    _change(unit, row, left_on=on)
    doors.change(unit, StatutoryPlan, plan)
    doors.note(unit, may, plan, StepCode.SETTING_CHANGED, on, words=words)
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))


def say_named(
    unit: Unit, plan_id: UUID, *, named: Named | None, from_on: date, shown: int | None = None
) -> None:
    """Which setting a plan names that came from elsewhere without it. Conflict where one is on record."""
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    doors.check_shown(plan, shown)
    rules.check_in_force(plan)
    if any(one.named and one.left_on is None for one in naming.of_plan(unit, plan_id)):
        raise Conflict("It is on record which setting the plan names. It is changed by amending the plan.")
    errors: dict[str, str] = {}
    rules.check_day(errors, "from_on", from_on, unit.today)
    if named is None:
        sentence = "Say which school or other setting section I names."
        raise Invalid(rules.LOOK, errors | {"school_id": sentence})
    rules.refuse(errors)
    naming.check(named)
    if naming.section_i(unit, plan_id):
        naming.check_section_i(unit, plan_id, named)
    naming.name_setting(unit, plan, named, from_on)
    naming.place_where_it_is(unit, plan, named)
    doors.change(unit, StatutoryPlan, plan)
    words = {"named_from": from_on.isoformat()}
    doors.note(unit, may, plan, StepCode.SETTING_CHANGED, from_on, words=words)


def here(unit: Unit, plan_id: UUID) -> list[Any]:
    """Where the child is placed now, the main setting first. Says nothing of who may know."""
    c = SETTINGS.c
    query = select(SETTINGS).where(c.plan_id == plan_id, c.named.is_(False), c.left_on.is_(None))
    return list(unit.connection.execute(query.order_by(c.rank, c.entered_on, c.id)))


def _there(unit: Unit, plan_id: UUID, rank: int) -> Any | None:
    return next((one for one in here(unit, plan_id) if one.rank == rank), None)


def _called(unit: Unit, plan_id: UUID, rank: int) -> str:
    row = _there(unit, plan_id, rank)
    return naming.words_for(unit, row) if row is not None else ""


def _place(unit: Unit, plan_id: UUID, rank: int) -> str:
    row = _there(unit, plan_id, rank)
    return ", ".join(naming.words_of_place(row)) if row is not None else ""


def _chosen(unit: Unit, plan: Any, setting: str, other: Named) -> tuple[Named, Any | None]:
    """The setting that was chosen, and where it is one that the plan names, what that says of the place."""
    if setting == OTHER:
        naming.check(other, plan_rules.PLACED_CODES)
        return other, None
    for row in naming.of_plan(unit, plan.id):
        if row.named and str(row.id) == setting:
            chosen = naming.of_row(unit, row, other.terms)
            naming.check_place(chosen)
            return chosen, naming.told_of(plan, row)
    raise Invalid(rules.LOOK, {"setting": "Choose where the child has started."})


def _check_after(
    unit: Unit, plan_id: UUID, rank: int, on: date, before: Any | None, same: Any | None
) -> None:
    """A placement begins after the one before it: after the day that began on, and that ended on."""
    for row in naming.of_plan(unit, plan_id):
        if row.named or row.rank != rank or (same is not None and row.id == same.id):
            continue
        last = row.entered_on if before is not None and row.id == before.id else row.left_on
        if last is not None and on <= last:
            sentence = "By the record the child was at another setting on that day. Check the day."
            raise Invalid(rules.LOOK, {"on": sentence})


def _change(unit: Unit, row: Any, **values: Any) -> None:
    """Change the days of a placement; Conflict where somebody else was there first."""
    where = {"id": row.id, "entered_on": row.entered_on, "left_on": row.left_on}
    unit.change(PlanSetting, where, MOVED_ON, **values)


def _ask_whether_it_is_given(unit: Unit, plan: Any) -> None:
    """A change of setting asks whether section F is given there, where that is not being asked already."""
    c = checks.CHECKS.c
    query = select(c.id).where(c.plan_id == plan.id, c.state == "open", c.occasion == plan_wide.SETTING)
    if unit.connection.execute(query.limit(1)).first() is None:
        checks.ask(unit, plan, plan_wide.SETTING)
