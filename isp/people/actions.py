"""Verbs on persons, roles and invitations.

Who may do them is decided by the callers, which stand above the grid: each hands over the grounds on
which it was allowed, and the trail keeps them.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, insert, select, update

from isp.audit import Chain, Event, Unit
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.people import directory, sessions
from isp.people.models import Account, Invitation, Membership, Person

ACCOUNTS = table_of(Account)
INVITATIONS = table_of(Invitation)
PERSONS = table_of(Person)
MEMBERSHIPS = table_of(Membership)
INVITATION_LASTS = timedelta(hours=72)
ACCOUNT, RESET = "account", "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What is known of somebody new. ``email``, where given, is what she signs in with: one person each."""

    given: str
    family: str
    email: str | None = None
    telephone: str | None = None
    address: str | None = None
    address_confidential: bool = False
    title: str | None = None
    id: UUID = field(default_factory=new_id)

    def to_seal(self) -> dict[str, Any]:
        """The JSON that is sealed."""
        return {
            "given": self.given.strip(),
            "family": self.family.strip(),
            "email": self.email.strip() if self.email else None,
            "telephone": self.telephone,
            "address": self.address,
            "address_confidential": self.address_confidential,
            "title": self.title,
        }


def add_person(unit: Unit, grounds: Any, person: NewPerson) -> UUID:
    """Add somebody, with a key of her own. Raises Conflict where the address is another person's."""
    return add_people(unit, grounds, [person])[0]


def add_people(unit: Unit, grounds: Any, people: Iterable[NewPerson]) -> list[UUID]:
    """The same for many, in two statements and one event each. The unit must hold the lock."""
    listed = list(people)
    if not listed:
        return []
    indexes = [directory.email_index(unit.keyring, p.email) if p.email else None for p in listed]
    _refuse_known(unit, [index for index in indexes if index])
    unit.session.flush()
    unit.keys.create_many([(KeyOf.person(p.id), None) for p in listed])
    unit.connection.execute(
        insert(PERSONS),
        [
            {
                "id": p.id,
                "sealed": unit.keys.seal(KeyOf.person(p.id), directory.place(p.id, 1), p.to_seal()),
                "row_version": 1,
                "email_index": index,
                "made_at": unit.now,
            }
            for p, index in zip(listed, indexes, strict=True)
        ],
    )
    for p in listed:
        unit.record(grounds, Event.ACCOUNT_MADE, Chain.person(p.id), obj=("person", p.id), person=str(p.id))
    return [p.id for p in listed]


def _refuse_known(unit: Unit, indexes: list[bytes]) -> None:
    if len(set(indexes)) != len(indexes):
        raise Conflict("Two of these people have the same email address. Give each person one of their own.")
    for start in range(0, len(indexes), 500):
        part = indexes[start : start + 500]
        if unit.connection.scalar(select(PERSONS.c.id).where(PERSONS.c.email_index.in_(part)).limit(1)):
            raise Conflict("Somebody with this email address is already on record.")


def change_details(unit: Unit, grounds: Any, person_id: UUID, **changes: Any) -> None:
    """Change what is sealed about a person: any of the fields of NewPerson but the id.

    A new ``email`` moves what she signs in with. Raises Conflict where it is another person's.
    """
    row = unit.connection.execute(
        select(PERSONS.c.row_version, PERSONS.c.email_index).where(PERSONS.c.id == person_id)
    ).first()
    if row is None:
        raise NotFound
    held = directory.detail(unit, person_id)
    fresh = {**held, **changes}
    index = directory.email_index(unit.keyring, fresh["email"]) if fresh.get("email") else None
    if index and index != row.email_index:
        _refuse_known(unit, [index])
    version = row.row_version + 1
    unit.change(
        Person,
        {"id": person_id, "row_version": row.row_version},
        sealed=unit.keys.seal(KeyOf.person(person_id), directory.place(person_id, version), fresh),
        row_version=version,
        email_index=index,
    )
    changed = sorted(name for name, value in changes.items() if held.get(name) != value)
    unit.record(
        grounds,
        Event.PERSON_CHANGED,
        Chain.person(person_id),
        obj=("person", person_id),
        fields=changed,
        payload={"before": {n: held.get(n) for n in changed}, "after": {n: fresh[n] for n in changed}},
        person=str(person_id),
    )


# -- roles ---------------------------------------------------------------------------------------------


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


# -- accounts and invitations ----------------------------------------------------------------------------


def open_account(
    unit: Unit, grounds: Any, person_id: UUID, password_hash: str, *, is_operator: bool = False
) -> None:
    """Give somebody an account with a password at once: an operator's command, and the demonstration.

    Everybody else chooses her own with an invitation. Raises Conflict where there is an account.
    """
    if unit.connection.scalar(select(ACCOUNTS.c.person_id).where(ACCOUNTS.c.person_id == person_id)):
        raise Conflict("This person has an account already.")
    unit.insert(
        Account,
        person_id=person_id,
        password_hash=password_hash,
        made_at=unit.now,
        password_at=unit.now,
        closed_at=None,
        is_operator=is_operator,
    )
    unit.record(grounds, Event.PASSWORD_CHANGED, Chain.person(person_id), obj=("person", person_id))


@dataclass(frozen=True, slots=True)
class Invited:
    """``code`` goes into a link, once; only its digest is kept."""

    invitation_id: UUID
    code: str


def invite(unit: Unit, grounds: Any, person_id: UUID, purpose: str = ACCOUNT, *chains: Chain) -> Invited:
    """Make a single-use code (192 bits, 72 hours) with which this person chooses a password.

    Codes made for her before stop working. ``purpose`` ACCOUNT: a first password; RESET: another one.
    ``chains``: further chains to remember it on (an organisation's, a pupil's). Raises Conflict where the
    account is closed, has no address, or (for ACCOUNT) has its password already: whoever holds a code
    holds the account, so a first invitation must never open an account that is in use.
    """
    row = unit.connection.execute(
        select(PERSONS.c.email_index, ACCOUNTS)
        .select_from(PERSONS)
        .outerjoin(ACCOUNTS, ACCOUNTS.c.person_id == PERSONS.c.id)
        .where(PERSONS.c.id == person_id)
    ).first()
    if row is None:
        raise NotFound
    if row.email_index is None:
        raise Conflict("There is no email address on record for this person. Add one first.")
    if row.closed_at is not None:
        raise Conflict("This account is closed.")
    if purpose == ACCOUNT and row.password_hash is not None:
        raise Conflict("This person can already sign in, with the password they have.")
    if row.person_id is None:
        unit.insert(
            Account,
            person_id=person_id,
            password_hash=None,
            made_at=unit.now,
            password_at=None,
            closed_at=None,
            is_operator=False,
        )
    cancel_invitations(unit, person_id)
    code = secrets.token_urlsafe(24)
    invitation_id = new_id()
    unit.insert(
        Invitation,
        id=invitation_id,
        code_digest=digest_of(code),
        person_id=person_id,
        purpose=purpose,
        made_by=unit.actor.person_id,
        made_at=unit.now,
        expires_at=unit.now + INVITATION_LASTS,
        used_at=None,
        cancelled_at=None,
    )
    unit.record(
        grounds,
        Event.INVITED,
        Chain.person(person_id),
        *chains,
        obj=("person", person_id),
        person=str(person_id),
        purpose=purpose,
    )
    return Invited(invitation_id, code)


def digest_of(code: str) -> bytes:
    """What is kept of a code: SHA-256 will do, since a code is random and long."""
    return hashlib.sha256(code.encode("utf-8")).digest()


def cancel_invitations(unit: Unit, person_id: UUID) -> None:
    """Codes made for a person and not used yet stop working."""
    i = INVITATIONS.c
    unit.connection.execute(
        update(INVITATIONS)
        .where(and_(i.person_id == person_id, i.used_at.is_(None), i.cancelled_at.is_(None)))
        .values(cancelled_at=unit.now)
    )


def reopen_account(unit: Unit, grounds: Any, person_id: UUID, *chains: Chain) -> None:
    """Let a closed account be used again, with a password to be chosen anew. Conflict if it is open."""
    row = unit.connection.execute(
        select(ACCOUNTS.c.closed_at).where(ACCOUNTS.c.person_id == person_id)
    ).first()
    if row is None or row.closed_at is None:
        raise Conflict("This account is not closed.")
    unit.change(
        Account,
        {"person_id": person_id, "closed_at": row.closed_at},
        closed_at=None,
        password_hash=None,
        password_at=unit.now,
    )
    unit.record(
        grounds,
        Event.ACCOUNT_REOPENED,
        Chain.person(person_id),
        *chains,
        obj=("person", person_id),
        person=str(person_id),
    )


def close_account(unit: Unit, grounds: Any, person_id: UUID, *chains: Chain) -> None:
    """Nobody signs in as this person any more, from the next request on. Raises Conflict on one's own."""
    if person_id == unit.actor.person_id:
        raise Conflict("You cannot close your own account. Ask a colleague to do it.")
    unit.change(
        Account,
        {"person_id": person_id, "closed_at": None},
        "This account is already closed.",
        closed_at=unit.now,
    )
    cancel_invitations(unit, person_id)
    sessions.end_all(unit, person_id)
    unit.record(
        grounds,
        Event.DEACTIVATED,
        Chain.person(person_id),
        *chains,
        obj=("person", person_id),
        person=str(person_id),
    )
