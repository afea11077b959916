"""Mediation and appeals beside the case: who records them, what their end opens, and by when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from isp.escalations import assessments, disputed, disputes, disputing
from isp.escalations.disputes import About, Kind, Result
from isp.escalations.naming import Named
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.escalations.assessed import DAY, DECIDED_ON, ISSUED_ON, Assessed, elmfield, write_next
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
