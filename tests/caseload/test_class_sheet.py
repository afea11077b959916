"""The class on one sheet: strategies and must-know of every pupil, in one set of statements."""

from __future__ import annotations

import pytest

from isp.access.models import GroupStaff
from isp.people.roles import Role
from tests.caseload.desk import ALLERGY, CLINICAL, EXTRA_TIME, STAFF_ONLY, STRATEGY, full_plan, words


@pytest.fixture
def sheet(desk):
    desk.plan("ava")
    return f"/classes/{desk.cast.groups['4T']}"


def test_a_teacher_reads_what_helps_each_pupil(desk, sheet):
    answer = desk.signed_in("tom").get(sheet)
    page = words(answer)
    assert page.startswith("4T What helps in this class?")
    for told in (ALLERGY, STRATEGY, EXTRA_TIME, "Ben Planted"):
        assert told in page
    assert CLINICAL not in answer.text
    assert STAFF_ONLY not in answer.text
    assert f"/plans/{desk.plans['ava']}" in answer.text


def test_a_pupil_without_a_plan_is_on_it_and_says_so(desk, sheet):
    assert "no plan" in words(desk.signed_in("tom").get(sheet))


def test_the_cover_version_has_forenames_and_what_a_supply_teacher_needs(desk, sheet):
    answer = desk.signed_in("tom").get(f"{sheet}?cover=yes")
    for told in (ALLERGY, STRATEGY, EXTRA_TIME):
        assert told in answer.text
    for hidden in ("Planted", "/plans/", CLINICAL, STAFF_ONLY):
        assert hidden not in answer.text


def test_two_of_one_forename_are_told_apart_on_the_cover_version(desk, sheet):
    twin = desk.cast.pupil("ava", "oakfield", preferred_family="Zed", preferred_given="Ava")
    desk.cast.tie("ava", "group", group_id=desk.cast.groups["4T"])
    assert twin
    page = words(desk.signed_in("tom").get(f"{sheet}?cover=yes"))
    assert "Ava P" in page
    assert "Ava Z" in page


def test_initials_stand_for_names_where_asked(desk, sheet):
    page = words(desk.signed_in("tom").get(f"{sheet}?names=initials"))
    assert "AP" in page
    assert "Planted" not in page


def test_a_teaching_assistant_reads_the_same_without_clinical_words(desk, sheet):
    answer = desk.signed_in("tia").get(sheet)
    assert STRATEGY in answer.text
    assert CLINICAL not in answer.text


def test_the_office_reads_what_must_be_known(desk, sheet):
    answer = desk.signed_in("olga").get(sheet)
    assert ALLERGY in answer.text
    assert STRATEGY not in answer.text


def test_a_name_leads_to_the_plan_for_whoever_may_read_it_and_nowhere_for_the_office(desk, sheet):
    for name, leads in (("tom", True), ("tia", True), ("hal", True), ("olga", False)):
        assert ('href="/plans/' in desk.signed_in(name).get(sheet).text) is leads, name


def test_each_pupil_whose_plan_is_shown_has_a_view_on_his_own_chain(desk, sheet):
    desk.plan("ben")
    desk.signed_in("tom").get(sheet)
    told = desk.told("tom")
    assert told.count(("plan.viewed", {"version": 1})) == 2
    ((_, detail),) = [one for one in told if one[0] == "list.viewed"]
    assert (detail["list"], detail["count"]) == ("class", 2)


@pytest.mark.parametrize("who", ["tess", "pam", "paul", "yan", "olli", "sena"])
def test_nobody_else_finds_it(desk, sheet, who):
    assert desk.signed_in(who).get(sheet).status_code == 404


def test_a_teacher_who_left_the_class_finds_it_no_longer(desk, sheet):
    browser = desk.signed_in("tom")
    assert browser.get(sheet).status_code == 200
    with desk.cast.making() as unit:
        unit.change(GroupStaff, {"person_id": desk.cast.people["tom"]}, ended_at=unit.now)
    assert browser.get(sheet).status_code == 404


def test_an_empty_class_opens_for_its_teacher(desk):
    desk.cast.teaching_group("9Z", "oakfield", {"tess": Role.CLASS_TEACHER}, [])
    page = words(desk.signed_in("tess").get(f"/classes/{desk.cast.groups['9Z']}"))
    assert "Nobody is in this class at present" in page


def test_a_class_of_thirty_takes_no_more_statements_than_one_of_two(desk, sheet):
    tom = desk.signed_in("tom")
    tom.get(sheet)
    with desk.counting() as few:
        tom.get(sheet)
    names = [f"kim{number}" for number in range(28)]
    for name in names:
        desk.cast.pupil(name, "oakfield")
        desk.cast.tie(name, "group", group_id=desk.cast.groups["4T"])
    for name in ("ben", *names[:6]):
        desk.plan(name)
    with desk.counting() as many:
        answer = tom.get(sheet)
    assert answer.text.count('scope="row"') == 30
    assert len(many) == len(few) <= 17


def test_long_words_stand_once_and_whole_not_cut_short_first(desk):
    plan, long = full_plan(), "Never lift her “alone” & by the arms: two trained adults and the hoist."
    plan["sections"]["must_know"]["items"][0]["what"] = long
    desk.plan("ava", plan)
    sheet = f"/classes/{desk.cast.groups['4T']}"
    pupil = f"/pupils/{desk.cast.pupils['ava']}"
    for address in (sheet, f"{sheet}?cover=yes", pupil):
        page = words(desk.signed_in("sara").get(address))
        assert page.count("Never lift her") == 1, address
        assert long in page, address


def test_the_way_back_leads_somewhere_for_each_of_them(desk, sheet):
    assert ">My classes</a>" in desk.signed_in("tom").get(sheet).text
    senco = desk.signed_in("sara").get(sheet).text
    assert 'href="/pupils" class="govuk-back-link"' in senco
    assert "My classes" not in senco
