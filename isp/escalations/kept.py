"""What is alike for every row that holds words about a child: sealed, opened, never overwritten blindly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from isp.audit import Unit
from isp.audit.unit import MOVED_ON
from isp.kernel.crypto import Place
from isp.kernel.errors import Conflict
from isp.kernel.keys import KeyOf


def place(table: str, row_id: UUID, row_version: int) -> Place:
    """Where the words of a row lie."""
    return Place(table, "sealed", row_id, row_version)


def words_of(unit: Unit, table: str, row: Any) -> dict[str, Any]:
    """The words of a row, opened; empty where it has none."""
    if row.sealed is None:
        return {}
    found: dict[str, Any] = unit.keys.open(
        KeyOf.pupil(row.pupil_id), place(table, row.id, row.row_version), row.sealed
    )
    return found


def seal(
    unit: Unit, table: str, row_id: UUID, pupil_id: UUID, row_version: int, words: Mapping[str, Any]
) -> bytes:
    """Words sealed for a row."""
    return unit.keys.seal(KeyOf.pupil(pupil_id), place(table, row_id, row_version), dict(words))


def check_shown(row: Any, shown: int | None) -> None:
    """Raise Conflict where the page that was sent showed an earlier state of the row."""
    if shown is not None and shown != row.row_version:
        raise Conflict(MOVED_ON)
