"""A day of a mediation or an appeal is put right with its reason, and what hangs on it goes by it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from isp import create_app
from isp.audit import Chain
from isp.ehcp.steps import StepCode
from isp.escalations import correcting_disputes, deadlines, disputed, disputing
from isp.escalations.correcting_disputes import Day
from isp.escalations.deadlines import Act
from isp.escalations.disputes import About, Kind, Result
from isp.escalations.upkeep import ceasing, orders
from isp.kernel import clock
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.escalations.assessed import DECIDED_ON, Assessed
from tests.escalations.upkeep_world import NOW, Upkeep
from tests.escalations.world import Affair, on
from tests.people.world import Browser, settings

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
BEGUN = NOW + 2 * DAY
LATER = NOW + 6 * WEEK


def begin(upkeep: Upkeep, kind: Kind, about: About = About.CONTENT) -> UUID:
    found: UUID = upkeep.does(
        "olli", disputing.open_dispute, upkeep.plan, BEGUN, kind=kind, about=about, on=BEGUN, decision_on=NOW
    )
    return found


def then(upkeep: Upkeep, deed: Any, dispute: UUID, *given: Any, day: date) -> None:
    with on(day), upkeep.cast.acting("olli") as unit:
        deed(unit, upkeep.plan, dispute, *given)


def correct(
    upkeep: Upkeep, dispute: UUID, day: Day, to: date, by: str = "olli", when: date = LATER, **more: Any
) -> None:
    said: dict[str, Any] = {
        "dispute_id": dispute,
        "which": day.value,
        "on": to,
        "reason": "A slip of the pen.",
    }
    upkeep.does(by, correcting_disputes.correct, upkeep.plan, when, **{**said, **more})


def row(upkeep: Upkeep, dispute: UUID) -> Any:
    with upkeep.cast.making() as unit:
        table = disputed.DISPUTES
        return unit.connection.execute(table.select().where(table.c.id == dispute)).one()


def order_row(upkeep: Upkeep) -> Any:
    with upkeep.cast.making() as unit:
        return unit.connection.execute(orders.DUTIES.select()).one()


def test_the_day_of_an_appeal_moves_that_of_its_answer(upkeep: Upkeep) -> None:
    dispute = begin(upkeep, Kind.APPEAL)
    correct(upkeep, dispute, Day.ASKED, BEGUN + 2 * DAY)
    held = row(upkeep, dispute)
    assert held.asked_on == BEGUN + 2 * DAY
    assert held.response_due_on == deadlines.due(Act.RESPOND, BEGUN + 2 * DAY).on


def test_what_was_recorded_first_stays_beside_it_with_the_reason(upkeep: Upkeep) -> None:
    dispute = begin(upkeep, Kind.MEDIATION)
    correct(upkeep, dispute, Day.ASKED, BEGUN + DAY)
    (step,) = [one for one in upkeep.steps() if one.code is StepCode.MEDIATION_ASKED]
    assert step.on == BEGUN + DAY
    assert len(step.corrections) == 1


def test_a_certificates_day_moves_the_time_for_which_a_plan_that_ceases_is_kept(upkeep: Upkeep) -> None:
    upkeep.considered()
    upkeep.does("olli", ceasing.decide, upkeep.plan, decided_on=NOW, reasons="The outcomes are reached.")
    dispute = begin(upkeep, Kind.MEDIATION, About.CEASE)
    then(upkeep, disputing.certificate, dispute, NOW + 4 * WEEK, day=NOW + 4 * WEEK)
    correct(upkeep, dispute, Day.CERTIFICATE, LATER)
    with upkeep.cast.making() as unit:
        ending = ceasing.open_ceasing(unit, upkeep.plan)
    assert ending is not None
    assert ending.keep_until == deadlines.appeal_due(NOW, LATER).on


def test_the_day_of_an_order_moves_that_by_which_it_is_done(upkeep: Upkeep) -> None:
    dispute = begin(upkeep, Kind.APPEAL)
    ended = NOW + 3 * WEEK
    then(upkeep, disputing.close, dispute, Result.AMEND, ended, day=ended)
    correct(upkeep, dispute, Day.CLOSED, ended + 3 * DAY)
    held = order_row(upkeep)
    assert (held.from_on, held.due_on) == (ended + 3 * DAY, ended + 5 * WEEK + 3 * DAY)
    assert row(upkeep, dispute).closed_on == ended + 3 * DAY


def test_the_day_on_which_it_was_done_counts_its_lateness_anew(upkeep: Upkeep) -> None:
    dispute = begin(upkeep, Kind.APPEAL)
    ended = NOW + WEEK
    then(upkeep, disputing.close, dispute, Result.AMEND, ended, day=ended)
    then(upkeep, disputing.order_done, dispute, ended + 6 * WEEK, day=ended + 6 * WEEK)
    assert order_row(upkeep).days_late == 7
    correct(upkeep, dispute, Day.DONE, ended + 5 * WEEK, when=NOW + 8 * WEEK)
    assert (order_row(upkeep).done_on, order_row(upkeep).days_late) == (ended + 5 * WEEK, 0)


@pytest.mark.parametrize("to", [NOW - DAY, NOW + 5 * WEEK, LATER + DAY])
def test_no_day_is_before_its_cause_or_after_what_followed(upkeep: Upkeep, to: date) -> None:
    dispute = begin(upkeep, Kind.MEDIATION)
    then(upkeep, disputing.held, dispute, NOW + 4 * WEEK, day=NOW + 4 * WEEK)
    with pytest.raises(Invalid) as failure:
        correct(upkeep, dispute, Day.ASKED, to)
    assert set(failure.value.errors) == {"on"}


def test_a_reason_is_needed_and_another_day(upkeep: Upkeep) -> None:
    dispute = begin(upkeep, Kind.MEDIATION)
    with pytest.raises(Invalid):
        correct(upkeep, dispute, Day.ASKED, BEGUN + DAY, reason=" ")
    with pytest.raises(Conflict):
        correct(upkeep, dispute, Day.ASKED, BEGUN)
    with pytest.raises(Conflict):
        correct(upkeep, dispute, Day.HELD, BEGUN)
    with pytest.raises(Conflict):
        correct(upkeep, dispute, Day.ASKED, BEGUN + DAY, shown=9)


def test_an_end_that_turned_the_case_stays(affair: Affair) -> None:
    case = Assessed(affair)
    case.decide("no_plan")
    begun = DECIDED_ON + 3 * DAY
    with on(begun), case.cast.acting("olli") as unit:
        dispute = disputing.open_dispute(unit, case.id, Kind.APPEAL, About.ISSUE, begun)
    with on(begun + DAY), case.cast.acting("olli") as unit:
        correcting_disputes.correct(
            unit, case.id, dispute, which=Day.ASKED.value, on=begun + DAY, reason="The Tribunal’s stamp."
        )
    assert case.row.appealed_on == begun + DAY
    with on(begun + WEEK), case.cast.acting("olli") as unit:
        disputing.close(unit, case.id, dispute, Result.PLAN, begun + WEEK)
    with on(begun + WEEK), case.cast.acting("olli") as unit, pytest.raises(Conflict, match="gone on"):
        correcting_disputes.correct(
            unit, case.id, dispute, which=Day.CLOSED.value, on=begun + 2 * DAY, reason="No."
        )


def test_only_who_records_ends_corrects(upkeep: Upkeep) -> None:
    dispute = begin(upkeep, Kind.MEDIATION)
    for name, failure in (("pam", NotAllowed), ("sara", NotAllowed), ("sid", NotFound)):
        with pytest.raises(failure):
            correct(upkeep, dispute, Day.ASKED, BEGUN + DAY, name)
    with pytest.raises(NotFound):
        upkeep.does(
            "otis",
            correcting_disputes.correct,
            upkeep.plans["eli"],
            LATER,
            dispute_id=dispute,
            which="asked",
            on=BEGUN + DAY,
            reason="No.",
        )


def test_the_trail_says_both_days(upkeep: Upkeep) -> None:
    dispute = begin(upkeep, Kind.MEDIATION)
    correct(upkeep, dispute, Day.ASKED, BEGUN + DAY)
    (seen,) = upkeep.trail(Chain.pupil(upkeep.cast.pupils["ava"]), "case.corrected")
    assert (seen.detail["from"], seen.detail["to"]) == (BEGUN.isoformat(), (BEGUN + DAY).isoformat())


def test_the_page_offers_the_days_on_record(upkeep: Upkeep) -> None:
    today = clock.today()
    with upkeep.cast.acting("olli") as unit:
        disputing.open_dispute(unit, upkeep.plan, Kind.MEDIATION, About.CONTENT, today, today - 3 * DAY)
    olli = Browser(create_app(settings(), upkeep.cast.store))
    olli.sign_in("olli")
    page = olli.get(f"/ehc-plans/{upkeep.plan}/disputes").text
    path = next(part.split('"')[0] for part in page.split('href="')[1:] if "/correct" in part.split('"')[0])
    form = olli.get(path).text
    assert "It began" in form
    assert "The certificate was given" not in form
    true = today - DAY
    days = {"on-day": str(true.day), "on-month": str(true.month), "on-year": str(true.year)}
    assert olli.post(path, {"which": "asked", "reason": "", **days}).status_code == 422
    assert olli.post(path, {"which": "asked", "reason": "The letter says so.", **days}).status_code == 303
