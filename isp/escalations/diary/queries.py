"""Reading a case's diary: each entry as it stands now, with what stood there before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.escalations import subjects
from isp.escalations.case_models import CaseEntry
from isp.escalations.diary.rules import KINDS
from isp.escalations.subjects import CaseFile
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound
from isp.kernel.keys import KeyOf

ENTRIES = table_of(CaseEntry)


@dataclass(frozen=True, slots=True)
class Said:
    """An entry as it was written once: the newest, or one that was corrected. ``reason``: of a correction."""

    id: UUID
    kind: str
    on: date
    recorded_at: datetime
    recorded_by: UUID
    who: str
    what: str
    reason: str
    document_id: UUID | None

    @property
    def title(self) -> str:
        """What it was, in words."""
        return KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it stands now; ``before``: what stood there, newest first."""

    now: Said
    before: tuple[Said, ...]


def place(entry_id: UUID) -> Place:
    """Where an entry's words lie."""
    return Place("case_entry", "sealed", entry_id, 1)


def read_diary(unit: Unit, case_id: UUID) -> tuple[CaseFile, Decision, list[Entry]]:
    """The diary of a case, the newest day first; the look is recorded."""
    case, decision = subjects.allowed(unit, case_id, Permission.DIARY_READ)
    record_view(unit, case, decision)
    return case, decision, list(reversed(entries_of(unit, case)))


def record_view(unit: Unit, case: CaseFile, decision: Decision) -> None:
    """That somebody looked at it."""
    unit.record(decision, Event.DIARY_VIEWED, Chain.pupil(case.pupil_id), obj=("case", case.id))


def entries_of(unit: Unit, case: CaseFile) -> list[Entry]:
    """The entries of a case in order of their true days: for whoever the gate has let through."""
    c = ENTRIES.c
    query = select(ENTRIES).where(
        c.pupil_id == case.pupil_id,
        c.authority_id == case.authority_id,
        c.subject_id.in_(sorted(case.ids)),
    )
    rows = list(unit.connection.execute(query.order_by(c.recorded_at, c.id)))
    unit.keys.fetch({KeyOf.pupil(case.pupil_id)})
    said = {row.id: _said(unit, row) for row in rows}
    following = {row.corrects_id: row.id for row in rows if row.corrects_id is not None}
    earlier = {later: first for first, later in following.items()}
    found = []
    for row in rows:
        if row.id in following:
            continue
        before, at = [], earlier.get(row.id)
        while at is not None:
            before.append(said[at])
            at = earlier.get(at)
        found.append(Entry(said[row.id], tuple(before)))
    return sorted(found, key=lambda one: (one.now.on, one.now.recorded_at))


def _said(unit: Unit, row: Any) -> Said:
    words = unit.keys.open(KeyOf.pupil(row.pupil_id), place(row.id), row.sealed)
    return Said(
        row.id,
        row.kind,
        row.happened_on,
        row.recorded_at,
        row.recorded_by,
        words["who"],
        words["what"],
        words.get("reason", ""),
        row.document_id,
    )


def entry_row(unit: Unit, case: CaseFile, entry_id: UUID) -> tuple[Any, bool]:
    """An entry's row, held until the unit ends, and whether another one corrects it. NotFound for one of
    another case.
    """
    c = ENTRIES.c
    query = select(ENTRIES).where(
        c.id == entry_id,
        c.subject_id.in_(sorted(case.ids)),
        c.authority_id == case.authority_id,
    )
    row = unit.connection.execute(query.with_for_update(key_share=True)).first()
    if row is None:
        raise NotFound(gate.NO_PAGE)
    corrected = unit.connection.scalar(select(c.id).where(c.corrects_id == entry_id))
    return row, corrected is not None
