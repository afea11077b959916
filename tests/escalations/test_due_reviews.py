"""Invitations and papers of a review are due two weeks before its meeting: in the tray and the tracker."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from isp import create_app
from isp.escalations.upkeep import reviewing
from isp.escalations.work import tray
from isp.escalations.work.tray import Asked
from tests.escalations.test_after_the_plan import page
from tests.escalations.test_due_beside import days_pass
from tests.escalations.test_tracker import listed
from tests.escalations.upkeep_world import DUE, MEETING, NOW, Upkeep
from tests.escalations.world import on
from tests.people.world import Browser, settings

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


def row_of(upkeep: Upkeep, review: UUID, day: date = NOW) -> Any:
    with on(day), upkeep.cast.looking("olli") as unit:
        (found,) = [row for row in tray.tray(unit, Asked(), limit=50) if row.subject_id == review]
        return found


def late(upkeep: Upkeep, day: date) -> bool:
    return upkeep.plan in [one.plan.id for one in listed(upkeep, "olli", day, show="late")]


def test_the_school_invites_two_weeks_before_the_last_day_of_the_review(upkeep: Upkeep) -> None:
    review = upkeep.opened()
    row = row_of(upkeep, review)
    assert (row.act, row.due_on, row.turn, row.stage) == ("invite", DUE - 2 * WEEK, "school", "review_due")
    assert row.officer_id == upkeep.cast.people["olli"]
    tracked = next(one for one in listed(upkeep, "olli") if one.plan.id == upkeep.plan)
    assert tracked.next is not None
    assert tracked.next.due is not None
    assert tracked.next.due.on == DUE - 2 * WEEK
    assert "2 weeks before" in tracked.next.due.why
    assert not late(upkeep, DUE - 2 * WEEK)
    assert late(upkeep, DUE - 2 * WEEK + DAY)


def test_the_forecast_says_that_the_school_must_invite(upkeep: Upkeep) -> None:
    review = upkeep.opened()
    with on(DUE - 4 * WEEK + DAY), upkeep.cast.looking("olli") as unit:
        (row,) = [one for one in tray.forecast(unit, limit=50) if one.subject_id == review]
    assert (row.act, row.turn) == ("invite", "school")


def test_before_a_change_of_phase_the_invitations_go_in_time_for_that_day(upkeep: Upkeep) -> None:
    review = upkeep.opened(kind="phase_other", due_on=date(2027, 1, 4))
    assert row_of(upkeep, review).due_on == date(2027, 1, 4) - 2 * WEEK


def test_the_advice_goes_round_two_weeks_before_the_meeting(upkeep: Upkeep) -> None:
    review = upkeep.opened()
    upkeep.invited(review)
    row = row_of(upkeep, review)
    assert (row.act, row.due_on, row.turn) == ("circulate", MEETING - 2 * WEEK, "school")
    assert late(upkeep, MEETING - 2 * WEEK + DAY)
    upkeep.does("sara", reviewing.send_papers, review, sent_on=NOW)
    row = row_of(upkeep, review)
    assert (row.act, row.due_on) == ("review", DUE)
    assert not late(upkeep, MEETING)


def test_past_the_day_of_the_meeting_nobody_waits_for_its_papers(upkeep: Upkeep) -> None:
    review = upkeep.opened()
    upkeep.invited(review)
    assert row_of(upkeep, review).turns_on == MEETING + DAY
    days_pass(upkeep.cast, MEETING)
    assert row_of(upkeep, review, MEETING).act == "circulate"
    days_pass(upkeep.cast, MEETING + DAY)
    row = row_of(upkeep, review, MEETING + DAY)
    assert (row.act, row.due_on, row.turns_on) == ("review", DUE, None)


def test_a_family_reads_of_the_meeting_and_not_by_when_papers_go_round(upkeep: Upkeep) -> None:
    review = upkeep.opened()
    assert "11 January 2027" in page(upkeep).text
    upkeep.invited(review)
    assert "23 November 2026" in page(upkeep).text


def test_the_page_of_the_plan_and_the_tray_say_what_is_to_be_done(upkeep: Upkeep) -> None:
    upkeep.opened()
    with on(DUE - 2 * WEEK):
        browser = Browser(create_app(settings(), upkeep.cast.store))
        browser.sign_in("olli")
        assert "Invite to the review meeting" in browser.get("/cases/forecast").text
        assert "28 December 2026" in browser.get("/cases").text
