"""Lists of cases: an officer's own, with names, and all of an authority's, by reference alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select

from isp.access import gate
from isp.access.listing import grounds_of, record_list
from isp.access.policy import BY_GRANT, GRID, OrganisationPermission, Permission
from isp.access.standing import standings
from isp.audit import Unit
from isp.audit.unit import Denial
from isp.escalations.assessments import ASSESSMENTS, of_requests, standpoint_of
from isp.escalations.course import State
from isp.escalations.queries import REQUESTS, circumstances, organisation_names
from isp.escalations.stages import AGREED, OPEN, REFUSED, Standpoint
from isp.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Listed:
    """A case in a list."""

    row: Any
    now: Standpoint
    authority: str


def all_cases(
    unit: Unit,
    *,
    before: tuple[date, UUID] | None = None,
    after: tuple[date, UUID] | None = None,
    limit: int = 50,
) -> list[Listed]:
    """Every case of the actor's authorities that is not closed, by day of receipt, newest first.

    For a list without names: reference, stage, dates, officer. ``after``: the nearest above it first.
    """
    places = authorities(unit)
    r = REQUESTS.c
    query = select(REQUESTS).where(
        r.authority_id.in_(sorted(places)),
        or_(
            r.status.in_(sorted(OPEN)) & r.ended_on.is_(None),
            (r.status == AGREED) & (r.sight_until >= unit.today),
            r.id.in_(_no_plan_under_appeal(places)),
            (r.status == REFUSED)
            & (
                (r.appealed_on.is_not(None) & r.appeal_closed_on.is_(None))
                | (r.sight_until >= unit.today) & r.appealed_on.is_(None)
            ),
        ),
    )
    if before is not None:
        query = query.where(or_(r.received_on < before[0], (r.received_on == before[0]) & (r.id < before[1])))
    if after is not None:
        query = query.where(or_(r.received_on > after[0], (r.received_on == after[0]) & (r.id > after[1])))
    order = (r.received_on, r.id) if after else (r.received_on.desc(), r.id.desc())
    return _listed(unit, query.order_by(*order).limit(limit), ordered=True)


def _no_plan_under_appeal(places: Iterable[UUID]) -> Select[Any]:
    a = ASSESSMENTS.c
    return select(a.request_id).where(
        a.authority_id.in_(sorted(places)),
        a.state == State.NO_PLAN.value,
        a.appealed_on.is_not(None),
        a.appeal_closed_on.is_(None),
    )


def record_all_cases(unit: Unit, shown: Iterable[Listed]) -> None:
    """Remember the page of the list by reference that was shown, once for each authority."""
    listed = list(shown)
    for authority_id, role in authorities(unit).items():
        ids = [one.row.pupil_id for one in listed if one.row.authority_id == authority_id]
        record_list(unit, "all-cases", ids, grounds_of(role, authority_id, Permission.ASSESSMENT_READ))


def opens(
    unit: Unit,
    permission: Permission = Permission.ASSESSMENT_READ,
    *,
    about: Iterable[UUID] | None = None,
) -> frozenset[UUID]:
    """The requests that the actor's ties to cases open: which rows of a list are links.

    ``about``: the pupils of a page alone, since a manager's ties are as many as the authority's cases.
    """
    wanted = GRID[permission] & BY_GRANT
    rows = standings(unit.actor.person_id, unit.today, wanted=wanted).subquery("standing")
    query = select(rows.c.source_id).where(rows.c.source_id.is_not(None))
    if about is not None:
        query = query.where(rows.c.pupil_id.in_(sorted(set(about))))
    return frozenset(unit.connection.scalars(query))


def authorities(unit: Unit) -> dict[UUID, str]:
    """Where the actor may read cases, with the role that lets her. NotFound for whoever may nowhere."""
    found = gate.organisations_where(unit, OrganisationPermission.CASES_READ)
    if not found:
        raise NotFound(gate.NO_PAGE, denial=Denial(OrganisationPermission.CASES_READ.value, "no-standing"))
    return {
        organisation_id: gate.require_in_organisation(
            unit, OrganisationPermission.CASES_READ, organisation_id
        ).standing
        for organisation_id in found
    }


def _listed(unit: Unit, query: Select[Any], *, ordered: bool = False) -> list[Listed]:
    rows = unit.connection.execute(query).all()
    named = organisation_names(unit, {row.authority_id for row in rows})
    told = circumstances(unit, (row.id for row in rows))
    begun = of_requests(unit, (row.id for row in rows))
    found = [
        Listed(
            row,
            standpoint_of(row, begun.get(row.id), unit.today, told[row.id]),
            named.get(row.authority_id, ""),
        )
        for row in rows
    ]
    if ordered:
        return found
    return sorted(
        found, key=lambda one: (one.now.due.on if one.now.due else date.max, one.row.received_on, one.row.id)
    )
