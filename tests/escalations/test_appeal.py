"""An appeal against a refusal: the authority goes on seeing what was released, until the appeal is over."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from isp.escalations import actions
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.escalations.world import RECEIVED, Affair, on

DAY = timedelta(days=1)
MADE = RECEIVED + 30 * DAY
AFTER = date(2027, 1, 3)
"""The day after the last one to appeal."""


@pytest.fixture
def refused(affair: Affair) -> UUID:
    request_id = affair.request()
    affair.decide(request_id)
    return request_id


def close(affair: Affair, request_id: UUID, result: str, day: date, by: str = "olli") -> None:
    with on(day), affair.cast.acting(by) as unit:
        actions.close_appeal(unit, request_id, result, day)


@pytest.mark.parametrize("name", ["pam", "paul", "olli", "mia"])
def test_family_and_authority_may_record_it_and_the_sight_goes_on(
    affair: Affair, refused: UUID, name: str
) -> None:
    affair.appeal(refused, MADE, by=name)
    for reader in ("olli", "mia"):
        assert affair.sees(refused, reader, AFTER + 300 * DAY) == "yes"
        assert affair.reads(reader, 2, AFTER + 300 * DAY) == "yes"


@pytest.mark.parametrize("name", ["sara", "hal", "leo"])
def test_the_school_may_not(affair: Affair, refused: UUID, name: str) -> None:
    with pytest.raises(NotAllowed):
        affair.appeal(refused, MADE, by=name)


@pytest.mark.parametrize("name", ["otis", "sid", "bea", "nora"])
def test_a_stranger_finds_nothing_to_appeal_against(affair: Affair, refused: UUID, name: str) -> None:
    with pytest.raises(NotFound):
        affair.appeal(refused, MADE, by=name)


def test_after_the_limit_the_authority_can_record_nothing_and_the_family_can(
    affair: Affair, refused: UUID
) -> None:
    with pytest.raises(NotFound):
        affair.appeal(refused, AFTER, by="olli")
    affair.appeal(refused, AFTER, by="pam")
    assert affair.sees(refused, "olli", AFTER) == "yes"
    assert affair.sees(refused, "mia", AFTER) == "yes"
    assert affair.reads("olli", 2, AFTER) == "yes"
    assert affair.reads("olli", 1, AFTER) == "NotFound"


@pytest.mark.parametrize("result", ["dismissed", "withdrawn"])
def test_an_appeal_that_is_lost_or_given_up_ends_the_sight_at_once(
    affair: Affair, refused: UUID, result: str
) -> None:
    affair.appeal(refused, MADE)
    close(affair, refused, result, MADE + DAY)
    for name in ("olli", "mia"):
        assert affair.sees(refused, name, MADE + DAY) == "NotFound"
        assert affair.reads(name, 2, MADE + DAY) == "NotFound"
    assert affair.row(refused).status == "refused"


@pytest.mark.parametrize("result", ["allowed", "conceded"])
def test_an_appeal_that_is_won_goes_on_to_an_assessment(affair: Affair, refused: UUID, result: str) -> None:
    affair.appeal(refused, MADE)
    close(affair, refused, result, MADE + DAY)
    row = affair.row(refused)
    assert (row.status, row.appeal_result, row.decided_on) == ("agreed", result, RECEIVED)
    now = affair.case(refused, "olli", AFTER).now
    assert (now.stage, now.turn) == ("assessing", "authority")
    assert now.due is not None
    assert now.due.on == MADE + DAY + timedelta(weeks=2)
    assert affair.reads("olli", 2, AFTER + 300 * DAY) == "yes"


def test_there_must_be_a_refusal_and_one_appeal(affair: Affair) -> None:
    request_id = affair.request()
    with pytest.raises(Conflict, match="no refusal"):
        affair.appeal(request_id, RECEIVED)
    affair.decide(request_id)
    with pytest.raises(Conflict, match="no open appeal"):
        close(affair, request_id, "dismissed", RECEIVED)
    affair.appeal(request_id, RECEIVED)
    with pytest.raises(Conflict, match="already"):
        affair.appeal(request_id, RECEIVED)


def test_days_and_results_are_checked(affair: Affair, refused: UUID) -> None:
    for day in (RECEIVED - DAY, MADE + DAY):
        with on(MADE), affair.cast.acting("pam") as unit, pytest.raises(Invalid):
            actions.record_appeal(unit, refused, day)
    affair.appeal(refused, MADE)
    with on(MADE), affair.cast.acting("olli") as unit, pytest.raises(Invalid) as wrong:
        actions.close_appeal(unit, refused, "drawn", MADE - DAY)
    assert set(wrong.value.errors) == {"result", "on"}


def test_the_trail_says_both_on_both_chains(affair: Affair, refused: UUID) -> None:
    affair.appeal(refused, MADE)
    close(affair, refused, "dismissed", MADE + DAY)
    for where in (affair.on_pupil, affair.on_authority):
        (made,), (closed,) = where("assessment.appealed"), where("assessment.appeal_closed")
        assert made.detail == {"on": MADE.isoformat(), "sight_until": None}
        assert made.role == "parent"
        assert closed.detail == {"result": "dismissed"}
