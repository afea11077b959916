"""Files that were brought in together and wait to be told whose they are: sealed, and gone after a day.

They lie under the school's key, in pieces as documents do, with the name of the file, which tells whose it
is. Nobody but those who may bring old plans in meets them.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import OrganisationPermission
from isp.audit import Chain, Event, Unit
from isp.documents.bodies import cut
from isp.documents.intake import Taken
from isp.documents.models import WaitingBody, WaitingPaper
from isp.kernel.canonical import nfc, undirected
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Gone
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf

KEPT = timedelta(days=1)
KIND = "old_plan"
GONE = "This file is no longer here: a file is kept for one day. Choose it again."
_NAME_LIMIT = 200
PAPERS, PIECES = table_of(WaitingPaper), table_of(WaitingBody)


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that waits."""

    id: UUID
    name: str
    type: str
    size: int
    made_at: datetime


def let_in(unit: Unit, school_id: UUID) -> Decision:
    """The decision of somebody who may bring old plans into this school."""
    return gate.require_in_organisation(unit, OrganisationPermission.EARLIER_PLANS_BRING, school_id)


def stage(unit: Unit, school_id: UUID, name: str, taken: Taken) -> UUID:
    """Keep a file for a day; its id."""
    decision = let_in(unit, school_id)
    paper_id, owner = new_id(), KeyOf.organisation(school_id)
    unit.insert(
        WaitingPaper,
        id=paper_id,
        school_id=school_id,
        type=taken.type,
        size=taken.size,
        made_by=unit.actor.person_id or school_id,
        made_at=unit.now,
        expires_at=unit.now + KEPT,
        sealed=unit.keys.seal(
            owner, _place(paper_id), {"name": nfc(undirected(name).strip()[-_NAME_LIMIT:])}
        ),
    )
    for number, piece in enumerate(cut(taken.stream), start=1):
        sealed = unit.keys.seal_bytes(owner, _piece(paper_id, number), piece)
        unit.insert(WaitingBody, paper_id=paper_id, number=number, sealed=sealed)
    unit.record(
        decision,
        Event.IMPORT_STAGED,
        Chain.organisation(school_id),
        obj=("waiting_paper", paper_id),
        kind=KIND,
        rows=1,
    )
    return paper_id


def listed(unit: Unit, school_id: UUID) -> list[Paper]:
    """The school's files that wait, in the order they came."""
    let_in(unit, school_id)
    query = select(PAPERS).where(PAPERS.c.school_id == school_id, PAPERS.c.expires_at > unit.now)
    rows = unit.connection.execute(query.order_by(PAPERS.c.made_at, PAPERS.c.id)).all()
    return [_paper(unit, row) for row in rows]


def opened(unit: Unit, school_id: UUID, paper_id: UUID) -> tuple[Paper, Taken]:
    """A file that waits, with its bytes; its row is kept from others until the unit ends. Gone if it is."""
    let_in(unit, school_id)
    query = select(PAPERS).where(
        PAPERS.c.id == paper_id, PAPERS.c.school_id == school_id, PAPERS.c.expires_at > unit.now
    )
    row = unit.connection.execute(query.with_for_update()).first()
    if row is None:
        raise Gone(GONE)
    stream, owner = io.BytesIO(), KeyOf.organisation(school_id)
    pieces = select(PIECES).where(PIECES.c.paper_id == paper_id).order_by(PIECES.c.number)
    for piece in unit.connection.execute(pieces):
        stream.write(unit.keys.open_bytes(owner, _piece(paper_id, piece.number), piece.sealed))
    stream.seek(0)
    return _paper(unit, row), Taken(row.type, row.size, stream)


def put_aside(unit: Unit, school_id: UUID, paper_id: UUID) -> None:
    """Throw a file away. Nothing is wrong where it has gone already."""
    decision = let_in(unit, school_id)
    here = select(PAPERS.c.id).where(PAPERS.c.id == paper_id, PAPERS.c.school_id == school_id)
    if unit.connection.scalar(here) is None:
        return
    let_go(unit, decision, [paper_id])
    unit.record(
        decision,
        Event.IMPORT_DISCARDED,
        Chain.organisation(school_id),
        obj=("waiting_paper", paper_id),
        kind=KIND,
    )


def let_go(unit: Unit, decision: Decision, paper_ids: Iterable[UUID]) -> int:
    """Part of a deed: these wait no longer. How many went."""
    wanted = sorted(paper_ids)
    in_school = select(PAPERS.c.id).where(
        PAPERS.c.id.in_(wanted), PAPERS.c.school_id == decision.organisation_id
    )
    return _remove(unit, in_school)


def purge(unit: Unit) -> int:
    """Throw away every file whose day is over. How many went."""
    return _remove(unit, select(PAPERS.c.id).where(PAPERS.c.expires_at <= unit.now))


def _remove(unit: Unit, which: Any) -> int:
    ids = list(unit.connection.scalars(which))
    unit.connection.execute(delete(PIECES).where(PIECES.c.paper_id.in_(ids)))
    return unit.connection.execute(delete(PAPERS).where(PAPERS.c.id.in_(ids))).rowcount


def _paper(unit: Unit, row: Any) -> Paper:
    held = unit.keys.open(KeyOf.organisation(row.school_id), _place(row.id), row.sealed)
    return Paper(row.id, held["name"], row.type, row.size, row.made_at)


def _place(paper_id: UUID) -> Place:
    return Place("waiting_paper", "sealed", paper_id)


def _piece(paper_id: UUID, number: int) -> Place:
    return Place("waiting_body", "sealed", paper_id, number)
