"""Wiring of signing in: one call from ``create_app``, and what the shell needs to be told by this room."""

from __future__ import annotations

from flask import Flask

from config import Settings
from isp.audit import Store
from isp.people.at_the_door import EXTENSION, Doorkeeper, init_login, visitor, who
from isp.people.here import STORE
from isp.people.pages import sign_in_page
from isp.people.passwords import Passwords
from isp.people.signing import Desk

__all__ = ["init_sign_in", "sign_in_page", "visitor", "who"]


def init_sign_in(app: Flask, settings: Settings, store: Store) -> None:
    """Let people sign in to ``app``: Flask-Login over session rows.

    Call after ``init_web``, whose Seams take ``visitor`` and ``sign_in_page`` from here.
    """
    app.extensions[STORE] = store
    passwords = Passwords(settings.argon2_time_cost, settings.argon2_memory_kib)
    app.extensions[EXTENSION] = Desk(store, settings, passwords)
    manager = Doorkeeper()
    init_login(manager)
    manager.init_app(app)
