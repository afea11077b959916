"""The plan's pages over the standing cast, and people at their browsers: what these tests share."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select
from werkzeug.test import TestResponse

from isp.audit.chains import Chain
from isp.audit.models import AuditEvent
from isp.audit.queries import Seen, of_chain
from isp.kernel.db import table_of
from isp.plans.pages import pages as plan_pages
from isp.records.drafts import DraftWords
from isp.records.shape import Content
from tests.cast import Cast
from tests.pages import Page, hidden
from tests.people.world import HERE, Browser, room_app, settings

EVENTS = table_of(AuditEvent)


class Desk:
    """The application and its cast."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.app = room_app(settings(), cast)
        self.app.register_blueprint(plan_pages)
        self.app.config["PROPAGATE_EXCEPTIONS"] = True

    def at(self, name: str) -> Person:
        """Somebody of the cast, signed in."""
        return Person(self, name)

    def draft(self, record_id: UUID, by: str = "sara") -> DraftWords:
        """The draft as it is stored."""
        with self.cast.acting(by) as unit:
            found: DraftWords = self.cast.draft(unit, record_id)
        return found

    def content(self, record_id: UUID, by: str = "sara") -> Content:
        return self.draft(record_id, by).content

    def told(self, pupil: str) -> list[Seen]:
        """The pupil's trail, oldest first."""
        with self.cast.looking("sara") as unit:
            seen = list(of_chain(unit, Chain.pupil(self.cast.pupils[pupil]), limit=1000))
        return seen[::-1]

    def acts(self, pupil: str) -> list[str]:
        """The codes of the pupil's trail, oldest first."""
        return [one.event.code for one in self.told(pupil)]

    def acts_of(self, name: str) -> list[str]:
        """The codes of everything this person did, in order."""
        with self.cast.store.database.reading() as connection:
            rows = connection.execute(
                select(EVENTS.c.act)
                .where(EVENTS.c.actor == str(self.cast.people[name]))
                .order_by(EVENTS.c.at, EVENTS.c.id)
            )
            return [row.act for row in rows]


class Person:
    """Somebody of the cast at a browser."""

    def __init__(self, desk: Desk, name: str) -> None:
        self.desk, self.name = desk, name
        self.browser = Browser(desk.app)
        self.browser.client.forbidden_in_titles |= {"Planted"}
        self.browser.arrive(name)

    def get(self, path: str) -> TestResponse:
        return self.browser.get(path)

    def send(self, path: str, data: dict[str, Any]) -> TestResponse:
        return self.browser.send(path, data)

    def fill(self, page: TestResponse, action: str, **changed: Any) -> TestResponse:
        """Send the page's form to ``action`` as a browser without scripts does, with some boxes changed.

        Names with dots and dashes go in ``values={…}``.
        """
        data = form_of(page, action) | changed.pop("values", {}) | changed
        return self.send(action, {name: value for name, value in data.items() if value is not None})

    def autosave(
        self,
        page: TestResponse,
        changes: dict[str, Any],
        *,
        shown: dict[str, Any] | None = None,
        revision: int | None = None,
    ) -> TestResponse:
        """Send what the script of this page would."""
        form = next(one for one in Page(page.text).all("form") if one.get("data-autosave"))
        body = {
            "revision": int(form.get("data-revision")) if revision is None else revision,
            "changes": changes,
            "shown": shown if shown is not None else dict.fromkeys(changes, ""),
        }
        return self.browser.client.post(
            form.get("data-autosave"),
            data=json.dumps(body),
            content_type="application/json",
            headers={
                **HERE,
                "Accept": "application/json",
                "X-CSRFToken": hidden(page, "csrf_token"),
                "X-Form-Stamp": hidden(page, "form_stamp"),
                "User-Agent": self.browser.agent,
            },
            **self.browser.more,
        )


def form_of(page: TestResponse, action: str) -> dict[str, Any]:
    """What a browser sends for the form with this action when nothing was touched; no button."""
    parsed = Page(page.text)
    form = next(one for one in parsed.all("form") if one.get("action") == action)
    data: dict[str, list[str]] = {}
    for element in parsed.all("input", "textarea", "select"):
        name, kind = element.get("name"), element.get("type") or "text"
        if not name or element.inside("form") is not form or "disabled" in element.attributes:
            continue
        if element.tag == "textarea":
            values = [element.text.removeprefix("\n").replace("\n", "\r\n")]
        elif element.tag == "select":
            options = [one for one in element.within if one.tag == "option"]
            chosen = [one for one in options if "selected" in one.attributes] or options[:1]
            values = [chosen[-1].get("value")] if chosen else []
        elif kind in ("checkbox", "radio"):
            values = [element.get("value")] if "checked" in element.attributes else []
        elif kind in ("submit", "button"):
            continue
        else:
            values = [element.get("value")]
        if values:
            data.setdefault(name, []).extend(values)
    return {name: values if len(values) > 1 else values[0] for name, values in data.items()}


def words(page: TestResponse) -> str:
    """All that a page says, on one line."""
    body = next(one for one in Page(page.text).all("main"))
    return body.words
