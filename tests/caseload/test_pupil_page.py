"""A pupil's page: who is this, and where do things stand, for each who works with the child."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from tests.caseload.desk import ALLERGY, CLINICAL, STAFF_ONLY, STRATEGY, changed, full_plan, words


def test_a_senco_reads_facts_must_know_the_plan_what_changed_and_people(desk):
    first = full_plan(review_in=10)
    desk.plan("ava", first, changed(first, strengths="Kind to everyone"))
    page = words(desk.signed_in("sara").get(f"/pupils/{desk.cast.pupils['ava']}"))
    assert page.startswith(
        "Ava Planted Who is this, and where do things stand? Year 4, born 14 May 2016, SEN support"
    )
    assert f"Must know {ALLERGY}" in page
    assert "Version 2, in force since" in page
    assert "(in 10 days)" in page
    assert "“Kind to younger children” became “Kind to everyone”" in page
    assert "Version 1, from" in page
    assert "Pam Example Parent or carer" in page
    assert "History" in page


def test_the_trail_says_that_she_looked_and_at_which_version(desk):
    desk.plan("ava")
    desk.signed_in("sara").get(f"/pupils/{desk.cast.pupils['ava']}")
    assert desk.told("sara")[-2:] == [("plan.viewed", {"version": 1}), ("pupil.viewed", {})]


def test_a_pupil_without_a_plan_has_the_button_to_start_one_for_who_may(desk):
    path = f"/pupils/{desk.cast.pupils['ben']}"
    assert "Start a plan" in desk.signed_in("sara").get(path).text
    assert "Start a plan" not in desk.signed_in("tom").get(path).text


def test_an_open_draft_is_told_to_those_who_may_read_it(desk):
    desk.cast.plan("ben", "sara")
    path = f"/pupils/{desk.cast.pupils['ben']}"
    assert "go on writing" in desk.signed_in("tom").get(path).text
    assert "raft of the next version" not in desk.signed_in("tia").get(path).text


def test_a_teaching_assistant_meets_no_clinical_word_and_no_link_beyond_the_grid(desk):
    desk.plan("ava")
    answer = desk.signed_in("tia").get(f"/pupils/{desk.cast.pupils['ava']}")
    assert ALLERGY in answer.text
    for hidden in (CLINICAL, "/history", "/people", "/details", "/request-assessment", "Pam"):
        assert hidden not in answer.text


def test_the_office_reads_what_must_be_known_and_nothing_else_of_the_plan(desk):
    desk.plan("ava")
    answer = desk.signed_in("olga").get(f"/pupils/{desk.cast.pupils['ava']}")
    assert ALLERGY in answer.text
    for hidden in (CLINICAL, STRATEGY, STAFF_ONLY, "/plans/"):
        assert hidden not in answer.text


def test_a_parent_is_led_to_her_own_page(desk):
    path = f"/pupils/{desk.cast.pupils['ava']}"
    assert desk.signed_in("pam").get(path).location == f"/my-child/{desk.cast.pupils['ava']}"


def bare(answer):
    """A page without what differs at every request."""
    text = re.sub(r'(nonce|content|value)="[^"]*"', "", answer.text)
    return re.sub(r"[0-9a-f]{32}|/[0-9a-f-]{36}", "", text)


@pytest.mark.parametrize(
    "path", ["/pupils/{}", "/pupils/{}/history", "/my-child/{}", "/my-child/{}/who", "/classes/{}"]
)
@pytest.mark.parametrize("who", ["nora", "sena", "olli", "bea"])
def test_a_stranger_cannot_tell_who_exists(desk, who, path):
    desk.plan("ava")
    browser = desk.signed_in(who)
    browser.get("/account")
    there = desk.cast.groups["4T"] if "classes" in path else desk.cast.pupils["ava"]
    real, none = browser.get(path.format(there)), browser.get(path.format(uuid4()))
    assert real.status_code == none.status_code == 404
    assert bare(real) == bare(none)
    assert set(real.headers.keys()) == set(none.headers.keys())
    assert desk.told(who)[-1][0] == desk.told(who)[-2][0] == "access.denied"


def test_the_number_of_statements_is_as_it_was_measured(desk):
    first = full_plan()
    desk.plan("ava", first, changed(first, strengths="Kind to everyone"))
    browser = desk.signed_in("sara")
    browser.get("/")
    with desk.counting() as sent:
        browser.get(f"/pupils/{desk.cast.pupils['ava']}")
    assert len(sent) <= 29
