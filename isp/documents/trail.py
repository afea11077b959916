"""Stored documents against the trail: what ``isp audit verify`` asks of this room.

Every version was added or put in another's place by an event that names its digest; what it says of itself
and its bytes, opened, answer that digest; every such event has its version. No piece lies there of none, and
no document without one. A withdrawal stands where the trail tells of one, as it tells of it, and nowhere
else. Bytes are walked a piece at a time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.engine import Connection

from isp.audit.events import Event
from isp.audit.models import AuditEvent
from isp.audit.projections import fetch_ahead
from isp.audit.verify import Fault
from isp.documents import bodies
from isp.documents.models import Document, DocumentBody, DocumentVersion, DocumentWithdrawal
from isp.documents.queries import heading_of, select_versions
from isp.kernel.crypto import Place, SealError
from isp.kernel.db import table_of
from isp.kernel.errors import DomainError
from isp.kernel.keys import KeyChest

EVENTS = table_of(AuditEvent)
BATCH = 200
_NONE = UUID(int=0)


def check_documents(connection: Connection, keys: KeyChest) -> Iterator[Fault]:
    """Walk all documents; yields a fault for each thing in doubt."""
    told = _told(connection)
    last = (_NONE, 0)
    while rows := connection.execute(_after(last).limit(BATCH)).all():
        fetch_ahead(keys, [bodies.key_of(row.pupil_id, row.label) for row in rows])
        for row in rows:
            what = _fault(connection, keys, row, told.pop((row.document_id, row.number), None))
            if what:
                yield Fault(f"document {row.document_id}", row.number, what)
        last = (rows[-1].document_id, rows[-1].number)
    for document_id, number in told:
        yield Fault(f"document {document_id}", number, "the trail tells of this version, and it is gone")
    yield from _check_surplus(connection)
    yield from _check_withdrawals(connection, keys)


def _events(connection: Connection, *events: Event) -> Iterator[tuple[UUID, dict[str, Any]]]:
    query = select(EVENTS.c.object_id, EVENTS.c.canon)
    for row in connection.execute(query.where(EVENTS.c.act.in_([event.code for event in events]))):
        yield row.object_id, json.loads(row.canon)["detail"]


def _told(connection: Connection) -> dict[tuple[UUID, int], str]:
    events = _events(connection, Event.DOCUMENT_ADDED, Event.DOCUMENT_REPLACED)
    return {(document_id, detail["version"]): detail["digest"] for document_id, detail in events}


def _after(last: tuple[UUID, int]) -> Any:
    d, v = Document, DocumentVersion
    return (
        select_versions(v.pupil_id.label("filed_under"), untitled_too=True)
        .where((d.id > last[0]) | ((d.id == last[0]) & (v.number > last[1])))
        .order_by(d.id, v.number)
    )


def _fault(connection: Connection, keys: KeyChest, row: Any, told: str | None) -> str | None:
    if told is None:
        return "this version stands, and the trail knows nothing of it"
    if row.digest.hex() != told:
        return "this version's digest is not the one that the trail tells of"
    if row.sealed is None:
        return "this version's title is gone"
    if row.filed_under != row.pupil_id:
        return "this version stands under another pupil than its document"
    if row.number == 1 and row.sent_by != row.made_by:
        return "whose document this is, is not what its first version says"
    owner = bodies.key_of(row.pupil_id, row.label)
    try:
        title, salt = bodies.open_words(keys, owner, row.id, row.sealed)
        pieces = bodies.pieces(lambda: nullcontext(connection), keys, owner, row.id, row.pieces)
        if bodies.digest(salt, heading_of(row, title), pieces) != row.digest:
            return "this version does not answer its digest"
    except (SealError, DomainError, ValueError, KeyError, TypeError) as error:
        return f"this version does not open ({error})"
    return None


def _check_surplus(connection: Connection) -> Iterator[Fault]:
    """Rows that nothing leads to: pieces that no version counts, and documents without a version."""
    body, version = DocumentBody, DocumentVersion
    found = (
        select(body.version_id, version.document_id, version.number)
        .join(version, version.id == body.version_id, isouter=True)
        .group_by(body.version_id, version.id, version.document_id, version.number, version.pieces)
        .having(or_(version.id.is_(None), func.count() > version.pieces + 1, func.min(body.number) < 0))
    )
    for row in connection.execute(found):
        if row.document_id is None:
            yield Fault(f"document version {row.version_id}", None, "pieces of a version that is not there")
        else:
            what = "there are more pieces than this version has"
            yield Fault(f"document {row.document_id}", row.number, what)
    bare = select(Document.id).where(~select(version.id).where(version.document_id == Document.id).exists())
    for document_id in connection.scalars(bare):
        yield Fault(f"document {document_id}", None, "this document stands without any version")


def _check_withdrawals(connection: Connection, keys: KeyChest) -> Iterator[Fault]:
    told = {
        (one, detail["version"]): detail["why"]
        for one, detail in _events(connection, Event.DOCUMENT_WITHDRAWN)
    }
    query = (
        select(
            DocumentWithdrawal.version_id,
            DocumentWithdrawal.document_id,
            DocumentWithdrawal.why,
            DocumentWithdrawal.sealed,
            DocumentVersion.number,
            Document.pupil_id,
            Document.label,
        )
        .join(DocumentVersion, DocumentVersion.id == DocumentWithdrawal.version_id, isouter=True)
        .join(Document, Document.id == DocumentVersion.document_id, isouter=True)
    )
    for row in connection.execute(query):
        why = told.pop((row.document_id, row.number), None)
        if why is None:
            what: str | None = "this withdrawal stands, and the trail knows nothing of it"
        elif why != row.why:
            what = "this was withdrawn for another reason, by the trail"
        else:
            what = _reason_fault(keys, row)
        if what:
            yield Fault(f"document {row.document_id}", row.number, what)
    for document_id, number in sorted(told):
        yield Fault(f"document {document_id}", number, "the trail tells of a withdrawal, and it is gone")


def _reason_fault(keys: KeyChest, row: Any) -> str | None:
    owner = bodies.key_of(row.pupil_id, row.label)
    fetch_ahead(keys, [owner])
    try:
        keys.open(owner, Place("document_withdrawal", "sealed", row.version_id), row.sealed)
    except (SealError, DomainError, ValueError) as error:
        return f"why this was withdrawn does not open ({error})"
    return None
