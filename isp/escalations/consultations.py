"""What a school is asked about drafts of EHC plans: its tray, by the day on which an answer is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from isp.access import gate
from isp.access.listing import grounds_of, record_list
from isp.access.policy import OrganisationPermission, Permission, Standing
from isp.access.purposes import ASSESSMENT
from isp.access.standing import standings
from isp.audit import Unit
from isp.escalations.consulting import CONSULTATIONS
from isp.escalations.queries import organisation_names
from isp.kernel.errors import NotFound

MOST = 200
"""So many at once: more than any school is asked in a year."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A consultation that waits for the school's answer."""

    id: UUID
    pupil_id: UUID
    school_id: UUID
    authority: str
    sent_on: date
    due_on: date


def waiting(unit: Unit) -> list[Waiting]:
    """What the actor's schools are asked, the nearest day first; recorded as a list with names.

    NotFound for somebody who answers for no school. What is listed is what opens: one rule brings both.
    """
    places = gate.organisations_where(unit, OrganisationPermission.CONSULTATIONS_READ)
    if not places:
        raise NotFound(gate.NO_PAGE)
    rows = standings(unit.actor.person_id, unit.today, wanted={Standing.CONSULTED}).subquery("standing")
    c = CONSULTATIONS.c
    query = (
        select(CONSULTATIONS)
        .where(c.id.in_(select(rows.c.source_id)), c.school_id.in_(sorted(places)), c.state == "open")
        .order_by(c.due_on, c.id)
        .limit(MOST)
    )
    found = list(unit.connection.execute(query))
    named = organisation_names(unit, {row.authority_id for row in found})
    for school_id in places:
        may = gate.require_in_organisation(unit, OrganisationPermission.CONSULTATIONS_READ, school_id)
        shown = [row.pupil_id for row in found if row.school_id == school_id]
        grounds = grounds_of(may.standing, school_id, Permission.CONSULTATION_ANSWER, purpose=ASSESSMENT)
        record_list(unit, "consultations", shown, grounds)
    return [_waiting(row, named.get(row.authority_id, "")) for row in found]


def _waiting(row: Any, authority: str) -> Waiting:
    return Waiting(row.id, row.pupil_id, row.school_id, authority, row.sent_on, row.due_on)


def count(unit: Unit) -> int:
    """How many consultations wait for the actor: for a link to them, names nobody."""
    rows = standings(unit.actor.person_id, unit.today, wanted={Standing.CONSULTED}).subquery("standing")
    query = select(func.count()).select_from(
        select(CONSULTATIONS.c.id)
        .where(CONSULTATIONS.c.id.in_(select(rows.c.source_id)), CONSULTATIONS.c.state == "open")
        .subquery()
    )
    return unit.connection.scalar(query) or 0
