"""The one place where time is read.

Instants are aware UTC datetimes with microseconds; civil days are those of Europe/London, because
every statutory day in this record is one.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


def now() -> datetime:
    """The present instant (aware, UTC)."""
    return datetime.now(UTC)


def milliseconds() -> int:
    """Whole milliseconds since 1970 (UTC), for identifiers that sort by time."""
    return time.time_ns() // 1_000_000


def london(moment: datetime) -> datetime:
    """The same instant on the clocks of Europe/London."""
    return moment.astimezone(LONDON)


def today() -> date:
    """The present civil day in Europe/London."""
    return london(now()).date()


def civil_day(moment: datetime) -> date:
    """The civil day in Europe/London on which an instant falls."""
    return london(moment).date()


def stamp(moment: datetime) -> str:
    """An instant as the fixed-width text that hashed records carry: ``2026-11-22T09:00:00.000000Z``."""
    # Not strftime, which takes ten times as long, and writes the year 999 with three digits.
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def from_stamp(text: str) -> datetime:
    """The instant that ``stamp`` wrote. Raises ValueError on any other form."""
    # The form is checked apart: fromisoformat takes many, and strptime takes fifteen times as long.
    if not _STAMP.fullmatch(text):
        raise ValueError("not an instant as the trail writes it")
    return datetime.fromisoformat(text)
