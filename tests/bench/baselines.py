"""The two baselines, served as the service is: the same gunicorn, the same settings, the same template.

``/a`` renders the plan page from memory, nobody signed in; ``/b`` does that and one SELECT by primary key;
``/heavy/a`` and ``/heavy/b`` do the same with a heavy plan. Run as
``python -m tests.bench.baselines <record> <heavy record> <person>`` with the environment of the measured
server.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Flask, render_template
from sqlalchemy import bindparam, select

from config import Settings
from isp import open_store
from isp.audit import Store, looking
from isp.cli.serving import Server
from isp.kernel.actor import Actor
from isp.plans import queries
from isp.plans.pages.reading import _around_version, template_facts
from isp.records.opening import RECORD
from isp.web.seams import Link, Seams, Visitor
from isp.web.shell import init_web

MENU = tuple(Link(name, f"/{name.lower()}") for name in ("Home", "Pupils", "History", "Settings"))


def baseline_app(settings: Settings, records: Mapping[str, UUID], person_id: UUID) -> Flask:
    """An app that renders plans, read when it starts. ``records``: under which address each is."""
    store = open_store(settings)
    app = Flask("baseline", static_folder=None)
    app.secret_key = store.keyring.web_secret("cookies")
    visitor = Visitor(ref=str(person_id), name="Sam Bench", organisation="Bench School 2")
    init_web(app, settings, Seams(visitor=lambda: visitor, menu=lambda: MENU))
    for under, record_id in records.items():
        # Some of the facts belong to a request: which entry of the menu the page is under.
        with app.test_request_context("/"), looking(store, Actor(person_id=person_id)) as unit:
            reading = queries.read_version(unit, record_id)
            facts = template_facts(reading, _around_version(unit, reading)) | {"draft": reading.draft}
        _routes(app, store, under, record_id, facts)
    return app


def _routes(app: Flask, store: Store, under: str, record_id: UUID, facts: dict[str, Any]) -> None:
    one = select(RECORD).where(RECORD.c.id == bindparam("id"))

    def from_memory() -> str:
        return render_template("plans/plan.html", in_force=True, **facts)

    def with_a_select() -> str:
        with store.database.reading() as connection:
            connection.execute(one, {"id": record_id}).one()
        return render_template("plans/plan.html", in_force=True, **facts)

    app.add_url_rule(f"{under}/a", f"{under}a", from_memory)
    app.add_url_rule(f"{under}/b", f"{under}b", with_a_select)


class _Baseline(Server):
    def __init__(self, settings: Settings, records: Mapping[str, UUID], person_id: UUID) -> None:
        self.records, self.person_id = records, person_id
        super().__init__(settings)

    def load(self) -> Any:
        return baseline_app(self.settings, self.records, self.person_id)


if __name__ == "__main__":
    plan, heavy, person = (UUID(one) for one in sys.argv[1:])
    _Baseline(Settings.read(), {"": plan, "/heavy": heavy}, person).run()
