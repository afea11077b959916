"""A hundred thousand events, and a walk while people write: no false alarm, and a real one is found."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, text
from sqlalchemy.engine import Connection

from isp.audit import Chain, Event
from isp.audit.ledger import Entry, Head, head_mac, seal_entries
from isp.audit.verify import verify
from isp.kernel import clock
from isp.kernel.actor import Actor
from isp.kernel.db import Database
from isp.kernel.ids import new_id
from isp.kernel.immutable import trigger_name
from isp.plans import actions, queries
from isp.records.changes import Change, Op
from isp.records.trail import check_records
from isp.register.trail import check_pupils
from tests.audit.trail import EVENTS, HEADS, WHY, at_once
from tests.cast import RING, Cast, small_plan, standing_cast

CHAINS, EACH, BATCH = 200, 500, 2000
# Between two deeds of one writer, in seconds: all share one interpreter with the walk, which is to end.
PAUSE = 0.01
WALKS = 8
"""With somebody writing during each."""
PATIENCE = 90
_LAID: dict[str, Cast] = {}


def lay_out(database: Database, chains: int = CHAINS) -> None:
    """Chains with five hundred events each, sealed as the application seals them."""
    moment = clock.now() - timedelta(days=30)
    actor = Actor(person_id=new_id(), method="password")
    heads, rows = [], []
    with database.writing() as connection:
        for _ in range(chains):
            owner = new_id()
            chain = Chain.organisation(owner)
            head = Head(chain, -1, chain.genesis, moment)
            entries = [entry(chain, owner, number) for number in range(EACH)]
            fresh, head = seal_entries(entries, head, actor, moment, None)  # type: ignore[arg-type]
            rows += fresh
            heads.append(
                {
                    "chain_id": chain.id,
                    "name": chain.name,
                    "seq": head.seq,
                    "hash": head.hash,
                    "at": head.at,
                    "mac": head_mac(RING, chain.name, head.seq, head.hash),
                }
            )
            if len(rows) >= BATCH:
                in_bulk(connection, rows)
                rows = []
        in_bulk(connection, rows)
        connection.execute(insert(HEADS), heads)


def in_bulk(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Rows of the ledger by the drivers' own ways, which take a fifth of the time."""
    raw: Any = connection.connection.driver_connection
    names = ", ".join(column.name for column in EVENTS.c)
    values = [[row[column.name] for column in EVENTS.c] for row in rows]
    if connection.dialect.name == "postgresql":
        with raw.cursor() as cursor, cursor.copy(f"COPY audit_event ({names}) FROM STDIN") as copy:
            for value in values:
                copy.write_row(value)
    else:
        marks = ", ".join("?" for _ in EVENTS.c)
        raw.executemany(f"INSERT INTO audit_event ({names}) VALUES ({marks})", map(on_sqlite, values))


def on_sqlite(values: list[Any]) -> list[Any]:
    """As the application's types store them: ids as figures, instants without their zone."""
    return [
        value.hex
        if isinstance(value, UUID)
        else f"{value:%Y-%m-%d %H:%M:%S.%f}"
        if isinstance(value, datetime)
        else value
        for value in values
    ]


def entry(chain: Chain, owner: UUID, number: int) -> Entry:
    return Entry(chain, Event.PLAN_VIEWED, WHY, "record", owner, {"version": number})


@pytest.fixture
def long(engine_name: str, fresh_database: Callable[..., str]) -> Iterator[Cast]:
    def build(url: str) -> None:
        laid = standing_cast(url)
        lay_out(laid.store.database)
        laid.close()
        _LAID[engine_name] = laid

    url = fresh_database("long_trail", build)
    laid = _LAID[engine_name]
    made = Cast(
        url,
        people=dict(laid.people),
        places=dict(laid.places),
        pupils=dict(laid.pupils),
        groups=dict(laid.groups),
    )
    yield made
    made.close()


def test_a_hundred_thousand_events_raise_no_alarm(long):
    report = verify(long.store, more=(check_pupils, check_records))
    assert report.ok, list(map(str, report.faults))
    assert report.events >= CHAINS * EACH == 100_000


def test_one_byte_among_a_hundred_thousand_events_does(long):
    database = long.store.database
    on = "" if database.is_sqlite else " ON audit_event"
    with database.writing() as connection:
        connection.execute(text(f"DROP TRIGGER {trigger_name('audit_event', 'UPDATE')}{on}"))
        row = connection.execute(EVENTS.select().where(EVENTS.c.seq == EACH - 1).limit(1)).one()
        altered = row.canon.replace(b'"method":"password"', b'"method":"passw0rd"')
        done = connection.execute(EVENTS.update().where(EVENTS.c.id == row.id).values(canon=altered))
        assert done.rowcount == 1
    report = verify(long.store, payloads=False)
    assert [(fault.seq, fault.what) for fault in report.faults] == [(EACH - 1, "its bytes were altered")]


def test_walks_while_people_write_raise_no_alarm(cast):
    lay_out(cast.store.database, 10)
    record_id = cast.plan("ava", "sara", small_plan())
    with cast.acting("sara") as unit:
        actions.start_draft(unit, record_id)
    done = threading.Event()
    written = dict.fromkeys(("sara", "pam", "tom"), 0)

    def writes() -> None:
        while not done.wait(PAUSE):
            written["sara"] += 1
            with cast.acting("sara") as unit:
                draft = actions.open_draft(unit, record_id).draft
                change = Change(Op.SET, "about_me", field="hard", value=f"Words {written['sara']}")
                actions.save_draft(unit, record_id, draft.revision, [change])
                if not written["sara"] % 5:
                    draft = actions.open_draft(unit, record_id).draft
                    actions.publish(unit, record_id, draft.revision, "Because")
                    actions.start_draft(unit, record_id)

    def views(who: str) -> None:
        while not done.wait(PAUSE):
            with cast.looking(who) as unit:
                queries.read_version(unit, record_id)
            written[who] += 1

    def begins() -> None:
        while not done.wait(PAUSE):
            with cast.acting("tom") as unit:
                unit.record(WHY, Event.HISTORY_VIEWED, Chain.organisation(new_id()))
            written["tom"] += 1

    def walks() -> list[str]:
        found: list[str] = []
        disturbed, end = 0, time.monotonic() + PATIENCE
        try:
            # A walk during which nobody wrote shows nothing, so it is not counted.
            while (disturbed < WALKS or min(written.values()) <= 3) and not found:
                before = sum(written.values())
                report = verify(cast.store, more=(check_pupils, check_records))
                found += [str(fault) for fault in report.faults]
                disturbed += sum(written.values()) > before
                assert time.monotonic() < end, f"people wrote during {disturbed} walks only: {written}"
            return found
        finally:
            done.set()

    faults, *_ = at_once(walks, writes, lambda: views("pam"), begins)
    assert not faults
    assert min(written.values()) > 3, written
    assert verify(cast.store, more=(check_pupils, check_records)).ok
