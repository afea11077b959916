"""Who is away and who sees the cases meanwhile, and whose day it is: for the deeds that give cases.

A cover is ties like the officer's own, from the same case, bounded by the days of the absence and marked as
the cover's: whatever lengthens or ends the authority's sight leaves them within those days.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from isp.access import ties
from isp.access.models import Tie
from isp.access.office import handing_over
from isp.access.standing import CASELOAD
from isp.audit import Unit
from isp.escalations.work_models import CoverTie, DutyDay, OfficerAbsence
from isp.kernel.db import table_of

ABSENCES, DUTY_DAYS, COVER_TIES = table_of(OfficerAbsence), table_of(DutyDay), table_of(CoverTie)


barred = handing_over.barred


def absences(unit: Unit, authority_id: UUID, *, person_id: UUID | None = None) -> list[Any]:
    """Absences that nobody ended and that are not over, the first to begin first."""
    a = ABSENCES.c
    query = select(ABSENCES).where(
        a.authority_id == authority_id, a.ended_at.is_(None), a.to_on >= unit.today
    )
    if person_id is not None:
        query = query.where(a.person_id == person_id)
    return list(unit.connection.execute(query.order_by(a.from_on, a.id)))


def away(unit: Unit, authority_id: UUID) -> frozenset[UUID]:
    """Who is away today."""
    found = absences(unit, authority_id)
    return frozenset(row.person_id for row in found if row.from_on <= unit.today)


def on_duty(unit: Unit, authority_id: UUID, on: date) -> UUID | None:
    """Who takes the new requests of a day; None where nobody was named."""
    d = DUTY_DAYS.c
    return unit.connection.scalar(select(d.person_id).where(d.authority_id == authority_id, d.on_day == on))


def covers(unit: Unit, tie_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Which of these ties are a cover's."""
    wanted = sorted(tie_ids)
    if not wanted:
        return frozenset()
    query = select(COVER_TIES.c.tie_id).where(COVER_TIES.c.tie_id.in_(wanted))
    return frozenset(unit.connection.scalars(query))


def caseload_of(unit: Unit, authority_id: UUID, person_id: UUID) -> list[Any]:
    """The ties to cases that somebody has at an authority, a cover's among them, in the order opened."""
    query = select(Tie.__table__).where(
        Tie.person_id == person_id,
        Tie.organisation_id == authority_id,
        Tie.kind == CASELOAD,
        Tie.ended_at.is_(None),
        or_(Tie.valid_to.is_(None), Tie.valid_to >= unit.today),
    )
    return list(unit.connection.execute(query.order_by(Tie.made_at, Tie.id)))


def cover_tie(unit: Unit, absence: Any, tie: Any, words: dict[str, Any] | None) -> UUID | None:
    """Open a cover's tie beside an officer's own; None where the two never hold on one day."""
    first = max(absence.from_on, tie.valid_from, unit.today)
    last = min(absence.to_on, tie.valid_to or absence.to_on)
    if last < first:
        return None
    opened = ties.open_tie(
        unit,
        tie.pupil_id,
        CASELOAD,
        first,
        valid_to=last,
        organisation_id=absence.authority_id,
        person_id=absence.covered_by,
        source_id=tie.source_id,
        words=words,
    )
    unit.insert(CoverTie, tie_id=opened, absence_id=absence.id)
    return opened


def cover_what_was_opened(unit: Unit, tie_id: UUID, words: dict[str, Any] | None) -> None:
    """A case given to somebody who is away, or will be: whoever covers sees it too. Recorded by the deed."""
    tie = unit.connection.execute(select(Tie.__table__).where(Tie.id == tie_id)).one()
    for absence in absences(unit, tie.organisation_id, person_id=tie.person_id):
        if tie.pupil_id not in barred(unit, absence.covered_by):
            cover_tie(unit, absence, tie, words)


handing_over.FOR_A_TIME.append(covers)
