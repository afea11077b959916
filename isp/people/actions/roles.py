"""Giving, changing and ending roles."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.audit import Chain, Event, Unit
from isp.kernel.db import table_of
from isp.kernel.errors import Invalid, NotFound
from isp.kernel.ids import new_id
from isp.people.models import Membership

MEMBERSHIPS = table_of(Membership)


def give_role(
    unit: Unit,
    grounds: Any,
    person_id: UUID,
    organisation_id: UUID,
    role: str,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> UUID:
    """A person holds a role in an organisation from a day (today) to another (none); the membership's id."""
    starts = valid_from or unit.today
    if valid_to is not None and valid_to < starts:
        raise Invalid(
            "A role cannot end before it starts.", {"valid_to": "The last day must not be before the first"}
        )
    membership_id = new_id()
    unit.insert(
        Membership,
        id=membership_id,
        person_id=person_id,
        organisation_id=organisation_id,
        role=role,
        valid_from=starts,
        valid_to=valid_to,
        ended_at=None,
        made_at=unit.now,
    )
    unit.record(
        grounds,
        Event.MEMBERSHIP_STARTED,
        Chain.organisation(organisation_id),
        Chain.person(person_id),
        obj=("membership", membership_id),
        person=str(person_id),
        held_role=role,
    )
    return membership_id


def end_role(unit: Unit, grounds: Any, membership_id: UUID) -> None:
    """The role is held no longer, from this instant. Raises Conflict where it had ended."""
    row = _membership(unit, membership_id)
    unit.change(
        Membership,
        {"id": membership_id, "ended_at": None},
        "This role had already been ended.",
        ended_at=unit.now,
    )
    unit.record(
        grounds,
        Event.MEMBERSHIP_ENDED,
        Chain.organisation(row.organisation_id),
        Chain.person(row.person_id),
        obj=("membership", membership_id),
        person=str(row.person_id),
        held_role=row.role,
    )


def change_role_dates(
    unit: Unit, grounds: Any, membership_id: UUID, *, valid_from: date, valid_to: date | None
) -> None:
    """Other days for a role that was not ended. Raises Conflict or Invalid."""
    row = _membership(unit, membership_id)
    if valid_to is not None and valid_to < valid_from:
        raise Invalid(
            "A role cannot end before it starts.", {"valid_to": "The last day must not be before the first"}
        )
    unit.change(
        Membership,
        {"id": membership_id, "ended_at": None},
        "This role has been ended. Give it again instead.",
        valid_from=valid_from,
        valid_to=valid_to,
    )
    unit.record(
        grounds,
        Event.MEMBERSHIP_CHANGED,
        Chain.organisation(row.organisation_id),
        Chain.person(row.person_id),
        obj=("membership", membership_id),
        person=str(row.person_id),
        held_role=row.role,
        to=valid_to.isoformat() if valid_to else None,
        **{"from": valid_from.isoformat()},
    )


def _membership(unit: Unit, membership_id: UUID) -> Any:
    row = unit.connection.execute(select(MEMBERSHIPS).where(MEMBERSHIPS.c.id == membership_id)).first()
    if row is None:
        raise NotFound
    return row
