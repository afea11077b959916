"""Amending a plan in force: the notice, the family's fifteen days, the amended plan, or none after all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from isp.ehcp.steps import StepCode
from isp.escalations.upkeep import amending
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.escalations.upkeep_world import NOW, Upkeep

NOTICE = date(2026, 12, 14)


def test_a_notice_after_four_weeks_from_the_meeting_is_late(upkeep: Upkeep) -> None:
    review_id = upkeep.to_decide()
    upkeep.decided(review_id, "amend")
    late = date(2026, 12, 23)
    upkeep.does("olli", amending.send_notice, review_id, late, notice_on=late, changes="Section F")
    assert upkeep.row(review_id).notice_on == late
    assert upkeep.steps()[-1].code is StepCode.AMENDMENT_NOTICE


def test_there_is_one_notice(upkeep: Upkeep) -> None:
    review_id = upkeep.noticed()
    with pytest.raises(Conflict):
        upkeep.does("olli", amending.send_notice, review_id, NOTICE, notice_on=NOTICE, changes="More")


def test_the_family_has_fifteen_days_beginning_with_the_notice(upkeep: Upkeep) -> None:
    review_id = upkeep.noticed()
    last = NOTICE + timedelta(days=14)
    with pytest.raises(Invalid) as failure:
        upkeep.does("olli", amending.send_amended, review_id, last, on=last, answered=False)
    assert "28 December 2026" in failure.value.errors["answered"]
    upkeep.does("olli", amending.send_amended, review_id, last, on=last, answered=True)


def test_the_amended_plan_closes_the_review_and_dates_the_plan(upkeep: Upkeep) -> None:
    review_id = upkeep.noticed()
    day = NOTICE + timedelta(weeks=8, days=2)
    upkeep.does("olli", amending.send_amended, review_id, day, on=day, answered=False)
    row = upkeep.row(review_id)
    assert (row.state, row.amended, row.final_on, row.final_days_late) == ("closed", True, day, 2)
    assert upkeep.plan_row().made_on == day


def test_after_the_notice_the_plan_may_stay_as_it_is_for_reasons(upkeep: Upkeep) -> None:
    review_id = upkeep.noticed()
    day = NOTICE + timedelta(weeks=4)
    with pytest.raises(Invalid):
        upkeep.does("olli", amending.leave_as_it_is, review_id, day, on=day, reasons=" ")
    upkeep.does("olli", amending.leave_as_it_is, review_id, day, on=day, reasons="It works as it is.")
    row = upkeep.row(review_id)
    assert (row.state, row.amended, row.final_days_late) == ("closed", False, 0)


def test_an_amendment_outside_a_review_moves_no_date_of_the_review(upkeep: Upkeep) -> None:
    before = upkeep.plan_row()
    review_id = upkeep.does("olli", amending.propose_change, upkeep.plan, notice_on=NOW, changes="Section I")
    row = upkeep.row(review_id)
    assert (row.kind, row.state, row.notice_on, row.decided_on) == ("change", "amending", NOW, None)
    day = NOW + timedelta(days=15)
    upkeep.does("olli", amending.send_amended, review_id, day, on=day, answered=False)
    after = upkeep.plan_row()
    assert (after.last_review_on, after.review_due_on) == (before.last_review_on, before.review_due_on)


def test_while_a_review_is_under_way_the_change_belongs_into_it(upkeep: Upkeep) -> None:
    upkeep.opened()
    with pytest.raises(Conflict):
        upkeep.does("olli", amending.propose_change, upkeep.plan, notice_on=NOW, changes="Section I")


def test_a_school_does_not_amend_and_a_stranger_finds_nothing(upkeep: Upkeep) -> None:
    for name, failure in (("sara", NotAllowed), ("sid", NotFound)):
        with pytest.raises(failure):
            upkeep.does(name, amending.propose_change, upkeep.plan, notice_on=NOW, changes="Section I")


def test_no_notice_before_the_meeting(upkeep: Upkeep) -> None:
    review_id = upkeep.to_decide()
    upkeep.decided(review_id, "amend")
    early = date(2026, 11, 20)
    with pytest.raises(Invalid):
        upkeep.does("olli", amending.send_notice, review_id, NOTICE, notice_on=early, changes="Section F")


def test_no_notice_is_before_the_decision_that_it_follows_from(upkeep: Upkeep) -> None:
    review_id = upkeep.to_decide()
    upkeep.decided(review_id, "amend")
    day = date(2026, 12, 14)
    with pytest.raises(Invalid) as refused:
        upkeep.does(
            "olli",
            amending.send_notice,
            review_id,
            day,
            notice_on=day - timedelta(days=1),
            changes="F: more.",
        )
    assert "decision to amend" in refused.value.errors["notice_on"]
