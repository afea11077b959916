"""Deeds dated in the past: only under a development keyring, never ahead of the clock, in order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from isp.audit import Chain, Event, Store
from isp.audit.events import BY_COMMAND
from isp.audit.models import AuditEvent
from isp.audit.past import transaction_at
from isp.audit.verify import verify
from isp.kernel import clock
from isp.kernel.actor import Actor
from isp.kernel.crypto import Keyring, KeyringError
from isp.kernel.db import Database

WHO = Actor.job("test")


def remember(store, moment):
    with transaction_at(store, WHO, moment) as unit:
        unit.record(BY_COMMAND, Event.KEYS_WRAPPED_ANEW, Chain.installation(), count=0)
        return unit.today


def test_a_deed_takes_its_moment_for_the_present(engine_url):
    store = Store(Database(engine_url), Keyring.generate(development=True))
    last_year = clock.now() - timedelta(days=365)
    assert remember(store, last_year) == clock.civil_day(last_year)
    with store.database.reading() as connection:
        assert connection.scalar(select(AuditEvent.at)) == last_year
    assert verify(store).ok
    store.database.dispose()


def test_an_earlier_moment_is_moved_on_to_the_event_before_it(engine_url):
    store = Store(Database(engine_url), Keyring.generate(development=True))
    first = clock.now() - timedelta(days=30)
    remember(store, first)
    remember(store, first - timedelta(days=10))
    with store.database.reading() as connection:
        assert connection.scalars(select(AuditEvent.at).order_by(AuditEvent.seq)).all() == [first, first]
    assert verify(store).ok
    store.database.dispose()


def test_a_real_keyring_refuses_it(engine_url):
    store = Store(Database(engine_url), Keyring.generate(development=False))
    with pytest.raises(KeyringError):
        remember(store, clock.now() - timedelta(days=1))
    store.database.dispose()


def test_nothing_is_dated_in_the_future(engine_url):
    store = Store(Database(engine_url), Keyring.generate(development=True))
    with pytest.raises(ValueError, match="future"):
        remember(store, clock.now() + timedelta(minutes=1))
    store.database.dispose()
