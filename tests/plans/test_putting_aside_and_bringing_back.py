"""A draft is put aside; an earlier version comes back as a draft, over a live one only when told to."""

from __future__ import annotations

import pytest

from isp.plans import actions
from isp.records.changes import Change, Op
from tests.cast import small_plan
from tests.plans.desk import form_of, words
from tests.plans.test_writing_in_a_draft import own, person_tokens


@pytest.fixture
def two(cast):
    return cast.plan("ava", "sara", small_plan(strengths="First"), small_plan(strengths="Second"))


@pytest.fixture
def live(cast, two):
    with cast.acting("sara") as unit:
        actions.start_draft(unit, two)
    with cast.acting("sara") as unit:
        actions.save_draft(unit, two, 0, [Change(Op.SET, "about_me", None, "strengths", "Third")])
    return two


def test_a_draft_is_put_aside_after_asking(desk, live):
    sara = desk.at("sara")
    path = f"/plans/{live}/draft/discard"
    page = sara.get(path)
    assert "“Second” became “Third”" in words(page)
    answer = sara.fill(page, path)
    assert answer.status_code == 303
    said = words(sara.get(answer.headers["Location"]))
    assert "The draft is put aside." in said
    assert "Second" in said
    assert desk.acts("ava").count("plan.draft_discarded") == 1
    assert sara.get(f"/plans/{live}/draft").status_code == 409
    assert "Do you want to write the next version?" in words(sara.get(f"/plans/{live}/edit"))


def test_a_draft_that_moved_on_is_not_put_aside(desk, cast, live):
    sara = desk.at("sara")
    path = f"/plans/{live}/draft/discard"
    page = sara.get(path)
    with cast.acting("tom") as unit:
        actions.save_draft(unit, live, 1, [Change(Op.SET, "about_me", None, "hard", "Assembly")])
    assert sara.fill(page, path).status_code == 409
    assert desk.content(live)["sections"]["about_me"]["fields"]["hard"] == "Assembly"


def test_an_earlier_version_comes_back_as_a_draft(desk, two):
    sara = desk.at("sara")
    path = f"/plans/{two}/versions/1/bring-back"
    answer = sara.fill(sara.get(path), path)
    assert answer.status_code == 303
    assert desk.content(two)["sections"]["about_me"]["fields"]["strengths"] == "First"
    assert "Second" in words(sara.get(f"/plans/{two}"))
    assert desk.told("ava")[-3:] != []
    assert "plan.draft_restored" in desk.acts("ava")


def test_over_a_live_draft_only_when_told_to(desk, live):
    sara = desk.at("sara")
    path = f"/plans/{live}/versions/1/bring-back"
    page = sara.get(path)
    assert "A draft is being written already" in words(page)
    silent = {**form_of(page, path)}
    del silent["revision"]
    assert sara.send(path, silent).status_code == 409
    assert desk.content(live)["sections"]["about_me"]["fields"]["strengths"] == "Third"
    assert sara.fill(page, path).status_code == 303
    assert desk.content(live)["sections"]["about_me"]["fields"]["strengths"] == "First"


def test_a_draft_begun_or_written_in_meanwhile_is_not_lost(desk, cast, two):
    sara = desk.at("sara")
    path = f"/plans/{two}/versions/1/bring-back"
    page = sara.get(path)
    with cast.acting("tom") as unit:
        actions.start_draft(unit, two)
    assert sara.fill(page, path).status_code == 409
    page = sara.get(path)
    with cast.acting("tom") as unit:
        actions.save_draft(unit, two, 0, [Change(Op.SET, "about_me", None, "hard", "Assembly")])
    assert sara.fill(page, path).status_code == 409
    assert desk.content(two)["sections"]["about_me"]["fields"]["hard"] == "Assembly"


@pytest.mark.parametrize("path", ["draft/discard", "versions/1/bring-back"])
def test_those_who_may_not(desk, live, path):
    where = f"/plans/{live}/{path}"
    sent = own(form_of(desk.at("sara").get(where), where))
    for name, status in (("hal", 403), ("pam", 403), ("tia", 403), ("nora", 404), ("sena", 404)):
        person = desk.at(name)
        assert person.get(where).status_code == status, name
        assert person.send(where, {**person_tokens(person), **sent}).status_code == status, name
    assert desk.draft(live).revision == 1


def test_the_next_draft_starts_from_what_is_in_force(desk, two):
    tom = desk.at("tom")
    path = f"/plans/{two}/edit"
    assert tom.fill(tom.get(path), path).status_code == 303
    assert desk.content(two)["sections"]["about_me"]["fields"]["strengths"] == "Second"
    # Somebody else who had the page open is led to the draft that there is.
    sara = desk.at("sara")
    answer = sara.send(path, {**person_tokens(sara)})
    assert answer.headers["Location"] == path
    assert desk.acts("ava").count("plan.draft_started") == 2
