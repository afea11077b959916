"""A case that began on another system comes in at any stage, with its past days and its next duty."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from isp.access.policy import Permission
from isp.ehcp.models import StatutoryPlan
from isp.ehcp.steps import Happened, StepCode, steps_of
from isp.escalations import assessing, consulting, deadlines, drafting, entering, filing, subjects
from isp.escalations import course as courses
from isp.escalations.deadlines import Act
from isp.escalations.disputes import Result
from isp.escalations.entering import Entry
from isp.escalations.entering_rules import DAYS, NOT_YET, TURNED, Past, Where, check, course_of
from isp.escalations.letters import queries as letters
from isp.escalations.stages import Stage
from isp.escalations.work import finding
from isp.escalations.work_models import CaseDuty
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from isp.register import pupils
from isp.register.content import Details
from tests.escalations.test_filing import BORN, CAME
from tests.escalations.test_pages import Town
from tests.escalations.world import RECEIVED, Affair, on

TODAY = RECEIVED
LONG_AGO = date(2025, 9, 1)
"""More than a year before: a filed request may not be so old."""
PAST: dict[Where, dict[str, date]] = {
    Where.DECIDING: {"received_on": date(2026, 10, 5)},
    Where.ASSESSING: {"received_on": date(2026, 8, 3), "decided_on": date(2026, 9, 21)},
    Where.DRAFTING: {
        "received_on": LONG_AGO,
        "decided_on": date(2025, 10, 10),
        "to_issue_on": date(2026, 1, 12),
    },
    Where.DRAFT_SENT: {
        "received_on": date(2026, 6, 22),
        "decided_on": date(2026, 7, 30),
        "to_issue_on": date(2026, 10, 1),
        "draft_sent_on": date(2026, 10, 26),
    },
    Where.REFUSED: {"received_on": date(2026, 8, 3), "decided_on": date(2026, 9, 14)},
    Where.APPEAL_ASSESS: {
        "received_on": date(2026, 2, 2),
        "decided_on": date(2026, 3, 9),
        "appealed_on": date(2026, 4, 30),
    },
    Where.ORDERED_ASSESS: {
        "received_on": date(2026, 2, 2),
        "decided_on": date(2026, 3, 9),
        "appealed_on": date(2026, 4, 30),
        "order_on": date(2026, 10, 26),
    },
    Where.NO_PLAN: {
        "received_on": date(2026, 6, 1),
        "decided_on": date(2026, 7, 6),
        "no_plan_on": date(2026, 9, 28),
    },
    Where.APPEAL_ISSUE: {
        "received_on": date(2026, 2, 2),
        "decided_on": date(2026, 3, 9),
        "no_plan_on": date(2026, 5, 20),
        "appealed_on": date(2026, 7, 10),
    },
    Where.ORDERED_PLAN: {
        "received_on": date(2026, 2, 2),
        "decided_on": date(2026, 3, 9),
        "no_plan_on": date(2026, 5, 20),
        "appealed_on": date(2026, 7, 10),
        "order_on": date(2026, 10, 19),
    },
}
TURNED_BY = {Where.ORDERED_ASSESS: Result.ASSESS, Where.ORDERED_PLAN: Result.PLAN}
STAGES = {
    Where.DECIDING: Stage.DECIDING,
    Where.ASSESSING: Stage.ASSESSING,
    Where.DRAFTING: Stage.DRAFTING,
    Where.DRAFT_SENT: Stage.DRAFT_SENT,
    Where.REFUSED: Stage.MAY_APPEAL,
    Where.APPEAL_ASSESS: Stage.APPEAL,
    Where.ORDERED_ASSESS: Stage.ASSESSING,
    Where.NO_PLAN: Stage.NO_PLAN_MAY_APPEAL,
    Where.APPEAL_ISSUE: Stage.NO_PLAN_APPEAL,
    Where.ORDERED_PLAN: Stage.DRAFTING,
}


def past_of(where: Where, **days: Any) -> Past:
    return Past(**{**PAST[where], "turned": TURNED_BY.get(where), **days})


def entry(where: Where, details: Details | None = None, **days: Any) -> Entry:
    given: dict[str, Any] = {**PAST[where], "turned": TURNED_BY.get(where), **days}
    came = replace(CAME, received_on=given.pop("received_on"), how="CaseBook, reference 4471", reasons="")
    if where in entering.REASONS:
        given.setdefault(entering.REASONS[where], "The school meets these needs.")
    return Entry(replace(came, details=details or CAME.details), where, **given)


def bring(
    affair: Affair,
    where: Where,
    by: str = "olli",
    *,
    is_new: bool = False,
    place: str = "northshire",
    **more: Any,
) -> UUID:
    with on(TODAY), affair.cast.acting(by) as unit:
        return entering.enter_case(unit, affair.cast.places[place], entry(where, **more), is_new=is_new)


def duty(affair: Affair) -> Any:
    table = table_of(CaseDuty)
    with affair.cast.making() as unit:
        return unit.connection.execute(select(table).where(table.c.pupil_id == affair.ava)).one()


def happened(affair: Affair) -> list[Happened]:
    with affair.cast.making() as unit:
        return steps_of(unit, affair.ava, affair.cast.places["northshire"])


# -- the days, without a record ----------------------------------------------------------------------------


def wrong(where: Where, **days: Any) -> dict[str, str]:
    return check(where, past_of(where, **days), born_on=BORN, today=TODAY)


@pytest.mark.parametrize("where", list(Where))
def test_the_days_of_each_stage_are_enough_for_it(where: Where) -> None:
    assert wrong(where) == {}


@pytest.mark.parametrize(("where", "name"), [(where, name) for where in Where for name in DAYS[where]])
def test_each_day_is_asked_for_and_none_is_to_come(where: Where, name: str) -> None:
    assert set(wrong(where, **{name: None})) == (set() if name in NOT_YET.get(where, ()) else {name})
    assert name in wrong(where, **{name: TODAY + timedelta(days=1)})


@pytest.mark.parametrize(
    ("where", "name"),
    [(where, name) for where in Where for name in DAYS[where][1:] if name in PAST[where]],
)
def test_no_day_is_before_its_cause(where: Where, name: str) -> None:
    found = wrong(where, **{name: PAST[where]["received_on"] - timedelta(days=1)})
    assert "cannot be before" in found[name]


@pytest.mark.parametrize("name", ["decided_on", "to_issue_on", "draft_sent_on", "answered_on"])
def test_a_day_that_the_stage_has_not_is_refused(name: str) -> None:
    assert set(wrong(Where.DECIDING, **{name: TODAY})) == {name}


def test_a_request_before_the_act_or_the_birth_or_of_an_adult_is_none() -> None:
    assert set(wrong(Where.DECIDING, received_on=date(2014, 8, 31))) == {"received_on"}
    assert set(wrong(Where.DECIDING, received_on=BORN - timedelta(days=1))) == {"received_on"}
    old = Past(received_on=date(2026, 10, 5))
    assert set(check(Where.DECIDING, old, born_on=date(2001, 10, 5), today=TODAY)) == {""}


def test_a_refusal_comes_in_to_the_last_day_of_the_appeal_and_not_after() -> None:
    decided = PAST[Where.REFUSED]["decided_on"]
    last = deadlines.appeal_due(decided).on
    past = past_of(Where.REFUSED)
    assert check(Where.REFUSED, past, born_on=BORN, today=last) == {}
    late = check(Where.REFUSED, past, born_on=BORN, today=last + timedelta(days=1))
    assert "time to appeal ended" in late["decided_on"]


@given(
    days=st.lists(st.dates(date(2016, 6, 1), TODAY), min_size=8, max_size=8),
    left_out=st.sets(st.integers(0, 7)),
    where=st.sampled_from(Where),
    turned=st.sampled_from(Result),
)
def test_what_the_rules_let_in_is_in_order_for_the_course_too(
    days: list[date], left_out: set[int], where: Where, turned: Result
) -> None:
    asked = DAYS[where]
    for given_days in (days, sorted(days)):
        known = dict(zip(asked, given_days, strict=False))
        some = {name: day for place, (name, day) in enumerate(known.items()) if place not in left_out}
        past = Past(
            **{
                name: day for name, day in known.items() if name in some or name not in NOT_YET.get(where, ())
            },
            turned=turned if where in TURNED else None,
        )
        if check(where, past, born_on=BORN, today=TODAY):
            continue
        found = course_of(where, past, TODAY)
        if found is not None:
            courses.check_order(found)
            assert courses.duty(found, TODAY) is not None


# -- each stage --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", list(Where))
def test_a_case_of_each_stage_stands_there_with_its_next_duty(affair: Affair, where: Where) -> None:
    request_id = bring(affair, where)
    case = affair.case(request_id, "olli")
    past = past_of(where)
    course = course_of(where, past, TODAY)
    assert case.now.stage is STAGES[where]
    assert case.row.received_on == PAST[where]["received_on"]
    if course is not None:
        assert courses.course_of(case.assessment) == course
        wanted = courses.duty(course, TODAY)
        assert wanted is not None
        assert (case.now.due, case.now.turn) == (wanted.due, wanted.turn)
    elif where is Where.DECIDING:
        assert case.now.due == deadlines.due(Act.DECIDE, case.row.received_on)
    elif where is Where.REFUSED:
        assert case.now.due == deadlines.appeal_due(PAST[where]["decided_on"])
        assert case.row.sight_until == case.now.due.on
    else:
        assert (case.now.due, case.now.turn) == (None, "tribunal")
    kept = duty(affair)
    assert kept.case_id == request_id
    # An appeal has a row of its own, and the authority its 30 working days to answer it.
    under_appeal = where in (Where.APPEAL_ASSESS, Where.APPEAL_ISSUE)
    assert kept.stage == ("appeal_answer" if under_appeal else STAGES[where].value)
    assert kept.officer_id == affair.person("olli")


@pytest.mark.parametrize("where", list(Where))
def test_each_day_is_a_step_recorded_now_and_the_trail_says_where_it_came_from(
    affair: Affair, where: Where
) -> None:
    bring(affair, where)
    found = happened(affair)
    assert [one.on for one in found[:-1]] == sorted(PAST[where].values())
    assert found[-1].code is StepCode.ENTERED
    assert (found[-1].on, found[-1].words) == (TODAY, {"said": "CaseBook, reference 4471"})
    assert {one.recorded_at.date() for one in found} == {TODAY}
    (told,) = affair.on_pupil("case.entered")
    assert told.detail == {"stage": where.value, "received_on": PAST[where]["received_on"].isoformat()}
    assert told.payload is not None
    assert told.payload["from"] == "CaseBook, reference 4471"
    assert told.payload["days"] == {name: day.isoformat() for name, day in PAST[where].items()}
    (theirs,) = affair.on_authority("case.entered")
    assert not theirs.payload


def test_a_decision_that_was_late_is_late_here_too(affair: Affair) -> None:
    row = affair.row(bring(affair, Where.ASSESSING))
    assert row.days_late == deadlines.due(Act.DECIDE, row.received_on).days_late(row.decided_on) == 7
    assert (row.days_unexcused, row.rules) == (7, deadlines.rules_on(row.received_on).version)
    assert (row.status, row.decided_by) == ("agreed", None)


def test_a_draft_that_was_sent_has_its_plan_and_is_written_here(affair: Affair) -> None:
    request_id = bring(affair, Where.DRAFT_SENT, answered_on=date(2026, 10, 29))
    case = affair.case(request_id, "olli")
    assert case.assessment is not None
    table = table_of(StatutoryPlan)
    with affair.cast.making() as unit:
        plan = unit.connection.execute(select(table).where(table.c.id == case.assessment.plan_id)).one()
    assert (plan.state, plan.draft_sent_on) == ("draft_sent", date(2026, 10, 26))
    assert plan.record_id is not None
    assert case.assessment.answers_until == date(2026, 11, 9)
    assert case.now.turn == "authority", "the family has answered"
    with on(TODAY), affair.cast.acting("olli") as unit:
        drafting.answer_draft(unit, request_id, on=TODAY, said="We want more hours.")


def test_a_school_here_is_not_consulted_on_a_draft_that_is_not_here(affair: Affair) -> None:
    request_id = bring(affair, Where.DRAFT_SENT)
    with on(TODAY), affair.cast.acting("olli") as unit:
        school = consulting.schools(unit)[0].id
        with pytest.raises(Invalid) as refused:
            consulting.consult(unit, request_id, sent_on=TODAY, school_id=school)
        assert refused.value.errors == {"school_id": consulting.NO_DRAFT_HERE}
        consulting.consult(unit, request_id, sent_on=TODAY, name="Elm School, elsewhere")


def test_no_letter_is_owed_for_what_was_served_from_there(affair: Affair) -> None:
    def owed(request_id: UUID) -> int:
        with on(TODAY), affair.cast.looking("olli") as unit:
            file, _ = subjects.allowed(unit, request_id, Permission.ASSESSMENT_READ)
            return len(letters.owed(unit, file))

    request_id = bring(affair, Where.ASSESSING)
    assert owed(request_id) == 0
    with on(TODAY + timedelta(days=1)), affair.cast.acting("olli") as unit:
        assessing.decide_plan(
            unit,
            request_id,
            decision="no_plan",
            necessary=False,
            reasons="Met by the school.",
            on=TODAY + timedelta(days=1),
        )
    assert owed(request_id) == 1


def test_the_authority_sees_the_case_and_nothing_of_the_record(affair: Affair) -> None:
    request_id = bring(affair, Where.DRAFTING)
    assert affair.case(request_id, "mia").released == ()
    assert affair.reads("olli", 2) == "NotFound"
    assert affair.sees(request_id, "sid") == "NotFound"
    assert affair.sees(request_id, "pam") == "yes"


def test_the_sight_of_a_refused_case_ends_with_the_time_to_appeal(affair: Affair) -> None:
    request_id = bring(affair, Where.REFUSED)
    last = deadlines.appeal_due(PAST[Where.REFUSED]["decided_on"]).on
    assert affair.sees(request_id, "olli", last) == "yes"
    assert affair.sees(request_id, "olli", last + timedelta(days=1)) == "NotFound"


def test_a_child_in_no_school_here_is_put_on_record_with_the_case(affair: Affair) -> None:
    zoe = Details("Zoe", "Newcomer", date(2014, 2, 3))
    with pytest.raises(Invalid) as refused:
        bring(affair, Where.DRAFTING, details=zoe)
    assert refused.value.message == filing.NOBODY
    row = affair.row(bring(affair, Where.DRAFTING, is_new=True, details=zoe))
    with affair.cast.making() as unit:
        assert pupils.name(unit, row.pupil_id).full == "Zoe Newcomer"


# -- refused -----------------------------------------------------------------------------------------------


def test_a_case_is_not_brought_in_beside_an_open_request(affair: Affair) -> None:
    bring(affair, Where.DECIDING)
    for where in Where:
        with pytest.raises(Conflict, match="still open"):
            bring(affair, where)


def test_a_refused_case_does_not_come_in_twice(affair: Affair) -> None:
    bring(affair, Where.REFUSED)
    with pytest.raises(Conflict, match="on record for this child already"):
        bring(affair, Where.REFUSED)


@pytest.mark.parametrize("name", ["sara", "pam", "sid", "nora"])
def test_nobody_outside_the_authoritys_officers_brings_a_case_in(affair: Affair, name: str) -> None:
    with pytest.raises(DomainError) as refused:
        bring(affair, Where.DECIDING, name)
    assert refused.type in (NotFound, NotAllowed)


def test_an_officer_elsewhere_does_not_match_the_child(affair: Affair) -> None:
    with pytest.raises(Invalid) as refused:
        bring(affair, Where.DECIDING, "sid", place="southshire")
    assert refused.value.message == filing.NOBODY


def test_a_refusal_without_its_reasons_is_refused_beside_the_box(affair: Affair) -> None:
    bare = replace(entry(Where.REFUSED), decision_reasons=" ")
    with on(TODAY), affair.cast.acting("olli") as unit, pytest.raises(Invalid) as refused:
        entering.enter_case(unit, affair.cast.places["northshire"], bare)
    assert set(refused.value.errors) == {"decision_reasons"}


# -- by the pages ------------------------------------------------------------------------------------------


def day(name: str, on: date) -> dict[str, str]:
    return {f"{name}-day": str(on.day), f"{name}-month": str(on.month), f"{name}-year": str(on.year)}


SENT = {
    "how": "CaseBook, reference 4471",
    "source": "parent",
    "asked_by": "His mother",
    "legal_given": "Ava",
    "legal_family": "Planted",
    "why_looked": "Her case moves to this service",
    **day("born_on", BORN),
}


def test_by_the_pages(affair: Affair) -> None:
    with affair.cast.making() as unit:
        assert finding.mark_missing(unit) > 0
    with on(TODAY):
        olli = Town(affair).signed_in("olli")
        assert "/cases/enter" in olli.get("/cases").text
        assert "/cases/find" in olli.get("/cases/enter").text
        assert olli.get("/cases/enter?stage=").status_code == 422
        assert olli.get("/cases/enter?stage=limbo").status_code == 422
        plain = olli.get("/cases/enter?stage=assessing").text
        assert "decided whether to assess" in plain
        assert "draft_sent_on" not in plain
        path = "/cases/enter?stage=drafting"
        days = {
            name: each
            for key, on_day in PAST[Where.DRAFTING].items()
            for name, each in day(key, on_day).items()
        }
        mixed = {**SENT, **days, **day("to_issue_on", date(2025, 9, 30))}
        refused = olli.post(path, mixed)
        assert refused.status_code == 422
        assert "before it was decided whether to assess" in refused.text
        assert "CaseBook, reference 4471" in refused.text
        assert 'value="2025"' in refused.text
        missing = olli.post(path, {**SENT, **day("received_on", LONG_AGO)})
        assert missing.status_code == 422
        assert "His mother" in missing.text
        ahead = olli.post(path, {**SENT, **days, **day("to_issue_on", TODAY + timedelta(days=3))})
        assert "cannot be in the future" in ahead.text
        answer = olli.post(path, {**SENT, **days})
        assert answer.status_code == 303, answer.text
        page = olli.get(answer.location).text
        assert "Writing the draft plan" in page
        assert "CaseBook, reference 4471" in page
        assert "on another system" in olli.get(f"{answer.location}/decision").text
        assert "Case brought in from another system" in olli.get(f"{answer.location}/chronology").text
        again = olli.post(path, {**SENT, **days})
        assert again.status_code == 422
        assert "still open" in again.text
        assert "His mother" in again.text
        look = {"q": "Planted", **day("born_on", BORN), "reason": "Her case moved"}
        assert f"/pupils/{affair.ava}/bring-ehc-plan" in olli.post("/cases/find", look).text


@pytest.mark.parametrize("name", ["sara", "pam", "nora"])
def test_others_find_no_such_page(affair: Affair, name: str) -> None:
    browser = Town(affair).signed_in(name)
    for path in ("/cases/enter", "/cases/enter?stage=assessing"):
        assert browser.get(path).status_code == 404
