"""A class on one sheet: what any adult in the room must know of each pupil, and what adults do every day.

One set of statements, however many pupils; one view event on the chain of each pupil whose plan is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from isp.access import gate
from isp.access.gate import NO_PAGE, Decision
from isp.access.listing import grounds_of, record_list
from isp.access.models import GroupStaff, Tie
from isp.access.policy import GRID, Permission
from isp.access.standing import GROUP, live, standings
from isp.audit import Chain, Event, Unit
from isp.audit.unit import Denial
from isp.caseload.onlookers import FAMILY
from isp.kernel.errors import NotFound
from isp.people.models import Membership
from isp.plans import queries
from isp.plans.queries import Reading
from isp.plans.showing import Part, parts
from isp.plans.vocabulary import configuration_on
from isp.records.models import Record
from isp.register import pupils
from isp.register.models import TeachingGroup
from isp.register.pupils import PupilName

SECTIONS = ("must_know", "adjustments", "exam_access")
COVER = ("must_know",)


@dataclass(frozen=True, slots=True)
class Row:
    """One pupil. ``parts`` by name of section, only what is there; no ``record_id``: no plan in force."""

    name: PupilName
    record_id: UUID | None
    parts: dict[str, Part]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The class and its pupils by surname."""

    group_id: UUID
    group: str
    subject: str | None
    school_id: UUID
    rows: tuple[Row, ...]
    with_plan: int


def sheet_of(unit: Unit, group_id: UUID, *, cover: bool = False) -> Sheet:
    """The sheet for somebody who teaches the class, or who sees its pupils; every view is recorded.

    ``cover``: for whoever stands in for a day, only what must be known. NotFound for anybody else, as for a
    class that does not exist.
    """
    group = unit.connection.execute(
        select(TeachingGroup.id, TeachingGroup.name, TeachingGroup.subject, TeachingGroup.school_id).where(
            TeachingGroup.id == group_id
        )
    ).first()
    towards = _standings(unit, group_id)
    if not towards and not _teaches(unit, group_id):
        obj = ("group", group_id)
        raise NotFound(NO_PAGE, denial=Denial(Permission.MUST_KNOW_READ.value, "no-standing", obj))
    if group is None:
        raise NotFound(NO_PAGE)
    decisions = {pupil_id: _decision(unit, pupil_id, rows) for pupil_id, rows in towards.items()}
    records = _records(unit, decisions)
    readings = queries.in_force_on_one_sheet(unit, decisions, records.values()) if records else {}
    names = pupils.names(unit, decisions) if decisions else {}
    wanted = COVER if cover else SECTIONS
    rows = [
        _row(name, records.get(pupil_id), readings.get(pupil_id), wanted) for pupil_id, name in names.items()
    ]
    _record(unit, group.school_id, decisions, readings)
    return Sheet(
        group_id=group.id,
        group=group.name,
        subject=group.subject,
        school_id=group.school_id,
        rows=tuple(sorted(rows, key=lambda row: row.name.sort_key)),
        with_plan=len(readings),
    )


def _standings(unit: Unit, group_id: UUID) -> dict[UUID, list[Any]]:
    """The actor's standings towards the pupils of the group that let her know what must be known.

    A class is the school's affair: a parent reads of her own child elsewhere, and of no class.
    """
    if unit.actor.person_id is None:
        return {}
    ways = standings(unit.actor.person_id, unit.today).subquery("standing")
    in_group = select(Tie.pupil_id).where(Tie.group_id == group_id, Tie.kind == GROUP, live(Tie, unit.today))
    found: dict[UUID, list[Any]] = {}
    for row in unit.connection.execute(select(ways).where(ways.c.pupil_id.in_(in_group))):
        found.setdefault(row.pupil_id, []).append(row)
    return {
        pupil_id: rows
        for pupil_id, rows in found.items()
        if any(row.standing in GRID[Permission.MUST_KNOW_READ] - FAMILY for row in rows)
    }


def _teaches(unit: Unit, group_id: UUID) -> bool:
    """Whether the actor staffs the group, so that an empty class is not a page that cannot be found."""
    works_there = exists(
        select(Membership.id).where(
            Membership.person_id == unit.actor.person_id,
            Membership.organisation_id == GroupStaff.organisation_id,
            live(Membership, unit.today),
        )
    )
    query = select(GroupStaff.id).where(
        GroupStaff.group_id == group_id,
        GroupStaff.person_id == unit.actor.person_id,
        live(GroupStaff, unit.today),
        works_there,
    )
    return unit.connection.scalar(query.limit(1)) is not None


def _decision(unit: Unit, pupil_id: UUID, rows: list[Any]) -> Decision:
    reads = any(row.standing in GRID[Permission.PLAN_READ] for row in rows)
    return gate.decide(unit, Permission.PLAN_READ if reads else Permission.MUST_KNOW_READ, pupil_id, rows)


def _records(unit: Unit, decisions: dict[UUID, Decision]) -> dict[UUID, UUID]:
    query = select(Record.pupil_id, Record.id).where(
        Record.pupil_id.in_(sorted(decisions)),
        Record.kind == queries.KIND,
        Record.status == "open",
        Record.current.is_not(None),
    )
    return {row.pupil_id: row.id for row in unit.connection.execute(query)}


def _row(name: PupilName, record_id: UUID | None, reading: Reading | None, wanted: tuple[str, ...]) -> Row:
    if reading is None:
        return Row(name, None, {})
    configuration = configuration_on(queries.stood_since(reading.version))
    shown = {part.name: part for part in parts(reading.content, configuration)}
    held = {section: shown[section] for section in wanted if section in shown and not shown[section].is_empty}
    return Row(name, record_id, held)


def _record(
    unit: Unit, school_id: UUID, decisions: dict[UUID, Decision], readings: dict[UUID, Reading]
) -> None:
    for pupil_id, reading in readings.items():
        unit.record(
            decisions[pupil_id],
            Event.PLAN_VIEWED,
            Chain.pupil(pupil_id),
            obj=("record", reading.version.record_id),
            version=reading.version.number,
        )
    role = next((decision.standing for decision in decisions.values()), "class_teacher")
    record_list(unit, "class", decisions, grounds_of(role, school_id, Permission.MUST_KNOW_READ))
