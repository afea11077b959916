"""Pupils come, change, leave and come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from isp.access import gate
from isp.access.models import Tie
from isp.access.policy import Permission
from isp.audit.verify import verify
from isp.kernel import clock
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.register import pupils, roll
from isp.register.actions import enrolling
from isp.register.models import Enrolment, Pupil
from tests.cast import Cast
from tests.register.school import ZOE, acts, count, rows

DAY = timedelta(days=1)


def add(cast: Cast, by: str = "sara", details=ZOE, school: str = "oakfield", **more):
    with cast.acting(by) as unit:
        return enrolling.add_pupil(unit, cast.places[school], details, **more)


def test_sara_adds_a_pupil_who_is_then_seen_by_her_class(cast: Cast):
    made = add(cast, group_id=cast.groups["4T"], authority_id=cast.places["northshire"])
    with cast.looking("tom") as unit:
        assert gate.can(unit, Permission.PLAN_READ, made)
        facts = pupils.facts(unit, made)
    assert facts.name.full == "Zoë Quill"
    assert facts.classes == ("4T",)
    assert facts.authority == "Northshire Authority"
    assert facts.details.upn == ZOE.upn
    assert acts(cast, f"pupil:{made}") == ["pupil.added"]
    assert verify(cast.store).ok


@pytest.mark.parametrize(
    ("who", "error"), [("tom", NotAllowed), ("hal", NotAllowed), ("stan", NotFound), ("pam", NotFound)]
)
def test_who_may_not_add(cast: Cast, who, error):
    before = count(cast, Pupil)
    with pytest.raises(error):
        add(cast, who)
    assert count(cast, Pupil) == before
    assert acts(cast)[-1] == "access.denied"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"legal_given": " "}, "legal_given"),
        ({"upn": "B801200005002"}, "upn"),
        ({"born_on": clock.today() + DAY}, "born_on"),
        ({"year_group": "99"}, "year_group"),
        ({"sen_status": "Z"}, "sen_status"),
        ({"need_primary": "ASD", "need_secondary": "ASD"}, "need_secondary"),
    ],
)
def test_what_cannot_be_is_said_by_field(cast: Cast, changes, field):
    with pytest.raises(Invalid) as failure:
        add(cast, details=replace(ZOE, **changes))
    assert field in failure.value.errors


def test_a_number_counts_once_in_a_school_and_a_namesake_needs_a_word(cast: Cast):
    add(cast)
    with pytest.raises(Invalid) as same_number:
        add(cast, details=replace(ZOE, legal_given="Ada"))
    assert "upn" in same_number.value.errors
    nameless = replace(ZOE, upn=None)
    with pytest.raises(Invalid) as same_name:
        add(cast, details=nameless)
    assert "is_another" in same_name.value.errors
    assert add(cast, details=nameless, is_another=True)


def test_a_number_known_elsewhere_stays_inside_the_sealed_details(cast: Cast):
    first = add(cast, "stan", school="ashby")
    second = add(cast)
    assert first != second
    found = {row.id: row.upn_index for row in rows(cast, Pupil)}
    assert found[first] is not None
    assert found[second] is None
    with cast.looking("sara") as unit:
        assert pupils.facts(unit, second).details.upn == ZOE.upn
        assert roll.holding(unit, [ZOE.upn or ""]) == {ZOE.upn: first}
    with cast.looking("stan") as unit, pytest.raises(NotFound):
        gate.require(unit, Permission.PUPIL_READ, second)


def test_a_change_is_told_with_what_was(cast: Cast):
    made = add(cast)
    with cast.acting("olga") as unit:
        assert enrolling.change_pupil(unit, made, replace(ZOE, legal_family="Fern", upn="P207000016049"), 1)
    with cast.looking("sara") as unit:
        facts = pupils.facts(unit, made)
        assert facts.details.legal_family == "Fern"
        assert facts.details.former_upns == ("B801200005001",)
        assert facts.row_version == 2
        assert not roll.holding(unit, ["B801200005001"])
    assert acts(cast, f"pupil:{made}") == ["pupil.added", "pupil.changed"]
    assert verify(cast.store).ok


def test_a_stale_change_is_refused_and_no_change_is_none(cast: Cast):
    made = add(cast)
    with cast.acting("sara") as unit:
        assert not enrolling.change_pupil(unit, made, ZOE, 1)
        assert enrolling.change_pupil(unit, made, replace(ZOE, year_group="5"), 1)
    with cast.acting("dan") as unit, pytest.raises(Conflict):
        enrolling.change_pupil(unit, made, replace(ZOE, year_group="6"), 1)


def test_teachers_and_strangers_do_not_change(cast: Cast):
    for who, error in (("tom", NotAllowed), ("pam", NotAllowed), ("stan", NotFound)):
        with pytest.raises(error), cast.acting(who) as unit:
            enrolling.change_pupil(unit, cast.pupils["ava"], ZOE, 1)


def test_who_left_is_read_by_the_former_school_and_written_by_nobody_there(cast: Cast):
    ava, yesterday = cast.pupils["ava"], clock.today() - DAY
    with cast.acting("sara") as unit:
        enrolling.leave(unit, ava, yesterday, "moved_school")
    with cast.looking("sara") as unit:
        assert gate.can(unit, Permission.PLAN_READ, ava)
        assert not gate.can(unit, Permission.PUPIL_WRITE, ava)
    for who in ("tom", "tia", "olga"):
        with cast.looking(who) as unit:
            assert not gate.can(unit, Permission.PUPIL_READ, ava)
    with cast.looking("pam") as unit:
        assert gate.can(unit, Permission.PLAN_READ, ava)
    assert acts(cast, f"pupil:{ava}")[-1] == "pupil.left"


def test_a_last_day_to_come_is_changed(cast: Cast):
    ava, friday = cast.pupils["ava"], clock.today() + 5 * DAY
    for day in (friday, friday + 7 * DAY):
        with cast.acting("sara") as unit:
            enrolling.leave(unit, ava, day)
    with cast.looking("tom") as unit:
        assert gate.can(unit, Permission.PUPIL_READ, ava)
    group = [row for row in rows(cast, Tie, pupil_id=ava, kind="group") if row.ended_at is None]
    assert [row.valid_to for row in group] == [friday + 7 * DAY]
    former = [row for row in rows(cast, Tie, pupil_id=ava, kind="former_school") if row.ended_at is None]
    assert [row.valid_from for row in former] == [friday + 8 * DAY]


def test_a_last_day_before_the_first_is_refused(cast: Cast):
    made = add(cast)
    with pytest.raises(Invalid), cast.acting("sara") as unit:
        enrolling.leave(unit, made, clock.today() - DAY)


def test_who_comes_back_is_on_the_roll_again(cast: Cast):
    ava, today = cast.pupils["ava"], clock.today()
    with cast.acting("sara") as unit:
        enrolling.leave(unit, ava, today - 30 * DAY)
    with pytest.raises(Invalid), cast.acting("sara") as unit:
        enrolling.come_back(unit, cast.places["oakfield"], ava, today - 40 * DAY)
    with cast.acting("sara") as unit:
        enrolling.come_back(unit, cast.places["oakfield"], ava, today)
    with cast.looking("sara") as unit:
        assert gate.can(unit, Permission.PUPIL_WRITE, ava)
    assert len(rows(cast, Enrolment, pupil_id=ava)) == 2
    with pytest.raises(Conflict), cast.acting("sara") as unit:
        enrolling.come_back(unit, cast.places["oakfield"], ava, today)
    with pytest.raises(NotFound), cast.acting("stan") as unit:
        enrolling.come_back(unit, cast.places["ashby"], ava, today)
    assert acts(cast, f"pupil:{ava}")[-2:] == ["pupil.left", "pupil.returned"]
