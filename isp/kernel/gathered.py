"""Several ids of a subquery in one column of a row, on either engine: for joined selects that bring them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, types
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class Ids(types.TypeDecorator[tuple[UUID, ...]]):
    """What ``gathered_ids`` gives: a list of ids from PostgreSQL, their digits in one text from SQLite."""

    impl = types.String
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[UUID, ...]:
        """From the database: a tuple, empty where there was nothing."""
        return ids_of(value)


def ids_of(value: Any) -> tuple[UUID, ...]:
    """The ids of such a column, however its driver gave it (``kernel.prepared`` gives it as it came)."""
    if not value:
        return ()
    if isinstance(value, str):
        return tuple(UUID(hex=digits) for digits in value.split(","))
    return tuple(value)


class gathered_ids(GenericFunction[Any]):  # noqa: N801 written as SQL functions are
    """Every id of a column, in no particular order."""

    type = Ids()
    inherit_cache = True


@compiles(gathered_ids, "postgresql")
def _postgresql(element: gathered_ids, compiler: SQLCompiler, **options: Any) -> str:
    return f"array_agg({compiler.process(element.clauses, **options)})"


@compiles(gathered_ids, "sqlite")
def _sqlite(element: gathered_ids, compiler: SQLCompiler, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)})"
