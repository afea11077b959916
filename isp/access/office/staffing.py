"""Deeds on an organisation's staff: invite, give and end roles, reset, deactivate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, update

from isp.access.gate import Decision, require_in_organisation
from isp.access.models import GroupStaff
from isp.access.office import reach
from isp.access.office.giving import gives
from isp.access.policy import OrganisationPermission
from isp.audit import Chain, Event, Unit
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, NotAllowed, NotFound
from isp.people import actions as people
from isp.people.directory import find_by_email
from isp.people.holding import MEMBERSHIPS, held
from isp.people.models import Account

ACCOUNTS = table_of(Account)
GROUP_STAFF = table_of(GroupStaff)
NOT_YOURS_TO_GIVE = "Your role does not let you decide about this role. Ask the head teacher or the SENCO."
ONE_OF_YOUR_OWN = "You cannot end your own role or account. Ask a colleague to do it."
USED_ELSEWHERE = (
    "This account cannot be reset from here. Its owner can ask the people who run this service, who can have "
    "a link sent to the owner's own email address."
)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody given a role. ``code``: for a link, to be shown once; None where she has a way in already."""

    person_id: UUID
    membership_id: UUID
    code: str | None


def invite_colleague(
    unit: Unit,
    organisation_id: UUID,
    *,
    given: str,
    family: str,
    email: str,
    role: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Colleague:
    """Give a role to the person with this address, who is added if nobody has it.

    Of a person on record nothing is changed but that she has the role, and nothing is said of other places
    where she may work. Raises NotAllowed (the role is not the actor's to give), Conflict (she has it).
    """
    decision = require_in_organisation(unit, OrganisationPermission.STAFF_WRITE, organisation_id)
    require_giving(unit, organisation_id, [role])
    person_id = find_by_email(unit, email)
    if person_id is None:
        person_id = people.add_person(
            unit, decision, people.NewPerson(given=given, family=family, email=email)
        )
    people.hold_person(unit, person_id)
    if role in _roles_to_come(unit, organisation_id, person_id):
        raise Conflict("The person with this email address has this role already.")
    membership_id = people.give_role(
        unit, decision, person_id, organisation_id, role, valid_from=valid_from, valid_to=valid_to
    )
    return Colleague(person_id, membership_id, _first_code(unit, decision, person_id, organisation_id))


def _first_code(unit: Unit, decision: Decision, person_id: UUID, organisation_id: UUID) -> str | None:
    account = unit.connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.person_id == person_id)).first()
    if account is not None and account.closed_at is not None:
        # Closed when she left her last place: she comes back with a password of her own choosing.
        people.reopen_account(unit, decision, person_id, Chain.organisation(organisation_id))
    elif account is not None and account.password_hash is not None:
        return None
    if not reach.may_be_given_a_code(unit, person_id, organisation_id):
        return None
    return people.invite(unit, decision, person_id, people.ACCOUNT, Chain.organisation(organisation_id)).code


def give_another_role(
    unit: Unit,
    organisation_id: UUID,
    person_id: UUID,
    role: str,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> UUID:
    """Give a colleague a further role; the membership's id. Raises NotAllowed or Conflict."""
    decision = require_in_organisation(unit, OrganisationPermission.STAFF_WRITE, organisation_id)
    people.hold_person(unit, person_id)
    mine = _colleague(unit, organisation_id, person_id)
    require_giving(unit, organisation_id, [role])
    if role in mine:
        raise Conflict("This person has this role already.")
    return people.give_role(
        unit, decision, person_id, organisation_id, role, valid_from=valid_from, valid_to=valid_to
    )


def end_role(unit: Unit, organisation_id: UUID, membership_id: UUID) -> UUID:
    """End a colleague's role at once; whose it was."""
    decision = require_in_organisation(unit, OrganisationPermission.STAFF_WRITE, organisation_id)
    row = membership(unit, organisation_id, membership_id)
    _not_oneself(unit, row.person_id)
    require_giving(unit, organisation_id, [row.role])
    people.end_role(unit, decision, membership_id)
    person_id: UUID = row.person_id
    return person_id


def change_role_dates(
    unit: Unit, organisation_id: UUID, membership_id: UUID, *, valid_from: date, valid_to: date | None
) -> UUID:
    """Give a colleague's role other days; whose it is. Raises Conflict where it was ended, or Invalid."""
    decision = require_in_organisation(unit, OrganisationPermission.STAFF_WRITE, organisation_id)
    row = membership(unit, organisation_id, membership_id)
    if row.person_id == unit.actor.person_id:
        raise Conflict("You cannot change the days of your own role. Ask a colleague to do it.")
    require_giving(unit, organisation_id, [row.role])
    people.change_role_dates(unit, decision, membership_id, valid_from=valid_from, valid_to=valid_to)
    person_id: UUID = row.person_id
    return person_id


def reset(unit: Unit, organisation_id: UUID, person_id: UUID) -> str:
    """A code with which a colleague chooses a password (again). The old one works until she does.

    Raises NotAllowed (her role is not the actor's to give) or Conflict (used elsewhere, one's own, closed).
    """
    decision = _require_resetting(unit, organisation_id, person_id)
    stored = unit.connection.scalar(select(ACCOUNTS.c.password_hash).where(ACCOUNTS.c.person_id == person_id))
    purpose = people.RESET if stored else people.ACCOUNT
    return people.invite(unit, decision, person_id, purpose, Chain.organisation(organisation_id)).code


def mail_link(unit: Unit, organisation_id: UUID, person_id: UUID) -> None:
    """The same by mail to her own address: the code is shown to nobody. Raises as ``reset`` does."""
    decision = _require_resetting(unit, organisation_id, person_id)
    people.mail_code(unit, decision, person_id, Chain.organisation(organisation_id))


def _require_resetting(unit: Unit, organisation_id: UUID, person_id: UUID) -> Decision:
    decision = require_in_organisation(unit, OrganisationPermission.STAFF_WRITE, organisation_id)
    roles = _colleague(unit, organisation_id, person_id)
    if person_id == unit.actor.person_id:
        raise Conflict("Change your own password under “My account”.")
    require_giving(unit, organisation_id, roles)
    if not reach.may_be_given_a_code(unit, person_id, organisation_id):
        raise Conflict(USED_ELSEWHERE)
    return decision


def deactivate(unit: Unit, organisation_id: UUID, person_id: UUID) -> bool:
    """End a colleague's roles and groups here, and her account if it serves nothing else; whether it did.

    At her next request she is signed out, or sees nothing of this organisation any more.
    """
    decision = require_in_organisation(unit, OrganisationPermission.STAFF_WRITE, organisation_id)
    roles = _colleague(unit, organisation_id, person_id)
    _not_oneself(unit, person_id)
    require_giving(unit, organisation_id, roles)
    return leave(unit, decision, organisation_id, person_id)


def leave(unit: Unit, decision: Decision, organisation_id: UUID, person_id: UUID) -> bool:
    """What deactivating and handing over share: roles and groups end, and the account if it is done with."""
    for row in open_memberships(unit, organisation_id, person_id):
        people.end_role(unit, decision, row.id)
    _leave_groups(unit, decision, organisation_id, person_id)
    if reach.has_other_use(unit, person_id, organisation_id):
        return False
    account = unit.connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.person_id == person_id)).first()
    if account is None or account.closed_at is not None:
        return False
    people.close_account(unit, decision, person_id, Chain.organisation(organisation_id))
    return True


def _leave_groups(unit: Unit, decision: Decision, organisation_id: UUID, person_id: UUID) -> None:
    """End the groups that somebody has here, or is to have. What was over before stays as it was."""
    g = GROUP_STAFF.c
    held_on = or_(g.valid_to.is_(None), g.valid_to >= unit.today)
    mine = and_(g.person_id == person_id, g.organisation_id == organisation_id, g.ended_at.is_(None), held_on)
    ended = Counter(unit.connection.scalars(select(g.group_id).where(mine)))
    unit.connection.execute(update(GROUP_STAFF).where(mine).values(ended_at=unit.now))
    for group_id, count in sorted(ended.items()):
        unit.record(
            decision,
            Event.GROUP_CHANGED,
            Chain.organisation(organisation_id),
            Chain.person(person_id),
            obj=("teaching_group", group_id),
            group=str(group_id),
            opened=0,
            ended=count,
        )


# -- what the deeds ask first ------------------------------------------------------------------------------


def giving(unit: Unit, organisation_id: UUID) -> frozenset[str]:
    """The roles that the actor may give in this organisation."""
    query = select(MEMBERSHIPS.c.role).where(
        MEMBERSHIPS.c.person_id == unit.actor.person_id,
        MEMBERSHIPS.c.organisation_id == organisation_id,
        held(unit.today),
    )
    return gives(unit.connection.scalars(query))


def require_giving(unit: Unit, organisation_id: UUID, roles: Iterable[str]) -> None:
    """Raise NotAllowed unless all these roles are the actor's to give."""
    if not set(roles) <= giving(unit, organisation_id):
        raise NotAllowed(NOT_YOURS_TO_GIVE)


def membership(unit: Unit, organisation_id: UUID, membership_id: UUID) -> Any:
    """A membership of this organisation. Raises NotFound."""
    m = MEMBERSHIPS.c
    row = unit.connection.execute(
        select(MEMBERSHIPS).where(m.id == membership_id, m.organisation_id == organisation_id)
    ).first()
    if row is None:
        raise NotFound
    return row


def open_memberships(unit: Unit, organisation_id: UUID, person_id: UUID) -> list[Any]:
    """Somebody's memberships here that hold today or will."""
    m = MEMBERSHIPS.c
    query = select(MEMBERSHIPS).where(
        m.person_id == person_id,
        m.organisation_id == organisation_id,
        and_(m.ended_at.is_(None), or_(m.valid_to.is_(None), m.valid_to >= unit.today)),
    )
    return list(unit.connection.execute(query.order_by(m.made_at, m.id)))


def _roles_to_come(unit: Unit, organisation_id: UUID, person_id: UUID) -> frozenset[str]:
    return frozenset(row.role for row in open_memberships(unit, organisation_id, person_id))


def _colleague(unit: Unit, organisation_id: UUID, person_id: UUID) -> frozenset[str]:
    roles = _roles_to_come(unit, organisation_id, person_id)
    if not roles:
        raise NotFound
    return roles


def _not_oneself(unit: Unit, person_id: UUID) -> None:
    if person_id == unit.actor.person_id:
        raise Conflict(ONE_OF_YOUR_OWN)
