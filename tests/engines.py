"""Databases for tests: a fresh, migrated one for every test that asks, on each engine.

The application commits, and triggers refuse to delete what it wrote, so neither a rolled-back
transaction nor truncation gives a clean start. A test gets a database of its own instead, as a template
that was migrated once has it: on SQLite a copy of the file (under 1 ms).

On PostgreSQL a database that a test has done with is made anew for the next one: rows out with triggers
off, the template's rows in by COPY. Making and dropping one for each test took more than the tests: DROP
waits for a checkpoint, which waits for every file of every other new database (with six processes at it
1.4 s a test, alone 0.1). What a test of tampering may have done to tables, triggers, functions or rights
shows in a fingerprint of the catalogue; such a database is dropped.

Each process of pytest-xdist makes its own templates, so processes share nothing and wait for nobody.
"""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import make_url

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("ISP_TEST_POSTGRES_URL", "")
PREFIX = "isp_test_"
# A run that was killed leaves its databases; a later one clears those older than this.
STALE_SECONDS = 6 * 3600

# Files in memory, for whose commits nobody waits. What is killed here is programs, never the machine.
MEMORY = Path("/dev/shm")  # noqa: S108 the folder within it is made anew, and for its owner alone
ENOUGH = 2 * 1024**3

Build = Callable[[str], None]
Restore = Callable[[], None]


def names() -> list[str]:
    """The engines this run covers."""
    return ["sqlite", "postgresql"] if POSTGRES else ["sqlite"]


def migrations(url: str) -> Config:
    """Alembic's configuration, pointed at this database."""
    config = Config(toml_file=ROOT / "pyproject.toml", attributes={"url": url})
    # '%' is special to Alembic's options, never to its attributes: hence no set_main_option here.
    config.print_stdout = lambda *_args, **_kwargs: None  # type: ignore[method-assign]
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Bring a database up to a revision, through the project's own migrations."""
    command.upgrade(migrations(url), revision)


def base_of(name: str, build: Build | None) -> tuple[str | None, Build | None]:
    """Which template another one starts from, and what is then done to it."""
    if name == "empty":
        return None, None
    if name == "migrated":
        return "empty", migrate
    return "migrated", build


def quick_folder(otherwise: Path) -> Path:
    """A new folder for database files: in memory where there is room, else the one given."""
    if not os.access(MEMORY, os.W_OK):
        return otherwise
    for left in MEMORY.glob(f"{PREFIX}*"):
        if not Path("/proc", left.name.removeprefix(PREFIX).split("_")[0]).exists():
            shutil.rmtree(left, ignore_errors=True)  # its run was killed
    if shutil.disk_usage(MEMORY).free < ENOUGH:
        return otherwise
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}_", dir=MEMORY))


class Store(Protocol):
    """Where the fresh databases of one engine come from."""

    def fresh(self, template: str = "migrated", build: Build | None = None) -> AbstractContextManager[str]:
        """The address of a database of its own, gone afterwards."""

    def kept(self, url: str) -> AbstractContextManager[Restore]:
        """Remember a fresh database as it stands: what is given makes it so again, as often as wanted.

        Nobody may be connected, neither now nor then.
        """

    def close(self) -> None:
        """Leave nothing behind."""


class SQLiteStore:
    """Database files, copied from a template file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.templates: dict[str, Path] = {}
        self.counter = itertools.count()

    def template(self, name: str, build: Build | None) -> Path:
        if name in self.templates:
            return self.templates[name]
        path = self.folder / f"template-{name}.sqlite3"
        base, build = base_of(name, build)
        if base:
            shutil.copyfile(self.template(base, None), path)
        if build:
            build(f"sqlite:///{path}")
        whole(path)
        self.templates[name] = path
        return path

    @contextmanager
    def fresh(self, template: str = "migrated", build: Build | None = None) -> Iterator[str]:
        source = self.template(template, build)
        folder = self.folder / f"database-{next(self.counter)}"
        folder.mkdir()
        shutil.copyfile(source, folder / "isp.sqlite3")
        try:
            yield f"sqlite:///{folder / 'isp.sqlite3'}"
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def kept(self, url: str) -> Iterator[Restore]:
        path = Path(url.removeprefix("sqlite:///"))
        copy = path.with_name("kept.sqlite3")
        whole(path)
        shutil.copyfile(path, copy)

        def restore() -> None:
            whole(path)
            shutil.copyfile(copy, path)

        yield restore

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def whole(path: Path) -> None:
    """Bring everything into the main file, which alone is copied: nothing may stand in the log beside it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    assert not busy, f"Something still has {path.name} open"


# Rows that are deleted leave their place behind until somebody cleans up.
MOST_USES = 100
EMPTY_COPY = 21  # a header of 19 bytes and a trailer of 2

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
OURS = "isp: between tests"
"""What the connection calls itself that puts a database in order for the next test, and stays open."""
STRAGGLERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND application_name <> %s
"""
COUNTERS = "SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), last_value FROM pg_sequences"
FINGERPRINT = """
    SELECT md5(string_agg(part, '|' ORDER BY part)) FROM (
        SELECT concat_ws(',', relname, relkind, relacl, relowner, relrowsecurity, reloptions) AS part
          FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL
        SELECT concat_ws(',', attrelid, attname, atttypid, atttypmod, attnotnull, atthasdef, attacl)
          FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
         WHERE relnamespace = 'public'::regnamespace AND attnum > 0
        UNION ALL
        SELECT concat_ws(',', conname, conrelid, convalidated, pg_get_constraintdef(oid))
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype = 'c'
        UNION ALL
        SELECT concat_ws(',', conname, conrelid, contype, convalidated)
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL
        SELECT concat_ws(',', tgname, tgrelid, tgfoid, tgenabled, tgtype)
          FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL
        SELECT concat_ws(',', proname, proacl, md5(prosrc))
          FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL
        SELECT concat_ws(',', nspname, nspacl) FROM pg_namespace WHERE nspname !~ '^pg_'
        UNION ALL
        SELECT concat_ws(',', extname, extversion) FROM pg_extension
        UNION ALL
        SELECT concat_ws(',', setconfig) FROM pg_db_role_setting
         WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
        UNION ALL
        SELECT concat_ws(',', polname, polrelid) FROM pg_policy
    ) AS parts
"""


def alive(connection: psycopg.Connection) -> bool:
    """Whether the server is still at the other end: a test may have sent everybody away."""
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.OperationalError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A database as it was: its tables, what the full ones held (COPY's binary form), its counters."""

    tables: list[str]
    rows: dict[str, bytes]
    counters: dict[str, int | None]
    fingerprint: str


class PostgresStore:
    """Databases on the server that ISP_TEST_POSTGRES_URL names, made with CREATE DATABASE … TEMPLATE."""

    def __init__(self, server: str) -> None:
        self.server = make_url(server).set(drivername="postgresql+psycopg")
        self.templates: dict[str, str] = {}
        self.counter = itertools.count()
        self.snapshots: dict[str, Snapshot] = {}
        self.ready: dict[str, list[tuple[str, Snapshot]]] = {}
        self.uses: dict[str, int] = {}
        self.held: dict[str, psycopg.Connection] = {}
        self.run = f"{PREFIX}{int(time.time())}_{secrets.token_hex(3)}"
        plain = self.server.set(drivername="postgresql").render_as_string(hide_password=False)
        self.connection = psycopg.connect(plain, autocommit=True, options="-c synchronous_commit=off")
        self.clear_stale()

    def url(self, name: str) -> str:
        return self.server.set(database=name).render_as_string(hide_password=False)

    def execute(self, statement: str, *identifiers: str) -> None:
        self.connection.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in identifiers)))

    def clear_stale(self) -> None:
        """Drop what earlier runs, killed in the middle, left behind."""
        found = self.connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX]
        )
        for (name,) in found.fetchall():
            with suppress(ValueError, IndexError, psycopg.errors.InvalidCatalogName):
                if time.time() - int(name.removeprefix(PREFIX).split("_")[0]) > STALE_SECONDS:
                    self.execute("DROP DATABASE {} WITH (FORCE)", name)

    def template(self, name: str, build: Build | None) -> str:
        if name in self.templates:
            return self.templates[name]
        database = f"{self.run}_{name}"
        base, build = base_of(name, build)
        if base:
            self.execute("CREATE DATABASE {} TEMPLATE {}", database, self.template(base, None))
        else:
            self.execute("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", database)
        try:
            if build:
                build(self.url(database))
        except BaseException:
            self.execute("DROP DATABASE {} WITH (FORCE)", database)
            raise
        self.templates[name] = database
        # A template that anybody is connected to cannot be copied: say no to stragglers, once.
        self.execute("ALTER DATABASE {} ALLOW_CONNECTIONS false", database)
        self.connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [database]
        )
        return database

    @contextmanager
    def fresh(self, template: str = "migrated", build: Build | None = None) -> Iterator[str]:
        source = self.template(template, build)
        if template == "empty":
            # Whoever asks for nothing at all is about to change that.
            with self.alone(source) as database:
                yield self.url(database)
            return
        ready = self.ready.setdefault(source, [])
        if ready:
            database, before = ready.pop()
        else:
            database = f"{self.run}_{next(self.counter)}"
            self.copy(database, source)
            before = self.snapshots.get(source) or self.snapshots.setdefault(source, self.snapshot(database))
            self.uses[database] = 0
        try:
            yield self.url(database)
        finally:
            self.uses[database] += 1
            if self.uses[database] < MOST_USES and self.again(database, before):
                ready.append((database, before))
            else:
                self.drop(database)

    @contextmanager
    def alone(self, source: str) -> Iterator[str]:
        """A copy that nobody else gets afterwards."""
        database = f"{self.run}_{next(self.counter)}"
        self.copy(database, source)
        try:
            yield database
        finally:
            self.execute("DROP DATABASE {} WITH (FORCE)", database)

    def copy(self, database: str, source: str) -> None:
        self.execute("CREATE DATABASE {} TEMPLATE {}", database, source)
        self.execute("ALTER DATABASE {} SET synchronous_commit = off", database)

    @contextmanager
    def into(self, database: str) -> Iterator[psycopg.Connection]:
        """A connection of our own, in one transaction, with nobody else's beside it.

        It stays open: what it has learnt of the tables takes longer to learn than rows to put back.
        """
        # Asked to wait, the server looks again after a tenth of a second. Most are on their way out.
        while self.connection.execute(STRAGGLERS, [database, OURS]).fetchall():
            time.sleep(0.001)
        held = self.held.get(database)
        if held is None or not alive(held):
            plain = self.server.set(drivername="postgresql", database=database)
            address = plain.render_as_string(hide_password=False)
            held = psycopg.connect(
                address, options="-c session_replication_role=replica", application_name=OURS
            )
            self.held[database] = held
        with held.transaction():
            yield held

    def drop(self, database: str) -> None:
        """A database with whoever is connected to it, if it is there."""
        held = self.held.pop(database, None)
        if held is not None:
            held.close()
        self.execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    def snapshot(self, database: str) -> Snapshot:
        """What the tables of a database hold, and what they are."""
        with self.into(database) as connection:
            tables = [name for (name,) in connection.execute(TABLES)]
            rows: dict[str, bytes] = {}
            for name in tables:
                query = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(name))
                with connection.cursor().copy(query) as copy:
                    found = b"".join(copy)
                if len(found) > EMPTY_COPY:
                    rows[name] = found
            counters = dict(connection.execute(COUNTERS).fetchall())
            return Snapshot(tables, rows, counters, self.fingerprint(connection))

    def fingerprint(self, connection: psycopg.Connection) -> str:
        """Changes with any table, column, constraint, index, trigger, function, right or setting."""
        found = connection.execute(FINGERPRINT).fetchone()
        assert found is not None
        return str(found[0])

    def again(self, database: str, before: Snapshot) -> bool:
        """Make a database what it was; False where more than its rows was changed."""
        with self.into(database) as connection:
            if self.fingerprint(connection) != before.fingerprint:
                return False
            connection.execute(
                sql.SQL(";").join(sql.SQL("DELETE FROM {}").format(sql.Identifier(t)) for t in before.tables)
            )
            for name, rows in before.rows.items():
                query = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(name))
                with connection.cursor().copy(query) as copy:
                    copy.write(rows)
            for name, value in before.counters.items():
                connection.execute(
                    "SELECT setval(%s, %s, %s)", [name, value if value is not None else 1, value is not None]
                )
        return True

    @contextmanager
    def kept(self, url: str) -> Iterator[Restore]:
        database = make_url(url).database or ""
        before = self.snapshot(database)

        def restore() -> None:
            assert self.again(database, before), "Something changed more than rows"

        yield restore

    def close(self) -> None:
        done = [database for ready in self.ready.values() for database, _ in ready]
        for database in [*self.templates.values(), *done]:
            self.drop(database)
        self.connection.close()
