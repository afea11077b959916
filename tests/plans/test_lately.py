"""A sitting: what somebody looked at without a long pause, or in one sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from isp.plans.lately import PAUSE, sitting_before

NOW = datetime(2027, 3, 14, 20, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Look:
    at: datetime
    session: str | None = None


def ago(hours, session=None):
    return Look(NOW - timedelta(hours=hours), session)


def test_a_look_an_hour_ago_is_of_this_sitting_and_one_of_yesterday_is_not():
    assert sitting_before([ago(1), ago(24)], NOW, None) == ([ago(1)], [ago(24)])


def test_a_pause_of_four_hours_ends_a_sitting():
    assert sitting_before([ago(4)], NOW, None) == ([], [ago(4)])
    assert sitting_before([ago(3.99)], NOW, None) == ([ago(3.99)], [])


def test_one_sign_in_is_one_sitting_however_long_the_pause():
    assert sitting_before([ago(6, "a"), ago(7, "b"), ago(20, "b")], NOW, "a") == (
        [ago(6, "a"), ago(7, "b"), ago(20, "b")],
        [],
    )


def test_two_unknown_sign_ins_are_not_the_same_one():
    assert sitting_before([ago(6)], NOW, None) == ([], [ago(6)])


def test_the_sitting_before_ends_where_the_one_before_that_begins():
    assert sitting_before([ago(24), ago(25), ago(48)], NOW, "a")[1] == [ago(24), ago(25)]


def test_whoever_never_looked_has_neither():
    assert sitting_before([], NOW, "a") == ([], [])


@given(st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["a", "b", None])), max_size=12))
def test_the_two_sittings_are_the_first_looks_in_order_with_a_pause_between(made):
    looks = [ago(hours, session) for hours, session in sorted(made, key=lambda one: one[0])]
    present, before = sitting_before(looks, NOW, "a")
    assert [*present, *before] == looks[: len(present) + len(before)]
    assert bool(before) == (len(present) < len(looks))
    if present and before:
        assert present[-1].at - before[0].at >= PAUSE
