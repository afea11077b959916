"""A check of section F that is overdue: the school that answers it and the plan's officer are told once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from isp.cli.working import REMINDERS
from isp.ehcp import checks, rules
from isp.ehcp.models import StatutoryPlan
from isp.ehcp.plan_models import ProvisionCheck
from isp.ehcp.reminders import reminders
from isp.kernel.db import table_of
from tests.ehcp.world import Desk, ready_content
from tests.escalations.reminded import mailed, reminded
from tests.escalations.world import on

DAY = timedelta(days=1)
MADE = date(2026, 11, 2)
CHECKS = table_of(ProvisionCheck)
AT_SCHOOL = {"sara", "dan", "hal"}
LATE = {(who, "provision_check_overdue") for who in AT_SCHOOL | {"olli"}}


@pytest.fixture
def due(desk: Desk) -> date:
    """A plan in force; the day by which its first check, then the yearly one, is due."""
    with on(MADE):
        desk.open(ready_content())
        desk.in_force(made_on=MADE)
    return MADE + timedelta(days=42)


def answered(desk: Desk, day: date) -> None:
    """Sara answers every entry of the check that is open, and closes it."""
    with on(day):
        with desk.cast.making() as unit:
            check = unit.connection.execute(select(CHECKS).where(CHECKS.c.state == "open")).one()
        with desk.cast.acting("sara") as unit:
            for one in checks.overview(unit, desk.plan).promises:
                checks.record_finding(unit, check.id, one.item_id, rules.IN_PLACE, None, "Seen.")
            checks.close_check(unit, check.id)


def test_the_worker_asks_for_them() -> None:
    assert reminders in REMINDERS


def test_the_school_and_the_officer_are_told_a_week_before_and_when_it_is_overdue(
    desk: Desk, due: date
) -> None:
    assert not reminded(desk.cast, reminders, due - 8 * DAY)
    soon = {(who, "provision_check_due") for who in AT_SCHOOL | {"olli"}}
    assert reminded(desk.cast, reminders, due - 7 * DAY) == soon
    assert not reminded(desk.cast, reminders, due)
    assert reminded(desk.cast, reminders, due + DAY) == LATE
    assert not reminded(desk.cast, reminders, due + 30 * DAY)


def test_the_yearly_check_that_nobody_made_is_told_a_year_on(desk: Desk, due: date) -> None:
    answered(desk, due)
    yearly = date(due.year + 1, due.month, due.day)
    assert not reminded(desk.cast, reminders, due + 200 * DAY)
    assert reminded(desk.cast, reminders, yearly + DAY) == LATE


def test_a_check_that_is_closed_and_a_plan_that_ended_remind_nobody(desk: Desk, due: date) -> None:
    answered(desk, due - DAY)
    assert not reminded(desk.cast, reminders, due + DAY)
    with desk.cast.making() as unit:
        unit.connection.execute(update(CHECKS).values(state="open", closed_on=None, due_on=due))
        plans = table_of(StatutoryPlan)
        unit.connection.execute(update(plans).values(state="ended", ended_on=due, ended_reason="2"))
    assert not reminded(desk.cast, reminders, due + DAY)


def test_it_is_mailed_to_those_who_may_check_and_to_nobody_else(desk: Desk, due: date) -> None:
    reminded(desk.cast, reminders, due + DAY)
    assert mailed(desk.cast, "provision_check_overdue", due + DAY) == AT_SCHOOL | {"olli"}
