"""When a review is due: by the interval, on a school day of the school's own calendar, and never guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.kernel.workdays import Closure, SchoolCalendar, Term, months_after
from isp.plans.deadlines import BEYOND, NO_CALENDAR, NO_INTERVAL, Due, next_due, school_day_from
from isp.plans.vocabulary import configuration_on

TERMLY, HALF_TERMLY, YEARLY = 4, 2, 12


def year(
    autumn: date, christmas: date, spring: date, easter: date, summer: date, end: date
) -> tuple[Term, Term, Term]:
    return Term("Autumn", autumn, christmas), Term("Spring", spring, easter), Term("Summer", summer, end)


THIS_YEAR = year(
    date(2026, 9, 2), date(2026, 12, 18), date(2027, 1, 4), date(2027, 3, 25), date(2027, 4, 12),
    date(2027, 7, 21)
)  # fmt: skip
NEXT_YEAR = year(
    date(2027, 9, 2), date(2027, 12, 17), date(2028, 1, 4), date(2028, 3, 31), date(2028, 4, 18),
    date(2028, 7, 20)
)  # fmt: skip
CALENDAR = SchoolCalendar(
    (*THIS_YEAR, *NEXT_YEAR),
    training_days=frozenset({date(2027, 1, 4), date(2027, 2, 12)}),
    closures=(Closure(date(2027, 2, 15), date(2027, 2, 19), "half term"),),
)


@pytest.mark.parametrize(
    ("since", "months", "on"),
    [
        (date(2026, 10, 6), TERMLY, date(2027, 2, 5)),  # 6 February is a Saturday
        (date(2026, 10, 17), TERMLY, date(2027, 2, 11)),  # half term, and the training day before it
        (date(2026, 9, 3), TERMLY, date(2026, 12, 18)),  # 3 January: the last day of the term before
        (date(2026, 9, 7), TERMLY, date(2027, 1, 7)),
        (date(2026, 9, 4), TERMLY, date(2026, 12, 18)),  # 4 January is a training day
        (date(2026, 12, 1), TERMLY, date(2027, 3, 25)),  # the Easter holidays
        (date(2027, 4, 20), TERMLY, date(2027, 7, 21)),  # the summer holidays: before them, not after
        (date(2027, 3, 2), TERMLY, date(2027, 7, 2)),
        (date(2027, 7, 21), HALF_TERMLY, date(2027, 9, 21)),  # over the summer
        (date(2027, 1, 3) + timedelta(days=1), HALF_TERMLY, date(2027, 3, 4)),
        (date(2026, 10, 31), TERMLY, date(2027, 2, 26)),  # no 31 February: the 28th, a Sunday
        (date(2027, 10, 31), TERMLY, date(2028, 2, 29)),  # a leap year has one day more
        (date(2026, 10, 6), YEARLY, date(2027, 10, 6)),
    ],
)
def test_a_review_is_due_on_the_last_school_day_that_the_interval_allows(since, months, on):
    assert next_due(since, months, CALENDAR) == Due(on)


def test_a_year_from_the_29th_of_february_is_the_28th():
    assert months_after(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert months_after(date(2028, 2, 29), 48) == date(2032, 2, 29)
    assert months_after(date(2026, 11, 30), 3) == date(2027, 2, 28)


def test_an_interval_that_is_all_holiday_gives_the_first_school_day_after_it():
    short = SchoolCalendar((Term("Summer", date(2027, 4, 12), date(2027, 7, 21)),
                            Term("Autumn", date(2027, 9, 30), date(2027, 12, 17))))  # fmt: skip
    assert next_due(date(2027, 7, 21), HALF_TERMLY, short) == Due(date(2027, 9, 30))


@pytest.mark.parametrize(
    ("since", "months", "calendar", "why"),
    [
        (date(2028, 4, 20), TERMLY, CALENDAR, BEYOND),  # 20 August lies after the last term that is known
        (date(2026, 10, 6), TERMLY, None, NO_CALENDAR),
        (date(2026, 10, 6), None, CALENDAR, NO_INTERVAL),
        (date(2020, 10, 6), TERMLY, CALENDAR, BEYOND),  # before the first term that is known
    ],
)
def test_what_cannot_be_known_has_a_reason_and_no_date(since, months, calendar, why):
    assert next_due(since, months, calendar) == Due(None, why)


@pytest.mark.parametrize(
    ("day", "calendar", "proposed"),
    [
        (date(2026, 10, 17), CALENDAR, date(2026, 10, 19)),  # a Saturday
        (date(2026, 10, 19), CALENDAR, date(2026, 10, 19)),
        (date(2026, 10, 17), None, date(2026, 10, 17)),  # nobody knows which days are school days
        (date(2029, 1, 6), CALENDAR, date(2029, 1, 6)),
    ],
)
def test_a_meeting_is_proposed_for_a_school_day(day, calendar, proposed):
    assert school_day_from(day, calendar) == proposed


def test_a_pupil_who_moves_school_is_due_by_the_calendar_of_the_new_one():
    since = date(2026, 11, 12)
    other = SchoolCalendar(
        (*THIS_YEAR, *NEXT_YEAR), closures=(Closure(date(2027, 3, 8), date(2027, 3, 12), "floods"),)
    )
    assert next_due(since, TERMLY, CALENDAR) == Due(date(2027, 3, 12))
    assert next_due(since, TERMLY, other) == Due(date(2027, 3, 5))
    assert next_due(since, TERMLY, SchoolCalendar(THIS_YEAR[:1])) == Due(None, BEYOND)


def test_the_interval_of_today_is_every_term():
    assert configuration_on(date(2026, 11, 22)).interval_months(None) == TERMLY
    assert configuration_on(date(2026, 11, 22)).interval_months("annual") == YEARLY


@given(
    st.dates(date(2026, 9, 2), date(2028, 7, 20)),
    st.sampled_from([1, HALF_TERMLY, TERMLY, 6, YEARLY]),
)
def test_a_date_is_a_school_day_after_the_last_review_or_there_is_none(since, months):
    found = next_due(since, months, CALENDAR)
    latest = months_after(since, months)
    if found.on is None:
        assert found.why == BEYOND
        assert latest > CALENDAR.horizon()
        return
    assert found.on > since
    assert CALENDAR.is_school_day(found.on)
    later = [latest - timedelta(days=n) for n in range((latest - since).days)]
    school_days = [day for day in later if CALENDAR.is_school_day(day)]
    assert found.on == max(school_days) if school_days else found.on > latest
