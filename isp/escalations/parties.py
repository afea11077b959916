"""Who is concerned by a request: the authority responsible, the school, its officers, what may be released.

Callers have passed the gate.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from isp.access.gate import Decision
from isp.access.models import Restriction, Tie
from isp.access.policy import DOCUMENT_LABELS, Permission, Standing
from isp.access.standing import CASELOAD, GUARDIAN, RESPONSIBLE, SCHOOL, live
from isp.audit import Unit
from isp.documents import queries as documents
from isp.documents.queries import Version as DocumentVersion
from isp.documents.rules import SCHOOL as FROM_THE_SCHOOL
from isp.escalations import covering
from isp.escalations.queries import REQUESTS
from isp.escalations.stages import OPEN
from isp.people.models import Membership, Organisation
from isp.people.roles import Role
from isp.plans import queries as plans
from isp.records import versions
from isp.records.versions import Version

_MOST = 200
"""Versions of one plan that are offered: more than anybody reads."""


def releasable(unit: Unit, pupil_id: UUID, decision: Decision) -> list[Version]:
    """The published versions, not withdrawn, that somebody may let the authority read; newest first.

    Only what she can read herself: nobody releases what she cannot see.
    """
    if not decision.can(Permission.PLAN_READ):
        return []
    found: list[Version] = []
    for record in plans.plans_of(unit, pupil_id):
        seen = versions.page(unit, record.id, withdrawn_too=False, limit=_MOST)
        if not decision.can(Permission.PLAN_VERSIONS_READ):
            seen = [one for one in seen if one.number == record.current]
        found += seen
    return found


def releasable_documents(unit: Unit, pupil_id: UUID, decision: Decision) -> list[DocumentVersion]:
    """The newest version of each document that somebody may let the authority read; newest first.

    Of those that she reads herself, what is shared or a professional's report: the school's, and what she
    sent herself. What somebody else sent is not hers to hand on.
    """
    labels = {label.value for label in DOCUMENT_LABELS[Standing.OFFICER]}
    found = (one.newest for one in documents.seen(unit, decision, pupil_id))
    return [
        one
        for one in found
        if one.heading.label in labels
        and not one.withdrawn
        and (one.heading.source == FROM_THE_SCHOOL or one.heading.made_by == decision.person_id)
    ]


def is_elsewhere(unit: Unit, authority_id: UUID) -> bool:
    """Whether nobody of an authority works on this service."""
    return not officers(unit, authority_id)


def responsible(unit: Unit, pupil_id: UUID) -> Any | None:
    """The authority responsible for the pupil today (id, name), or None where none is on record."""
    query = (
        select(Organisation.id, Organisation.name)
        .join(Tie, Tie.organisation_id == Organisation.id)
        .where(Tie.pupil_id == pupil_id, Tie.kind == RESPONSIBLE, live(Tie, unit.today))
        .order_by(Tie.valid_from.desc(), Tie.id.desc())
    )
    return unit.connection.execute(query.limit(1)).first()


def school_of(unit: Unit, pupil_id: UUID) -> UUID | None:
    """The school where the pupil is on roll today."""
    query = (
        select(Tie.organisation_id)
        .where(Tie.pupil_id == pupil_id, Tie.kind == SCHOOL, live(Tie, unit.today))
        .order_by(Tie.valid_from, Tie.id)
    )
    return unit.connection.scalar(query.limit(1))


def urn_of(unit: Unit, school_id: UUID | None) -> str | None:
    """The unique reference number of a school here, by which the yearly return names it; None without one."""
    if school_id is None:
        return None
    return unit.connection.scalar(select(Organisation.urn).where(Organisation.id == school_id))


def everybody(unit: Unit, row: Any) -> list[UUID]:
    """Whoever asked, the family, the school and the officer of a request: whom its decisions concern."""
    told = [row.made_by, *plans.told_of(unit, row.pupil_id)]
    if row.school_id is not None:
        told += holders(unit, row.school_id, Role.SENCO, Role.DEPUTY_SENCO)
    if row.officer_id is not None:
        told.append(row.officer_id)
    return told


def officers(unit: Unit, authority_id: UUID) -> list[UUID]:
    """Who works on an authority's cases: has them, covers for others, audits or moderates."""
    return holders(unit, authority_id, Role.AUTHORITY_OFFICER, Role.AUTHORITY_MANAGER)


def holders(unit: Unit, organisation_id: UUID | None, *roles: Role) -> list[UUID]:
    """Who holds one of these roles there today."""
    query = (
        select(Membership.person_id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role.in_([role.value for role in roles]),
            live(Membership, unit.today),
        )
        .distinct()
    )
    return sorted(unit.connection.scalars(query))


def officer_of(unit: Unit, authority_id: UUID, pupil_id: UUID) -> UUID | None:
    """The officer there who has a case of the child today, and does not only stand in for another one."""
    query = (
        select(Tie.id, Tie.person_id)
        .where(
            Tie.pupil_id == pupil_id,
            Tie.kind == CASELOAD,
            Tie.organisation_id == authority_id,
            live(Tie, unit.today),
        )
        .order_by(Tie.valid_from, Tie.id)
    )
    found = unit.connection.execute(query).all()
    covers = covering.covers(unit, [tie.id for tie in found])
    able = officers_for(unit, authority_id, pupil_id)
    return next((tie.person_id for tie in found if tie.id not in covers and tie.person_id in able), None)


def officers_for(unit: Unit, authority_id: UUID, pupil_id: UUID, *roles: Role) -> dict[UUID, int]:
    """Who may be given the case, with how many open cases each has there.

    Never somebody to whom the record is closed, nor the child's own parent.
    """
    return _counted(
        holders(unit, authority_id, *(roles or (Role.AUTHORITY_OFFICER,))),
        _barred(unit, pupil_id),
        _busy(unit, authority_id),
    )


def _counted(people: Iterable[UUID], barred: Container[UUID], busy: Mapping[UUID, int]) -> dict[UUID, int]:
    return {person: busy.get(person, 0) for person in people if person not in barred}


def _barred(unit: Unit, pupil_id: UUID) -> set[UUID]:
    """To whom the record is closed, and the child's own family."""
    closed = select(Restriction.person_id).where(
        Restriction.pupil_id == pupil_id, Restriction.lifted_at.is_(None)
    )
    family = select(Tie.person_id).where(
        Tie.pupil_id == pupil_id, Tie.kind == GUARDIAN, live(Tie, unit.today)
    )
    found = [*unit.connection.scalars(closed), *unit.connection.scalars(family)]
    return {one for one in found if one is not None}


def _busy(unit: Unit, authority_id: UUID) -> dict[UUID, int]:
    """How many open cases each officer of an authority has: read from one index, along those open."""
    counts = unit.connection.execute(
        select(REQUESTS.c.officer_id, func.count())
        .where(
            REQUESTS.c.authority_id == authority_id,
            REQUESTS.c.status.in_(sorted(OPEN)),
            REQUESTS.c.ended_on.is_(None),
            REQUESTS.c.officer_id.is_not(None),
        )
        .group_by(REQUESTS.c.officer_id)
    )
    return {row[0]: int(row[1]) for row in counts}


def least_busy(unit: Unit, authority_id: UUID, pupil_id: UUID) -> UUID | None:
    """Who takes a new case: the duty officer of the day, else the officer there with the fewest open cases.

    Of equals the one longest on record. Whoever is away takes none while anybody else is there. None: nobody.
    """
    barred = _barred(unit, pupil_id)
    duty = covering.on_duty(unit, authority_id, unit.today)
    gone = covering.away(unit, authority_id)
    both = (Role.AUTHORITY_OFFICER, Role.AUTHORITY_MANAGER)
    if duty is not None and duty not in {*gone, *barred} and duty in holders(unit, authority_id, *both):
        return duty
    officers = holders(unit, authority_id, Role.AUTHORITY_OFFICER)
    found = _counted(officers, barred, _busy(unit, authority_id))
    here = [person for person in found if person not in gone] or list(found)
    return min(here, key=lambda person: (found[person], person), default=None)
