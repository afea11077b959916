"""Accounts: opened by command or by invitation, closed, opened again; and the codes that invite."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, update

from isp.audit import Chain, Event, Unit
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, NotFound
from isp.kernel.ids import new_id
from isp.people import sessions
from isp.people.actions.persons import hold_person
from isp.people.models import Account, Invitation, Person

ACCOUNTS = table_of(Account)
INVITATIONS = table_of(Invitation)
PERSONS = table_of(Person)
INVITATION_LASTS = timedelta(hours=72)
ACCOUNT, RESET = "account", "reset"


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
    row = hold_account(unit, person_id)
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


def hold_account(unit: Unit, person_id: UUID) -> Any:
    """The row of a person's account for whom a code is made, held: of two made at once, only the later works.

    Its ``person_id`` is None where there is no account yet. NotFound; Conflict where the account is closed
    or she has no address.
    """
    hold_person(unit, person_id)
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
    return row


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
