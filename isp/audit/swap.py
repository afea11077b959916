"""Several inserts and guarded updates as one statement on PostgreSQL: all of them, or none.

Each step is a data-modifying common table expression that returns a row per row it touched. The final
SELECT divides by zero unless every guarded update touched exactly one row, and an error undoes the whole
statement; that is cheaper than a transaction by the trips for BEGIN, each step and COMMIT.
SQLAlchemy composes the statement once per shape (tables and columns); after that the driver gets the
finished text, because composing costs more than the trip it saves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from isp.kernel import prepared

Bind = Callable[[str], Any]
Compose = Callable[[Bind], ColumnElement[Any]]
Step = tuple[Table, Mapping[str, Any], Mapping[str, Any] | None]
Column = str | tuple[str, Compose, tuple[str, ...]]
Shape = tuple[tuple[Table, tuple[Column, ...], tuple[tuple[str, bool], ...] | None], ...]

ONE: ColumnElement[int] = literal_column("1")


@dataclass(frozen=True, slots=True)
class Computed:
    """A value that the database works out from the row as it stands when it is changed.

    ``compose`` makes the expression, given what makes a placeholder for one of ``values`` by name; all are of
    the column's own type. It is a function of a module: the statement is kept by it.
    """

    compose: Compose
    values: Mapping[str, Any]

    def expression(self, kind: Any) -> ColumnElement[Any]:
        """The expression with its values in it, for a column of a type."""
        return self.compose(lambda name: bindparam(None, self.values[name], type_=kind))


def execute(connection: Connection, steps: Sequence[Step]) -> bool:
    """Do all steps atomically. ``where`` None means insert; else an update that must hit one row.

    False: a guard did not hold, or a row stood in the way, and nothing was done.
    """
    text, values = _composed(steps)
    return _held(lambda: prepared.send(connection, text, values))


def start(connection: Connection, steps: Sequence[Step]) -> Callable[[], bool]:
    """Send all steps, and do something else meanwhile: what it gives waits for what ``execute`` would say.

    As with ``prepared.start``, nothing else may be asked over the connection until then.
    """
    text, values = _composed(steps)
    answer = prepared.start(connection, text, values)
    return lambda: _held(answer)


def _composed(steps: Sequence[Step]) -> tuple[str, list[Any]]:
    """The finished text of these steps, and its values in order."""
    shape: list[Any] = []
    given: list[Any] = []
    for table, values, where in steps:
        columns: list[Any] = []
        for name, value in values.items():
            if type(value) is Computed:
                columns.append((name, value.compose, tuple(value.values)))
                given += value.values.values()
            else:
                columns.append(name)
                given.append(value)
        if where is None:
            shape.append((table, tuple(columns), None))
        else:
            shape.append((table, tuple(columns), tuple((name, where[name] is None) for name in where)))
            given += where.values()
    statement = _compose(tuple(shape))
    return statement.text.text, statement.values(given)


def _held(answer: Callable[[], object]) -> bool:
    """Whether the statement did what it says."""
    try:
        answer()
    except (DataError, IntegrityError, OperationalError) as error:
        state = getattr(error.orig, "sqlstate", None)
        # A guard, a row in the way, or (40P01) a circle of waiting that the database cut here.
        if state in ("22012", "23505", "40P01"):
            return False
        raise
    return True


@dataclass(frozen=True, slots=True)
class _Statement:
    """The statement of one shape, and where among the values of its steps each of its own lies."""

    text: prepared.Text
    places: tuple[int, ...]

    def values(self, given: Sequence[Any]) -> list[Any]:
        return self.text.bound([given[place] for place in self.places])


@lru_cache(maxsize=256)
def _compose(shape: Shape) -> _Statement:
    expressions = []
    guards = []
    names: list[str] = []
    for number, (table, columns, where) in enumerate(shape):
        values = {}
        for column in columns:
            name, compose, parts = (column, None, ()) if isinstance(column, str) else column
            values[name] = _value(compose, f"v{number}_{name}", table.c[name].type)
            names += [f"v{number}_{name}_{part}" for part in parts] if compose else [f"v{number}_{name}"]
        names += [f"w{number}_{name}" for name, _ in where or ()]
        if where is None:
            step: Any = insert(table).values(values).returning(ONE.label("done")).cte(f"s{number}")
        else:
            held = [
                table.c[name].is_(None)
                if is_null
                else table.c[name] == bindparam(f"w{number}_{name}", type_=table.c[name].type)
                for name, is_null in where
            ]
            step = (
                update(table).where(and_(*held)).values(values).returning(ONE.label("done")).cte(f"s{number}")
            )
            guards.append(select(func.count()).select_from(step).scalar_subquery() == ONE)
        expressions.append(step)
    verdict = case((and_(*guards), ONE), else_=literal_column("0")) if guards else ONE
    # Every expression must be named by the query, or SQLAlchemy leaves it out of the text.
    text = prepared.finished(select((ONE / verdict).label("done")).add_cte(*expressions), prepared.POSTGRESQL)
    return _Statement(text, tuple(names.index(name) for name in text.names))


def _value(compose: Compose | None, name: str, kind: Any) -> ColumnElement[Any]:
    if compose is None:
        return bindparam(name, type_=kind)
    return compose(lambda part: bindparam(f"{name}_{part}", type_=kind))
