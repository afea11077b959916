"""Reading what is kept apart of a pupil's history by two people: one asks and another agrees, for a week.

The safeguarding lead reads it by the grid alone. What is done here is kept on the same restricted chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.models import RestrictedSight
from isp.access.policy import GRID, Permission
from isp.audit import Chain, Event, Unit
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import RESTRICTED, KeyOf

LASTS = timedelta(days=7)
SIGHTS = table_of(RestrictedSight)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody asks to read it, and nobody has agreed yet."""

    id: UUID
    asked_by: UUID
    asked_at: datetime
    reason: str


def ask(unit: Unit, pupil_id: UUID, reason: str) -> UUID:
    """The first of two: ask to read a pupil's restricted history. Nothing opens yet."""
    decision = gate.require(unit, Permission.RESTRICTED_HISTORY_READ_BY_TWO, pupil_id)
    if not reason.strip():
        raise Invalid("Say why.", {"reason": "Say in a few words what you have to look into."})
    if unit.actor.person_id in {one.asked_by for one in waiting(unit, pupil_id)}:
        raise Conflict("You have asked already. The safeguarding lead or the head has to agree.")
    made = new_id()
    words = {"reason": reason.strip()}
    unit.insert(
        RestrictedSight,
        id=made,
        pupil_id=pupil_id,
        asked_by=unit.actor.person_id,
        asked_at=unit.now,
        sealed=unit.keys.seal(KeyOf.pupil(pupil_id, RESTRICTED), _place(made), words),
        agreed_by=None,
        agreed_at=None,
        until=None,
    )
    unit.record(
        decision,
        Event.RESTRICTED_HISTORY_ASKED,
        Chain.restricted(pupil_id),
        obj=("restricted_sight", made),
        payload=words,
    )
    return made


def agree(unit: Unit, sight_id: UUID) -> date:
    """The second of two: whoever asked reads it from the next request on. The last day on which she does."""
    row = unit.connection.execute(select(SIGHTS).where(SIGHTS.c.id == sight_id)).first()
    # One that is not there and one that is a stranger's give the same answer, after the same work.
    asked_of = row.pupil_id if row is not None else sight_id
    decision = gate.require(unit, Permission.RESTRICTED_HISTORY_AGREE, asked_of)
    if row is None:
        raise NotFound(gate.NO_PAGE)
    if row.agreed_by is not None:
        raise Conflict("This has been agreed to already.")
    if row.asked_by == unit.actor.person_id:
        raise Conflict("You asked for this yourself. Somebody else has to agree.")
    until = unit.today + LASTS
    unit.change(
        RestrictedSight,
        {"id": sight_id, "agreed_by": None},
        agreed_by=unit.actor.person_id,
        agreed_at=unit.now,
        until=until,
    )
    unit.record(
        decision,
        Event.RESTRICTED_HISTORY_AGREED,
        Chain.restricted(row.pupil_id),
        obj=("restricted_sight", sight_id),
        sight_until=until.isoformat(),
    )
    return until


def require(unit: Unit, pupil_id: UUID) -> Decision:
    """The decision that lets the actor read it, alone or by two; NotFound and NotAllowed as the gate says."""
    rows = gate.standings_towards(unit, pupil_id)
    permission = Permission.RESTRICTED_HISTORY_READ
    alone = any(row.standing in GRID[permission] for row in rows)
    if not alone and reads_until(unit, pupil_id) is not None:
        permission = Permission.RESTRICTED_HISTORY_READ_BY_TWO
    return gate.decide(unit, permission, pupil_id, rows)


def reads_until(unit: Unit, pupil_id: UUID) -> date | None:
    """The last day of what was agreed to for the actor; None where nothing is in force."""
    c = SIGHTS.c
    mine = (c.pupil_id == pupil_id, c.asked_by == unit.actor.person_id, c.until >= unit.today)
    found: date | None = unit.connection.scalar(select(func.max(c.until)).where(*mine))
    return found


def waiting(unit: Unit, pupil_id: UUID) -> list[Waiting]:
    """What nobody has agreed to yet, the oldest first: for those who ask and those who may agree."""
    c = SIGHTS.c
    query = select(SIGHTS).where(c.pupil_id == pupil_id, c.agreed_by.is_(None)).order_by(c.asked_at, c.id)
    return [
        Waiting(row.id, row.asked_by, row.asked_at, _words(unit, row)["reason"])
        for row in unit.connection.execute(query)
    ]


def _words(unit: Unit, row: Any) -> dict[str, str]:
    found: dict[str, str] = unit.keys.open(KeyOf.pupil(row.pupil_id, RESTRICTED), _place(row.id), row.sealed)
    return found


def _place(sight_id: UUID) -> Place:
    return Place("restricted_sight", "sealed", sight_id)
