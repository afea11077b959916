"""Who somebody is: names opened in bulk for a page, and a person found by an e-mail address.

Whether the reader may be told is decided before: pages ask for the names of people whom their own query
brought.
"""

from __future__ import annotations

import unicodedata
from collections import namedtuple
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, select

from isp.audit import Unit
from isp.kernel.crypto import Keyring, Place
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound
from isp.kernel.keys import GENERAL, KEYS, KeyOf
from isp.kernel.prepared import Prepared
from isp.people.holding import MEMBERSHIPS
from isp.people.models import Person
from isp.people.roles import words

PERSONS = table_of(Person)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Named:
    """A person as shown. ``role_words``: the roles held now (else the last one held); "" for a family."""

    id: UUID
    given: str
    family: str
    title: str | None = None
    role_words: str = ""

    @property
    def full(self) -> str:
        """``Ada King``, without the title."""
        return " ".join(part for part in (self.given, self.family) if part)

    @property
    def formal(self) -> str:
        """``Ms King`` where there is a title, else the full name."""
        return f"{self.title} {self.family}" if self.title and self.family else self.full

    @property
    def with_role(self) -> str:
        """``Ada King, SENCO``."""
        return f"{self.full}, {self.role_words}" if self.role_words else self.full


NOBODY = "Somebody no longer on record"


def normalise_email(text: str) -> str:
    """The form in which an address is compared: NFKC, no white space around it, case folded."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def email_index(keyring: Keyring, email: str) -> bytes:
    """The blind index under which an address is found (32 bytes)."""
    return keyring.blind_index("person.email", normalise_email(email))


def find_by_email(unit: Unit, email: str) -> UUID | None:
    """The person with this address, or None. It finds an account; it never links two."""
    query = select(PERSONS.c.id).where(PERSONS.c.email_index == email_index(unit.keyring, email))
    found: UUID | None = unit.connection.scalar(query)
    return found


def find_many_by_email(unit: Unit, emails: Collection[str]) -> dict[str, UUID]:
    """The persons with these addresses, by address as given; an unknown one is left out."""
    by_index = {email_index(unit.keyring, email): email for email in emails}
    found: dict[str, UUID] = {}
    listed = sorted(by_index)
    for start in range(0, len(listed), _AT_ONCE):
        query = select(PERSONS.c.email_index, PERSONS.c.id).where(
            PERSONS.c.email_index.in_(listed[start : start + _AT_ONCE])
        )
        found |= {by_index[row.email_index]: row.id for row in unit.connection.execute(query)}
    return found


def place(person_id: UUID, row_version: int) -> Place:
    """Where a person's sealed details lie."""
    return Place("person", "sealed", person_id, row_version)


def names(unit: Unit, person_ids: Collection[UUID]) -> dict[UUID, Named]:
    """Everybody's name and role words, in one query for each 500. An unknown id is left out."""
    found: dict[UUID, Named] = {}
    listed = sorted(set(person_ids))
    for start in range(0, len(listed), _AT_ONCE):
        part = listed[start : start + _AT_ONCE]
        found |= _named(unit, _rows(unit, part))
    return found


def _named(unit: Unit, rows: Sequence[Any]) -> dict[UUID, Named]:
    roles = _roles(unit, rows)
    return {
        person_id: Named(
            id=person_id,
            given=sealed.get("given") or "",
            family=sealed.get("family") or "",
            title=sealed.get("title"),
            role_words=roles.get(person_id, ""),
        )
        for person_id, sealed in _opened(unit, rows).items()
    }


def name(unit: Unit, person_id: UUID) -> Named:
    """One person's name; of somebody who is not on record, words that say so."""
    return names(unit, [person_id]).get(person_id) or Named(person_id, NOBODY, "")


def details(unit: Unit, person_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """All that is sealed about people: given, family, title, email, telephone, address, address_confidential.

    For pages whose reader may see contacts; a confidential address is the caller's to leave out.
    """
    found: dict[UUID, dict[str, Any]] = {}
    listed = sorted(set(person_ids))
    for start in range(0, len(listed), _AT_ONCE):
        found |= _opened(unit, _rows(unit, listed[start : start + _AT_ONCE]))
    return found


def detail(unit: Unit, person_id: UUID) -> dict[str, Any]:
    """The same of one person. Raises NotFound."""
    found = details(unit, [person_id])
    if person_id not in found:
        raise NotFound
    return found[person_id]


# Composed once, and one trip: names are on the way to every page.
_M = MEMBERSHIPS.c
_NAMED = (
    select(
        PERSONS.c.id.label("person_id"),
        PERSONS.c.sealed,
        PERSONS.c.row_version,
        _M.role,
        _M.valid_from,
        _M.valid_to,
        _M.ended_at,
        *KEYS.c,
    )
    .select_from(PERSONS)
    .join(KEYS, and_(KEYS.c.owner_id == PERSONS.c.id, KEYS.c.compartment == GENERAL))
    .outerjoin(MEMBERSHIPS, _M.person_id == PERSONS.c.id)
    .order_by(_M.valid_from, _M.made_at, _M.id)
)
_WHO = _NAMED.where(PERSONS.c.id.in_(bindparam("people", expanding=True)))
# Most pages name a few people: for them one finished text with so many places, the last id repeated.
_PLACES = tuple(f"person{number}" for number in range(6))
_few = Prepared(
    lambda: _NAMED.where(PERSONS.c.id.in_([bindparam(one, type_=PERSONS.c.id.type) for one in _PLACES]))
)


class NameJoin:
    """Lets a select about something else bring one person's name and roles along.

    Put ``columns`` in the select, beside each other, ``onto`` its FROM, and give ``names`` each row's part
    of them. A person of several roles multiplies the rows.
    """

    def __init__(self) -> None:
        self._person, self._roles = PERSONS.alias("named"), MEMBERSHIPS.alias("role_of_named")
        self._key = KEYS.alias("key_of_named")
        person, role = self._person.c, self._roles.c
        held = (role.role, role.valid_from, role.valid_to, role.ended_at, role.made_at, role.id)
        self.columns = (person.id, person.sealed, person.row_version, *held, *self._key.c)

    def onto(self, source: FromClause, person_id: ColumnElement[UUID]) -> FromClause:
        """The FROM with the person, her key and her roles joined, where there is such a person."""
        person, key, role = self._person.c, self._key.c, self._roles.c
        return (
            source.outerjoin(self._person, person.id == person_id)
            .outerjoin(self._key, and_(key.owner_id == person.id, key.compartment == GENERAL))
            .outerjoin(self._roles, role.person_id == person.id)
        )

    @staticmethod
    def names(unit: Unit, parts: Iterable[Sequence[Any]]) -> dict[UUID, Named]:
        """The names that the rows brought. Raises SealError if one was altered."""
        rows: list[Any] = [_NamedRow(*part) for part in parts if part[0] is not None]
        unit.keys.adopt(rows)
        rows.sort(key=lambda row: (row.valid_from or date.min, row.role_made_at or unit.now, row.role_id))
        return _named(unit, rows)


_ROLE = ("role", "valid_from", "valid_to", "ended_at", "role_made_at", "role_id")
_NamedRow = namedtuple(  # type: ignore[misc]  # noqa: PYI024 its last fields are the key table's
    "_NamedRow", ["person_id", "sealed", "row_version", *_ROLE, *KEYS.c.keys()]
)


def _rows(unit: Unit, part: list[UUID]) -> Sequence[Any]:
    """A row for each role that each of these people holds or held, with the person's keys taken in."""
    rows: Sequence[Any]
    if len(part) <= len(_PLACES):
        people = [*part, *[part[-1]] * (len(_PLACES) - len(part))]
        rows = _few.all(unit.connection, dict(zip(_PLACES, people, strict=True)))
    else:
        rows = unit.connection.execute(_WHO, {"people": part}).all()
    unit.keys.adopt(rows)
    return rows


def _opened(unit: Unit, rows: Sequence[Any]) -> dict[UUID, dict[str, Any]]:
    found: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        if row.person_id not in found:
            owner = KeyOf.person(row.person_id)
            found[row.person_id] = unit.keys.open(owner, place(row.person_id, row.row_version), row.sealed)
    return found


def _roles(unit: Unit, rows: Sequence[Any]) -> dict[UUID, str]:
    now: dict[UUID, list[str]] = {}
    last: dict[UUID, str] = {}
    for row in rows:
        if row.role is None or row.valid_from > unit.today:
            continue
        last[row.person_id] = row.role
        if _holds(row, unit.today) and row.role not in now.setdefault(row.person_id, []):
            now[row.person_id].append(row.role)
    return {
        person_id: _listed([words(role) for role in now.get(person_id) or [held_last]])
        for person_id, held_last in last.items()
    }


def _holds(row: Any, today: date) -> bool:
    return row.ended_at is None and (row.valid_to is None or row.valid_to >= today)


def _listed(roles: list[str]) -> str:
    if len(roles) < 2:
        return "".join(roles)
    return f"{', '.join(roles[:-1])} and {roles[-1]}"
