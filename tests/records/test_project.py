"""What a lens lets through."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.access.lenses import Label, Lens
from isp.records.changes import Change, Op, apply
from isp.records.project import may_see_field, project
from tests.records.contents import PARTIES, SMALL, contents, item_id, lenses

ONE, TWO = item_id("steps", 1), item_id("steps", 2)
PAPER = item_id("papers", 1)
ALL = Lens(labels=frozenset(Label), staff=True, cost=True)
FAMILY = Lens(labels=frozenset({Label.S0}), party=PARTIES[0])
FULL = apply(
    SMALL.blank(),
    [
        Change(Op.SET, "front", None, "story", "seen"),
        Change(Op.SET, "front", None, "private", "staff's"),
        Change(Op.SET, "front", None, "clinical", "health's"),
        Change(Op.SET, "front", None, "best", TWO),
        Change(
            Op.ADD, "steps", ONE, value={"what": "all's", "price": 5, "after": [PAPER, TWO]}, order="i001"
        ),
        Change(Op.ADD, "steps", TWO, value={"what": "x", "limited": True, "by": PARTIES[1]}, order="i002"),
        Change(Op.ADD, "papers", PAPER, value={"summary": "expert's", "about": [ONE, TWO]}, order="i001"),
    ],
)


@given(contents(), lenses())
def test_projecting_twice_changes_nothing(content, lens):
    once = project(content, lens, SMALL)
    assert project(once, lens, SMALL) == once


@given(contents(), lenses())
def test_nothing_is_there_that_was_not_there_before(content, lens):
    seen = project(content, lens, SMALL)
    for name, section in seen["sections"].items():
        whole = content["sections"][name]
        assert section["fields"].items() <= whole["fields"].items()
        items = {item["id"]: item for item in whole.get("items", ())}
        for item in section.get("items", ()):
            assert item.keys() <= items[item["id"]].keys()


@given(contents(), lenses())
def test_every_field_that_is_shown_is_one_the_lens_may_see(content, lens):
    for name, section in project(content, lens, SMALL)["sections"].items():
        assert lens.sections is None or name in lens.sections
        shape = SMALL.sections[name]
        assert all(may_see_field(shape.fields[field], lens) for field in section["fields"])
        for item in section.get("items", ()):
            assert all(may_see_field(shape.field(field), lens) for field in item.keys() - {"id", "order"})
            assert lens.staff or not item.get("limited") or item.get("by", "nobody") == lens.party


@given(contents(), lenses())
def test_no_link_is_left_that_points_out_of_sight(content, lens):
    sections = project(content, lens, SMALL)["sections"]
    ids = {item["id"] for section in sections.values() for item in section.get("items", ())}
    for section in sections.values():
        for holder in (section["fields"], *section.get("items", ())):
            assert ids.issuperset(holder.get("after", [])) and ids.issuperset(holder.get("about", []))  # noqa: PT018
            assert holder.get("best", next(iter(ids), None)) in ids | {None}
            assert holder.get("after") != []


@given(contents(), lenses(), lenses())
def test_a_narrower_lens_behind_a_wider_one_shows_what_it_shows_alone(content, one, other):
    narrow = Lens(
        labels=one.labels & other.labels,
        staff=one.staff and other.staff,
        party=one.party,
        cost=one.cost and other.cost,
        sections=one.sections,
    )
    assert project(project(content, one, SMALL), narrow, SMALL) == project(content, narrow, SMALL)


@given(contents(), lenses())
def test_the_content_itself_stays_as_it_was(content, lens):
    kept = copy.deepcopy(content)
    project(content, lens, SMALL)
    assert content == kept


@given(st.lists(contents(), min_size=2, max_size=2), lenses())
def test_which_sections_are_there_does_not_depend_on_what_is_in_them(pair, lens):
    one, other = (project(content, lens, SMALL)["sections"] for content in pair)
    assert one.keys() == other.keys()
    assert all(("items" in one[name]) == ("items" in other[name]) for name in one)


def test_a_lens_without_labels_shows_nothing():
    assert project(FULL, Lens(labels=frozenset(), staff=True, cost=True), SMALL)["sections"] == {}


def test_a_lens_of_everything_shows_everything():
    assert project(FULL, ALL, SMALL) == FULL


def test_a_family_sees_the_shared_part_and_no_trace_of_the_rest():
    assert project(FULL, FAMILY, SMALL)["sections"] == {
        "front": {"status": "not_started", "fields": {"story": "seen"}},
        "steps": {
            "status": "not_started",
            "fields": {},
            "items": [{"id": ONE, "order": "i001", "what": "all's"}],
        },
    }


def test_what_an_author_limited_to_staff_its_author_still_sees():
    seen = project(FULL, replace(FAMILY, party=PARTIES[1]), SMALL)["sections"]
    assert [item["id"] for item in seen["steps"]["items"]] == [ONE, TWO]
    assert seen["steps"]["items"][0]["after"] == [TWO]
    assert seen["front"]["fields"]["best"] == TWO


def test_what_nobody_is_named_as_author_of_is_for_staff_alone():
    nobodys = apply(FULL, [Change(Op.SET, "steps", TWO, "by", None)])
    for party in (None, PARTIES[0]):
        seen = project(nobodys, replace(FAMILY, party=party), SMALL)["sections"]["steps"]["items"]
        assert [item["id"] for item in seen] == [ONE]
    assert project(nobodys, ALL, SMALL) == nobodys


def test_cost_is_shown_to_nobody_without_the_permission():
    items = project(FULL, replace(ALL, cost=False), SMALL)["sections"]["steps"]["items"]
    assert all("price" not in item for item in items)


def test_what_the_shape_does_not_know_is_not_shown():
    strange = copy.deepcopy(FULL)
    strange["sections"]["front"]["fields"]["stranger"] = "?"
    strange["sections"]["steps"]["items"][0]["stranger"] = "?"
    strange["sections"]["strange"] = {"status": "complete", "fields": {}}
    assert project(strange, ALL, SMALL) == FULL


def test_content_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="is not small/1"):
        project(FULL | {"schema": "other/1"}, ALL, SMALL)
