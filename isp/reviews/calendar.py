"""A review as an entry for somebody's own calendar (RFC 5545). It names no child, nobody else and no place.

A calendar lies on telephones and servers that are not ours, so it says when, and where to sign in.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

LONDON = ZoneInfo("Europe/London")
USUAL = 60


def entry(row: Any, address: str, now: datetime, *, cancelled: bool = False) -> bytes:
    """The entry of a review that has a day; ``address``: where to sign in and read more."""
    calendar = Calendar()
    calendar.add("prodid", "-//isp//reviews//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", f"{row.id}@isp")
    event.add("dtstamp", now)
    event.add("sequence", row.row_version)
    event.add("summary", "Review meeting")
    event.add("description", f"Sign in to see where it is and what it is about: {address}")
    event.add("url", address)
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if row.starts is None:
        event.add("dtstart", row.planned_on)
        event.add("dtend", row.planned_on + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    else:
        begins = datetime.combine(row.planned_on, row.starts, tzinfo=LONDON)
        event.add("dtstart", begins)
        event.add("dtend", begins + timedelta(minutes=row.minutes or USUAL))
        calendar.add_component(Timezone.from_tzid("Europe/London"))
    calendar.add_component(event)
    return bytes(calendar.to_ical())
