"""Stored notes against the trail: what ``isp audit verify`` asks of this room.

Every version of a note was written by an event that names its digest, and its words open and answer it; every
such event has its version; a note's head is what its versions and withdrawals make it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from isp.audit.events import Event
from isp.audit.models import AuditEvent
from isp.audit.projections import fetch_ahead
from isp.audit.verify import Fault
from isp.kernel.crypto import SealError
from isp.kernel.db import table_of
from isp.kernel.errors import DomainError
from isp.kernel.keys import KeyChest
from isp.notes.queries import NOTES, VERSIONS, owner, reason_place, version_place
from isp.records.digest import answers

EVENTS = table_of(AuditEvent)
BATCH = 500
_WRITTEN = (Event.NOTE_WRITTEN.code, Event.NOTE_CORRECTED.code)


def check_notes(connection: Connection, keys: KeyChest) -> Iterator[Fault]:
    """Walk all notes; yields a fault for each thing in doubt."""
    yield from _check_versions(connection, keys)
    yield from _check_heads(connection, keys)


def _check_versions(connection: Connection, keys: KeyChest) -> Iterator[Fault]:
    told: dict[tuple[UUID, int], str] = {}
    query = select(EVENTS.c.object_id, EVENTS.c.canon).where(EVENTS.c.act.in_(_WRITTEN))
    for note_id, canon in connection.execute(query):
        detail = json.loads(canon)["detail"]
        told[(note_id, detail["version"])] = detail["digest"]
    last: tuple[UUID, int] = (UUID(int=0), -1)
    c = VERSIONS.c
    while True:
        rows = connection.execute(
            select(VERSIONS, NOTES.c.pupil_id)
            .join(NOTES, NOTES.c.id == c.note_id)
            .where(or_(c.note_id > last[0], (c.note_id == last[0]) & (c.number > last[1])))
            .order_by(c.note_id, c.number)
            .limit(BATCH)
        ).all()
        if not rows:
            break
        fetch_ahead(keys, [owner(row.pupil_id) for row in rows])
        for row in rows:
            what = _version_fault(row, told.pop((row.note_id, row.number), None), keys)
            if what:
                yield Fault(f"note {row.note_id}", row.number, what)
        last = (rows[-1].note_id, rows[-1].number)
    for note_id, number in told:
        yield Fault(f"note {note_id}", number, "the trail tells of these words, and they are gone")


def _version_fault(row: Any, told: str | None, keys: KeyChest) -> str | None:
    if told is None:
        return "these words stand, and the trail knows nothing of them"
    if row.digest.hex() != told:
        return "this version's digest is not the one that was written"
    try:
        held = keys.open(owner(row.pupil_id), version_place(row.id), row.sealed)
        if not answers(base64.b64decode(held["salt"]), held["content"], row.digest):
            return "this version's words do not answer its digest"
    except (SealError, DomainError, ValueError, KeyError, TypeError) as error:
        return f"this version's words do not open ({error})"
    return None


def _check_heads(connection: Connection, keys: KeyChest) -> Iterator[Fault]:
    query = select(EVENTS.c.object_id).where(EVENTS.c.act == Event.NOTE_WITHDRAWN.code)
    withdrawn = set(connection.scalars(query))
    numbers: dict[UUID, int] = {}
    for note_id, number in connection.execute(select(VERSIONS.c.note_id, VERSIONS.c.number)):
        numbers[note_id] = max(number, numbers.get(note_id, 0))
    for row in connection.execute(select(NOTES)):
        name = f"note {row.id}"
        if row.number != numbers.get(row.id, 0):
            yield Fault(name, row.number, "the note's head does not agree with its versions")
        if (row.withdrawn_at is not None) != (row.id in withdrawn):
            yield Fault(name, row.number, "whether this note was withdrawn is not what the trail tells")
        elif row.sealed is not None:
            fetch_ahead(keys, [owner(row.pupil_id)])
            try:
                keys.open(owner(row.pupil_id), reason_place(row.id), row.sealed)
            except (SealError, DomainError, ValueError) as error:
                yield Fault(name, row.number, f"why this note was withdrawn does not open ({error})")
        withdrawn.discard(row.id)
    for note_id in withdrawn:
        yield Fault(f"note {note_id}", None, "the trail tells of a withdrawal, and the note is gone")
