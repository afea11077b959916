"""Anchors: where each chain stood on a day, kept by somebody else, and compared later.

A head's MAC cannot tell an old head from the present one: whoever puts an earlier copy of the database
back passes it. A file of anchors kept elsewhere (by the authority, on paper, in another account) shows
it, because the hash at each anchored number must still be there. One line a chain: name, number, hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select

from isp.audit.chains import Chain
from isp.audit.models import AuditEvent, AuditHead
from isp.audit.unit import Store
from isp.audit.verify import Fault
from isp.kernel.db import table_of
from isp.kernel.errors import Invalid

HEADS = table_of(AuditHead)
EVENTS = table_of(AuditEvent)


def anchors(store: Store) -> Iterator[str]:
    """A line for each chain that has an event, in order of name."""
    with store.database.reading() as connection:
        query = select(HEADS.c.name, HEADS.c.seq, HEADS.c.hash).where(HEADS.c.seq >= 0)
        for name, seq, digest in connection.execute(query.order_by(HEADS.c.name)):
            yield f"{name} {seq} {digest.hex()}"


def against(store: Store, lines: Iterable[str]) -> Iterator[Fault]:
    """A fault for each anchored event that is not there as it was. Invalid where a line is no anchor."""
    with store.database.reading() as connection:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                name, seq, digest = line.split()
                wanted, at = bytes.fromhex(digest), int(seq)
            except ValueError:
                raise Invalid(f"Line {number} of the file of anchors cannot be read.") from None
            found = connection.scalar(
                select(EVENTS.c.hash).where(EVENTS.c.chain_id == Chain(name).id, EVENTS.c.seq == at)
            )
            if found is None:
                yield Fault(name, at, "this event was here when the anchor was taken, and is gone")
            elif found != wanted:
                yield Fault(name, at, "this event is not the one that was here when the anchor was taken")
