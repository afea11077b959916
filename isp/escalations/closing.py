"""A school closes, or leaves this service: whoever has a child with a plan that names it has to act.

The authority in whose area it lies says when. From then on each plan that names it stands in its officer's
tray with that day, until the plan names another setting; with that change section F is checked anew.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.policy import OrganisationPermission
from isp.audit import Chain, Event, Unit
from isp.ehcp.models import StatutoryPlan
from isp.escalations import keeping
from isp.escalations.naming import SETTINGS
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.people.models import Organisation
from isp.people.organisations import AUTHORITY, CLOSES_ON, SCHOOL

ORGANISATIONS, _PLANS = table_of(Organisation), table_of(StatutoryPlan)
_IN_FORCE = ("in_force", "ceasing")
AHEAD, BACK = timedelta(days=3 * 366), timedelta(days=2 * 366)


def record_closing(unit: Unit, school_id: UUID, *, on: date | None) -> int:
    """The school's last day is this one; None: it stays open after all. How many plans in force name it.

    By a manager of the authority in whose area it lies. NotFound for anybody else's.
    """
    row = _school(unit, school_id)
    place = ORGANISATIONS.c
    authority = select(place.id).where(place.kind == AUTHORITY, place.la_code == row.la_code)
    authority_id = unit.connection.scalar(authority.limit(1)) or school_id
    decision = gate.require_in_organisation(unit, OrganisationPermission.WORK_MANAGE, authority_id)
    said = on.isoformat() if on is not None else None
    if on is not None and not unit.today - BACK <= on <= unit.today + AHEAD:
        raise Invalid(
            "Some of this needs another look.", {"on": "This is years away from today. Check the year."}
        )
    if row.settings.get(CLOSES_ON) == said:
        raise Conflict("This is on record already. Nothing was changed.")
    held = {name: value for name, value in row.settings.items() if name != CLOSES_ON}
    unit.change(Organisation, {"id": school_id}, settings=held | ({CLOSES_ON: said} if said else {}))
    unit.record(
        decision,
        Event.SCHOOL_CLOSES,
        Chain.organisation(school_id),
        obj=("organisation", school_id),
        closes_on=said,
    )
    found = _naming(unit, school_id)
    for plan in found:
        keeping.follow(unit, plan.pupil_id, plan.authority_id)
    return len(found)


def _school(unit: Unit, school_id: UUID) -> Any:
    c = ORGANISATIONS.c
    row = unit.connection.execute(select(ORGANISATIONS).where(c.id == school_id, c.kind == SCHOOL)).first()
    if row is None:
        raise NotFound("There is no school with that number.")
    return row


def _naming(unit: Unit, school_id: UUID) -> list[Any]:
    """The plans in force that name a school, wherever their authority is."""
    s = SETTINGS.c
    named = select(s.plan_id).where(s.school_id == school_id, s.named.is_(True), s.left_on.is_(None))
    query = select(_PLANS).where(_PLANS.c.id.in_(named), _PLANS.c.state.in_(_IN_FORCE))
    return list(unit.connection.execute(query.order_by(_PLANS.c.id)))
