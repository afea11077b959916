"""Seeded databases: made once for a size, copied for every run, dropped afterwards.

What is kept between runs (``--keep``) lies in one folder: the keyring that opens the data, the SQLite
files, and what is known of each world. The name carries a digest of what made it, so that a changed
seeding or migration makes a new one.
"""

from __future__ import annotations

import hashlib
import pickle
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url, text

from isp.kernel.crypto import Keyring
from isp.kernel.db import Database
from tests import engines
from tests.bench.seeding import World, schools_of, seed

PREFIX = "isp_bench_"


def _sources() -> str:
    """A digest of what decides how a seeded database looks."""
    found = hashlib.sha256()
    here = Path(__file__).parent
    migrations = sorted((engines.ROOT / "migrations" / "versions").glob("*.py"))
    for path in (here / "seeding.py", here / "writing.py", *migrations):
        found.update(path.read_bytes())
    return found.hexdigest()[:8]


@dataclass
class Shelf:
    """The folder of what is kept, and the server of PostgreSQL databases ('' for none)."""

    folder: Path
    server: str
    keep: bool

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.keyring_path = self.folder / "keyring.json"
        if not self.keyring_path.exists():
            Keyring.generate(development=True).save(self.keyring_path)
        self.keyring = Keyring.load(self.keyring_path)

    @property
    def engines(self) -> list[str]:
        """The engines that there are here."""
        return ["postgresql", "sqlite"] if self.server else ["sqlite"]

    @contextmanager
    def world(
        self, engine: str, pupils: int, sizes: Sequence[int] | None = None
    ) -> Iterator[tuple[str, World]]:
        """The address of a seeded database of one's own, and what is in it. ``sizes``: of the schools."""
        sizes = sizes or schools_of(pupils)
        name = f"{PREFIX}{sum(sizes)}_{len(sizes)}_{_sources()}"
        known = self.folder / f"{name}_{engine}.world"
        made = self._postgres if engine == "postgresql" else self._sqlite
        with made(name, known, sizes) as url:
            yield url, pickle.loads(known.read_bytes())  # noqa: S301 our own, in a folder of our own

    def _fill(self, url: str, known: Path, sizes: Sequence[int]) -> None:
        engines.migrate(url)
        world = seed(url, self.keyring, sizes, lambda _: None)
        known.write_bytes(pickle.dumps(world))

    @contextmanager
    def _sqlite(self, name: str, known: Path, sizes: Sequence[int]) -> Iterator[str]:
        template, copy = self.folder / f"{name}.sqlite3", self.folder / f"{name}_copy.sqlite3"
        if not (known.exists() and template.exists()):
            _remove(template)
            self._fill(f"sqlite:///{template}", known, sizes)
            with closing(sqlite3.connect(template)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _remove(copy)
        shutil.copyfile(template, copy)
        try:
            yield f"sqlite:///{copy}"
        finally:
            _remove(copy)
            if not self.keep:
                _remove(template)
                known.unlink(missing_ok=True)

    @contextmanager
    def _postgres(self, name: str, known: Path, sizes: Sequence[int]) -> Iterator[str]:
        address = make_url(self.server).set(drivername="postgresql+psycopg")
        plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
        with closing(psycopg.connect(plain, autocommit=True)) as connection:

            def run(statement: str, *names: str) -> None:
                connection.execute(sql.SQL(statement).format(*(sql.Identifier(one) for one in names)))

            there = "SELECT 1 FROM pg_database WHERE datname = %s"
            if not (known.exists() and connection.execute(there, [name]).fetchone()):
                run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
                run("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
                self._fill(address.set(database=name).render_as_string(hide_password=False), known, sizes)
            copy = f"{name}_copy"
            run("DROP DATABASE IF EXISTS {} WITH (FORCE)", copy)
            run("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", copy, name)
            try:
                yield address.set(database=copy).render_as_string(hide_password=False)
            finally:
                run("DROP DATABASE IF EXISTS {} WITH (FORCE)", copy)
                if not self.keep:
                    run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
                    known.unlink(missing_ok=True)

    def close(self) -> None:
        """Remove the folder unless it is to be kept."""
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def settled(database: Database) -> None:
    """Leave the tables as a server that has run for a day does: swept and counted."""
    engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE"))


def _remove(path: Path) -> None:
    for one in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", ".writers"))):
        one.unlink(missing_ok=True)
