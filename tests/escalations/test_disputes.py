"""Mediation and appeals beside the case: who records them, what their end opens, and by when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from isp.escalations import assessments, disputed, disputes, disputing, sight
from isp.escalations.disputes import About, Kind, Result
from isp.escalations.naming import Named
from isp.escalations.upkeep import transferring
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.escalations.assessed import DAY, DECIDED_ON, ISSUED_ON, Assessed, elmfield, write_next
from tests.escalations.test_planning_pages import Town
from tests.escalations.test_planning_pages import day as on_form
from tests.escalations.world import Affair, on

WEEK = timedelta(weeks=1)
BEGUN = DECIDED_ON + 3 * DAY


@pytest.fixture
def case(affair: Affair) -> Assessed:
    made = Assessed(affair)
    made.decide("no_plan")
    return made


def begin(case: Assessed, kind: Kind, about: About = About.ISSUE, by: str = "pam", day: date = BEGUN) -> UUID:
    with on(day), case.cast.acting(by) as unit:
        return disputing.open_dispute(unit, case.id, kind, about, day)


def then(
    case: Assessed, deed: Any, dispute: UUID, *given: Any, day: date, by: str = "olli", **more: Any
) -> None:
    with on(day), case.cast.acting(by) as unit:
        deed(unit, case.id, dispute, *given, **more)


def row(case: Assessed, dispute: UUID) -> Any:
    with case.cast.making() as unit:
        there = disputed.disputes_of(unit, case.id, assessments.of_request(unit, case.id))
    return next(one for one in there if one.id == dispute)


def rows(case: Assessed) -> list[Any]:
    with case.cast.making() as unit:
        return disputed.disputes_of(unit, case.id, assessments.of_request(unit, case.id))


def standing(case: Assessed, dispute: UUID) -> disputes.Standing:
    held = row(case, dispute)
    with case.cast.making() as unit:
        return disputing.standings_of(unit, [held])[dispute]


def test_an_appeal_against_no_plan_keeps_the_sight_and_an_order_opens_its_own_limits(case: Assessed) -> None:
    dispute = begin(case, Kind.APPEAL)
    assert case.affair.sees(case.id, "olli", BEGUN + 300 * DAY) == "yes"
    assert row(case, dispute).response_due_on == date(2027, 3, 11)
    ended = BEGUN + 20 * WEEK
    then(case, disputing.close, dispute, Result.PLAN, ended, day=ended)
    assert (case.row.state, case.row.ordered, case.request.ended_on) == ("drafting", "plan", None)
    assert case.plan.state == "drafting"
    now = case.affair.case(case.id, "olli", ended).now
    assert now.due is not None
    assert (now.stage, now.due.on) == ("drafting", ended + 5 * WEEK)


def test_an_appeal_that_is_lost_ends_the_sight(case: Assessed) -> None:
    dispute = begin(case, Kind.APPEAL)
    then(case, disputing.close, dispute, Result.DISMISSED, BEGUN + DAY, day=BEGUN + DAY)
    assert case.affair.sees(case.id, "olli", BEGUN + DAY) == "NotFound"
    assert case.affair.case(case.id, "pam", BEGUN + DAY).now.stage == "no_plan"


def test_a_certificate_moves_the_last_day_to_appeal(case: Assessed) -> None:
    dispute = begin(case, Kind.MEDIATION)
    given = date(2027, 3, 20)
    then(case, disputing.certificate, dispute, given, day=given)
    assert case.request.sight_until == date(2027, 4, 20)
    now = case.affair.case(case.id, "pam", date(2027, 4, 20)).now
    assert (now.stage, now.due.on if now.due else None) == ("no_plan_may_appeal", date(2027, 4, 20))
    assert case.affair.sees(case.id, "olli", date(2027, 4, 20)) == "yes"


def test_an_agreement_about_a_plan_is_done_in_the_times_of_an_order(case: Assessed) -> None:
    dispute = begin(case, Kind.MEDIATION, by="olli")
    then(case, disputing.held, dispute, BEGUN + DAY, day=BEGUN + DAY)
    then(case, disputing.close, dispute, Result.AGREEMENT, BEGUN + DAY, day=BEGUN + DAY)
    assert (case.row.state, case.row.ordered) == ("drafting", "plan")
    assert row(case, dispute).order_due_on is None
    now = case.affair.case(case.id, "olli", BEGUN + DAY).now
    assert now.due is not None
    assert now.due.on == BEGUN + DAY + 5 * WEEK


def test_an_order_about_the_setting_has_its_day_until_it_is_done(affair: Affair) -> None:
    case = Assessed(affair)
    case.to_draft()
    case.issue()
    day = ISSUED_ON + 4 * WEEK
    dispute = begin(case, Kind.APPEAL, About.SETTING, day=day)
    then(case, disputing.close, dispute, Result.SETTING, day + DAY, day=day + DAY)
    assert disputes.duty(standing(case, dispute)) == (
        "Do what was ordered or agreed",
        day + DAY + 2 * WEEK,
        "authority",
    )
    write_next(case, day + 3 * DAY, i=elmfield())
    named = Named(school_id=case.cast.places["elmfield"])
    then(case, disputing.order_done, dispute, day + 3 * DAY, day=day + 3 * DAY, named=named)
    assert disputes.duty(standing(case, dispute)) is None


def test_an_appeal_against_a_refusal_is_a_dispute_too(affair: Affair) -> None:
    case = Assessed(affair, agree=False)
    affair.decide(case.id)
    affair.appeal(case.id, BEGUN)
    with case.cast.making() as unit:
        (found,) = disputed.disputes_of(unit, case.id, None)
    assert (found.kind, found.about, found.state) == ("appeal", "assess", "open")


@pytest.mark.parametrize(("name", "error"), [("sara", NotAllowed), ("otis", NotFound), ("nora", NotFound)])
def test_others_record_none(case: Assessed, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        begin(case, Kind.MEDIATION, by=name)


def test_what_cannot_be_is_refused(case: Assessed) -> None:
    with pytest.raises(Invalid):
        begin(case, Kind.APPEAL, About.CONTENT)
    with pytest.raises(Invalid):
        begin(case, Kind.APPEAL, day=DECIDED_ON - DAY)
    dispute = begin(case, Kind.APPEAL)
    with pytest.raises(Conflict):
        begin(case, Kind.APPEAL)
    with pytest.raises(Invalid):
        then(case, disputing.close, dispute, Result.AMEND, BEGUN, day=BEGUN)
    then(case, disputing.close, dispute, Result.WITHDRAWN, BEGUN, day=BEGUN, by="pam")
    with pytest.raises(Conflict):
        then(case, disputing.close, dispute, Result.WITHDRAWN, BEGUN, day=BEGUN, by="pam")


def test_an_appeal_against_a_refusal_has_rules_of_its_own_and_goes_by_its_own_deed(affair: Affair) -> None:
    case = Assessed(affair, agree=False)
    affair.decide(case.id)
    with pytest.raises(Conflict) as failure:
        begin(case, Kind.APPEAL, About.ASSESS)
    assert "Say that an appeal has been made" in failure.value.message
    begin(case, Kind.MEDIATION, About.ASSESS)


def test_the_general_form_sends_such_an_appeal_the_same_way(affair: Affair) -> None:
    case = Assessed(affair, agree=False)
    affair.decide(case.id)
    town, href = Town(case).signed_in, f"/cases/{case.id}/disputes/new"
    sent = {"kind": "appeal", "about": "assess"} | on_form(BEGUN)
    with on(BEGUN):
        assert town("pam").post(href, sent).status_code == 303
        assert case.request.appealed_on == BEGUN
        assert case.request.sight_until is None
        again = town("olli").post(href, sent)
        assert again.status_code == 409
        assert "An appeal is on record already." in again.text
    assert case.affair.sees(case.id, "olli", BEGUN + 300 * DAY) == "yes"
    assert [one.detail["on"] for one in affair.on_pupil("assessment.appealed")] == [BEGUN.isoformat()]
    (found,) = [one for one in rows(case) if one.kind == "appeal"]
    assert (found.about, found.state, found.asked_on) == ("assess", "open", BEGUN)


def test_of_a_refusal_the_case_has_the_date_and_no_form_gives_another(affair: Affair) -> None:
    case = Assessed(affair, agree=False)
    affair.decide(case.id)
    sent = {"kind": "appeal", "about": "assess"} | on_form(BEGUN) | on_form(BEGUN - DAY, "decision_on")
    with on(BEGUN):
        page = Town(case).signed_in("pam").post(f"/cases/{case.id}/disputes/new", sent)
    assert page.status_code == 422
    assert "Leave this empty" in page.text
    assert case.request.appealed_on is None


# -- a plan that went to another authority: the case that led to it stays the old one's ------------------


@pytest.fixture
def moved(affair: Affair) -> Assessed:
    case = Assessed(affair)
    case.to_draft()
    case.issue()
    day, plan_id = ISSUED_ON + WEEK, case.plan.id
    with on(day), case.cast.acting("olli") as unit:
        transferring.announce(unit, plan_id, to_la="202", known_on=day, moves_on=day)
    with on(day), case.cast.acting("olli") as unit:
        transferring.hand_over(unit, plan_id, on=day)
    return case


def test_the_old_case_does_not_lead_to_it(moved: Assessed) -> None:
    day = ISSUED_ON + 2 * WEEK
    for about in (About.CONTENT, About.SETTING, About.CEASE):
        with pytest.raises(Invalid) as failure:
            begin(moved, Kind.APPEAL, about, day=day)
        assert set(failure.value.errors) == {"about"}
    with on(day), moved.cast.looking("pam") as unit:
        of = disputed.reach(unit, moved.id)
        assert (of.plan, disputed.decisions(unit, of)) == (None, {})


def test_an_officer_of_the_old_one_who_has_the_case_again_comes_no_nearer(moved: Assessed) -> None:
    day = ISSUED_ON + 2 * WEEK
    dispute = about_the_plan(moved, day)
    row = moved.request
    with moved.cast.making() as unit:
        sight.open_sight(unit, row.id, row.pupil_id, row.authority_id, moved.cast.people["olli"], "R-1")
    with on(day), moved.cast.looking("olli") as unit:
        of = disputed.reach(unit, moved.id)
        assert (of.plan, disputed.disputes_about(unit, of)) == (None, [])
    with pytest.raises(NotFound):
        then(moved, disputing.close, dispute, Result.DISMISSED, day, day=day)


def test_it_is_disputed_by_itself_with_the_new_authority(moved: Assessed) -> None:
    day = ISSUED_ON + 2 * WEEK
    dispute = about_the_plan(moved, day)
    with moved.cast.making() as unit:
        table = disputed.DISPUTES
        found = unit.connection.execute(table.select().where(table.c.id == dispute)).one()
    assert found.authority_id == moved.cast.places["southshire"]


def about_the_plan(moved: Assessed, day: date) -> UUID:
    plan_id = moved.plan.id
    with on(day), moved.cast.acting("pam") as unit:
        return disputing.open_dispute(unit, plan_id, Kind.APPEAL, About.CONTENT, day)
