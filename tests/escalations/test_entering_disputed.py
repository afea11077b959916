"""A case whose decision was disputed elsewhere comes in: appealable, under appeal, or turned by its end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from isp.access.policy import Permission
from isp.ehcp.steps import StepCode
from isp.escalations import actions, assessing, deadlines, disputing, drafting, entering, stages, subjects
from isp.escalations import course as courses
from isp.escalations.deadlines import Act
from isp.escalations.disputed import DISPUTES
from isp.escalations.disputes import About, Kind, Result
from isp.escalations.entering_rules import TURNED, Where
from isp.escalations.letters import queries as letters
from isp.escalations.stages import Stage
from isp.kernel.errors import Conflict, Invalid
from tests.escalations.test_entering import PAST, SENT, TODAY, bring, day, duty, entry, happened, wrong
from tests.escalations.test_pages import Town
from tests.escalations.world import Affair, on

DISPUTED = (Where.APPEAL_ASSESS, Where.APPEAL_ISSUE, *TURNED)
LATER = TODAY + timedelta(days=1)


def dispute(affair: Affair) -> Any:
    with affair.cast.making() as unit:
        return unit.connection.execute(select(DISPUTES)).one()


def disputes(affair: Affair) -> list[Any]:
    with affair.cast.making() as unit:
        return list(unit.connection.execute(select(DISPUTES)))


def owed(affair: Affair, request_id: UUID, by_day: date = TODAY) -> int:
    with on(by_day), affair.cast.looking("olli") as unit:
        file, _ = subjects.allowed(unit, request_id, Permission.ASSESSMENT_READ)
        return len(letters.owed(unit, file))


# -- decided against a plan, and appealable ----------------------------------------------------------------


def test_a_decision_against_a_plan_comes_in_with_its_reasons_lateness_and_time_to_appeal(
    affair: Affair,
) -> None:
    request_id = bring(affair, Where.NO_PLAN)
    case = affair.case(request_id, "olli")
    decided = PAST[Where.NO_PLAN]["no_plan_on"]
    limit = deadlines.appeal_due(decided)
    assert (case.now.stage, case.now.due, case.now.turn) == (Stage.NO_PLAN_MAY_APPEAL, limit, "family")
    late = deadlines.due(Act.NO_PLAN, case.row.received_on).days_late(decided)
    assert case.assessment is not None
    assert (case.assessment.days_late, case.assessment.days_unexcused) == (late, late)
    assert late == 7
    assert (case.row.sight_until, case.row.ended_on) == (limit.on, decided)
    assert disputes(affair) == []
    assert owed(affair, request_id) == 0
    kept = duty(affair)
    assert (kept.stage, kept.due_on, kept.lapses_on) == ("no_plan_may_appeal", limit.on, limit.on)


def test_the_sight_of_it_ends_with_the_time_to_appeal_or_lasts_with_the_appeal(affair: Affair) -> None:
    request_id = bring(affair, Where.NO_PLAN)
    last = deadlines.appeal_due(PAST[Where.NO_PLAN]["no_plan_on"]).on
    assert affair.sees(request_id, "olli", last) == "yes"
    assert affair.sees(request_id, "olli", last + timedelta(days=1)) == "NotFound"
    with on(last), affair.cast.acting("pam") as unit:
        disputing.open_dispute(unit, request_id, Kind.APPEAL, About.ISSUE, last)
    assert affair.sees(request_id, "olli", last + timedelta(days=1)) == "yes"


def test_one_whose_time_to_appeal_is_over_does_not_come_in() -> None:
    last = deadlines.appeal_due(date(2026, 8, 20)).on
    assert last < TODAY
    assert "time to appeal ended" in wrong(Where.NO_PLAN, no_plan_on=date(2026, 8, 20))["no_plan_on"]


@pytest.mark.parametrize("where", [Where.NO_PLAN, Where.APPEAL_ISSUE, Where.APPEAL_ASSESS])
def test_a_decision_that_stands_needs_its_reasons(affair: Affair, where: Where) -> None:
    name = entering.REASONS[where]
    bare: dict[str, Any] = {name: " "}
    with on(TODAY), affair.cast.acting("olli") as unit, pytest.raises(Invalid) as refused:
        entering.enter_case(unit, affair.cast.places["northshire"], entry(where, **bare))
    assert set(refused.value.errors) == {name}


# -- under appeal ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "about", "decided"),
    [(Where.APPEAL_ASSESS, "assess", "decided_on"), (Where.APPEAL_ISSUE, "issue", "no_plan_on")],
)
def test_an_open_appeal_is_a_dispute_with_its_own_days(
    affair: Affair, where: Where, about: str, decided: str
) -> None:
    request_id = bring(affair, where)
    held = dispute(affair)
    past = PAST[where]
    assert (held.kind, held.about, held.state) == ("appeal", about, "open")
    assert (held.decision_on, held.asked_on) == (past[decided], past["appealed_on"])
    assert held.response_due_on == deadlines.due(Act.RESPOND, past["appealed_on"]).on
    assert held.recorded_at.date() == TODAY
    assert affair.row(request_id).sight_until is None
    assert affair.sees(request_id, "olli", date(2028, 1, 3)) == "yes"
    assert affair.sees(request_id, "sid") == "NotFound"
    assert (duty(affair).stage, duty(affair).turn) == ("appeal_answer", "authority")


def test_the_day_of_the_hearing_may_be_to_come_and_is_not_before_the_appeal(affair: Affair) -> None:
    hearing = TODAY + timedelta(days=60)
    bring(affair, Where.APPEAL_ISSUE, hearing_on=hearing)
    assert dispute(affair).hearing_on == hearing
    assert set(wrong(Where.APPEAL_ISSUE, hearing_on=PAST[Where.APPEAL_ISSUE]["no_plan_on"])) == {"hearing_on"}
    assert set(wrong(Where.NO_PLAN, hearing_on=hearing)) == {"hearing_on"}


def test_an_appeal_against_a_refusal_goes_on_here_to_its_end(affair: Affair) -> None:
    request_id = bring(affair, Where.APPEAL_ASSESS)
    with on(LATER), affair.cast.acting("olli") as unit:
        actions.close_appeal(unit, request_id, "allowed", LATER)
    held = dispute(affair)
    assert (held.state, held.result, held.closed_on) == ("closed", "assess", LATER)
    assert affair.case(request_id, "olli", LATER).now.due == deadlines.due(Act.TELL_ASSESSING, LATER)


def test_an_appeal_about_a_plan_goes_on_here_to_its_end(affair: Affair) -> None:
    request_id = bring(affair, Where.APPEAL_ISSUE)
    open_one = dispute(affair).id
    with on(LATER), affair.cast.acting("olli") as unit:
        disputing.close(unit, request_id, open_one, Result.PLAN, LATER)
    now = affair.case(request_id, "olli", LATER).now
    assert (now.stage, now.due) == (Stage.DRAFTING, deadlines.due(Act.ORDER_DRAFT, LATER))


def test_a_lost_appeal_ends_the_sight_that_came_with_it(affair: Affair) -> None:
    request_id = bring(affair, Where.APPEAL_ISSUE)
    open_one = dispute(affair).id
    with on(LATER), affair.cast.acting("olli") as unit:
        disputing.close(unit, request_id, open_one, Result.DISMISSED, LATER)
    assert affair.sees(request_id, "olli", LATER) == "NotFound"


# -- turned ------------------------------------------------------------------------------------------------

FROM: dict[tuple[Where, Result], Act] = {
    (Where.ORDERED_ASSESS, Result.ASSESS): Act.TELL_ASSESSING,
    (Where.ORDERED_ASSESS, Result.CONCEDED): Act.CONCEDED_TELL,
    (Where.ORDERED_ASSESS, Result.AGREEMENT): Act.TELL_ASSESSING,
    (Where.ORDERED_PLAN, Result.PLAN): Act.ORDER_DRAFT,
    (Where.ORDERED_PLAN, Result.RECONSIDER): Act.ORDER_RECONSIDER,
    (Where.ORDERED_PLAN, Result.CONCEDED): Act.CONCEDED_DRAFT,
    (Where.ORDERED_PLAN, Result.AGREEMENT): Act.ORDER_DRAFT,
}


def test_every_way_in_which_a_decision_is_turned_has_its_limit() -> None:
    assert set(FROM) == {(where, result) for where, results in TURNED.items() for result in results}


@pytest.mark.parametrize(("where", "result"), list(FROM))
def test_the_limits_run_from_the_order_and_the_dispute_is_closed_by_it(
    affair: Affair, where: Where, result: Result
) -> None:
    request_id = bring(affair, where, turned=result)
    case = affair.case(request_id, "olli")
    ordered = PAST[where]["order_on"]
    assert case.assessment is not None
    course = courses.course_of(case.assessment)
    wanted = courses.duty(course, TODAY)
    assert (course.order_on, course.start) == (ordered, ordered)
    assert wanted is not None
    due = deadlines.due(FROM[where, result], ordered)
    assert case.now.due == due if due.on >= TODAY else case.now.due == wanted.due
    assert case.now.turn == "authority"
    held = dispute(affair)
    mediated = result is Result.AGREEMENT
    assert (held.kind, held.state, held.result) == (
        "mediation" if mediated else "appeal",
        "closed",
        result.value,
    )
    assert (held.asked_on, held.closed_on) == (PAST[where]["appealed_on"], ordered)
    assert held.order_due_on is None
    assert affair.row(request_id).status == stages.AGREED
    assert affair.row(request_id).ended_on is None
    assert case.assessment.days_late is None
    assert affair.sees(request_id, "olli", date(2028, 1, 3)) == "yes"


def test_the_trail_says_how_it_was_turned_and_the_authoritys_chain_nothing_of_the_child(
    affair: Affair,
) -> None:
    bring(affair, Where.ORDERED_PLAN, turned=Result.CONCEDED)
    (told,) = affair.on_pupil("case.entered")
    assert told.payload is not None
    assert told.payload["turned"] == "conceded"
    assert told.payload["days"]["order_on"] == "2026-10-19"
    assert told.detail == {"stage": "ordered_plan", "received_on": "2026-02-02"}
    (theirs,) = affair.on_authority("case.entered")
    assert not theirs.payload
    codes = [one.code for one in happened(affair)]
    assert codes == [
        StepCode.REQUESTED,
        StepCode.AGREED,
        StepCode.NO_PLAN,
        StepCode.APPEAL_REGISTERED,
        StepCode.APPEAL_CONCEDED,
        StepCode.ENTERED,
    ]


def test_an_ordered_assessment_comes_in_as_far_as_it_has_come(affair: Affair) -> None:
    request_id = bring(
        affair,
        Where.ORDERED_ASSESS,
        order_on=date(2026, 7, 1),
        told_on=date(2026, 7, 10),
        to_issue_on=date(2026, 9, 1),
        draft_sent_on=date(2026, 9, 8),
        answered_on=date(2026, 9, 20),
    )
    case = affair.case(request_id, "olli")
    assert case.now.stage is Stage.DRAFT_SENT
    assert case.now.due == deadlines.due(Act.ORDER_ASSESS_FINAL, date(2026, 7, 1))
    with on(TODAY), affair.cast.acting("olli") as unit:
        drafting.answer_draft(unit, request_id, on=TODAY, said="We want more hours.")


def test_a_case_that_was_sent_back_is_decided_again_here(affair: Affair) -> None:
    request_id = bring(affair, Where.ORDERED_PLAN, turned=Result.RECONSIDER)
    with on(TODAY), affair.cast.acting("olli") as unit:
        assessing.decide_plan(
            unit, request_id, decision="issue", necessary=True, reasons="Now it is clear.", on=TODAY
        )
    assert affair.case(request_id, "olli").now.stage is Stage.DRAFTING


@pytest.mark.parametrize(
    ("where", "given", "field"),
    [
        (Where.ORDERED_PLAN, {"turned": None}, "turned"),
        (Where.ORDERED_PLAN, {"turned": Result.ASSESS}, "turned"),
        (Where.ORDERED_ASSESS, {"turned": Result.PLAN}, "turned"),
        (Where.ASSESSING, {"turned": Result.ASSESS}, "turned"),
        (Where.ORDERED_PLAN, {"to_issue_on": TODAY}, "to_issue_on"),
        (Where.ORDERED_ASSESS, {"draft_sent_on": TODAY}, "to_issue_on"),
        (Where.ORDERED_ASSESS, {"to_issue_on": TODAY, "answered_on": TODAY}, "draft_sent_on"),
    ],
)
def test_what_does_not_go_together_is_refused_beside_its_box(
    where: Where, given: dict[str, Any], field: str
) -> None:
    assert set(wrong(where, **given)) == {field}


@pytest.mark.parametrize("where", DISPUTED)
def test_a_disputed_case_does_not_come_in_twice(affair: Affair, where: Where) -> None:
    bring(affair, where)
    with pytest.raises(Conflict):
        bring(affair, where)


@pytest.mark.parametrize("where", [*DISPUTED, Where.NO_PLAN])
def test_by_the_pages(affair: Affair, where: Where) -> None:
    with on(TODAY):
        olli = Town(affair).signed_in("olli")
        path = f"/cases/enter?stage={where.value}"
        days = {name: each for key, held in PAST[where].items() for name, each in day(key, held).items()}
        sent = {**SENT, **days}
        if where in entering.REASONS:
            sent[entering.REASONS[where]] = "The school meets these needs."
        if where in TURNED:
            assert olli.post(path, sent).status_code == 422, "how it came about is asked for"
            sent["turned"] = TURNED[where][0].value
        mixed = olli.post(path, {**sent, **day("decided_on", date(2026, 1, 5))})
        assert mixed.status_code == 422
        assert "before the request was received" in mixed.text
        assert "CaseBook, reference 4471" in mixed.text
        answer = olli.post(path, sent)
        assert answer.status_code == 303, answer.text
        for page in ("", "/decision", "/chronology", "/disputes"):
            assert olli.get(f"{answer.location}{page}").status_code == 200, page
        assert "Case brought in from another system" in olli.get(f"{answer.location}/chronology").text
        if where in DISPUTED:
            assert "Appeal to the Tribunal" in olli.get(f"{answer.location}/disputes").text
        assert Town(affair).signed_in("sid").get(answer.location).status_code == 404
        pam = Town(affair).signed_in("pam")
        theirs = pam.get(answer.location)
        assert pam.get(theirs.location if theirs.status_code == 302 else answer.location).status_code == 200


# -- with a mediation certificate --------------------------------------------------------------------------

CERTIFIED: dict[Where, dict[str, Any]] = {
    Where.REFUSED: {
        "decided_on": date(2026, 8, 20),
        "mediated_on": date(2026, 9, 28),
        "certificate_on": date(2026, 10, 9),
    },
    Where.NO_PLAN: {
        "no_plan_on": date(2026, 8, 20),
        "mediated_on": date(2026, 9, 28),
        "certificate_on": date(2026, 10, 9),
    },
}


@pytest.mark.parametrize(("where", "about"), [(Where.REFUSED, "assess"), (Where.NO_PLAN, "issue")])
def test_a_certificate_keeps_a_decision_appealable_for_a_month_from_it(
    affair: Affair, where: Where, about: str
) -> None:
    decided = date(2026, 8, 20)
    assert deadlines.appeal_due(decided).on < TODAY
    request_id = bring(affair, where, **CERTIFIED[where])
    last = deadlines.appeal_due(decided, date(2026, 10, 9)).on
    assert last == date(2026, 11, 9)
    case = affair.case(request_id, "olli")
    assert case.now.due is not None
    assert (case.now.due.on, case.row.sight_until) == (last, last)
    held = dispute(affair)
    assert (held.kind, held.about, held.state) == ("mediation", about, "open")
    assert (held.asked_on, held.certificate_on) == (date(2026, 9, 28), date(2026, 10, 9))
    assert affair.sees(request_id, "olli", last) == "yes"
    assert affair.sees(request_id, "olli", last + timedelta(days=1)) == "NotFound"
    codes = {one.code: one.on for one in happened(affair)}
    assert codes[StepCode.MEDIATION_ASKED] == date(2026, 9, 28)
    assert codes[StepCode.MEDIATION_CERTIFICATE] == date(2026, 10, 9)


@pytest.mark.parametrize("where", list(CERTIFIED))
@pytest.mark.parametrize("name", ["mediated_on", "certificate_on"])
def test_a_certificate_and_its_mediation_come_together_and_in_order(where: Where, name: str) -> None:
    assert set(wrong(where, **{**CERTIFIED[where], name: None})) == {name}
    early: dict[str, Any] = {**CERTIFIED[where], name: date(2026, 8, 19)}
    assert "cannot be before" in wrong(where, **early)[name]
