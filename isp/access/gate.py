"""The gate: nobody obtains a pupil's record without having been allowed, and the answer says why.

``require`` raises NotFound where there is no standing (a stranger cannot tell a pupil who exists from one
who does not) and NotAllowed where there is standing but not for this act. Both carry the denial that the
unit of work records after its rollback, with the same work done in either case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from isp.access.lenses import Lens
from isp.access.models import Grant
from isp.access.policy import (
    BY_GRANT,
    DIGEST,
    GRID,
    LENSES,
    OrganisationPermission,
    Permission,
    Standing,
    may_in_organisation,
)
from isp.access.purposes import ASSESSMENT, QUALITY_AUDIT, purpose_of
from isp.access.standing import PERSON, TODAY, live, towards_one, visible
from isp.audit import Grounds, Unit
from isp.audit.unit import Denial
from isp.kernel.errors import NotAllowed, NotFound
from isp.kernel.prepared import Prepared
from isp.people.models import Membership

NO_PAGE = "We cannot find that page."


@dataclass(frozen=True, slots=True)
class Decision:
    """Allowed: by which standing, resting on which tie. ``standings`` are all that the person has here."""

    permission: str
    standing: str
    standings: frozenset[Standing]
    tie_id: UUID | None
    organisation_id: UUID | None
    pupil_id: UUID | None = None
    person_id: UUID | None = None
    purpose: str | None = None
    sources: frozenset[UUID] | None = None
    """Set where everything rests on grants: what opened the ties. None: the whole record."""

    @property
    def grounds(self) -> Grounds:
        """What the trail keeps of this decision."""
        return Grounds(
            role=self.standing,
            tie_id=self.tie_id,
            organisation_id=self.organisation_id,
            rule=f"{self.standing}:{self.permission}",
            policy=DIGEST,
            purpose=self.purpose,
        )

    @property
    def lens(self) -> Lens:
        """What the person reads this pupil's documents through: the sum of the standings that may read."""
        return lens_of(self.standings & GRID[Permission(self.permission)], self.person_id)

    def can(self, permission: Permission) -> bool:
        """Whether the same standings allow another act: for showing or hiding a button, nothing more."""
        return bool(self.standings & GRID[permission])


def lens_of(held: frozenset[Standing], person_id: UUID | None = None) -> Lens:
    """The sum of the lenses of several standings. No standing sees nothing."""
    lenses = [LENSES[standing] for standing in held]
    if not lenses:
        return Lens(labels=frozenset(), sections=frozenset())
    unbounded = any(lens.sections is None for lens in lenses)
    return Lens(
        labels=frozenset().union(*(lens.labels for lens in lenses)),
        staff=any(lens.staff for lens in lenses),
        party=str(person_id) if person_id else None,
        cost=any(lens.cost for lens in lenses),
        sections=None if unbounded else frozenset().union(*(lens.sections or frozenset() for lens in lenses)),
    )


def standings_towards(unit: Unit, pupil_id: UUID) -> list[Any]:
    """The actor's live standings towards one pupil: rows of standing, tie_id, organisation_id."""
    if unit.actor.person_id is None:
        return []
    asked = {"person": unit.actor.person_id, "pupil": pupil_id, "today": unit.today}
    return towards_one.all(unit.connection, asked)


def require(unit: Unit, permission: Permission, pupil_id: UUID, *, purpose: str | None = None) -> Decision:
    """The decision that lets the actor do this towards this pupil, or NotFound, or NotAllowed."""
    return decide(unit, permission, pupil_id, standings_towards(unit, pupil_id), purpose=purpose)


def decide(
    unit: Unit, permission: Permission, pupil_id: UUID, rows: list[Any], *, purpose: str | None = None
) -> Decision:
    """The same from rows of standing that a joined query already brought."""
    obj = ("pupil", pupil_id)
    if not rows:
        raise NotFound(NO_PAGE, denial=Denial(permission.value, "no-standing", obj, policy=DIGEST))
    allowed = [row for row in rows if row.standing in GRID[permission]]
    if not allowed:
        why = "standing-without-permission"
        raise NotAllowed(denial=Denial(permission.value, why, obj, policy=DIGEST))
    first = min(allowed, key=lambda row: _ORDER[row.standing])
    sources = _sources(allowed)
    return Decision(
        permission=permission.value,
        standing=first.standing,
        standings=frozenset(Standing(row.standing) for row in rows),
        tie_id=first.tie_id,
        organisation_id=first.organisation_id,
        pupil_id=pupil_id,
        person_id=unit.actor.person_id,
        purpose=purpose or _purpose(first.standing, sources),
        sources=sources,
    )


def _purpose(standing: Standing, sources: frozenset[UUID] | None) -> str | None:
    """What whoever comes to a child through a case is there for."""
    if sources is None:
        return None
    return QUALITY_AUDIT if standing == Standing.AUDITOR else ASSESSMENT


def _sources(allowed: list[Any]) -> frozenset[UUID] | None:
    if any(row.standing not in BY_GRANT for row in allowed):
        return None
    return frozenset(row.source_id for row in allowed if row.source_id)


def granted(unit: Unit, decision: Decision, object_type: str = "version") -> frozenset[UUID] | None:
    """The objects that the decision's ties were granted; None where the decision covers the whole record."""
    if decision.sources is None:
        return None
    query = select(Grant.object_id).where(
        Grant.source_id.in_(sorted(decision.sources)), Grant.object_type == object_type
    )
    return frozenset(unit.connection.scalars(query))


_ORDER = {standing.value: number for number, standing in enumerate(Standing)}


def require_in_organisation(
    unit: Unit, permission: OrganisationPermission, organisation_id: UUID
) -> Decision:
    """The decision that lets the actor do this in an organisation, or NotFound, or NotAllowed."""
    rows = _roles_in(unit, organisation_id)
    obj = ("organisation", organisation_id)
    if not rows:
        raise NotFound(NO_PAGE, denial=Denial(permission.value, "no-standing", obj, policy=DIGEST))
    for row in rows:
        if may_in_organisation(row.role, permission):
            return Decision(
                permission=permission.value,
                standing=row.role,
                standings=frozenset(),
                tie_id=row.id,
                organisation_id=organisation_id,
                person_id=unit.actor.person_id,
                purpose=purpose_of(row.role),
            )
    why = "role-without-permission"
    raise NotAllowed(denial=Denial(permission.value, why, obj, policy=DIGEST))


def require_somewhere(unit: Unit, permission: OrganisationPermission) -> tuple[Decision, UUID]:
    """The decision for the first organisation in which the actor may do this, and which one that is.

    NotFound for whoever may nowhere: she names no organisation, so there is none she could be near to.
    """
    places = organisations_where(unit, permission)
    if not places:
        raise NotFound(NO_PAGE, denial=Denial(permission.value, "no-standing", policy=DIGEST))
    return require_in_organisation(unit, permission, places[0]), places[0]


def organisations_where(unit: Unit, permission: OrganisationPermission) -> list[UUID]:
    """The organisations in which the actor may do this, in the order the roles were given."""
    if unit.actor.person_id is None:
        return []
    rows = _roles.all(unit.connection, {"person": unit.actor.person_id, "today": unit.today})
    found = (row.organisation_id for row in rows if may_in_organisation(row.role, permission))
    return list(dict.fromkeys(found))


def _roles_in(unit: Unit, organisation_id: UUID) -> list[Any]:
    if unit.actor.person_id is None:
        return []
    rows = _roles.all(unit.connection, {"person": unit.actor.person_id, "today": unit.today})
    return [row for row in rows if row.organisation_id == organisation_id]


_roles = Prepared(
    lambda: (
        select(Membership.id, Membership.organisation_id, Membership.role)
        .where(Membership.person_id == PERSON, live(Membership, TODAY))
        .order_by(Membership.made_at)
    )
)


def can(unit: Unit, permission: Permission, pupil_id: UUID) -> bool:
    """The gate's answer without its exceptions: for a button, or a recipient check before sending."""
    return any(row.standing in GRID[permission] for row in standings_towards(unit, pupil_id))


def visible_pupils(person_id: Any, permission: Permission, today: Any) -> Select[UUID]:
    """The ids of the pupils whom this person may so see: lists, pages and searches share this one rule.

    Finished statements (``kernel.prepared``) give ``standing.PERSON`` and ``TODAY``, which they leave open.
    """
    return visible(person_id, permission, today)


def why(unit: Unit, pupil_id: UUID) -> list[Any]:
    """Every standing of the actor towards a pupil with the tie it rests on."""
    return standings_towards(unit, pupil_id)
