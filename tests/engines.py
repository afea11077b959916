"""Databases for tests: a fresh, migrated one for every test that asks, on each engine.

The application commits, and triggers refuse to delete what it wrote, so neither a rolled-back
transaction nor truncation gives a clean start. A test gets a database of its own instead, copied from
a template that was migrated once. Measured with 60 tables on two cores, fsync on: SQLite, a file copied,
under 1 ms; PostgreSQL 15, CREATE DATABASE from a template 24 ms and DROP 11 ms (STRATEGY WAL_LOG;
FILE_COPY takes 90 and 56 ms, TRUNCATE of the 60 tables 140 ms, DELETE with triggers off 5 ms, but that
would leave what a test of tampering did to the triggers themselves).

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


class PostgresStore:
    """Databases on the server that ISP_TEST_POSTGRES_URL names, made with CREATE DATABASE … TEMPLATE."""

    def __init__(self, server: str) -> None:
        self.server = make_url(server).set(drivername="postgresql+psycopg")
        self.templates: dict[str, str] = {}
        self.counter = itertools.count()
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
        database = f"{self.run}_{next(self.counter)}"
        self.copy(database, source)
        try:
            yield self.url(database)
        finally:
            self.execute("DROP DATABASE {} WITH (FORCE)", database)

    def copy(self, database: str, source: str) -> None:
        self.execute("CREATE DATABASE {} TEMPLATE {}", database, source)
        self.execute("ALTER DATABASE {} SET synchronous_commit = off", database)

    @contextmanager
    def kept(self, url: str) -> Iterator[Restore]:
        database = make_url(url).database or ""
        copy = f"{self.run}_{next(self.counter)}"
        self.copy(copy, database)

        def restore() -> None:
            self.execute("DROP DATABASE {} WITH (FORCE)", database)
            self.copy(database, copy)

        try:
            yield restore
        finally:
            self.execute("DROP DATABASE {} WITH (FORCE)", copy)

    def close(self) -> None:
        for database in self.templates.values():
            self.execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)
        self.connection.close()
