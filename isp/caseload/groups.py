"""The classes and groups that somebody teaches or assists in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from isp.access.models import GroupStaff, Tie
from isp.access.standing import GROUP, live
from isp.audit import Unit
from isp.people.models import Membership, Organisation
from isp.people.roles import Role
from isp.register.models import TeachingGroup


@dataclass(frozen=True, slots=True)
class Group:
    """A class or group of the actor's. ``role`` is class_teacher or teaching_assistant."""

    id: UUID
    name: str
    kind: str
    subject: str | None
    school: str
    role: str
    pupils: int


def groups_of(unit: Unit) -> list[Group]:
    """The actor's classes and groups today, classes first: one statement."""
    in_it = (
        select(func.count(func.distinct(Tie.pupil_id)))
        .where(Tie.group_id == TeachingGroup.id, Tie.kind == GROUP, live(Tie, unit.today))
        .scalar_subquery()
    )
    works_there = select(Membership.organisation_id).where(
        Membership.person_id == unit.actor.person_id, live(Membership, unit.today)
    )
    query = (
        select(
            TeachingGroup.id,
            TeachingGroup.name,
            TeachingGroup.kind,
            TeachingGroup.subject,
            Organisation.name.label("school"),
            GroupStaff.role,
            in_it.label("pupils"),
        )
        .join(GroupStaff, GroupStaff.group_id == TeachingGroup.id)
        .join(Organisation, Organisation.id == TeachingGroup.school_id)
        .where(
            GroupStaff.person_id == unit.actor.person_id,
            GroupStaff.role.in_([Role.CLASS_TEACHER, Role.TEACHING_ASSISTANT]),
            live(GroupStaff, unit.today),
            GroupStaff.organisation_id.in_(works_there),
        )
        .order_by(TeachingGroup.kind, TeachingGroup.name)
    )
    found: dict[UUID, Any] = {}
    for row in unit.connection.execute(query):
        found.setdefault(row.id, row)
    return [Group(*row) for row in found.values()]
