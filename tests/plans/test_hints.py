"""Hints about wording while a plan is written: under the box, never in the way, set aside with a reason."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from isp.kernel.db import table_of
from isp.kernel.errors import Invalid, NotAllowed, NotFound
from isp.plans import actions, setting_aside
from isp.plans.models import WordingAside
from isp.plans.wording import mark_of
from tests.pages import Page
from tests.plans.desk import words

VAGUE = "Ava will have regular access to a quiet room, as needed"
REASON = "The family asked for exactly these words"


def page_of(draft, section="outcomes"):
    return f"/plans/{draft}/edit/{section}"


def box(desk, draft, section="outcomes", field="statement"):
    item = desk.content(draft)["sections"][section]["items"][0]["id"]
    return f"{section}.{item}.{field}"


def under(page, key):
    """What stands under a box."""
    (place,) = [one for one in Page(page.text).all("div") if one.get("data-hints") == key]
    return place.words


def write(desk, who, draft, value, section="outcomes", field="statement", **more):
    path = page_of(draft, section)
    key = box(desk, draft, section, field)
    person = desk.at(who) if isinstance(who, str) else who
    answer = person.fill(person.get(path), path, values={key: value} | more)
    assert answer.status_code == 303
    return person, key


def set_aside_path(key, kind, draft):
    return f"/plans/{draft}/draft/hints/{key}/{kind}"


def put_aside(person, draft, key, kind="regular", reason=REASON):
    path = set_aside_path(key, kind, draft)
    return person.fill(person.get(path), path, reason=reason)


def test_without_a_script_the_hints_stand_under_the_box_after_a_save(desk, draft):
    sara, key = write(desk, "sara", draft, VAGUE)
    said = under(sara.get(page_of(draft)), key)
    assert "“regular”: Nobody can tell how often that is." in said
    assert "“access to”" in said
    assert "“as needed”" in said
    assert "This says what will be given" in said


def test_what_is_missing_is_named_with_the_boxes_in_which_it_can_be_said(desk, draft):
    sara, key = write(desk, "sara", draft, "Ava will ask for help in maths")
    page = sara.get(page_of(draft))
    assert "Not said yet: how well, or how it is measured; by when; what the pupil can do now." in under(
        page, key
    )
    links = [one.get("href") for one in Page(page.text).all("a") if one.inside("form")]
    item = key.split(".")[1]
    assert {f"#outcomes.{item}.measure", f"#outcomes.{item}.due_on-day"} <= set(links)
    ids = {one.get("id") for one in Page(page.text).all("input", "textarea", "select")}
    assert {link[1:] for link in links if link.startswith("#outcomes")} <= ids


def test_exact_words_have_no_hint_and_no_other_box_has_one(desk, draft):
    sara, key = write(
        desk, "sara", draft, "Ava will ask for help in 4 of 5 maths lessons by May 2027; now in none"
    )
    page = sara.get(page_of(draft))
    assert under(page, key) == ""
    keys = [one.get("data-hints") for one in Page(page.text).all("div")]
    read = {one.split(".")[-1] for one in keys if one and one.startswith("outcomes.")}
    assert read == {"statement", "target", "measure"}
    for section in ("about_me", "family_views", "needs", "must_know"):
        assert f'data-hints="{section}' not in sara.get(page_of(draft, section)).text


def test_autosave_answers_with_the_hints_of_the_entry_that_was_saved(desk, draft):
    sara = desk.at("sara")
    page, key = sara.get(page_of(draft)), box(desk, draft)
    answer = sara.autosave(page, {key: VAGUE}, shown={key: "Follow a two-step instruction"})
    said = answer.json["hints"]
    assert "“regular”" in said[key]
    assert said[key.replace("statement", "measure")] == ""
    assert {name.split(".")[1] for name in said if name.startswith("outcomes.")} == {key.split(".")[1]}
    later = sara.autosave(
        page, {key: "Ava will line up"}, shown={key: VAGUE}, revision=answer.json["revision"]
    )
    assert "“regular”" not in later.json["hints"][key]


def test_a_field_beside_it_changes_what_is_missing(desk, draft):
    sara, key = write(desk, "sara", draft, "Ava will ask for help in maths")
    page, measure = sara.get(page_of(draft)), key.replace("statement", "measure")
    answer = sara.autosave(page, {measure: "Seen by the teacher in 4 of 5 lessons"})
    assert "how well" not in answer.json["hints"][key]


def test_autosave_of_the_child_s_words_brings_no_hints(desk, draft):
    sara = desk.at("sara")
    page = sara.get(page_of(draft, "about_me"))
    assert sara.autosave(page, {"about_me.hard": "Regular support, etc."}).json["hints"] == {}


def test_what_is_typed_comes_back_escaped(desk, draft):
    sara = desk.at("sara")
    key = box(desk, draft)
    page = sara.get(page_of(draft))
    answer = sara.autosave(
        page, {key: "<b>regular</b> <i>etc</i>"}, shown={key: "Follow a two-step instruction"}
    )
    assert "<b>" not in answer.json["hints"][key]


def test_a_vague_plan_is_saved_and_finalised_all_the_same(desk, draft):
    sara, _ = write(desk, "sara", draft, VAGUE)
    path = f"/plans/{draft}/finalise"
    page = sara.get(path)
    assert "What is vague" in words(page)
    assert "“regular”" in words(page)
    assert sara.fill(page, path, reason="Autumn review").status_code == 303


def test_the_button_saves_what_was_typed_and_asks_for_a_reason(desk, draft):
    sara, key = write(desk, "sara", draft, VAGUE)
    baseline = key.replace("statement", "baseline")
    path = page_of(draft)
    answer = sara.fill(sara.get(path), path, values={baseline: "None yet", "do": f"aside:{key}:regular"})
    assert answer.location.endswith(set_aside_path(key, "regular", draft))
    assert desk.content(draft)["sections"]["outcomes"]["items"][0]["baseline"] == "None yet"
    page = sara.get(answer.location)
    assert VAGUE in words(page)
    assert "Nobody can tell how often that is." in words(page)


@pytest.mark.parametrize(
    "value", ["aside:", "aside:x", "aside:outcomes.x.statement:regular", "aside:a.b.c:d:e"]
)
def test_a_button_that_nobody_made_only_saves(desk, draft, value):
    path, sara = page_of(draft), desk.at("sara")
    assert sara.fill(sara.get(path), path, values={"do": value}).location.endswith(path)


def test_a_hint_is_set_aside_with_a_reason_that_colleagues_see(desk, draft):
    sara, key = write(desk, "sara", draft, VAGUE)
    answer = put_aside(sara, draft, key)
    assert answer.status_code == 303
    assert answer.location.endswith(f"{page_of(draft)}#item-{key.split('.')[1]}")
    for name in ("sara", "tom"):
        said = under(desk.at(name).get(page_of(draft)), key)
        assert f"Set aside “regular”. Sara Example, SENCO: {REASON}" in said
        assert "Nobody can tell how often" not in said
        assert "“as needed”" in said
    finalise = words(sara.get(f"/plans/{draft}/finalise"))
    assert REASON in finalise
    with desk.cast.looking("sara") as unit:
        rows = unit.connection.execute(select(table_of(WordingAside))).all()
    assert len(rows) == 1
    assert REASON.encode() not in rows[0].sealed


def test_the_trail_says_by_whom_and_under_which_rule(desk, draft):
    sara, key = write(desk, "sara", draft, VAGUE)
    put_aside(sara, draft, key)
    (event,) = [one for one in desk.told("ava") if one.event.code == "plan.wording_set_aside"]
    assert event.detail == {"section": "outcomes", "rule": "regular"}


def test_it_comes_back_when_the_words_change_and_goes_when_they_are_put_back(desk, draft):
    sara, key = write(desk, "sara", draft, VAGUE)
    put_aside(sara, draft, key)
    write(desk, sara, draft, VAGUE + " for now")
    assert "Nobody can tell how often" in under(sara.get(page_of(draft)), key)
    write(desk, sara, draft, VAGUE)
    assert REASON in under(sara.get(page_of(draft)), key)


def test_it_stays_aside_in_the_next_draft_where_the_words_are_the_same(desk, draft):
    sara, key = write(desk, "sara", draft, VAGUE)
    put_aside(sara, draft, key)
    path = f"/plans/{draft}/finalise"
    sara.fill(sara.get(path), path, reason="Autumn review")
    with desk.cast.acting("sara") as unit:
        actions.start_draft(unit, draft)
    assert REASON in under(sara.get(page_of(draft)), key)


def test_without_a_reason_it_is_asked_for(desk, draft):
    sara, key = write(desk, "sara", draft, VAGUE)
    answer = put_aside(sara, draft, key, reason="  ")
    assert answer.status_code == 422
    assert "why they should stay" in words(answer)
    assert "plan.wording_set_aside" not in desk.acts("ava")


def test_a_hint_about_words_that_changed_meanwhile_cannot_be_set_aside(desk, draft):
    sara, key = write(desk, "sara", draft, VAGUE)
    path = set_aside_path(key, "regular", draft)
    page = sara.get(path)
    write(desk, "tom", draft, "Ava will get regular help")
    answer = sara.fill(page, path, reason=REASON)
    assert answer.status_code == 409
    assert "have changed" in answer.text
    write(desk, "tom", draft, "Ava will line up")
    assert sara.get(path).status_code == 409


def test_a_hint_that_a_colleague_set_aside_is_not_set_aside_again(desk, draft):
    sara, key = write(desk, "sara", draft, VAGUE)
    path = set_aside_path(key, "regular", draft)
    page = sara.get(path)
    put_aside(desk.at("tom"), draft, key)
    assert sara.fill(page, path, reason=REASON).status_code == 409
    assert desk.acts("ava").count("plan.wording_set_aside") == 1


def test_a_place_or_a_rule_that_there_is_not(desk, draft):
    sara, key = write(desk, "sara", draft, VAGUE)
    nowhere = key.replace(key.split(".")[1], str(uuid4()))
    assert sara.get(set_aside_path(nowhere, "regular", draft)).status_code == 409
    assert sara.get(set_aside_path(key, "kindness", draft)).status_code == 409
    assert sara.get(set_aside_path(key.replace("statement", "nothing"), "regular", draft)).status_code == 409
    assert sara.get(set_aside_path("about_me.hard", "regular", draft)).status_code == 409


@pytest.mark.parametrize(("who", "status"), [("pam", 403), ("sena", 404)])
def test_a_parent_and_a_stranger_neither_see_nor_set_aside(desk, draft, who, status):
    _, key = write(desk, "sara", draft, VAGUE)
    path = set_aside_path(key, "regular", draft)
    somebody = desk.at(who)
    assert somebody.get(path).status_code == status
    # Past the pages and their tokens, at the deed itself.
    with pytest.raises(NotAllowed if status == 403 else NotFound), desk.cast.acting(who) as unit:
        setting_aside.set_aside(unit, draft, key, "regular", mark_of(VAGUE), REASON)
    assert "plan.wording_set_aside" not in desk.acts("ava")


def test_families_read_neither_hints_nor_reasons(desk, draft):
    sara, key = write(desk, "sara", draft, VAGUE)
    put_aside(sara, draft, key)
    path = f"/plans/{draft}/finalise"
    sara.fill(sara.get(path), path, reason="Autumn review")
    page = desk.at("pam").get(f"/plans/{draft}")
    assert page.status_code == 200
    assert VAGUE in words(page)
    assert REASON not in page.text
    assert "Nobody can tell" not in page.text


def test_a_reason_that_is_too_long_or_empty_is_refused_at_the_deed_too(desk, draft):
    _, key = write(desk, "sara", draft, VAGUE)
    for reason in ("", "x" * 1001):
        with pytest.raises(Invalid), desk.cast.acting("sara") as unit:
            setting_aside.set_aside(unit, draft, key, "regular", mark_of(VAGUE), reason)


def test_the_row_is_never_altered(desk, draft):
    sara, key = write(desk, "sara", draft, VAGUE)
    put_aside(sara, draft, key)
    for statement in ("UPDATE wording_aside SET author_id = id", "DELETE FROM wording_aside"):
        with pytest.raises(Exception, match="append-only"), desk.cast.store.database.writing() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize("section", ["needs", "outcomes", "provision"])
def test_save_and_go_on_goes_on_from_a_list_too(desk, draft, section):
    path, sara = page_of(draft, section), desk.at("sara")
    answer = sara.fill(sara.get(path), path, values={"do": "next:review"})
    assert answer.location.endswith(page_of(draft, "review"))


def test_the_list_of_sections_counts_the_hints(desk, draft):
    sara, key = write(desk, "sara", draft, VAGUE)
    before = words(sara.get(f"/plans/{draft}/edit"))
    assert "4 hints about wording" in before
    put_aside(sara, draft, key)
    assert "3 hints about wording" in words(sara.get(f"/plans/{draft}/edit"))


def test_hints_are_json_and_small(desk, draft):
    sara, key = write(desk, "sara", draft, VAGUE)
    answer = sara.autosave(sara.get(page_of(draft)), {key: VAGUE + " etc."}, shown={key: VAGUE})
    assert len(json.dumps(answer.json["hints"])) < 6000


# -- taking it back -------------------------------------------------------------------------------------


def take_up(person, draft, key, kind="regular"):
    path = page_of(draft)
    return person.fill(person.get(path), path, values={"do": f"take-up:{key}:{kind}"})


@pytest.fixture
def aside(desk, draft):
    """A hint that Sara set aside: who, and under which box."""
    sara, key = write(desk, "sara", draft, VAGUE)
    assert put_aside(sara, draft, key).status_code == 303
    return sara, key


def test_a_hint_that_was_set_aside_is_taken_up_again_by_a_colleague(desk, draft, aside):
    _, key = aside
    tom = desk.at("tom")
    assert "Take back that the hint “regular” is set aside" in under(tom.get(page_of(draft)), key)
    answer = take_up(tom, draft, key)
    assert answer.status_code == 303
    said = under(tom.get(page_of(draft)), key)
    assert REASON not in said
    assert "Set aside the hint “regular”" in said
    (told,) = [one for one in desk.told("ava") if one.event.code == "plan.wording_taken_up"]
    assert dict(told.detail) == {"section": "outcomes", "rule": "regular"}


def test_it_can_be_set_aside_once_more_with_another_reason(desk, draft, aside):
    sara, key = aside
    take_up(sara, draft, key)
    assert put_aside(sara, draft, key, reason="Agreed again").status_code == 303
    said = under(sara.get(page_of(draft)), key)
    assert "Agreed again" in said
    assert REASON not in said


def test_a_hint_that_is_not_set_aside_is_not_taken_up(desk, draft, aside):
    sara, key = aside
    take_up(sara, draft, key)
    for kind in ("regular", "often"):
        assert take_up(sara, draft, key, kind).status_code == 409
    assert desk.acts("ava").count("plan.wording_taken_up") == 1


@pytest.mark.parametrize("value", ["take-up:", "take-up:x", "take-up:a.b.c:d:e"])
def test_a_button_that_leads_to_no_hint_only_saves(desk, draft, aside, value):
    sara, _ = aside
    path = page_of(draft)
    assert sara.fill(sara.get(path), path, values={"do": value}).status_code == 303
    assert "plan.wording_taken_up" not in desk.acts("ava")


@pytest.mark.parametrize("name", ["tia", "hal", "pam"])
def test_who_does_not_write_takes_nothing_up(cast, draft, aside, name):
    _, key = aside
    with pytest.raises(NotAllowed), cast.acting(name) as unit:
        setting_aside.take_up(unit, draft, key, "regular")


@pytest.mark.parametrize("name", ["tess", "sena", "mia"])
def test_a_stranger_is_told_of_no_hint(cast, draft, aside, name):
    _, key = aside
    with pytest.raises(NotFound), cast.acting(name) as unit:
        setting_aside.take_up(unit, draft, key, "regular")
