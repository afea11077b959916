"""Adding people and changing what is known of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from isp.audit import Chain, Event, Unit
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.people import directory
from isp.people.models import Person

PERSONS = table_of(Person)
KNOWN = "Somebody with this email address is already on record."


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


def hold_person(unit: Unit, person_id: UUID) -> None:
    """Let nobody else give this person a code or a role until the unit ends: two at once take turns."""
    unit.connection.execute(
        select(PERSONS.c.id).where(PERSONS.c.id == person_id).with_for_update(key_share=True)
    )


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
    rows = [
        {
            "id": p.id,
            "sealed": unit.keys.seal(KeyOf.person(p.id), directory.place(p.id, 1), p.to_seal()),
            "row_version": 1,
            "email_index": index,
            "made_at": unit.now,
        }
        for p, index in zip(listed, indexes, strict=True)
    ]
    try:
        unit.connection.execute(insert(PERSONS), rows)
    except IntegrityError as met:  # ids are made anew: the one address was entered in this very moment
        raise Conflict(KNOWN) from met
    for p in listed:
        unit.record(grounds, Event.ACCOUNT_MADE, Chain.person(p.id), obj=("person", p.id), person=str(p.id))
    return [p.id for p in listed]


def _refuse_known(unit: Unit, indexes: list[bytes]) -> None:
    if len(set(indexes)) != len(indexes):
        raise Conflict("Two of these people have the same email address. Give each person one of their own.")
    for start in range(0, len(indexes), 500):
        part = indexes[start : start + 500]
        if unit.connection.scalar(select(PERSONS.c.id).where(PERSONS.c.email_index.in_(part)).limit(1)):
            raise Conflict(KNOWN)


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
