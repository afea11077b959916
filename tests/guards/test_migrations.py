"""Migrations: they run up, down and up, end where the models are, and let only one run at a time."""

from __future__ import annotations

from multiprocessing import get_context

from alembic import command
from sqlalchemy import NullPool, create_engine, inspect, text

from tests import engines


def tables(url: str) -> set[str]:
    return set(inspect(create_engine(url, poolclass=NullPool)).get_table_names())


def schema(url: str) -> list[tuple[object, ...]]:
    """Everything the database holds but rows: tables, columns, indexes, triggers, as it tells it."""
    ask = {
        "sqlite": "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2",
        "postgresql": """
            SELECT 'column', table_name, column_name,
                   data_type || is_nullable || coalesce(column_default, '')
              FROM information_schema.columns WHERE table_schema = 'public'
            UNION ALL SELECT 'index', tablename, indexname, indexdef
              FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
              FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
              FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT 'function', '', proname, prosrc
              FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            ORDER BY 1, 2, 3, 4""",
    }
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return [tuple(row) for row in connection.execute(text(ask[connection.dialect.name]))]


def test_the_models_are_what_the_migrations_make(engine_url):
    command.check(engines.migrations(engine_url))


def test_up_down_and_up_again(fresh_database):
    url = fresh_database("empty")
    engines.migrate(url)
    first = schema(url)
    command.downgrade(engines.migrations(url), "base")
    assert tables(url) <= {"alembic_version"}
    engines.migrate(url)
    assert schema(url) == first


def test_an_upgrade_with_nothing_to_do_changes_nothing(engine_url):
    before = schema(engine_url)
    engines.migrate(engine_url)
    assert schema(engine_url) == before


def test_two_processes_that_migrate_at_once_take_turns(fresh_database):
    url = fresh_database("empty")
    context = get_context("spawn")
    processes = [context.Process(target=engines.migrate, args=(url,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0]
    command.check(engines.migrations(url))
