"""How far an account reaches: whoever hands out a code for it could use it, so its reach must be her own.

An account that is used elsewhere as well (a role in another organisation, a child at another school, the
operator's) is not to be reset by one organisation alone: its owner asks the service's operator. An account
that has no password yet is claimed with a code from the organisation that named the person first.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from isp.access.models import Tie
from isp.access.standing import GUARDIAN, SCHOOL, SELF, live
from isp.audit import Unit
from isp.kernel.db import table_of
from isp.people.models import Account, Membership

ACCOUNTS = table_of(Account)


def is_used_elsewhere(unit: Unit, person_id: UUID, organisation_id: UUID) -> bool:
    """Whether the account opens anything that this organisation does not hold itself."""
    return (
        _is_operator(unit, person_id)
        or bool(_organisations(unit, person_id) - {organisation_id})
        or _has_family(unit, person_id, but_at=organisation_id)
    )


def has_other_use(unit: Unit, person_id: UUID, organisation_id: UUID) -> bool:
    """Whether the account is still needed once the person works here no longer (as a parent here, too)."""
    return (
        _is_operator(unit, person_id)
        or bool(_organisations(unit, person_id) - {organisation_id})
        or _has_family(unit, person_id)
    )


def may_be_given_a_code(unit: Unit, person_id: UUID, organisation_id: UUID) -> bool:
    """Whether this organisation may hold a code for the account, at this moment."""
    stored = unit.connection.execute(
        select(ACCOUNTS.c.password_hash).where(ACCOUNTS.c.person_id == person_id)
    ).first()
    if stored is not None and stored.password_hash is not None:
        return not is_used_elsewhere(unit, person_id, organisation_id)
    if _is_operator(unit, person_id) or _has_family(unit, person_id, but_at=organisation_id):
        return False
    query = select(Membership.organisation_id).where(Membership.person_id == person_id, _open(unit))
    first = unit.connection.scalar(query.order_by(Membership.made_at, Membership.id).limit(1))
    return first in (None, organisation_id)


def _is_operator(unit: Unit, person_id: UUID) -> bool:
    query = select(ACCOUNTS.c.is_operator).where(ACCOUNTS.c.person_id == person_id)
    return bool(unit.connection.scalar(query))


def _open(unit: Unit) -> ColumnElement[bool]:
    not_over = or_(Membership.valid_to.is_(None), Membership.valid_to >= unit.today)
    return and_(not_over, Membership.ended_at.is_(None))


def _organisations(unit: Unit, person_id: UUID) -> set[UUID]:
    query = select(Membership.organisation_id).where(Membership.person_id == person_id, _open(unit))
    return set(unit.connection.scalars(query))


def _has_family(unit: Unit, person_id: UUID, *, but_at: UUID | None = None) -> bool:
    query = select(Tie.id).where(
        Tie.person_id == person_id, Tie.kind.in_((GUARDIAN, SELF)), live(Tie, unit.today)
    )
    if but_at is not None:
        here = Tie.__table__.alias("here")
        query = query.where(
            ~exists(
                select(here.c.id).where(
                    here.c.pupil_id == Tie.pupil_id,
                    here.c.kind == SCHOOL,
                    here.c.organisation_id == but_at,
                    live(here.c, unit.today),
                )
            )
        )
    return unit.connection.scalar(query.limit(1)) is not None
