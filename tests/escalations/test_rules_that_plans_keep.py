"""Other limits come into force while a review, an order or a move runs: each keeps those it began under."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from isp.escalations import deadlines
from isp.escalations.upkeep import amending, ceasing, orders, reassessing, transferring
from isp.web.filters import date_words
from tests.escalations.test_rules_that_change import Law, page_of, tray_of
from tests.escalations.upkeep_world import DUE, MEETING, NOW, Upkeep
from tests.escalations.world import on

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
OLD = "2014-09-01"
CHANGED_ON = NOW + DAY


@pytest.fixture
def law(monkeypatch: pytest.MonkeyPatch) -> Law:
    return Law(monkeypatch)


def plan_page(upkeep: Upkeep, day: date) -> str:
    return page_of(upkeep.cast, f"/ehc-plans/{upkeep.plan}/reviews", day)


def test_a_review_that_was_open_before_the_change_goes_on_as_it_began(upkeep: Upkeep, law: Law) -> None:
    review = upkeep.opened()
    law.changes(CHANGED_ON)
    assert tray_of(upkeep.cast, NOW, "review_due") == DUE - 2 * WEEK
    upkeep.invited(review)
    upkeep.held(review)
    assert tray_of(upkeep.cast, MEETING, "review_held") == MEETING + 2 * WEEK
    page = page_of(upkeep.cast, f"/annual-reviews/{review}", MEETING)
    assert date_words(MEETING + 2 * WEEK) in page
    upkeep.reported(review)
    assert tray_of(upkeep.cast, date(2026, 12, 1), "review_reported") == MEETING + 4 * WEEK
    upkeep.decided(review, "amend", day=MEETING + 4 * WEEK)
    row = upkeep.row(review)
    assert (row.days_late, row.rules) == (0, OLD)
    notice = MEETING + 4 * WEEK
    upkeep.does("olli", amending.send_notice, review, notice, notice_on=notice, changes="Section F")
    assert tray_of(upkeep.cast, notice, "review_amending") == notice + 8 * WEEK
    last = notice + 8 * WEEK
    upkeep.does("olli", amending.send_amended, review, last, on=last, answered=True)
    assert upkeep.row(review).final_days_late == 0


def test_a_review_opened_after_the_change_has_the_new_limits(upkeep: Upkeep, law: Law) -> None:
    law.changes(NOW)
    review = upkeep.opened()
    assert tray_of(upkeep.cast, NOW, "review_due") == DUE - 4 * WEEK
    upkeep.invited(review, why_short="The head is away.")
    upkeep.held(review)
    assert tray_of(upkeep.cast, MEETING, "review_held") == MEETING + WEEK
    upkeep.reported(review)
    upkeep.decided(review, "maintain", day=MEETING + 4 * WEEK)
    row = upkeep.row(review)
    assert (row.days_late, row.rules) == (7, NOW.isoformat())


def test_an_order_from_before_the_change_is_done_by_its_own_day(upkeep: Upkeep, law: Law) -> None:
    upkeep.does("olli", orders.record_order, upkeep.plan, act="order_amend", on=NOW)
    law.changes(CHANGED_ON)
    assert tray_of(upkeep.cast, NOW, "ordered") == NOW + 5 * WEEK
    assert date_words(NOW + 5 * WEEK) in plan_page(upkeep, CHANGED_ON)


def test_the_end_of_a_plan_keeps_the_rules_of_the_day_it_was_first_considered(
    upkeep: Upkeep, law: Law
) -> None:
    upkeep.considered()
    law.changes(CHANGED_ON)
    day = CHANGED_ON + DAY
    upkeep.does("olli", ceasing.decide, upkeep.plan, day, decided_on=day, reasons="As said.")
    until = deadlines.appeal_due(day, version=OLD).on
    assert tray_of(upkeep.cast, day, "ceasing") == until
    assert date_words(until) in plan_page(upkeep, day)


def test_a_refused_re_assessment_keeps_the_rules_of_its_request(upkeep: Upkeep, law: Law) -> None:
    asked: dict[str, Any] = {"received_on": NOW, "source": "parent", "reasons": "Much has changed."}
    upkeep.does("olli", reassessing.ask, upkeep.plan, **asked)
    law.changes(CHANGED_ON)
    assert tray_of(upkeep.cast, NOW, "reassessment_asked") == NOW + 15 * DAY
    day = NOW + 9 * DAY
    refusal = {
        "decision": reassessing.REFUSE,
        "refusal": "unnecessary",
        "reasons": "Nothing is new.",
        "decided_on": day,
    }
    upkeep.does("olli", reassessing.decide, upkeep.plan, day, **refusal)
    until = deadlines.appeal_due(day, version=OLD).on
    assert tray_of(upkeep.cast, day, "reassessment_refused") == until


def test_a_move_keeps_the_rules_of_the_day_it_became_known(upkeep: Upkeep, law: Law) -> None:
    upkeep.does("olli", transferring.announce, upkeep.plan, to_la="202", known_on=NOW, moves_on=NOW)
    law.changes(CHANGED_ON)
    upkeep.does("olli", transferring.hand_over, upkeep.plan, CHANGED_ON, on=CHANGED_ON)
    row = upkeep.plan_row()
    with on(CHANGED_ON), upkeep.cast.making() as unit:
        move = transferring.last_move(unit, row.id)
    assert transferring.to_tell(move).on == CHANGED_ON + 6 * WEEK
