"""The list of pupils: one year group or one class at a time where a school is large, since names are sealed
and a list sorted by name has to be opened whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from isp.access import gate
from isp.access.listing import grounds_of, record_list
from isp.access.models import Tie
from isp.access.policy import Permission
from isp.access.standing import GROUP, SCHOOL, live
from isp.audit import Unit
from isp.people.models import Membership, Organisation
from isp.register import pupils
from isp.register.content import begins_of, is_called, letters_of, year_order
from isp.register.models import Pupil, TeachingGroup
from isp.register.pupils import PupilName

AT_ONCE = 300
"""Names opened for one page; beyond that the list falls into year groups."""
STATUSES = {"register": ("K", "E"), "K": ("K",), "E": ("E",), "N": ("N",), "all": ("K", "E", "N")}
STATUS_WORDS = {
    "register": "SEN register",
    "K": "SEN support",
    "E": "EHC plan",
    "N": "No SEN support",
    "all": "All pupils",
}


@dataclass(frozen=True, slots=True)
class School:
    """A school in which the person holds a role."""

    id: UUID
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a school's roll is asked for. ``year`` None: every year, if that is not too many."""

    status: str | None = None
    year: str | None = None
    group_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of the list. ``years``: the year groups there are, with how many pupils each."""

    school: School
    status: str
    year: str | None
    group: tuple[UUID, str] | None
    years: list[tuple[str | None, int]]
    total: int
    rows: list[PupilName]
    classes: dict[UUID, str]
    on_roll: int
    groups: list[tuple[UUID, str]]


def schools_of(unit: Unit) -> list[School]:
    """The schools in which the actor holds a role today, in the order the roles were given."""
    query = (
        select(Organisation.id, Organisation.name, Membership.role)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.person_id == unit.actor.person_id,
            Organisation.kind == "school",
            live(Membership, unit.today),
        )
        .order_by(Membership.made_at, Membership.id)
    )
    found: dict[UUID, School] = {}
    for row in unit.connection.execute(query):
        found.setdefault(row.id, School(row.id, row.name, row.role))
    return list(found.values())


def listed(unit: Unit, school: School, wanted: Filter) -> Listed:
    """One page of the pupils of a school whom the actor may see, by surname. Remembered as one view."""
    counted = _counts(unit, school.id)
    on_roll = sum(counted.values())
    status = wanted.status if wanted.status in STATUSES else None
    if status is None:
        status = "register" if any(sen != "N" for _, sen in counted) else "all"
    years: dict[str | None, int] = {}
    for (year, sen), number in counted.items():
        if sen in STATUSES[status]:
            years[year] = years.get(year, 0) + number
    ordered = sorted(years.items(), key=lambda item: year_order(item[0]))
    total = sum(years.values())
    year = wanted.year if wanted.year in years else None
    groups = _groups(unit, school.id)
    group = next((one for one in groups if one[0] == wanted.group_id), None)
    if group is None and year is None and total > AT_ONCE:
        year = ordered[0][0]
    query = _visible(unit, school.id).where(Pupil.sen_status.in_(STATUSES[status]))
    if group is not None:
        query = query.where(_in_group(unit, group[0]))
    elif year is not None:
        query = query.where(Pupil.year_group == year)
    named = pupils.names(unit, unit.connection.scalars(query.with_only_columns(Pupil.id).distinct()))
    rows = sorted(named.values(), key=lambda name: (*name.sort_key, str(name.pupil_id)))
    record_list(unit, "pupils", named, grounds_of(school.role, school.id))
    return Listed(
        school, status, year, group, ordered, total, rows, classes_of(unit, school.id, named), on_roll, groups
    )


def search(unit: Unit, school: School, words: str) -> list[PupilName]:
    """The pupils of a school whom the actor may see and whose name has every word. Remembered as one view."""
    if letters_of(words) < 2:
        return []
    ids = unit.connection.scalars(_visible(unit, school.id).with_only_columns(Pupil.id).distinct())
    found = [name for name in pupils.names(unit, ids).values() if _answers(name, words)]
    found.sort(key=lambda name: (*name.sort_key, str(name.pupil_id)))
    record_list(
        unit, "pupils", (name.pupil_id for name in found[:AT_ONCE]), grounds_of(school.role, school.id)
    )
    return found[:AT_ONCE]


def _answers(name: PupilName, words: str) -> bool:
    return is_called(begins_of(f"{name.full} {name.legal}"), words)


def _visible(unit: Unit, school_id: UUID) -> Select[Any]:
    person_id = unit.actor.person_id or school_id
    return (
        select(Pupil.id)
        .join(Tie, Tie.pupil_id == Pupil.id)
        .where(
            Tie.kind == SCHOOL,
            Tie.organisation_id == school_id,
            live(Tie, unit.today),
            Pupil.id.in_(gate.visible_pupils(person_id, Permission.PUPIL_READ, unit.today)),
        )
    )


def _counts(unit: Unit, school_id: UUID) -> dict[tuple[str | None, str], int]:
    query = (
        _visible(unit, school_id)
        .with_only_columns(
            Pupil.year_group, Pupil.sen_status, func.count(Pupil.id.distinct()).label("number")
        )
        .group_by(Pupil.year_group, Pupil.sen_status)
    )
    return {(row.year_group, row.sen_status): row.number for row in unit.connection.execute(query)}


def _in_group(unit: Unit, group_id: UUID) -> ColumnElement[bool]:
    member = Tie.__table__.alias("in_group")
    return Pupil.id.in_(
        select(member.c.pupil_id).where(
            member.c.kind == GROUP, member.c.group_id == group_id, live(member.c, unit.today)
        )
    )


def _groups(unit: Unit, school_id: UUID) -> list[tuple[UUID, str]]:
    query = (
        select(TeachingGroup.id, TeachingGroup.name)
        .where(TeachingGroup.school_id == school_id, TeachingGroup.valid_to.is_(None))
        .order_by(TeachingGroup.name)
    )
    return [(row.id, row.name) for row in unit.connection.execute(query)]


def classes_of(unit: Unit, school_id: UUID, pupil_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The class or registration group that each of these pupils is in today, by pupil."""
    query = (
        select(Tie.pupil_id, TeachingGroup.name)
        .join(TeachingGroup, TeachingGroup.id == Tie.group_id)
        .where(
            Tie.kind == GROUP,
            TeachingGroup.school_id == school_id,
            TeachingGroup.kind != "teaching",
            live(Tie, unit.today),
            Tie.pupil_id.in_(sorted(set(pupil_ids))),
        )
        .order_by(TeachingGroup.name)
    )
    found: dict[UUID, str] = {}
    for row in unit.connection.execute(query):
        found[row.pupil_id] = f"{found[row.pupil_id]}, {row.name}" if row.pupil_id in found else row.name
    return found
