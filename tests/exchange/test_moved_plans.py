"""A plan that went from one authority to another in the year: each returns its own side of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from isp.escalations import upkeep_clock as clock
from isp.exchange import record_out
from isp.exchange.sen2.message import Request
from tests.escalations.test_transferring import handed, known
from tests.escalations.upkeep_world import MADE, NOW, Upkeep, build
from tests.escalations.world import on
from tests.exchange.messages import YEAR

YEAR_OF_MOVE = replace(
    YEAR,
    year=2027,
    period_from=date(2026, 1, 1),
    period_to=date(2026, 12, 31),
    census_on=date(2027, 1, 21),
)


@pytest.fixture
def upkeep(fresh_database: Callable[..., str]) -> Iterator[Upkeep]:
    made = Upkeep(fresh_database("upkeep", build))
    yield made
    made.cast.close()


def told(upkeep: Upkeep, place: str) -> Request | None:
    authority = upkeep.cast.places[place]
    with on(YEAR_OF_MOVE.census_on), upkeep.cast.making() as unit:
        listed = record_out.pupils_of(unit, authority, YEAR_OF_MOVE)
        parts = record_out.entries(unit, authority, YEAR_OF_MOVE, listed)
        found = [one for part in parts for one in part if one.pupil_id == upkeep.cast.pupils["ava"]]
    return found[0].person.requests[0] if found else None


def test_for_the_former_authority_the_plan_ended_on_that_day_for_a_move(upkeep: Upkeep) -> None:
    known(upkeep)
    handed(upkeep)
    found = told(upkeep, "northshire")
    assert found is not None
    assert found.plan is not None
    assert (found.plan.started_on, found.plan.ceased_on, found.plan.cease_reason) == (MADE, NOW, "5")
    assert found.active is None


def test_the_new_one_returns_it_as_active_and_says_from_where(upkeep: Upkeep) -> None:
    known(upkeep)
    handed(upkeep)
    found = told(upkeep, "southshire")
    assert found is not None
    assert found.plan is not None
    assert (found.plan.ceased_on, found.plan.cease_reason) == (None, None)
    assert found.active is not None
    assert found.active.transferred_from == "201"


def test_what_goes_over_after_the_census_day_was_the_former_authoritys_on_it(upkeep: Upkeep) -> None:
    later = YEAR_OF_MOVE.census_on + timedelta(days=4)
    known(upkeep, moves_on=later)
    handed(upkeep, later)
    former = told(upkeep, "northshire")
    assert former is not None
    assert former.active is not None
    assert told(upkeep, "southshire") is None


def test_a_review_that_the_former_one_held_stays_its_own_and_is_told_with_the_plan(upkeep: Upkeep) -> None:
    review_id = upkeep.opened()
    with upkeep.cast.making() as unit:
        unit.connection.execute(
            record_out.REVIEWS.update().values(
                state=clock.CLOSED, held=True, meeting_on=NOW, decided_on=NOW, outcome="maintain"
            )
        )
    known(upkeep)
    handed(upkeep)
    assert upkeep.row(review_id).authority_id == upkeep.cast.places["northshire"]
    found = told(upkeep, "southshire")
    assert found is not None
    assert found.active is not None
    assert (found.active.meeting_on, found.active.review_outcome) == (NOW, "M")
