"""Statements on the way to every page: composed once by SQLAlchemy, sent as finished text by the driver.

Composing a statement, and even taking its composed form from SQLAlchemy's cache, costs several times what
the database takes to answer it. Here the text is made once per dialect with every constant written into it;
after that a question is a text, its values, and rows with names. PostgreSQL gets it with its own numbered
placeholders, prepared at once, and answers in binary; where no transaction must be opened first it goes past
psycopg's cursor, whose making and waiting cost as much as the trip (``_Wire``).

Only what runs on almost every page comes this way, and what a page of many pupils asks. Everything else is
asked through SQLAlchemy.
"""

from __future__ import annotations

import json
import re
import select as polling
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from sqlalchemy import Boolean, ColumnElement, Select, SQLColumnExpression, bindparam, types
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import CompoundSelect

Processor = Callable[[Any], Any]

POSTGRESQL: Dialect = postgresql.psycopg.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # theirs
SQLITE: Dialect = sqlite.dialect()
_PLACEHOLDER = re.compile(r"\$([0-9]+)\b")
_PLAIN = re.compile(r"[A-Za-z0-9_:. -]*")


class _Ids(types.TypeDecorator[Collection[UUID]]):
    """Ids as one text: JSON on SQLite, an array on PostgreSQL, whose driver takes long over a list."""

    impl = types.String
    cache_ok = True

    def process_bind_param(self, value: Collection[UUID] | None, dialect: Dialect) -> str:
        listed = [one.hex for one in value or ()]
        return f"{{{','.join(listed)}}}" if dialect.name == "postgresql" else json.dumps(listed)


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True


def among(column: SQLColumnExpression[Any], name: str) -> ColumnElement[bool]:
    """Whether an id is one of those given under ``name``: one value however many, so one finished text."""
    return _Among(column, bindparam(name, type_=_Ids()))


@compiles(_Among, "postgresql")
def _among_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(one, **options) for one in element.clauses)
    # As rows: of = ANY the array would be made anew for each row, where a table is read whole (1 s for 500).
    return f"{column} IN (SELECT unnest(CAST({ids} AS UUID[])))"


@compiles(_Among, "sqlite")
def _among_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 made of compiled parts


@dataclass(frozen=True, slots=True)
class Text:
    """A finished statement: its text, the names of its values in order, and how to bind and name."""

    text: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]
    binding: tuple[tuple[int, Processor], ...]
    row: type[Any] | None
    results: tuple[tuple[int, Processor], ...]

    def values(self, parameters: Mapping[str, Any]) -> list[Any]:
        """The values in the order in which the text asks for them. KeyError where one is missing."""
        constants = self.constants
        return self.bound([constants[name] if name in constants else parameters[name] for name in self.names])

    def bound(self, values: list[Any]) -> list[Any]:
        """Values in that order, each as the database takes it; the list itself is changed."""
        for place, process in self.binding:
            values[place] = process(values[place])
        return values


class Prepared:
    """A select that is asked again and again. ``compose`` makes it, once for each dialect."""

    def __init__(self, compose: Callable[[], Select[*tuple[Any, ...]] | CompoundSelect[Any]]) -> None:
        self._compose = compose
        self._texts: dict[str, Text] = {}

    def all(self, connection: Connection, parameters: Mapping[str, Any]) -> list[Any]:
        """Its rows as named tuples; a name that comes twice is reached by its place alone."""
        name = connection.dialect.name
        text = self._texts.get(name) or self._texts.setdefault(
            name, finished(self._compose(), POSTGRESQL if name == "postgresql" else SQLITE)
        )
        rows = send(connection, text.text, text.values(parameters))
        if text.results:
            rows = [_processed(row, text.results) for row in rows]
        assert text.row is not None  # noqa: S101 a select names its columns
        return list(map(text.row._make, rows))

    def first(self, connection: Connection, parameters: Mapping[str, Any]) -> Any | None:
        """The first of its rows, or None."""
        rows = self.all(connection, parameters)
        return rows[0] if rows else None


def finished(statement: Any, dialect: Dialect) -> Text:
    """A statement's text in a dialect. What has a value already becomes part of it; the rest is asked for."""
    compiled: SQLCompiler = statement.compile(dialect=dialect)
    fixed = {name: bind.value for name, bind in compiled.binds.items()}
    state = compiled.construct_expanded_state(fixed)
    wanted = {name for name, bind in compiled.binds.items() if bind.required}
    names = list(state.positiontup or ())
    constants = {name: state.parameters[name] for name in names if name not in wanted}
    text = state.statement
    if dialect is POSTGRESQL:
        text, names = _with_constants(text, names, constants)
    types = {name: bind.type for name, bind in compiled.binds.items()}
    binding = [
        (place, process)
        for place, name in enumerate(names)
        if name in types and (process := types[name].dialect_impl(dialect).bind_processor(dialect))
    ]
    columns = getattr(compiled, "_result_columns", [])
    held = [one.keyname for one in columns or ()]
    row = namedtuple("row", held, rename=True) if held else None  # noqa: PYI024 its fields are the columns asked
    return Text(
        text,
        tuple(names),
        {name: value for name, value in constants.items() if name in names},
        tuple(binding),
        row,
        # PostgreSQL's driver gives what the types ask for: its sessions are in UTC (kernel.db sees to it).
        () if dialect is POSTGRESQL else _processors(columns, dialect),
    )


def _with_constants(text: str, names: Sequence[str], constants: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The text with plain constants written into it, and its placeholders counted anew."""
    kept: list[str] = []

    def place(found: re.Match[str]) -> str:
        name = names[int(found[1]) - 1]
        value = constants.get(name)
        if name in constants and type(value) is int:
            return str(value)
        if name in constants and isinstance(value, str) and _PLAIN.fullmatch(value):
            return f"'{str.__str__(value)}'"
        if name not in kept:
            kept.append(name)
        return f"${kept.index(name) + 1}"

    return _PLACEHOLDER.sub(place, text), kept


def _processors(columns: Sequence[Any], dialect: Dialect) -> tuple[tuple[int, Processor], ...]:
    found = ((place, one.type.dialect_impl(dialect)) for place, one in enumerate(columns))
    made = ((place, kind.result_processor(dialect, None)) for place, kind in found)
    return tuple((place, process) for place, process in made if process is not None)


def _processed(row: Sequence[Any], processors: Sequence[tuple[int, Processor]]) -> list[Any]:
    values = list(row)
    for place, process in processors:
        values[place] = process(values[place])
    return values


class _Wire:
    """The statements that one connection to PostgreSQL has prepared, and how their values are written.

    What psycopg's cursor does for a prepared statement, by the same adapters, in one call of the client
    library: no cursor, no generator, no waiting in Python. It cannot be interrupted while it waits.
    """

    def __init__(self, driver: Any) -> None:
        self._library = driver.pgconn
        self._adapt = Transformer(driver)
        self._encoding = driver.info.encoding
        # By text and by the types of the values: an absent value has another than a number.
        self._names: OrderedDict[tuple[str, tuple[int, ...]], bytes] = OrderedDict()
        self._made = 0
        self._awaits = False

    def ask(self, text: str, values: Sequence[Any]) -> list[Any]:
        """The rows of an answer. Raises psycopg's errors."""
        return self._rows(self._library.exec_prepared(*self._written(text, values)))

    def start(self, text: str, values: Sequence[Any]) -> None:
        """Send a question. Nothing else may be sent before ``end`` has its answer."""
        library = self._library
        library.send_query_prepared(*self._written(text, values))
        self._awaits = True
        while library.flush():
            self._wait(polling.POLLIN | polling.POLLOUT)
            library.consume_input()

    def end(self) -> list[Any]:
        """Wait for the answer to what was sent: its rows. Raises psycopg's errors."""
        library = self._library
        found: Any = None
        while True:
            while library.is_busy():
                self._wait(polling.POLLIN)
                library.consume_input()
            result = library.get_result()
            if result is None:
                self._awaits = False
                return self._rows(found)
            found = result

    def _wait(self, until: int) -> None:
        poll = polling.poll()
        poll.register(self._library.socket, until)
        poll.poll()

    def _written(
        self, text: str, values: Sequence[Any]
    ) -> tuple[bytes, Sequence[Any], Sequence[int] | None, int]:
        """What the client library sends: the statement's name, values, and their formats."""
        if self._awaits:
            # The library would throw the answer away that is still to come.
            raise RuntimeError("a connection that waits for an answer was asked something else")
        adapt = self._adapt
        sent = adapt.dump_sequence(values, [PyFormat.AUTO] * len(values))
        key = (text, adapt.types or ())
        name = self._names.get(key)
        if name is None:
            name = self._prepare(key)
        else:
            self._names.move_to_end(key)
        return name, sent, adapt.formats, _BINARY

    def _rows(self, result: Any) -> list[Any]:
        adapt = self._adapt
        if result.status != _ROWS:
            raise error_from_result(result, encoding=self._encoding)
        adapt.set_pgresult(result)
        try:
            return adapt.load_rows(0, result.ntuples, tuple)
        finally:
            adapt.set_pgresult(None)

    def _prepare(self, key: tuple[str, tuple[int, ...]]) -> bytes:
        if len(self._names) >= _MOST_PREPARED:
            _, oldest = self._names.popitem(last=False)
            self._check(self._library.exec_(b"DEALLOCATE " + oldest))
        text, types = key
        self._made += 1
        name = b"isp_%d" % self._made
        self._check(self._library.prepare(name, text.encode(self._encoding), types))
        self._names[key] = name
        return name

    def _check(self, result: pq.abc.PGresult) -> None:
        if result.status != pq.ExecStatus.COMMAND_OK:
            raise error_from_result(result, encoding=self._encoding)


_WIRE = "isp.wire"
_MOST_PREPARED = 300
"""Statements that a connection keeps prepared; each takes memory in the database for as long."""
_IN_TRANSACTION = pq.TransactionStatus.INTRANS
_ROWS = pq.ExecStatus.TUPLES_OK
_BINARY = pq.Format.BINARY


def send(connection: Connection, text: str, values: Sequence[Any]) -> list[Any]:
    """Send a finished text that gives rows over a connection's own driver; its rows.

    Raises what SQLAlchemy would raise, and leaves a lost connection marked as lost.
    """
    return _heard(connection, text, values, lambda: _asked(connection, text, values))


def start(connection: Connection, text: str, values: Sequence[Any]) -> Callable[[], list[Any]]:
    """Send a finished text now; what it gives waits for the answer, and gives the rows or raises as ``send``.

    For PostgreSQL under autocommit. Until the answer is there nothing else may be asked over the connection,
    and it must be waited for before the connection goes back.
    """
    wire = _wire(connection)
    wire.start(text, values)
    return lambda: _heard(connection, text, values, wire.end)


def _asked(connection: Connection, text: str, values: Sequence[Any]) -> list[Any]:
    driver: Any = connection.connection.dbapi_connection
    found: list[Any]
    if connection.dialect.name == "sqlite":
        found = driver.execute(text, values).fetchall()
    elif driver.autocommit or driver.pgconn.transaction_status == _IN_TRANSACTION:
        found = _wire(connection).ask(text, values)
    else:
        # The cursor opens the transaction that the driver owes.
        asked = psycopg.RawCursor(driver)
        asked.execute(text, values, prepare=True, binary=True)
        found = asked.fetchall()
    return found


def _wire(connection: Connection) -> _Wire:
    found: _Wire | None = connection.info.get(_WIRE)
    if found is None:
        found = connection.info[_WIRE] = _Wire(connection.connection.dbapi_connection)
    return found


def _heard(
    connection: Connection, text: str, values: Sequence[Any], answer: Callable[[], list[Any]]
) -> list[Any]:
    """An answer, with whoever listens told of the statement and errors told as SQLAlchemy tells them."""
    for hear in connection.dispatch.before_cursor_execute:
        hear(connection, None, text, values, None, False)
    try:
        found = answer()
    except Exception as error:
        base = connection.dialect.loaded_dbapi.Error
        if not isinstance(error, base):
            raise
        driver: Any = connection.connection.dbapi_connection
        if connection.dialect.name != "sqlite" and driver.broken:
            # SQLAlchemy finds out for itself, raises, and lets the pool know.
            connection.exec_driver_sql("SELECT 1")
        raise DBAPIError.instance(
            text, None, error, base, hide_parameters=True, dialect=connection.dialect
        ) from error
    for hear in connection.dispatch.after_cursor_execute:
        hear(connection, None, text, values, None, False)
    return found
