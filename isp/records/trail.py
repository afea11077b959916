"""Stored versions and drafts against the trail: what ``isp audit verify`` asks of this room.

Every version that stands was published (or entered) by an event that names its digest, its words open and
answer that digest; every such event has its version. Every save of a draft answers the digest its event
named, and an open draft is at the revision of its last save. The head of a record is what its versions
make it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from isp.audit.events import Event
from isp.audit.models import AuditEvent
from isp.audit.projections import fetch_ahead
from isp.audit.verify import Fault
from isp.kernel.canonical import nfc
from isp.kernel.crypto import Place, SealError
from isp.kernel.db import table_of
from isp.kernel.errors import DomainError
from isp.kernel.keys import KeyChest, KeyOf
from isp.records.digest import answers, digest
from isp.records.models import Draft, DraftChange, Record, RecordVersion, VersionBody, Withdrawal
from isp.records.versions import SHARED, body_place

EVENTS = table_of(AuditEvent)
BATCH = 500


def check_records(connection: Connection, keys: KeyChest) -> Iterator[Fault]:
    """Walk all records; yields a fault for each thing in doubt."""
    yield from _check_versions(connection, keys)
    yield from _check_withdrawals(connection)
    yield from _check_drafts(connection, keys)
    yield from _check_heads(connection)


def _told(connection: Connection, *events: Event) -> dict[tuple[UUID, int], str]:
    query = select(EVENTS.c.object_id, EVENTS.c.canon).where(
        EVENTS.c.act.in_([event.code for event in events])
    )
    told = {}
    for record_id, canon in connection.execute(query):
        detail = json.loads(canon)["detail"]
        told[(record_id, detail["version"])] = detail["digest"]
    return told


def _check_versions(connection: Connection, keys: KeyChest) -> Iterator[Fault]:
    told = _told(
        connection,
        Event.PLAN_PUBLISHED,
        Event.PLAN_CORRECTED,
        Event.EARLIER_CYCLE_RECORDED,
        Event.REVIEW_CLOSED,
        Event.EHCP_VERSION_MADE,
    )
    last: tuple[UUID, int] = (UUID(int=0), -1)
    while True:
        query = (
            select(
                RecordVersion.id,
                RecordVersion.record_id,
                RecordVersion.pupil_id,
                RecordVersion.number,
                RecordVersion.digest,
                VersionBody.sealed,
            )
            .join(VersionBody, VersionBody.version_id == RecordVersion.id, isouter=True)
            .where(
                (RecordVersion.record_id > last[0])
                | ((RecordVersion.record_id == last[0]) & (RecordVersion.number > last[1]))
            )
            .order_by(RecordVersion.record_id, RecordVersion.number)
            .limit(BATCH)
        )
        rows = connection.execute(query).all()
        if not rows:
            break
        fetch_ahead(keys, [KeyOf.pupil(row.pupil_id) for row in rows])
        for row in rows:
            what = _version_fault(row, told.pop((row.record_id, row.number), None), keys)
            if what:
                yield Fault(f"record {row.record_id}", row.number, what)
        last = (rows[-1].record_id, rows[-1].number)
    for record_id, number in told:
        yield Fault(f"record {record_id}", number, "the trail tells of this version, and it is gone")


def _check_withdrawals(connection: Connection) -> Iterator[Fault]:
    query = select(EVENTS.c.object_id, EVENTS.c.canon).where(EVENTS.c.act == Event.VERSION_WITHDRAWN.code)
    told = {(row.object_id, json.loads(row.canon)["detail"]["version"]) for row in connection.execute(query)}
    kept = select(Withdrawal.record_id, RecordVersion.number).join(
        RecordVersion, RecordVersion.id == Withdrawal.version_id
    )
    found = {(row.record_id, row.number) for row in connection.execute(kept)}
    for record_id, number in sorted(told - found):
        yield Fault(f"record {record_id}", number, "the trail tells of a withdrawal, and it is gone")
    for record_id, number in sorted(found - told):
        yield Fault(
            f"record {record_id}", number, "this withdrawal stands, and the trail knows nothing of it"
        )


def _version_fault(row: Any, told: str | None, keys: KeyChest) -> str | None:
    if told is None:
        return "this version stands, and the trail knows nothing of it"
    if row.digest.hex() != told:
        return "this version's digest is not the one that was published"
    if row.sealed is None:
        return "this version's words are gone"
    try:
        held = keys.open(KeyOf.pupil(row.pupil_id), body_place(row.id), row.sealed)
        if not answers(base64.b64decode(held["salt"]), held["content"], row.digest):
            return "this version's words do not answer its digest"
    except (SealError, DomainError, ValueError, KeyError, TypeError) as error:
        return f"this version's words do not open ({error})"
    return None


def _check_drafts(connection: Connection, keys: KeyChest) -> Iterator[Fault]:
    told = {}
    query = select(EVENTS.c.object_id, EVENTS.c.canon).where(
        EVENTS.c.act.in_((Event.DRAFT_SAVED.code, Event.REVIEW_WRITTEN.code, Event.EHCP_WRITTEN.code))
    )
    for record_id, canon in connection.execute(query):
        detail = json.loads(canon)["detail"]
        told[detail["changes"]] = (record_id, detail["revision"])
    last: tuple[UUID, int] = (UUID(int=0), -1)
    while True:
        rows = connection.execute(
            select(
                DraftChange.draft_id,
                DraftChange.revision,
                DraftChange.id,
                DraftChange.sealed,
                Draft.record_id,
                Draft.pupil_id,
            )
            .join(Draft, Draft.id == DraftChange.draft_id)
            .where(
                (DraftChange.draft_id > last[0])
                | ((DraftChange.draft_id == last[0]) & (DraftChange.revision > last[1]))
            )
            .order_by(DraftChange.draft_id, DraftChange.revision)
            .limit(BATCH)
        ).all()
        if not rows:
            break
        fetch_ahead(keys, [KeyOf.pupil(row.pupil_id) for row in rows])
        for row in rows:
            found = _change_digest(row, keys)
            if found is None or told.pop(found, None) != (row.record_id, row.revision):
                yield Fault(
                    f"draft {row.draft_id}", row.revision, "this save is not the one the trail tells of"
                )
        last = (rows[-1].draft_id, rows[-1].revision)
    for record_id, revision in told.values():
        yield Fault(f"record {record_id}", revision, "the trail tells of a save of the draft, and it is gone")
    moved = connection.execute(
        select(Draft.id, Draft.revision, func.coalesce(func.max(DraftChange.revision), 0).label("saved"))
        .join(DraftChange, DraftChange.draft_id == Draft.id, isouter=True)
        .group_by(Draft.id, Draft.revision)
    )
    for draft_id, revision, saved in moved:
        if revision != saved:
            yield Fault(f"draft {draft_id}", saved, "the draft is not at the revision of its last save")


def _change_digest(row: Any, keys: KeyChest) -> str | None:
    try:
        held = keys.open(KeyOf.pupil(row.pupil_id), Place("draft_change", "sealed", row.id), row.sealed)
        return digest(base64.b64decode(held["salt"]), {"changes": nfc(held["changes"])}).hex()
    except (SealError, DomainError, ValueError, KeyError, TypeError):
        return None


def _check_heads(connection: Connection) -> Iterator[Fault]:
    newest = (
        select(
            RecordVersion.record_id,
            func.max(RecordVersion.number).label("number"),
        )
        .group_by(RecordVersion.record_id)
        .subquery()
    )
    standing = (
        select(RecordVersion.record_id, func.max(RecordVersion.number).label("current"))
        .join(Withdrawal, Withdrawal.version_id == RecordVersion.id, isouter=True)
        .where(RecordVersion.sort.in_(SHARED), Withdrawal.version_id.is_(None))
        .group_by(RecordVersion.record_id)
        .subquery()
    )
    rows = connection.execute(
        select(
            Record.id,
            Record.number,
            Record.current,
            newest.c.number.label("newest"),
            standing.c.current.label("standing"),
        )
        .join(newest, newest.c.record_id == Record.id, isouter=True)
        .join(standing, standing.c.record_id == Record.id, isouter=True)
    )
    for row in rows:
        if row.number != (row.newest or 0) or row.current != row.standing:
            yield Fault(f"record {row.id}", row.number, "the record's head does not agree with its versions")
