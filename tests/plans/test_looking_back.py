"""The list of versions, two side by side, and the plan as it stood on a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from isp.kernel import clock
from isp.plans import actions
from isp.records.changes import Change, Op
from tests.cast import small_plan
from tests.pages import Page
from tests.plans.desk import words
from tests.statements import statements


@pytest.fixture
def several(cast):
    """Ava's plan in three versions; reading grew, then her strengths were reworded."""
    first = small_plan()
    provision = first["sections"]["provision"]["items"][0]
    provision["per"] = "week"
    record = cast.plan("ava", "sara", first)
    for changes, reason in (
        (
            [("provision", provision["id"], "times", 3), ("provision", provision["id"], "minutes", 30)],
            "More reading",
        ),
        ([("about_me", None, "strengths", "Kind to older children")], "In her words"),
    ):
        with cast.acting("sara") as unit:
            actions.start_draft(unit, record)
        with cast.acting("sara") as unit:
            made = [Change(Op.SET, section, item, field, value) for section, item, field, value in changes]
            actions.save_draft(unit, record, 0, made)
        with cast.acting("sara") as unit:
            actions.publish(unit, record, 1, reason)
    return record


def test_versions_are_listed_newest_first_with_their_reasons(desk, several):
    page = desk.at("sara").get(f"/plans/{several}/versions")
    said = words(page)
    assert said.index("In her words") < said.index("More reading") < said.index("The first plan")
    assert "3 In force" in said
    assert "Sara Example, SENCO" in said
    assert desk.acts("ava")[-1] == "plan.versions_viewed"


def test_a_long_list_comes_in_pages_at_the_same_cost(desk, cast, several):
    sara = desk.at("sara")
    with statements(cast.store.database) as few:
        sara.get(f"/plans/{several}/versions")
    for number in range(30):
        with cast.acting("sara") as unit:
            actions.start_draft(unit, several)
        with cast.acting("sara") as unit:
            actions.publish(unit, several, 0, f"Reason {number}")
    with statements(cast.store.database) as many:
        first = sara.get(f"/plans/{several}/versions")
    assert len(many) == len(few)
    assert "Reason 29" in words(first)
    assert "The first plan" not in words(first)
    later = next(one for one in Page(first.text).all("a") if one.get("rel") == "next").get("href")
    second = sara.get(later)
    assert "The first plan" in words(second)
    back = next(one for one in Page(second.text).all("a") if one.get("rel") == "prev").get("href")
    assert "Reason 29" in words(sara.get(back))


def test_two_versions_are_told_in_sentences(desk, several):
    page = desk.at("sara").get(f"/plans/{several}/compare?earlier=1&later=2")
    said = words(page)
    assert "What changed from version 1 to version 2?" in said
    assert "Reading: 2 × 20 minutes a week became 3 × 30." in said
    assert "Why: More reading" in said
    assert "What stayed as it was" in said
    assert "Kind to younger children" in said
    assert desk.told("ava")[-1].detail == {"earlier": 1, "later": 2}


def test_words_are_marked_within_a_text_and_said_for_those_who_listen(desk, several):
    page = desk.at("pam").get(f"/plans/{several}/compare?earlier=2&later=3")
    parsed = Page(page.text)
    assert [one.words for one in parsed.all("del")] == ["taken out: younger (end of what was taken out)"]
    assert [one.words for one in parsed.all("ins")] == ["put in: older (end of what was put in)"]
    assert "What I am good at" in words(page)


def test_the_newest_two_are_compared_unless_told_otherwise(desk, several):
    said = words(desk.at("sara").get(f"/plans/{several}/compare"))
    assert "from version 2 to version 3" in said
    turned = words(desk.at("sara").get(f"/plans/{several}/compare?earlier=3&later=1"))
    assert "from version 1 to version 3" in turned


@pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "-" + "9" * 30])
def test_a_number_that_no_version_has_is_not_found_however_long_it_is(desk, several, number):
    for pair in (f"earlier={number}&later=1", f"earlier=1&later={number}"):
        assert desk.at("sara").get(f"/plans/{several}/compare?{pair}").status_code == 404


def test_one_version_has_nothing_to_be_compared_with(desk, plan):
    answer = desk.at("sara").get(f"/plans/{plan}/compare")
    assert answer.status_code == 422
    assert "only one version so far" in words(answer)


def test_a_version_is_compared_with_the_one_before_it_that_can_be_read(desk, several):
    sara = desk.at("sara")
    said = words(sara.get(f"/plans/{several}/compare?later=2"))
    assert "from version 1 to version 2" in said
    assert sara.get(f"/plans/{several}/compare?later={'9' * 30}").status_code == 404
    assert sara.get(f"/plans/{several}/compare?later=8").status_code == 404


def test_what_the_plan_s_page_offers_is_no_error_where_the_version_before_was_withdrawn(desk, several):
    sara = desk.at("sara")
    offered = f"/plans/{several}/compare?later=3"
    assert offered in sara.get(f"/plans/{several}").text
    with desk.cast.acting("sara") as unit:
        actions.withdraw(unit, several, 2, "wrong_child", "Another child")
    assert "from version 1 to version 3" in words(sara.get(offered))
    with desk.cast.acting("sara") as unit:
        actions.withdraw(unit, several, 1, "wrong_child", "Another child")
    answer = sara.get(offered)
    assert answer.status_code == 302
    assert "nothing earlier to compare it with" in words(sara.get(answer.headers["Location"]))


def test_the_same_version_twice_has_no_changes(desk, several):
    said = words(desk.at("sara").get(f"/plans/{several}/compare?earlier=2&later=2"))
    assert "Nothing changed between these two." in said


def test_a_comparison_names_nothing_that_the_lens_hides(desk, cast, several):
    with cast.acting("sara") as unit:
        actions.start_draft(unit, several)
    with cast.acting("sara") as unit:
        change = Change(Op.SET, "health_and_care", None, "affects_learning", "Epilepsy")
        actions.save_draft(unit, several, 0, [change])
    with cast.acting("sara") as unit:
        actions.publish(unit, several, 1, "Health")
    assert "Epilepsy" in words(desk.at("sara").get(f"/plans/{several}/compare?earlier=3&later=4"))
    head = words(desk.at("hal").get(f"/plans/{several}/compare?earlier=3&later=4"))
    assert "Epilepsy" not in head
    assert "Health and care" not in head


def test_the_plan_as_it_stood_on_a_day(desk, cast):
    today = clock.today()
    with time_machine.travel(f"{today - timedelta(days=40)} 12:00", tick=True):
        record = cast.plan("ava", "sara", small_plan(strengths="As in October"))
    with cast.acting("sara") as unit:
        actions.start_draft(unit, record)
    cast.write(record, "sara", small_plan(strengths="As today"))
    with cast.acting("sara") as unit:
        actions.publish(unit, record, 1, "The review")
    sara = desk.at("sara")
    path = f"/plans/{record}/as-of"
    assert "As in October" in words(sara.get(f"{path}?on={today - timedelta(days=1)}"))
    assert "As today" in words(sara.get(f"{path}?on={today}"))
    before = words(sara.get(f"{path}?on={today - timedelta(days=41)}"))
    assert "There was no plan in force" in before
    told = desk.told("ava")[-1]
    assert told.event.code == "plan.read_as_of"
    assert told.detail["version"] is None


def test_the_day_is_asked_for_in_boxes_and_shown_in_the_address(desk, plan):
    sara = desk.at("sara")
    path = f"/plans/{plan}/as-of"
    answer = sara.get(f"{path}?on-day=14&on-month=3&on-year=2026")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{path}?on=2026-03-14"
    wrong = sara.get(f"{path}?on-day=31&on-month=2&on-year=2026")
    assert wrong.status_code == 422
    assert "a day that exists" in words(wrong)
    assert sara.get(f"{path}?on=nonsense").status_code == 200
    assert date.fromisoformat("2026-03-14").year == 2026


@pytest.mark.parametrize(
    "path", ["versions", "compare?earlier=1&later=2", "as-of?on=2026-11-22", "versions/1"]
)
def test_who_may_not_look_back(desk, several, path):
    assert desk.at("nora").get(f"/plans/{several}/{path}").status_code == 404
    assert desk.at("sena").get(f"/plans/{several}/{path}").status_code == 404
    assistant = desk.at("tia").get(f"/plans/{several}/{path}")
    assert assistant.status_code == (200 if path == "versions/1" else 403)


def test_an_officer_sees_the_versions_that_were_released_and_no_others(desk, cast, several):
    from isp.records import versions

    with cast.acting("sara") as unit:
        second = versions.facts(unit, several, 2)
    cast.case("ava", "northshire", "olli", {second.id: second.digest})
    olli = desk.at("olli")
    said = words(olli.get(f"/plans/{several}/versions"))
    assert "More reading" in said
    assert "The first plan" not in said
    assert "In her words" not in said
    assert olli.get(f"/plans/{several}/versions/1").status_code == 404
    assert "Version 2" in words(olli.get(f"/plans/{several}"))
    assert olli.get(f"/plans/{several}/compare?earlier=1&later=2").status_code == 404
