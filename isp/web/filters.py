"""How dates, times, names and counts are written on a page (British English, Europe/London)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from flask import Flask

from isp.kernel import clock

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


def _day(value: date | datetime) -> date:
    return clock.london(value).date() if isinstance(value, datetime) else value


def date_words(value: date | datetime | None) -> str:
    """``14 March 2027``; the empty string for None. An instant is shown as its day in London."""
    if not value:
        return ""
    day = _day(value)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def time_words(value: datetime | None) -> str:
    """``10:42``, London time."""
    return f"{clock.london(value):%H:%M}" if value else ""


def moment_words(value: datetime | None) -> str:
    """``14 March 2027 at 10:42``, London time."""
    return f"{date_words(value)} at {time_words(value)}" if value else ""


def in_days(value: date | datetime | None, today: date | None = None) -> str:
    """How far off a day is: ``in 5 days``, ``today``, ``yesterday``, ``12 days ago``."""
    if not value:
        return ""
    away = (_day(value) - (today or clock.today())).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if away in near:
        return near[away]
    return f"in {away} days" if away > 0 else f"{-away} days ago"


def initials(name: str | None) -> str:
    """``Ada King-Noel`` → ``AK``: first and last word, in capitals; for lists that show no names."""
    words = [word for word in (name or "").split() if word[0].isalpha()]
    if not words:
        return ""
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def count_of(number: int, one: str, many: str | None = None) -> str:
    """``1 pupil``, ``3 pupils``, ``no pupils``; give ``many`` where adding an s will not do."""
    if number == 1:
        return f"1 {one}"
    return f"{number or 'no'} {many or one + 's'}"


def listed(words: Iterable[object], joiner: str = "and") -> str:
    """``a, b and c``."""
    items = [str(word) for word in words]
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {joiner} {items[-1]}"


def init_filters(app: Flask) -> None:
    """Make them filters of every template."""
    for each in (date_words, time_words, moment_words, in_days, initials, count_of, listed):
        app.jinja_env.filters[each.__name__] = each
