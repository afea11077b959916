"""Working days in England and school days at one school."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.kernel import workdays
from isp.kernel.workdays import Closure, HorizonPassed, SchoolCalendar, Term

known_days = st.dates(date(2012, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        date(2022, 6, 2),  # spring bank holiday, moved for the Platinum Jubilee
        date(2022, 9, 19),  # the State Funeral of Queen Elizabeth II
        date(2023, 5, 8),  # the Coronation
        date(2027, 3, 26),  # Good Friday
        date(2027, 12, 27),  # Christmas Day's substitute
        date(2027, 12, 28),  # Boxing Day's substitute
    ],
)
def test_a_bank_holiday_is_no_working_day(day: date) -> None:
    assert workdays.is_bank_holiday(day)
    assert not workdays.is_working_day(day)


def test_a_holiday_of_scotland_only_is_a_working_day_in_england() -> None:
    assert workdays.is_working_day(date(2026, 11, 30))  # St Andrew's Day, a Monday


def test_a_weekend_is_no_working_day_and_the_monday_after_it_is() -> None:
    days = [date(2026, 11, day) for day in (20, 21, 22, 23)]
    assert [workdays.is_working_day(day) for day in days] == [True, False, False, True]


def test_five_working_days_over_christmas_skip_the_holidays() -> None:
    assert workdays.add_working_days(date(2026, 12, 23), 5) == date(2027, 1, 4)


def test_the_day_itself_is_not_counted_and_none_added_gives_it_back() -> None:
    assert workdays.add_working_days(date(2026, 11, 20), 1) == date(2026, 11, 23)
    assert workdays.add_working_days(date(2026, 11, 21), 0) == date(2026, 11, 21)


def test_working_days_are_counted_backwards_as_well() -> None:
    assert workdays.add_working_days(date(2027, 1, 4), -5) == date(2026, 12, 23)


def test_an_appeal_limit_that_ends_at_christmas_moves_to_the_first_working_day_of_january() -> None:
    assert workdays.first_working_day_on_or_after(date(2027, 1, 1)) == date(2027, 1, 4)


def test_the_table_speaks_for_2012_to_2028_and_says_which_table_it_is() -> None:
    assert workdays.beginning() == date(2012, 1, 1)
    assert workdays.horizon() == date(2028, 12, 31)
    assert workdays.table_version().startswith("govuk-bank-holidays ")


def test_beyond_the_table_is_an_error_in_words_and_never_a_guess() -> None:
    with pytest.raises(HorizonPassed, match="known up to 31 December 2028") as caught:
        workdays.is_working_day(date(2029, 1, 1))
    assert caught.value.day == date(2029, 1, 1)
    with pytest.raises(HorizonPassed):
        workdays.add_working_days(date(2028, 12, 28), 10)
    with pytest.raises(HorizonPassed):
        workdays.add_working_days(date(2029, 6, 1), 0)
    with pytest.raises(HorizonPassed, match="known from 1 January 2012"):
        workdays.is_working_day(date(2011, 12, 30))


@given(known_days, st.integers(0, 60))
def test_adding_working_days_lands_on_one_with_exactly_that_many_between(day: date, count: int) -> None:
    try:
        end = workdays.add_working_days(day, count)
    except HorizonPassed:
        assert day > date(2028, 9, 1)
        return
    between = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert sum(workdays.is_working_day(each) for each in between) == count
    assert count == 0 or workdays.is_working_day(end)


@pytest.fixture
def calendar() -> SchoolCalendar:
    return SchoolCalendar(
        terms=(
            Term("Spring 2027", date(2027, 1, 5), date(2027, 3, 25)),
            Term("Autumn 2026", date(2026, 9, 1), date(2026, 12, 18)),
            Term("Summer 2027", date(2027, 4, 12), date(2027, 7, 21)),
        ),
        training_days=frozenset({date(2026, 9, 1), date(2026, 9, 2)}),
        closures=(Closure(date(2026, 10, 26), date(2026, 10, 30), "half term"),),
    )


def test_a_school_day_is_in_term_and_no_training_day_closure_weekend_or_bank_holiday(
    calendar: SchoolCalendar,
) -> None:
    assert calendar.is_school_day(date(2026, 9, 3))
    assert not calendar.is_school_day(date(2026, 9, 2))
    assert not calendar.is_school_day(date(2026, 9, 5))
    assert not calendar.is_school_day(date(2026, 10, 28))
    assert not calendar.is_school_day(date(2026, 12, 21))
    assert not calendar.is_school_day(date(2027, 5, 3))


def test_school_days_are_counted_across_half_term_and_the_holidays(calendar: SchoolCalendar) -> None:
    assert calendar.add_school_days(date(2026, 10, 23), 1) == date(2026, 11, 2)
    assert calendar.add_school_days(date(2026, 12, 18), 1) == date(2027, 1, 5)
    assert calendar.add_school_days(date(2027, 1, 5), -1) == date(2026, 12, 18)
    assert calendar.first_school_day_on_or_after(date(2026, 9, 1)) == date(2026, 9, 3)


def test_terms_are_kept_in_order_and_a_day_knows_its_term(calendar: SchoolCalendar) -> None:
    assert [term.name for term in calendar.terms] == ["Autumn 2026", "Spring 2027", "Summer 2027"]
    term = calendar.term_on(date(2027, 2, 1))
    assert term is not None
    assert term.name == "Spring 2027"
    assert calendar.term_on(date(2027, 1, 1)) is None


def test_past_the_last_term_is_an_error_that_says_what_to_do(calendar: SchoolCalendar) -> None:
    with pytest.raises(HorizonPassed, match=r"ends on 21 July 2027.*Add the next term"):
        calendar.is_school_day(date(2027, 7, 22))
    with pytest.raises(HorizonPassed):
        calendar.add_school_days(date(2027, 7, 19), 15)
    with pytest.raises(HorizonPassed, match="begins on 1 September 2026"):
        calendar.is_school_day(date(2026, 8, 31))


def test_a_calendar_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one term"):
        SchoolCalendar(terms=())
    with pytest.raises(ValueError, match="overlap"):
        SchoolCalendar(
            terms=(
                Term("Autumn", date(2026, 9, 1), date(2026, 12, 18)),
                Term("Spring", date(2026, 12, 18), date(2027, 3, 25)),
            )
        )
    with pytest.raises(ValueError, match="ends before it starts"):
        SchoolCalendar(terms=(Term("Autumn", date(2026, 12, 18), date(2026, 9, 1)),))
