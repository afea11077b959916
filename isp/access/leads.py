"""Whom to tell where a child may not be safe: the safeguarding lead of the child's school."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from isp.access.models import Tie
from isp.access.standing import SCHOOL, live
from isp.audit import Unit
from isp.people import directory
from isp.people.models import Membership
from isp.people.roles import Role

NOBODY_NAMED = "your school’s safeguarding lead"


def safeguarding_leads(unit: Unit, pupil_id: UUID) -> str:
    """Their names as one text, or words for whoever it is: for forms that must say whom to tell.

    Callers have passed the gate. An adult from whom the record is closed is named like any other.
    """
    query = (
        select(Membership.person_id)
        .join(Tie, Tie.organisation_id == Membership.organisation_id)
        .where(
            Tie.pupil_id == pupil_id,
            Tie.kind == SCHOOL,
            live(Tie, unit.today),
            Membership.role == Role.SAFEGUARDING_LEAD,
            live(Membership, unit.today),
        )
        .distinct()
    )
    people = sorted(unit.connection.scalars(query))
    named = directory.names(unit, people) if people else {}
    names = sorted(one.full for one in named.values())
    return " or ".join(names) if names else NOBODY_NAMED
