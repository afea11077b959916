"""The school's own calendar: terms, half terms, training days, closures."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.policy import OrganisationPermission
from isp.audit import Chain, Event, Unit
from isp.kernel.errors import Invalid, NotFound
from isp.kernel.ids import new_id
from isp.register import roll, terms
from isp.register.models import CalendarEntry

LONGEST = timedelta(days=200)


def add_entry(
    unit: Unit, school_id: UUID, kind: str, name: str, starts_on: date, ends_on: date | None = None
) -> UUID:
    """Put a stretch of days into the calendar (both days included). Invalid where terms would overlap."""
    decision = gate.require_in_organisation(unit, OrganisationPermission.CALENDAR_WRITE, school_id)
    ends_on = ends_on or starts_on
    name = " ".join(name.split()) or terms.KINDS.get(kind, "")
    errors = {}
    if kind not in terms.KINDS:
        errors["kind"] = "Choose what kind of days these are."
    if len(name) > 60:
        errors["name"] = "Keep the name to 60 letters."
    if ends_on < starts_on:
        errors["ends_on"] = "The last day cannot be before the first."
    elif ends_on - starts_on > LONGEST:
        errors["ends_on"] = "This is longer than any term. Check the year."
    if errors:
        raise Invalid("Some of this needs another look.", errors)
    roll.hold(unit, school_id)
    made = new_id()
    entry = terms.Entry(made, kind, name, starts_on, ends_on)
    listed = terms.entries(unit, school_id)
    terms.calendar_of([*listed, entry])
    if any((e.kind, e.starts_on, e.ends_on) == (kind, starts_on, ends_on) for e in listed):
        raise Invalid("This is in the calendar already.", {"starts_on": "This is in the calendar already."})
    unit.insert(
        CalendarEntry,
        id=made,
        school_id=school_id,
        kind=kind,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        removed_at=None,
        made_at=unit.now,
    )
    unit.record(
        decision,
        Event.CALENDAR_CHANGED,
        Chain.organisation(school_id),
        obj=("calendar_entry", made),
        days=(ends_on - starts_on).days + 1,
    )
    return made


def remove_entry(unit: Unit, entry_id: UUID) -> None:
    """Take a stretch of days out of the calendar. The row stays, marked: what was computed by it, was."""
    query = select(CalendarEntry.__table__).where(CalendarEntry.id == entry_id)
    row = unit.connection.execute(query).first()
    if row is None:
        raise NotFound
    decision = gate.require_in_organisation(unit, OrganisationPermission.CALENDAR_WRITE, row.school_id)
    unit.change(
        CalendarEntry,
        {"id": entry_id, "removed_at": None},
        "This was taken out of the calendar already.",
        removed_at=unit.now,
    )
    unit.record(
        decision,
        Event.CALENDAR_CHANGED,
        Chain.organisation(row.school_id),
        obj=("calendar_entry", entry_id),
        days=-((row.ends_on - row.starts_on).days + 1),
    )
