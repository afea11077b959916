"""The whole application over the standing cast, people at their browsers, and what the tables hold."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select
from werkzeug.test import TestResponse

from isp import create_app
from isp.audit.models import AuditEvent
from isp.documents import actions, queries
from isp.documents.actions import Filing
from isp.documents.intake import Taken, take_in
from isp.kernel import clock
from isp.kernel.db import Base, table_of
from tests.cast import Cast
from tests.documents import files
from tests.pages import hidden
from tests.people.world import HERE, Browser, settings

EVENTS = table_of(AuditEvent)
MOST = 20 * 1024 * 1024


def taken(data: bytes | None = None, name: str = "report.pdf") -> Taken:
    """A file that has been looked at."""
    return take_in(io.BytesIO(files.pdf() if data is None else data), name, MOST)


def filing(**changed: Any) -> Filing:
    """What is said of it, unless told otherwise: a shared report of last week."""
    said: dict[str, Any] = {
        "kind": "report",
        "label": "S0",
        "title": "Speech and language",
        "happened_on": clock.today() - timedelta(days=7),
    }
    return Filing(**{**said, **changed})


class Desk:
    """The application and its cast."""

    def __init__(self, cast: Cast, **changes: Any) -> None:
        self.cast = cast
        self.app = create_app(settings(sign_in_tries=1000, **changes), cast.store)

    def at(self, name: str) -> Person:
        """Somebody of the cast, signed in."""
        return Person(self, name)

    def filed(self, pupil: str = "ava", by: str = "sara", file: Taken | None = None, **changed: Any) -> UUID:
        """A document on the pupil's record."""
        with self.cast.acting(by) as unit:
            return actions.add(unit, self.cast.pupils[pupil], filing(**changed), file or taken())

    def seen_by(self, name: str, pupil: str = "ava") -> set[str]:
        """The titles of the pupil's documents, as this person's list has them."""
        with self.cast.looking(name) as unit:
            found = queries.list_of(unit, self.cast.pupils[pupil])
        return {one.newest.heading.title for one in found.listed}

    def rows(self, model: type[Base] | Table) -> list[Any]:
        with self.cast.store.database.reading() as connection:
            table = model if isinstance(model, Table) else table_of(model)
            return list(connection.execute(select(table)))

    def told(self, name: str) -> list[tuple[str, dict[str, Any]]]:
        """What the trail says this person did with documents: code and detail, in order."""
        rows = [row for row in self.rows(EVENTS) if row.actor == str(self.cast.people[name])]
        rows.sort(key=lambda row: (row.at, row.id))
        return [
            (row.act, json.loads(row.canon).get("detail") or {})
            for row in rows
            if row.act.startswith("document.")
        ]


class Person:
    """Somebody of the cast at a browser."""

    def __init__(self, desk: Desk, name: str) -> None:
        self.desk = desk
        self.browser = Browser(desk.app)
        self.browser.client.forbidden_in_titles = frozenset({"Ava", "Planted"})
        self.browser.arrive(name)

    def get(self, path: str) -> TestResponse:
        return self.browser.get(path)

    def send(self, path: str, data: dict[str, Any]) -> TestResponse:
        """Send the form that stands at ``path``."""
        page = self.get(path)
        tokens = {name: hidden(page, name) for name in ("csrf_token", "form_stamp")}
        return self.post(path, {**tokens, **data})

    def post(self, path: str, data: dict[str, Any]) -> TestResponse:
        answer = self.browser.client.post(
            path,
            data=data,
            headers={**HERE, "User-Agent": self.browser.agent},
            content_type="multipart/form-data",
            **self.browser.more,
        )
        answer.request.environ["wsgi.input"].close()  # what is large the client keeps in a file
        return answer


def form(
    data: bytes | None, name: str = "report.pdf", *, on: date | None = None, **changed: Any
) -> dict[str, Any]:
    """What a browser sends for the form that adds a document."""
    day = on or clock.today() - timedelta(days=7)
    said: dict[str, Any] = {
        "kind": "report",
        "title": "Speech and language",
        "label": "S0",
        "happened_on-day": str(day.day),
        "happened_on-month": str(day.month),
        "happened_on-year": str(day.year),
    }
    if data is not None:
        said["file"] = (io.BytesIO(data), name)
    return {**said, **changed}
