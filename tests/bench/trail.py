"""``isp audit verify``: the chain walk alone, and with projections, payloads, versions and drafts."""

from __future__ import annotations

import time
from dataclasses import dataclass

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
        best = max((_walk(store, whole=False) for _ in range(3)), key=lambda walk: walk.rate)
        table.say(best.told("chain walk alone", "the best of three"))
        table.say(_walk(store, whole=True).told("with all that it checks", "and every plan opened"))
    finally:
        store.database.dispose()
    return table


@dataclass(frozen=True, slots=True)
class _Walked:
    """One walk: how many events, in how many seconds, of which so many on this process's processor."""

    events: int
    took: float
    processor: float

    @property
    def rate(self) -> float:
        return self.events / self.took

    def told(self, name: str, besides: str) -> str:
        """A line of the table. The database's own processor time is not in the second figure."""
        each = self.events / self.processor
        return (
            f"{name:<26}{self.rate:>10,.0f} events/s  {each:>10,.0f} a processor second"
            f"   ({self.events:,} events, {besides})"
        )


def _walk(store: Store, *, whole: bool) -> _Walked:
    start, processor = time.perf_counter(), time.process_time()
    report = verify(store, projections=whole, payloads=whole, more=CHECKS if whole else ())
    took, processor = time.perf_counter() - start, time.process_time() - processor
    assert report.ok, report.faults[:3]
    return _Walked(report.events, took, processor)
