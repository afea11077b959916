"""The walk that checks the trail: chains, then projections, then payloads.

Each level is worth having alone. The chain walk needs no key but the ledger's: every event's hash is
recomputed from the stored bytes, numbers run without a gap, each event names the hash before it, and
the head agrees and carries a MAC that only the keyring's holder can make. Projections: the clear columns
say what the hashed bytes say. Payloads: the sealed bytes are those the event names, they open, and their
content answers the commitment.

What it cannot see is said in the README: a database put back whole to an earlier day, and anything done
by somebody who holds the keyring.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import Connection

from isp.audit.chains import Chain
from isp.audit.events import BY_CODE
from isp.audit.ledger import PREFIX, commitment, head_mac, payload_place
from isp.audit.models import AuditEvent, AuditHead
from isp.audit.unit import Store
from isp.kernel import clock
from isp.kernel.crypto import SealError
from isp.kernel.db import table_of
from isp.kernel.errors import DomainError
from isp.kernel.keys import KeyChest

HEADS = table_of(AuditHead)
EVENTS = table_of(AuditEvent)
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing wrong with a chain: which event (None: the chain as a whole), and what, in words."""

    chain: str
    seq: int | None
    what: str

    def __str__(self) -> str:
        where = f"event {self.seq} of " if self.seq is not None else ""
        return f"{where}{self.chain}: {self.what}"


@dataclass(slots=True)
class Report:
    """What a walk saw. ``ok`` only if nothing at all is in doubt."""

    chains: int = 0
    events: int = 0
    payloads: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything that was looked at is as it was written."""
        return not self.faults


Check = Callable[[Connection, KeyChest], Iterator[Fault]]


def verify(
    store: Store,
    *,
    projections: bool = True,
    payloads: bool = True,
    more: tuple[Check, ...] = (),
    most_faults: int = 20,
) -> Report:
    """Walk everything, as of one moment. ``more`` are checks of other rooms (stored versions, pupils).

    Stops after ``most_faults`` faults; a fault ends the walk of its own chain only.
    """
    report = Report()
    # As of one moment: heads read now and events read later would differ wherever somebody writes between.
    with store.database.still() as connection:
        heads = _heads(connection)
        _walk_chains(store, connection, heads, report, most_faults)
        if projections and report.ok:
            _walk_projections(store, connection, report, most_faults, payloads=payloads)
        if payloads and report.ok:
            # The rooms' checks trust the events they read, so they wait for a trail that is sound.
            keys = KeyChest(store.keyring, connection, clock.now())
            for check in more:
                for fault in check(connection, keys):
                    report.faults.append(fault)
                    if len(report.faults) >= most_faults:
                        return report
    return report


def verify_chain(store: Store, chain: Chain, *, most_events: int | None = None) -> Report | None:
    """Walk one chain, with its projections and the digests of its payloads, which stay sealed.

    For whoever reads one history and wants to know that it is whole. None, and nothing walked, where the
    chain is longer than ``most_events``. A chain that nobody has written to is whole.
    """
    report = Report()
    with store.database.reading() as connection:
        head = connection.execute(select(HEADS).where(HEADS.c.chain_id == chain.id)).first()
        if most_events is not None and head is not None and head.seq >= most_events:
            return None
        walk = _Walk(store, {} if head is None else {chain.id: head}, report)
        for row in _rows_of(connection, chain, None if head is None else head.seq):
            if walk.chain is None:
                walk.enter(chain.id, row.seq)
            if report.faults:
                break
            report.events += 1
            canon = json.loads(row.canon) if walk.take(row.seq, row.canon, row.hash) else None
            what = canon and (_projection_fault(row, canon) or _binding_fault(row, canon))
            if what:
                walk.fault(row.seq, what)
        walk.finish(1)
    return report


def _rows_of(connection: Connection, chain: Chain, last: int | None) -> Iterator[Any]:
    """A chain's events in order, up to the head that was read: somebody may be writing meanwhile."""
    after = -1
    while True:
        query = select(EVENTS).where(EVENTS.c.chain_id == chain.id, EVENTS.c.seq > after)
        if last is not None:
            query = query.where(EVENTS.c.seq <= last)
        rows = connection.execute(query.order_by(EVENTS.c.seq).limit(BATCH)).all()
        yield from rows
        if len(rows) < BATCH:
            return
        after = rows[-1].seq


def _heads(connection: Connection) -> dict[UUID, Any]:
    return {row.chain_id: row for row in connection.execute(select(HEADS))}


class _Walk:
    """The chain walk's place: which chain, which number comes next, which hash it must name."""

    def __init__(self, store: Store, heads: dict[UUID, Any], report: Report) -> None:
        self.store = store
        self.heads = heads
        self.report = report
        self.unseen = set(heads)
        self.chain: UUID | None = None
        self.name = ""
        self.mark = b""
        self.expected = 0
        self.last = b""
        self.broken = False

    def fault(self, seq: int | None, what: str) -> None:
        self.report.faults.append(Fault(self.name, seq, what))
        self.broken = True

    def enter(self, chain_id: UUID, seq: int) -> None:
        """Leave the chain walked so far and begin the next."""
        self.leave()
        self.chain, self.expected, self.broken = chain_id, 0, False
        self.report.chains += 1
        head = self.heads.get(chain_id)
        if head is None:
            self.name = f"chain {chain_id}"
            self.fault(seq, "the chain has events but no head")
            return
        self.unseen.discard(chain_id)
        self.name = head.name
        wrong = _head_fault(self.store, chain_id, head)
        if wrong:
            self.report.faults.append(wrong)
        self.last = Chain(head.name).genesis
        self.mark = b'"chain":"%s",' % head.name.encode("ascii")

    def leave(self) -> None:
        """Compare where the chain ended with what its head says."""
        if self.chain is None or self.broken:
            return
        head = self.heads[self.chain]
        if head.seq != self.expected - 1 or head.hash != self.last:
            self.fault(self.expected - 1, "the chain ends here, and its head says that it does not")

    def explain(self, seq: int, canon: bytes, digest: bytes) -> None:
        """Say which of the checks of the loop failed."""
        if seq != self.expected:
            gap = seq > self.expected
            what = f"event {self.expected} is missing" if gap else "the numbering goes back"
        elif hashlib.sha256(PREFIX + canon).digest() != digest:
            what = "its bytes were altered"
        elif b'"prev":"%s",' % self.last.hex().encode("ascii") not in canon:
            what = "it does not follow the event before it"
        else:
            what = "it belongs to another place in the trail"
        self.fault(min(seq, self.expected), what)

    def take(self, seq: int, canon: bytes, digest: bytes) -> bool:
        """Judge the next event; False where it does not follow."""
        if not (
            seq == self.expected
            and hashlib.sha256(PREFIX + canon).digest() == digest
            and b'"prev":"%s",' % self.last.hex().encode("ascii") in canon
            and self.mark in canon
            and b'"seq":%d,' % seq in canon
        ):
            self.explain(seq, canon, digest)
            return False
        self.expected, self.last = seq + 1, digest
        return True

    def finish(self, most: int) -> None:
        """The last chain's end, and the heads whose chains had no event at all."""
        self.leave()
        for chain_id in self.unseen:
            if len(self.report.faults) >= most:
                return
            head = self.heads[chain_id]
            wrong = _head_fault(self.store, chain_id, head)
            if wrong:
                self.report.faults.append(wrong)
            elif head.seq >= 0:
                self.report.faults.append(Fault(head.name, None, "all of the chain's events are gone"))


def _walk_chains(
    store: Store, connection: Connection, heads: dict[UUID, Any], report: Report, most: int
) -> None:
    walk = _Walk(store, heads, report)
    sha256, events = hashlib.sha256, 0
    for chain_id, seq, canon, digest in _stream(connection, store.database.is_sqlite):
        if chain_id != walk.chain:
            walk.enter(chain_id, seq)
            if len(report.faults) >= most:
                break
        events += 1
        if walk.broken:
            continue
        # One condition, because this loop runs once per event; ``explain`` says which part failed.
        if not (
            seq == walk.expected
            and sha256(PREFIX + canon).digest() == digest
            and b'"prev":"%s",' % walk.last.hex().encode("ascii") in canon
            and walk.mark in canon
            and b'"seq":%d,' % seq in canon
        ):
            walk.explain(seq, canon, digest)
            continue
        walk.expected, walk.last = seq + 1, digest
    else:
        walk.finish(most)
    report.events = events


def _head_fault(store: Store, chain_id: UUID, head: Any) -> Fault | None:
    if Chain(head.name).id != chain_id:
        return Fault(head.name, None, "the head's name is not this chain's")
    if not hmac.compare_digest(head_mac(store.keyring, head.name, head.seq, head.hash), head.mac):
        return Fault(head.name, head.seq, "the head was not written by this installation")
    return None


def _stream(connection: Connection, is_sqlite: bool) -> Iterator[tuple[UUID, int, bytes, bytes]]:
    """Every event in chain order: chain, number, hashed bytes, hash."""
    if is_sqlite:
        raw: Any = connection.connection.driver_connection
        rows = raw.execute("SELECT chain_id, seq, canon, hash FROM audit_event ORDER BY chain_id, seq")
        for chain_hex, seq, canon, digest in rows:
            yield UUID(chain_hex), seq, canon, digest
        return
    yield from _copy_binary(connection)


def _copy_binary(connection: Connection) -> Iterator[tuple[UUID, int, bytes, bytes]]:
    """The same by PostgreSQL's binary COPY, which costs no parsing of text (PostgreSQL manual, COPY).

    Each row: a 16-bit count of fields, then for each a 32-bit length and its bytes, all big-endian.
    """
    raw: Any = connection.connection.driver_connection
    query = (
        "COPY (SELECT chain_id, seq, canon, hash FROM audit_event ORDER BY chain_id, seq) "
        "TO STDOUT (FORMAT binary)"
    )
    signature = 19
    head = struct.Struct(">hi16siqi").unpack_from  # count, 16, chain, 8, seq, length of canon
    length = struct.Struct(">i").unpack_from
    uuids: dict[bytes, UUID] = {}
    with raw.cursor() as cursor, cursor.copy(query) as copy:
        first = True
        for block in copy:
            data = bytes(block)
            at = 0
            if first:
                at, first = signature, False
            while at < len(data):
                if data[at : at + 2] == b"\xff\xff":
                    break  # the end; what is left of the stream is read, or the connection stays busy
                _, _, chain, _, seq, size = head(data, at)
                start = at + 38
                canon = data[start : start + size]
                (hash_size,) = length(data, start + size)
                end = start + size + 4 + hash_size
                known = uuids.get(chain)
                if known is None:
                    uuids.clear()
                    known = uuids[chain] = UUID(bytes=chain)
                yield known, seq, canon, data[start + size + 4 : end]
                at = end


def _walk_projections(
    store: Store, connection: Connection, report: Report, most: int, *, payloads: bool
) -> None:
    last: tuple[UUID, int] | None = None
    while True:
        query = select(EVENTS).order_by(EVENTS.c.chain_id, EVENTS.c.seq).limit(BATCH)
        if last:
            chain_id, seq = last
            query = query.where(
                (EVENTS.c.chain_id > chain_id) | ((EVENTS.c.chain_id == chain_id) & (EVENTS.c.seq > seq))
            )
        rows = connection.execute(query).all()
        if not rows:
            return
        keys = KeyChest(store.keyring, connection, clock.now())
        parsed = [(row, json.loads(row.canon)) for row in rows]
        if payloads:
            owners = {Chain(canon["chain"]).key for row, canon in parsed if row.payload is not None}
            keys.fetch([owner for owner in owners if owner])
        for row, canon in parsed:
            what = _projection_fault(row, canon) or _binding_fault(row, canon)
            if not what and payloads and row.payload is not None:
                what = _payload_fault(row, canon, keys)
                report.payloads += 1
            if what:
                report.faults.append(Fault(canon["chain"], row.seq, what))
                if len(report.faults) >= most:
                    return
        last = (rows[-1].chain_id, rows[-1].seq)


@lru_cache(maxsize=1024)
def _id_of(name: str) -> UUID:
    """A chain's id: events of a chain come one after the other, and the id is a hash of the name."""
    return Chain(name).id


def _projection_fault(row: Any, canon: dict[str, Any]) -> str | None:
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


def _binding_fault(row: Any, canon: dict[str, Any]) -> str | None:
    named = canon.get("pl")
    if row.payload is None:
        return "its sealed content is gone" if named else None
    if hashlib.sha256(row.payload).hexdigest() != named:
        return "its sealed content is not the one that was recorded"
    return None


def _payload_fault(row: Any, canon: dict[str, Any], keys: KeyChest) -> str | None:
    owner = Chain(canon["chain"]).key
    if owner is None:
        return "it has sealed content where there can be none"
    try:
        held = keys.open(owner, payload_place(row.id), row.payload)
        salt = base64.b64decode(held["salt"])
        if commitment(salt, held["content"]).hex() != canon["commit"]:
            return "its content does not answer the commitment"
    except (SealError, DomainError, ValueError, KeyError, TypeError) as error:
        return f"its sealed content does not open ({error})"
    return None
