"""Giving a case to another officer: the one before sees it no longer, from the next request on."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from isp.escalations import actions
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.people.roles import Role
from tests.escalations.world import RECEIVED, Affair, on


def give(affair: Affair, request_id: UUID, to: str, by: str = "mia", **more: int) -> None:
    with on(RECEIVED), affair.cast.acting(by) as unit:
        actions.assign(unit, request_id, affair.person(to), **more)


def test_a_manager_gives_the_case_over_and_the_first_officer_sees_nothing_more(affair: Affair) -> None:
    request_id = affair.request()
    give(affair, request_id, "otis")
    assert affair.row(request_id).officer_id == affair.person("otis")
    assert affair.sees(request_id, "otis") == affair.reads("otis", 2) == "yes"
    assert affair.sees(request_id, "olli") == affair.reads("olli", 2) == "NotFound"


def test_a_manager_may_take_it_himself(affair: Affair) -> None:
    request_id = affair.request()
    give(affair, request_id, "mia")
    assert affair.sees(request_id, "olli") == "NotFound"


def test_an_officer_may_not_give_it_over(affair: Affair) -> None:
    request_id = affair.request()
    with pytest.raises(NotAllowed):
        give(affair, request_id, "otis", by="olli")


@pytest.mark.parametrize("name", ["otis", "sid", "nora", "stan"])
def test_a_stranger_finds_no_case_to_give(affair: Affair, name: str) -> None:
    request_id = affair.request()
    with pytest.raises(NotFound):
        give(affair, request_id, "otis", by=name)


@pytest.mark.parametrize("name", ["sid", "eve", "sara", "pam", "nora"])
def test_only_officers_and_managers_of_the_authority_can_have_it(affair: Affair, name: str) -> None:
    request_id = affair.request()
    with pytest.raises(Invalid):
        give(affair, request_id, name)
    assert affair.sees(request_id, "olli") == "yes"


def test_nor_the_childs_own_parent(affair: Affair) -> None:
    affair.cast.guardian("otis", "ava")
    request_id = affair.request()
    with pytest.raises(Invalid):
        give(affair, request_id, "otis")


def test_it_cannot_be_given_to_whom_it_is_already(affair: Affair) -> None:
    request_id = affair.request()
    with pytest.raises(Conflict):
        give(affair, request_id, "olli")


def test_a_stale_page_gives_nothing(affair: Affair) -> None:
    request_id = affair.request()
    give(affair, request_id, "otis", shown=1)
    with pytest.raises(Conflict):
        give(affair, request_id, "olli", shown=1)


def test_given_over_after_a_refusal_the_new_sight_ends_with_the_time_to_appeal(affair: Affair) -> None:
    request_id = affair.request()
    affair.decide(request_id)
    give(affair, request_id, "otis")
    last = affair.row(request_id).sight_until
    assert affair.sees(request_id, "otis", last) == "yes"
    assert affair.sees(request_id, "otis", last + timedelta(days=1)) == "NotFound"


def test_an_officer_who_leaves_the_authority_sees_nothing(affair: Affair) -> None:
    affair.cast.member("ollo", "northshire", Role.AUTHORITY_OFFICER, valid_to=RECEIVED)
    request_id = affair.request()
    give(affair, request_id, "ollo")
    assert affair.sees(request_id, "ollo") == "yes"
    assert affair.sees(request_id, "ollo", RECEIVED + timedelta(days=1)) == "NotFound"


def test_the_trail_says_to_whom(affair: Affair) -> None:
    request_id = affair.request()
    give(affair, request_id, "otis")
    for where in (affair.on_pupil, affair.on_authority):
        assert [seen.detail["officer"] for seen in where("assessment.assigned")] == [
            str(affair.person("olli")),
            str(affair.person("otis")),
        ]
