"""Writing over the row of a request: what the deeds about it share. Callers passed the gate and record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from isp.audit import Unit
from isp.audit.unit import MOVED_ON
from isp.escalations import references
from isp.escalations.models import AssessmentRequest
from isp.escalations.queries import REQUESTS, place, words_of
from isp.kernel.keys import KeyOf


def unused_reference(unit: Unit) -> str:
    """A reference that no case has."""
    while True:
        found = references.reference(unit.today, "EHC")
        if unit.connection.scalar(select(REQUESTS.c.id).where(REQUESTS.c.reference == found)) is None:
            return found


def change_request(unit: Unit, row: Any, words: Mapping[str, Any] | None = None, **values: Any) -> None:
    """Write new values; Conflict where somebody else was there first. ``words``: in place of those it has."""
    following = row.row_version + 1
    said = dict(words) if words is not None else words_of(unit, row)
    unit.change(
        AssessmentRequest,
        {"id": row.id, "row_version": row.row_version},
        MOVED_ON,
        **values,
        sealed=unit.keys.seal(KeyOf.pupil(row.pupil_id), place(row.id, following), said),
        row_version=following,
    )
