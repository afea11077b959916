"""The database: one engine, types that cannot be misread, and the ways to read and write.

SQLite and PostgreSQL are both first-class. On SQLite writers queue fairly in the process and across
processes (a ticket, then a file lock, then BEGIN IMMEDIATE), because the engine's own busy handler lets a
writer starve. On PostgreSQL a unit that only reads runs under autocommit, so that a read costs one trip.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg._preparing import PrepareManager
from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    Uuid,
    create_engine,
    event,
    types,
)
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(types.TypeDecorator[datetime]):
    """An aware instant, stored as UTC; a naive one is refused rather than guessed at."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: aware in, UTC out (SQLite keeps it without the zone)."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Sealed(types.TypeDecorator[bytes]):
    """Bytes that ``kernel.crypto`` sealed. The type marks the column for the guards and the key commands."""

    impl = LargeBinary
    cache_ok = True


class Base(DeclarativeBase):
    """Every table's base: named constraints, and plain annotations that mean one thing each."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this attribute from the class
        datetime: UTCDateTime,
        UUID: Uuid,
        bytes: LargeBinary,
        int: BigInteger().with_variant(types.Integer(), "sqlite"),
    }


def table_of(model: type[Base]) -> Table:
    """A model's table, for statements that go past the ORM."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 every model here is one table
    return table


class WriterQueue:
    """First come, first served among threads; then a file lock among processes."""

    def __init__(self, lock_file: Path | None) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._busy = False
        self._holder: int | None = None
        self._lock_file = lock_file

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for, hold and pass on the turn to write.

        Raises RuntimeError where this thread holds it already: it would wait for itself for ever.
        """
        if self._holder == threading.get_ident():
            raise RuntimeError("a unit that writes was opened inside another one of the same thread")
        with self._guard:
            if self._busy or self._waiting:
                ticket = threading.Event()
                self._waiting.append(ticket)
            else:
                self._busy = True
                ticket = None
        if ticket is not None:
            ticket.wait()
        try:
            self._holder = threading.get_ident()
            with self._between_processes():
                yield
        finally:
            self._holder = None
            with self._guard:
                if self._waiting:
                    self._waiting.popleft().set()
                else:
                    self._busy = False

    @contextmanager
    def _between_processes(self) -> Iterator[None]:
        if self._lock_file is None:
            yield
            return
        handle = os.open(self._lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


class Database:
    """One installation's database. ``url`` is an SQLAlchemy address with its driver named."""

    def __init__(self, url: str | URL, *, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            path = Path(self.url.database or "")
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.engine = _sqlite_engine(self.url, pool_size)
            self._queue: WriterQueue | None = WriterQueue(path.with_name(path.name + ".writers"))
        else:
            self.engine = _postgres_engine(self.url, pool_size)
            self._queue = None
        self._writer = self.engine.execution_options(isp_writes=True)
        # SQLite has snapshots of its own in write-ahead mode; PostgreSQL must be asked for one.
        self._still = (
            self.engine.execution_options(isp_still=True)
            if self.is_sqlite
            else self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        )
        # On SQLite the driver opens no transaction unless it is told to. On PostgreSQL whoever only reads
        # has connections of their own: turning one over to autocommit and back costs more than a question.
        self._reads = (
            self.engine.execution_options(isp_reads=True)
            if self.is_sqlite
            else _postgres_engine(self.url, pool_size, reads=True)
        )
        for engine in (self._reads, self._still):
            event.listen(engine, "before_execute", _refuse_to_write)

    @property
    def engines(self) -> tuple[Engine, ...]:
        """Every engine of this database with connections of its own, for whoever listens to what is sent."""
        return (self.engine,) if self.is_sqlite else (self.engine, self._reads)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection on which every statement stands alone; one that writes is refused."""
        with self._reads.connect() as connection:
            yield connection

    @contextmanager
    def still(self) -> Iterator[Connection]:
        """A connection on which everything is seen as of one moment, whatever is written meanwhile.

        For walks that compare one table with another. Nobody waits for it, but it keeps old rows from
        being cleared away: not for pages.
        """
        with self._still.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection inside one transaction, committed at the end, rolled back on any exception."""
        if self._queue is None:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._queue.turn(), self._writer.connect() as connection, connection.begin():
            yield connection

    def dispose(self) -> None:
        """Close every pooled connection."""
        for engine in self.engines:
            engine.dispose()


def _refuse_to_write(
    _connection: Connection, statement: Any, _many: Any, _parameters: Any, _options: Any
) -> None:
    """Refuse what would commit by itself, without the event that tells of it and the rest of its deed.

    Here and not in the database: PostgreSQL can make a connection read-only, but that takes a trip each time
    one leaves the pool, and the compare-and-swap that ends a looking unit must write. That one statement
    goes by ``exec_driver_sql``, which this does not see. Costs less than can be measured (0.3 us of 33).
    """
    if getattr(statement, "is_dml", False):
        raise RuntimeError(
            "a connection that reads was given a statement that writes: use Database.writing()"
        )


class _Lasting(PrepareManager):
    """What the driver has prepared on a connection, kept when a transaction is undone.

    PostgreSQL keeps it too. The driver would forget it all, for tables may have been made anew meanwhile,
    which nothing does over these connections; and it would have the server forget everything that is prepared
    there, with what ``prepared`` asks past it.
    """

    def clear(self) -> bool:
        return False


def _postgres_engine(url: URL, pool_size: int, *, reads: bool = False) -> Engine:
    # Under autocommit there is no transaction to undo when a connection comes back.
    options: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None} if reads else {}
    engine = create_engine(url, pool_size=pool_size, max_overflow=pool_size, **options)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection._prepared = _Lasting()  # noqa: SLF001 - the driver has no other way to say this
        # Who may see what is a long statement: planning it takes five times what answering it takes, and
        # left alone the server plans it anew each time (1.0 ms a question, 0.7 with the plan kept).
        connection.execute("SET plan_cache_mode = force_generic_plan")
        # Such a plan takes a LIMIT for a tenth of the table, and what looks dear is compiled first: that
        # takes longer (tens of ms) than any question of a page.
        connection.execute("SET jit = off")
        # kernel.prepared takes instants as the driver gives them.
        connection.execute("SET TIME ZONE 'UTC'")
        connection.commit()

    return engine


def _sqlite_engine(url: URL, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        # The driver must not open transactions of its own: reading() has none, writing() says IMMEDIATE.
        # Our own writers wait in the queue. So what holds the file is another program: seconds, and then
        # say so, rather than let somebody look at nothing for half a minute.
        connect_args={"isolation_level": None, "timeout": 5, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "trusted_schema=OFF",
            "temp_store=MEMORY",
            "cache_size=-16000",
        ):
            connection.execute("PRAGMA " + pragma)  # sql: a pragma takes no parameter

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # IMMEDIATE at once: a read that later becomes a write fails with BUSY_SNAPSHOT, which no wait cures.
        options = connection.get_execution_options()
        if options.get("isp_writes"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif options.get("isp_still"):
            connection.exec_driver_sql("BEGIN DEFERRED")

    return engine
