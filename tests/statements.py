"""Counting the SQL statements of a page: ``with statements(database) as said: …``, then ``len(said)``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from isp.kernel.db import Database

# What the engines need for themselves: it asks nothing of the tables, and differs between the two.
NOT_COUNTED = ("PRAGMA", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements sent inside the block, in order."""
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(NOT_COUNTED):
            said.append(statement)

    for engine in database.engines:
        event.listen(engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        for engine in database.engines:
            event.remove(engine, "before_cursor_execute", hear)
