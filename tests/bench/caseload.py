"""A SENCO of 250 plans: her home and what is due, in an installation of her own and among 2,000 schools."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from config import Settings
from isp import create_app
from isp.audit import Store
from isp.kernel.crypto import Keyring
from isp.kernel.db import Database
from tests.bench.databases import Shelf
from tests.bench.figures import TITLES, Table, Timing
from tests.bench.load import Client, measure
from tests.bench.pages import page_of, sign_in
from tests.bench.seeding import PASSWORD, World
from tests.server import Server
from tests.statements import statements

PLANS = 250
SCHOOLS = 2000
OTHERS = 10
"""Pupils of each of the other schools."""
PAGES = {"home (the week)": "/", "what is due": "/reviews"}


def measure_caseload(shelf: Shelf, engine: str, seconds: float) -> Table:
    """Each page in both installations, with its statements, and how many times as long its 95 % takes."""
    table = Table(f"A SENCO of {PLANS} plans on {engine}: alone, and one school of {SCHOOLS:,}")
    table.say(TITLES)
    alone = _measure(shelf, engine, [PLANS], seconds, table, "alone")
    among = _measure(shelf, engine, [OTHERS, PLANS, *[OTHERS] * (SCHOOLS - 2)], seconds, table, "among")
    for name in PAGES:
        ratio = among[name].percentile(0.95) / alone[name].percentile(0.95)
        middle = among[name].percentile(0.5) / alone[name].percentile(0.5)
        table.say(f"{name:<26}among {SCHOOLS:,} schools: p95 {ratio:.2f}, p50 {middle:.2f} times as long")
    return table


def _measure(
    shelf: Shelf, engine: str, sizes: Sequence[int], seconds: float, table: Table, words: str
) -> dict[str, Timing]:
    with shelf.world(engine, sum(sizes), sizes) as (url, world):
        counted = _statements(url, shelf.keyring, shelf.keyring_path, world)
        with tempfile.TemporaryDirectory(prefix="isp-bench-") as place:
            server = Server(
                Path(place) / "data",
                arguments=(),
                database_url=url,
                environment={"ISP_KEYRING": str(shelf.keyring_path)},
            )
            found = {}
            with server:
                person = Client(server.port)
                sign_in(person, world)
                for name, path in PAGES.items():
                    found[name] = measure([person], page_of(path), seconds=seconds)
                    table.timing(f"{name}, {words}", found[name])
                    table.say(f"{'':<26}{'':>3}{counted[name]} statements")
                person.close()
    return found


def _statements(url: str, keyring: Keyring, keyring_path: Path, world: World) -> dict[str, int]:
    """The statements of each page, the event that remembers the look among them."""
    store = Store(Database(url), keyring)
    try:
        with tempfile.TemporaryDirectory(prefix="isp-bench-") as place:
            settings = Settings(database_url=url, data_dir=Path(place), keyring_path=keyring_path)
            client = create_app(settings, store).test_client()
            page = client.get("/sign-in").text
            form = {"email": world.email, "password": PASSWORD, "csrf_token": _token(page)}
            assert client.post("/sign-in", data=form).status_code == 303
            counted = {}
            for name, path in PAGES.items():
                client.get(path)  # what is done once a process
                with statements(store.database) as sent:
                    assert client.get(path).status_code == 200
                counted[name] = len(sent)
            return counted
    finally:
        store.database.dispose()


def _token(page: str) -> str:
    return page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
