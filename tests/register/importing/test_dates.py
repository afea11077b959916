"""Every form of date that school offices write, and none that would have to be guessed."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.register.importing.dates import read_date
from isp.register.importing.problems import NotUnderstood

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "text",
    [
        "03/03/2015",
        "3/3/2015",
        "3/3/15",
        "03-03-2015",
        "03.03.2015",
        "3 3 2015",
        "2015-03-03",
        "2015/03/03",
        "3 Mar 2015",
        "3 March 2015",
        "03-Mar-2015",
        "03-Mar-15",
        "3rd March 2015",
        "3-MAR-2015",
        "03Mar2015",
        "March 3, 2015",
        "Tue 3 March 2015",
        "Tuesday, 3 March 2015",
        "03/03/2015 00:00:00",
        "03/03/2015 0:00",
        "2015-03-03T00:00:00",
        "2015-03-03 00:00:00.000",
        "2015-03-03T00:00:00Z",
        "  03/03/2015  ",
    ],
)
def test_the_third_of_march_2015_is_read_however_it_is_written(text):
    assert read_date(text, today=TODAY) == date(2015, 3, 3)


def test_the_day_comes_before_the_month_and_an_american_order_is_refused():
    assert read_date("04/03/2015", today=TODAY) == date(2015, 3, 4)
    with pytest.raises(NotUnderstood, match="there is no month 25"):
        read_date("03/25/2015", today=TODAY)


@pytest.mark.parametrize(
    ("text", "year"),
    [("1/9/26", 2026), ("1/9/36", 2036), ("1/9/37", 1937), ("1/9/99", 1999), ("1/9/00", 2000)],
)
def test_a_two_digit_year_is_at_most_ten_years_ahead(text, year):
    assert read_date(text, today=TODAY).year == year


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("31/02/2015", "31/02/2015 is not a real date: February 2015 has 28 days"),
        ("29/02/2015", "February 2015 has 28 days"),
        ("31 Sept 2015", "September 2015 has 30 days"),
        ("00/03/2015", "March 2015 has 31 days"),
        ("03/03/0015", "the year 15, which cannot be right"),
        ("03/03/2915", "the year 2915"),
        ("03/03/2015 13:45", "has a time of day in it"),
        ("2015-03-02T23:00:00Z", "has a time of day in it"),
        ("42066", "a spreadsheet's own number for a date, perhaps 3 March 2015"),
        ("42066.0", "Format the column as a date"),
        ("20150303", "not a date we can read"),
        ("3 Mars 2015", "not a date we can read"),
        ("last Tuesday", "not a date we can read"),
        ("03/2015", "not a date we can read"),
        ("٠٣/٠٣/٢٠١٥x", "not a date we can read"),
    ],
)
def test_what_is_no_date_is_refused_in_words(text, says):
    with pytest.raises(NotUnderstood, match="(?i)" + says.replace("(", r"\(")):
        read_date(text, today=TODAY)


@given(
    st.dates(date(1940, 1, 1), date(2030, 12, 31)),
    st.sampled_from(
        ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%d %b %Y", "%d-%B-%Y", "%d/%m/%Y 00:00:00"]
    ),
)
def test_a_date_written_in_any_form_is_read_back(day, form):
    assert read_date(day.strftime(form), today=TODAY) == day


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_sentence(text):
    with contextlib.suppress(NotUnderstood):
        assert isinstance(read_date(text, today=TODAY), date)
