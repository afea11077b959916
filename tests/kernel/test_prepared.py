"""Statements sent as finished text: a list of ids is one value, however long."""

from __future__ import annotations

import pytest
from sqlalchemy import Integer, bindparam, cast, select
from sqlalchemy.exc import DBAPIError

from isp.audit import Store, transaction
from isp.kernel import prepared
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


number = Prepared(lambda: select((cast(bindparam("n", type_=Integer()), Integer) + 1).label("more")))


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_what_a_connection_keeps_prepared_has_an_end(store, monkeypatch):
    monkeypatch.setattr(prepared, "_MOST_PREPARED", 2)
    with store.database.reading() as connection:
        for _ in range(2):
            # An absent value, a short number and a long one are three statements to the database.
            for value in (None, 1, 100_000):
                found = number.all(connection, {"n": value})
                assert [row.more for row in found] == [None if value is None else value + 1]
        kept = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'isp%%'"
        )
        assert kept.scalar() == 2


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_a_question_that_fails_is_told_as_sqlalchemy_tells_it_and_the_next_is_answered(store):
    with store.database.reading() as connection:
        for _ in range(2):
            with pytest.raises(DBAPIError, match="out of range"):
                number.all(connection, {"n": 2**31 - 1})
        assert [row.more for row in number.all(connection, {"n": 1})] == [2]


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_a_lost_connection_is_told_and_the_next_one_answers(store):
    with store.database.reading() as connection:
        mine = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        assert [row.more for row in number.all(connection, {"n": 1})] == [2]
        with store.database.writing() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({mine})")
        with pytest.raises(DBAPIError) as told:
            number.first(connection, {"n": 1})
    assert told.value.connection_invalidated
    with store.database.reading() as connection:
        assert [row.more for row in number.all(connection, {"n": 1})] == [2]


def test_what_a_deed_asks_within_its_transaction_sees_what_it_wrote(store):
    made = new_id()
    with transaction(store, Actor.job("test")) as unit:
        assert some.all(unit.connection, {"owners": [made]}) == []
        unit.keys.create_many([(KeyOf.organisation(made), None)])
        assert [row.owner_id for row in some.all(unit.connection, {"owners": [made]})] == [made]
    with pytest.raises(RuntimeError), transaction(store, Actor.job("test")) as unit:  # noqa: PT012 it undoes
        unit.keys.create_many([(KeyOf.organisation(second := new_id()), None)])
        assert some.all(unit.connection, {"owners": [second]})
        raise RuntimeError
    with store.database.reading() as connection:
        assert some.all(connection, {"owners": [second]}) == []


@pytest.mark.parametrize("how", ["whole", "part"])
def test_what_is_prepared_outlasts_a_transaction_that_was_undone(store, how):
    for _ in range(3):
        with pytest.raises(RuntimeError), store.database.writing() as connection:  # noqa: PT012 it undoes
            for n in (1, 2, 3):
                assert [row.more for row in number.all(connection, {"n": n})] == [n + 1]
            if how == "part":
                with pytest.raises(RuntimeError), connection.begin_nested():
                    raise RuntimeError
                assert connection.exec_driver_sql("SELECT 1").scalar() == 1
                assert [row.more for row in number.all(connection, {"n": 4})] == [5]
            raise RuntimeError
