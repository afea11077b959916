"""Statements on the way to every page: composed once by SQLAlchemy, sent as finished text by the driver.

Composing a statement, and even taking its composed form from SQLAlchemy's cache, costs several times what
the database takes to answer it. Here the text is made once per dialect with every constant written into it;
after that a question is a text, its values, and rows with names. PostgreSQL gets it with its own numbered
placeholders (psycopg's raw cursor: nothing is converted), prepared at once, and answers in binary.

Only what runs on almost every page comes this way, and what a page of many pupils asks. Everything else is
asked through SQLAlchemy.
"""

from __future__ import annotations

import json
import re
from collections import namedtuple
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
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
        values = [constants[name] if name in constants else parameters[name] for name in self.names]
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
        if name in constants and type(value) is str and _PLAIN.fullmatch(value):
            return f"'{value}'"
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


def send(connection: Connection, text: str, values: Sequence[Any]) -> list[Any]:
    """Send a finished text that gives rows over a connection's own driver; its rows.

    Raises what SQLAlchemy would raise, and leaves a lost connection marked as lost.
    """
    driver: Any = connection.connection.dbapi_connection
    for hear in connection.dispatch.before_cursor_execute:
        hear(connection, None, text, values, None, False)
    try:
        if connection.dialect.name == "sqlite":
            found: list[Any] = driver.execute(text, values).fetchall()
        else:
            asked = psycopg.RawCursor(driver)
            asked.execute(text, values, prepare=True, binary=True)
            found = asked.fetchall()
    except Exception as error:
        base = connection.dialect.loaded_dbapi.Error
        if not isinstance(error, base):
            raise
        if connection.dialect.name != "sqlite" and driver.broken:
            # SQLAlchemy finds out for itself, raises, and lets the pool know.
            connection.exec_driver_sql("SELECT 1")
        raise DBAPIError.instance(
            text, None, error, base, hide_parameters=True, dialect=connection.dialect
        ) from error
    for hear in connection.dispatch.after_cursor_execute:
        hear(connection, None, text, values, None, False)
    return found
