"""A school's own calendar as the rest of the house asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from isp.audit import Unit
from isp.kernel.errors import Invalid
from isp.kernel.workdays import Closure, SchoolCalendar, Term
from isp.register.models import CalendarEntry

KINDS = {
    "term": "Term",
    "half_term": "Half term",
    "training": "Training day",
    "closure": "Closed for another reason",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One stretch of the calendar, both days included; ``kind`` is a key of KINDS."""

    id: UUID
    kind: str
    name: str
    starts_on: date
    ends_on: date


def entries(unit: Unit, school_id: UUID, *, since: date | None = None) -> list[Entry]:
    """What stands in a school's calendar, in order; with ``since``, only what ends on that day or later."""
    c = CalendarEntry
    query = (
        select(c.id, c.kind, c.name, c.starts_on, c.ends_on)
        .where(c.school_id == school_id, c.removed_at.is_(None))
        .order_by(c.starts_on, c.ends_on.desc(), c.id)
    )
    if since is not None:
        query = query.where(c.ends_on >= since)
    return [Entry(*row) for row in unit.connection.execute(query)]


def calendar_of(listed: list[Entry]) -> SchoolCalendar | None:
    """The calendar that entries make; None while there is no term. Raises Invalid where they disagree."""
    terms = tuple(Term(e.name, e.starts_on, e.ends_on) for e in listed if e.kind == "term")
    if not terms:
        return None
    training = {
        e.starts_on + timedelta(days=day)
        for e in listed
        if e.kind == "training"
        for day in range((e.ends_on - e.starts_on).days + 1)
    }
    closures = tuple(
        Closure(e.starts_on, e.ends_on, e.name) for e in listed if e.kind in ("half_term", "closure")
    )
    try:
        return SchoolCalendar(terms, frozenset(training), closures)
    except ValueError as fault:
        raise Invalid(str(fault), {"starts_on": str(fault)}) from None


def school_calendar(unit: Unit, school_id: UUID) -> SchoolCalendar | None:
    """The school's calendar, or None while it has no term."""
    return calendar_of(entries(unit, school_id))
