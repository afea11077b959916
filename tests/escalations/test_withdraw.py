"""Taking a request back: by whoever made it, before it is decided; the authority sees nothing from then."""

from __future__ import annotations

from uuid import UUID

import pytest

from isp.escalations import actions
from isp.kernel.errors import Conflict, NotAllowed, NotFound
from tests.escalations.world import RECEIVED, Affair, on


def take_back(affair: Affair, request_id: UUID, by: str) -> None:
    with on(RECEIVED), affair.cast.acting(by) as unit:
        actions.withdraw(unit, request_id)


@pytest.mark.parametrize(
    ("made_by", "by"), [("sara", "sara"), ("sara", "hal"), ("pam", "pam"), ("yan", "yan")]
)
def test_whoever_made_it_takes_it_back_and_the_sight_is_gone(affair: Affair, made_by: str, by: str) -> None:
    request_id = affair.request(made_by, "yan" if made_by == "yan" else "ava")
    officer = "olli"
    assert affair.sees(request_id, officer) == "yes"
    take_back(affair, request_id, by)
    assert affair.row(request_id).status == "withdrawn"
    for name in (officer, "mia"):
        assert affair.sees(request_id, name) == "NotFound"
        assert affair.reads(name, 2) == "NotFound"
    again = affair.request(made_by, "yan" if made_by == "yan" else "ava")
    assert affair.row(again).status == "pending"


@pytest.mark.parametrize(("made_by", "by"), [("sara", "pam"), ("pam", "paul"), ("pam", "sara")])
def test_nobody_takes_back_anothers_request(affair: Affair, made_by: str, by: str) -> None:
    request_id = affair.request(made_by)
    with pytest.raises(NotAllowed):
        take_back(affair, request_id, by)
    assert affair.sees(request_id, "olli") == "yes"


@pytest.mark.parametrize(("name", "failure"), [("olli", NotAllowed), ("otis", NotFound), ("nora", NotFound)])
def test_nor_does_the_authority_or_a_stranger(
    affair: Affair, name: str, failure: type[NotFound | NotAllowed]
) -> None:
    request_id = affair.request()
    with pytest.raises(failure):
        take_back(affair, request_id, name)


def test_what_is_decided_or_taken_back_already_stays_so(affair: Affair) -> None:
    request_id = affair.request()
    affair.decide(request_id, "agree")
    with pytest.raises(Conflict, match="decided"):
        take_back(affair, request_id, "sara")
    other = affair.request("bea", "ben")
    take_back(affair, other, "bea")
    with pytest.raises(Conflict, match="already"):
        take_back(affair, other, "bea")


def test_the_trail_says_so_on_both_chains(affair: Affair) -> None:
    request_id = affair.request("pam")
    take_back(affair, request_id, "pam")
    for where in (affair.on_pupil, affair.on_authority):
        (seen,) = where("assessment.withdrawn")
        assert (seen.object_id, seen.role) == (request_id, "parent")
