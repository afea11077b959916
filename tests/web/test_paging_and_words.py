"""Cursors hold nothing personal; dates and counts read as people write them."""

import uuid
from datetime import UTC, date, datetime

import pytest

from isp.web import filters
from isp.web.paging import read_page
from tests.web.small_app import small_app

ROWS = [(date(2026, 1, 1 + n // 3), uuid.UUID(int=n)) for n in range(25)]


def fetch(window):
    rows = ROWS if not window.backwards else ROWS[::-1]
    if window.position is not None:
        rows = [row for row in rows if (row < window.position if window.backwards else row > window.position)]
    return rows[: window.limit]


@pytest.fixture
def context():
    with small_app()[0].test_request_context():
        yield


def page(cursor=None, scope="notes:1", size=10):
    return read_page(fetch, lambda row: row, scope=scope, size=size, cursor=cursor)


@pytest.mark.usefixtures("context")
def test_pages_join_into_the_whole_list_both_ways():
    first = page()
    second = page(first.later)
    third = page(second.later)
    assert [*first.items, *second.items, *third.items] == ROWS
    assert first.earlier is None
    assert third.later is None
    assert page(third.earlier).items == second.items
    assert page(page(third.earlier).earlier).items == first.items
    assert page(page(third.earlier).earlier).earlier is None


@pytest.mark.usefixtures("context")
def test_a_cursor_that_is_altered_or_of_another_list_gives_the_first_page():
    later = page().later
    assert later is not None
    for cursor, scope in ((later, "notes:2"), (later[:-2], "notes:1"), ("nonsense", "notes:1")):
        assert page(cursor, scope).items == ROWS[:10]


@pytest.mark.usefixtures("context")
def test_a_list_that_fits_has_no_links_and_an_empty_one_no_rows():
    whole = page(size=25)
    assert (whole.earlier, whole.later) == (None, None)
    assert read_page(lambda _: [], lambda row: row, scope="x").items == []


@pytest.mark.usefixtures("context")
def test_a_name_cannot_stand_in_a_cursor():
    with pytest.raises(TypeError):
        read_page(lambda _: ["Ada", "Bo"], lambda row: (row,), scope="x", size=1)  # type: ignore[arg-type, return-value]


@pytest.mark.usefixtures("context")
def test_instants_and_numbers_come_back_as_they_were():
    seen = []
    moment = datetime(2026, 11, 22, 9, 0, 0, 123456, UTC)

    def one(window):
        seen.append(window.position)
        return [1, 2]

    first = read_page(one, lambda n: (moment, n), scope="x", size=1)
    read_page(one, lambda n: (moment, n), scope="x", size=1, cursor=first.later)
    assert seen == [None, (moment, 1)]


def test_days_are_written_in_words():
    assert filters.date_words(date(2027, 3, 14)) == "14 March 2027"
    assert filters.date_words(None) == ""
    late_evening = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert filters.date_words(late_evening) == "2 July 2026"
    assert filters.time_words(late_evening) == "00:30"
    assert filters.moment_words(late_evening) == "2 July 2026 at 00:30"


@pytest.mark.parametrize(
    ("day", "words"),
    [(19, "in 5 days"), (15, "tomorrow"), (14, "today"), (13, "yesterday"), (2, "12 days ago")],
)
def test_days_off_are_counted_in_words(day, words):
    assert filters.in_days(date(2027, 3, day), date(2027, 3, 14)) == words


def test_names_become_initials_and_counts_and_lists_read_well():
    assert filters.initials("Ada van King-Noel") == "AK"
    assert filters.initials("Cher") == "C"
    assert filters.initials("  (none) ") == ""
    assert filters.count_of(1, "pupil") == "1 pupil"
    assert filters.count_of(0, "pupil") == "no pupils"
    assert filters.count_of(2, "child", "children") == "2 children"
    assert filters.listed(["a", "b", "c"]) == "a, b and c"
    assert filters.listed(["a"]) == "a"
    assert filters.listed([]) == ""
