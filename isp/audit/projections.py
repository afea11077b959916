"""What an event shows against what was sealed: its clear columns, its sealed content, its commitment.

``walk_projections`` names what is wrong, an event at a time and in order; what ``isp.audit.quick`` found
to agree is not read again here.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from isp.audit.chains import Chain
from isp.audit.events import BY_CODE
from isp.audit.faults import Fault, Report
from isp.audit.ledger import answers, payload_place
from isp.audit.models import AuditEvent, AuditHead
from isp.audit.reading import Span
from isp.kernel import clock
from isp.kernel.crypto import Keyring, SealError
from isp.kernel.db import table_of
from isp.kernel.errors import DomainError
from isp.kernel.keys import KeyChest, KeyOf

EVENTS = table_of(AuditEvent)
HEADS = table_of(AuditHead)
BATCH = 2000


def walk_projections(
    keyring: Keyring, connection: Connection, span: Span, report: Report, most: int, *, payloads: bool
) -> None:
    """Judge every event of a span, in order. Its chains were found sound before."""
    last: tuple[UUID, int] | None = None
    while True:
        query = select(EVENTS).where(span.of(EVENTS)).order_by(EVENTS.c.chain_id, EVENTS.c.seq).limit(BATCH)
        if last:
            chain_id, seq = last
            query = query.where(
                (EVENTS.c.chain_id > chain_id) | ((EVENTS.c.chain_id == chain_id) & (EVENTS.c.seq > seq))
            )
        try:
            rows = connection.execute(query).all()
        except (DBAPIError, ValueError, TypeError):
            report.faults += _unreadable(connection, query, most - len(report.faults))
            return
        if not rows:
            return
        keys = KeyChest(keyring, connection, clock.now())
        parsed = [(row, json.loads(row.canon)) for row in rows]
        if payloads:
            owners = {Chain(canon["chain"]).key for row, canon in parsed if row.payload is not None}
            fetch_ahead(keys, [owner for owner in owners if owner])
        for row, canon in parsed:
            what = projection_fault(row, canon) or binding_fault(row, canon)
            if not what and payloads and row.payload is not None:
                what = payload_fault(row.id, row.payload, canon, keys)
                report.payloads += 1
            if what:
                report.faults.append(Fault(canon["chain"], row.seq, what))
                if len(report.faults) >= most:
                    return
        last = (rows[-1].chain_id, rows[-1].seq)


def _unreadable(connection: Connection, query: Select[Any], most: int) -> Iterator[Fault]:
    """Which events of a batch hold what no column of theirs can, such as a day that no calendar has."""
    places = connection.execute(query.with_only_columns(EVENTS.c.chain_id, EVENTS.c.seq)).all()
    for chain_id, seq in places:
        try:
            connection.execute(select(EVENTS).where(EVENTS.c.chain_id == chain_id, EVENTS.c.seq == seq)).one()
        except (DBAPIError, ValueError, TypeError):
            name = connection.scalar(select(HEADS.c.name).where(HEADS.c.chain_id == chain_id))
            yield Fault(str(name), seq, "a column of it holds what cannot be read")
            most -= 1
        if most <= 0:
            return


def fetch_ahead(keys: KeyChest, owners: Iterable[KeyOf]) -> None:
    """Have keys ready for what is opened next. One that was spoilt is told where it is needed."""
    with suppress(SealError, DomainError):
        keys.fetch(owners)


@lru_cache(maxsize=1024)
def _id_of(name: str) -> UUID:
    """A chain's id: events of a chain come one after the other, and the id is a hash of the name."""
    return Chain(name).id


def projection_fault(row: Any, canon: dict[str, Any]) -> str | None:
    """The first clear column that does not show what the hashed bytes say."""
    obj = canon.get("obj") or {}
    told: tuple[tuple[str, Any, Any], ...] = (
        ("chain_id", row.chain_id, _id_of(canon["chain"])),
        ("seq", row.seq, canon["seq"]),
        ("id", str(row.id), canon["id"]),
        ("at", row.at, clock.from_stamp(canon["t"])),
        ("actor", row.actor, canon["actor"]),
        ("act", row.act, canon["act"]),
        ("object_type", row.object_type, obj.get("type")),
        ("object_id", row.object_id and str(row.object_id), obj.get("id")),
    )
    for name, shown, hashed in told:
        if shown != hashed:
            return f"the column {name} shows something else than was sealed"
    if canon["act"] not in BY_CODE:
        return "it is of a kind that this version does not know"
    return None


def binding_fault(row: Any, canon: dict[str, Any]) -> str | None:
    """Whether the sealed content is the one that the event names."""
    named = canon.get("pl")
    if row.payload is None:
        return "its sealed content is gone" if named else None
    if hashlib.sha256(row.payload).hexdigest() != named:
        return "its sealed content is not the one that was recorded"
    return None


def payload_fault(event_id: UUID, payload: bytes, canon: dict[str, Any], keys: KeyChest) -> str | None:
    """Whether the sealed content opens, and answers the commitment."""
    owner = Chain(canon["chain"]).key
    if owner is None:
        return "it has sealed content where there can be none"
    try:
        held = keys.open(owner, payload_place(event_id), payload)
        if not answers(base64.b64decode(held["salt"]), held["content"], canon["commit"]):
            return "its content does not answer the commitment"
    except (SealError, DomainError, ValueError, KeyError, TypeError) as error:
        return f"its sealed content does not open ({error})"
    return None
