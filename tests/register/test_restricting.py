"""Closing a record to an adult by one person, and opening it by two."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from isp.access import gate
from isp.access.policy import Permission
from isp.audit.verify import verify
from isp.kernel import clock
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.register.actions import restricting
from isp.register.around import around
from tests.cast import Cast
from tests.register.school import acts

WORDS = {"evidence": "Order of 3 May seen", "reason": "Non-molestation order"}


def close(cast: Cast, by: str = "leo", to: str = "paul", **more):
    values = {**WORDS, "review_on": clock.today() + timedelta(days=30), **more}
    with cast.acting(by) as unit:
        return restricting.restrict(unit, cast.pupils["ava"], cast.people[to], **values)


def sees(cast: Cast, who: str) -> bool:
    with cast.looking(who) as unit:
        return gate.can(unit, Permission.PUPIL_READ, cast.pupils["ava"])


def test_the_safeguarding_lead_closes_it_at_once(cast: Cast):
    assert sees(cast, "paul")
    close(cast)
    assert not sees(cast, "paul")
    assert sees(cast, "pam")
    ava = cast.pupils["ava"]
    assert acts(cast, f"pupil:{ava}:restricted") == ["restriction.added"]
    assert "restriction.added" not in acts(cast, f"pupil:{ava}:general")
    assert verify(cast.store).ok
    with pytest.raises(Conflict):
        close(cast)


def test_a_member_of_staff_can_be_kept_out_too(cast: Cast):
    close(cast, to="tom")
    assert not sees(cast, "tom")


@pytest.mark.parametrize(("who", "error"), [("sara", NotAllowed), ("olga", NotAllowed), ("stan", NotFound)])
def test_nobody_else_closes(cast: Cast, who, error):
    with pytest.raises(error):
        close(cast, who)
    assert sees(cast, "paul")


def test_what_is_missing_is_said(cast: Cast):
    with pytest.raises(Invalid) as failure:
        close(cast, evidence=" ", reason="", review_on=clock.today())
    assert set(failure.value.errors) == {"evidence", "reason", "review_on"}
    with pytest.raises(NotFound):
        close(cast, to="stan")


def test_lifting_takes_two(cast: Cast):
    made = close(cast)
    with pytest.raises(Conflict), cast.acting("hal") as unit:
        restricting.agree_to_lift(unit, made)
    with cast.acting("leo") as unit:
        restricting.ask_to_lift(unit, made, "The order has ended")
    with pytest.raises(Conflict), cast.acting("leo") as unit:
        restricting.agree_to_lift(unit, made)
    assert not sees(cast, "paul")
    with cast.acting("hal") as unit:
        restricting.agree_to_lift(unit, made)
    assert sees(cast, "paul")
    with pytest.raises(Conflict), cast.acting("hal") as unit:
        restricting.agree_to_lift(unit, made)
    assert acts(cast, f"pupil:{cast.pupils['ava']}:restricted") == [
        "restriction.added",
        "restriction.lift_asked",
        "restriction.lifted",
    ]


def test_a_request_to_lift_can_be_turned_down(cast: Cast):
    made = close(cast)
    with cast.acting("leo") as unit:
        restricting.ask_to_lift(unit, made, "Asked by the father")
    with cast.acting("hal") as unit:
        restricting.keep(unit, made, clock.today() + timedelta(days=60))
    with pytest.raises(Conflict), cast.acting("hal") as unit:
        restricting.agree_to_lift(unit, made)


def test_the_day_of_review_opens_nothing(cast: Cast):
    close(cast)
    with time_machine.travel(clock.now() + timedelta(days=90)):
        assert not sees(cast, "paul")


def test_its_words_are_for_those_who_may_write_them(cast: Cast):
    close(cast)
    for who, words in (("leo", WORDS), ("hal", WORDS), ("sara", {})):
        with cast.looking(who) as unit:
            assert dict(around(unit, cast.pupils["ava"]).restrictions[0].words) == words
