"""A school's classes and colleagues as its settings pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from isp.access.models import GroupStaff, Tie
from isp.access.standing import GROUP, live
from isp.audit import Unit
from isp.kernel.errors import NotFound
from isp.people import directory
from isp.people.models import Membership
from isp.people.roles import words
from isp.register import pupils
from isp.register.importing.groups import GROUP_KINDS
from isp.register.models import TeachingGroup
from isp.register.pupils import PupilName


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A class in the list of classes."""

    id: UUID
    name: str
    kind: str
    subject: str | None
    pupils: int
    staff: list[str]


@dataclass(frozen=True, slots=True)
class StaffLine:
    """A colleague with a class; ``id`` is that of the dated row."""

    id: UUID
    name: str
    role: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class GroupPage:
    """One class with everybody in it; ``pupils`` with the id of each tie."""

    id: UUID
    school_id: UUID
    name: str
    kind: str
    subject: str | None
    staff: list[StaffLine]
    pupils: list[tuple[UUID, PupilName]]


def classes_to_choose(unit: Unit, school_id: UUID) -> list[tuple[UUID, str, str]]:
    """The school's present classes and groups, by name: id, name, kind."""
    query = (
        select(TeachingGroup.id, TeachingGroup.name, TeachingGroup.kind)
        .where(
            TeachingGroup.school_id == school_id,
            or_(TeachingGroup.valid_to.is_(None), TeachingGroup.valid_to > unit.today),
        )
        .order_by(TeachingGroup.name)
    )
    return [(row.id, row.name, row.kind) for row in unit.connection.execute(query)]


def group_lines(unit: Unit, school_id: UUID) -> list[GroupLine]:
    """Every present class and group with who teaches it and how many are in it."""
    query = (
        select(TeachingGroup.__table__)
        .where(
            TeachingGroup.school_id == school_id,
            or_(TeachingGroup.valid_to.is_(None), TeachingGroup.valid_to > unit.today),
        )
        .order_by(TeachingGroup.name)
    )
    rows = unit.connection.execute(query).all()
    counted: dict[UUID, int] = {
        row.group_id: row.number
        for row in unit.connection.execute(
            select(Tie.group_id, func.count(Tie.id).label("number"))
            .join(TeachingGroup, TeachingGroup.id == Tie.group_id)
            .where(TeachingGroup.school_id == school_id, Tie.kind == GROUP, live(Tie, unit.today))
            .group_by(Tie.group_id)
        )
    }
    staff = unit.connection.execute(
        select(GroupStaff.group_id, GroupStaff.person_id)
        .where(GroupStaff.organisation_id == school_id, live(GroupStaff, unit.today))
        .order_by(GroupStaff.role, GroupStaff.made_at)
    ).all()
    named = directory.names(unit, {row.person_id for row in staff})
    teaching: dict[UUID, list[str]] = {}
    for row in staff:
        if row.person_id in named:
            teaching.setdefault(row.group_id, []).append(named[row.person_id].full)
    return [
        GroupLine(
            row.id,
            row.name,
            GROUP_KINDS.get(row.kind, row.kind),
            row.subject,
            counted.get(row.id, 0),
            teaching.get(row.id, []),
        )
        for row in rows
    ]


def school_of_group(unit: Unit, group_id: UUID) -> Any:
    """The row of a group. NotFound where there is none; whose it may be, the gate says."""
    row = unit.connection.execute(select(TeachingGroup.__table__).where(TeachingGroup.id == group_id)).first()
    if row is None:
        raise NotFound
    return row


def group_page(unit: Unit, group_id: UUID) -> GroupPage:
    """One class with everybody who is in it or is to be."""
    row = school_of_group(unit, group_id)
    lasting = or_(GroupStaff.valid_to.is_(None), GroupStaff.valid_to >= unit.today)
    staff = unit.connection.execute(
        select(GroupStaff.__table__)
        .where(GroupStaff.group_id == group_id, GroupStaff.ended_at.is_(None), lasting)
        .order_by(GroupStaff.role, GroupStaff.valid_from)
    ).all()
    named = directory.names(unit, {one.person_id for one in staff})
    inside = unit.connection.execute(
        select(Tie.id, Tie.pupil_id).where(
            Tie.group_id == group_id,
            Tie.kind == GROUP,
            Tie.ended_at.is_(None),
            or_(Tie.valid_to.is_(None), Tie.valid_to >= unit.today),
        )
    ).all()
    children = pupils.names(unit, {one.pupil_id for one in inside})
    listed = [(one.id, children[one.pupil_id]) for one in inside if one.pupil_id in children]
    return GroupPage(
        row.id,
        row.school_id,
        row.name,
        row.kind,
        row.subject,
        [
            StaffLine(
                one.id,
                named[one.person_id].full if one.person_id in named else directory.NOBODY,
                words(one.role),
                one.valid_from,
                one.valid_to,
            )
            for one in staff
        ],
        sorted(listed, key=lambda pair: pair[1].sort_key),
    )


def colleagues(unit: Unit, school_id: UUID) -> list[tuple[UUID, str]]:
    """Who works at the school today, by name."""
    query = select(Membership.person_id).where(
        Membership.organisation_id == school_id, live(Membership, unit.today)
    )
    named = directory.names(unit, set(unit.connection.scalars(query)))
    return sorted(((one.id, one.with_role) for one in named.values()), key=lambda pair: pair[1].casefold())
