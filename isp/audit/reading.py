"""Reading the ledger in bulk, past SQLAlchemy: blocks of plain rows, whole or by a span of chains.

On PostgreSQL through a cursor of the server with binary results: one message a block, where COPY costs a
call of the driver for every row (measured: 1,700,000 rows a CPU-second against 500,000).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, true
from sqlalchemy.engine import Connection

BLOCK = 1000
CHAINS_OF_A_SPAN = 250_000
"""Of so many chains at most something is kept in memory at once: 0.6 kB each (measured), 150 MB in all."""

# A sort fits in memory more often; a plan is chosen for reading everything; a walk begins at the beginning.
_SETTINGS = (
    "SET LOCAL work_mem = '64MB'",
    "SET LOCAL cursor_tuple_fraction = 1",
    "SET LOCAL synchronize_seqscans = off",
    "SET LOCAL jit = off",
)


@dataclass(frozen=True, slots=True)
class Span:
    """The chains whose ids lie from ``first`` on and before ``end``; None where there is no bound."""

    first: UUID | None = None
    end: UUID | None = None

    def of(self, table: Table) -> ColumnElement[bool]:
        """The same as a condition on a table that has chain ids."""
        found: ColumnElement[bool] = true()
        if self.first is not None:
            found = found & (table.c.chain_id >= self.first)
        if self.end is not None:
            found = found & (table.c.chain_id < self.end)
        return found


def spans(chains: int, most: int = CHAINS_OF_A_SPAN) -> list[Span]:
    """Spans that hold about ``most`` of so many chains each: ids are hashes, so equal spans hold alike."""
    parts = -(-chains // most) or 1
    bounds = [UUID(int=2**128 * part // parts) for part in range(1, parts)]
    return [Span(first, end) for first, end in zip([None, *bounds], [*bounds, None], strict=True)]


def prepare(connection: Connection) -> None:
    """Tell PostgreSQL, for this transaction alone, that everything will be read."""
    if connection.dialect.name == "postgresql":
        for setting in _SETTINGS:
            connection.exec_driver_sql(setting)


def blocks(
    connection: Connection, table: str, columns: str, span: Span, order: str = "", *, ahead: bool = False
) -> Iterator[list[tuple[Any, ...]]]:
    """Blocks of rows as the driver gives them; ``columns`` and ``order`` are of this room, in SQL.

    ``ahead``: PostgreSQL reads the next block while the caller looks at this one. Nothing else may be asked
    over the connection meanwhile.
    """
    raw: Any = connection.connection.driver_connection
    postgres = connection.dialect.name == "postgresql"
    query = f"SELECT {columns} FROM {table}"  # noqa: S608 names of this room's own; the bounds are parameters
    bounds = [
        (sign, bound if postgres else bound.hex)
        for sign, bound in ((">=", span.first), ("<", span.end))
        if bound is not None
    ]
    if bounds:
        mark = "%s" if postgres else "?"
        query += " WHERE " + " AND ".join(f"chain_id {sign} {mark}" for sign, _ in bounds)
    if order:
        query += f" ORDER BY {order}"
    values = [bound for _, bound in bounds]
    if not postgres:
        yield from _fetched(raw.execute(query, values))
        return
    with raw.cursor(f"isp_{table}", scrollable=False) as cursor:
        cursor.execute(query, values or None, binary=True)
        yield from _fetched_ahead(raw, cursor.name) if ahead else _fetched(cursor)


def _fetched(cursor: Any) -> Iterator[list[tuple[Any, ...]]]:
    while rows := cursor.fetchmany(BLOCK):
        yield rows


def _fetched_ahead(raw: Any, name: str) -> Iterator[list[tuple[Any, ...]]]:
    # sql: the name is this room's own
    query = f"FETCH FORWARD {BLOCK} FROM {name}"
    with raw.pipeline():
        asked = raw.cursor(binary=True).execute(query)
        while True:
            following = raw.cursor(binary=True).execute(query)
            rows = asked.fetchall()
            if not rows:
                return
            yield rows
            asked = following
