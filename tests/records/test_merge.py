"""Two people change one document: what touches nothing merges, the rest is handed to a person."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isp.records.changes import Change, Misfit, Op, apply, changes_between, fields_of, items_by_id, same
from isp.records.merge import Clash, merge, settle
from tests.records.contents import SMALL, item_id, triples

ONE, TWO = item_id("steps", 1), item_id("steps", 2)
BASE = apply(
    SMALL.blank(),
    [
        Change(Op.ADD, "steps", ONE, value={"what": "read", "title": "Reading"}, order="i001"),
        Change(Op.ADD, "steps", TWO, value={"what": "write", "after": [ONE]}, order="i002"),
        Change(Op.SET, "front", None, "story", "once"),
    ],
)


def changed(*changes):
    return apply(BASE, changes)


def touched(changes):
    """What the changes touch: a removal touches the whole item, and so does anything said of it."""
    found = set()
    for change in changes:
        what = {"set": change.field, "move": "its place"}.get(change.op.value, change.op.value)
        found.add((change.section, change.item, what))
        if change.op in (Op.ADD, Op.REMOVE):
            found.add((change.section, change.item, "whole"))
    return found


def touch(change, others):
    whole = (change.section, change.item, "whole")
    if change.op in (Op.ADD, Op.REMOVE):
        return any(other[:2] == whole[:2] for other in others)
    return whole in others or touched([change]) & others


@given(triples())
def test_no_item_is_ever_lost(triple):
    base, theirs, mine = triple
    merged = merge(base, theirs, mine)
    clashing = {(clash.section, clash.item) for clash in merged.conflicts}
    for name in base["sections"]:
        before, one, other, now = (
            items_by_id(side["sections"][name]) for side in (base, theirs, mine, merged.content)
        )
        for item in one.keys() | other.keys():
            if item in now or (name, item) in clashing:
                continue
            # It is gone without a question: then one side removed it, and the other wrote nothing in it.
            assert item in before
            left = one.get(item) or other[item]
            assert (item in one) != (item in other)
            assert fields_of(left) == fields_of(before[item])


@given(triples())
def test_no_answer_is_ever_lost(triple):
    base, theirs, mine = triple
    merged = merge(base, theirs, mine)
    clashes = {(clash.section, clash.item, clash.field): clash for clash in merged.conflicts}
    for change in changes_between(base, mine):
        if change.op is not Op.SET:
            continue
        section = merged.content["sections"][change.section]
        holder = section["fields"] if change.item is None else items_by_id(section).get(change.item or "")
        if holder is not None and same(holder.get(change.field or ""), change.value):
            continue
        field = clashes.get((change.section, change.item, change.field))
        whole = clashes.get((change.section, change.item, None))
        assert field is not None or whole is not None
        if field is not None:
            assert same(field.mine, change.value)
        elif whole is not None:
            assert same(whole.mine.get(change.field or ""), change.value)


@given(triples())
@settings(max_examples=200)
def test_changes_that_do_not_touch_merge_the_same_in_either_order(triple):
    base, theirs, mine = triple
    others = touched(changes_between(base, theirs))
    mine = apply(base, [change for change in changes_between(base, mine) if not touch(change, others)])
    one, other = merge(base, theirs, mine), merge(base, mine, theirs)
    assert not one.conflicts
    assert not other.conflicts
    assert one.content == other.content
    assert changes_between(theirs, one.content) == changes_between(theirs, apply(theirs, one.changes))


@given(triples())
def test_both_orders_ask_about_the_same_things(triple):
    base, theirs, mine = triple
    one, other = merge(base, theirs, mine), merge(base, mine, theirs)
    mirrored = [
        (clash.section, clash.item, clash.field, clash.mine, clash.theirs) for clash in other.conflicts
    ]
    for clash in one.conflicts:
        assert (clash.section, clash.item, clash.field, clash.theirs, clash.mine) in mirrored
    assert len(one.conflicts) == len(other.conflicts)


@given(triples())
def test_the_changes_reported_are_the_changes_made(triple):
    base, theirs, mine = triple
    merged = merge(base, theirs, mine)
    assert apply(theirs, merged.changes) == merged.content


@given(triples())
def test_where_one_side_did_nothing_the_other_stands(triple):
    base, theirs, _ = triple
    assert merge(base, theirs, base).content == theirs
    assert merge(base, base, theirs).content == theirs
    assert merge(base, theirs, theirs) == merge(base, theirs, base)


@given(triples(), st.sampled_from(["mine", "theirs"]))
def test_a_choice_settles_a_clash(triple, choice):
    base, theirs, mine = triple
    merged = merge(base, theirs, mine)
    content = merged.content
    for clash in merged.conflicts:
        content = apply(content, settle(content, clash, choice))
    for clash in merged.conflicts:
        assert settle(content, clash, choice) == []
    if choice == "theirs":
        assert content == merged.content


def test_edits_to_different_fields_of_one_item_both_stand():
    merged = merge(
        BASE,
        changed(Change(Op.SET, "steps", ONE, "what", "read aloud")),
        changed(Change(Op.SET, "steps", ONE, "title", "Books"), Change(Op.MOVE, "steps", ONE, order="i003")),
    )
    assert merged.conflicts == ()
    assert merged.content["sections"]["steps"]["items"][1] == {
        "id": ONE,
        "order": "i003",
        "what": "read aloud",
        "title": "Books",
    }


def test_the_same_field_given_two_values_is_a_clash_and_theirs_stands_meanwhile():
    merged = merge(
        BASE,
        changed(Change(Op.SET, "front", None, "story", "once upon")),
        changed(Change(Op.SET, "front", None, "story", "once more")),
    )
    assert merged.conflicts == (Clash("front", None, "story", "once", "once upon", "once more"),)
    assert merged.content["sections"]["front"]["fields"]["story"] == "once upon"
    third = Change(Op.SET, "front", None, "story", "once upon a time")
    assert settle(merged.content, merged.conflicts[0], third) == [third]


def test_the_same_value_given_twice_is_no_clash():
    same_edit = changed(
        Change(Op.SET, "front", None, "story", "twice"), Change(Op.STATUS, "front", value="complete")
    )
    merged = merge(BASE, same_edit, same_edit)
    assert (merged.content, merged.changes, merged.conflicts) == (same_edit, (), ())


def test_a_status_said_twice_differently_is_for_a_person():
    merged = merge(
        BASE,
        changed(Change(Op.STATUS, "front", value="complete")),
        changed(Change(Op.STATUS, "front", value="not_needed")),
    )
    assert merged.conflicts == (Clash("front", None, None, "not_started", "complete", "not_needed"),)
    assert settle(merged.content, merged.conflicts[0], "mine") == [
        Change(Op.STATUS, "front", value="not_needed")
    ]


def test_an_edit_against_a_removal_is_one_question_with_the_whole_item():
    mine = changed(
        Change(Op.SET, "steps", ONE, "what", "read aloud"), Change(Op.SET, "steps", ONE, "count", 3)
    )
    theirs = changed(Change(Op.REMOVE, "steps", ONE))
    (clash,) = merge(BASE, theirs, mine).conflicts
    assert (clash.item, clash.field, clash.theirs) == (ONE, None, None)
    assert clash.mine == {"id": ONE, "order": "i001", "what": "read aloud", "title": "Reading", "count": 3}
    restored = apply(theirs, settle(theirs, clash, "mine"))
    assert restored == mine

    merged = merge(BASE, mine, theirs)
    (clash,) = merged.conflicts
    assert clash.mine is None
    assert merged.content == mine
    assert apply(mine, settle(mine, clash, "mine")) == theirs


def test_a_removal_does_not_cascade_to_what_is_linked():
    merged = merge(
        BASE,
        changed(Change(Op.REMOVE, "steps", ONE)),
        changed(Change(Op.SET, "steps", TWO, "what", "write it down")),
    )
    assert merged.conflicts == ()
    assert merged.content["sections"]["steps"]["items"] == [
        {"id": TWO, "order": "i002", "what": "write it down", "after": [ONE]}
    ]


def test_an_item_moved_by_one_and_removed_by_the_other_is_removed():
    moved = changed(Change(Op.MOVE, "steps", ONE, order="i009"))
    removed = changed(Change(Op.REMOVE, "steps", ONE))
    assert merge(BASE, moved, removed).content == merge(BASE, removed, moved).content == removed


def test_two_people_who_add_at_the_same_place_both_keep_what_they_added():
    ids = [item_id("steps", number) for number in (5, 6)]
    sides = [changed(Change(Op.ADD, "steps", item, value={"what": item}, order="i003")) for item in ids]
    merged = merge(BASE, *sides)
    assert merged.conflicts == ()
    assert [item["id"] for item in merged.content["sections"]["steps"]["items"]] == [ONE, TWO, *ids]


def test_one_copy_that_arrives_twice_is_added_once():
    added = Change(Op.ADD, "steps", item_id("steps", 5), value={"what": "a", "title": "b"}, order="i003")
    again = Change(Op.ADD, "steps", item_id("steps", 5), value={"what": "a", "title": "c"}, order="i003")
    assert merge(BASE, changed(added), changed(added)).changes == ()
    (clash,) = merge(BASE, changed(added), changed(again)).conflicts
    assert (clash.field, clash.base, clash.theirs, clash.mine) == ("title", None, "b", "c")


def test_documents_of_two_kinds_do_not_merge():
    other = {"schema": "small/1", "sections": {}}
    with pytest.raises(Misfit):
        merge(BASE, other, BASE)


def test_a_choice_about_an_item_that_is_gone_is_refused():
    clash = Clash("steps", ONE, "what", "read", "read aloud", "read softly")
    gone = changed(Change(Op.REMOVE, "steps", ONE))
    with pytest.raises(Misfit):
        settle(gone, clash, "mine")
    assert settle(gone, clash, "theirs") == []
