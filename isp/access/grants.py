"""What a source (a request, an advice task) opened: the objects it covers, and the ties that rest on it.

Nothing is recorded here. Whoever grants says why, in the trail, in the same unit. A grant is never altered
or taken back: what ends is the tie, and with it everything that rests on the source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from isp.access.models import Grant
from isp.access.ties import TIES
from isp.audit import Unit
from isp.kernel.db import table_of
from isp.kernel.ids import new_id

GRANTS = table_of(Grant)
VERSION, DOCUMENT, REVIEW, ANSWERS = "version", "document", "review", "answers"
"""Of a plan, of a document, the report of a closed review, what a teacher answered: each is named by one of
its versions, so that a later one stays shut."""
SORTS = (VERSION, REVIEW, DOCUMENT, ANSWERS)
"""In the order in which they are laid before somebody."""


@dataclass(frozen=True, slots=True)
class Granted:
    """An object that was granted, as it was named then."""

    object_id: UUID
    digest: bytes
    object_type: str = VERSION


def grant(
    unit: Unit, pupil_id: UUID, source_id: UUID, objects: Mapping[UUID, bytes], object_type: str = VERSION
) -> None:
    """Let whoever holds a tie from this source read these objects (id to digest). Only under a lock."""
    rows = [
        {
            "id": new_id(),
            "pupil_id": pupil_id,
            "source_id": source_id,
            "object_type": object_type,
            "object_id": object_id,
            "digest": digest,
            "made_at": unit.now,
        }
        for object_id, digest in objects.items()
    ]
    if rows:
        unit.session.flush()
        unit.connection.execute(insert(GRANTS), rows)


def granted_by(unit: Unit, source_id: UUID, object_type: str = VERSION) -> list[Granted]:
    """What a source covers, in the order it was granted."""
    query = (
        select(GRANTS.c.object_id, GRANTS.c.digest)
        .where(GRANTS.c.source_id == source_id, GRANTS.c.object_type == object_type)
        .order_by(GRANTS.c.made_at, GRANTS.c.id)
    )
    return [Granted(row.object_id, row.digest) for row in unit.connection.execute(query)]


def all_granted_by(unit: Unit, source_id: UUID) -> list[Granted]:
    """Everything that a source covers, of whatever sort, in the order it was granted."""
    query = (
        select(GRANTS.c.object_id, GRANTS.c.digest, GRANTS.c.object_type)
        .where(GRANTS.c.source_id == source_id)
        .order_by(GRANTS.c.made_at, GRANTS.c.id)
    )
    return [Granted(*row) for row in unit.connection.execute(query)]


def ties_from(unit: Unit, source_id: UUID) -> list[Any]:
    """The ties that rest on a source and were not ended by anybody: rows of ``tie``, lapsed ones too."""
    query = select(TIES).where(TIES.c.source_id == source_id, TIES.c.ended_at.is_(None))
    return list(unit.connection.execute(query.order_by(TIES.c.made_at, TIES.c.id)))
