"""Data that holds from one day to another: what a series of versions may be, and what holds on a day."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.kernel.dated import Series, Versions, days_of, head_of, load, series_by_name


@dataclass(frozen=True)
class Held:
    effective_from: date
    effective_to: date | None = None
    version: str = "1"


FIRST = Held(date(2014, 9, 1), date(2027, 8, 31))
SECOND = Held(date(2027, 9, 1), version="2")


def test_each_day_has_what_is_in_force_on_it():
    series = Series([SECOND, FIRST], "rules")
    assert list(series) == [FIRST, SECOND]
    assert [series.on(date(2014, 9, 1)), series.on(date(2027, 8, 31))] == [FIRST, FIRST]
    assert [series.on(date(2027, 9, 1)), series.on(date(2100, 1, 1))] == [SECOND, SECOND]


def test_before_the_first_there_is_nothing_or_where_that_is_asked_the_first():
    series = Series([FIRST, SECOND], "rules")
    with pytest.raises(ValueError, match="no rules are known for 2014-08-31"):
        series.on(date(2014, 8, 31))
    assert series.on_or_first(date(2014, 8, 31)) is FIRST
    assert series.on_or_first(date(2027, 9, 1)) is SECOND


def test_a_version_can_be_asked_for_by_its_name():
    versions = Versions([FIRST, SECOND], "rules")
    assert versions.called("2") is SECOND
    with pytest.raises(KeyError):
        versions.called("3")


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ([], "no rules"),
        ([FIRST], "nothing follows"),
        ([FIRST, Held(date(2027, 9, 2))], "day after"),
        ([FIRST, Held(date(2027, 8, 31))], "before the earlier ones end"),
        ([Held(date(2014, 9, 1)), SECOND], "before the earlier ones end"),
        ([SECOND, SECOND], "before the earlier ones end"),
        ([Held(date(2027, 9, 2), date(2027, 9, 1)), SECOND], "end before they begin"),
    ],
)
def test_versions_that_overlap_or_leave_days_out_are_refused(found, why):
    with pytest.raises(ValueError, match=why):
        Series(found, "rules")


def test_two_versions_of_one_name_are_refused():
    with pytest.raises(ValueError, match="twice"):
        Versions([FIRST, Held(date(2027, 9, 1))], "rules")


def test_rows_of_a_table_come_and_go_each_on_days_of_its_own():
    begun, changed = Held(date(2014, 9, 1), date(2015, 8, 31)), Held(date(2016, 9, 1), date(2016, 12, 31))
    rows = series_by_name([("decide", begun), ("appeal", SECOND), ("decide", changed)], "limits")
    assert rows["decide"].on(date(2015, 8, 31)) is begun
    assert rows["decide"].on(date(2016, 9, 1)) is changed
    assert rows["appeal"].on(date(2030, 1, 1)) is SECOND
    for day in (date(2015, 9, 1), date(2017, 1, 1)):
        with pytest.raises(ValueError, match=re.escape("limits (decide)")):
            rows["decide"].on(day)


def test_two_rows_about_one_thing_never_hold_on_one_day():
    with pytest.raises(ValueError, match=re.escape("limits (decide) from 2027-08-31 begin before")):
        series_by_name([("decide", FIRST), ("decide", Held(date(2027, 8, 31)))], "limits")


@given(st.sets(st.dates(date(1900, 1, 1), date(2200, 1, 1)), min_size=1, max_size=8), st.dates())
def test_on_every_day_from_the_first_on_exactly_one_holds(starts, day):
    begun = sorted(starts)
    ends = [later - timedelta(days=1) for later in begun[1:]] + [None]
    series = Series([Held(a, b) for a, b in zip(begun, ends, strict=True)], "rules")
    holding = [one for one in series if one.effective_from <= day <= (one.effective_to or date.max)]
    assert holding == ([series.on(day)] if day >= begun[0] else [])


@pytest.mark.parametrize("wrong", ["2014-09-01", datetime(2014, 9, 1, tzinfo=UTC), 2014])
def test_what_is_no_day_is_refused(wrong):
    with pytest.raises(ValueError, match="not a day"):
        days_of({"effective_from": wrong})
    with pytest.raises(ValueError, match="not a day"):
        days_of({"effective_from": date(2014, 9, 1), "effective_to": wrong})


def test_a_version_that_is_no_text_is_refused():
    with pytest.raises(ValueError, match="text"):
        head_of({"version": 2014, "effective_from": date(2014, 9, 1)})


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with two versions of one list and another list beside it."""
    data = tmp_path / "a_package" / "data"
    data.mkdir(parents=True)
    (tmp_path / "a_package" / "__init__.py").write_text("")
    old = 'version = "1"\neffective_from = 2014-09-01\neffective_to = 2027-08-31\n'
    (data / "list-1.toml").write_text(old)
    (data / "list-2.toml").write_text('version = "2"\neffective_from = 2027-09-01\n')
    (data / "another-1.toml").write_text('version = "1"\neffective_from = 2014-09-01\n')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "a_package", raising=False)
    return data


def test_all_files_of_one_name_are_read(package):
    read = load("a_package", "list", lambda data: Held(**head_of(data)), "words")
    assert list(read) == [FIRST, SECOND]


def test_a_file_that_is_called_after_another_version_is_refused(package):
    shutil.move(package / "list-2.toml", package / "list-3.toml")
    with pytest.raises(ValueError, match=re.escape("list-3.toml says that it is version 2")):
        load("a_package", "list", lambda data: Held(**head_of(data)), "words")
