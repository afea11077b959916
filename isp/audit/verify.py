"""The walk that checks the trail: chains, then projections, then payloads.

Each level is worth having alone. The chain walk needs no key but the ledger's: every event's hash is
recomputed from the stored bytes, numbers run without a gap, each event names the hash before it, and
the head agrees and carries a MAC that only the keyring's holder can make. Projections: the clear columns
say what the hashed bytes say. Payloads: the sealed bytes are those the event names, they open, and their
content answers the commitment.

``quick`` answers yes or no for everything, in the order in which it lies; ``walk`` and ``projections``
look in order where it did not say yes, and name the first event that is wrong.

What it cannot see is said in the README: a database put back whole to an earlier day, and anything done
by somebody who holds the keyring.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from isp.audit.chains import Chain
from isp.audit.faults import Fault, Report
from isp.audit.models import AuditEvent, AuditHead
from isp.audit.projections import binding_fault, projection_fault, walk_projections
from isp.audit.quick import Quick
from isp.audit.reading import CHAINS_OF_A_SPAN, Span, prepare, spans
from isp.audit.unit import Store
from isp.audit.walk import Walk, walk_chains
from isp.kernel import clock
from isp.kernel.db import table_of
from isp.kernel.keys import KeyChest

__all__ = ["Check", "Fault", "Report", "verify", "verify_chain"]

HEADS = table_of(AuditHead)
EVENTS = table_of(AuditEvent)
BATCH = 2000

Check = Callable[[Connection, KeyChest], Iterator[Fault]]


def verify(
    store: Store,
    *,
    projections: bool = True,
    payloads: bool = True,
    more: tuple[Check, ...] = (),
    most_faults: int = 20,
    chains_at_once: int = CHAINS_OF_A_SPAN,
) -> Report:
    """Walk everything, as of one moment. ``more`` are checks of other rooms (stored versions, pupils).

    Stops after ``most_faults`` faults; a fault ends the walk of its own chain only. Memory grows with
    ``chains_at_once``; every so many chains more, the events are read through once more.
    """
    report = Report()
    # As of one moment: heads read now and events read later would differ wherever somebody writes between.
    with store.database.still() as connection:
        prepare(connection)
        chains = connection.scalar(select(func.count()).select_from(HEADS)) or 0
        parts = spans(chains, chains_at_once)
        doubtful = _walk_ledger(
            store, connection, parts, report, most_faults, deep=projections, payloads=payloads
        )
        if projections and report.ok:
            # Projections repeat what the chains hold, so they are judged where every chain is sound.
            for span in doubtful:
                if len(report.faults) < most_faults:
                    walk_projections(store.keyring, connection, span, report, most_faults, payloads=payloads)
        if payloads and report.ok:
            # The rooms' checks trust the events they read, so they wait for a trail that is sound.
            keys = KeyChest(store.keyring, connection, clock.now())
            for check in more:
                for fault in check(connection, keys):
                    report.faults.append(fault)
                    if len(report.faults) >= most_faults:
                        return report
    return report


def _walk_ledger(
    store: Store,
    connection: Connection,
    parts: list[Span],
    report: Report,
    most: int,
    *,
    deep: bool,
    payloads: bool,
) -> list[Span]:
    """Judge each span at once, and its chains in order where that left a doubt; gives those spans."""
    doubtful = []
    for span in parts:
        quick = Quick(store.keyring, connection, span, deep=deep, payloads=deep and payloads)
        if not quick.walk(report):
            doubtful.append(span)
            walk_chains(store.keyring, connection, span, report, most)
            if len(report.faults) >= most:
                break
    return doubtful


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
        walk = Walk(store.keyring, {} if head is None else {chain.id: head}, report)
        for row in _rows_of(connection, chain, None if head is None else head.seq):
            if walk.chain is None:
                walk.enter(chain.id, row.seq)
            if report.faults:
                break
            report.events += 1
            canon = json.loads(row.canon) if walk.take(row.seq, row.canon, row.hash) else None
            what = canon and (projection_fault(row, canon) or binding_fault(row, canon))
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
