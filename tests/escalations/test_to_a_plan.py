"""From the authority's yes to a final plan: who may, when, what it needs, what is kept of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from isp.ehcp.models import PlanSetting
from isp.ehcp.steps import StepCode
from isp.escalations import excusing
from isp.escalations.deadlines import Circumstance
from isp.escalations.naming import Named
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.people.models import Organisation
from isp.register.models import Pupil
from tests.escalations.assessed import (
    AGREED_ON,
    DAY,
    DECIDED_ON,
    ISSUED_ON,
    SENT_ON,
    WEEK,
    Assessed,
)
from tests.escalations.world import RECEIVED, Affair, on


@pytest.fixture
def case(affair: Affair) -> Assessed:
    return Assessed(affair)


def test_a_yes_opens_an_assessment_that_runs_from_the_day_of_receipt(case: Assessed) -> None:
    row = case.row
    assert (row.state, row.clock_from, row.begun_on, row.told_on) == (
        "advising",
        RECEIVED,
        AGREED_ON,
        AGREED_ON,
    )
    assert case.codes() == [StepCode.REQUESTED, StepCode.AGREED]
    now = case.affair.case(case.id, "olli", AGREED_ON).now
    assert now.due is not None
    assert (now.stage, now.turn, now.due.on) == ("assessing", "authority", RECEIVED + 16 * WEEK)


def test_a_refusal_opens_none(affair: Affair) -> None:
    case = Assessed(affair, agree=False)
    affair.decide(case.id)
    assert case.row is None
    assert case.codes() == [StepCode.REQUESTED, StepCode.REFUSED]


def test_the_whole_way_in_time(case: Assessed) -> None:
    case.decide()
    assert (case.row.state, case.plan.state, case.plan.reference[:5]) == ("drafting", "drafting", "PLAN-")
    case.write()
    case.send()
    assert (case.row.answers_until, case.plan.state) == (SENT_ON + 14 * DAY, "draft_sent")
    case.answer(SENT_ON + 3 * DAY)
    case.issue()
    row, plan, request = case.row, case.plan, case.request
    assert (row.state, row.outcome_on, row.days_late, row.days_unexcused, row.excused) == (
        "final",
        ISSUED_ON,
        0,
        0,
        False,
    )
    assert (plan.state, plan.first_made_on, plan.made_on, plan.days_late) == (
        "in_force",
        ISSUED_ON,
        ISSUED_ON,
        0,
    )
    assert plan.review_due_on == date(2028, 3, 14)
    assert (request.ended_on, request.sight_until) == (ISSUED_ON, None)
    assert case.codes() == [
        StepCode.REQUESTED,
        StepCode.AGREED,
        StepCode.TO_ISSUE,
        StepCode.DRAFT_SENT,
        StepCode.REPRESENTATIONS,
        StepCode.FINAL_ISSUED,
    ]
    with case.cast.making() as unit:
        pupil, settings = table_of(Pupil), table_of(PlanSetting)
        assert unit.connection.scalar(select(pupil.c.sen_status).where(pupil.c.id == case.affair.ava)) == "E"
        found = unit.connection.execute(
            select(settings).where(settings.c.plan_id == plan.id).order_by(settings.c.named.desc())
        ).all()
    here = case.cast.places["oakfield"]
    assert [(one.named, one.rank, one.school_id) for one in found] == [(True, 1, here), (False, 1, here)]
    assert case.affair.case(case.id, "olli", ISSUED_ON).now.stage == "plan_made"
    assert case.affair.sees(case.id, "olli", ISSUED_ON + 300 * DAY) == "yes"


def test_a_plan_that_is_late_says_by_how_many_days(case: Assessed) -> None:
    case.to_draft()
    case.issue(RECEIVED + 20 * WEEK + 9 * DAY)
    (told,) = case.affair.on_authority("assessment.final_issued")
    assert (case.row.days_late, case.plan.days_unexcused, told.detail["days_late"]) == (9, 9, 9)


def test_a_plan_knows_whether_an_exception_was_recorded_as_its_assessment_does(case: Assessed) -> None:
    case.to_draft()
    day = RECEIVED + 20 * WEEK + 9 * DAY
    with on(day - DAY), case.cast.acting("olli") as unit:
        told = Circumstance("absent", RECEIVED + 9 * WEEK, RECEIVED + 14 * WEEK)
        excusing.record_circumstance(unit, case.id, told, reason="Abroad", evidence="A letter")
    case.issue(day)
    assert (case.plan.days_late, case.plan.days_unexcused) == (9, case.row.days_unexcused)
    assert case.row.excused is True
    assert case.plan.excused is True


def test_it_is_not_issued_while_the_familys_days_run_unless_it_has_answered(case: Assessed) -> None:
    case.to_draft()
    with pytest.raises(Invalid, match="another look") as early:
        case.issue(SENT_ON + 14 * DAY)
    assert "until 22 February 2027" in early.value.errors["on"]
    case.answer(SENT_ON + 2 * DAY, setting="Elmfield School")
    case.issue(SENT_ON + 14 * DAY)
    assert case.row.state == "final"


def test_a_draft_that_is_not_ready_is_not_sent_and_nothing_changes(case: Assessed) -> None:
    case.decide()
    with pytest.raises(Invalid, match="not ready"):
        case.send()
    assert (case.row.state, case.codes()[-1]) == ("drafting", StepCode.TO_ISSUE)


def test_a_draft_sent_anew_begins_the_familys_days_anew(case: Assessed) -> None:
    case.to_draft()
    case.answer(SENT_ON + DAY)
    case.send(SENT_ON + 20 * DAY)
    row = case.row
    assert (row.draft_sent_on, row.answers_until, row.answered_on) == (
        SENT_ON + 20 * DAY,
        SENT_ON + 34 * DAY,
        None,
    )


@pytest.mark.parametrize("name", ["sara", "pam", "hal", "dora"])
def test_others_with_standing_may_not_decide_about_a_plan(case: Assessed, name: str) -> None:
    with pytest.raises(NotAllowed):
        case.decide(by=name)


@pytest.mark.parametrize("name", ["otis", "sid", "sena", "wes", "nora"])
def test_a_stranger_finds_no_case(case: Assessed, name: str) -> None:
    with pytest.raises(NotFound):
        case.decide(by=name)
    with pytest.raises(NotFound):
        case.send(by=name)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("decision", {"necessary": False}),
        ("decision", {"decision": "no_plan", "necessary": True}),
        ("decision", {"decision": "perhaps"}),
        ("reasons", {"reasons": " "}),
        ("on", {"on": AGREED_ON - DAY}),
        ("on", {"on": DECIDED_ON + DAY}),
    ],
)
def test_a_decision_that_does_not_hold_together_is_said_beside_its_field(
    case: Assessed, field: str, said: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refused:
        case.decide(day=DECIDED_ON, **said)
    assert set(refused.value.errors) == {field}
    assert case.row.state == "advising"


def test_a_page_that_is_stale_decides_nothing(case: Assessed) -> None:
    shown = case.row.row_version
    case.decide(shown=shown)
    with pytest.raises(Conflict):
        case.send(shown=shown)


def test_what_has_been_done_is_not_done_again(case: Assessed) -> None:
    for deed in (case.send, case.issue):
        with pytest.raises(Conflict):
            deed()
    case.decide()
    with pytest.raises(Conflict, match="decided already"):
        case.decide()


def test_the_test_and_its_reasons_are_sealed_and_on_the_trail(case: Assessed) -> None:
    case.decide()
    assert b"advice says" not in case.row.sealed
    (mine,), (theirs,) = (
        where("assessment.plan_decided") for where in (case.affair.on_pupil, case.affair.on_authority)
    )
    assert mine.payload == {"necessary": True, "reasons": "The advice says so."}
    assert theirs.payload is None
    assert mine.detail["decision"] == "issue"


@pytest.mark.parametrize(
    "named",
    [Named(), Named(urn="12345"), Named(code="NEET"), Named(code="OTH"), Named(urn="123456", code="EHE")],
)
def test_one_setting_is_named_and_it_is_one_that_there_is(case: Assessed, named: Named) -> None:
    case.to_draft()
    with pytest.raises(Invalid):
        case.issue(named=named)
    assert case.row.state == "draft_sent"


def test_no_plan_ends_the_case_and_lets_the_sight_end_with_the_days_to_appeal(case: Assessed) -> None:
    case.decide("no_plan")
    until = date(2027, 3, 25)
    request = case.request
    assert (case.row.state, request.ended_on, request.sight_until) == ("no_plan", DECIDED_ON, until)
    assert case.affair.case(case.id, "olli", DECIDED_ON).now.stage == "no_plan_may_appeal"
    assert case.affair.sees(case.id, "olli", until) == "yes"
    assert case.affair.sees(case.id, "olli", until + DAY) == "NotFound"
    assert case.affair.case(case.id, "pam", until + DAY).now.stage == "no_plan"
    assert case.affair.request(day=until + timedelta(days=200)) != case.id


def test_no_plan_after_sixteen_weeks_is_late(case: Assessed) -> None:
    case.decide("no_plan", RECEIVED + 16 * WEEK + 2 * DAY)
    assert (case.row.days_late, case.row.days_unexcused) == (2, 2)


def test_a_school_here_is_named_by_its_number_too_which_the_return_asks(case: Assessed) -> None:
    case.to_draft()
    with case.cast.making() as unit:
        unit.change(Organisation, {"id": case.cast.places["oakfield"]}, urn="100001")
    case.issue()
    plan, settings = case.plan, table_of(PlanSetting)
    with case.cast.making() as unit:
        found = unit.connection.execute(select(settings).where(settings.c.plan_id == plan.id)).all()
    assert {(one.school_id, one.urn) for one in found} == {(case.cast.places["oakfield"], "100001")}
