"""Changes: applied, found, undone, written down."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given

from isp.records.changes import Change, Misfit, Op, apply, changes_between, undo
from tests.records.contents import SMALL, item_id, pairs

STEP = item_id("steps", 1)


def with_a_step(**fields):
    return apply(SMALL.blank(), [Change(Op.ADD, "steps", STEP, value=fields, order="i001")])


@given(pairs())
def test_applying_what_was_found_between_two_contents_gives_the_second(pair):
    before, after = pair
    assert apply(before, changes_between(before, after)) == after


@given(pairs())
def test_no_function_changes_what_it_was_given(pair):
    before, after = pair
    kept = copy.deepcopy(before), copy.deepcopy(after)
    apply(before, changes_between(before, after))
    undo(before, changes_between(before, after))
    assert (before, after) == kept


@given(pairs())
def test_undoing_gives_back_what_was_there(pair):
    before, after = pair
    changes = changes_between(before, after)
    assert apply(apply(before, changes), undo(before, changes)) == before


@given(pairs())
def test_a_change_survives_being_written_as_json(pair):
    for change in changes_between(*pair):
        assert Change.from_json(json.loads(json.dumps(change.to_json()))) == change


@given(pairs())
def test_equal_contents_need_no_change_and_others_need_one(pair):
    before, after = pair
    assert bool(changes_between(before, after)) == (before != after)


def test_an_emptied_field_is_absent_and_zero_is_a_value():
    content = with_a_step(what="a", count=0, title="", limited=False, after=[])
    assert content["sections"]["steps"]["items"] == [{"id": STEP, "order": "i001", "what": "a", "count": 0}]
    content = apply(content, [Change(Op.SET, "steps", STEP, "what", "")])
    assert content["sections"]["steps"]["items"] == [{"id": STEP, "order": "i001", "count": 0}]


def test_true_and_one_are_not_the_same():
    before = with_a_step(count=1)
    assert changes_between(before, apply(before, [Change(Op.SET, "steps", STEP, "count", True)]))


def test_items_stand_in_the_order_of_their_keys_and_then_ids():
    content = SMALL.blank()
    for number, place in ((3, "i002"), (2, "i001"), (0, "i002")):
        change = Change(Op.ADD, "steps", item_id("steps", number), value={}, order=place)
        content = apply(content, [change])
    ids = [item["id"] for item in content["sections"]["steps"]["items"]]
    assert ids == [item_id("steps", number) for number in (2, 0, 3)]


@pytest.mark.parametrize(
    "change",
    [
        Change(Op.SET, "nowhere", None, "story", "a"),
        Change(Op.SET, "steps", item_id("steps", 9), "what", "a"),
        Change(Op.SET, "steps", STEP, "id", "a"),
        Change(Op.SET, "steps", STEP, None, "a"),
        Change(Op.ADD, "steps", STEP, value={}, order="i001"),
        Change(Op.ADD, "front", STEP, value={}, order="i001"),
        Change(Op.ADD, "steps", item_id("steps", 2), value={}),
        Change(Op.REMOVE, "steps", item_id("steps", 9)),
        Change(Op.MOVE, "papers", STEP, order="i002"),
    ],
)
def test_a_change_that_does_not_fit_is_refused(change):
    with pytest.raises(Misfit):
        apply(with_a_step(), [change])


def test_documents_of_two_kinds_are_not_compared():
    with pytest.raises(Misfit):
        changes_between(SMALL.blank(), SMALL.blank() | {"schema": "small/2"})


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"op": "paint", "section": "steps"},
        {"op": "set", "section": "steps"},
        {"op": "set", "section": 3, "field": "what"},
        {"op": "set", "section": "steps", "field": "what", "item": 4},
        {"op": "add", "section": "steps", "item": STEP, "order": "i001"},
        {"op": "move", "section": "steps", "item": STEP},
        {"op": "status", "section": "steps"},
        {"op": "remove", "section": "steps", "item": STEP, "cascade": True},
    ],
)
def test_what_is_no_change_is_not_read_as_one(data):
    with pytest.raises(ValueError, match=r"change|item"):
        Change.from_json(data)
