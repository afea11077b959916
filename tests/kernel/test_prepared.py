"""Statements sent as finished text: a list of ids is one value, however long."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from isp.audit import Store, transaction
from isp.kernel.actor import Actor
from isp.kernel.crypto import Keyring
from isp.kernel.db import Database
from isp.kernel.ids import new_id
from isp.kernel.keys import KEYS, KeyOf
from isp.kernel.prepared import Prepared, among
from tests.statements import statements

some = Prepared(lambda: select(KEYS.c.owner_id).where(among(KEYS.c.owner_id, "owners")))


@pytest.fixture
def store(engine_url):
    made = Store(Database(engine_url), Keyring.generate(development=True))
    yield made
    made.database.dispose()


@pytest.mark.parametrize("strangers", [0, 3, 2000])
def test_those_among_a_list_are_found_in_one_statement(store, strangers):
    first, second, third = (new_id() for _ in range(3))
    with transaction(store, Actor.job("test")) as unit:
        unit.keys.create_many([(KeyOf.organisation(one), None) for one in (first, second, third)])
    wanted = [first, *(new_id() for _ in range(strangers)), third]
    with statements(store.database) as said, store.database.reading() as connection:
        found = some.all(connection, {"owners": wanted})
    assert sorted(row.owner_id for row in found) == sorted([first, third])
    assert len(said) == 1


def test_nobody_is_among_nobody(store):
    with store.database.reading() as connection:
        assert some.all(connection, {"owners": []}) == []
