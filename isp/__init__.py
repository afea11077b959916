"""isp: the open record of support for children with special educational needs in England.

``create_app`` is a table of contents: it opens the store, wires what a lower room needs from a higher
one, and registers the rooms' pages. No logic lives here.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from config import Settings
from isp.access import pages as office_pages
from isp.audit import Store
from isp.caseload import pages as caseload_pages
from isp.caseload.menus import menu
from isp.demonstration.load import is_demonstration
from isp.documents import pages as document_pages
from isp.ehcp import pages as ehcp_pages
from isp.escalations import pages as escalation_pages
from isp.escalations.pages import upkeep as upkeep_pages
from isp.exchange import pages as exchange_pages
from isp.kernel.crypto import Keyring, KeyringError
from isp.kernel.db import Database
from isp.notes import pages as note_pages
from isp.people import pages as people_pages
from isp.people.here import STORE
from isp.people.sign_in import init_sign_in, sign_in_page, visitor
from isp.plans import pages as plan_pages
from isp.register import pages as register_pages
from isp.reviews import pages as review_pages
from isp.reviews.pages import rounds as round_pages
from isp.web.errors import answer_unavailable
from isp.web.health import init_health
from isp.web.seams import Seams
from isp.web.shell import init_web

__version__ = "0.1.0"


def create_app(settings: Settings, store: Store | None = None) -> Flask:
    """The application. Raises NotConfigured or KeyringError where something it needs is missing."""
    store = store or open_store(settings)
    settings = replace(settings, demonstration=settings.demonstration or is_demonstration(store))
    settings.check()
    app = Flask("isp", static_folder=None)
    app.secret_key = store.keyring.web_secret("cookies")
    app.extensions[STORE] = store
    wired = Seams(visitor=visitor, menu=menu, sign_in_page=sign_in_page, messages_path="/messages")
    init_web(app, settings, wired)
    init_sign_in(app, settings, store)
    init_health(app, ready=lambda: is_ready(store))
    # Locked, full, read-only or gone; or every connection is in use, and none came free in time.
    for failure in (OperationalError, NoConnectionLeft, OSError):
        app.register_error_handler(failure, answer_unavailable)
    for room in (
        people_pages,
        office_pages,
        caseload_pages,
        register_pages,
        document_pages,
        plan_pages,
        note_pages,
        review_pages,
        round_pages,
        ehcp_pages,
        escalation_pages,
        upkeep_pages,
        exchange_pages,
    ):
        app.register_blueprint(room.pages)
    return app


def open_store(settings: Settings) -> Store:
    """The store of an installation. Production refuses a keyring made for development."""
    ring = Keyring.load(settings.keyring_path)
    if settings.production and ring.development:
        raise KeyringError("This keyring was made for development, and production does not use it.")
    return Store(Database(settings.database_url), ring)


def is_ready(store: Store) -> bool:
    """Whether the database answers."""
    with store.database.reading() as connection:
        return bool(connection.scalar(text("SELECT 1")) == 1)
