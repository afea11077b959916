"""The real server, killed in the middle of people's autosaves and started again on what it left.

An answer of 200 means committed: those words are on a save of the draft, once. Words whose answer never
came may be there once or not at all. Sessions outlive the server, so nobody signs in again.
"""

from __future__ import annotations

import http.client
import json
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from sqlalchemy import make_url

from isp.audit.verify import verify
from isp.plans import actions
from isp.records import drafts
from isp.records.trail import check_records
from isp.register.trail import check_pupils
from tests.cast import PASSWORD, Cast, keyring_file, small_plan, standing_copy
from tests.pages import Page, hidden
from tests.server import Server

pytestmark = pytest.mark.crash
CYCLES = 10
FIELDS = {"sara": "strengths", "dan": "interests", "tom": "hard"}
GONE = (OSError, http.client.HTTPException)


class Client:
    """Somebody at a browser: cookies, a page that stays open, and saves as its script makes them."""

    def __init__(self, server: Server, name: str, record_id: UUID) -> None:
        self.server, self.name = server, name
        self.path = f"/plans/{record_id}/edit/about_me"
        self.place = f"about_me.{FIELDS[name]}"
        self.cookies: dict[str, str] = {}
        self.number = 0
        self.sent: list[str] = []
        self.kept: list[str] = []

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            origin = {"Origin": self.server.url, "Sec-Fetch-Site": "same-origin", "Cookie": jar}
            connection.request(method, path, body, {**origin, "User-Agent": "Firefox Linux", **headers})
            answer = connection.getresponse()
            text = answer.read().decode()
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, text
        finally:
            connection.close()

    def sign_in(self) -> None:
        _, page = self.ask("GET", "/sign-in")
        form = {"email": f"{self.name}@cast.example", "password": PASSWORD}
        for element in Page(page).all("input"):
            if element.get("type") == "hidden":
                form[element.get("name")] = element.get("value")
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        status, text = self.ask("POST", "/sign-in", urlencode(form), **kind)
        assert status == 303, text

    def open_page(self) -> None:
        status, text = self.ask("GET", self.path)
        assert status == 200, f"{self.name} cannot open the page: {status}"
        page: Any = SimpleNamespace(text=text)
        self.tokens = {"X-CSRFToken": hidden(page, "csrf_token"), "X-Form-Stamp": hidden(page, "form_stamp")}
        form = next(one for one in Page(text).all("form") if one.get("data-autosave"))
        self.autosave, self.revision = form.get("data-autosave"), int(form.get("data-revision"))
        box = next(one for one in Page(text).all("textarea", "input") if one.get("name") == self.place)
        self.shown = box.text.removeprefix("\n") if box.tag == "textarea" else box.get("value")

    def save(self) -> None:
        self.number += 1
        words = f"{self.name} {self.number}"
        self.sent.append(words)
        body = {"revision": self.revision, "changes": {self.place: words}, "shown": {self.place: self.shown}}
        kind = {"Content-Type": "application/json", "Accept": "application/json"}
        status, text = self.ask("POST", self.autosave, json.dumps(body), **kind, **self.tokens)
        assert status == 200, f"{words}: {status} {text}"
        self.kept.append(words)
        self.revision, self.shown = json.loads(text)["revision"], words

    def write(self) -> None:
        """Save until the server is gone."""
        try:
            self.open_page()
            while True:
                self.save()
        except GONE:
            return


@pytest.fixture
def world(fresh_database: Callable[..., str]):
    with standing_copy(fresh_database) as made:
        yield made


def words_of(cast: Cast, record_id: UUID) -> Counter[str]:
    """All that the saves of the draft hold, and how often."""
    with cast.looking("sara") as unit:
        draft = drafts.read(unit, record_id)
        saves = drafts.changes_since(unit, draft.id, draft.pupil_id)
        assert not drafts.clashes(unit, draft)
    return Counter(str(change["value"]) for one in saves for change in one["changes"])


def test_a_killed_server_keeps_every_save_it_answered(world, tmp_path: Path):
    seed = secrets.randbelow(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)  # noqa: S311 to be repeated, not to be secret
    record_id = world.plan("ava", "sara", small_plan())
    with world.acting("sara") as unit:
        actions.start_draft(unit, record_id)
    keyring = keyring_file(world.keyring)
    server = Server(
        tmp_path / "var",
        arguments=(),
        database_url=make_url(world.url).render_as_string(hide_password=False),
        environment={"ISP_KEYRING": str(keyring), "ISP_THREADS": "4"},
    )
    clients = [Client(server, name, record_id) for name in FIELDS]
    unanswered = killed = 0
    try:
        for cycle in range(CYCLES):
            server.start()
            if not cycle:
                for client in clients:
                    client.sign_in()
            before = sum(len(client.kept) for client in clients)
            threads = [threading.Thread(target=client.write) for client in clients]
            for thread in threads:
                thread.start()
            deadline = time.monotonic() + 60
            while sum(len(client.kept) for client in clients) == before and time.monotonic() < deadline:
                time.sleep(0.005)
            time.sleep(chance.uniform(0.001, 0.5))
            assert server.process is not None
            assert server.process.poll() is None, server.tail()
            server.kill()
            killed += 1
            for thread in threads:
                thread.join(60)
            stored = words_of(world, record_id)
            for client in clients:
                assert all(stored[words] == 1 for words in client.kept), f"lost or twice, in cycle {cycle}"
                assert all(stored[words] <= 1 for words in client.sent)
                unanswered += len(client.sent) - len(client.kept)
                # Whatever came through unanswered is what the box shows when the page is opened again.
                client.sent = list(client.kept)
            report = verify(world.store, more=(check_pupils, check_records))
            assert report.ok, [str(fault) for fault in report.faults]
    finally:
        server.kill()
        keyring.unlink()
        keyring.parent.rmdir()
    kept = sum(len(client.kept) for client in clients)
    print(f"{killed} kills, {kept} saves answered, {unanswered} not")
    assert killed == CYCLES
    assert kept >= CYCLES
    assert unanswered >= CYCLES / 2, "the server was hardly ever killed in the middle of a save"
