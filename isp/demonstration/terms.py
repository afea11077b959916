"""A school's year: three terms, their half terms, training days and closures, for any academic year.

Dates are worked out by the habits of English schools, not copied from any authority's page: autumn starts in
the first days of September, half terms fall in the last week of October, in the middle of February and in the
week of the spring bank holiday, and Easter decides the end of spring.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

MONDAY, THURSDAY, FRIDAY = 0, 3, 4


@dataclass(frozen=True)
class Term:
    """One term; all dates inclusive. The half term's Monday to Friday are days off."""

    name: str
    starts_on: date
    ends_on: date
    half_term_from: date
    half_term_to: date


@dataclass(frozen=True)
class Closure:
    """A day on which one school was, or will be, shut though it is term."""

    day: date
    reason: str


@dataclass(frozen=True)
class SchoolYear:
    """An academic year of one school. `starts` is the calendar year in which it begins (1 September)."""

    starts: int
    terms: tuple[Term, Term, Term]
    training_days: tuple[date, ...]
    closures: tuple[Closure, ...]

    @property
    def name(self) -> str:
        return f"{self.starts}/{(self.starts + 1) % 100:02d}"

    def is_open(self, day: date) -> bool:
        """Whether pupils are in on `day`."""
        if day.weekday() > FRIDAY or day in self.training_days or any(c.day == day for c in self.closures):
            return False
        return any(
            term.starts_on <= day <= term.ends_on and not term.half_term_from <= day <= term.half_term_to
            for term in self.terms
        )


def academic_year(day: date) -> int:
    """The calendar year in which the academic year holding `day` began (1 September to 31 August)."""
    return day.year if day.month >= 9 else day.year - 1


def last_friday_in_june(year: int) -> date:
    """The day on which compulsory school age ends for those who turn 16 in the school year ending then."""
    return on_or_before(date(year, 6, 30), FRIDAY)


def on_or_before(day: date, weekday: int) -> date:
    return day - timedelta(days=(day.weekday() - weekday) % 7)


def on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the anonymous computus)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@cache
def school_year(starts: int, kind: str = "primary", variant: int = 0) -> SchoolYear:
    """The year beginning in September `starts` at a school of `kind`; `variant` (a small number, one per
    school) moves training days and closures, so that no two calendars are alike.
    """
    nxt = starts + 1
    # The first days of September are for training; pupils come on the first Tuesday, Wednesday or Thursday.
    autumn_from = on_or_after(date(starts, 9, 2), variant % 3 + 1)
    october = on_or_before(date(starts, 10, 31), MONDAY)
    christmas = on_or_before(date(starts, 12, 21), FRIDAY)
    january = on_or_after(date(nxt, 1, 4), MONDAY) + timedelta(days=variant % 2)
    february = on_or_after(date(nxt, 2, 12), MONDAY)
    sunday = easter(nxt)
    early = sunday <= date(nxt, 4, 12)
    break_from = sunday - timedelta(days=6 if early else 13)
    summer_from = sunday + timedelta(days=8 if early else 2)
    may = on_or_before(date(nxt, 5, 31), MONDAY)
    july = on_or_before(date(nxt, 7, 4 if kind == "college" else 23), FRIDAY)
    terms = (
        Term("Autumn", autumn_from, christmas, october, october + timedelta(days=4)),
        Term("Spring", january, break_from - timedelta(days=3), february, february + timedelta(days=4)),
        Term("Summer", summer_from, july, may, may + timedelta(days=4)),
    )
    training = (
        october - timedelta(days=3) if variant % 2 else october + timedelta(days=7),
        february + timedelta(days=7),
        may + timedelta(days=7),
        july - timedelta(days=variant % 2),
    )
    closures = (
        Closure(on_or_after(date(nxt, 5, 1), MONDAY), "Early May bank holiday"),
        Closure(on_or_after(date(nxt, 5, 1), THURSDAY), "The hall is a polling station"),
        Closure(on_or_after(date(nxt, 1, 17), variant % 4 + 1), "Snow")
        if starts % 2
        else Closure(on_or_after(date(starts, 11, 9), variant % 4), "No heating: the boiler failed"),
    )
    # Halls of primary schools serve as polling stations; a secondary school or college stays open.
    polls = kind in ("primary", "junior", "nursery")
    return SchoolYear(starts, terms, training, closures if polls else (closures[0], closures[2]))


def school_years(today: date, kind: str, variant: int) -> tuple[SchoolYear, SchoolYear, SchoolYear]:
    """Last year's calendar, this year's and the next's."""
    this = academic_year(today)
    return (
        school_year(this - 1, kind, variant),
        school_year(this, kind, variant),
        school_year(this + 1, kind, variant),
    )


def terms_until(today: date, kind: str, variant: int, years: int = 4) -> list[tuple[SchoolYear, Term]]:
    """Terms that have begun by `today`, the latest last, over the last `years` academic years."""
    this = academic_year(today)
    found = []
    for starts in range(this - years + 1, this + 1):
        year = school_year(starts, kind, variant)
        found += [(year, term) for term in year.terms if term.starts_on <= today]
    return found


def school_days(year: SchoolYear, term: Term, until: date | None = None) -> list[date]:
    """The days of `term` on which pupils are in, up to and with `until`."""
    last = min(term.ends_on, until) if until else term.ends_on
    count = (last - term.starts_on).days + 1
    days = (term.starts_on + timedelta(days=n) for n in range(max(count, 0)))
    return [day for day in days if year.is_open(day)]
