"""The list of pupils: one year group or one class at a time where a school is large, since names are sealed
and a list sorted by name has to be opened whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from isp.access import gate
from isp.access.listing import grounds_of, record_list
from isp.access.models import Tie
from isp.access.policy import Permission
from isp.access.standing import GROUP, PERSON, SCHOOL, SCHOOL_ID, TODAY, live
from isp.audit import Unit
from isp.kernel.prepared import Prepared, among
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
    found: dict[UUID, School] = {}
    if unit.actor.person_id is not None:
        for row in _schools.all(unit.connection, {"person": unit.actor.person_id, "today": unit.today}):
            found.setdefault(row.id, School(row.id, row.name, row.role))
    return list(found.values())


def listed(unit: Unit, school: School, wanted: Filter) -> Listed:
    """One page of the pupils of a school whom the actor may see, by surname. Remembered as one view."""
    roll = _visible(unit, school.id)
    status = wanted.status if wanted.status in STATUSES else None
    if status is None:
        status = "register" if any(row.sen_status != "N" for row in roll) else "all"
    some = [row for row in roll if row.sen_status in STATUSES[status]]
    years = Counter(row.year_group for row in some)
    ordered = sorted(years.items(), key=lambda item: year_order(item[0]))
    total = len(some)
    year = wanted.year if wanted.year in years else None
    groups = _groups(unit, school.id)
    group = next((one for one in groups if one[0] == wanted.group_id), None)
    if group is None and year is None and total > AT_ONCE:
        year = ordered[0][0]
    if group is not None:
        members = _in_group(unit, group[0])
        some = [row for row in some if row.id in members]
    elif year is not None:
        some = [row for row in some if row.year_group == year]
    named = pupils.names(unit, (row.id for row in some))
    rows = sorted(named.values(), key=lambda name: (*name.sort_key, str(name.pupil_id)))
    record_list(unit, "pupils", named, grounds_of(school.role, school.id))
    return Listed(
        school,
        status,
        year,
        group,
        ordered,
        total,
        rows,
        classes_of(unit, school.id, named),
        len(roll),
        groups,
    )


def search(unit: Unit, school: School, words: str) -> list[PupilName]:
    """The pupils of a school whom the actor may see and whose name has every word. Remembered as one view."""
    if letters_of(words) < 2:
        return []
    ids = [row.id for row in _visible(unit, school.id)]
    found = [name for name in pupils.names(unit, ids).values() if _answers(name, words)]
    found.sort(key=lambda name: (*name.sort_key, str(name.pupil_id)))
    record_list(
        unit, "pupils", (name.pupil_id for name in found[:AT_ONCE]), grounds_of(school.role, school.id)
    )
    return found[:AT_ONCE]


def _answers(name: PupilName, words: str) -> bool:
    return is_called(begins_of(f"{name.full} {name.legal}"), words)


def _visible(unit: Unit, school_id: UUID) -> list[Any]:
    """Everybody on the school's roll whom the actor may see, once: rows of id, year_group, sen_status."""
    if unit.actor.person_id is None:
        return []
    asked = {"person": unit.actor.person_id, "today": unit.today, "school": school_id}
    return _roll.all(unit.connection, asked)


def _roll_of_visible() -> Select[*tuple[Any, ...]]:
    on_roll = select(Tie.pupil_id).where(
        Tie.kind == SCHOOL,
        Tie.organisation_id == SCHOOL_ID,
        live(Tie, TODAY),
        Tie.pupil_id.in_(gate.visible_pupils(PERSON, Permission.PUPIL_READ, TODAY)),
    )
    return select(Pupil.id, Pupil.year_group, Pupil.sen_status).where(Pupil.id.in_(on_roll))


def _in_group(unit: Unit, group_id: UUID) -> set[UUID]:
    query = select(Tie.pupil_id).where(Tie.kind == GROUP, Tie.group_id == group_id, live(Tie, unit.today))
    return set(unit.connection.scalars(query))


def _groups(unit: Unit, school_id: UUID) -> list[tuple[UUID, str]]:
    return [(row.id, row.name) for row in _open_groups.all(unit.connection, {"school": school_id})]


def classes_of(unit: Unit, school_id: UUID, pupil_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The class or registration group that each of these pupils is in today, by pupil."""
    asked = {"school": school_id, "today": unit.today, "pupils": sorted(set(pupil_ids))}
    found: dict[UUID, str] = {}
    for row in _classes.all(unit.connection, asked):
        found[row.pupil_id] = f"{found[row.pupil_id]}, {row.name}" if row.pupil_id in found else row.name
    return found


_roll = Prepared(_roll_of_visible)
_schools = Prepared(
    lambda: (
        select(Organisation.id, Organisation.name, Membership.role)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == PERSON, Organisation.kind == "school", live(Membership, TODAY))
        .order_by(Membership.made_at, Membership.id)
    )
)
_open_groups = Prepared(
    lambda: (
        select(TeachingGroup.id, TeachingGroup.name)
        .where(TeachingGroup.school_id == SCHOOL_ID, TeachingGroup.valid_to.is_(None))
        .order_by(TeachingGroup.name)
    )
)
_classes = Prepared(
    lambda: (
        select(Tie.pupil_id, TeachingGroup.name)
        .join(TeachingGroup, TeachingGroup.id == Tie.group_id)
        .where(
            Tie.kind == GROUP,
            TeachingGroup.school_id == SCHOOL_ID,
            TeachingGroup.kind != "teaching",
            live(Tie, TODAY),
            among(Tie.pupil_id, "pupils"),
        )
        .order_by(TeachingGroup.name)
    )
)
