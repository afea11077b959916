"""How Alembic runs here.

The database is, in this order: the address that the caller put into ``config.attributes["url"]`` (the
``isp migrate`` command and the tests), ``alembic -x url=…``, the settings of this installation.

Everything up to the asked-for revision happens in one transaction, on both engines: an upgrade that
fails leaves the database as it was. Two processes that migrate at once queue: on PostgreSQL by an
advisory lock, on SQLite because the transaction takes the write lock before anything is read.

Two rules for whoever writes a migration, because breaking them is silent:

- no Alembic batch operation on a table that carries triggers: on SQLite it builds a new table and the
  triggers, which refuse changes to versions and to the trail, are gone;
- no import from ``isp``: a migration keeps meaning what it meant when it was written.
"""

from __future__ import annotations

import importlib
import pkgutil
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from alembic import context
from sqlalchemy import Connection, Engine, MetaData, NullPool, create_engine, event, text
from sqlalchemy.types import TypeDecorator

import isp
from config import Settings, normalise_url
from isp.kernel.db import Base

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

# Any number will do, as long as it is this one.
MIGRATING = 4_712_026
# How long a second migrating process waits for the first.
WAIT_SECONDS = 600
# How long a migration waits for a table that people are using, before it gives way to them: behind
# a waiting ALTER TABLE every other query on that table waits too.
LOCK_TIMEOUT = "4s"


def database_url() -> str:
    """The address of the database to migrate, with its driver named."""
    given = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True).get("url")
    return normalise_url(given) if given else Settings.read().database_url


def every_model() -> MetaData:
    """The tables of all rooms, each room's ``models`` imported first."""
    for room in pkgutil.iter_modules(isp.__path__, prefix="isp."):
        if room.ispkg and find_spec(f"{room.name}.models"):
            importlib.import_module(f"{room.name}.models")
    return Base.metadata


def render_item(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Write the project's own column types as the plain types they are stored as."""
    if kind == "type" and isinstance(item, TypeDecorator) and type(item).__module__.startswith("isp."):
        return f"sa.{item.impl!r}"
    return False


def open_engine(url: str) -> Engine:
    """An engine for this run only, whose transactions contain the table definitions too."""
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def leave_transactions_to_us(dbapi_connection: Any, _: Any) -> None:
            dbapi_connection.isolation_level = None
            dbapi_connection.execute(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}")

        @event.listens_for(engine, "begin")
        def take_the_write_lock_first(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def queue_for_turn(connection: Connection) -> None:
    """Wait for another migrating process; from then on, for nobody longer than LOCK_TIMEOUT."""
    if connection.dialect.name != "postgresql":
        return
    # lock_timeout counts for advisory locks too, so it is short only once the turn has come.
    connection.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": f"{WAIT_SECONDS}s"})
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
    connection.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": LOCK_TIMEOUT})


def migrate() -> None:
    """Run what Alembic was asked for, in one transaction."""
    engine = open_engine(database_url())
    with engine.connect() as connection, connection.begin():
        queue_for_turn(connection)
        context.configure(
            connection=connection,
            target_metadata=every_model(),
            render_item=render_item,
            compare_type=True,
            compare_server_default=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    message = "Migrations run against a database, not into a script: some of them read what is there."
    raise SystemExit(message)

migrate()
