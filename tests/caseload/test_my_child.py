"""The family's page: the plan in plain order and plain words, and what is new on top."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine

from isp.access.models import Restriction, Tie
from isp.kernel import clock
from isp.kernel.ids import new_id
from isp.plans import actions
from tests.caseload.desk import ALLERGY, CLINICAL, STAFF_ONLY, STRATEGY, changed, full_plan, words
from tests.caseload.test_sentences import NEVER


def child(desk, name="ava"):
    return f"/my-child/{desk.cast.pupils[name]}"


def next_version(desk, content, reason="The next plan"):
    record = desk.plans["ava"]
    with desk.cast.acting("sara") as unit:
        actions.start_draft(unit, record)
    desk.cast.write(record, "sara", content)
    with desk.cast.acting("sara") as unit:
        actions.publish(unit, record, desk.cast.draft(unit, record).revision, reason)


def test_a_parent_reads_the_plan_in_plain_order(desk):
    desk.plan("ava", full_plan(review_in=10))
    page = words(desk.signed_in("pam").get(child(desk)))
    places = [
        "How is my child helped?",
        "This is plan 1",
        "About me",
        "What every adult needs to know",
        "What adults do every day",
        "What we are aiming for",
        "Support",
        "What happens next",
        "(in 10 days)",
        "Who to ask Sara Example, SENCO",
    ]
    assert [page.find(place) for place in places] == sorted(page.find(place) for place in places)
    assert -1 not in [page.find(place) for place in places]


def test_its_words_are_the_familys(desk):
    first = full_plan()
    desk.plan("ava", first)
    pam = desk.signed_in("pam")
    pam.get(child(desk))
    next_version(desk, changed(first, strengths="Kind to everyone"))
    for path in (child(desk), f"{child(desk)}/who", f"/pupils/{desk.cast.pupils['ava']}/history"):
        found = NEVER.search(words(pam.get(path)))
        assert found is None, f"{path} says {found}"


def test_a_first_look_says_nothing_of_changes(desk):
    desk.plan("ava")
    assert "since you last looked" not in words(desk.signed_in("pam").get(child(desk)))


def test_what_changed_since_she_last_looked_stands_on_top(desk):
    first = full_plan()
    desk.plan("ava", first)
    pam = desk.signed_in("pam")
    pam.get(child(desk))
    next_version(desk, changed(first, strengths="Kind to everyone", interests="Trains"), "She told us more")
    page = words(pam.get(child(desk)))
    assert "2 things changed since you last looked She told us more" in page
    assert "“Kind to younger children” became “Kind to everyone”" in page
    assert page.index("changed since") < page.index("About me")


NEWS = "1 thing changed since you last looked"


@contextmanager
def at_a_later_sitting(desk, *, hours=5):
    """Pam has read the plan at an earlier sitting, and the school has shared the next one since."""
    first = full_plan()
    desk.plan("ava", first)
    desk.signed_in("pam").get(child(desk))
    next_version(desk, changed(first, strengths="Kind to everyone"))
    with later(hours):
        yield first


def later(hours):
    return time_machine.travel(clock.now() + timedelta(hours=hours), tick=True)


def test_news_stays_for_the_whole_sitting(desk):
    with at_a_later_sitting(desk):
        pam = desk.signed_in("pam")
        assert NEWS in words(pam.get(child(desk)))
        pam.get(f"/plans/{desk.plans['ava']}/versions/1")
        pam.get(f"/plans/{desk.plans['ava']}")
        assert NEWS in words(pam.get(child(desk)))


def test_news_stays_when_she_signs_in_again_on_another_telephone(desk):
    with at_a_later_sitting(desk):
        desk.signed_in("pam").get(child(desk))
        assert NEWS in words(desk.signed_in("pam", network="192.0.2.9").get(child(desk)))


def test_at_the_next_sitting_it_is_news_no_longer_whatever_she_read_last(desk):
    with at_a_later_sitting(desk):
        pam = desk.signed_in("pam")
        pam.get(child(desk))
        pam.get(f"/plans/{desk.plans['ava']}/versions/1")
        with later(5):
            assert "Nothing has changed since you last looked" in words(
                desk.signed_in("pam").get(child(desk))
            )


def test_what_is_shared_while_she_reads_is_told_with_the_rest(desk):
    with at_a_later_sitting(desk) as first:
        pam = desk.signed_in("pam")
        pam.get(child(desk))
        next_version(desk, changed(first, strengths="Kind to everyone", interests="Trains"))
        assert "2 things changed since you last looked" in words(pam.get(child(desk)))


def test_in_the_first_sitting_ever_it_counts_from_where_that_began(desk):
    first = full_plan()
    desk.plan("ava", first)
    pam = desk.signed_in("pam")
    pam.get(child(desk))
    next_version(desk, changed(first, strengths="Kind to everyone"))
    for _ in range(2):
        assert NEWS in words(pam.get(child(desk)))


def test_what_the_other_parent_saw_does_not_count_as_seen(desk):
    first = full_plan()
    desk.plan("ava", first)
    pam, paul = desk.signed_in("pam"), desk.signed_in("paul", network="192.0.2.2")
    pam.get(child(desk))
    next_version(desk, changed(first, strengths="Kind to everyone"))
    paul.get(child(desk))
    assert "1 thing changed since you last looked" in words(pam.get(child(desk)))


def test_changes_never_name_what_is_kept_from_her(desk):
    first = full_plan()
    desk.plan("ava", first)
    pam = desk.signed_in("pam")
    pam.get(child(desk))
    sections = {**first["sections"], "family_views": {**first["sections"]["family_views"], "items": []}}
    next_version(desk, {**first, "sections": sections})
    answer = pam.get(child(desk))
    assert STAFF_ONLY not in answer.text
    assert "Nothing has changed" not in answer.text or "Dad" not in answer.text


def test_a_plan_that_was_taken_away_is_not_shown_nor_compared(desk):
    first = full_plan()
    desk.plan("ava", first)
    pam = desk.signed_in("pam")
    next_version(desk, changed(first, strengths="zqwithdrawn"))
    assert "zqwithdrawn" in pam.get(child(desk)).text
    with desk.cast.acting("sara") as unit:
        actions.withdraw(unit, desk.plans["ava"], 2, "wrong_child", "The wrong child")
    page = pam.get(child(desk))
    assert page.status_code == 200
    assert "zqwithdrawn" not in page.text
    assert "This is plan 1" in words(page)


def test_a_carer_without_responsibility_reads_what_every_adult_must_know(desk):
    desk.plan("ava")
    answer = desk.signed_in("carl").get(child(desk))
    assert ALLERGY in answer.text
    for hidden in (STRATEGY, CLINICAL, STAFF_ONLY, "/history", "/versions", "/who"):
        assert hidden not in answer.text


def test_a_carer_meets_no_heading_with_nothing_under_it(desk):
    desk.plan("ava")
    assert "More" not in words(desk.signed_in("carl").get(child(desk))).split()
    assert "More" in words(desk.signed_in("pam").get(child(desk))).split()


def test_where_there_is_no_plan_it_says_so_kindly_and_what_to_do(desk):
    page = words(desk.signed_in("bea").get(child(desk, "ben")))
    assert "There is no plan to read yet." in page
    assert "Who to ask Sara Example, SENCO" in page


def test_a_draft_is_no_plan_to_read(desk):
    desk.cast.plan("ben", "sara")
    page = words(desk.signed_in("bea").get(child(desk, "ben")))
    assert "There is no plan to read yet. When the school writes one" in page


def test_a_review_that_is_late_is_owned_up_to(desk):
    desk.plan("ava", full_plan(review_in=-3))
    assert "Ask the school which day it is now" in words(desk.signed_in("pam").get(child(desk)))


def test_the_young_person_reads_her_own_plan_under_its_own_address(desk):
    desk.plan("yan")
    yan = desk.signed_in("yan")
    answer = yan.get("/my-plan")
    assert words(answer).startswith("Yan Planted What is in my plan?")
    assert "/my-plan/who" in answer.text
    assert words(yan.get("/my-plan/who")).startswith("Yan Planted Who can see my plan?")


@pytest.mark.parametrize("who", ["sara", "tom", "olga", "hal", "nora", "bea", "olli"])
def test_nobody_else_finds_it(desk, who):
    desk.plan("ava")
    browser = desk.signed_in(who)
    assert browser.get(child(desk)).status_code == 404
    assert browser.get("/my-plan").status_code == 404


def test_a_restricted_parent_finds_it_no_longer(desk):
    desk.plan("ava")
    paul = desk.signed_in("paul")
    assert paul.get(child(desk)).status_code == 200
    with desk.cast.making() as unit:
        unit.insert(
            Restriction,
            id=new_id(),
            pupil_id=desk.cast.pupils["ava"],
            person_id=desk.cast.people["paul"],
            kind="no_access",
            review_on=unit.today,
            sealed=b"",
            made_at=unit.now,
            made_by=desk.cast.people["leo"],
            lift_asked_by=None,
            lift_asked_at=None,
            lifted_by=None,
            lifted_at=None,
        )
    assert paul.get(child(desk)).status_code == 404


def test_a_parent_whose_tie_ended_finds_it_no_longer(desk):
    desk.plan("ava")
    pam = desk.signed_in("pam")
    with desk.cast.making() as unit:
        where = {"person_id": desk.cast.people["pam"], "pupil_id": desk.cast.pupils["ava"]}
        unit.change(Tie, where, ended_at=unit.now)
    assert pam.get(child(desk)).status_code == 404


def test_the_trail_says_which_plan_she_looked_at(desk):
    desk.plan("ava")
    desk.signed_in("pam").get(child(desk))
    assert desk.told("pam")[-1] == ("plan.viewed", {"version": 1})


def test_no_address_or_title_on_it_names_the_child(desk):
    desk.plan("ava")
    answer = desk.signed_in("pam").get(child(desk))
    assert not re.search(r'(?:href|action)="[^"]*(?:ava|planted)', answer.text, re.IGNORECASE)


def test_the_number_of_statements_is_as_it_was_measured(desk):
    first = full_plan()
    desk.plan("ava", first, changed(first, strengths="Kind to everyone"))
    pam = desk.signed_in("pam")
    pam.get(child(desk))
    with desk.counting() as sent:
        pam.get(child(desk))
    assert len(sent) <= 26
