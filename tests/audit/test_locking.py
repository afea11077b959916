"""Chains begun by several at once on PostgreSQL: whoever waits holds nothing that another waits for."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from uuid import uuid4

import pytest
from sqlalchemy import text

from isp.audit import Chain, Event, Unit
from tests.audit.trail import WHY, head, whole
from tests.cast import Cast

postgres_only = pytest.mark.parametrize("engine_name", ["postgresql"])


def waiting(cast: Cast, number: int) -> None:
    """Come back when so many units wait for a lock."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with cast.store.database.reading() as connection:
            if connection.scalar(query) == number:
                return
        time.sleep(0.02)
    raise AssertionError(f"never saw {number} units wait")


def held_open(cast: Cast, chain: Chain) -> ExitStack:
    """A unit that has begun a chain and has not committed yet; ``close`` commits it."""
    stack = ExitStack()
    connection = stack.enter_context(cast.store.database.writing())
    unit = Unit(cast.store, cast.actor("pam"), connection, holds_lock=True)
    unit.record(WHY, Event.HISTORY_VIEWED, chain)
    unit.finish()
    return stack


@pytest.mark.postgres
@postgres_only
def test_a_unit_that_waits_for_a_chain_to_be_begun_holds_no_head_that_another_wants(cast):
    """Two begin a chain each; a third wants both and an old one, a fourth the first and the old one."""
    first, old, second = next(
        (a, b, c)
        for a, b, c in iter(lambda: [Chain.organisation(uuid4()) for _ in range(3)], None)
        if a.id < b.id and a.id < c.id and a.name < c.name
    )
    with cast.acting("sara") as unit:
        unit.record(WHY, Event.HISTORY_VIEWED, old)

    def view(who: str, *chains: Chain) -> None:
        with cast.acting(who) as unit:
            unit.record(WHY, Event.HISTORY_VIEWED, *chains)

    with (
        ThreadPoolExecutor(2) as pool,
        held_open(cast, first) as begins_first,
        held_open(cast, second) as begins_second,
    ):
        third = pool.submit(view, "tom", first, old, second)
        waiting(cast, 1)  # for the first chain
        begins_first.close()
        waiting(cast, 1)  # for the second
        fourth = pool.submit(view, "dan", first, old)
        with suppress(TimeoutError):
            fourth.result(timeout=1)  # it need not wait for the third; where it does, both wait in a ring
        begins_second.close()
        third.result(timeout=30)
        fourth.result(timeout=30)
    assert [head(cast, chain).seq for chain in (first, old, second)] == [2, 2, 1]
    whole(cast)
