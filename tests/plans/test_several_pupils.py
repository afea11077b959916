"""One thing in several pupils' plans: each whole or not at all, and told of each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from isp.banks import entries
from isp.kernel import clock
from isp.plans import actions
from isp.plans.pages import several as pages
from isp.plans.pages.several import monday_of
from isp.records.changes import Change, Op
from tests.cast import small_plan
from tests.pages import Page
from tests.plans.desk import words
from tests.plans.test_banks import READING
from tests.plans.test_writing_in_a_draft import person_tokens


@pytest.fixture
def reading(cast):
    with cast.acting("sara") as unit:
        return entries.add(unit, cast.places["oakfield"], "provision", READING)


@pytest.fixture
def plans(cast):
    """Plans in force of Ava, Ben and Cleo; of Ben's the next draft is open."""
    made = {name: cast.plan(name, "sara", small_plan()) for name in ("ava", "ben", "cleo")}
    with cast.acting("sara") as unit:
        actions.start_draft(unit, made["ben"])
    return made


def apply(person, cast, entry, *names):
    path = f"/banks/entries/{entry}/apply"
    return person.send(path, {**person_tokens(person), "pupil": [str(cast.pupils[name]) for name in names]})


def provision(desk, record):
    return [one["name"] for one in desk.content(record)["sections"]["provision"]["items"]]


def test_a_provision_is_given_to_several_and_each_is_told(desk, cast, plans, reading):
    sara = desk.at("sara")
    page = sara.get(f"/banks/entries/{reading}/apply")
    assert "Yan Planted" in words(page)
    assert "(no plan yet)" in words(page)
    answer = apply(sara, cast, reading, "ava", "ben", "yan")
    assert answer.status_code == 200
    said = words(answer)
    assert "Done for 2 pupils" in said
    assert "Ava Planted: Added to a new draft." in said
    assert "Ben Planted: Added to the draft that was open." in said
    assert "Yan Planted: There is no open plan." in said
    assert provision(desk, plans["ava"]) == ["Reading", "Paired reading"]
    assert desk.acts("ava")[-2:] == ["plan.draft_started", "plan.draft_saved"]
    assert desk.acts("ben")[-1] == "plan.draft_saved"
    assert "plan.draft_saved" not in desk.acts("yan")
    assert "draft" not in desk.acts("cleo")[-1]


def test_given_twice_it_is_there_once(desk, cast, plans, reading):
    sara = desk.at("sara")
    apply(sara, cast, reading, "ava")
    said = words(apply(sara, cast, reading, "ava", "ben"))
    assert "Ava Planted: It is in this plan already" in said
    assert "Ben Planted: Added" in said
    assert provision(desk, plans["ava"]) == ["Reading", "Paired reading"]


def test_a_pupil_of_whom_one_knows_nothing_is_named_to_nobody(desk, cast, plans, reading):
    said = words(apply(desk.at("sara"), cast, reading, "finn", "ava"))
    assert "A pupil whom you cannot see: You cannot write in this pupil’s plan." in said
    assert "Finn" not in said
    assert "Ava Planted: Added" in said


def test_a_teacher_does_it_for_the_pupils_she_teaches(desk, cast, plans, reading):
    tom = desk.at("tom")
    page = words(tom.get(f"/banks/entries/{reading}/apply"))
    assert "Ava Planted" in page
    assert "Cleo Planted" not in page
    said = words(apply(tom, cast, reading, "cleo", "ben"))
    assert "Not done for 1 pupil" in said
    assert provision(desk, plans["ben"]) == ["Reading", "Paired reading"]


def test_a_failure_for_one_leaves_nothing_half_done(desk, cast, plans, reading):
    with cast.acting("sara") as unit:
        entries.retire(unit, reading)
    said = words(apply(desk.at("sara"), cast, reading, "ava"))
    assert "Ava Planted: This entry has been retired" in said
    assert "plan.draft_started" not in desk.acts("ava")


def test_nobody_chosen_nothing_done_and_who_writes_no_plans_is_refused(desk, cast, plans, reading):
    assert "Choose at least one pupil." in words(apply(desk.at("sara"), cast, reading))
    for name, status in (("hal", 403), ("pam", 404), ("sena", 404), ("mia", 404)):
        assert apply(desk.at(name), cast, reading, "ava").status_code == status, name
    assert "plan.draft_started" not in desk.acts("ava")


def ticked(page):
    """Whom a page of the list sends, wherever on it they are ticked."""
    boxes = [one for one in Page(page.text).all("input") if one.get("name") == "pupil"]
    return [one.get("value") for one in boxes if "checked" in one.attributes]


def button(page, words):
    """What a button of the list asks for."""
    [found] = [one for one in Page(page.text).all("button") if one.words == words]
    return found.get("value")


def pupil_ids(cast, *names):
    return [str(cast.pupils[name]) for name in names]


def look(person, path, do, *pupils, **more):
    return person.send(path, {**person_tokens(person), "do": do, "pupil": list(pupils), **more})


@pytest.fixture
def one_by_one(monkeypatch):
    """A list with one pupil on a page."""
    monkeypatch.setattr(pages, "SHOWN", 1)


def test_what_is_ticked_stays_ticked_from_page_to_page(desk, cast, plans, reading, one_by_one):
    sara, path = desk.at("sara"), f"/banks/entries/{reading}/apply"
    first = sara.get(path)
    ava, ben = pupil_ids(cast, "ava", "ben")
    assert "Ava Planted" in words(first)
    assert "Ben Planted" not in words(first)
    second = look(sara, path, button(first, "Next page"), ava)
    assert second.status_code == 200
    assert ticked(second) == [ava]
    assert "Ticked elsewhere in the list" in words(second)
    back = look(sara, path, button(second, "Previous page"), ava, ben)
    assert ticked(back) == [ava, ben]
    assert "plan.draft_started" not in desk.acts("ava")
    said = words(sara.send(path, {**person_tokens(sara), "pupil": ticked(back)}))
    assert "Done for 2 pupils" in said


def test_a_tick_elsewhere_can_be_taken_away(desk, cast, plans, reading, one_by_one):
    sara, path = desk.at("sara"), f"/banks/entries/{reading}/apply"
    page = look(sara, path, button(sara.get(path), "Next page"))
    assert ticked(page) == []
    assert "Ticked elsewhere" not in words(page)


def test_narrowing_the_list_keeps_the_ticks_and_does_nothing(desk, cast, plans, reading):
    sara, path = desk.at("sara"), f"/banks/entries/{reading}/apply"
    group = next(one.get("value") for one in Page(sara.get(path).text).all("option") if "4T" in one.words)
    [cleo] = pupil_ids(cast, "cleo")
    page = look(sara, path, "show", cleo, **{"class": group})
    assert page.status_code == 200
    assert ticked(page) == [cleo]
    assert "plan.draft_started" not in desk.acts("cleo")


def test_nothing_of_a_pupil_whom_one_may_not_write_for_is_carried(desk, cast, plans, reading):
    page = look(desk.at("tom"), f"/banks/entries/{reading}/apply", "show", *pupil_ids(cast, "finn", "cleo"))
    assert ticked(page) == []
    for name in ("Finn", "Cleo"):
        assert name not in words(page)


def test_a_page_that_does_not_exist_is_the_first(desk, cast, plans, reading):
    [ava] = pupil_ids(cast, "ava")
    page = look(desk.at("sara"), f"/banks/entries/{reading}/apply", "page:nowhere", ava)
    assert page.status_code == 200
    assert ticked(page) == [ava]


def test_more_than_can_be_done_at_once_is_said_and_nobody_is_dropped(desk, cast, plans, reading, monkeypatch):
    monkeypatch.setattr(pages, "MOST", 1)
    answer = apply(desk.at("sara"), cast, reading, "ava", "ben")
    assert answer.status_code == 422
    assert "Choose at most 1 pupils at a time: take 1 of them away." in words(answer)
    assert ticked(answer) == pupil_ids(cast, "ava", "ben")
    assert "plan.draft_started" not in desk.acts("ava")


# -- one review week ----------------------------------------------------------------------------------------


def week(person, cast, day, *names):
    data = {
        **person_tokens(person),
        "day-day": str(day.day),
        "day-month": str(day.month),
        "day-year": str(day.year),
        "pupil": [str(cast.pupils[name]) for name in names],
    }
    return person.send("/plans/review-week", data)


def test_one_review_week_is_set_for_several(desk, cast, plans):
    day = clock.today() + timedelta(days=40)
    sara = desk.at("sara")
    said = words(week(sara, cast, day, "ava", "ben", "yan"))
    assert "Done for 2 pupils" in said
    for name in ("ava", "ben"):
        held = desk.content(plans[name])["sections"]["review"]["fields"]
        assert held["next_review_on"] == monday_of(day).isoformat()
    assert "Ava Planted: The review is on that day already." in words(week(sara, cast, day, "ava"))


def test_a_week_that_is_past_or_no_week_is_asked_again_with_the_ticks_kept(desk, cast, plans):
    sara = desk.at("sara")
    answer = week(sara, cast, clock.today() - timedelta(days=30), "ava")
    assert answer.status_code == 422
    assert "Give a week that is not past" in words(answer)
    assert f'value="{cast.pupils["ava"]}" checked' in answer.text
    assert "plan.draft_started" not in desk.acts("ava")


def test_what_is_typed_as_the_week_stays_while_the_list_is_looked_through(desk, cast, plans, one_by_one):
    sara, path = desk.at("sara"), "/plans/review-week"
    [ava] = pupil_ids(cast, "ava")
    page = look(sara, path, button(sara.get(path), "Next page"), ava, **{"day-day": "31"})
    assert page.status_code == 200
    assert 'value="31"' in page.text
    assert ticked(page) == [ava]
    assert "There is a problem" not in words(page)


# -- reviewing an intervention ------------------------------------------------------------------------------


@pytest.fixture
def given(desk, cast, plans, reading):
    """Paired reading in Ava's and Ben's drafts, linked to their outcome."""
    apply(desk.at("sara"), cast, reading, "ava", "ben")
    for name in ("ava", "ben"):
        draft = desk.draft(plans[name])
        sections = draft.content["sections"]
        item, outcome = sections["provision"]["items"][-1]["id"], sections["outcomes"]["items"][0]["id"]
        with cast.acting("sara") as unit:
            change = Change(Op.SET, "provision", item, "outcomes", [outcome])
            actions.save_draft(unit, plans[name], draft.revision, [change])
    return plans


def outcome_of(desk, record):
    return desk.content(record)["sections"]["outcomes"]["items"][0]


def test_everyone_in_an_intervention_is_reviewed_on_one_page(desk, cast, given, reading):
    sara = desk.at("sara")
    path = f"/banks/entries/{reading}/review"
    page = sara.get(path)
    said = words(page)
    assert "Ava Planted" in said
    assert "Ben Planted" in said
    assert "Cleo Planted" not in said
    ava, ben = (f"{cast.pupils[name]}.{outcome_of(desk, given[name])['id']}" for name in ("ava", "ben"))
    values = {f"result.{ava}": "expected", f"result_note.{ava}": "Twelve pages", f"result.{ben}": ""}
    answer = sara.fill(page, path, values=values)
    said = words(answer)
    assert "Ava Planted: Saved in the draft." in said
    assert "Ben Planted: Nothing was changed." in said
    held = outcome_of(desk, given["ava"])
    assert held["result"] == "expected"
    assert held["result_note"] == "Twelve pages"
    assert desk.acts("ava")[-1] == "plan.draft_saved"
    assert "plan.draft_viewed" in desk.acts("ben")


def test_a_result_that_somebody_else_gave_meanwhile_is_kept_beside(desk, cast, given, reading):
    sara = desk.at("sara")
    path = f"/banks/entries/{reading}/review"
    page = sara.get(path)
    outcome = outcome_of(desk, given["ava"])["id"]
    with cast.acting("tom") as unit:
        draft = cast.draft(unit, given["ava"])
        change = Change(Op.SET, "outcomes", outcome, "result", "less")
        actions.save_draft(unit, given["ava"], draft.revision, [change])
    answer = sara.fill(page, path, values={f"result.{cast.pupils['ava']}.{outcome}": "more"})
    assert "Somebody wrote in the same place" in words(answer)
    assert outcome_of(desk, given["ava"])["result"] == "less"


def test_a_page_older_than_the_version_in_force_saves_nothing(desk, cast, given, reading):
    sara = desk.at("sara")
    path = f"/banks/entries/{reading}/review"
    page = sara.get(path)
    outcome = outcome_of(desk, given["ava"])["id"]
    with cast.acting("sara") as unit:
        draft = cast.draft(unit, given["ava"])
        actions.publish(unit, given["ava"], draft.revision, "The review")
    answer = sara.fill(page, path, values={f"result.{cast.pupils['ava']}.{outcome}": "more"})
    assert "Another version was finalised" in words(answer)
    assert desk.acts("ava")[-1] != "plan.draft_started"


def test_who_no_longer_has_it_is_left_out_and_a_plan_from_the_last_is_not(desk, cast, given, reading):
    with cast.acting("sara") as unit:
        draft = cast.draft(unit, given["ben"])
        item = draft.content["sections"]["provision"]["items"][-1]["id"]
        actions.save_draft(unit, given["ben"], draft.revision, [Change(Op.REMOVE, "provision", item)])
    with cast.acting("sara") as unit:
        actions.publish(unit, given["ava"], cast.draft(unit, given["ava"]).revision, "The review")
    with cast.acting("sara") as unit:
        actions.end_plan(unit, given["ava"], "other", "Begun anew")
        actions.start_plan_from_last(unit, cast.pupils["ava"])
    said = words(desk.at("sara").get(f"/banks/entries/{reading}/review"))
    assert "Ava Planted" in said
    assert "Ben Planted" not in said
