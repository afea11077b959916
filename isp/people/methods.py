"""Ways to prove who one is. Each ends in a Proof; only a Proof opens a session.

The password is the one method of today. Another one (a passkey, an authenticator's code, a school's single
sign-on) is a class with a ``name`` and a ``prove`` of its own, and a page that asks for its answers. A
second factor stands between a Proof and ``signing.open_session``: the Proof names the factors given, so
that step can compare them with what the person's roles need and ask for the missing one. A session keeps
its method, and the trail keeps it with every act.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import select

from isp.audit import Store
from isp.kernel.db import table_of
from isp.people import directory
from isp.people.models import Account, Person
from isp.people.passwords import Passwords

ACCOUNTS = table_of(Account)
PERSONS = table_of(Person)


@dataclass(frozen=True, slots=True)
class Proof:
    """That this person was here: by which method, and with which factors (knowledge, possession …)."""

    person_id: UUID
    method: str
    factors: frozenset[str]


@dataclass(frozen=True, slots=True)
class NoProof:
    """That somebody was not: whose account it would have been, if any, and why, as the trail says it."""

    person_id: UUID | None
    why: str


class Method(Protocol):
    """One way to prove who one is."""

    @property
    def name(self) -> str:
        """What the session and the trail keep (at most 16 letters)."""

    def prove(self, store: Store, answers: Mapping[str, str]) -> Proof | NoProof:
        """Compare what was given with what is on record, with equal work whether or not anybody is."""


class ByPassword:
    """An email address and a password."""

    name = "password"

    def __init__(self, passwords: Passwords) -> None:
        self.passwords = passwords

    def prove(self, store: Store, answers: Mapping[str, str]) -> Proof | NoProof:
        """One query and one verification in every case; the caller says the same sentence to all."""
        index = directory.email_index(store.keyring, answers["email"])
        query = (
            select(ACCOUNTS.c.person_id, ACCOUNTS.c.password_hash, ACCOUNTS.c.closed_at)
            .join(PERSONS, PERSONS.c.id == ACCOUNTS.c.person_id)
            .where(PERSONS.c.email_index == index)
        )
        with store.database.reading() as connection:
            account = connection.execute(query).first()
        right = self.passwords.verify(account.password_hash if account else None, answers["password"])
        if account is None:
            return NoProof(None, "unknown")
        if account.closed_at is not None:
            return NoProof(account.person_id, "closed")
        if not right:
            return NoProof(account.person_id, "password")
        return Proof(account.person_id, self.name, frozenset({"knowledge"}))
