"""Why a date about a plan could not be kept: of a re-assessment or an order, moved and never waived."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from isp import create_app
from isp.access.policy import Permission
from isp.audit import Chain
from isp.escalations import assessing, disputing, excusing
from isp.escalations.deadlines import Circumstance
from isp.escalations.disputes import About, Kind, Result
from isp.escalations.upkeep import doors, orders, reassessing
from isp.escalations.upkeep import excusing as of_plans
from isp.escalations.work import tray
from isp.escalations.work.tray import Asked
from isp.kernel import clock
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.escalations.assessed import DECIDED_ON, Assessed
from tests.escalations.upkeep_world import NOW, Upkeep
from tests.escalations.world import Affair, on
from tests.people.world import Browser, settings

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
LATER = NOW + 4 * WEEK


def ordered(upkeep: Upkeep, act: str = "order_amend") -> UUID:
    found: UUID = upkeep.does("olli", orders.record_order, upkeep.plan, act=act, on=NOW)
    return found


def reassessed(upkeep: Upkeep) -> None:
    upkeep.does("sara", reassessing.ask, upkeep.plan, received_on=NOW, reasons="He has changed.")
    said: dict[str, Any] = {"decision": "agree", "refusal": None, "reasons": "Yes.", "decided_on": NOW}
    upkeep.does("olli", reassessing.decide, upkeep.plan, **said)


def excuse(upkeep: Upkeep, by: str = "olli", day: date = LATER, **more: Any) -> UUID:
    said: dict[str, Any] = {
        "code": "absent_two_weeks",
        "begins": NOW + DAY,
        "ends": NOW + 14 * DAY,
        "reason": "Nobody could be met.",
        "evidence": "The family’s letter.",
    }
    found: UUID = upkeep.does(by, of_plans.record_circumstance, upkeep.plan, day, **{**said, **more})
    return found


def due(upkeep: Upkeep, stage: str, day: date = LATER) -> date:
    with on(day), upkeep.cast.looking("olli") as unit:
        found = {row.stage: row for row in tray.tray(unit, Asked(), limit=50)}
    day_of: date = found[stage].due_on
    return day_of


def order_row(upkeep: Upkeep) -> Any:
    with upkeep.cast.making() as unit:
        return unit.connection.execute(orders.DUTIES.select()).one()


def assessment(upkeep: Upkeep) -> Any:
    with upkeep.cast.making() as unit:
        return unit.connection.execute(doors.ASSESSMENTS.select()).one()


def test_two_weeks_away_move_the_day_of_an_order(upkeep: Upkeep) -> None:
    ordered(upkeep)
    assert due(upkeep, "ordered") == NOW + 5 * WEEK
    excuse(upkeep)
    assert due(upkeep, "ordered") == NOW + 7 * WEEK
    assert order_row(upkeep).due_on == NOW + 5 * WEEK


def test_an_order_done_late_keeps_both_counts(upkeep: Upkeep) -> None:
    duty_id = ordered(upkeep)
    excuse(upkeep)
    day = NOW + 7 * WEEK + 2 * DAY
    upkeep.does("olli", orders.done, upkeep.plan, day, duty_id=duty_id, on=day)
    assert (order_row(upkeep).days_late, order_row(upkeep).days_unexcused) == (16, 2)


def excuse_in_the_case(upkeep: Upkeep, told: Circumstance) -> None:
    """A re-assessment is a case of its own: what excuses its dates is recorded there."""
    case = assessment(upkeep).request_id
    with on(LATER), upkeep.cast.acting("olli") as unit:
        excusing.record_circumstance(unit, case, told, reason="Nobody could be met.", evidence="A letter.")


def test_four_weeks_away_move_the_fourteen_weeks_of_a_reassessment(upkeep: Upkeep) -> None:
    reassessed(upkeep)
    excuse_in_the_case(upkeep, Circumstance("absent", NOW + DAY, NOW + 28 * DAY))
    assert due(upkeep, "assessing") == NOW + 18 * WEEK


def test_two_weeks_excuse_a_reassessment_only_where_it_was_ordered(upkeep: Upkeep) -> None:
    reassessed(upkeep)
    with pytest.raises(Invalid) as failure:
        excuse_in_the_case(upkeep, Circumstance("absent_two_weeks", NOW + DAY, NOW + 14 * DAY))
    assert set(failure.value.errors) == {"code"}


def test_a_reassessment_that_was_ordered_runs_on_the_orders_limits(upkeep: Upkeep) -> None:
    with on(NOW), upkeep.cast.acting("olli") as unit:
        _, may = doors.allowed_plan(unit, upkeep.plan, Permission.EHC_REVIEW_DECIDE)
        orders.follow(unit, may, upkeep.plan, "reassess", "reassess", NOW)
    assert due(upkeep, "assessing", NOW) == NOW + 2 * WEEK
    case = assessment(upkeep).request_id
    for wrong in (False, True):
        with on(NOW), upkeep.cast.acting("olli") as unit:
            if wrong:
                with pytest.raises(Conflict):
                    assessing.tell_begun(unit, case, NOW)
            else:
                assessing.tell_begun(unit, case, NOW)
    assert due(upkeep, "assessing", NOW) == NOW + 10 * WEEK
    excuse_in_the_case(upkeep, Circumstance("absent_two_weeks", NOW + DAY, NOW + 14 * DAY))
    assert due(upkeep, "assessing") == NOW + 12 * WEEK


def test_the_dates_of_a_reassessment_are_not_excused_with_the_plan(upkeep: Upkeep) -> None:
    reassessed(upkeep)
    with pytest.raises(Conflict):
        excuse(upkeep, code="absent", ends=NOW + 28 * DAY)


def test_taken_back_the_dates_are_what_they_were(upkeep: Upkeep) -> None:
    ordered(upkeep)
    held = excuse(upkeep)
    with pytest.raises(Invalid):
        upkeep.does("olli", of_plans.take_back, upkeep.plan, LATER, circumstance_id=held, reason=" ")
    upkeep.does("mia", of_plans.take_back, upkeep.plan, LATER, circumstance_id=held, reason="Another child.")
    assert due(upkeep, "ordered") == NOW + 5 * WEEK
    with pytest.raises(Conflict):
        upkeep.does("olli", of_plans.take_back, upkeep.plan, LATER, circumstance_id=held, reason="Again")


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("code", {"code": "school_closed"}),
        ("ends", {"ends": NOW + 8 * DAY}),
        ("begins", {"begins": LATER + DAY, "ends": LATER + 20 * DAY}),
        ("reason", {"reason": " "}),
        ("evidence", {"evidence": " "}),
    ],
)
def test_what_excuses_no_order_is_refused(upkeep: Upkeep, field: str, more: dict[str, Any]) -> None:
    ordered(upkeep)
    with pytest.raises(Invalid) as failure:
        excuse(upkeep, **more)
    assert field in failure.value.errors


def test_it_is_recorded_once_and_only_while_a_date_runs(upkeep: Upkeep) -> None:
    with pytest.raises(Conflict, match="No date runs"):
        excuse(upkeep)
    ordered(upkeep)
    excuse(upkeep)
    with pytest.raises(Conflict, match="already"):
        excuse(upkeep)


def test_only_the_plans_authority_records_or_takes_back(upkeep: Upkeep) -> None:
    ordered(upkeep)
    held = excuse(upkeep)
    for name, failure in (("sara", NotAllowed), ("pam", NotAllowed), ("sid", NotFound)):
        with pytest.raises(failure):
            excuse(upkeep, name)
        with pytest.raises(failure):
            upkeep.does(name, of_plans.take_back, upkeep.plan, LATER, circumstance_id=held, reason="No.")
    with pytest.raises(NotFound):
        upkeep.does(
            "otis", of_plans.take_back, upkeep.plans["eli"], LATER, circumstance_id=held, reason="No."
        )


def test_the_trail_says_that_and_for_which_days(upkeep: Upkeep) -> None:
    ordered(upkeep)
    held = excuse(upkeep)
    upkeep.does("olli", of_plans.take_back, upkeep.plan, LATER, circumstance_id=held, reason="Another child.")
    chain = Chain.pupil(upkeep.cast.pupils["ava"])
    (seen,) = upkeep.trail(chain, "assessment.excused")
    assert (seen.detail["code"], seen.detail["from"]) == ("absent_two_weeks", (NOW + DAY).isoformat())
    assert len(upkeep.trail(chain, "assessment.not_excused")) == 1


def test_the_page_shows_it_and_takes_it_back(upkeep: Upkeep) -> None:
    today = clock.today()
    upkeep.does("olli", orders.record_order, upkeep.plan, today, act="order_amend", on=today)
    olli = Browser(create_app(settings(), upkeep.cast.store))
    olli.sign_in("olli")
    home = f"/ehc-plans/{upkeep.plan}"
    told = {"code": "circumstances", "reason": "A death in the family.", "evidence": "A call."}
    days = {
        f"{name}-{part}": str(getattr(today, part))
        for name in ("begins", "ends")
        for part in ("day", "month", "year")
    }
    assert olli.post(f"{home}/excuse", told | days | {"reason": ""}).status_code == 422
    assert olli.post(f"{home}/excuse", told | days).status_code == 303
    page = olli.get(f"{home}/reviews").text
    assert "A death in the family." in page
    assert "1 day left out under regulation 44(3)" in page or "circumstances" in page
    (path,) = {part.split('"')[0] for part in page.split('href="')[1:] if "/take-back" in part.split('"')[0]}
    assert olli.post(path, {"reason": "Not so."}).status_code == 303
    assert "A death in the family." not in olli.get(f"{home}/reviews").text


def test_after_an_order_to_make_a_plan_the_orders_own_excuses_move_its_dates(affair: Affair) -> None:
    case = Assessed(affair)
    case.decide("no_plan")
    begun = DECIDED_ON + 3 * DAY
    with on(begun), case.cast.acting("pam") as unit:
        dispute = disputing.open_dispute(unit, case.id, Kind.APPEAL, About.ISSUE, begun)
    ended = begun + 10 * WEEK
    with on(ended), case.cast.acting("olli") as unit:
        disputing.close(unit, case.id, dispute, Result.PLAN, ended)
    now = affair.case(case.id, "olli", ended).now
    assert now.due is not None
    assert now.due.on == ended + 5 * WEEK
    later = ended + 3 * WEEK
    with on(later), case.cast.acting("olli") as unit:
        told = Circumstance("absent_two_weeks", ended + DAY, ended + 14 * DAY)
        excusing.record_circumstance(unit, case.id, told, reason="Away.", evidence="A letter.")
    moved = affair.case(case.id, "olli", later).now
    assert moved.due is not None
    assert moved.due.on == ended + 7 * WEEK
    assert "regulation 44(3)" in moved.due.why
