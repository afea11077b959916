"""The test databases themselves: fresh, migrated, of its own for each test, and able to commit."""

from __future__ import annotations

import pytest
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, inspect, text

from tests import engines


def run(url: str, *statements: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def count(url: str, table: str) -> int:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_a_fresh_database_is_at_the_newest_revision(engine_url):
    head = ScriptDirectory.from_config(engines.migrations(engine_url)).get_current_head()
    with create_engine(engine_url, poolclass=NullPool).connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == head


@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_commits_the_next_does_not_see(engine_url, turn):
    run(engine_url, "CREATE TABLE planted (id integer)")
    assert count(engine_url, "planted") == 0, turn


def test_a_template_is_built_once_and_copied(fresh_database):
    built = []

    def build(url: str) -> None:
        built.append(url)
        run(url, "CREATE TABLE planted (id integer)", "INSERT INTO planted VALUES (1)")

    first, second = fresh_database("planted", build), fresh_database("planted", build)
    run(first, "INSERT INTO planted VALUES (2)")
    assert (count(first, "planted"), count(second, "planted")) == (2, 1)
    assert len(built) == 1
    assert not inspect(create_engine(fresh_database(), poolclass=NullPool)).has_table("planted")
