"""The walk in order, which names the first event that is wrong and says how.

The database sorts for it, so it is the slower one: what ``isp.audit.quick`` finds to be as it was written
is not walked again here. One place in one chain is all it keeps besides the heads of its span.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import Connection

from isp.audit.chains import Chain
from isp.audit.faults import Fault, Report
from isp.audit.ledger import PREFIX, head_mac
from isp.audit.models import AuditHead
from isp.audit.reading import Span, blocks
from isp.kernel.crypto import Keyring
from isp.kernel.db import table_of

HEADS = table_of(AuditHead)


def head_fault(keyring: Keyring, chain_id: UUID, head: Any) -> Fault | None:
    """What is wrong with a head by itself."""
    if Chain(head.name).id != chain_id:
        return Fault(head.name, None, "the head's name is not this chain's")
    if not hmac.compare_digest(head_mac(keyring, head.name, head.seq, head.hash), head.mac):
        return Fault(head.name, head.seq, "the head was not written by this installation")
    return None


class Walk:
    """The walk's place: which chain, which number comes next, which hash it must name."""

    def __init__(self, keyring: Keyring, heads: dict[UUID, Any], report: Report) -> None:
        self.keyring = keyring
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
        """Note what is wrong, and judge no more of this chain."""
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
        wrong = head_fault(self.keyring, chain_id, head)
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
        """Say which of the checks of ``take`` failed."""
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
        for chain_id in sorted(self.unseen):
            if len(self.report.faults) >= most:
                return
            head = self.heads[chain_id]
            wrong = head_fault(self.keyring, chain_id, head)
            if wrong:
                self.report.faults.append(wrong)
            elif head.seq >= 0:
                self.report.faults.append(Fault(head.name, None, "all of the chain's events are gone"))


def walk_chains(keyring: Keyring, connection: Connection, span: Span, report: Report, most: int) -> None:
    """Walk the chains of a span, one after the other, each from its first event to its last."""
    heads = {row.chain_id: row for row in connection.execute(select(HEADS).where(span.of(HEADS)))}
    walk = Walk(keyring, heads, report)
    postgres = connection.dialect.name == "postgresql"
    before: Any = None
    for block in blocks(connection, "audit_event", "chain_id, seq, canon, hash", span, "chain_id, seq"):
        for chain_id, seq, canon, digest in block:
            if chain_id != before:
                before = chain_id
                walk.enter(chain_id if postgres else UUID(chain_id), seq)
                if len(report.faults) >= most:
                    return
            report.events += 1
            if not walk.broken:
                walk.take(seq, canon, digest)
    walk.finish(most)
