"""The statutory days: known cases, and what holds for every day there is."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.escalations.deadlines import (
    Act,
    appeal_due,
    decision_due,
    final_plan_due,
    rule_sets,
    rules_on,
)
from isp.kernel import workdays
from isp.kernel.workdays import HorizonPassed, months_after

FIRST = date(2014, 9, 1)
# Two months and a shift must stay within the bank holidays that are known.
DECIDED = st.dates(FIRST, workdays.horizon() - timedelta(days=100))


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 11, 2), date(2026, 12, 14)),
        (date(2027, 7, 19), date(2027, 8, 30)),  # the holidays stop nothing, nor does a bank holiday
        (date(2028, 1, 20), date(2028, 3, 2)),  # over 29 February
    ],
)
def test_six_weeks_are_42_days(received: date, due: date) -> None:
    assert decision_due(received).on == due


@pytest.mark.parametrize(
    ("decided", "last", "said"),
    [
        (date(2026, 11, 2), date(2027, 1, 2), "2 November 2026"),  # a Saturday, and no day that shifts
        (date(2026, 10, 24), date(2026, 12, 24), "2 months from the date of the decision, 24 October 2026"),
        (date(2026, 10, 25), date(2027, 1, 4), "25 December 2026"),  # 1 January is a holiday, then a weekend
        (date(2026, 11, 1), date(2027, 1, 4), "1 January 2027"),
        (date(2026, 6, 1), date(2026, 9, 1), "first working day of September"),
        (date(2026, 6, 30), date(2026, 9, 1), "30 August 2026"),
        (date(2024, 6, 30), date(2024, 9, 2), "30 August 2024"),  # 1 September was a Sunday
        (date(2026, 12, 31), date(2027, 2, 28), "31 December 2026"),
        (date(2027, 12, 31), date(2028, 2, 29), "31 December 2027"),
        (date(2026, 7, 31), date(2026, 9, 30), "31 July 2026"),
        (date(2026, 5, 31), date(2026, 7, 31), "31 May 2026"),
    ],
)
def test_known_last_days_to_appeal(decided: date, last: date, said: str) -> None:
    due = appeal_due(decided)
    assert due.on == last
    assert said in due.why
    assert "rule 20" in due.source


@given(st.dates(FIRST, date(2100, 1, 1)))
def test_the_weeks_are_whole_and_their_day_is_the_last_that_keeps_them(received: date) -> None:
    due = decision_due(received)
    assert due.on - received == timedelta(days=42)
    assert due.days_late(due.on) == 0
    assert due.days_late(due.on + timedelta(days=1)) == 1
    assert due.days_late(received) == 0
    assert due.days_left(due.on) == 0
    assert final_plan_due(received).on - received == timedelta(days=140)
    assert "regulation 5(1)" in due.source


@given(DECIDED)
def test_the_last_day_to_appeal_is_never_before_two_months_nor_in_the_holidays(decided: date) -> None:
    due = appeal_due(decided)
    plain = months_after(decided, 2)
    assert due.on >= plain
    assert due.on.month != 8
    assert not (due.on.month == 12 and due.on.day >= 25)
    assert (due.on.month, due.on.day) != (1, 1)
    if due.on != plain:
        assert workdays.is_working_day(due.on)
        assert due.on.month in (1, 9)
        assert (due.on - plain).days <= 40
        # No working day of that month was passed over.
        first = due.on.replace(day=1)
        assert not any(workdays.is_working_day(first + timedelta(days=n)) for n in range(due.on.day - 1))


@given(DECIDED, st.integers(0, 400))
def test_a_later_decision_never_has_an_earlier_last_day(decided: date, more: int) -> None:
    later = min(decided + timedelta(days=more), workdays.horizon() - timedelta(days=100))
    if later >= decided:
        assert appeal_due(later).on >= appeal_due(decided).on


@given(st.dates(FIRST, date(2200, 1, 1)), st.integers(0, 400))
def test_months_keep_the_number_of_the_day_where_they_can(day: date, months: int) -> None:
    found = months_after(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == min(day.day, calendar.monthrange(found.year, found.month)[1])


def test_beyond_the_known_bank_holidays_a_shift_is_an_error_and_no_guess() -> None:
    with pytest.raises(HorizonPassed):
        appeal_due(date(workdays.horizon().year + 1, 6, 15))


def test_rule_sets_are_in_order_and_each_names_where_it_is_written() -> None:
    for rules in rule_sets():
        assert rules_on(rules.effective_from) is rules
        assert rule_sets().called(rules.version) is rules
        assert set(rules.limits) == set(Act)
        assert all(
            limit.source and bool(limit.weeks) != bool(limit.months)
            for listed in rules.limits.values()
            for limit in listed
        )
    with pytest.raises(ValueError, match="no rules"):
        rules_on(FIRST - timedelta(days=1))
