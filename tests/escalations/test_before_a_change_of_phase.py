"""A review before a change of phase runs against the day of regulation 18 until the plan is amended."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from isp.ehcp.models import StatutoryPlan
from isp.escalations.keeping import DUTIES
from isp.escalations.upkeep import amending, reviewing
from isp.kernel.db import table_of
from tests.escalations.upkeep_world import MADE, Upkeep

LAST = date(2027, 2, 14)
"""Before 15 February, of a child who moves in September 2027."""


def due(upkeep: Upkeep, review: bool = True) -> date:
    with upkeep.cast.making() as unit:
        query = select(DUTIES.c.due_on).where(
            DUTIES.c.pupil_id == upkeep.cast.pupils["ava"],
            DUTIES.c.subject == ("review" if review else "plan"),
        )
        found: date = unit.connection.scalars(query).one()
        return found


def amending_late(upkeep: Upkeep, kind: str = "phase_other") -> tuple[UUID, date]:
    """The plan is to be amended within eight weeks of a notice of 14 January, and after 14 February."""
    notice, day = date(2027, 1, 14), date(2027, 3, 1)
    review_id = upkeep.opened(kind=kind)
    upkeep.invited(review_id)
    upkeep.held(review_id)
    assert due(upkeep) == date(2026, 12, 7)  # the report is due first
    upkeep.reported(review_id)
    upkeep.decided(review_id, "amend")
    upkeep.does("olli", amending.send_notice, review_id, notice, notice_on=notice, changes="Section I")
    return review_id, day


def test_after_the_notice_the_next_day_is_still_that_of_the_transfer(upkeep: Upkeep) -> None:
    review_id, _ = amending_late(upkeep)
    assert due(upkeep) == LAST
    assert upkeep.row(review_id).state == "amending"


@pytest.mark.parametrize(("kind", "late"), [("phase_other", 15), ("annual", 0)])
def test_the_plan_is_late_where_it_comes_after_that_day(upkeep: Upkeep, kind: str, late: int) -> None:
    review_id, day = amending_late(upkeep, kind)
    upkeep.does("olli", amending.send_amended, review_id, day, on=day, answered=True)
    assert upkeep.row(review_id).final_days_late == late


@pytest.mark.parametrize(
    ("reviewed_on", "seen_to"),
    [(date(2026, 3, 20), False), (date(2026, 8, 31), False), (date(2026, 9, 1), True)],
)
def test_only_a_review_of_that_school_year_sees_to_the_transfer(
    upkeep: Upkeep, reviewed_on: date, seen_to: bool
) -> None:
    plans = table_of(StatutoryPlan)
    with upkeep.cast.making() as unit:
        unit.connection.execute(
            plans.update()
            .where(plans.c.id == upkeep.plan)
            .values(
                phase_transfer="other",
                phase_transfer_year=2027,
                last_review_on=reviewed_on,
                review_due_on=reviewed_on + timedelta(days=364),
            )
        )
    review_id = upkeep.opened("olli")
    upkeep.does("olli", reviewing.cancel, review_id, reason="Opened by mistake.")
    assert (due(upkeep, review=False) == LAST) is not seen_to


def test_a_transfer_of_years_ago_is_not_that_of_a_new_review(upkeep: Upkeep) -> None:
    plans = table_of(StatutoryPlan)
    with upkeep.cast.making() as unit:
        unit.connection.execute(
            plans.update()
            .where(plans.c.id == upkeep.plan)
            .values(phase_transfer="other", phase_transfer_year=MADE.year - 1)
        )
    review_id = upkeep.opened("olli", kind="phase_other", due_on=LAST - timedelta(days=60))
    assert upkeep.row(review_id).due_on == LAST - timedelta(days=60)
