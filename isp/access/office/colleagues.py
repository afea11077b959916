"""An organisation's staff as those who may see them are shown them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, or_, select

from isp.access.gate import Decision, require_in_organisation
from isp.access.models import GroupStaff, Tie
from isp.access.policy import OrganisationPermission
from isp.access.standing import ADVISER, CASELOAD, live
from isp.audit import Unit
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound
from isp.people import directory
from isp.people.actions import INVITATIONS
from isp.people.holding import MEMBERSHIPS
from isp.people.models import Account, Organisation
from isp.people.roles import words

ACCOUNTS = table_of(Account)


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that somebody holds here, or will."""

    membership_id: UUID
    role: str
    valid_from: date
    valid_to: date | None
    is_now: bool

    @property
    def words(self) -> str:
        """As it is shown."""
        return words(self.role)


@dataclass(slots=True)
class StaffMember:
    """A colleague. ``way_in``: can, invited, closed or none (has not been invited)."""

    person_id: UUID
    name: str
    way_in: str
    roles: list[HeldRole] = field(default_factory=list)
    email: str | None = None


WAY_IN = {
    "can": "Can sign in",
    "invited": "Invited, has not signed in yet",
    "none": "Not invited yet",
    "closed": "Account closed",
}


def organisation_name(unit: Unit, organisation_id: UUID) -> str:
    """The name of an organisation. Raises NotFound."""
    name = unit.connection.scalar(select(Organisation.name).where(Organisation.id == organisation_id))
    if name is None:
        raise NotFound
    return str(name)


def organisation_kind(unit: Unit, organisation_id: UUID) -> str:
    """``school`` or ``authority``. Raises NotFound."""
    kind = unit.connection.scalar(select(Organisation.kind).where(Organisation.id == organisation_id))
    if kind is None:
        raise NotFound
    return str(kind)


def staff_of(unit: Unit, organisation_id: UUID) -> tuple[Decision, list[StaffMember]]:
    """Everybody who holds a role here now or will, by family name, and the decision that shows them."""
    decision = require_in_organisation(unit, OrganisationPermission.STAFF_READ, organisation_id)
    return decision, _staff(unit, organisation_id)


def member(unit: Unit, organisation_id: UUID, person_id: UUID) -> tuple[Decision, StaffMember]:
    """One colleague, with the address that she signs in with. Raises NotFound."""
    decision = require_in_organisation(unit, OrganisationPermission.STAFF_READ, organisation_id)
    found = _staff(unit, organisation_id, person_id)
    if not found:
        raise NotFound
    found[0].email = directory.detail(unit, person_id).get("email")
    return decision, found[0]


def _staff(unit: Unit, organisation_id: UUID, person_id: UUID | None = None) -> list[StaffMember]:
    m = MEMBERSHIPS.c
    query = (
        select(MEMBERSHIPS, ACCOUNTS.c.password_hash.is_not(None).label("can"), ACCOUNTS.c.closed_at)
        .outerjoin(ACCOUNTS, ACCOUNTS.c.person_id == m.person_id)
        .where(
            m.organisation_id == organisation_id,
            m.ended_at.is_(None),
            or_(m.valid_to.is_(None), m.valid_to >= unit.today),
        )
        .order_by(m.valid_from, m.made_at)
    )
    if person_id is not None:
        query = query.where(m.person_id == person_id)
    rows = unit.connection.execute(query).all()
    ids = {row.person_id for row in rows}
    names = directory.names(unit, ids)
    invited = _invited(unit, ids)
    found: dict[UUID, StaffMember] = {}
    for row in rows:
        if row.person_id not in names:
            continue
        way_in = "can" if row.can else ("invited" if row.person_id in invited else "none")
        way_in = "closed" if row.closed_at else way_in
        someone = found.setdefault(
            row.person_id, StaffMember(row.person_id, names[row.person_id].full, way_in)
        )
        someone.roles.append(
            HeldRole(row.id, row.role, row.valid_from, row.valid_to, is_now=row.valid_from <= unit.today)
        )
    return sorted(
        found.values(), key=lambda one: (names[one.person_id].family.casefold(), one.name.casefold())
    )


def _invited(unit: Unit, ids: set[UUID]) -> dict[UUID, datetime]:
    i = INVITATIONS.c
    query = select(i.person_id, i.expires_at).where(
        and_(i.used_at.is_(None), i.cancelled_at.is_(None), i.expires_at > unit.now)
    )
    found: dict[UUID, datetime] = {}
    listed = sorted(ids)
    for start in range(0, len(listed), 500):
        rows = unit.connection.execute(query.where(i.person_id.in_(listed[start : start + 500])))
        found |= {row.person_id: row.expires_at for row in rows}
    return found


@dataclass(frozen=True, slots=True)
class Work:
    """How much a colleague has in hand here: classes and groups, and cases."""

    groups: int
    cases: int


def work_of(unit: Unit, organisation_id: UUID, person_id: UUID) -> Work:
    """What would pass to a successor, counted."""
    groups = unit.connection.scalars(
        select(GroupStaff.id).where(
            GroupStaff.person_id == person_id,
            GroupStaff.organisation_id == organisation_id,
            live(GroupStaff, unit.today),
        )
    ).all()
    cases = unit.connection.scalars(
        select(Tie.id).where(
            Tie.person_id == person_id,
            Tie.organisation_id == organisation_id,
            Tie.kind.in_((CASELOAD, ADVISER)),
            live(Tie, unit.today),
        )
    ).all()
    return Work(len(groups), len(cases))
