"""How late a plan was, or a no, counted again once the day or the excuse it was counted from was wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from isp.escalations import excusing, receipt
from tests.escalations.assessed import ISSUED_ON, WEEK, Assessed
from tests.escalations.test_excusing import excuse
from tests.escalations.world import RECEIVED, Affair, on

DAY = timedelta(days=1)
TWENTY = RECEIVED + 20 * WEEK


def counts(case: Assessed) -> tuple[int, int, bool]:
    row, plan = case.row, case.plan
    found = row.days_late, row.days_unexcused, row.excused
    if plan is not None:
        assert (plan.days_late, plan.days_unexcused, plan.excused) == found
    return found


def test_an_officer_who_corrects_the_receipt_of_a_finished_case_has_its_plan_counted_again(
    affair: Affair,
) -> None:
    case = Assessed(affair)
    case.to_draft()
    case.issue(ISSUED_ON)
    assert counts(case) == (0, 0, False)
    with on(ISSUED_ON), affair.cast.acting("olli") as unit:
        receipt.correct_receipt(unit, case.id, RECEIVED - 2 * WEEK, "It lay in the post room")
    late = (ISSUED_ON - (TWENTY - 2 * WEEK)).days
    assert counts(case) == (late, late, False)
    assert case.row.clock_from == RECEIVED - 2 * WEEK
    told = affair.on_pupil("assessment.recounted")
    assert (told[-1].detail["before"], told[-1].detail["days_late"]) == (0, late)


def test_a_no_is_counted_again_as_well(affair: Affair) -> None:
    case = Assessed(affair)
    sixteen = RECEIVED + 16 * WEEK
    case.decide("no_plan", sixteen)
    with on(sixteen), affair.cast.acting("olli") as unit:
        receipt.correct_receipt(unit, case.id, RECEIVED - 3 * DAY, "It lay in the post room")
    assert counts(case) == (3, 3, False)


def test_an_excuse_taken_back_excuses_the_plan_no_longer(affair: Affair) -> None:
    case = Assessed(affair, agree=False)
    circumstance = excuse(affair, case.id)
    affair.decide(case.id, "agree", day=RECEIVED + 5 * WEEK)
    case.to_draft()
    late = TWENTY + WEEK
    case.issue(late)
    assert counts(case) == (7, 0, True)
    with on(late), affair.cast.acting("olli") as unit:
        excusing.take_back(unit, case.id, circumstance, reason="The wrong case.")
    assert counts(case) == (7, 7, False)


def test_an_exception_that_the_last_day_did_not_need_is_one_all_the_same_until_it_is_taken_back(
    affair: Affair,
) -> None:
    """Item 3.7 of the return is 1 where an exception is on record for any stage of the case."""
    case = Assessed(affair, agree=False)
    circumstance = excuse(affair, case.id)
    affair.decide(case.id, "agree", day=RECEIVED + 5 * WEEK)
    case.to_draft()
    case.issue(ISSUED_ON)
    assert counts(case) == (0, 0, True)
    with on(ISSUED_ON), affair.cast.acting("olli") as unit:
        excusing.take_back(unit, case.id, circumstance, reason="The wrong case.")
    assert counts(case) == (0, 0, False)


@pytest.mark.parametrize("days", [0, 1])
def test_a_case_that_runs_keeps_no_count(affair: Affair, days: int) -> None:
    case = Assessed(affair)
    with on(RECEIVED + 6 * WEEK), affair.cast.acting("olli") as unit:
        receipt.correct_receipt(unit, case.id, RECEIVED - (days + 1) * DAY, "It lay in the post room")
    assert (case.row.clock_from, case.row.days_late) == (RECEIVED - (days + 1) * DAY, None)
