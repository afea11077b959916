"""What a return says of a case is what was so on its census day: a later end is next year's to tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from isp.exchange.deriving import Held, requests_of
from isp.exchange.sen2.message import Request
from isp.kernel.ids import new_id
from isp.register.content import Details
from tests.exchange.messages import YEAR

CHILD = Details(legal_given="Ava", legal_family="Example", born_on=date(2016, 5, 14))
RECEIVED = YEAR.period_from + timedelta(days=60)
AGREED = RECEIVED + timedelta(days=30)
IN_TIME, TOO_LATE = YEAR.census_on, YEAR.census_on + timedelta(days=1)


def request(**more: Any) -> Any:
    given: dict[str, Any] = {
        "id": new_id(), "received_on": RECEIVED, "source": "school", "youth_accommodation": False,
        "status": "pending", "decided_on": None, "ended_on": None, "ended_why": None, "moved_to": None,
        "appealed_on": None, "appeal_result": None, "reassesses": None,
    }  # fmt: skip
    return SimpleNamespace(**given | more)


def assessment(of: Any, **more: Any) -> Any:
    given: dict[str, Any] = {
        "id": new_id(), "request_id": of.id, "plan_id": None, "kind": "first", "state": "advising",
        "to_issue_on": None, "outcome_on": None, "excused": False, "moved_to": None,
    }  # fmt: skip
    return SimpleNamespace(**given | more)


def told(asked: Any, *assessed: Any) -> Request | None:
    held = Held(requests=[asked], assessments=list(assessed))
    found = requests_of(held, CHILD, YEAR)
    return found[0][0] if found else None


def test_a_child_who_moved_before_the_decision_is_exported() -> None:
    found = told(request(status="withdrawn", ended_on=IN_TIME, ended_why="moved", moved_to="330"))
    assert found is not None
    assert (found.outcome, found.exported_to) == ("A", "330")


@pytest.mark.parametrize("why", ["withdrawn", "moved", "died"])
def test_a_request_that_ended_after_the_census_day_was_open_on_it(why: str) -> None:
    found = told(request(status="withdrawn", ended_on=TOO_LATE, ended_why=why, moved_to="330"))
    assert found is not None
    assert (found.outcome, found.exported_to) == ("A", None)


def test_a_request_that_was_taken_back_by_then_is_told_as_such() -> None:
    found = told(request(status="withdrawn", ended_on=IN_TIME, ended_why="withdrawn"))
    assert found is not None
    assert (found.outcome, found.exported_to) == ("W", None)


@pytest.mark.parametrize(
    ("state", "ended_on", "outcome"),
    [("withdrawn", IN_TIME, "W"), ("withdrawn", TOO_LATE, "A"), ("moved", TOO_LATE, "A")],
)
def test_an_assessment_that_ended_later_was_under_way(state: str, ended_on: date, outcome: str) -> None:
    asked = request(status="agreed", decided_on=AGREED)
    found = told(asked, assessment(asked, state=state, outcome_on=ended_on, moved_to="330"))
    assert found is not None
    assert (found.outcome, found.exported_to) == ("Y", None)
    assert found.assessment is not None
    assert found.assessment.outcome == outcome


def test_one_that_moved_by_then_is_exported_and_nothing_further_is_told() -> None:
    asked = request(status="agreed", decided_on=AGREED)
    found = told(asked, assessment(asked, state="moved", outcome_on=IN_TIME, moved_to="330"))
    assert found is not None
    assert (found.exported_to, found.assessment) == ("330", None)


@pytest.mark.parametrize(("state", "excused"), [("final", True), ("final", False), ("no_plan", True)])
def test_whether_an_exception_applied_is_told_as_it_is_kept_with_the_outcome(
    state: str, *, excused: bool
) -> None:
    asked = request(status="agreed", decided_on=AGREED)
    found = told(asked, assessment(asked, state=state, outcome_on=IN_TIME, excused=excused))
    assert found is not None
    assert found.assessment is not None
    assert found.assessment.excepted is excused


def test_of_an_assessment_that_is_under_way_no_exception_is_told() -> None:
    asked = request(status="agreed", decided_on=AGREED)
    found = told(asked, assessment(asked, outcome_on=TOO_LATE, state="final", excused=True))
    assert found is not None
    assert found.assessment is not None
    assert found.assessment.excepted is None


def plan_with(*reviews: Any, **given: Any) -> Held:
    plan_id = new_id()
    plan = SimpleNamespace(
        id=plan_id, state="in_force", first_made_on=date(2020, 5, 4), made_on=date(2020, 5, 4), ended_on=None,
        ended_reason=None, residential=None, work_based=None, personal_budget=False,
        organised_arrangements=False, direct_payments=None, transferred_on=None, from_authority=None,
        phase_transfer="other", phase_transfer_year=YEAR.period_to.year, cease_decided_on=None,
    )  # fmt: skip
    vars(plan).update(given)
    rows = [SimpleNamespace(**vars(one), plan_id=plan_id) for one in reviews]
    return Held(plans=[plan], reviews=rows)


def review(kind: str, final_on: date, *, amended: bool | None = True) -> Any:
    return SimpleNamespace(
        id=new_id(), kind=kind, held=True, meeting_on=None, decided_on=None, outcome=None, notice_on=None,
        final_on=final_on, amended=amended,
    )  # fmt: skip


def test_the_day_of_a_transfer_is_that_of_the_plan_amended_for_it() -> None:
    year = YEAR.period_to.year
    held = plan_with(
        review("phase_other", date(year - 4, 2, 10)),
        review("phase_other", date(year, 1, 20), amended=False),
        review("phase_post16", date(year, 2, 12)),
        review("phase_other", date(year, 2, 9)),
        review("annual", date(year, 11, 3)),
    )
    active = requests_of(held, CHILD, YEAR)[0][0].active
    assert active is not None
    assert (active.phase_due_on, active.phase_final_on) == (date(year, 2, 15), date(year, 2, 9))


def phase_of(group: str, *reviews: Any, **given: Any) -> tuple[date | None, date | None]:
    """Items 5.6a and 5.6b of a child in a year group on the census day, where nobody set a change."""
    said: dict[str, Any] = {"phase_transfer": None, "phase_transfer_year": None} | given
    child = replace(CHILD, year_group=group)
    active = requests_of(plan_with(*reviews, **said), child, YEAR)[0][0].active
    assert active is not None
    return active.phase_due_on, active.phase_final_on


def test_who_moved_in_the_year_by_the_year_group_alone_has_the_day_of_the_transfer() -> None:
    year = YEAR.period_to.year
    assert phase_of("7") == (date(year, 2, 15), None)
    assert phase_of("R") == (date(year, 2, 15), None)
    assert phase_of("12") == (date(year, 3, 31), None)
    for group in ("6", "8", "11", "13"):
        assert phase_of(group) == (None, None)


def test_the_plan_amended_after_any_review_of_that_school_year_is_the_one_for_the_transfer() -> None:
    year = YEAR.period_to.year
    held = (review("annual", date(year, 2, 3)), review("annual", date(year, 11, 3)))
    assert phase_of("7", *held) == (date(year, 2, 15), date(year, 2, 3))
    assert phase_of("7", review("annual", date(year, 2, 3), amended=False)) == (date(year, 2, 15), None)


def test_a_persons_word_goes_before_the_year_group() -> None:
    year = YEAR.period_to.year
    assert phase_of("7", phase_transfer_year=year) == (None, None)
    assert phase_of("7", phase_transfer="post16", phase_transfer_year=year) == (date(year, 3, 31), None)
    assert phase_of("7", phase_transfer="other", phase_transfer_year=year + 1) == (None, None)
    assert phase_of("7", phase_transfer="other", phase_transfer_year=year - 4) == (date(year, 2, 15), None)


def test_a_plan_made_after_the_day_was_not_there_to_be_amended() -> None:
    year = YEAR.period_to.year
    assert phase_of("7", first_made_on=date(year, 10, 5)) == (None, None)
    assert phase_of("7", first_made_on=None) == (None, None)


def test_a_return_made_a_year_later_says_the_same() -> None:
    held = plan_with(phase_transfer=None, phase_transfer_year=None)
    child = replace(CHILD, year_group="8")
    later = YEAR.census_on.replace(year=YEAR.census_on.year + 1)
    active = requests_of(held, child, YEAR, later)[0][0].active
    assert active is not None
    assert active.phase_due_on == date(YEAR.period_to.year, 2, 15)
