"""A class on one sheet: what any adult in the room must know of each pupil, and what adults do every day.

One set of statements, however many pupils; one view event on the chain of each pupil whose plan is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
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
from isp.plans import queries, sheets
from isp.plans.printing import Wanted, record_printed
from isp.plans.queries import Reading
from isp.plans.showing import Part, parts
from isp.plans.vocabulary import configuration_on
from isp.records.models import Record
from isp.records.versions import Version
from isp.register import pupils
from isp.register.models import TeachingGroup
from isp.register.pupils import PupilName

SECTIONS = ("must_know", "adjustments", "exam_access")
NOBODY_HERE = "Nobody is in this class at present, so there is nothing to print."


@dataclass(frozen=True, slots=True)
class Row:
    """One pupil. ``parts`` by name of section, only what is there; no ``record_id``: no plan in force.

    ``opens``: whether the plan itself is the reader's to open, and not only what must be known.
    """

    name: PupilName
    record_id: UUID | None
    parts: dict[str, Part]
    opens: bool = False
    version: Version | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The class and its pupils by surname."""

    group_id: UUID
    group: str
    subject: str | None
    school_id: UUID
    rows: tuple[Row, ...]
    with_plan: int
    prints: bool = False
    """Whether the reader may take a plan on it as a file: for showing a link, nothing more."""
    state: str = ""
    """Which version of which plan stands on it, as a digest; "" where no plan does."""
    confirms: bool = False
    """Whether the reader is to say that she has read it: she works in this class."""
    read_at: datetime | None = None
    """When she last said so."""
    is_read: bool = False
    """Whether that was of the sheet as it is now."""

    def is_new(self, row: Row) -> bool:
        """Whether this pupil's plan has another version since the reader last said that she has read it."""
        return bool(self.read_at and row.version and row.version.recorded_at > self.read_at)


def sheet_of(unit: Unit, group_id: UUID) -> Sheet:
    """The sheet for somebody who teaches the class, or who sees its pupils; every view is recorded.

    NotFound for anybody else, as for a class that does not exist.
    """
    group, towards = _found(unit, group_id)
    decisions = {pupil_id: _decision(unit, pupil_id, rows) for pupil_id, rows in towards.items()}
    sheet, readings = _laid_out(unit, group, decisions)
    for pupil_id, reading in readings.items():
        unit.record(
            decisions[pupil_id],
            Event.PLAN_VIEWED,
            Chain.pupil(pupil_id),
            obj=("record", reading.version.record_id),
            version=reading.version.number,
        )
    _record_list(unit, group.school_id, decisions)
    return _with_reads(unit, sheet)


def _with_reads(unit: Unit, sheet: Sheet) -> Sheet:
    """The sheet with whether the reader has read it as it is."""
    if not sheets.staffs(unit, sheet.group_id):
        return sheet
    state = sheets.states_of(unit, [sheet.group_id]).get(sheet.group_id)
    last = sheets.last_reads(unit, [sheet.group_id], unit.actor.person_id)
    held = last.get((sheet.group_id, unit.actor.person_id))
    return replace(
        sheet,
        state=state.hex() if state else "",
        confirms=state is not None,
        read_at=held.at if held is not None else None,
        is_read=held is not None and held.digest == state,
    )


def printed_sheet_of(unit: Unit, group_id: UUID, wanted: Wanted) -> tuple[Sheet, Decision]:
    """The sheet of those pupils whose plans the reader may print, and the decision for one of them.

    Each plan on it is recorded as printed. NotFound as for the page; NotAllowed for whoever may print none.
    """
    group, towards = _found(unit, group_id)
    if not towards:
        raise NotFound(NOBODY_HERE)
    may = {
        pupil_id: rows
        for pupil_id, rows in towards.items()
        if any(row.standing in GRID[Permission.PLAN_PRINT] for row in rows)
    }
    # Where nobody's may be printed, the gate says why, and the refusal is recorded.
    decisions = {
        pupil_id: gate.decide(unit, Permission.PLAN_PRINT, pupil_id, rows)
        for pupil_id, rows in (may or towards).items()
    }
    sheet, readings = _laid_out(unit, group, decisions)
    for pupil_id, reading in readings.items():
        record_printed(unit, decisions[pupil_id], reading.version, wanted)
    _record_list(unit, group.school_id, decisions)
    return sheet, next(iter(decisions.values()))


def _found(unit: Unit, group_id: UUID) -> tuple[Any, dict[UUID, list[Any]]]:
    """The group, and the actor's standings towards those in it. NotFound where it is none of hers."""
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
    return group, towards


def _laid_out(unit: Unit, group: Any, decisions: dict[UUID, Decision]) -> tuple[Sheet, dict[UUID, Reading]]:
    records = _records(unit, decisions)
    readings = queries.in_force_on_one_sheet(unit, decisions, records.values()) if records else {}
    names = pupils.names(unit, decisions) if decisions else {}
    rows = [
        _row(name, records.get(pupil_id), readings.get(pupil_id), decisions[pupil_id])
        for pupil_id, name in names.items()
    ]
    sheet = Sheet(
        group_id=group.id,
        group=group.name,
        subject=group.subject,
        school_id=group.school_id,
        rows=tuple(sorted(rows, key=lambda row: row.name.sort_key)),
        with_plan=len(readings),
        prints=any(decision.can(Permission.PLAN_PRINT) for decision in decisions.values()),
    )
    return sheet, readings


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


def _row(
    name: PupilName,
    record_id: UUID | None,
    reading: Reading | None,
    decision: Decision,
) -> Row:
    if reading is None:
        return Row(name, None, {})
    configuration = configuration_on(queries.stood_since(reading.version))
    shown = {part.name: part for part in parts(reading.content, configuration)}
    held = {name: shown[name] for name in SECTIONS if name in shown and not shown[name].is_empty}
    opens = decision.can(Permission.PLAN_READ)
    return Row(name, record_id, held, opens=opens, version=reading.version)


def _record_list(unit: Unit, school_id: UUID, decisions: dict[UUID, Decision]) -> None:
    role = next((decision.standing for decision in decisions.values()), "class_teacher")
    record_list(unit, "class", decisions, grounds_of(role, school_id, Permission.MUST_KNOW_READ))
