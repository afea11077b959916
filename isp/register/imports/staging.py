"""Files that were read in to look at: sealed, shown to those who may bring that kind in, gone after a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import delete, select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import OrganisationPermission
from isp.audit import Chain, Event, Unit
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Gone, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.register.importing import mapping, reading
from isp.register.importing.mapping import Columns, Kind
from isp.register.importing.reading import MAX_BYTES, Sheet
from isp.register.models import ColumnMapping, StagedFile

KEPT = timedelta(days=1)
STAGED = table_of(StagedFile)
MAPPINGS = table_of(ColumnMapping)
MAY: Mapping[Kind, OrganisationPermission] = {
    Kind.PUPILS: OrganisationPermission.PUPILS_IMPORT,
    Kind.STAFF: OrganisationPermission.STAFF_WRITE,
    Kind.GROUPS: OrganisationPermission.GROUPS_WRITE,
    Kind.CONTACTS: OrganisationPermission.PUPILS_IMPORT,
}
GONE = "This file is no longer here: a file is kept for one day. Choose it again."


@dataclass(frozen=True, slots=True)
class Staged:
    """A staged file, opened; ``columns`` is what each of our fields is taken from."""

    id: UUID
    school_id: UUID
    kind: Kind
    sheet: Sheet
    columns: Columns
    expires_at: datetime
    decision: Decision


def stage(unit: Unit, school_id: UUID, kind: Kind, source: bytes | BinaryIO) -> UUID:
    """Read a file in and keep it, sealed, for a day; its id. Raises Unreadable in words, nothing kept.

    From a stream no more than the largest file allowed is read.
    """
    decision = gate.require_in_organisation(unit, MAY[kind], school_id)
    data = source if isinstance(source, bytes) else source.read(MAX_BYTES + 1)
    sheet = reading.read(data, known=mapping.is_known)
    made = new_id()
    unit.insert(
        StagedFile,
        id=made,
        school_id=school_id,
        kind=kind.value,
        sealed=unit.keys.seal_bytes(KeyOf.organisation(school_id), _place(made), data),
        made_by=unit.actor.person_id or school_id,
        made_at=unit.now,
        expires_at=unit.now + KEPT,
        applied_at=None,
    )
    unit.record(
        decision,
        Event.IMPORT_STAGED,
        Chain.organisation(school_id),
        obj=("staged_file", made),
        kind=kind.value,
        rows=len(sheet.rows) + len(sheet.problems),
    )
    return made


def _place(staged_id: UUID) -> Place:
    return Place("staged_file", "sealed", staged_id)


def opened(unit: Unit, staged_id: UUID) -> Staged:
    """A staged file for whoever may bring its kind in. NotFound, or Gone where its day is over."""
    row, decision = _row(unit, staged_id)
    if row.applied_at is not None:
        raise Gone("This file has been brought in already.")
    data = unit.keys.open_bytes(KeyOf.organisation(row.school_id), _place(row.id), row.sealed)
    sheet = reading.read(data, known=mapping.is_known)
    kind = Kind(row.kind)
    columns = mapping.guess(kind, sheet.headers, remembered(unit, row.school_id, kind))
    return Staged(row.id, row.school_id, kind, sheet, columns, row.expires_at, decision)


def _row(unit: Unit, staged_id: UUID) -> tuple[Any, Decision]:
    row = unit.connection.execute(select(STAGED).where(STAGED.c.id == staged_id)).first()
    if row is None:
        raise NotFound
    decision = gate.require_in_organisation(unit, MAY[Kind(row.kind)], row.school_id)
    if row.expires_at <= unit.now:
        raise Gone(GONE)
    return row, decision


def remembered(unit: Unit, school_id: UUID, kind: Kind) -> Columns | None:
    """Which column the school's last file of this kind had for which field; None before the first."""
    found: Columns | None = unit.connection.scalar(
        select(MAPPINGS.c.mapping).where(MAPPINGS.c.school_id == school_id, MAPPINGS.c.kind == kind.value)
    )
    return found


def choose_columns(unit: Unit, staged_id: UUID, columns: Mapping[str, str | None]) -> list[str]:
    """Take a person's word for what each column is, and remember it for the next file of this kind.

    The sentences that stand in the way of using it; nothing is remembered while there are any.
    """
    staged = opened(unit, staged_id)
    problems = mapping.check(staged.kind, columns, staged.sheet.headers)
    if problems:
        return problems
    held = mapping.to_remember(staged.kind, staged.sheet.headers, columns)
    where = {"school_id": staged.school_id, "kind": staged.kind.value}
    if remembered(unit, staged.school_id, staged.kind) is None:
        unit.insert(ColumnMapping, id=new_id(), **where, mapping=held, made_at=unit.now)
    else:
        unit.change(ColumnMapping, where, mapping=held, made_at=unit.now)
    unit.record(
        staged.decision,
        Event.ORGANISATION_CHANGED,
        Chain.organisation(staged.school_id),
        obj=("column_mapping", staged.school_id),
    )
    return []


def put_aside(unit: Unit, staged_id: UUID) -> None:
    """Throw a staged file away without carrying it out."""
    row, decision = _row(unit, staged_id)
    if row.applied_at is not None:
        raise Conflict("This file has been brought in already.")
    unit.connection.execute(delete(STAGED).where(STAGED.c.id == staged_id))
    unit.record(
        decision,
        Event.IMPORT_DISCARDED,
        Chain.organisation(row.school_id),
        obj=("staged_file", staged_id),
        kind=row.kind,
    )


def mark_applied(unit: Unit, staged: Staged) -> None:
    """Remember that it was carried out, and let go of what it held."""
    nothing = unit.keys.seal_bytes(KeyOf.organisation(staged.school_id), _place(staged.id), b"")
    unit.change(
        StagedFile,
        {"id": staged.id, "applied_at": None},
        "This file has been brought in already.",
        applied_at=unit.now,
        sealed=nothing,
    )


def waiting(unit: Unit, school_id: UUID) -> list[tuple[UUID, Kind, datetime]]:
    """The school's staged files that wait to be looked at: id, kind, when they came; newest first."""
    query = (
        select(STAGED.c.id, STAGED.c.kind, STAGED.c.made_at)
        .where(
            STAGED.c.school_id == school_id,
            STAGED.c.applied_at.is_(None),
            STAGED.c.expires_at > unit.now,
        )
        .order_by(STAGED.c.made_at.desc())
    )
    return [(row.id, Kind(row.kind), row.made_at) for row in unit.connection.execute(query)]


def purge(unit: Unit) -> int:
    """Throw away every staged file whose day is over, carried out or not. How many went."""
    done = unit.connection.execute(delete(STAGED).where(STAGED.c.expires_at <= unit.now))
    return done.rowcount
