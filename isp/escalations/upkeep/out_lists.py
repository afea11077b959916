"""The list of children who are out of school or there part of the time, for the authority."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from isp.access import gate
from isp.access.listing import grounds_of, record_list
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.escalations.queries import organisation_names, side_of
from isp.escalations.upkeep import doors, out_of_school
from isp.escalations.upkeep.boards import Place, on_roll
from isp.escalations.upkeep.out_of_school import CHILDREN, CLOSED, DECIDED, OPEN, PART_TIME, TABLE
from isp.register import pupils
from isp.register.pupils import PupilName

SHOWS: Mapping[str, str] = {
    "all": "Everybody",
    "undecided": "No decision yet",
    "again": "To be looked at again by today",
    PART_TIME: "On a part-time timetable",
}


@dataclass(frozen=True, slots=True)
class Out:
    """A child in the list; ``name`` None: not to be named to this reader, and does not open."""

    row: Any
    name: PupilName | None
    school: str | None


@dataclass(frozen=True, slots=True)
class OutRead:
    """One of them as one reader may see it."""

    row: Any
    decision: Any
    side: str
    words: Mapping[str, Any]
    pupil: PupilName
    authority: str
    school: str | None


def _shown(show: str, today: date) -> ColumnElement[bool] | None:
    c = CHILDREN.c
    return {
        "undecided": c.state == OPEN,
        "again": and_(c.state == DECIDED, c.review_on <= today),
        PART_TIME: c.sort == PART_TIME,
    }.get(show)


def _of_place(unit: Unit, place: Place) -> ColumnElement[bool]:
    c = CHILDREN.c
    return c.authority_id == place.id if place.kind == "authority" else on_roll(unit, c.pupil_id, place.id)


def listed(
    unit: Unit,
    place: Place,
    *,
    show: str = "all",
    before: tuple[date, UUID] | None = None,
    after: tuple[date, UUID] | None = None,
    limit: int = 50,
) -> list[Out]:
    """Who is out of school or there part of the time, the longest first; the caller records the list.

    Of a school: those on its roll today. One that a child has left learns no more of him.
    """
    c = CHILDREN.c
    query = select(CHILDREN).where(_of_place(unit, place), c.state != CLOSED)
    condition = _shown(show, unit.today)
    if condition is not None:
        query = query.where(condition)
    if after is not None:
        query = query.where(or_(c.since_on > after[0], and_(c.since_on == after[0], c.id > after[1])))
    if before is not None:
        query = query.where(or_(c.since_on < before[0], and_(c.since_on == before[0], c.id < before[1])))
    order = (c.since_on.desc(), c.id.desc()) if before is not None else (c.since_on, c.id)
    rows = unit.connection.execute(query.order_by(*order).limit(limit)).all()
    allowed = gate.visible_pupils(unit.actor.person_id, Permission.OUT_OF_SCHOOL_READ, unit.today)
    ids = sorted({row.pupil_id for row in rows})
    own = set(
        unit.connection.scalars(
            select(pupils.PUPILS.c.id).where(pupils.PUPILS.c.id.in_(ids), pupils.PUPILS.c.id.in_(allowed))
        )
    )
    named = pupils.names(unit, own)
    schools = organisation_names(unit, {row.school_id for row in rows})
    return [
        Out(row, named.get(row.pupil_id), schools.get(row.school_id) if row.school_id else None)
        for row in rows
    ]


def record_listed(unit: Unit, place: Place, shown: Iterable[Out]) -> None:
    """Remember the page of the list that was shown."""
    ids = [one.row.pupil_id for one in shown]
    record_list(unit, "out-of-school", ids, grounds_of(place.role, place.id, Permission.OUT_OF_SCHOOL_READ))


def how_many(unit: Unit, place: Place) -> int:
    """How many are on the list: for a link to it."""
    c = CHILDREN.c
    query = select(func.count()).select_from(CHILDREN).where(_of_place(unit, place), c.state != CLOSED)
    return int(unit.connection.scalar(query) or 0)


def read(unit: Unit, row_id: UUID) -> OutRead:
    """One of them, for somebody who may read it; the view is recorded."""
    row, decision = out_of_school.allowed(unit, row_id, Permission.OUT_OF_SCHOOL_READ)
    names = organisation_names(unit, {row.authority_id, row.school_id})
    found = OutRead(
        row=row,
        decision=decision,
        side=side_of(decision),
        words=doors.words_of(unit, TABLE, row),
        pupil=pupils.name(unit, row.pupil_id),
        authority=names.get(row.authority_id, ""),
        school=names.get(row.school_id) if row.school_id else None,
    )
    obj = ("out_of_school", row_id)
    unit.record(decision, Event.OUT_OF_SCHOOL_VIEWED, Chain.pupil(row.pupil_id), obj=obj)
    return found
