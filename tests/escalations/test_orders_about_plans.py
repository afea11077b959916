"""What the Tribunal orders about a plan in force becomes a duty with its day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from isp.access.policy import Permission
from isp.ehcp.steps import StepCode
from isp.escalations.naming import Named
from isp.escalations.upkeep import ceasing, doors, orders
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.escalations.upkeep_world import NOW, Upkeep
from tests.escalations.world import on


def ordered(upkeep: Upkeep, act: str, by: str = "olli") -> Any:
    return upkeep.does(by, orders.record_order, upkeep.plan, act=act, on=NOW)


def duty(upkeep: Upkeep) -> Any:
    with upkeep.cast.making() as unit:
        return unit.connection.execute(orders.DUTIES.select()).one()


@pytest.mark.parametrize(
    ("act", "weeks"),
    [("order_amend", 5), ("order_setting", 2), ("conceded_amend", 5), ("conceded_setting", 2)],
)
def test_each_has_its_own_weeks(upkeep: Upkeep, act: str, weeks: int) -> None:
    ordered(upkeep, act)
    assert duty(upkeep).due_on == NOW + timedelta(weeks=weeks)


def test_done_late_is_kept_as_late_and_dates_the_plan(upkeep: Upkeep) -> None:
    duty_id = ordered(upkeep, "order_setting")
    day = NOW + timedelta(weeks=2, days=3)
    said = {"duty_id": duty_id, "on": day, "named": Named(school_id=upkeep.cast.places["elmfield"])}
    upkeep.does("olli", orders.done, upkeep.plan, day, **said)
    assert (duty(upkeep).done_on, duty(upkeep).days_late) == (day, 3)
    assert upkeep.plan_row().made_on == day
    with pytest.raises(Conflict):
        upkeep.does("olli", orders.done, upkeep.plan, day, **said)


def test_an_order_that_the_plan_goes_on_drops_its_end_at_once(upkeep: Upkeep) -> None:
    upkeep.considered()
    upkeep.does("olli", ceasing.decide, upkeep.plan, decided_on=NOW, reasons="Done")
    ordered(upkeep, "order_continue")
    assert upkeep.plan_row().state == "in_force"
    assert duty(upkeep).done_on == NOW
    assert upkeep.steps()[-1].code is StepCode.CEASE_DROPPED


def test_an_order_is_one_of_those_there_are(upkeep: Upkeep) -> None:
    with pytest.raises(Invalid):
        ordered(upkeep, "order_draft")
    with pytest.raises(Invalid):
        upkeep.does("olli", orders.record_order, upkeep.plan, act="order_amend", on=NOW + timedelta(days=1))
    ordered(upkeep, "order_amend")
    with pytest.raises(Conflict):
        ordered(upkeep, "order_amend")


def test_only_the_authority_records_it(upkeep: Upkeep) -> None:
    for name, failure in (("sara", NotAllowed), ("pam", NotAllowed), ("sid", NotFound)):
        with pytest.raises(failure):
            ordered(upkeep, "order_amend", name)


def test_a_duty_of_another_plan_is_not_found(upkeep: Upkeep) -> None:
    duty_id = ordered(upkeep, "order_amend")
    other = upkeep.plans["eli"]
    with pytest.raises(NotFound):
        upkeep.does("otis", orders.done, other, date(2026, 11, 9), duty_id=duty_id, on=NOW)


def followed(upkeep: Upkeep, about: str, result: str) -> None:
    with on(NOW), upkeep.cast.acting("olli") as unit:
        _, may = doors.allowed_plan(unit, upkeep.plan, Permission.EHC_REVIEW_DECIDE)
        orders.follow(unit, may, upkeep.plan, about, result, NOW)


def test_a_lost_appeal_about_ceasing_changes_nothing_and_a_won_one_keeps_the_plan(upkeep: Upkeep) -> None:
    upkeep.considered()
    upkeep.does("olli", ceasing.decide, upkeep.plan, decided_on=NOW, reasons="Done")
    followed(upkeep, "cease", "dismissed")
    assert upkeep.plan_row().state == "ceasing"
    followed(upkeep, "cease", "continue_amend")
    assert upkeep.plan_row().state == "in_force"


def test_an_ordered_reassessment_begins_and_its_limits_run_from_the_order(upkeep: Upkeep) -> None:
    followed(upkeep, "reassess", "reassess")
    followed(upkeep, "reassess", "reassess")
    with upkeep.cast.making() as unit:
        row = unit.connection.execute(doors.ASSESSMENTS.select()).one()
    assert (row.kind, row.order_on, row.state) == ("reassessment", NOW, "advising")
