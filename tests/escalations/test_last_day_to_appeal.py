"""The last day to appeal: two months from the decision, or one from a mediation certificate that is there.

Wherever it is told it is the same day; how long the authority happens to see the case says nothing of it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from isp.escalations import assessing, correcting, disputed, disputing
from isp.escalations.course import course_of
from isp.escalations.disputes import About, Kind, Result
from isp.escalations.keeping import DUTIES
from isp.escalations.timeline import Step, Title, steps
from tests.escalations.assessed import AGREED_ON, DECIDED_ON, Assessed
from tests.escalations.world import Affair, on

DAY = timedelta(days=1)
REFUSED_ON = AGREED_ON
PLAIN = date(2027, 2, 7)
"""Two months from the refusal of 7 December."""
GIVEN = date(2027, 2, 1)
WITH_IT = date(2027, 3, 1)


@pytest.fixture
def refused(affair: Affair) -> Assessed:
    case = Assessed(affair, agree=False)
    affair.decide(case.id, day=REFUSED_ON)
    return case


def mediate(case: Assessed, about: About, asked_on: date, given_on: date) -> UUID:
    with on(asked_on), case.cast.acting("pam") as unit:
        dispute = disputing.open_dispute(unit, case.id, Kind.MEDIATION, about, asked_on)
    with on(given_on), case.cast.acting("pam") as unit:
        disputing.certificate(unit, case.id, dispute, given_on)
    return dispute


def bar(case: Assessed, day: date) -> list[Step]:
    found = case.affair.case(case.id, "pam", day)
    course = course_of(found.assessment) if found.assessment is not None else None
    return steps(found.row, day, (), course)


def told(case: Assessed, day: date) -> dict[str, Any]:
    """The last day to appeal, everywhere it is told to a parent or an officer."""
    found = case.affair.case(case.id, "pam", day)
    row = case.row
    about = [case.id if row is None else row.id]
    with case.cast.making() as unit:
        query = select(DUTIES.c.due_on, DUTIES.c.lapses_on).where(DUTIES.c.subject_id.in_(about))
        duty = unit.connection.execute(query).first()
    return {
        "stage": found.now.stage,
        "now": found.now.due.on if found.now.due else None,
        "bar": next((one.due.on for one in bar(case, day) if one.due and one.title is Title.LAST_DAY), None),
        "duty": (duty.due_on, duty.lapses_on) if duty else None,
    }


def test_a_certificate_moves_it_after_a_refusal_everywhere(refused: Assessed) -> None:
    mediate(refused, About.ASSESS, REFUSED_ON + 30 * DAY, GIVEN)
    for day in (GIVEN, PLAIN + DAY, WITH_IT):
        assert told(refused, day) == {
            "stage": "may_appeal",
            "now": WITH_IT,
            "bar": WITH_IT,
            "duty": (WITH_IT, WITH_IT),
        }
    assert refused.affair.sees(refused.id, "olli", WITH_IT) == "yes"
    assert refused.affair.sees(refused.id, "olli", WITH_IT + DAY) == "NotFound"
    assert told(refused, WITH_IT + DAY)["stage"] == "refused"


def test_a_decision_that_was_recorded_late_is_no_certificate(affair: Affair) -> None:
    case = Assessed(affair)
    recorded = date(2027, 6, 30)
    with on(recorded), case.cast.acting("olli") as unit:
        assessing.decide_plan(
            unit, case.id, decision="no_plan", necessary=False, reasons="So.", on=DECIDED_ON
        )
    assert case.request.sight_until == recorded
    found = told(case, recorded)
    assert found["stage"] == "no_plan"
    last = next(one.due for one in bar(case, recorded) if one.title is Title.LAST_DAY)
    assert last is not None
    assert last.on < recorded
    assert "certificate" not in last.why


def test_a_refusal_that_was_recorded_late_is_no_certificate_either(affair: Affair) -> None:
    case = Assessed(affair, agree=False)
    recorded = PLAIN + 40 * DAY
    affair.decide(case.id, day=recorded, decided_on=REFUSED_ON)
    assert told(case, recorded)["stage"] == "refused"
    assert told(case, recorded)["bar"] == PLAIN


def test_a_certificate_about_no_plan_says_where_the_day_comes_from(affair: Affair) -> None:
    case = Assessed(affair)
    case.decide("no_plan")
    given = date(2027, 3, 20)
    mediate(case, About.ISSUE, DECIDED_ON + 3 * DAY, given)
    found = case.affair.case(case.id, "pam", given).now.due
    assert found is not None
    assert (found.on, found.why) == (
        date(2027, 4, 20),
        "1 month from the date of the mediation certificate, 20 March 2027",
    )


def test_the_day_of_the_decision_put_right_keeps_what_the_certificate_gives(affair: Affair) -> None:
    case = Assessed(affair)
    case.decide("no_plan")
    given = date(2027, 3, 20)
    mediate(case, About.ISSUE, DECIDED_ON + 3 * DAY, given)
    step = case.step("no_plan")
    with on(given), case.cast.acting("olli") as unit:
        correcting.correct(unit, case.id, step, DECIDED_ON - DAY, "The letter says so.")
    assert case.request.sight_until == date(2027, 4, 20)
    assert told(case, given)["now"] == date(2027, 4, 20)


def test_a_certificate_after_an_appeal_that_was_lost_opens_no_sight_again(affair: Affair) -> None:
    case = Assessed(affair)
    case.decide("no_plan")
    begun, over = DECIDED_ON + 3 * DAY, DECIDED_ON + 20 * DAY
    with on(begun), case.cast.acting("pam") as unit:
        mediation = disputing.open_dispute(unit, case.id, Kind.MEDIATION, About.ISSUE, begun)
        appeal = disputing.open_dispute(unit, case.id, Kind.APPEAL, About.ISSUE, begun)
    with on(over), case.cast.acting("olli") as unit:
        disputing.close(unit, case.id, appeal, Result.DISMISSED, over)
    assert case.affair.sees(case.id, "olli", over) == "NotFound"
    given = over + 2 * DAY
    with on(given), case.cast.acting("pam") as unit:
        disputing.certificate(unit, case.id, mediation, given)
    assert case.request.sight_until == over
    assert case.affair.sees(case.id, "olli", given) == "NotFound"
    assessment = case.row
    with case.cast.making() as unit:
        held = disputed.disputes_of(unit, case.id, assessment)
    assert {one.certificate_on for one in held} == {given, None}
