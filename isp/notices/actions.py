"""Putting a message into the outbox, in the transaction of what gives cause for it; and reading one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from isp.audit import Unit
from isp.kernel.db import table_of
from isp.kernel.ids import new_id
from isp.notices.kinds import KINDS, URGENT, WITH_A_CODE
from isp.notices.models import Notice, NoticeText

__all__ = ["KINDS", "mark_read", "remind", "tell"]

GATHER = timedelta(minutes=2)
"""So long a mail waits for more to tell the same person, and goes as one."""
NOTICES, TEXTS = table_of(Notice), table_of(NoticeText)


def tell(
    unit: Unit,
    people: Iterable[UUID],
    kind: str,
    pupil_id: UUID | None = None,
    *,
    about: UUID | None = None,
) -> None:
    """One outbox row a person, however often the person is named; the actor is not told of her own deed.

    ``about``: what it is about (a review, a section), for whoever leads her there.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    for person_id in sorted(set(people) - {unit.actor.person_id}):
        row = _row(unit, person_id, kind, pupil_id, about, None)
        unit.insert(Notice, **row)
        if kind in URGENT:
            unit.insert(NoticeText, notice_id=row["id"], attempts=0, next_at=unit.now)


def remind(
    unit: Unit, person_id: UUID, kind: str, about: UUID, on: date, pupil_id: UUID | None = None
) -> bool:
    """Tell somebody of this once: not again of the same kind, thing and date. Whether she was not told yet.

    The unit must hold the lock.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    row = _row(unit, person_id, kind, pupil_id, about, on)
    here = sqlite if unit.connection.dialect.name == "sqlite" else postgresql
    statement = here.insert(NOTICES).values(row).on_conflict_do_nothing().returning(NOTICES.c.id)
    told = unit.connection.execute(statement).first() is not None
    if told and kind in URGENT:
        unit.insert(NoticeText, notice_id=row["id"], attempts=0, next_at=unit.now)
    return told


def _row(
    unit: Unit, person_id: UUID, kind: str, pupil_id: UUID | None, about: UUID | None, on: date | None
) -> dict[str, Any]:
    at_once = kind in URGENT or kind in WITH_A_CODE
    return {
        "id": new_id(),
        "person_id": person_id,
        "pupil_id": pupil_id,
        "kind": kind,
        "made_at": unit.now,
        # Of a code there is nothing to read here.
        "read_at": unit.now if kind in WITH_A_CODE else None,
        "about": about,
        "on_date": on,
        "attempts": 0,
        "next_at": unit.now if at_once else unit.now + GATHER,
    }


def mark_read(unit: Unit, notice_id: UUID | None = None) -> int:
    """Mark one of the actor's own messages (or all) as read; how many were not. A mail not sent yet stays."""
    n = NOTICES.c
    mine = update(NOTICES).where(n.person_id == unit.actor.person_id, n.read_at.is_(None))
    if notice_id is not None:
        mine = mine.where(n.id == notice_id)
    return unit.connection.execute(mine.values(read_at=unit.now)).rowcount
