"""Dates as British offices write them. The day always comes before the month; an American order is never
guessed.

A bare number such as 42066, which is how a spreadsheet stores a date, is refused with a sentence that says
which date it probably is: there are two ways of counting (from 1900 and from 1904), four years apart, and
the file does not say which of them it uses.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from isp.register.importing.problems import NotUnderstood

_MONTHS = {
    name.casefold(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_EARLIEST, _LATEST = 1900, 2100
_YEARS_AHEAD = 10  # a two-digit year means at most this far in the future: leaving dates, never births
_HOW = "Write the day first, like 28/02/2015."

_MIDNIGHT = re.compile(r"[ T]+(0{1,2}:00(:00(\.0+)?)?)(Z|\+00:00)?$")
_TIME = re.compile(r"[ T]+\d{1,2}:\d{2}")
_NUMBERS = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s\-/.]*([a-z]+)\.?[\s\-/.,]*(\d{4}|\d{2})")
_MONTH_FIRST = re.compile(r"([a-z]+)\.?\s*(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+")
_SERIAL = re.compile(r"\d{4,5}(\.\d+)?")


def read_date(text: str, *, today: date) -> date:
    """The date that `text` names. Raises NotUnderstood with a sentence.

    Understood: 28/02/2015, 28.2.15, 28-02-2015, 2015-02-28, 28 Feb 2015, 28-Feb-15, 28th February 2015,
    February 28, 2015, Sat 28 February 2015; each also followed by midnight (00:00:00). A two-digit year is
    at most ten years after `today`, else it belongs to the last century.
    """
    given = " ".join(text.split())
    bare = _MIDNIGHT.sub("", given)
    if _TIME.search(bare):
        raise NotUnderstood(f"{given} has a time of day in it. Leave only the date, like 28/02/2015.")
    lower = _WEEKDAY.sub("", bare.casefold(), count=1) if bare[:1].isalpha() else bare.casefold()
    if found := _NUMBERS.fullmatch(lower):
        return _real(given, found[3], int(found[2]), int(found[1]), today)
    if found := _ISO.fullmatch(lower):
        return _real(given, found[1], int(found[2]), int(found[3]), today)
    if (found := _DAY_FIRST.fullmatch(lower)) and found[2] in _MONTHS:
        return _real(given, found[3], _MONTHS[found[2]], int(found[1]), today)
    if (found := _MONTH_FIRST.fullmatch(lower)) and found[1] in _MONTHS:
        return _real(given, found[3], _MONTHS[found[1]], int(found[2]), today)
    if _SERIAL.fullmatch(lower):
        raise NotUnderstood(_about_serial(given))
    raise NotUnderstood(f"“{given}” is not a date we can read. {_HOW}")


def _real(given: str, year_text: str, month: int, day: int, today: date) -> date:
    year = int(year_text)
    if len(year_text) == 2:
        year += today.year - today.year % 100
        if year > today.year + _YEARS_AHEAD:
            year -= 100
    if not _EARLIEST <= year <= _LATEST:
        raise NotUnderstood(f"{given} has the year {year}, which cannot be right. {_HOW}")
    if not 1 <= month <= 12:
        raise NotUnderstood(f"{given} is not a real date: there is no month {month}. {_HOW}")
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise NotUnderstood(
            f"{given} is not a real date: {calendar.month_name[month]} {year} has {last} days. {_HOW}"
        )
    return date(year, month, day)


def _about_serial(given: str) -> str:
    days = int(given.split(".", maxsplit=1)[0])
    # Spreadsheets count from 30 December 1899 (a leap day of 1900 that never was is in the count).
    likely = date(1899, 12, 30) + timedelta(days=days)
    return (
        f"{given} is a spreadsheet's own number for a date, perhaps {likely.day} {likely:%B %Y}. "
        "Format the column as a date, then save the file again."
    )


def in_words(day: date) -> str:
    """The date as people read it: 14 March 2027."""
    return f"{day.day} {day:%B %Y}"
