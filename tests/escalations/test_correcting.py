"""A day of the case put right: with a reason, with what hangs on it, and never before its cause."""

from __future__ import annotations

from datetime import date

import pytest

from isp.ehcp.steps import StepCode, Subject, note_step, steps_of
from isp.escalations import correcting
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.escalations.assessed import AGREED_ON, DAY, DECIDED_ON, ISSUED_ON, SENT_ON, WEEK, Assessed
from tests.escalations.test_planning_pages import Town, day
from tests.escalations.world import RECEIVED, Affair, on


@pytest.fixture
def case(affair: Affair) -> Assessed:
    made = Assessed(affair)
    made.to_draft()
    return made


def correct(
    case: Assessed, code: str, to: date, by: str = "olli", reason: str = "The post book says so."
) -> None:
    step = case.step(code)
    with on(ISSUED_ON), case.cast.acting(by) as unit:
        correcting.correct(unit, case.id, step, to, reason)


def test_the_day_of_the_draft_moves_the_familys_days(case: Assessed) -> None:
    correct(case, "draft_sent", SENT_ON + 2 * DAY)
    assert (case.row.draft_sent_on, case.row.answers_until) == (SENT_ON + 2 * DAY, SENT_ON + 16 * DAY)
    assert case.plan.draft_sent_on == SENT_ON + 2 * DAY
    (told,) = case.affair.on_authority("case.corrected")
    assert told.detail["from"] == SENT_ON.isoformat()


def test_the_day_of_the_plan_counts_its_lateness_and_its_review_anew(case: Assessed) -> None:
    case.issue(RECEIVED + 21 * WEEK)
    step = case.step("final_issued")
    with on(RECEIVED + 22 * WEEK), case.cast.acting("olli") as unit:
        correcting.correct(unit, case.id, step, RECEIVED + 20 * WEEK, "The letter is of that day.")
    assert (case.row.days_late, case.plan.days_late, case.plan.made_on) == (0, 0, RECEIVED + 20 * WEEK)
    assert case.request.ended_on == RECEIVED + 20 * WEEK


def test_nothing_comes_before_its_cause(case: Assessed) -> None:
    for code, to in (("to_issue", AGREED_ON - DAY), ("draft_sent", DECIDED_ON - DAY)):
        with pytest.raises(Invalid):
            correct(case, code, to)
    with pytest.raises(Invalid):
        correct(case, "to_issue", DECIDED_ON - DAY, reason=" ")


def test_what_has_its_own_page_is_put_right_there(case: Assessed) -> None:
    with pytest.raises(Conflict):
        correct(case, "requested", RECEIVED - DAY)


@pytest.mark.parametrize(("name", "error"), [("sara", NotAllowed), ("pam", NotAllowed), ("otis", NotFound)])
def test_only_the_authority_of_the_case_puts_days_right(
    case: Assessed, name: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        correct(case, "to_issue", DECIDED_ON - DAY, by=name)


def test_an_earlier_case_of_the_child_is_neither_shown_nor_changed(affair: Affair) -> None:
    first = affair.request()
    affair.decide(first)
    told = RECEIVED + DAY
    row = affair.row(first)
    with on(told), affair.cast.acting("olli") as unit:
        step = note_step(
            unit,
            row.pupil_id,
            row.authority_id,
            Subject.REQUEST,
            first,
            StepCode.CONSIDERING_TOLD,
            RECEIVED,
            by=affair.person("olli"),
        )
    later = row.sight_until + 30 * DAY
    second = affair.request(day=later)
    case = object.__new__(Assessed)
    case.cast = affair.cast
    sent = {"step_id": str(step), "reason": "By mistake."} | day(later)
    with on(later):
        olli = Town(case).signed_in("olli")
        page = olli.get(f"/cases/{second}/correct")
        assert page.status_code in (200, 302)
        assert str(step) not in page.text
        assert olli.post(f"/cases/{second}/correct", sent).status_code in (404, 422)
    with on(later), affair.cast.acting("olli") as unit, pytest.raises(NotFound):
        correcting.correct(unit, second, step, later, "By mistake.")
    with affair.cast.making() as unit:
        (held,) = [one for one in steps_of(unit, row.pupil_id, row.authority_id) if one.id == step]
    assert (held.on, held.corrections) == (RECEIVED, ())
