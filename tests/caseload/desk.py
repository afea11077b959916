"""The application with the pages that gather and those they lead to, and plans that hold canaries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask

from config import Settings
from isp.access.pages import pages as office_pages
from isp.caseload.menus import menu
from isp.caseload.pages import pages as caseload_pages
from isp.kernel import clock
from isp.kernel.ids import new_id
from isp.people.pages import pages as people_pages
from isp.people.sign_in import init_sign_in, sign_in_page, visitor
from isp.plans.content import load
from isp.plans.pages import pages as plan_pages
from isp.records.shape import Content
from isp.reviews.pages import pages as review_pages
from isp.web.seams import Seams
from isp.web.shell import init_web
from tests.cast import Cast, small_plan
from tests.pages import Page
from tests.people.world import EVENTS, Browser, Town, settings
from tests.statements import statements

CLINICAL = "zqclinical"
"""Stands in health and advice (S1): an assistant, an office and a carer never meet it."""
ALLERGY = "zqallergy"
"""Stands in must-know: every adult in the room reads it."""
STAFF_ONLY = "zqstaffonly"
"""Words of the father's, which he limited to staff."""
STRATEGY = "zqstrategy"
EXTRA_TIME = "zqextratime"


def full_plan(*, review_in: int = 60, **about: Any) -> Content:
    """A plan with something in every section that the pages of this room treat differently."""
    content = small_plan(**about)
    sections = content["sections"]
    sections["must_know"]["items"] = [{"id": str(new_id()), "order": "a", "what": f"{ALLERGY}: nuts"}]
    sections["adjustments"]["items"] = [
        {"id": str(new_id()), "order": "a", "what": f"{STRATEGY}: a quiet table"}
    ]
    sections["exam_access"]["items"] = [{"id": str(new_id()), "order": "a", "arrangement": EXTRA_TIME}]
    sections["health_and_care"]["fields"] = {"affects_learning": f"{CLINICAL}: absences"}
    sections["advice"]["items"] = [{"id": str(new_id()), "order": "a", "role": "EP", "summary": CLINICAL}]
    sections["family_views"]["items"] = [
        {
            "id": str(new_id()),
            "order": "a",
            "views": STAFF_ONLY,
            "from_whom": "Dad",
            "limited_to_staff": True,
            "given_by": str(new_id()),
        }
    ]
    day = clock.today() + timedelta(days=review_in)
    sections["review"]["fields"] = {"next_review_on": day.isoformat()}
    return load(content)


def changed(content: Content, **about: Any) -> Content:
    """The same plan with other words about the child."""
    sections = {**content["sections"]}
    held = sections["about_me"]
    sections["about_me"] = {**held, "fields": {**held["fields"], **about}}
    return load({**content, "sections": sections})


def room_app(given: Settings, cast: Cast) -> Flask:
    app = Flask("caseload", static_folder=None)
    app.secret_key = cast.store.keyring.web_secret("cookies")
    init_web(app, given, Seams(visitor=visitor, sign_in_page=sign_in_page, menu=menu))
    init_sign_in(app, given, cast.store)
    for pages in (people_pages, office_pages, plan_pages, review_pages, caseload_pages):
        app.register_blueprint(pages)
    return app


class Desk(Town):
    """The standing cast at these pages."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.app = room_app(settings(), cast)
        self.plans: dict[str, UUID] = {}

    def signed_in(self, name: str, **more: Any) -> Browser:
        browser = super().signed_in(name, **more)
        family = {pupil.capitalize() for pupil in self.cast.pupils} | {"Planted"}
        browser.client.forbidden_in_titles = frozenset(family)
        return browser

    def plan(self, pupil: str, *contents: Content, by: str = "sara") -> UUID:
        """A plan with these versions, or with one that holds every canary."""
        self.plans[pupil] = self.cast.plan(pupil, by, *(contents or (full_plan(),)))
        return self.plans[pupil]

    def told(self, name: str) -> list[tuple[str, dict[str, Any]]]:
        """What the trail says this person did: code and detail, in order."""
        wanted = str(self.cast.people[name])
        rows = [row for row in self.rows(EVENTS) if row.actor == wanted]
        rows.sort(key=lambda row: (row.at, row.id))
        return [(row.act, json.loads(row.canon).get("detail") or {}) for row in rows]

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """The statements sent to the database inside this block."""
        with statements(self.cast.store.database) as sent:
            yield sent


def words(response: Any) -> str:
    """What a page says, its markup away."""
    return " ".join(Page(response.text).all("main")[0].words.split())
