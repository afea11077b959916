"""Dates in documents: read as people in England write them, said as they say them, within a horizon."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_FIGURES = re.compile(r"(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4}|\d{2})")
_WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\.?,?\s+(\d{4}|\d{2})", re.IGNORECASE)


def say_day(day: date | str) -> str:
    """A date, or YYYY-MM-DD, as people read it: 14 March 2027."""
    if isinstance(day, str):
        day = date.fromisoformat(day)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def read_day(text: str) -> date:
    """14/3/2027, 14.3.27, 14 March 2027, 2027-03-14. Day before month, always. ValueError otherwise."""
    if found := _ISO.fullmatch(text):
        year, month, day = found[1], int(found[2]), int(found[3])
    elif found := _FIGURES.fullmatch(text):
        year, month, day = found[3], int(found[2]), int(found[1])
    elif found := _WORDS.fullmatch(text):
        typed = found[2].lower()
        month = next((at for at, name in enumerate(MONTHS, 1) if name.lower().startswith(typed)), 0)
        year, day = found[3], int(found[1])
    else:
        raise ValueError("not a date")
    # Two figures are this century: plans do not reach back to the last one.
    return date(int(year) + (2000 if len(year) == 2 else 0), month, day)


@dataclass(frozen=True, slots=True)
class Horizon:
    """The dates a document about a pupil can hold: from birth to a stated limit, both included."""

    earliest: date
    latest: date

    def problem(self, day: str) -> str | None:
        """A sentence where the day (YYYY-MM-DD) lies beyond the horizon."""
        if day < self.earliest.isoformat():
            return f"Give a date on or after {say_day(self.earliest)}, when the pupil was born."
        if day > self.latest.isoformat():
            return f"Give a date on or before {say_day(self.latest)}."
        return None
