"""Dates as people type them, in three boxes or pasted into one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from isp.web.filters import MONTHS

_SHORT = {name[:3].lower(): number for number, name in enumerate(MONTHS, start=1)}
_WHOLE = re.compile(r"(\d{1,2})\s*[/.\-\s]\s*(\d{1,2}|[A-Za-z]{3,9})\s*[/.\-,\s]\s*(\d{1,4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Parts:
    """The three boxes as typed."""

    day: str = ""
    month: str = ""
    year: str = ""

    def __bool__(self) -> bool:
        return bool(self.day or self.month or self.year)

    @classmethod
    def of(cls, day: date) -> Parts:
        """The boxes for a known date."""
        return cls(str(day.day), str(day.month), str(day.year))


class NotADay(ValueError):
    """message: a sentence saying what to enter; part: the box to go to (day, month or year)."""

    def __init__(self, message: str, part: str = "day") -> None:
        super().__init__(message)
        self.message = message
        self.part = part


def spread(parts: Parts) -> Parts:
    """A whole date pasted into the day box (14/03/2027, 14 March 2027, 2027-03-14), over three boxes."""
    if parts.month or parts.year:
        return parts
    text = parts.day.strip()
    if found := _ISO.fullmatch(text):
        return Parts(found[3], found[2], found[1])
    if found := _WHOLE.fullmatch(text):
        return Parts(found[1], found[2], found[3])
    return parts


def read_day(parts: Parts, noun: str) -> date:
    """The date in the boxes. ``noun`` starts the sentences: "The date of the meeting".

    A month may be a name or its first three letters. Raises NotADay.
    """
    said = noun[:1].upper() + noun[1:]
    parts = spread(Parts(parts.day.strip(), parts.month.strip(), parts.year.strip()))
    lacking = [name for name in ("day", "month", "year") if not getattr(parts, name)]
    if lacking:
        raise NotADay(f"{said} must include a {' and a '.join(lacking)}", lacking[0])
    if not re.fullmatch(r"[0-9]{1,4}", parts.day) or not 1 <= int(parts.day) <= 31:
        raise NotADay(f"{said} must have a day from 1 to 31", "day")
    month = _month(parts.month)
    if month is None:
        raise NotADay(f"{said} must have a month from 1 to 12", "month")
    if not re.fullmatch(r"[0-9]{4}", parts.year) or int(parts.year) < 1000:
        raise NotADay(f"{said} must have a year of 4 numbers, like 2027", "year")
    try:
        return date(int(parts.year), month, int(parts.day))
    except ValueError:
        raise NotADay(
            f"{said} must be a day that exists: {MONTHS[month - 1]} {parts.year} has fewer days", "day"
        ) from None


def _month(text: str) -> int | None:
    if re.fullmatch(r"[0-9]{1,2}", text):
        number = int(text)
        return number if 1 <= number <= 12 else None
    number = _SHORT.get(text[:3].lower(), 0)
    return number if number and MONTHS[number - 1].lower().startswith(text.lower()) else None
