"""Working days in England, and the school days of one school.

Working days are Monday to Friday without the bank holidays of England. The holidays come from a dated table
that travels with the installed `govuk-bank-holidays` package (source: www.gov.uk/bank-holidays, Open
Government Licence); it is read once and never fetched. Where the table ends, every function here raises
`HorizonPassed`: a statutory date worked out without its bank holidays would be wrong without anybody
seeing it.

School days are those of one school's own calendar, given as plain data. The same holds there: before its
first term and after its last one nobody has said which days are school days, so asking is an error.

Nothing here reads the clock.
"""

from __future__ import annotations

import calendar
import functools
import importlib.metadata
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from govuk_bank_holidays.bank_holidays import BankHolidays

from isp.kernel.errors import Unavailable

__all__ = [
    "Closure",
    "HorizonPassed",
    "SchoolCalendar",
    "Term",
    "add_working_days",
    "beginning",
    "first_working_day_on_or_after",
    "horizon",
    "is_bank_holiday",
    "is_working_day",
    "months_after",
    "table_version",
]

_DAY = timedelta(days=1)
_SATURDAY = 5
# England has eight bank holidays in an ordinary year; a year with fewer is a table with a hole in it.
_FEWEST_A_YEAR = 8


class HorizonPassed(Unavailable):
    """A date outside the days that are known. `message` is a sentence for the person, `day` the date."""

    def __init__(self, message: str, day: date) -> None:
        super().__init__(message)
        self.day = day


@dataclass(frozen=True)
class _Table:
    holidays: frozenset[date]
    first: date
    last: date


@functools.cache
def _table() -> _Table:
    # The package's own accessor drops an entry it cannot parse, with a log line. Here that must be an error,
    # so its raw data is read, and every year checked to be whole.
    events = BankHolidays.load_backup_data()["england-and-wales"]["events"]
    days = frozenset(date.fromisoformat(event["date"]) for event in events)
    latest = max(days)
    # The table speaks for a year once that year's last holiday, Boxing Day or its substitute, is in it.
    last_year = latest.year if (latest.month, latest.day) >= (12, 26) else latest.year - 1
    first_year = min(days).year
    for year in range(first_year, last_year + 1):
        if sum(day.year == year for day in days) < _FEWEST_A_YEAR:
            raise RuntimeError(f"The bank-holiday table has a hole: {year} has fewer than {_FEWEST_A_YEAR}.")
    return _Table(days, date(first_year, 1, 1), date(last_year, 12, 31))


def horizon() -> date:
    """The last day the table speaks for."""
    return _table().last


def beginning() -> date:
    """The first day the table speaks for."""
    return _table().first


def table_version() -> str:
    """Which table this is, for the record of a decision and for `isp doctor`: package and version."""
    return f"govuk-bank-holidays {importlib.metadata.version('govuk-bank-holidays')}"


def _known(day: date) -> _Table:
    table = _table()
    if day > table.last:
        raise HorizonPassed(
            f"Bank holidays are known up to {_words(table.last)}, and this needs {_words(day)}. "
            "Install a newer bank-holiday table.",
            day,
        )
    if day < table.first:
        raise HorizonPassed(
            f"Bank holidays are known from {_words(table.first)} on, and this needs {_words(day)}.", day
        )
    return table


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def is_bank_holiday(day: date) -> bool:
    """Whether `day` is a bank holiday in England. Raises HorizonPassed outside the table."""
    return day in _known(day).holidays


def is_working_day(day: date) -> bool:
    """Whether `day` is Monday to Friday and no bank holiday. Raises HorizonPassed outside the table."""
    holidays = _known(day).holidays
    return day.weekday() < _SATURDAY and day not in holidays


def first_working_day_on_or_after(day: date) -> date:
    """`day` itself if it is a working day, else the next one. Raises HorizonPassed outside the table."""
    while not is_working_day(day):
        day += _DAY
    return day


def add_working_days(day: date, count: int) -> date:
    """The working day that is `count` working days after `day` (before it, when negative).

    `day` itself is never counted and need not be a working day; 0 gives `day` back. For "within n working
    days beginning with the day", which counts that day, start from `first_working_day_on_or_after(day)` and
    add n - 1.
    Raises HorizonPassed if any day on the way is outside the table.
    """
    _known(day)
    return _step(day, count, is_working_day)


def months_after(day: date, months: int) -> date:
    """The day of the same number some months on; the month's last day where it has no such number."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _step(day: date, count: int, counts: Callable[[date], bool]) -> date:
    step = _DAY if count >= 0 else -_DAY
    left = abs(count)
    while left:
        day += step
        if counts(day):
            left -= 1
    return day


@dataclass(frozen=True)
class Term:
    """One stretch of schooling, both days included. A school that thinks in half terms gives six of them."""

    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Closure:
    """Days inside a term on which pupils are not in: half term, a polling day, snow. Both days included."""

    starts_on: date
    ends_on: date
    reason: str = ""


@dataclass(frozen=True)
class SchoolCalendar:
    """Which days are school days at one school.

    A school day is a working day inside a term that is neither a training day (staff in, pupils not) nor
    inside a closure. Terms are kept in order of date. Raises ValueError when a term or closure ends before
    it starts, when two terms overlap, or when there is no term at all.
    """

    terms: tuple[Term, ...]
    training_days: frozenset[date] = frozenset()
    closures: tuple[Closure, ...] = ()
    _shut: frozenset[date] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        terms = tuple(sorted(self.terms, key=lambda term: term.starts_on))
        if not terms:
            raise ValueError("A school's calendar needs at least one term.")
        spans: tuple[Term | Closure, ...] = (*terms, *self.closures)
        for span in spans:
            if span.ends_on < span.starts_on:
                raise ValueError(f"{_words(span.starts_on)} to {_words(span.ends_on)} ends before it starts.")
        for before, after in itertools.pairwise(terms):
            if after.starts_on <= before.ends_on:
                raise ValueError(f"{before.name} and {after.name} overlap.")
        shut = set(self.training_days)
        for closure in self.closures:
            day = closure.starts_on
            while day <= closure.ends_on:
                shut.add(day)
                day += _DAY
        object.__setattr__(self, "terms", terms)
        object.__setattr__(self, "training_days", frozenset(self.training_days))
        object.__setattr__(self, "closures", tuple(self.closures))
        object.__setattr__(self, "_shut", frozenset(shut))

    def horizon(self) -> date:
        """The last day of the last term."""
        return self.terms[-1].ends_on

    def term_on(self, day: date) -> Term | None:
        """The term `day` falls in, or None between terms. Raises HorizonPassed outside the calendar."""
        if day > self.horizon():
            raise HorizonPassed(
                f"The school's calendar ends on {_words(self.horizon())}, and this needs {_words(day)}. "
                "Add the next term in Settings.",
                day,
            )
        if day < self.terms[0].starts_on:
            raise HorizonPassed(
                f"The school's calendar begins on {_words(self.terms[0].starts_on)}, "
                f"and this needs {_words(day)}.",
                day,
            )
        return next((term for term in self.terms if term.starts_on <= day <= term.ends_on), None)

    def is_school_day(self, day: date) -> bool:
        """Whether pupils are in on `day`. Raises HorizonPassed outside the calendar or the holiday table."""
        return self.term_on(day) is not None and day not in self._shut and is_working_day(day)

    def first_school_day_on_or_after(self, day: date) -> date:
        """`day` itself if it is a school day, else the next one. Raises HorizonPassed past the last term."""
        while not self.is_school_day(day):
            day += _DAY
        return day

    def add_school_days(self, day: date, count: int) -> date:
        """The school day that is `count` school days after `day`; `day` is not counted, 0 gives it back.

        Negative counts go back. Raises HorizonPassed if any day on the way is outside the calendar.
        """
        self.term_on(day)
        return _step(day, count, self.is_school_day)
