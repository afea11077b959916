"""The people of the demonstration: as many and as varied as promised, valid, invented, on any day."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from stdnum.gb import upn as upn_number

from isp.demonstration.cast import cast
from isp.demonstration.rolls import variant_of
from isp.demonstration.shapes import Pupil
from isp.demonstration.terms import academic_year, easter, last_friday_in_june, school_days, school_year
from tests.demonstration.days import AN_ORDINARY_DAY, AWKWARD, days

ROLES = {
    "SENCO",
    "deputy SENCO",
    "SEN administrator",
    "class teacher",
    "teaching assistant",
    "head",
    "safeguarding lead",
    "school office",
    "parent",
    "young person",
    "authority officer",
    "authority manager",
    "educational psychologist or therapist",
    "social worker",
    "data protection officer",
    "operator",
}
NEEDS = {
    "SLCN", "ASD", "SPLD", "MLD", "SLD", "PMLD", "DS", "SEMH", "HI", "VI", "MSI", "PD", "OTH", "NSA",
}  # fmt: skip


def test_the_cast_is_as_large_as_promised() -> None:
    everybody = cast(AN_ORDINARY_DAY)
    assert len(everybody.authorities) == 2
    assert len(everybody.schools) == 5
    assert {"nursery", "college"} <= {school.kind for school in everybody.schools}
    assert len(everybody.pupils) == 120
    statuses = Counter(pupil.status for pupil in everybody.pupils)
    assert statuses == {"N": 67, "K": 45, "E": 8}
    assert {pupil.need for pupil in everybody.pupils if pupil.status != "N"} == NEEDS
    assert {account.role for account in everybody.accounts if account.listed} == ROLES


def test_names_try_what_breaks_forms() -> None:
    names = [
        f"{pupil.forename} {pupil.middle} {pupil.surname} {pupil.known_as}"
        for pupil in cast(AN_ORDINARY_DAY).pupils
    ]
    together = "\n".join(names)
    assert "'" in together
    assert "-" in together
    assert re.search("[ąćęłńóśźż]", together)
    assert re.search("[\u0600-\u06ff]", together)
    assert re.search("[\u0590-\u05ff]", together)
    assert max(map(len, names)) > 40
    assert any(len(pupil.known_as) == 1 for pupil in cast(AN_ORDINARY_DAY).pupils)


def test_families_show_what_they_are_there_for() -> None:
    everybody = cast(AN_ORDINARY_DAY)
    ties = everybody.guardianships
    homes = {guardian.id: guardian.address for guardian in everybody.guardians}
    apart = [
        pupil.id
        for pupil in everybody.pupils
        if len({homes[t.guardian] for t in ties if t.pupil == pupil.id and t.parental_responsibility}) > 1
    ]
    assert len(apart) >= 5
    assert any(tie.care and not tie.parental_responsibility for tie in ties)
    assert any(tie.relationship == "Foster carer" for tie in ties)
    assert [tie.pupil for tie in ties if tie.restriction] == ["T25"]
    assert any(guardian.staff for guardian in everybody.guardians)
    schools_of = {
        tie.guardian: {everybody.pupil(t.pupil).school for t in ties if t.guardian == tie.guardian}
        for tie in ties
    }
    assert sum(len(schools) > 1 for schools in schools_of.values()) >= 4
    assert all(everybody.families_of(pupil.id) for pupil in everybody.pupils)
    homes_of_schools = {school.key: school.authority for school in everybody.schools}
    assert any(pupil.lives_in != homes_of_schools[pupil.school] for pupil in everybody.pupils)


def test_a_teacher_has_her_own_child_in_her_class() -> None:
    everybody = cast(AN_ORDINARY_DAY)
    mother = next(guardian for guardian in everybody.guardians if guardian.staff)
    child = next(tie.pupil for tie in everybody.guardianships if tie.guardian == mother.id)
    assert any(mother.staff in group.staff and child in group.pupils for group in everybody.groups)


def test_every_class_has_staff_and_every_pupil_here_a_class() -> None:
    everybody = cast(AN_ORDINARY_DAY)
    assert all(group.staff and group.pupils for group in everybody.groups)
    placed = {pupil for group in everybody.groups if group.kind == "class" for pupil in group.pupils}
    here = {pupil.id for pupil in everybody.pupils if not pupil.has_left(everybody.today)}
    assert here <= placed


def test_nobody_is_real() -> None:
    everybody = cast(AN_ORDINARY_DAY)
    assert all("Demonstration" in school.name for school in everybody.schools)
    addresses = [
        *(account.email for account in everybody.accounts),
        *(member.email for member in everybody.staff),
        *(guardian.email for guardian in everybody.guardians),
        *(school.email for school in everybody.schools),
        *(authority.email for authority in everybody.authorities),
    ]
    assert all(re.fullmatch(r"[a-z0-9.]+@([a-z-]+\.example|example\.org)", address) for address in addresses)
    numbers = [
        *(guardian.telephone for guardian in everybody.guardians),
        *(school.telephone for school in everybody.schools),
        *(authority.telephone for authority in everybody.authorities),
    ]
    # What Ofcom keeps for drama: 07700 900000 to 900999 and 01632 960000 to 960999.
    assert all(re.fullmatch(r"07700 900\d{3}|01632 960\d{3}", number) for number in numbers)
    assert all(" ZZ99 " in guardian.address for guardian in everybody.guardians)


def test_accounts_can_be_told_apart_and_have_long_passwords() -> None:
    accounts = cast(AN_ORDINARY_DAY).accounts
    for values in ([a.email for a in accounts], [a.password for a in accounts], [a.person for a in accounts]):
        assert len(set(values)) == len(values)
    assert all(len(account.password) >= 15 for account in accounts)
    assert all(account.shows for account in accounts)
    gone = [account for account in accounts if not account.active]
    assert [(account.role, account.listed) for account in gone] == [("SENCO", False)]


@settings(max_examples=60)
@given(days)
def test_any_day_gives_a_whole_cast(today: date) -> None:
    check_cast(today)


@pytest.mark.parametrize("today", AWKWARD)
def test_awkward_days_give_a_whole_cast(today: date) -> None:
    check_cast(today)


def check_cast(today: date) -> None:
    everybody = cast(today)
    upns = [pupil.upn for pupil in everybody.pupils]
    assert len(set(upns)) == 120
    assert all(upn_number.is_valid(upn) for upn in upns)
    assert sum(upn[-1].isalpha() for upn in upns) == 1
    authority_of = {school.key: school.authority for school in everybody.schools}
    for pupil in everybody.pupils:
        assert pupil.upn[1:4] == authority_of[pupil.school]
        assert pupil.born_on < pupil.entered_on <= today
        assert age_fits(pupil, today)
    left = [pupil for pupil in everybody.pupils if pupil.has_left(today)]
    assert [pupil.family for pupil in left] == ["left"]
    leaving = [pupil for pupil in everybody.pupils if pupil.leaves_on and pupil.leaves_on > today]
    assert [pupil.family for pupil in leaving] == ["leaving"]
    young = everybody.pupil("M01")
    sixteenth = young.born_on.replace(year=young.born_on.year + 16)
    assert sixteenth <= last_friday_in_june(academic_year(sixteenth) + 1) <= today or (
        sixteenth <= date(academic_year(sixteenth) + 1, 8, 31) < today
    )
    assert today < young.born_on.replace(year=young.born_on.year + 17) + timedelta(days=3)
    for member in everybody.staff:
        assert member.starts_on <= today
        assert member.ends_on is None or member.starts_on < member.ends_on < today
    for tie in everybody.guardianships:
        assert tie.starts_on <= today


def age_fits(pupil: Pupil, today: date) -> bool:
    """Whether the pupil is of the age of the year group, on the August before it."""
    starts = academic_year(pupil.leaves_on if pupil.family == "left" and pupil.leaves_on else today)
    age = starts - pupil.born_on.year - ((pupil.born_on.month, pupil.born_on.day) > (8, 31))
    usual = {"N1": 2, "N2": 3, "R": 4}.get(pupil.year)
    return age == (usual if usual is not None else int(pupil.year) + 4)


def test_the_same_day_gives_the_same_cast() -> None:
    first = cast(AN_ORDINARY_DAY)
    cast.cache_clear()
    assert cast(AN_ORDINARY_DAY) == first


@settings(max_examples=40)
@given(days)
@example(date(2027, 8, 31))
def test_calendars_are_like_those_of_schools(today: date) -> None:
    for school in cast(today).schools:
        last, this, following = school.calendar
        assert last.starts + 2 == this.starts + 1 == following.starts == academic_year(today) + 1
        for year in school.calendar:
            assert 160 <= sum(len(school_days(year, term)) for term in year.terms) <= 195
            for term in year.terms:
                assert term.starts_on < term.half_term_from < term.half_term_to < term.ends_on
                assert all(day.weekday() < 5 for day in (term.starts_on, term.ends_on))
            for before, after in pairwise(year.terms):
                assert before.ends_on < after.starts_on
            assert date(year.starts, 9, 1) <= year.terms[0].starts_on
            assert year.terms[2].ends_on < date(year.starts + 1, 8, 1)
            assert not year.is_open(easter(year.starts + 1) - timedelta(days=2)), "Good Friday"
            assert not year.is_open(easter(year.starts + 1) + timedelta(days=1)), "Easter Monday"
            assert all(closure.day.weekday() < 5 for closure in year.closures)


def test_no_two_schools_keep_the_same_calendar() -> None:
    schools = cast(AN_ORDINARY_DAY).schools
    years = [school_year(2026, school.kind, variant_of(school.key)) for school in schools]
    assert len({(year.terms, year.training_days, year.closures) for year in years}) == 5


@pytest.mark.parametrize(
    ("year", "sunday"),
    [
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2027, date(2027, 3, 28)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_easter(year: int, sunday: date) -> None:
    assert easter(year) == sunday
