"""Reading working notes: always through the gate; the look is recorded on the restricted chain.

Whoever may write notes and not read them (a teaching assistant) meets her own alone. The words of a note that
was withdrawn are the data protection officer's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import GRID, Permission
from isp.audit import Chain, Event, Unit
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound
from isp.kernel.keys import WORKING, KeyOf
from isp.notes.models import WorkingNote, WorkingNoteVersion
from isp.people import directory
from isp.people.directory import NOBODY, Named

NOTES, VERSIONS = table_of(WorkingNote), table_of(WorkingNoteVersion)
READERS = GRID[Permission.NOTES_READ] | GRID[Permission.NOTES_WRITE]


@dataclass(frozen=True, slots=True)
class Said:
    """What a note said from a moment on."""

    number: int
    author_id: UUID
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """One note as one reader may see it. ``says`` is None where it was withdrawn and is not hers to read."""

    row: Any
    says: Said | None
    is_own: bool
    may_correct: bool
    may_withdraw: bool
    reason: str | None = None
    """Why it was withdrawn, in words, for whoever reads it all the same."""

    @property
    def id(self) -> UUID:
        found: UUID = self.row.id
        return found

    @property
    def is_withdrawn(self) -> bool:
        return self.row.withdrawn_at is not None

    @property
    def is_corrected(self) -> bool:
        return bool(self.row.number > 1)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a pupil's page says of the notes, without their words."""

    count: int
    latest_at: datetime | None
    own_only: bool


def reading(unit: Unit, pupil_id: UUID, rows: list[Any] | None = None) -> Decision:
    """The decision by which the actor reads notes about this pupil: everybody's, or her own."""
    held = gate.standings_towards(unit, pupil_id) if rows is None else rows
    reads = any(row.standing in GRID[Permission.NOTES_READ] for row in held)
    return gate.decide(unit, Permission.NOTES_READ if reads else Permission.NOTES_WRITE, pupil_id, held)


def owner(pupil_id: UUID) -> KeyOf:
    """The key that seals a pupil's working notes."""
    return KeyOf.pupil(pupil_id, WORKING)


def version_place(version_id: UUID) -> Place:
    """Where a version's words lie."""
    return Place("working_note_version", "sealed", version_id)


def reason_place(note_id: UUID) -> Place:
    """Where the reason for a withdrawal lies."""
    return Place("working_note", "sealed", note_id)


def summary(unit: Unit, pupil_id: UUID, decision: Decision) -> Summary | None:
    """How many notes there are and when the last was written; None for whoever reads none."""
    if not decision.standings & READERS:
        return None
    own_only = not decision.can(Permission.NOTES_READ)
    query = select(func.count(), func.max(NOTES.c.made_at)).where(
        NOTES.c.pupil_id == pupil_id, NOTES.c.withdrawn_at.is_(None)
    )
    if own_only:
        query = query.where(NOTES.c.author_id == unit.actor.person_id)
    count, latest = unit.connection.execute(query).one()
    return Summary(count, latest, own_only)


def notes_about(
    unit: Unit,
    pupil_id: UUID,
    decision: Decision,
    *,
    position: tuple[datetime, UUID] | None = None,
    backwards: bool = False,
    limit: int = 25,
) -> list[Note]:
    """A page of the notes that the decision covers, newest first; ``note_views`` says that they were seen."""
    c = NOTES.c
    query = select(NOTES).where(c.pupil_id == pupil_id)
    if not decision.can(Permission.NOTES_READ):
        query = query.where(c.author_id == unit.actor.person_id)
    if position is not None:
        at, note_id = position
        later = or_(c.made_at > at, and_(c.made_at == at, c.id > note_id))
        earlier = or_(c.made_at < at, and_(c.made_at == at, c.id < note_id))
        query = query.where(later if backwards else earlier)
    order = (c.made_at, c.id) if backwards else (c.made_at.desc(), c.id.desc())
    rows = unit.connection.execute(query.order_by(*order).limit(limit)).all()
    newest = _newest(unit, pupil_id, rows)
    return [_note(unit, row, newest.get(row.id), decision) for row in rows]


def record_look(unit: Unit, pupil_id: UUID, decision: Decision, count: int) -> None:
    """Remember that so many notes about the pupil were looked at, where no family's history shows it."""
    unit.record(
        decision, Event.NOTES_VIEWED, Chain.restricted(pupil_id), obj=("pupil", pupil_id), count=count
    )


def allowed(
    unit: Unit, note_id: UUID, permission: Permission | None = None, *, lock: bool = False
) -> tuple[Any, Decision]:
    """A note's row and the decision that lets the actor do this with it (None: read it).

    A note that is not there, a stranger's, and a colleague's that is not hers to read give one answer.
    """
    query = select(NOTES).where(NOTES.c.id == note_id)
    row = unit.connection.execute(query.with_for_update() if lock else query).first()
    pupil_id = row.pupil_id if row is not None else note_id
    decision = reading(unit, pupil_id) if permission is None else gate.require(unit, permission, pupil_id)
    if row is None:
        raise NotFound(gate.NO_PAGE)
    if row.author_id != unit.actor.person_id and not decision.can(Permission.NOTES_READ):
        raise NotFound(gate.NO_PAGE)
    return row, decision


def read_note(unit: Unit, note_id: UUID) -> tuple[Note, tuple[Said, ...], Decision]:
    """One note and all that it said, newest first; the look is recorded."""
    row, decision = allowed(unit, note_id)
    note = _note(unit, row, _newest(unit, row.pupil_id, [row]).get(row.id), decision)
    said: tuple[Said, ...] = ()
    if note.says is not None:
        listed = unit.connection.execute(
            select(VERSIONS).where(VERSIONS.c.note_id == note_id).order_by(VERSIONS.c.number.desc())
        )
        said = tuple(_said(unit, row.pupil_id, one) for one in listed)
    unit.record(decision, Event.NOTES_VIEWED, Chain.restricted(row.pupil_id), obj=("note", note_id), count=1)
    return note, said, decision


def writers(unit: Unit, notes: list[Note], more: tuple[Said, ...] = ()) -> Mapping[UUID, str]:
    """Who wrote and withdrew these notes, by name and role."""
    people = {one.row.author_id for one in notes} | {one.says.author_id for one in notes if one.says}
    people |= {one.row.withdrawn_by for one in notes if one.row.withdrawn_by}
    people |= {one.author_id for one in more}
    named: dict[UUID, Named] = directory.names(unit, people) if people else {}
    return {one: named[one].with_role if one in named else NOBODY for one in people}


def _newest(unit: Unit, pupil_id: UUID, rows: Any) -> dict[UUID, Any]:
    if not rows:
        return {}
    unit.keys.fetch([owner(pupil_id)])
    query = (
        select(VERSIONS)
        .join(NOTES, and_(NOTES.c.id == VERSIONS.c.note_id, NOTES.c.number == VERSIONS.c.number))
        .where(NOTES.c.id.in_([row.id for row in rows]))
    )
    return {one.note_id: one for one in unit.connection.execute(query)}


def _note(unit: Unit, row: Any, version: Any, decision: Decision) -> Note:
    withdrawn = row.withdrawn_at is not None
    own = row.author_id == unit.actor.person_id
    reads = version is not None and (not withdrawn or decision.can(Permission.WITHDRAWN_READ))
    reason = None
    if withdrawn and reads:
        reason = unit.keys.open(owner(row.pupil_id), reason_place(row.id), row.sealed)["reason"]
    writes = decision.can(Permission.NOTES_WRITE) and own and not withdrawn
    return Note(
        row,
        _said(unit, row.pupil_id, version) if reads else None,
        own,
        may_correct=writes,
        may_withdraw=writes or (decision.can(Permission.NOTES_WITHDRAW) and not withdrawn),
        reason=reason,
    )


def _said(unit: Unit, pupil_id: UUID, row: Any) -> Said:
    held = unit.keys.open(owner(pupil_id), version_place(row.id), row.sealed)
    return Said(row.number, row.author_id, row.at, held["content"]["text"])


def newest_text(unit: Unit, row: Any) -> str | None:
    """What a note says now: for whoever has been allowed to write in it."""
    version = _newest(unit, row.pupil_id, [row]).get(row.id)
    return None if version is None else _said(unit, row.pupil_id, version).text
