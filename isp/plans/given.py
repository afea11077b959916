"""Sections of a draft that are with a colleague: who has what, until when, and what she was told with it.

A section given in a draft that was finalised or put aside since is with nobody any more: what is read here is
of open drafts alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from isp.access import gate
from isp.access.policy import GRID, Permission
from isp.access.standing import PERSON, onlookers
from isp.audit import Unit
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.keys import KeyOf
from isp.kernel.prepared import Prepared, among
from isp.notices.reminders import Reminder
from isp.people import directory
from isp.people.directory import NOBODY, Named
from isp.plans.content import SHAPE
from isp.plans.models import SectionTask
from isp.records.models import Draft, Record

TASKS, DRAFTS = table_of(SectionTask), table_of(Draft)
ASKED, DONE, TAKEN_BACK = "asked", "done", "taken_back"
REMIND_BEFORE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Task:
    """One section with somebody. ``label`` is the section's name in the school's words."""

    id: UUID
    record_id: UUID
    pupil_id: UUID
    section: str
    label: str
    person_id: UUID
    asked_by: UUID
    due_on: date
    status: str
    note: str = ""
    who: str = ""
    """The person's name, where it was asked for."""

    def is_overdue(self, today: date) -> bool:
        return self.status == ASKED and self.due_on < today

    @property
    def href(self) -> str:
        """Where it is written."""
        return f"/plans/{self.record_id}/edit/{self.section}"


def place(task_id: UUID) -> Place:
    """Where what the asker said lies."""
    return Place("section_task", "sealed", task_id)


def _open() -> Select[*tuple[Any, ...]]:
    return (
        select(TASKS)
        .join(DRAFTS, DRAFTS.c.id == TASKS.c.draft_id)
        .join(Record, Record.id == TASKS.c.record_id)
        .where(TASKS.c.status == ASKED, DRAFTS.c.status == "open", Record.status == "open")
        .order_by(TASKS.c.due_on, TASKS.c.id)
    )


_with_one = Prepared(lambda: _open().where(TASKS.c.person_id == PERSON))
_about_some = Prepared(lambda: _open().where(among(TASKS.c.pupil_id, "pupils")))


def _task(unit: Unit, row: Any, names: Mapping[UUID, Named] | None = None, *, notes: bool = False) -> Task:
    shape = SHAPE.sections.get(row.section)
    note = ""
    if notes and row.sealed is not None:
        note = unit.keys.open(KeyOf.pupil(row.pupil_id), place(row.id), row.sealed)["note"]
    named = names.get(row.person_id) if names is not None else None
    return Task(
        id=row.id,
        record_id=row.record_id,
        pupil_id=row.pupil_id,
        section=row.section,
        label=shape.label if shape is not None else row.section,
        person_id=row.person_id,
        asked_by=row.asked_by,
        due_on=row.due_on,
        status=row.status,
        note=note,
        who=named.full if named is not None else NOBODY if names is not None else "",
    )


def in_draft(unit: Unit, draft_id: UUID) -> dict[str, Task]:
    """Who has which section of a draft, by section: for whoever may read the draft."""
    rows = unit.connection.execute(_open().where(TASKS.c.draft_id == draft_id)).all()
    names = directory.names(unit, {row.person_id for row in rows}) if rows else {}
    return {row.section: _task(unit, row, names, notes=True) for row in rows}


def mine(unit: Unit) -> list[Task]:
    """What the actor was asked to write and still may, the soonest first; without what was said to it."""
    if unit.actor.person_id is None:
        return []
    rows = _with_one.all(unit.connection, {"person": unit.actor.person_id})
    if not rows:
        return []
    writes = set(
        unit.connection.scalars(gate.visible_pupils(unit.actor.person_id, Permission.DRAFT_WRITE, unit.today))
    )
    return [_task(unit, row) for row in rows if row.pupil_id in writes]


def with_colleagues(unit: Unit, pupil_ids: Collection[UUID]) -> list[Task]:
    """The sections of these pupils' plans that are with somebody, the soonest first."""
    rows = _about_some.all(unit.connection, {"pupils": pupil_ids})
    names = directory.names(unit, {row.person_id for row in rows}) if rows else {}
    return [_task(unit, row, names) for row in rows]


def where_written(unit: Unit, task_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Where a section that was given is read now: in its draft while that is open, else in the plan."""
    wanted = sorted(set(task_ids))
    if not wanted:
        return {}
    query = select(TASKS.c.id, TASKS.c.record_id, TASKS.c.section, DRAFTS.c.status)
    rows = unit.connection.execute(
        query.join(DRAFTS, DRAFTS.c.id == TASKS.c.draft_id).where(TASKS.c.id.in_(wanted))
    )
    return {
        row.id: f"/plans/{row.record_id}"
        + (f"/edit/{row.section}" if row.status == "open" else f"#part-{row.section}")
        for row in rows
    }


def writers_for(unit: Unit, pupil_id: UUID) -> dict[UUID, str]:
    """Who may be given a section: everybody but the actor who may write in this pupil's draft, by name."""
    rows = unit.connection.execute(onlookers(pupil_id, unit.today))
    able = {row.person_id for row in rows if row.standing in GRID[Permission.DRAFT_WRITE]}
    able.discard(unit.actor.person_id)
    named = directory.names(unit, able) if able else {}
    listed = sorted(named.values(), key=lambda one: (one.family.casefold(), one.given.casefold()))
    return {one.id: one.with_role for one in listed}


def reminders(unit: Unit, today: date) -> Iterator[Reminder]:
    """Sections that are due within two days, or overdue: whoever has one is reminded of it once."""
    rows: Iterable[Any] = unit.connection.execute(_open().where(TASKS.c.due_on <= today + REMIND_BEFORE))
    for row in rows:
        yield Reminder(row.person_id, "section_due", row.id, row.due_on, row.pupil_id)
