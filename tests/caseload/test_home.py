"""Home: what each person must do, or what she is, and never an empty page."""

from __future__ import annotations

import pytest

from isp.people.models import Account
from isp.people.roles import Role
from isp.plans import actions, countersigning
from tests.caseload.desk import full_plan, words


def test_a_senco_meets_what_is_overdue_and_due_drafts_and_pupils_without_a_plan(desk):
    desk.plan("ava", full_plan(review_in=-3))
    desk.plan("ben", full_plan(review_in=5))
    desk.cast.plan("cleo", "sara")
    page = words(desk.signed_in("sara").get("/"))
    assert page.startswith("What must I do this week?")
    assert "Reviews overdue (1) Ava Planted" in page
    assert "(3 days ago)" in page
    assert "in the next 14 days (1) Ben Planted" in page
    assert "Drafts open (1) Cleo Planted" in page
    assert "without a plan (1) Yan Planted" in page
    assert "Eli" not in page


def test_the_oldest_review_comes_first_and_one_far_off_does_not_come(desk):
    desk.plan("ava", full_plan(review_in=-3))
    desk.plan("ben", full_plan(review_in=-30))
    desk.plan("cleo", full_plan(review_in=15))
    page = words(desk.signed_in("sara").get("/"))
    overdue = page[page.index("Reviews overdue (2)") : page.index("Reviews due in")]
    assert overdue.index("Ben") < overdue.index("Ava")
    assert "Cleo" not in page


def test_a_head_is_not_sent_to_write(desk):
    desk.cast.plan("ben", "sara")
    home = desk.signed_in("hal").get("/")
    assert "read the draft" in home.text
    assert "/edit" not in home.text


def test_the_names_on_it_are_one_list_in_the_trail_of_the_school(desk):
    desk.signed_in("sara").get("/")
    ((_, detail),) = [one for one in desk.told("sara") if one[0] == "list.viewed"]
    assert detail["list"] == "week"
    assert detail["count"] == 4


def test_a_teacher_meets_her_classes(desk):
    page = words(desk.signed_in("tom").get("/"))
    assert page == "Which class? 4T 2 pupils, Oakfield School"


def test_a_teacher_of_no_class_is_told_what_to_do(desk):
    assert "Ask the SENCO or the school office" in words(desk.signed_in("tess").get("/"))


def test_a_teaching_assistant_meets_her_groups(desk):
    assert words(desk.signed_in("tia").get("/")).startswith("Which group? 4T")


def test_a_parent_of_one_child_is_led_to_that_child(desk):
    answer = desk.signed_in("pam").get("/")
    assert answer.location == f"/my-child/{desk.cast.pupils['ava']}"


def test_a_parent_of_two_chooses(desk):
    desk.cast.guardian("pam", "ben")
    browser = desk.signed_in("pam")
    assert words(browser.get("/")) == "Which child? Ava Ben"
    ((_, detail),) = [one for one in desk.told("pam") if one[0] == "list.viewed"]
    assert (detail["list"], detail["count"]) == ("children", 2)


def test_a_young_person_is_led_to_her_plan(desk):
    assert desk.signed_in("yan").get("/").location == "/my-plan"


@pytest.mark.parametrize("who", ["eve", "wes"])
def test_whoever_only_gives_advice_is_led_to_what_is_asked_of_her(desk, who):
    assert desk.signed_in(who).get("/").location == "/advice"


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ("olli", "No cases with you. A case comes here when"),
        ("mia", "No open cases here."),
        ("dora", "check that none of it was altered"),
        ("olga", "Bring in pupils, staff, groups or contacts"),
        ("leo", "4 pupils on roll."),
        ("ada", "4 pupils on roll."),
        ("nora", "nobody has connected you with a school"),
    ],
)
def test_everybody_else_reads_something_true_and_useful(desk, who, says):
    assert says in words(desk.signed_in(who).get("/"))


def test_an_operator_is_told_that_she_can_read_nothing(desk):
    with desk.cast.making() as unit:
        unit.change(Account, {"person_id": desk.cast.people["nora"]}, is_operator=True)
    page = words(desk.signed_in("nora").get("/"))
    assert "can read nothing about any child" in page


def test_somebody_of_several_roles_meets_them_all_in_order(desk):
    desk.cast.member("tom", "oakfield", Role.SENCO)
    desk.cast.guardian("tom", "eli")
    page = words(desk.signed_in("tom").get("/"))
    assert page.index("Reviews overdue") < page.index("My classes and groups") < page.index("My children Eli")


def test_an_empty_school_shows_three_steps(desk):
    desk.cast.school("newfield")
    desk.cast.member("nell", "newfield", Role.SENCO)
    page = words(desk.signed_in("nell").get("/"))
    assert page.startswith("How do we begin?")
    assert [step in page for step in ("Bring pupils and staff in", "Invite colleagues", "Start a plan")] == [
        True
    ] * 3
    assert "Find a pupil" not in page


def test_a_stranger_is_asked_to_sign_in(desk):
    assert desk.browser().get("/").location == "/sign-in?next=/"


def test_the_number_of_statements_does_not_grow_with_the_caseload(desk):
    browser = desk.signed_in("sara")
    desk.plan("ava", full_plan(review_in=-3))
    browser.get("/")
    with desk.counting() as few:
        browser.get("/")
    for number in range(12):
        desk.cast.pupil(f"kim{number}", "oakfield")
    for pupil in ("ben", "cleo"):
        desk.plan(pupil, full_plan(review_in=-3))
    with desk.counting() as many:
        browser.get("/")
    assert len(many) == len(few) <= (17 if desk.cast.store.database.is_sqlite else 15)


def test_a_head_meets_what_she_is_asked_to_countersign(desk):
    record = desk.cast.plan("ben", "sara", full_plan())
    with desk.cast.acting("hal") as unit:
        countersigning.set_rule(unit, desk.cast.places["oakfield"], "head", unit.today)
    with desk.cast.acting("sara") as unit:
        actions.start_draft(unit, record)
    with desk.cast.acting("sara") as unit:
        countersigning.ask(unit, record, 0, desk.cast.people["hal"])
    home = desk.signed_in("hal").get("/")
    assert "To countersign (1) Ben Planted" in words(home)
    assert f"/plans/{record}/countersign" in home.text
    assert "to_countersign" in [detail["list"] for code, detail in desk.told("hal") if code == "list.viewed"]
    assert "To countersign" not in words(desk.signed_in("sara").get("/"))
