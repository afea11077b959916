"""A version is withdrawn and only the data protection officer sees it; a plan ends with its reason."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from isp.kernel import clock
from isp.plans import actions
from tests.cast import small_plan
from tests.plans.desk import form_of, words
from tests.plans.test_writing_in_a_draft import own, person_tokens


@pytest.fixture
def two(cast):
    return cast.plan("ava", "sara", small_plan(strengths="First"), small_plan(strengths="Second"))


def withdraw(desk, record, number=2, name="sara", **changed):
    person = desk.at(name)
    path = f"/plans/{record}/versions/{number}/withdraw"
    given = {"why": "third_party", "reason": "Somebody else's words"} | changed
    return person.fill(person.get(path), path, **given)


def test_a_withdrawn_version_is_hidden_and_the_one_before_is_in_force(desk, two):
    assert withdraw(desk, two).status_code == 303
    sara = desk.at("sara")
    assert "First" in words(sara.get(f"/plans/{two}"))
    assert sara.get(f"/plans/{two}/versions/2").status_code == 410
    listed = words(sara.get(f"/plans/{two}/versions"))
    assert "2 Withdrawn" in listed
    assert "It holds somebody else's words" in listed
    assert "2 Withdrawn" not in words(desk.at("tom").get(f"/plans/{two}/versions"))
    assert "Second" in words(desk.at("dora").get(f"/plans/{two}/versions/2"))
    told = [one for one in desk.told("ava") if one.event.code == "plan.version_withdrawn"][-1]
    assert told.detail == {"version": 2, "why": "third_party"}
    assert "Somebody else's words" not in str(told.canon)


def test_the_only_version_withdrawn_leaves_none_in_force(desk, plan):
    assert withdraw(desk, plan, 1).status_code == 303
    assert "No version of this plan is in force" in words(desk.at("sara").get(f"/plans/{plan}"))
    assert "The school is still writing the plan." in words(desk.at("pam").get(f"/plans/{plan}"))


def test_it_is_withdrawn_once(desk, two):
    withdraw(desk, two)
    assert withdraw(desk, two, name="hal").status_code == 409


def test_it_needs_a_reason(desk, two):
    answer = withdraw(desk, two, why="", reason="Not for this plan")
    assert answer.status_code == 422
    assert "Choose what is wrong" in words(answer)
    assert "Not for this plan" in answer.text
    answer = withdraw(desk, two, why="because")
    assert answer.status_code == 422
    assert withdraw(desk, two, reason=" ").status_code == 422
    assert "plan.version_withdrawn" not in desk.acts("ava")


@pytest.mark.parametrize("number", ["9", "2147483648", "9" * 20, "9" * 400])
def test_a_number_that_is_none(desk, two, number):
    sara = desk.at("sara")
    for page in ("", "/withdraw", "/bring-back"):
        assert sara.get(f"/plans/{two}/versions/{number}{page}").status_code == 404
    assert sara.get(f"/plans/{two}/compare?earlier=1&later={number}").status_code == 404


def test_a_draft_does_not_show_the_words_of_the_withdrawn_version_it_began_from(desk, cast):
    record = cast.plan("ava", "sara", small_plan(), small_plan(hard="Her cousin Zebedee Quillfeather"))
    sara = desk.at("sara")
    sara.fill(sara.get(f"/plans/{record}/edit"), f"/plans/{record}/edit")
    place = f"/plans/{record}/edit/about_me"
    sara.fill(sara.get(place), place, values={"about_me.hard": "Her cousin"})
    assert "Quillfeather" in sara.get(f"/plans/{record}/draft/changes").text
    withdraw(desk, record)
    for page in ("draft/changes", "finalise", "draft/discard"):
        shown = sara.get(f"/plans/{record}/{page}")
        assert shown.status_code == 200
        assert "Quillfeather" not in shown.text
    assert "since version 1" in sara.get(f"/plans/{record}/draft/changes").text


def end(desk, record, **changed):
    sara = desk.at("sara")
    path = f"/plans/{record}/end"
    given = {"why": "needs_met", "reason": "Agreed at the review"} | changed.pop("values", {}) | changed
    return sara.fill(sara.get(path), path, values=given)


def test_a_plan_ends_and_stays_readable(desk, draft):
    answer = end(desk, draft)
    assert answer.status_code == 303
    sara = desk.at("sara")
    page = words(sara.get(f"/plans/{draft}"))
    assert "Kind to younger children" in page
    assert "This plan ended on" in page
    assert "Write the next version" not in page
    assert "End this plan" not in page
    gone = sara.get(f"/plans/{draft}/edit")
    assert gone.status_code == 409
    assert "This plan has ended" in words(gone)
    told = [one for one in desk.told("ava") if one.event.code == "plan.ended"][-1]
    assert told.detail == {"why": "needs_met", "on": clock.today().isoformat()}
    assert end(desk, draft).status_code == 409


def test_it_does_not_end_tomorrow_or_without_a_reason(desk, plan):
    later = clock.today() + timedelta(days=1)
    values = {"on-day": str(later.day), "on-month": str(later.month), "on-year": str(later.year)}
    answer = end(desk, plan, values=values)
    assert answer.status_code == 422
    assert "Agreed at the review" in answer.text
    assert end(desk, plan, reason="").status_code == 422
    assert end(desk, plan, why="bored").status_code == 422
    assert "plan.ended" not in desk.acts("ava")


@pytest.mark.parametrize("path", ["versions/1/withdraw", "end"])
def test_those_who_may_not(desk, plan, path):
    where = f"/plans/{plan}/{path}"
    sent = own(form_of(desk.at("sara").get(where), where))
    sent |= {"why": "other", "reason": "Mine"}
    for name, status in (
        ("tom", 403),
        ("pam", 403),
        ("leo", 403),
        ("nora", 404),
        ("sena", 404),
        ("olli", 404),
    ):
        person = desk.at(name)
        assert person.get(where).status_code == status, name
        assert person.send(where, {**person_tokens(person), **sent}).status_code == status, name
    assert {"plan.ended", "plan.version_withdrawn"}.isdisjoint(desk.acts("ava"))


def test_the_next_plan_starts_blank_or_from_the_last(desk, cast, plan):
    with cast.acting("sara") as unit:
        actions.end_plan(unit, plan, "left", "Moved away")
    sara = desk.at("sara")
    path = f"/pupils/{cast.pupils['ava']}/plan/start"
    answer = sara.send(path, {**person_tokens(sara), "start_from": "last"})
    assert answer.status_code == 303
    record = UUID(answer.headers["Location"].split("/")[2])
    assert record != plan
    assert desk.content(record)["sections"]["about_me"]["fields"]["strengths"] == "Kind to younger children"
    assert sara.send(path, {**person_tokens(sara)}).status_code == 409


def test_a_plan_is_started_by_those_who_may_write_and_nobody_else(desk, cast):
    path = f"/pupils/{cast.pupils['ben']}/plan/start"
    for name, status in (
        ("hal", 403),
        ("tia", 403),
        ("bea", 403),
        ("nora", 404),
        ("pam", 404),
        ("tess", 404),
    ):
        person = desk.at(name)
        assert person.send(path, person_tokens(person)).status_code == status, name
    tom = desk.at("tom")
    assert tom.send(path, {**person_tokens(tom), "start_from": "last"}).status_code == 409
    answer = tom.send(path, person_tokens(tom))
    assert answer.status_code == 303
    assert "What is still to be written?" in words(tom.get(answer.headers["Location"]))
    assert "plan.started" in desk.acts("ben")
