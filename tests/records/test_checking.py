"""One answer, as a person typed it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.records.checking import Checked, check_field
from isp.records.days import Horizon, read_day, say_day
from tests.records.contents import SMALL, item_id

ONE, TWO = item_id("steps", 1), item_id("steps", 2)


def check(section, field, text, horizon=None):
    return check_field(SMALL, section, field, text, horizon)


@pytest.mark.parametrize(
    "text",
    [
        "14/3/2027",
        "14/03/27",
        "14.3.2027",
        "14-03-2027",
        "14 3 2027",
        " 14 March 2027 ",
        "14th mar 2027",
        "2027-03-14",
    ],
)
def test_a_date_is_read_as_people_write_it(text):
    assert check("front", "begun_on", text) == Checked("2027-03-14")


@pytest.mark.parametrize(
    "text", ["31/2/2027", "3/14/2027", "March", "14 Marzipan 2027", "0/0/0", "1/1/0000", "tomorrow"]
)
def test_what_is_no_date_is_answered_with_an_example(text):
    assert check("front", "begun_on", text) == Checked(
        problem="Give a real date as day, month and year, for example 14/3/2027."
    )


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_date_that_is_said_is_read_as_the_same_date(day):
    assert read_day(say_day(day)) == read_day(f"{day:%d/%m/%Y}") == read_day(day.isoformat()) == day


def test_a_date_beyond_the_horizon_is_answered_with_the_horizon():
    horizon = Horizon(date(2015, 5, 1), date(2036, 11, 22))
    assert check("front", "begun_on", "1/5/2015", horizon).value == "2015-05-01"
    assert (
        check("front", "begun_on", "1/5/2037", horizon).problem
        == "Give a date on or before 22 November 2036."
    )


@pytest.mark.parametrize(
    ("section", "field", "text", "value"),
    [
        ("front", "story", "  one\r\n\r\ntwo\x0bthree\x00 ", "one\n\ntwo\nthree"),
        ("front", "story", "<b>5 < 6 & 7</b>", "<b>5 < 6 & 7</b>"),
        ("front", "story", "   ", None),
        ("front", "clinical", " a\n b ", "a b"),
        ("front", "best", ONE, ONE),
        ("steps", "count", " 7 ", 7),
        ("steps", "count", "", None),
        ("steps", "count", "0", 0),
        ("steps", "price", "£9.50", 950),
        ("steps", "price", "10", 1000),
        ("steps", "colour", "red", "red"),
        ("steps", "colour", ["red"], "red"),
        ("steps", "colour", [], None),
        ("steps", "colours", ["red", "blue"], ["blue", "red"]),
        ("steps", "colours", "red", ["red"]),
        ("steps", "colours", [""], None),
        ("steps", "after", [TWO, ONE, ONE], [ONE, TWO]),
        ("steps", "limited", "on", True),
        ("steps", "limited", "", None),
        ("steps", "limited", "No", None),
    ],
)
def test_an_answer_becomes_the_value_that_is_stored(section, field, text, value):
    assert check(section, field, text) == Checked(value)


@pytest.mark.parametrize(
    ("section", "field", "text", "sentence"),
    [
        ("front", "story", "a" * 2100, "Shorten this by 100 characters: it can hold 2,000."),
        ("steps", "count", "three", "Give a whole number in figures, for example 20."),
        ("steps", "count", "2.5", "Give a whole number in figures, for example 20."),
        ("steps", "count", "-1", "Give a whole number from 0 to 9."),
        ("steps", "price", "£1.5", "Give an amount in pounds, for example 12.50."),
        ("steps", "price", "£50", "Give an amount from £0 to £10."),
        ("steps", "colour", "mauve", "Choose one of the answers in the list."),
        ("steps", "colour", ["red", "blue"], "Give one answer here."),
        ("steps", "colours", ["mauve"], "Choose from the answers in the list."),
        ("steps", "limited", "perhaps", "Say yes or no."),
        ("steps", "after", ["1"], "Choose from the items listed."),
        ("front", "best", "1", "Choose one of the items listed."),
        ("steps", "entry", "1", "Choose this again: what it points at was not found."),
    ],
)
def test_an_answer_that_cannot_be_kept_is_answered_with_what_to_do(section, field, text, sentence):
    assert check(section, field, text) == Checked(problem=sentence)


@given(
    st.sampled_from(sorted(SMALL.sections["steps"].items or {})), st.text() | st.lists(st.text(), max_size=3)
)
def test_whatever_is_typed_is_kept_or_answered(field, text):
    checked = check("steps", field, text)
    assert checked.problem is None or (checked.value is None and checked.problem.endswith("."))
    if checked.value is not None:
        assert SMALL.sections["steps"].marshmallow(field).settle(checked.value) == checked.value


def test_a_field_that_does_not_exist_is_the_pages_mistake():
    with pytest.raises(KeyError):
        check("steps", "nothing", "a")
    with pytest.raises(KeyError):
        check("nowhere", "what", "a")


def test_whose_words_an_item_holds_is_never_typed():
    assert (
        check("steps", "by", ONE).problem
        == "This is filled in by the application and cannot be changed here."
    )
