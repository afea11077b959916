"""The deeds over HTTP, as browsers do them, and the baselines beside them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from isp.kernel import clock
from tests.bench.figures import TITLES, Table, Timing
from tests.bench.load import Client, measure
from tests.bench.seeding import PASSWORD, World, plans_in_words
from tests.server import ROOT, Server, free_port

PUBLISHED = 150
"""Plans finalised at each number of clients; each has its own draft."""
HEAVY = "plan page, heavy plan"
TURNS = 10
"""Turns in which a plan's page and its baselines are measured, of a share of the time each."""
SAVED = 10
"""Plans whose drafts are saved again and again: one a client."""


def measure_pages(
    engine: str, server: Server, world: World, clients: tuple[int, ...], seconds: float
) -> tuple[Table, dict[str, Timing]]:
    """Every deed at every number of clients; also what one client got, by deed."""
    table = Table(f"Pages on {engine}, {world.pupils:,} pupils")
    table.say(plans_in_words(world))
    table.say(TITLES)
    alone: dict[str, Timing] = {}
    typical: dict[str, Timing] = {}
    plan = world.plans[SAVED]
    spare = iter(range(SAVED, len(world.plans)))
    heavy = world.heavy[0]
    with _baselines(server, world, plan, heavy) as port, server:
        for count in clients:
            people = [_signed_in(server.port, world) for _ in range(count)]
            found = {}
            for name, under, record in (("plan page", "", plan), (HEAVY, "/heavy", heavy)):
                page, bases = _beside_baselines(people, record, _clients(port, count), under, seconds)
                for base, timing in bases.items():
                    table.timing(f"baseline {base}{', heavy plan' if under else ''}", timing)
                table.timing(name, page, *bases.items())
                found[name] = page
                typical = typical if under else bases
            for name, deed, most in _deeds(world, people, spare):
                found[name] = measure(people, deed, seconds=seconds, most=most)
                table.timing(name, found[name], *typical.items())
            if count == clients[0]:
                alone = found
            for person in people:
                person.close()
    return table, alone


def _beside_baselines(
    people: list[Client], plan: UUID, nobody: list[Client], under: str, seconds: float
) -> tuple[Timing, dict[str, Timing]]:
    """A plan's page and its two baselines, in short turns: a busy machine is then as busy for each."""
    turns = [(nobody, f"{under}/a"), (nobody, f"{under}/b"), (people, f"/plans/{plan}")]
    took: list[list[float]] = [[] for _ in turns]
    for _ in range(TURNS):
        for mine, (clients, path) in zip(took, turns, strict=True):
            mine.extend(measure(clients, page_of(path), seconds=seconds / TURNS).took)
    for client in nobody:
        client.close()
    a, b, page = (Timing(mine, sum(mine), len(people)) for mine in took)
    return page, {"A": a, "B": b}


def _clients(port: int, count: int) -> list[Client]:
    return [Client(port) for _ in range(count)]


def page_of(path: str) -> Callable[[Client, int], None]:
    return lambda client, _: _read(client, path)


def _read(client: Client, path: str) -> None:
    client.get(path)


Deeds = Iterator[tuple[str, Callable[[Client, int], float | None], int | None]]


def _deeds(world: World, people: list[Client], spare: Iterator[int]) -> Deeds:
    plan, child = world.plans[SAVED], world.children[SAVED]
    day = clock.today() - timedelta(days=150)
    yield "sign in", lambda client, _: sign_in(Client(client.port), world), 40
    yield "home (the week)", page_of("/"), None
    yield "the SENCO's list", page_of("/pupils"), None
    boxes = {id(person): _Box(person, f"/plans/{world.plans[at]}") for at, person in enumerate(people)}
    yield "draft save", lambda client, number: boxes[id(client)].save(client, number), None
    yield "finalise and share", lambda client, _: _publish(client, world, next(spare)), PUBLISHED
    yield "history", page_of(f"/pupils/{child}/history"), None
    yield "compare", page_of(f"/plans/{plan}/compare?earlier=1&later=3"), None
    yield "as it stood on a day", page_of(f"/plans/{plan}/as-of?on={day.isoformat()}"), None
    yield "versions, of 10", page_of(f"/plans/{world.short_plan}/versions"), None
    yield "versions, of 30", page_of(f"/plans/{world.full_page_plan}/versions"), None
    yield "versions, of 1,000", page_of(f"/plans/{world.long_plan}/versions"), None


def _hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return found.group(1)


def sign_in(client: Client, world: World) -> float:
    page = client.get("/sign-in").text
    form = {"email": world.email, "password": PASSWORD, "csrf_token": _hidden(page, "csrf_token")}
    start = time.perf_counter()
    client.post("/sign-in", form)
    took = time.perf_counter() - start
    client.close()
    return took


def _signed_in(port: int, world: World) -> Client:
    client = Client(port)
    sign_in(client, world)
    return client


class _Box:
    """One box of a plan's editor, in which a person types and the script saves."""

    def __init__(self, client: Client, base: str) -> None:
        text = client.get(f"{base}/edit/about_me").text
        form = re.search(r"<form[^>]*data-autosave[^>]*>", text)
        assert form
        tag = form.group()
        self.path = _attribute(tag, "data-autosave")
        self.revision = int(_attribute(tag, "data-revision"))
        self.headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "X-CSRFToken": _hidden(text, "csrf_token"),
            "X-Form-Stamp": _hidden(text, "form_stamp"),
        }
        self.shown = ""

    def save(self, client: Client, number: int) -> float:
        words = f"Kind to younger children, and patient with them; said {number} times."
        body = {
            "revision": self.revision,
            "changes": {"about_me.communication": words},
            "shown": {"about_me.communication": self.shown},
        }
        sent = json.dumps(body).encode("utf-8")
        start = time.perf_counter()
        answer = client.send("POST", self.path, sent, self.headers)
        took = time.perf_counter() - start
        self.revision, self.shown = json.loads(answer.body)["revision"], words
        return took


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', tag)
    assert found, name
    return found.group(1).replace("&amp;", "&")


def _publish(client: Client, world: World, at: int) -> float:
    """Finalise a plan whose draft was begun before; only the sending counts."""
    path = f"/plans/{world.plans[at]}/finalise"
    page = client.get(path).text
    form = {name: _hidden(page, name) for name in ("csrf_token", "form_stamp", "revision", "_draft")}
    start = time.perf_counter()
    client.post(path, form | {"reason": "As agreed at the review."})
    return time.perf_counter() - start


@contextmanager
def _baselines(server: Server, world: World, plan: UUID, heavy: UUID) -> Iterator[int]:
    """The baselines' server, with the environment of the measured one."""
    port = free_port()
    log = Path(server.data_dir).parent / "baselines.log"
    server.data_dir.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.baselines", str(plan), str(heavy), str(world.senco)],
            cwd=ROOT,
            env={**server.variables, "PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        _wait_for(port, process, log)
        yield port
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while True:
        client = Client(port)
        try:
            client.get("/a")
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError(log.read_text()[-2000:]) from None
            time.sleep(0.1)
        else:
            return
        finally:
            client.close()
