"""A change of phase that the year group alone tells is a duty all the same; a person's word goes before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.ehcp.models import StatutoryPlan
from isp.escalations.keeping import DUTIES
from isp.escalations.upkeep import phases
from isp.escalations.work import tray
from isp.kernel.db import table_of
from tests.escalations.test_due_beside import days_pass
from tests.escalations.test_tracker import board, listed, plans, year
from tests.escalations.upkeep_world import NOW, Upkeep
from tests.escalations.world import on

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
SPRING, MARCH = date(2027, 2, 14), date(2027, 3, 30)
LATER = date(2027, 6, 7)
"""The year of the plan would end then, after both days."""


def later(upkeep: Upkeep) -> None:
    """The plan was reviewed last summer: its next review is due after the days of regulation 18."""
    table = table_of(StatutoryPlan)
    with upkeep.cast.making() as unit:
        reviewed = {"last_review_on": date(2026, 6, 8), "review_due_on": LATER}
        unit.connection.execute(table.update().where(table.c.id == upkeep.plan).values(**reviewed))


def stored(upkeep: Upkeep, subject_id: UUID | None = None) -> Any:
    with upkeep.cast.making() as unit:
        query = select(DUTIES).where(DUTIES.c.subject_id == (subject_id or upkeep.plan))
        return unit.connection.execute(query).one()


def in_year(upkeep: Upkeep, group: str, day: date = NOW) -> None:
    """The register says so, and the job has run."""
    year(upkeep, "ava", group)
    days_pass(upkeep.cast, day)


def test_in_the_last_year_of_a_phase_the_plan_is_due_before_the_day_for_it(upkeep: Upkeep) -> None:
    later(upkeep)
    for group, act, due in (("6", "phase", SPRING), ("11", "phase_post_16", MARCH)):
        in_year(upkeep, group)
        row = stored(upkeep)
        assert (row.act, row.due_on, row.turn, row.turns_on) == (act, due, "authority", date(2027, 9, 1))
    in_year(upkeep, "5")
    assert (stored(upkeep).act, stored(upkeep).due_on) == ("review", LATER)


def test_it_stands_in_the_tray_the_forecast_the_board_and_among_what_is_late(upkeep: Upkeep) -> None:
    later(upkeep)
    in_year(upkeep, "6")
    with on(SPRING - DAY), upkeep.cast.looking("olli") as unit:
        (mine,) = [one for one in tray.tray(unit, tray.Asked(), limit=50) if one.plan_id == upkeep.plan]
        (foreseen,) = [one for one in tray.forecast(unit, limit=50) if one.plan_id == upkeep.plan]
    assert (mine.due_on, foreseen.act) == (SPRING, "phase")
    assert plans(board(upkeep)) == [upkeep.plan]
    assert upkeep.plan not in plans(listed(upkeep, "olli", SPRING, show="late"))
    assert upkeep.plan in plans(listed(upkeep, "olli", SPRING + DAY, show="late"))


def test_a_review_of_any_kind_under_way_runs_against_that_day(upkeep: Upkeep) -> None:
    later(upkeep)
    year(upkeep, "ava", "6")
    review = upkeep.opened()
    assert (stored(upkeep, review).act, stored(upkeep, review).due_on) == ("phase", SPRING)
    upkeep.invited(review)
    assert stored(upkeep, review).act == "circulate"


def test_the_job_finds_a_review_of_a_child_that_moved_up_and_a_plan_that_was_never_kept(
    upkeep: Upkeep,
) -> None:
    later(upkeep)
    review = upkeep.opened()
    assert stored(upkeep, review).due_on == LATER - 2 * WEEK
    in_year(upkeep, "6")
    assert stored(upkeep, review).due_on == SPRING


def test_a_review_in_that_school_year_has_seen_to_it(upkeep: Upkeep) -> None:
    year(upkeep, "ava", "6")
    review = upkeep.to_decide()
    upkeep.decided(review, "maintain")
    days_pass(upkeep.cast, date(2026, 12, 14))
    assert stored(upkeep).act == "review"


def test_a_person_says_otherwise(upkeep: Upkeep) -> None:
    later(upkeep)
    in_year(upkeep, "6")
    upkeep.does("olli", phases.set_phase, upkeep.plan, kind="none", year=2027)
    days_pass(upkeep.cast, NOW)
    assert stored(upkeep).act == "review"
    assert stored(upkeep).turns_on != date(2027, 9, 1)
    upkeep.does("olli", phases.set_phase, upkeep.plan, kind="post16", year=2027)
    assert stored(upkeep).due_on == MARCH
    assert stored(upkeep).turns_on != date(2027, 9, 1)


def test_with_the_new_school_year_it_is_another_years(upkeep: Upkeep) -> None:
    later(upkeep)
    in_year(upkeep, "6")
    year(upkeep, "ava", "7")
    days_pass(upkeep.cast, date(2027, 9, 1))
    assert (stored(upkeep).act, stored(upkeep).due_on) == ("review", LATER)
