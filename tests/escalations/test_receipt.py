"""The day of receipt put right: both days kept, the dates that run from it, and what was counted already."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from isp.ehcp.steps import steps_of
from isp.escalations import actions, receipt
from isp.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from tests.escalations.test_pages import Town
from tests.escalations.world import RECEIVED, Affair, on

DAY = timedelta(days=1)
BEFORE = RECEIVED - 5 * DAY


def correct(affair: Affair, request_id: UUID, to: date = BEFORE, by: str = "olli", **more: Any) -> None:
    with on(more.pop("day", RECEIVED)), affair.cast.acting(by) as unit:
        receipt.correct_receipt(unit, request_id, to, more.pop("reason", "It lay in the post room"), **more)


def due(affair: Affair, request_id: UUID) -> date:
    found = affair.case(request_id, "olli").now.due
    assert found is not None
    return found.on


def test_an_officer_puts_the_day_right_and_every_date_runs_from_it(affair: Affair) -> None:
    request_id = affair.request()
    first = due(affair, request_id)
    correct(affair, request_id)
    assert affair.row(request_id).received_on == BEFORE
    assert due(affair, request_id) == first - 5 * DAY


def test_both_days_stay_with_the_reason(affair: Affair) -> None:
    request_id = affair.request()
    correct(affair, request_id)
    correct(affair, request_id, BEFORE + DAY, reason="The stamp says the next day")
    row = affair.row(request_id)
    with affair.cast.making() as unit:
        steps = steps_of(unit, affair.ava, row.authority_id, subject_id=request_id)
    (step,) = [one for one in steps if one.code == "requested"]
    assert step.on == BEFORE + DAY
    assert [(one.was, one.now, one.reason) for one in step.corrections] == [
        (RECEIVED, BEFORE, "It lay in the post room"),
        (BEFORE, BEFORE + DAY, "The stamp says the next day"),
    ]


def test_the_trail_says_from_which_day_to_which(affair: Affair) -> None:
    request_id = affair.request()
    correct(affair, request_id)
    (mine,), (theirs,) = (
        where("assessment.receipt_corrected") for where in (affair.on_pupil, affair.on_authority)
    )
    assert mine.detail == theirs.detail == {"from": RECEIVED.isoformat(), "to": BEFORE.isoformat()}
    assert mine.payload == {"reason": "It lay in the post room"}
    assert theirs.payload is None
    assert affair.on_pupil("assessment.recounted") == []


def test_after_a_decision_its_lateness_is_counted_again_as_a_deed_of_its_own(affair: Affair) -> None:
    request_id = affair.request()
    decided = RECEIVED + 40 * DAY
    affair.decide(request_id, "agree", day=decided)
    assert affair.row(request_id).days_late == 0
    correct(affair, request_id, day=decided)
    row = affair.row(request_id)
    assert (row.days_late, row.days_unexcused, row.status) == (3, 3, "agreed")
    (told,) = affair.on_pupil("assessment.recounted")
    assert (told.detail["before"], told.detail["days_late"]) == (0, 3)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"to": RECEIVED + DAY}, "received_on"),
        ({"to": RECEIVED}, "received_on"),
        ({"to": date(2016, 1, 1)}, "received_on"),
        ({"reason": "  "}, "reason"),
    ],
)
def test_a_day_that_cannot_be_is_refused_beside_its_box(
    affair: Affair, said: dict[str, Any], field: str
) -> None:
    request_id = affair.request()
    with pytest.raises(Invalid) as refused:
        correct(affair, request_id, **said)
    assert set(refused.value.errors) == {field}
    assert affair.row(request_id).received_on == RECEIVED


def test_a_decision_is_never_before_the_receipt(affair: Affair) -> None:
    request_id = affair.request(day=RECEIVED + DAY, received_on=RECEIVED - DAY)
    affair.decide(request_id, "agree", day=RECEIVED + DAY, decided_on=RECEIVED)
    with pytest.raises(Invalid) as refused:
        correct(affair, request_id, RECEIVED + DAY, day=RECEIVED + DAY)
    assert "decision was made before" in refused.value.errors["received_on"]


def test_a_stale_page_changes_nothing(affair: Affair) -> None:
    request_id = affair.request()
    correct(affair, request_id)
    with pytest.raises(Conflict):
        correct(affair, request_id, BEFORE - DAY, shown=1)
    assert affair.row(request_id).received_on == BEFORE


def test_of_a_withdrawn_request_nothing_is_changed(affair: Affair) -> None:
    request_id = affair.request()
    with on(RECEIVED), affair.cast.acting("sara") as unit:
        actions.withdraw(unit, request_id)
    with pytest.raises(DomainError):
        correct(affair, request_id)


@pytest.mark.parametrize(("name", "error"), [("sara", NotAllowed), ("pam", NotAllowed), ("sid", NotFound)])
def test_nobody_but_the_authority_puts_it_right(affair: Affair, name: str, error: type) -> None:
    request_id = affair.request()
    with pytest.raises(error):
        correct(affair, request_id, by=name)


def test_by_the_page(affair: Affair) -> None:
    with on(RECEIVED):
        request_id = affair.request()
        browser = Town(affair).signed_in("olli")
        path = f"/cases/{request_id}/received"
        assert path in browser.get(f"/cases/{request_id}").text
        sent = {"received_on-day": "28", "received_on-month": "10", "received_on-year": "2026"}
        wrong = browser.post(path, {**sent, "shown": "1"})
        assert wrong.status_code == 422
        answer = browser.post(path, {**sent, "shown": "1", "reason": "It lay in the post room"})
        assert answer.status_code == 303
    assert affair.row(request_id).received_on == BEFORE
