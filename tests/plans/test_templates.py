"""Templates: what of a plan makes one, and a plan that begins from one. Nothing about a child is in any."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from hypothesis import given, settings

from isp.banks import entries
from isp.plans.content import SHAPE, blank, load
from isp.plans.templates import FIELDS, ITEMS, begun_from, only_template
from tests.cast import small_plan
from tests.pages import Page
from tests.plans.desk import form_of, words
from tests.plans.test_writing_in_a_draft import person_tokens
from tests.records.contents import contents


@given(contents(SHAPE))
@settings(max_examples=60, deadline=None)
def test_whatever_a_plan_says_a_template_holds_only_what_may_be_in_one(content):
    made = only_template(content)
    for name, section in made["sections"].items():
        assert section["fields"].keys() <= set(FIELDS.get(name, ()))
        for item in section.get("items", ()):
            assert item.keys() <= {"id", "order", *ITEMS[name]}
    assert only_template(made) == made


@given(contents(SHAPE))
@settings(max_examples=60, deadline=None)
def test_a_plan_from_a_template_has_ids_of_its_own_and_is_linked_as_the_template_was(content):
    template = only_template(content)
    first, second = begun_from(template), begun_from(template)

    def ids(one):
        return {item["id"] for name in ITEMS for item in one["sections"][name]["items"]}

    assert len(ids(first)) == len(ids(template))
    assert not ids(first) & (ids(template) | ids(second))
    links = [
        one
        for item in first["sections"]["provision"]["items"]
        for one in item.get("outcomes", []) + item.get("needs", [])
    ]
    assert set(links) <= ids(first)


ASKS = "0190aaaa-0000-7000-8000-000000000001"


def path_of(record):
    return f"/plans/{record}/template"


@pytest.fixture
def telling(cast):
    """A plan of which much is about Ava, in force."""
    content = small_plan(hard="Assembly frightens her")
    sections = content["sections"]
    sections["needs"]["items"][0] |= {"in_setting": "In assembly she hides", "diagnosis": "DLD"}
    sections["outcomes"]["items"][0] |= {"baseline": "One step in ten", "own_words": "I want to know"}
    item = {"id": ASKS, "order": "b", "statement": "Ava asks Tom or Pam"}
    item["target"] = "Ava’s card, from Sara"
    sections["outcomes"]["items"].append(item)
    return cast.plan("ava", "sara", load(content))


def test_a_senco_makes_a_template_and_starts_another_plan_from_it(desk, cast, telling):
    sara = desk.at("sara")
    page = sara.get(path_of(telling))
    said = words(page)
    assert "Follow a two-step instruction" in said
    assert "The pupil asks the teacher or the family" in said
    assert "The pupil’s card, from a member of staff" in said
    assert "Replaced: “Ava” by “The pupil”; “Tom” by “the teacher”; “Pam” by “the family”; “Ava’s” by" in said
    for about_her in ("Assembly frightens", "she hides", "DLD", "One step in ten", "I want to know"):
        assert about_her not in said
    answer = sara.fill(page, path_of(telling), name="Following instructions")
    assert answer.status_code == 303
    page = sara.get(answer.headers["Location"])
    assert "Following instructions" in words(page)
    with cast.looking("sara") as unit:
        _, found = entries.listed(unit, cast.places["oakfield"], "template")
    stored = json.dumps(found[0].held)
    for name in ("Ava", "Pam", "Example", "Planted"):
        assert name not in stored
    assert "hides" not in stored
    assert "plan.template_taken" in desk.acts("ava")
    start = f"/pupils/{cast.pupils['ben']}/plan/start"
    tom = desk.at("tom")
    page = tom.get(start)
    assert "Following instructions" in words(page)
    answer = tom.fill(page, start, start_from=f"template:{found[0].id}")
    assert answer.status_code == 303
    record = UUID(answer.headers["Location"].split("/")[2])
    made = desk.content(record)["sections"]
    assert [one["statement"] for one in made["outcomes"]["items"]] == [
        "Follow a two-step instruction",
        "The pupil asks the teacher or the family",
    ]
    assert made["provision"]["items"][0]["outcomes"] == [made["outcomes"]["items"][0]["id"]]
    assert desk.acts("ben")[-2:] == ["plan.started", "plan.template_used"]


def taking(person, record, **fields):
    data = {"name": "All", "version": "1", "wanted": [ASKS]} | fields
    return person.send(path_of(record), {**person_tokens(person), **data})


def test_what_may_name_somebody_stays_out_even_where_a_form_asks_for_it(desk, cast):
    content = small_plan(preferred_name="An")
    item = {"id": ASKS, "order": "b", "statement": "An adult reads with her"}
    content["sections"]["outcomes"]["items"].append(item)
    record = cast.plan("ava", "sara", load(content))
    sara = desk.at("sara")
    assert "Left out. It may name somebody" in words(sara.get(path_of(record)))
    answer = taking(sara, record)
    assert answer.status_code == 422
    assert "Choose at least one entry." in words(answer)


def test_a_template_is_not_called_by_a_name(desk, telling):
    answer = taking(desk.at("sara"), telling, name="For Ava")
    assert answer.status_code == 422
    assert "Call it by need, not by pupil." in words(answer)
    assert "For Ava" in answer.text


def test_only_those_who_keep_the_bank_make_templates(desk, telling):
    for name, status in (("tom", 403), ("hal", 403), ("pam", 403), ("tess", 404), ("sena", 404)):
        person = desk.at(name)
        assert person.get(path_of(telling)).status_code == status, name
        data = {"name": "Mine", "version": "1", "wanted": ["x"]}
        assert person.send(path_of(telling), {**person_tokens(person), **data}).status_code == status


def test_another_schools_template_starts_nothing(desk, cast):
    with cast.acting("sena") as unit:
        theirs = entries.add(
            unit, cast.places["elmfield"], "template", {"name": "T", "content": begun_from(small_plan())}
        )
    sara = desk.at("sara")
    start = f"/pupils/{cast.pupils['ben']}/plan/start"
    data = {**person_tokens(sara), "start_from": f"template:{theirs}"}
    assert sara.send(start, data).status_code == 404
    assert sara.send(start, {**data, "start_from": "template:nonsense"}).status_code == 422
    assert "plan.started" not in desk.acts("ben")


def test_a_template_is_written_from_blank_section_by_section(desk, cast):
    sara = desk.at("sara")
    new = f"/banks/{cast.places['oakfield']}/template/new"
    answer = sara.fill(sara.get(new), new, name="Speech and language")
    entry = answer.headers["Location"]
    needs = f"{entry}/edit/needs"
    answer = sara.fill(sara.get(needs), needs, do="add")
    page = sara.get(answer.headers["Location"].split("#")[0])
    box = next(name for name in form_of(page, needs) if name.endswith(".barrier"))
    answer = sara.fill(page, needs, values={box: "Finding words"})
    assert answer.status_code == 303
    assert "Finding words" in words(sara.get(entry))
    old = sara.fill(page, needs, values={box: "Other words"})
    assert old.status_code == 422
    assert "Somebody changed the template" in words(old)
    assert "Other words" in old.text
    assert "in_setting" not in page.text  # nothing is asked that is about one child


def test_a_template_that_is_retired_is_offered_no_more(desk, cast):
    with cast.acting("sara") as unit:
        made = entries.add(
            unit, cast.places["oakfield"], "template", {"name": "Old", "content": begun_from(small_plan())}
        )
    sara = desk.at("sara")
    page = sara.get(f"/banks/entries/{made}")
    assert sara.fill(page, f"/banks/entries/{made}/retire").status_code == 303
    start = f"/pupils/{cast.pupils['ben']}/plan/start"
    assert "Old" not in words(sara.get(start))
    data = {**person_tokens(sara), "start_from": f"template:{made}"}
    assert sara.send(start, data).status_code == 409


def test_a_plan_begins_from_what_the_authority_offers_its_schools(desk, cast):
    held = {"name": "Northshire: hearing", "content": begun_from(small_plan())}
    with cast.acting("mia") as unit:
        offered = entries.add(unit, cast.places["northshire"], "template", held)
    sara = desk.at("sara")
    start = f"/pupils/{cast.pupils['ben']}/plan/start"
    page = sara.get(start)
    assert "Northshire: hearing Northshire Authority" in words(page)
    answer = sara.fill(page, start, start_from=f"template:{offered}")
    assert answer.status_code == 303
    stan = desk.at("stan")
    theirs = f"/pupils/{cast.pupils['finn']}/plan/start"
    assert "Northshire" not in words(stan.get(theirs))
    data = {**person_tokens(stan), "start_from": f"template:{offered}"}
    assert stan.send(theirs, data).status_code == 404


def test_many_templates_are_paged_and_found_by_their_words(desk, cast):
    with cast.acting("sara") as unit:
        for number in range(25):
            name = f"Template {number:02d}" + (" for hearing" if number == 22 else "")
            held = {"name": name, "content": only_template(blank())}
            entries.add(unit, cast.places["oakfield"], "template", held)
    sara, path = desk.at("sara"), f"/pupils/{cast.pupils['ben']}/plan/start"
    page = sara.get(path)
    assert page.text.count('value="template:') == 20
    assert "Template 22" not in words(page)
    [later] = [one.get("href") for one in Page(page.text).all("a") if one.words == "More templates"]
    assert sara.get(later).text.count('value="template:') == 5
    found = sara.get(f"{path}?q=hearing")
    assert found.text.count('value="template:') == 1
    assert "Template 22 for hearing" in words(found)
    assert "A blank plan" in words(sara.get(f"{path}?q=zqzq"))
