"""When a plan in force is to be reviewed and who changes phase when: pure, over dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.escalations import upkeep_clock as clock


@dataclass
class Plan:
    """The dates that the rules go by."""

    first_made_on: date | None = None
    made_on: date | None = None
    last_review_on: date | None = None
    transferred_on: date | None = None
    review_due_on: date | None = None
    phase_transfer: str | None = None
    phase_transfer_year: int | None = None


def test_the_year_runs_from_the_making_and_then_from_the_last_decision() -> None:
    assert clock.review_due(Plan()) is None
    made = Plan(first_made_on=date(2026, 1, 12))
    due = clock.review_due(made)
    assert due is not None
    assert due.on == date(2027, 1, 11)
    made.last_review_on = date(2026, 12, 14)
    due = clock.review_due(made)
    assert due is not None
    assert due.on == date(2027, 12, 13)


def test_after_a_transfer_it_is_the_later_of_the_year_and_three_months() -> None:
    plan = Plan(first_made_on=date(2026, 1, 12), transferred_on=date(2026, 12, 20))
    due = clock.review_due(plan)
    assert due is not None
    assert due.on == date(2027, 3, 19)
    plan.last_review_on = date(2027, 2, 1)
    due = clock.review_due(plan)
    assert due is not None
    assert due.on == date(2028, 1, 31)


def test_after_a_transfer_an_earlier_day_that_the_family_was_told_holds() -> None:
    plan = Plan(first_made_on=date(2026, 1, 12), transferred_on=date(2026, 12, 20))
    plan.review_due_on = date(2027, 2, 1)
    due = clock.review_due(plan)
    assert due is not None
    assert (due.on, due.source) == (date(2027, 2, 1), clock.PROMISED)
    assert due.why == "the day that the family was told, after the plan came on 20 December 2026"
    plan.review_due_on = date(2027, 6, 1)  # no promise puts the law's day off
    due = clock.review_due(plan)
    assert due is not None
    assert due.on == date(2027, 3, 19)
    plan.last_review_on, plan.review_due_on = date(2027, 2, 1), date(2027, 3, 1)
    due = clock.review_due(plan)
    assert due is not None
    assert due.on == date(2028, 1, 31)  # the review that was promised has been


def test_under_five_a_review_every_half_year_is_advised() -> None:
    plan = Plan(first_made_on=date(2026, 1, 12))
    found = clock.suggested(plan, date(2022, 3, 1))
    assert found is not None
    assert found.on == date(2026, 7, 12)
    assert clock.suggested(plan, date(2020, 3, 1)) is None


@pytest.mark.parametrize(
    ("group", "today", "expected"),
    [
        ("6", date(2026, 11, 2), ("other", 2027)),
        ("N2", date(2026, 11, 2), ("other", 2027)),
        ("11", date(2027, 3, 2), ("post16", 2027)),
        ("11", date(2026, 8, 31), ("post16", 2026)),
        ("7", date(2026, 11, 2), None),
        (None, date(2026, 11, 2), None),
    ],
)
def test_the_year_group_names_the_change_of_phase(
    group: str | None, today: date, expected: tuple[str, int] | None
) -> None:
    assert clock.phase_of(group, today) == expected


def test_the_days_are_before_the_fifteenth_of_february_and_the_last_of_march() -> None:
    assert clock.phase_due("other", 2027).on == date(2027, 2, 14)
    assert clock.phase_due("post16", 2027).on == date(2027, 3, 30)


def test_a_head_has_the_list_two_weeks_before_term() -> None:
    assert clock.list_due(date(2027, 1, 5)) == date(2026, 12, 22)


@given(
    made=st.dates(date(2015, 1, 1), date(2040, 1, 1)),
    later=st.integers(0, 800),
    moved=st.one_of(st.none(), st.integers(0, 800)),
)
def test_the_next_review_never_lies_before_what_it_runs_from(
    made: date, later: int, moved: int | None
) -> None:
    plan = Plan(
        first_made_on=made,
        last_review_on=made + timedelta(days=later),
        transferred_on=None if moved is None else made + timedelta(days=moved),
    )
    due = clock.review_due(plan)
    start = clock.since(plan)
    assert due is not None
    assert start is not None
    assert due.on > start
    if plan.transferred_on is None:
        assert (due.on - start).days in (364, 365)
