"""What changed between two contents."""

from __future__ import annotations

from deepdiff import DeepDiff
from hypothesis import given
from hypothesis import strategies as st

from isp.records.changes import Change, Op, apply, changes_between
from isp.records.diff import diff, patch
from isp.records.project import project
from tests.records.contents import SMALL, contents, item_id, lenses, pairs

ONE = item_id("steps", 1)


@given(pairs())
def test_applying_a_diff_gives_the_other_version(pair):
    before, after = pair
    assert patch(before, diff(before, after)) == after
    assert patch(after, diff(after, before)) == before


@given(pairs())
def test_a_diff_is_empty_exactly_where_an_independent_comparison_finds_nothing(pair):
    before, after = pair
    assert bool(diff(before, after)) == bool(DeepDiff(before, after))


@given(pairs())
def test_a_diff_says_what_the_changes_say(pair):
    before, after = pair
    key = repr
    assert sorted(diff(before, after).changes(), key=key) == sorted(changes_between(before, after), key=key)


# Every text is its own planted word, so that whatever turns up where it should not can be traced.
planted = st.integers(0, 10**9).map("planted{}".format)


def planted_words(value):
    if isinstance(value, str):
        return {value} if value.startswith("planted") else set()
    if isinstance(value, dict):
        value = list(value.values())
    return set().union(*map(planted_words, value)) if isinstance(value, list) else set()


@given(
    contents(texts=planted).flatmap(lambda a: st.tuples(st.just(a), contents(texts=planted, base=a))),
    lenses(),
)
def test_a_projected_diff_never_names_what_the_lens_hides(pair, lens):
    before, after = (project(side, lens, SMALL) for side in pair)
    seen = planted_words(before) | planted_words(after)
    hidden = (planted_words(pair[0]) | planted_words(pair[1])) - seen
    ids = {
        item["id"] for side in pair for held in side["sections"].values() for item in held.get("items", ())
    }
    ids -= {
        item["id"]
        for side in (before, after)
        for held in side["sections"].values()
        for item in held.get("items", ())
    }
    said = repr(diff(before, after)) + repr([change.to_json() for change in diff(before, after).changes()])
    for name in hidden | ids:
        assert f"'{name}'" not in said


def test_items_are_told_as_added_removed_changed_and_moved():
    numbers = {number: item_id("steps", number) for number in range(5)}
    base = apply(
        SMALL.blank(),
        [
            Change(Op.ADD, "steps", numbers[number], value={"what": f"step {number}"}, order=f"i00{number}")
            for number in (1, 2, 3)
        ],
    )
    after = apply(
        base,
        [
            Change(Op.REMOVE, "steps", numbers[1]),
            Change(Op.SET, "steps", numbers[2], "what", "step two"),
            Change(Op.MOVE, "steps", numbers[3], order="i009"),
            Change(Op.ADD, "steps", numbers[4], value={"what": "new"}, order="i004"),
            Change(Op.STATUS, "steps", value="complete"),
        ],
    )
    section = diff(base, after).section("steps")
    assert section is not None
    assert section.status == ("not_started", "complete")
    found = [(item.id, item.fate, item.moved) for item in section.items]
    assert found == [
        (numbers[2], "changed", False),
        (numbers[4], "added", False),
        (numbers[3], "changed", True),
        (numbers[1], "removed", False),
    ]
    reworded = section.items[0].fields[0]
    assert (reworded.before, reworded.after) == ("step 2", "step two")
    assert [mark.run for mark in reworded.marks()] == ["same", "deleted", "inserted"]
    assert section.items[3].fields[0].before == "step 1"
    assert section.items[3].item["what"] == "step 1"
    assert diff(base, after).section("papers") is None
