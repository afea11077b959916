"""The graduated approach as a chain, cycle after cycle: where a pupil is, said in words as well."""

from __future__ import annotations

import pytest

from isp.plans import actions as plan_actions
from isp.records import drafts
from tests.pages import Page
from tests.plans.desk import words


def chain(desk, name="sara"):
    page = desk.at(name).get(f"/pupils/{desk.cast.pupils['ava']}/cycles")
    assert page.status_code == 200
    found = []
    for cycle in Page(page.text).all("ol"):
        if "isp-chain__parts" not in cycle.classes:
            continue
        said = [one.words.split() for one in cycle.within if one.tag == "li"]
        found.append([(_part(one), _state(one)) for one in said])
    return found


def _part(said):
    return said[0]


def _state(said):
    """What stands in brackets."""
    text = " ".join(said)
    return text[text.index("(") + 1 : text.index(")")]


def test_before_a_plan_is_shared_it_is_being_assessed(desk, cast):
    cast.plan("ava", "sara")
    assert chain(desk) == [[("Assess", "now"), ("Plan", "to come"), ("Do", "to come"), ("Review", "to come")]]


def test_with_a_plan_in_force_it_is_being_done(desk, plan):
    assert chain(desk) == [[("Assess", "done"), ("Plan", "done"), ("Do", "now"), ("Review", "to come")]]


def test_while_the_meeting_is_held_it_is_being_reviewed(desk, held):
    assert chain(desk) == [[("Assess", "done"), ("Plan", "done"), ("Do", "done"), ("Review", "now")]]


def test_a_closed_review_ends_its_cycle_and_begins_the_next(desk, cast, plan, held):
    desk.fill(held)
    desk.close(held)
    over = [("Assess", "done"), ("Plan", "done"), ("Do", "done"), ("Review", "done")]
    assert chain(desk) == [
        over,
        [("Assess", "done"), ("Plan", "now"), ("Do", "to come"), ("Review", "to come")],
    ]
    with cast.acting("sara") as unit:
        plan_actions.publish(unit, plan, drafts.read(unit, plan).revision, "After the review")
    assert chain(desk)[1] == [("Assess", "done"), ("Plan", "done"), ("Do", "now"), ("Review", "to come")]


def test_a_parent_sees_the_same_chain(desk, plan):
    assert chain(desk, "pam") == chain(desk)


def test_the_look_is_told(desk, plan):
    chain(desk)
    assert desk.acts("ava")[-1] == "review.cycles_viewed"


@pytest.mark.parametrize("name", ["nora", "sena", "tess"])
def test_a_stranger_sees_none(desk, plan, name):
    assert desk.at(name).get(f"/pupils/{desk.cast.pupils['ava']}/cycles").status_code == 404


def test_it_is_on_the_pupil_s_page(desk, plan):
    page = desk.at("sara").get(f"/pupils/{desk.cast.pupils['ava']}")
    assert "Cycle 1" in words(page)
    assert f"/plans/{plan}/review" in page.text
