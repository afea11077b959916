"""Which of a school's class sheets have been read by whom, and which not since they changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.models import GroupStaff
from isp.access.policy import OrganisationPermission
from isp.access.standing import live
from isp.audit import Unit
from isp.kernel.errors import NotAllowed
from isp.people import directory
from isp.people.roles import Role, words
from isp.plans import sheets
from isp.register.models import TeachingGroup


@dataclass(frozen=True, slots=True)
class Reader:
    """One adult of a class. ``read_at``: when she last said so; ``is_current``: of the sheet as it is now."""

    name: str
    role: str
    read_at: datetime | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class SheetOf:
    """One class with a plan on its sheet, and its adults by name."""

    group_id: UUID
    name: str
    readers: tuple[Reader, ...]

    @property
    def unread(self) -> int:
        """How many have not read it as it is now."""
        return sum(not one.is_current for one in self.readers)


def readers_at(unit: Unit, school_id: UUID | None = None) -> tuple[SheetOf, ...]:
    """The school's sheets (the first school where the actor may, unless one is named), by class."""
    permission = OrganisationPermission.SHEET_READERS_READ
    if school_id is None:
        school_id = next(iter(gate.organisations_where(unit, permission)), None)
        if school_id is None:
            raise NotAllowed
    gate.require_in_organisation(unit, permission, school_id)
    rows = unit.connection.execute(
        select(TeachingGroup.id, TeachingGroup.name, GroupStaff.person_id, GroupStaff.role)
        .join(GroupStaff, GroupStaff.group_id == TeachingGroup.id)
        .where(
            TeachingGroup.school_id == school_id,
            GroupStaff.role.in_([Role.CLASS_TEACHER.value, Role.TEACHING_ASSISTANT.value]),
            live(GroupStaff, unit.today),
        )
        .order_by(TeachingGroup.name, TeachingGroup.id)
    ).all()
    groups: dict[UUID, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.id, []).append(row)
    states = sheets.states_of(unit, groups.keys()) if groups else {}
    last = sheets.last_reads(unit, states.keys()) if states else {}
    names = directory.names(unit, {row.person_id for row in rows}) if rows else {}
    return tuple(
        SheetOf(group_id, staff[0].name, tuple(_readers(staff, states[group_id], last, names)))
        for group_id, staff in groups.items()
        if group_id in states
    )


def _readers(staff: list[Any], state: bytes, last: dict[Any, Any], names: dict[UUID, Any]) -> list[Reader]:
    found: dict[UUID, Reader] = {}
    for row in staff:
        held = last.get((row.id, row.person_id))
        name = names[row.person_id].full if row.person_id in names else directory.NOBODY
        found.setdefault(
            row.person_id,
            Reader(
                name,
                words(row.role),
                held.at if held is not None else None,
                held is not None and held.digest == state,
            ),
        )
    return sorted(found.values(), key=lambda one: (one.is_current, one.name))
