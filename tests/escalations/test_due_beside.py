"""What is due beside the course of a case stands in the tray, with its day and who must act."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.escalations import disputing, duties, keeping, queries
from isp.escalations.disputes import About, Kind, Result
from isp.escalations.duty import NO_DAY
from isp.escalations.naming import Named
from isp.escalations.upkeep import ceasing, orders, reassessing, transferring
from isp.escalations.work import tray
from isp.escalations.work.tray import Asked
from isp.kernel.workdays import add_working_days
from tests.escalations.assessed import DAY, DECIDED_ON, ISSUED_ON, Assessed, elmfield, write_next
from tests.escalations.upkeep_world import NOW, Upkeep
from tests.escalations.world import Affair, on

WEEK = timedelta(weeks=1)
BEGUN = DECIDED_ON + 3 * DAY


def listed(cast: Any, by: str, day: date) -> dict[str, Any]:
    """What an officer's own tray has on a day, by stage."""
    with on(day), cast.looking(by) as unit:
        return {row.stage: row for row in tray.tray(unit, Asked(), limit=50)}


def told(row: Any, day: date) -> tuple[date, str]:
    return row.due_on, duties.turn_on(row, day)


def days_pass(cast: Any, day: date) -> None:
    """The job has run on this day: as often as it finds something."""
    for _ in range(5):
        with on(day), cast.making() as unit:
            if not keeping.keep_missing(unit):
                return
    raise AssertionError("the job finds something each time that it runs")


def stored(cast: Any) -> set[UUID]:
    with cast.making() as unit:
        return set(unit.connection.scalars(select(keeping.DUTIES.c.subject_id)))


def no_plan(affair: Affair) -> Assessed:
    made = Assessed(affair)
    made.decide("no_plan")
    return made


def issued(affair: Affair) -> Assessed:
    made = Assessed(affair)
    made.to_draft()
    made.issue()
    return made


def begun(case: Assessed, kind: Kind, about: About, day: date) -> UUID:
    with on(day), case.cast.acting("pam") as unit:
        return disputing.open_dispute(unit, case.id, kind, about, day)


def then(case: Assessed, deed: Any, dispute: UUID, *given: Any, day: date, **more: Any) -> None:
    with on(day), case.cast.acting("olli") as unit:
        deed(unit, case.id, dispute, *given, **more)


def test_mediation_is_to_take_place_within_thirty_days(affair: Affair) -> None:
    case = no_plan(affair)
    begun(case, Kind.MEDIATION, About.ISSUE, BEGUN)
    row = listed(case.cast, "olli", BEGUN)["mediation"]
    assert told(row, BEGUN) == (BEGUN + 30 * DAY, "authority")
    assert (row.act, row.case_id, row.officer_id) == ("mediate", case.id, affair.person("olli"))


def test_after_it_was_held_the_adviser_gives_the_certificate(affair: Affair) -> None:
    case = no_plan(affair)
    dispute = begun(case, Kind.MEDIATION, About.ISSUE, BEGUN)
    then(case, disputing.held, dispute, BEGUN + DAY, day=BEGUN + DAY)
    row = listed(case.cast, "olli", BEGUN + DAY)["mediation_held"]
    assert told(row, BEGUN + DAY) == (add_working_days(BEGUN + DAY, 3), "mediator")


def test_with_the_certificate_the_family_has_a_month_and_then_the_end_is_to_be_recorded(
    affair: Affair,
) -> None:
    case = issued(affair)
    day = ISSUED_ON + 10 * WEEK
    dispute = begun(case, Kind.MEDIATION, About.CONTENT, day)
    then(case, disputing.certificate, dispute, day, day=day)
    row = listed(case.cast, "olli", day)["mediation_appeal"]
    assert row.turn == "family"
    assert row.due_on > day + 4 * WEEK
    over = row.turns_on
    days_pass(case.cast, over)
    row = listed(case.cast, "olli", over)["mediation_over"]
    assert told(row, over) == (NO_DAY, "authority")
    then(case, disputing.close, dispute, Result.NO_AGREEMENT, over, day=over)
    assert dispute not in stored(case.cast)


def test_an_appeal_is_to_be_answered_and_then_waits_for_the_tribunal(affair: Affair) -> None:
    case = no_plan(affair)
    dispute = begun(case, Kind.APPEAL, About.ISSUE, BEGUN)
    there = listed(case.cast, "olli", BEGUN)
    assert set(there) == {"appeal_answer"}
    assert told(there["appeal_answer"], BEGUN) == (date(2027, 3, 11), "authority")
    then(case, disputing.hearing, dispute, BEGUN + 90 * DAY, day=BEGUN + DAY)
    row = listed(case.cast, "olli", BEGUN + DAY)["appeal_hearing"]
    assert told(row, BEGUN + DAY) == (BEGUN + 90 * DAY, "tribunal")


def test_an_appeal_against_a_refusal_is_answered_too(affair: Affair) -> None:
    case = Assessed(affair, agree=False)
    affair.decide(case.id)
    affair.appeal(case.id, DECIDED_ON)
    assert set(listed(case.cast, "olli", DECIDED_ON)) == {"appeal_answer"}


def test_what_an_appeal_ends_with_is_one_duty_of_the_plan(affair: Affair) -> None:
    case = issued(affair)
    day = ISSUED_ON + 4 * WEEK
    dispute = begun(case, Kind.APPEAL, About.SETTING, day)
    then(case, disputing.close, dispute, Result.SETTING, day, day=day)
    row = listed(case.cast, "olli", day)["ordered"]
    assert (told(row, day), row.act) == ((day + 2 * WEEK, "authority"), "order_setting")
    with case.cast.making() as unit:
        (owed,) = unit.connection.execute(orders.DUTIES.select()).all()
    assert (owed.dispute_id, row.subject_id) == (dispute, owed.id)
    write_next(case, day + 3 * WEEK, i=elmfield())
    named = Named(school_id=case.cast.places["elmfield"])
    then(case, disputing.order_done, dispute, day + 3 * WEEK, day=day + 3 * WEEK, named=named)
    with case.cast.making() as unit:
        (owed,) = unit.connection.execute(orders.DUTIES.select()).all()
    assert (owed.done_on, owed.days_late) == (day + 3 * WEEK, 7)
    assert "ordered" not in listed(case.cast, "olli", day + 3 * WEEK)


def test_what_was_agreed_beside_what_can_be_appealed_has_two_weeks(affair: Affair) -> None:
    case = no_plan(affair)
    dispute = begun(case, Kind.MEDIATION, About.ISSUE, BEGUN)
    then(case, disputing.held, dispute, BEGUN, day=BEGUN)
    then(case, disputing.close, dispute, Result.OTHER_AGREEMENT, BEGUN, day=BEGUN)
    row = listed(case.cast, "olli", BEGUN)["agreed"]
    assert told(row, BEGUN) == (BEGUN + 2 * WEEK, "authority")
    then(case, disputing.order_done, dispute, BEGUN, day=BEGUN)
    assert "agreed" not in listed(case.cast, "olli", BEGUN)


def test_a_request_to_assess_again_is_answered_in_fifteen_days(upkeep: Upkeep) -> None:
    upkeep.does("sara", reassessing.ask, upkeep.plan, received_on=NOW, reasons="He has changed.")
    row = listed(upkeep.cast, "olli", NOW)["reassessment_asked"]
    assert (told(row, NOW), row.act) == ((NOW + 15 * DAY, "authority"), "reassess")
    assert row.plan_id == upkeep.plan
    refused: dict[str, Any] = {
        "decision": "refuse",
        "refusal": "unnecessary",
        "reasons": "No.",
        "decided_on": NOW,
    }
    upkeep.does("olli", reassessing.decide, upkeep.plan, **refused)
    row = listed(upkeep.cast, "olli", NOW)["reassessment_refused"]
    assert row.turn == "family"
    days_pass(upkeep.cast, row.turns_on)
    assert row.subject_id not in stored(upkeep.cast)


def test_a_reassessment_stands_with_its_officer_and_its_fourteen_weeks(upkeep: Upkeep) -> None:
    upkeep.does("sara", reassessing.ask, upkeep.plan, received_on=NOW, reasons="He has changed.")
    agreed: dict[str, Any] = {"decision": "agree", "refusal": None, "reasons": "Yes.", "decided_on": NOW}
    upkeep.does("olli", reassessing.decide, upkeep.plan, **agreed)
    row = listed(upkeep.cast, "olli", NOW)["assessing"]
    assert told(row, NOW) == (NOW + 14 * WEEK, "authority")
    assert (row.officer_id, row.plan_id) == (upkeep.cast.people["olli"], upkeep.plan)
    with upkeep.cast.making() as unit:
        case = queries.row_of(unit, row.case_id)
    assert (case.reassesses, case.reference) == (upkeep.plan, row.reference)


def test_a_move_is_due_with_the_old_authority_and_then_with_the_new_one(upkeep: Upkeep) -> None:
    upkeep.does("olli", transferring.announce, upkeep.plan, to_la="202", known_on=NOW, moves_on=NOW)
    row = listed(upkeep.cast, "olli", NOW)["moving"]
    assert told(row, NOW) == (date(2026, 11, 20), "authority")
    upkeep.does("olli", transferring.hand_over, upkeep.plan, on=NOW)
    assert "moving" not in listed(upkeep.cast, "olli", NOW)
    row = listed(upkeep.cast, "sid", NOW)["moved_in"]
    assert told(row, NOW) == (NOW + 6 * WEEK, "authority")
    said: dict[str, Any] = {"told_on": NOW, "will_assess": False, "review_by": date(2027, 1, 15)}
    upkeep.does("sid", transferring.tell_family, upkeep.plan, **said)
    assert "moved_in" not in listed(upkeep.cast, "sid", NOW)


def test_a_plan_that_is_to_cease_is_the_authoritys_again_once_the_time_to_appeal_is_over(
    upkeep: Upkeep,
) -> None:
    upkeep.considered()
    upkeep.does("olli", ceasing.decide, upkeep.plan, decided_on=NOW, reasons="Done")
    row = listed(upkeep.cast, "olli", NOW)["ceasing"]
    assert row.turn == "family"
    days_pass(upkeep.cast, row.turns_on)
    assert told(listed(upkeep.cast, "olli", row.turns_on)["ceasing_over"], row.turns_on)[1] == "authority"


def test_what_was_never_kept_is_kept_by_the_job(upkeep: Upkeep) -> None:
    upkeep.does("sara", reassessing.ask, upkeep.plan, received_on=NOW, reasons="He has changed.")
    upkeep.does("olli", orders.record_order, upkeep.plan, act="order_amend", on=NOW)
    with on(NOW), upkeep.cast.making() as unit:
        unit.connection.execute(keeping.DUTIES.delete())
    days_pass(upkeep.cast, NOW)
    assert {"reassessment_asked", "ordered", "in_force"} <= set(listed(upkeep.cast, "olli", NOW))


def test_the_forecast_says_who_must_act(affair: Affair) -> None:
    case = no_plan(affair)
    dispute = begun(case, Kind.MEDIATION, About.ISSUE, BEGUN)
    then(case, disputing.held, dispute, BEGUN, day=BEGUN)
    with on(BEGUN), case.cast.looking("olli") as unit:
        found = {(row.stage, row.turn) for row in tray.forecast(unit, limit=50)}
    assert ("mediation_held", "mediator") in found
