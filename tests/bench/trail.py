"""``isp audit verify``: the chain walk alone, and with projections, payloads, versions and drafts."""

from __future__ import annotations

import time

from isp.audit import Store
from isp.audit.verify import Check, verify
from isp.kernel.crypto import Keyring
from isp.kernel.db import Database
from isp.records.trail import check_records
from isp.register.trail import check_pupils
from tests.bench.figures import Table

CHECKS: tuple[Check, ...] = (check_pupils, check_records)


def measure_trail(engine: str, url: str, keyring: Keyring) -> Table:
    """Events a second of each walk; the better of three for the walk alone."""
    table = Table(f"The trail on {engine}")
    store = Store(Database(url), keyring)
    try:
        walks = [_walk(store, whole=False) for _ in range(3)]
        events, rate = max(walks, key=lambda walk: walk[1])
        table.say(f"chain walk alone           {rate:>10,.0f} events/s   ({events:,} events)")
        events, rate = _walk(store, whole=True)
        table.say(
            f"with all that it checks    {rate:>10,.0f} events/s   ({events:,} events, and every plan opened)"
        )
    finally:
        store.database.dispose()
    return table


def _walk(store: Store, *, whole: bool) -> tuple[int, float]:
    start = time.perf_counter()
    report = verify(store, projections=whole, payloads=whole, more=CHECKS if whole else ())
    took = time.perf_counter() - start
    assert report.ok, report.faults[:3]
    return report.events, report.events / took
