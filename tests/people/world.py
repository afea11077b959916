"""The application over the standing cast, and browsers in it: what the tests of this room share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, session
from sqlalchemy import Table, select
from werkzeug.test import TestResponse

from config import Settings
from isp.access.pages import pages as office_pages
from isp.audit.models import AuditEvent
from isp.kernel.db import Base, table_of
from isp.people import at_the_door
from isp.people.here import actor
from isp.people.methods import ByPassword, Proof
from isp.people.pages import pages as people_pages
from isp.people.sign_in import init_sign_in, sign_in_page, visitor
from isp.people.signing import open_session
from isp.web.seams import Seams
from isp.web.shell import init_web
from tests.cast import PASSWORD, Cast
from tests.pages import LintingClient, hidden

__all__ = ["EVENTS", "HERE", "PASSWORD", "Browser", "Cast", "Town"]

HERE = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
EVENTS = table_of(AuditEvent)


def settings(**changes: Any) -> Settings:
    """Hashes as cheap as the cast's, and few tries."""
    cheap: dict[str, Any] = {
        "argon2_time_cost": 1,
        "argon2_memory_kib": 8,
        "sign_in_tries": 3,
        "data_dir": Path("unused"),
    }
    return Settings(**{**cheap, **changes})


def room_app(given: Settings, cast: Cast) -> Flask:
    """The shell with the pages of people and of their organisations, and no others."""
    app = Flask("people", static_folder=None)
    app.secret_key = cast.store.keyring.web_secret("cookies")
    init_web(app, given, Seams(visitor=visitor, sign_in_page=sign_in_page))
    init_sign_in(app, given, cast.store)
    app.register_blueprint(people_pages)
    app.register_blueprint(office_pages)
    app.add_url_rule("/", "home", lambda: "home")
    return app


class Browser:
    """A browser: keeps its cookies, sends forms as our pages send them, and lints each page it meets."""

    def __init__(self, app: Flask, network: str = "192.0.2.1", agent: str = "Firefox Linux") -> None:
        self.client = LintingClient(app, app.response_class)
        self.more = {"environ_overrides": {"REMOTE_ADDR": network}}
        self.agent = agent

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, headers={"User-Agent": self.agent}, **self.more, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, *, page: str | None = None) -> TestResponse:
        """Send a form that stands on ``page`` (the address itself, unless told otherwise)."""
        found = self.get(page or path)
        tokens = {"csrf_token": hidden(found, "csrf_token")}
        if 'name="form_stamp"' in found.text:
            tokens["form_stamp"] = hidden(found, "form_stamp")
        return self.send(path, {**tokens, **(data or {})})

    def send(self, path: str, data: dict[str, Any]) -> TestResponse:
        """Send a form with exactly these fields."""
        return self.client.post(path, data=data, headers={**HERE, "User-Agent": self.agent}, **self.more)

    def sign_in(self, name: str, password: str = PASSWORD, **more: Any) -> TestResponse:
        """Send the sign-in form for somebody of the cast, or for a whole address."""
        email = name if "@" in name else f"{name}@cast.example"
        return self.post("/sign-in", {"email": email, "password": password, **more})

    def arrive(self, name: str) -> None:
        """Be signed in, by the deeds of the sign-in form and without its two pages.

        How somebody signs in is the matter of the tests of ``people``; everywhere else it comes before the
        matter, and its pages were a sixth of what such a test cost.
        """
        app = self.client.application
        desk = app.extensions["isp.people"]
        proof = ByPassword(desk.passwords).prove(
            desk.store, {"email": f"{name}@cast.example", "password": PASSWORD}
        )
        assert isinstance(proof, Proof), name
        with app.test_request_context("/sign-in", headers={"User-Agent": self.agent}, **self.more):
            opened = open_session(desk, actor(), proof, browser=at_the_door.browser(), old_token=None)
            at_the_door.let_in(opened)
            held = dict(session)
        with self.client.session_transaction(**self.more) as cookie:
            cookie.update(held)

    @property
    def is_in(self) -> bool:
        """Whether somebody is signed in here, asked anew each time."""
        return self.get("/account").status_code == 200

    def cookie(self, name: str = "isp") -> str | None:
        held = self.client.get_cookie(name)
        return held.value if held else None


class Town:
    """The application, its cast, and what the tables hold."""

    def __init__(self, cast: Cast, **changes: Any) -> None:
        self.cast = cast
        self.app = room_app(settings(**changes), cast)

    def browser(self, network: str = "192.0.2.1", agent: str = "Firefox Linux") -> Browser:
        return Browser(self.app, network, agent)

    def by_the_form(self, name: str, **more: Any) -> Browser:
        """A browser at which somebody signed in as people do: by the page, and known from then on."""
        browser = self.browser(**more)
        assert browser.sign_in(name).status_code == 303
        return browser

    def signed_in(self, name: str, **more: Any) -> Browser:
        browser = self.browser(**more)
        browser.arrive(name)
        return browser

    def rows(self, model: type[Base] | Table) -> list[Any]:
        with self.cast.store.database.reading() as connection:
            table = model if isinstance(model, Table) else table_of(model)
            return list(connection.execute(select(table)))

    def acts(self, name: str | None = None) -> list[str]:
        """The codes of the trail's events, by this person or by anybody, in order."""
        wanted = str(self.cast.people[name]) if name else None
        rows = [row for row in self.rows(EVENTS) if wanted is None or row.actor == wanted]
        return [row.act for row in sorted(rows, key=lambda row: (row.at, row.id))]
