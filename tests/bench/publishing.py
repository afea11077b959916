"""Finalising a plan without HTTP, next to one row inserted and committed through the driver.

Every client is a process of its own, as the server's workers are. Counted beside the time: the statements
that a deed sends, which on PostgreSQL are its round trips, since a unit that looks runs under autocommit.
"""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import time
from collections.abc import Callable
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import make_url

from isp.audit import Store, looking
from isp.kernel.actor import Actor
from isp.kernel.crypto import Keyring
from isp.kernel.db import Database
from isp.plans import actions
from tests.bench.figures import TITLES, Table, Timing
from tests.bench.seeding import World, plans_in_words
from tests.statements import statements

SHARE = 600
"""Deeds at each number of clients."""


def measure_publishing(
    engine: str, url: str, keyring: Keyring, world: World, clients: tuple[int, ...]
) -> tuple[Table, dict[int, Timing]]:
    """Rates at every number of clients, with the ratio to the raw INSERT; also by number of clients.

    The raw row is as large as the sealed words of the plan that is finalised.
    """
    table = Table(f"Finalising without HTTP on {engine}")
    table.say(plans_in_words(world))
    table.say(TITLES)
    others = list(world.others)
    sent = _count(url, keyring, others.pop())
    found: dict[int, Timing] = {}
    kinds = (("", others, world.sealed), (", heavy plan", list(world.heavy_others), world.heavy_sealed))
    for of, spare, size in kinds:
        share = min(SHARE, len(spare) // len(clients))
        for count in clients:
            each = max(2, share // count)
            raw = _together([(_raw, (url, each, size)) for _ in range(count)])
            parts = [[spare.pop() for _ in range(each)] for _ in range(count)]
            timing = _together([(_publish, (url, keyring, part)) for part in parts])
            # Once more afterwards: a machine that does other things changes its pace meanwhile.
            again = _together([(_raw, (url, each, size)) for _ in range(count)])
            raw = Timing(raw.took + again.took, 0.0, count)
            table.timing(f"one INSERT{of}", raw)
            table.timing(f"finalise{of}", timing, ("the INSERT", raw))
            if not of:
                found[count] = timing
    commits = "1 commit" if engine == "sqlite" else "1 of them writes and commits"
    table.say(f"statements of one finalising: {len(sent)} ({commits})")
    return table, found


def _count(url: str, keyring: Keyring, one: tuple[UUID, UUID]) -> list[str]:
    store = Store(Database(url), keyring)
    try:
        with statements(store.database) as sent:
            _one(store, *one)
        return sent
    finally:
        store.database.dispose()


def _one(store: Store, person_id: UUID, record_id: UUID) -> None:
    with looking(store, Actor(person_id=person_id, method="password")) as unit:
        actions.publish(unit, record_id, 0, "As agreed at the review.")


def _publish(
    url: str, keyring: Keyring, plans: list[tuple[UUID, UUID]], ready: Callable[[], None]
) -> list[float]:
    store = Store(Database(url), keyring)
    warm, *rest = plans
    _one(store, *warm)
    ready()
    took = []
    for person_id, record_id in rest:
        start = time.perf_counter()
        _one(store, person_id, record_id)
        took.append(time.perf_counter() - start)
    store.database.dispose()
    return took


def _raw(url: str, count: int, size: int, ready: Callable[[], None]) -> list[float]:
    address = make_url(url)
    row = os.urandom(size)
    if address.get_backend_name() == "sqlite":
        connection = sqlite3.connect(address.database or "", timeout=60, isolation_level=None)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS bench_raw (id BLOB PRIMARY KEY, body BLOB)")

        def insert() -> None:
            connection.execute("INSERT INTO bench_raw VALUES (?, ?)", (uuid4().bytes, row))
    else:
        plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
        server = psycopg.connect(plain, autocommit=True)
        server.execute("SELECT pg_advisory_lock(4711)")
        server.execute("CREATE TABLE IF NOT EXISTS bench_raw (id uuid PRIMARY KEY, body bytea)")
        server.execute("SELECT pg_advisory_unlock(4711)")

        def insert() -> None:
            server.execute("INSERT INTO bench_raw VALUES (%s, %s)", (uuid4(), row))

    for _ in range(10):
        insert()
    ready()
    took = []
    for _ in range(count):
        start = time.perf_counter()
        insert()
        took.append(time.perf_counter() - start)
    return took


def _together(work: list[tuple[Callable[..., list[float]], tuple[object, ...]]]) -> Timing:
    """Each piece of work in a process of its own, all beginning at once."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(len(work))
    results = context.Queue()
    processes = [
        context.Process(target=_begin, args=(what, arguments, barrier, results)) for what, arguments in work
    ]
    for process in processes:
        process.start()
    found = [results.get(timeout=300) for _ in processes]
    for process in processes:
        process.join()
    failed = [one for one in found if isinstance(one, str)]
    assert not failed, failed[0]
    return Timing([took for one in found for took in one], 0.0, len(work))


def _begin(
    what: Callable[..., list[float]], arguments: tuple[object, ...], barrier: object, results: object
) -> None:
    try:
        results.put(what(*arguments, barrier.wait))  # type: ignore[attr-defined]
    except Exception as failure:  # noqa: BLE001 told by the process that waits
        barrier.abort()  # type: ignore[attr-defined]
        results.put(repr(failure))  # type: ignore[attr-defined]
