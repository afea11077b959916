"""Reading what is kept apart by two people: one asks, another agrees, for a week."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from isp.access import apart
from isp.access.office import staffing
from isp.access.policy import Permission
from isp.audit.verify import verify
from isp.kernel import clock
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.kernel.ids import new_id
from isp.people.roles import Role
from tests.cast import Cast
from tests.register.school import acts

WHY = "A complaint by the father"


def ask(cast: Cast, by: str = "dora", reason: str = WHY):
    with cast.acting(by) as unit:
        return apart.ask(unit, cast.pupils["ava"], reason)


def agree(cast: Cast, sight_id, by: str = "leo"):
    with cast.acting(by) as unit:
        return apart.agree(unit, sight_id)


def reads(cast: Cast, who: str) -> bool:
    with cast.looking(who) as unit:
        try:
            apart.require(unit, cast.pupils["ava"])
        except NotAllowed:
            return False
    return True


def test_the_safeguarding_lead_reads_it_alone(cast: Cast):
    assert reads(cast, "leo")
    assert not reads(cast, "hal")
    assert not reads(cast, "sara")


@pytest.mark.parametrize("second", ["leo", "hal"])
def test_the_data_protection_officer_reads_it_once_another_has_agreed(cast: Cast, second):
    assert not reads(cast, "dora")
    made = ask(cast)
    assert not reads(cast, "dora")
    assert agree(cast, made, second) == clock.today() + timedelta(days=7)
    assert reads(cast, "dora")
    with cast.looking("dora") as unit:
        decision = apart.require(unit, cast.pupils["ava"])
    assert decision.permission == Permission.RESTRICTED_HISTORY_READ_BY_TWO


def test_it_ends_by_itself_after_a_week(cast: Cast):
    agree(cast, ask(cast))
    with time_machine.travel(clock.now() + timedelta(days=7)):
        assert reads(cast, "dora")
    with time_machine.travel(clock.now() + timedelta(days=8)):
        assert not reads(cast, "dora")
        agree(cast, ask(cast))
        assert reads(cast, "dora")


def test_what_was_agreed_ends_with_the_role(cast: Cast):
    agree(cast, ask(cast))
    with cast.acting("sara") as unit:
        staffing.deactivate(unit, cast.places["oakfield"], cast.people["dora"])
    with pytest.raises(NotFound), cast.looking("dora") as unit:
        apart.require(unit, cast.pupils["ava"])


def test_what_was_agreed_for_one_pupil_opens_no_other(cast: Cast):
    agree(cast, ask(cast))
    with pytest.raises(NotAllowed), cast.looking("dora") as unit:
        apart.require(unit, cast.pupils["ben"])


def test_who_asked_may_not_be_the_one_who_agrees(cast: Cast):
    cast.member("dora", "oakfield", Role.HEAD)
    made = ask(cast)
    with pytest.raises(Conflict, match="Somebody else has to agree"):
        agree(cast, made, "dora")
    assert not reads(cast, "dora")


def test_nobody_asks_twice_or_agrees_twice(cast: Cast):
    made = ask(cast)
    with pytest.raises(Conflict, match="asked already"):
        ask(cast)
    agree(cast, made)
    with pytest.raises(Conflict, match="agreed to already"):
        agree(cast, made, "hal")


def test_without_a_reason_nothing_is_asked(cast: Cast):
    with pytest.raises(Invalid) as failure:
        ask(cast, reason="  ")
    assert set(failure.value.errors) == {"reason"}
    with cast.looking("leo") as unit:
        assert apart.waiting(unit, cast.pupils["ava"]) == []


@pytest.mark.parametrize(("who", "error"), [("leo", NotAllowed), ("sara", NotAllowed), ("stan", NotFound)])
def test_nobody_else_asks(cast: Cast, who, error):
    with pytest.raises(error):
        ask(cast, who)


@pytest.mark.parametrize(("who", "error"), [("sara", NotAllowed), ("tom", NotAllowed), ("stan", NotFound)])
def test_nobody_else_agrees(cast: Cast, who, error):
    made = ask(cast)
    with pytest.raises(error):
        agree(cast, made, who)
    assert not reads(cast, "dora")


def test_what_nobody_asked_for_cannot_be_agreed_to(cast: Cast):
    with pytest.raises(NotFound):
        agree(cast, new_id())


def test_the_trail_tells_it_where_it_is_kept_apart_too(cast: Cast):
    agree(cast, ask(cast))
    ava = cast.pupils["ava"]
    expected = ["restricted_history.asked", "restricted_history.agreed"]
    assert acts(cast, f"pupil:{ava}:restricted") == expected
    assert not set(expected) & set(acts(cast, f"pupil:{ava}:general"))
    assert verify(cast.store).ok
