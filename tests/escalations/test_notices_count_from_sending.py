"""What runs from a notice runs from the day it was sent, and until that is known from the decision."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from isp.escalations import deadlines, disputing
from isp.escalations.deadlines import counts_from
from isp.escalations.disputes import About, Kind
from isp.escalations.upkeep import ceasing, reassessing
from isp.web.filters import date_words
from tests.escalations.assessed import DECIDED_ON, SENT_ON, Assessed
from tests.escalations.letter_world import begin as begun
from tests.escalations.letter_world import serve, settle_contacts
from tests.escalations.test_due_beside import listed
from tests.escalations.test_letters import owed
from tests.escalations.test_rules_that_change import page_of, tray_of
from tests.escalations.upkeep_world import NOW, Upkeep
from tests.escalations.world import RECEIVED, Affair, on

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


def sent(affair: Any, about: UUID, kind: str, decided_on: date, served_on: date) -> None:
    """A letter dated on the day of the decision that went some days later."""
    letter_id = begun(affair, about, kind, day=decided_on)
    serve(affair, letter_id, day=served_on, served_on=served_on)


def test_it_counts_from_its_sending_and_never_from_before_the_decision() -> None:
    day = date(2026, 11, 2)
    assert counts_from(day, None) == day
    assert counts_from(day, day + 3 * DAY) == day + 3 * DAY
    assert counts_from(day, day - DAY) == day


def test_the_time_to_appeal_a_refusal_to_assess_begins_when_the_letter_is_sent(affair: Affair) -> None:
    settle_contacts(affair)
    case = affair.request()
    affair.decide(case, day=RECEIVED)
    first = deadlines.appeal_due(RECEIVED).on
    assert tray_of(affair.cast, RECEIVED, "may_appeal") == first
    served = RECEIVED + 5 * DAY
    sent(affair, case, "refuse_assess", RECEIVED, served)
    until = deadlines.appeal_due(served).on
    assert until > first
    assert tray_of(affair.cast, served, "may_appeal") == until
    row = affair.row(case)
    assert (row.decided_on, row.notice_on, row.sight_until) == (RECEIVED, served, until)
    assert date_words(until) in page_of(affair.cast, f"/cases/{case}", served)


def test_a_second_letter_moves_nothing(affair: Affair) -> None:
    settle_contacts(affair)
    case = affair.request()
    affair.decide(case, day=RECEIVED)
    sent(affair, case, "refuse_assess", RECEIVED, RECEIVED + 5 * DAY)
    sent(affair, case, "refuse_assess", RECEIVED, RECEIVED + 9 * DAY)
    assert affair.row(case).notice_on == RECEIVED + 5 * DAY


def test_so_does_the_one_against_no_plan_and_a_certificate_is_added_to_it(affair: Affair) -> None:
    settle_contacts(affair)
    case = Assessed(affair)
    case.decide("no_plan")
    served = DECIDED_ON + 4 * DAY
    sent(affair, case.id, "refuse_issue", DECIDED_ON, served)
    until = deadlines.appeal_due(served).on
    assert tray_of(case.cast, served, "no_plan_may_appeal") == until
    assert (case.row.notice_on, case.row.outcome_on, case.request.sight_until) == (served, DECIDED_ON, until)
    with on(served), case.cast.acting("pam") as unit:
        dispute = disputing.open_dispute(unit, case.id, Kind.MEDIATION, About.ISSUE, served)
    with on(served), case.cast.acting("pam") as unit:
        disputing.certificate(unit, case.id, dispute, served)
    assert tray_of(case.cast, served, "mediation_appeal") == until
    assert case.request.sight_until == until


def test_the_fifteen_days_begin_with_the_day_on_which_the_draft_was_served(affair: Affair) -> None:
    settle_contacts(affair)
    case = Assessed(affair)
    case.to_draft()
    assert case.row.answers_until == SENT_ON + 14 * DAY
    served = SENT_ON + 3 * DAY
    letter_id = begun(affair, case.plan.id, "draft_plan", day=served)
    serve(affair, letter_id, day=served, served_on=served)
    assert (case.row.draft_sent_on, case.row.answers_until) == (SENT_ON, served + 14 * DAY)
    row = listed(case.cast, "olli", served)["draft_sent"]
    assert row.waits_until == served + 14 * DAY
    assert date_words(served + 14 * DAY) in page_of(case.cast, f"/cases/{case.id}", served)


def test_a_draft_that_is_sent_anew_begins_anew(affair: Affair) -> None:
    settle_contacts(affair)
    case = Assessed(affair)
    case.to_draft()
    served = SENT_ON + 3 * DAY
    letter_id = begun(affair, case.plan.id, "draft_plan", day=served)
    serve(affair, letter_id, day=served, served_on=served)
    again = served + 5 * DAY
    case.send(again)
    assert (case.row.draft_served_on, case.row.answers_until) == (None, again + 14 * DAY)


def test_the_weeks_after_a_notice_of_amendments_count_from_its_service(upkeep: Upkeep) -> None:
    settle_contacts(upkeep)  # type: ignore[arg-type]
    review = upkeep.noticed()
    noticed = date(2026, 12, 14)
    served = noticed + 2 * DAY
    letter_id = begun(upkeep, review, "review_amend", day=served)  # type: ignore[arg-type]
    serve(upkeep, letter_id, day=served, served_on=served)  # type: ignore[arg-type]
    assert upkeep.row(review).notice_on == served
    assert tray_of(upkeep.cast, served, "review_amending") == served + 8 * WEEK


def test_a_plan_that_is_to_cease_is_kept_to_the_end_of_the_days_after_the_letter(upkeep: Upkeep) -> None:
    settle_contacts(upkeep)  # type: ignore[arg-type]
    upkeep.considered()
    upkeep.does("olli", ceasing.decide, upkeep.plan, decided_on=NOW, reasons="As said.")
    served = NOW + 6 * DAY
    sent(upkeep, upkeep.plan, "cease", NOW, served)
    until = deadlines.appeal_due(served).on
    assert tray_of(upkeep.cast, served, "ceasing") == until
    with on(served), upkeep.cast.making() as unit:
        row = ceasing.open_ceasing(unit, upkeep.plan)
    assert row is not None
    assert (row.notice_on, row.keep_until) == (served, until)


def test_a_refused_re_assessment_is_appealed_from_the_letter_on(upkeep: Upkeep) -> None:
    settle_contacts(upkeep)  # type: ignore[arg-type]
    upkeep.does(
        "olli", reassessing.ask, upkeep.plan, received_on=NOW, source="parent", reasons="Much changed."
    )
    refusal: dict[str, Any] = {"decision": reassessing.REFUSE, "refusal": "unnecessary", "decided_on": NOW}
    upkeep.does("olli", reassessing.decide, upkeep.plan, reasons="Nothing is new.", **refusal)
    served = NOW + 2 * DAY
    sent(upkeep, upkeep.plan, "refuse_reassess", NOW, served)
    assert tray_of(upkeep.cast, served, "reassessment_refused") == deadlines.appeal_due(served).on


@pytest.mark.parametrize("kind", ["will_assess"])
def test_a_letter_that_nothing_runs_from_moves_nothing(affair: Affair, kind: str) -> None:
    settle_contacts(affair)
    case = affair.request()
    affair.decide(case, "agree", day=RECEIVED)
    sent(affair, case, kind, RECEIVED, RECEIVED + DAY)
    assert affair.row(case).notice_on is None


def test_the_letter_that_the_end_is_considered_is_owed_once_and_not_again_after_a_review(
    upkeep: Upkeep,
) -> None:
    settle_contacts(upkeep)  # type: ignore[arg-type]
    upkeep.considered()
    assert "consider_cease" in owed(upkeep, upkeep.plan, NOW)  # type: ignore[arg-type]
    sent(upkeep, upkeep.plan, "consider_cease", NOW, NOW)
    review = upkeep.to_decide()
    upkeep.decided(review, "cease")
    found = owed(upkeep, upkeep.plan, date(2026, 12, 14))  # type: ignore[arg-type]
    assert "consider_cease" not in found
    assert "cease" in found
