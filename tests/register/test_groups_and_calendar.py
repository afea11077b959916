"""Classes decide who teaches whom; the calendar which days are school days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from isp.access import gate
from isp.access.models import GroupStaff, Tie
from isp.access.policy import Permission
from isp.kernel import clock
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.register import terms
from isp.register.actions import calendar, groups
from isp.register.deadlines import keep_until, rights_move_on, school_year_ends
from isp.register.models import CalendarEntry
from isp.register.settings import group_page
from tests.cast import Cast
from tests.register.school import acts, rows

OAK = "oakfield"


def sees(cast: Cast, who: str, pupil: str) -> bool:
    with cast.looking(who) as unit:
        return gate.can(unit, Permission.PLAN_READ, cast.pupils[pupil])


def test_a_class_gives_sight_while_one_is_with_it(cast: Cast):
    with cast.acting("olga") as unit:
        made = groups.add_group(unit, cast.places[OAK], "5 Ash")
        groups.put_pupils(unit, made, [cast.pupils["cleo"]])
        staff = groups.add_staff(unit, made, cast.people["tess"], "class_teacher")
    assert sees(cast, "tess", "cleo")
    assert rows(cast, GroupStaff, id=staff)[0].valid_to == school_year_ends(clock.today())
    with cast.acting("sara") as unit:
        groups.end_staff(unit, staff)
    assert not sees(cast, "tess", "cleo")
    assert acts(cast, f"pupil:{cast.pupils['cleo']}")[-1] == "tie.opened"
    assert acts(cast, f"org:{cast.places[OAK]}").count("group.changed") == 4
    with pytest.raises(Conflict), cast.acting("sara") as unit:
        groups.end_staff(unit, staff)


def test_a_pupil_taken_out_is_seen_no_longer(cast: Cast):
    tie = next(t for t in rows(cast, Tie, kind="group") if t.pupil_id == cast.pupils["ava"])
    with cast.acting("ada") as unit:
        groups.take_out(unit, tie.id)
    assert not sees(cast, "tom", "ava")
    assert sees(cast, "tom", "ben")


def test_a_class_that_is_no_more_gives_sight_to_nobody(cast: Cast):
    with cast.acting("sara") as unit:
        groups.end_group(unit, cast.groups["4T"])
    assert not sees(cast, "tom", "ava")
    with cast.looking("sara") as unit:
        assert group_page(unit, cast.groups["4T"]).pupils == []


def test_who_may_not(cast: Cast):
    group = cast.groups["4T"]
    for who, error in (("tom", NotAllowed), ("hal", NotAllowed), ("stan", NotFound), ("pam", NotFound)):
        with pytest.raises(error), cast.acting(who) as unit:
            groups.add_staff(unit, group, cast.people["tess"], "class_teacher")


def test_nobody_from_elsewhere_comes_into_a_class(cast: Cast):
    with pytest.raises(NotFound), cast.acting("sara") as unit:
        groups.put_pupils(unit, cast.groups["4T"], [cast.pupils["eli"]])
    with pytest.raises(Invalid) as failure, cast.acting("sara") as unit:
        groups.add_staff(unit, cast.groups["4T"], cast.people["stan"], "head")
    assert set(failure.value.errors) == {"role", "person_id"}


@pytest.mark.parametrize(("name", "kind"), [("4t", "class"), ("", "class"), ("6 Elm", "choir")])
def test_a_name_is_one_classs_own(cast: Cast, name, kind):
    with pytest.raises(Invalid), cast.acting("sara") as unit:
        groups.add_group(unit, cast.places[OAK], name, kind)


def test_the_calendar_knows_school_days(cast: Cast):
    school = cast.places[OAK]
    with cast.acting("hal") as unit:
        calendar.add_entry(unit, school, "term", "Autumn", date(2026, 9, 2), date(2026, 12, 18))
        calendar.add_entry(unit, school, "half_term", "", date(2026, 10, 26), date(2026, 10, 30))
        made = calendar.add_entry(unit, school, "training", "", date(2026, 9, 2))
    with cast.looking("sara") as unit:
        known = terms.school_calendar(unit, school)
    assert known is not None
    assert known.first_school_day_on_or_after(date(2026, 9, 2)) == date(2026, 9, 3)
    assert not known.is_school_day(date(2026, 10, 27))
    with cast.acting("sara") as unit:
        calendar.remove_entry(unit, made)
    with pytest.raises(Conflict), cast.acting("sara") as unit:
        calendar.remove_entry(unit, made)
    assert len(rows(cast, CalendarEntry)) == 3
    assert acts(cast, f"org:{school}").count("organisation.calendar_changed") == 4


def test_terms_do_not_overlap_and_strangers_do_not_write(cast: Cast):
    school, monday = cast.places[OAK], date(2027, 1, 4)
    with cast.acting("sara") as unit:
        calendar.add_entry(unit, school, "term", "Spring", monday, monday + timedelta(days=80))
    for start, end in ((monday, monday + timedelta(days=5)), (monday, monday - timedelta(days=1))):
        with pytest.raises(Invalid), cast.acting("sara") as unit:
            calendar.add_entry(unit, school, "term", "Again", start, end)
    for who, error in (("tom", NotAllowed), ("stan", NotFound)):
        with pytest.raises(error), cast.acting(who) as unit:
            calendar.add_entry(unit, school, "closure", "Snow", monday)


@pytest.mark.parametrize(
    ("born_on", "moves", "kept"),
    [
        (date(2010, 8, 31), date(2026, 6, 26), date(2035, 8, 31)),
        (date(2010, 9, 1), date(2027, 6, 25), date(2036, 8, 31)),
        (date(2008, 2, 29), date(2024, 6, 28), date(2033, 8, 31)),
        (date(2010, 6, 30), date(2026, 6, 26), date(2035, 8, 31)),
        (date(2012, 12, 31), date(2029, 6, 29), date(2038, 8, 31)),
    ],
)
def test_the_days_that_follow_from_a_birthday(born_on, moves, kept):
    assert rights_move_on(born_on) == moves
    assert moves.weekday() == 4
    assert (moves + timedelta(days=7)).month == 7
    assert keep_until(born_on) == kept
