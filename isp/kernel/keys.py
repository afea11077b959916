"""Data keys: which key seals what, how each is wrapped, and the chest a unit of work opens them from.

root (keyring, outside the database) wraps the key of an organisation or a person; an organisation's key
wraps the keys of its pupils, one per compartment. A pupil who moves school has his keys wrapped anew;
nothing they sealed is touched. Unwrapped keys live as long as the unit that opened them.
"""

from __future__ import annotations

import os
from collections import namedtuple
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Index,
    String,
    UniqueConstraint,
    and_,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel import crypto
from isp.kernel.canonical import parsed
from isp.kernel.crypto import Keyring, Place, SealError
from isp.kernel.db import Base, Sealed, table_of
from isp.kernel.errors import Unavailable
from isp.kernel.ids import new_id
from isp.kernel.prepared import Prepared, among

GENERAL, RESTRICTED, CONTACT, WORKING = "general", "restricted", "contact", "working"
ROOT = "root"


class DataKey(Base):
    """One wrapped key: 32 bytes sealed under ``wrapped_by`` (an organisation's key, or a root's name)."""

    __tablename__ = "data_key"
    __table_args__ = (
        UniqueConstraint("owner_id", "compartment", "version"),
        Index("ix_data_key_wrapped_by", "wrapped_by"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_kind: Mapped[str] = mapped_column(String(12))
    owner_id: Mapped[UUID]
    compartment: Mapped[str] = mapped_column(String(12))
    version: Mapped[int]
    wrapped_by: Mapped[UUID | None]
    root_id: Mapped[str | None] = mapped_column(String(16))
    wrapped: Mapped[bytes] = mapped_column(Sealed)
    commitment: Mapped[bytes]
    made_at: Mapped[datetime]


KEYS = table_of(DataKey)


@dataclass(frozen=True, slots=True)
class KeyOf:
    """Whose key: a pupil's (by compartment), an organisation's, or a person's."""

    kind: str
    id: UUID
    compartment: str = GENERAL

    @classmethod
    def pupil(cls, pupil_id: UUID, compartment: str = GENERAL) -> KeyOf:
        """The key for one compartment of a pupil's record."""
        return cls("pupil", pupil_id, compartment)

    @classmethod
    def organisation(cls, organisation_id: UUID) -> KeyOf:
        """The key of a school or an authority: wraps its pupils' keys, seals its own records."""
        return cls("organisation", organisation_id)

    @classmethod
    def person(cls, person_id: UUID) -> KeyOf:
        """The key of an adult or young person who has an account or a tie."""
        return cls("person", person_id)


_keys_of = Prepared(
    lambda: select(KEYS).where(
        among(KEYS.c.owner_id, "owners"), KEYS.c.compartment == bindparam("compartment", type_=String())
    )
)
KeyRow = namedtuple("KeyRow", KEYS.c.keys())  # type: ignore[misc]  # noqa: PYI024 its fields are the table's


class KeyJoin:
    """Lets a select about a pupil bring the key of one compartment, and the key that wraps it, along.

    Put ``columns`` last in the select, ``onto`` its FROM, and give the rows to ``KeyChest.adopt_joined``.
    A key of several versions multiplies the rows.
    """

    def __init__(self, compartment: str = GENERAL) -> None:
        self._compartment = compartment
        self._own = KEYS.alias("own_key")
        self._wrapping = KEYS.alias("wrapping_key")
        self.columns = (*self._wrapping.c, *self._own.c)

    def onto(self, source: FromClause, pupil_id: ColumnElement[UUID]) -> FromClause:
        """The FROM with both keys joined."""
        own, wrapping = self._own.c, self._wrapping.c
        return source.outerjoin(
            self._own, and_(own.owner_id == pupil_id, own.compartment == self._compartment)
        ).outerjoin(
            self._wrapping, and_(wrapping.owner_id == own.wrapped_by, wrapping.compartment == GENERAL)
        )


class KeyChest:
    """The data keys of one unit of work: fetched when first asked for, or ahead in one query."""

    def __init__(self, keyring: Keyring, connection: Connection, moment: datetime) -> None:
        self.keyring = keyring
        self._connection = connection
        self._moment = moment
        self._open: dict[tuple[UUID, str, int], bytes] = {}
        self._current: dict[tuple[UUID, str], int] = {}

    def move_to(self, connection: Connection) -> None:
        """Fetch over another connection from now on; what is open stays open."""
        self._connection = connection

    def create(self, owner: KeyOf, wrapped_by: UUID | None = None) -> None:
        """Make the first key of an owner; ``wrapped_by`` is an organisation's id, None for a root."""
        self.create_many([(owner, wrapped_by)])

    def create_many(self, wanted: Iterable[tuple[KeyOf, UUID | None]]) -> None:
        """Make first keys for several owners with one statement."""
        rows = []
        for owner, wrapped_by in wanted:
            key = os.urandom(crypto.KEY_BYTES)
            rows.append(self._row(owner, 1, key, wrapped_by))
            self._hold(owner.id, owner.compartment, 1, key)
        if rows:
            self._connection.execute(insert(KEYS), rows)

    def ensure(self, owner: KeyOf) -> None:
        """Make the first key of a compartment that not every owner has, wrapped as the general one is.

        Two who come at once are kept apart by whoever calls, in a unit that holds the owner's row.
        """
        self.fetch([owner])
        if (owner.id, owner.compartment) in self._current:
            return
        query = select(KEYS.c.wrapped_by).where(KEYS.c.owner_id == owner.id, KEYS.c.compartment == GENERAL)
        general = self._connection.execute(query.order_by(KEYS.c.version.desc()).limit(1)).first()
        if general is None:
            raise Unavailable("The keys for this record cannot be found, so it stays closed.")
        self.create(owner, general.wrapped_by)

    def adopt(self, rows: Iterable[Any]) -> None:
        """Take in key rows that a joined query already brought (columns of ``data_key``)."""
        for row in rows:
            if (row.owner_id, row.compartment, row.version) not in self._open:
                self._unwrap(row)

    def adopt_joined(self, rows: Iterable[Sequence[Any]]) -> None:
        """Take in the keys that a ``KeyJoin`` brought at the end of each row: the wrapping ones first."""
        width = len(KEYS.c)
        brought = [(row[-2 * width : -width], row[-width:]) for row in rows]
        for side in (0, 1):
            self.adopt(KeyRow(*pair[side]) for pair in brought if pair[side][0] is not None)

    def fetch(self, owners: Iterable[KeyOf]) -> None:
        """Open the keys of several owners: one query a compartment, and one more for their organisations."""
        wanted: dict[str, set[UUID]] = {}
        for one in owners:
            if (one.id, one.compartment) not in self._current:
                wanted.setdefault(one.compartment, set()).add(one.id)
        rows: list[Any] = []
        for compartment, ids in wanted.items():
            asked = {"owners": sorted(ids), "compartment": compartment}
            rows += _keys_of.all(self._connection, asked)
        self._fetch_organisations({r.wrapped_by for r in rows if r.wrapped_by})
        self.adopt(rows)

    def seal(self, owner: KeyOf, place: Place, value: Any) -> bytes:
        """Seal a JSON value under the owner's newest key."""
        return self.seal_bytes(owner, place, crypto.to_json(value))

    def seal_bytes(self, owner: KeyOf, place: Place, plaintext: bytes) -> bytes:
        """Seal bytes under the owner's newest key."""
        version, key = self._newest(owner)
        return crypto.seal(key, plaintext, place, owner.compartment, version)

    def open(self, owner: KeyOf, place: Place, envelope: bytes) -> Any:
        """Open a JSON value. Raises SealError if it was altered or moved."""
        return parsed(self.open_bytes(owner, place, envelope))

    def open_bytes(self, owner: KeyOf, place: Place, envelope: bytes) -> bytes:
        """Open sealed bytes. Raises SealError if they were altered or moved."""
        version = crypto.key_version_of(envelope)
        key = self._open.get((owner.id, owner.compartment, version))
        if key is None:
            self._newest(owner)
            key = self._open.get((owner.id, owner.compartment, version))
        if key is None:
            raise SealError("there is no key of that version")
        return crypto.unseal(key, envelope, place, owner.compartment)

    def rewrap(self, owner_id: UUID, organisation_id: UUID) -> None:
        """Wrap all of an owner's keys under another organisation's key (a pupil moves school)."""
        rows = self._connection.execute(select(KEYS).where(KEYS.c.owner_id == owner_id)).all()
        self._fetch_organisations({r.wrapped_by for r in rows if r.wrapped_by} | {organisation_id})
        for row in rows:
            key = self._unwrap(row)
            fresh = self._row(
                KeyOf(row.owner_kind, row.owner_id, row.compartment), row.version, key, organisation_id
            )
            self._connection.execute(
                update(KEYS)
                .where(KEYS.c.id == row.id)
                .values(
                    wrapped=self._wrap_bytes(row.id, key, organisation_id),
                    wrapped_by=fresh["wrapped_by"],
                    root_id=fresh["root_id"],
                )
            )

    def rewrap_roots(self, limit: int) -> int:
        """Wrap up to ``limit`` keys of older roots under the root in use; how many there were.

        What the keys seal is not touched.
        """
        rows = self._connection.execute(
            select(KEYS)
            .where(KEYS.c.root_id.is_not(None), KEYS.c.root_id != self.keyring.root_id)
            .limit(limit)
        ).all()
        for row in rows:
            wrapped = self._wrap_bytes(row.id, self._unwrap(row), None)
            self._connection.execute(
                update(KEYS).where(KEYS.c.id == row.id).values(wrapped=wrapped, root_id=self.keyring.root_id)
            )
        return len(rows)

    def _row(self, owner: KeyOf, version: int, key: bytes, wrapped_by: UUID | None) -> dict[str, Any]:
        row_id = new_id()
        return {
            "id": row_id,
            "owner_kind": owner.kind,
            "owner_id": owner.id,
            "compartment": owner.compartment,
            "version": version,
            "wrapped_by": wrapped_by,
            "root_id": None if wrapped_by else self.keyring.root_id,
            "wrapped": self._wrap_bytes(row_id, key, wrapped_by),
            "commitment": crypto.commitment(key),
            "made_at": self._moment,
        }

    def _wrap_bytes(self, row_id: UUID, key: bytes, wrapped_by: UUID | None) -> bytes:
        place = Place("data_key", "wrapped", row_id)
        if wrapped_by is None:
            return crypto.seal(self.keyring.roots[self.keyring.root_id], key, place, ROOT, 1)
        return self.seal_bytes(KeyOf.organisation(wrapped_by), place, key)

    def _newest(self, owner: KeyOf) -> tuple[int, bytes]:
        version = self._current.get((owner.id, owner.compartment))
        if version is None:
            self.fetch([owner])
            version = self._current.get((owner.id, owner.compartment))
        if version is None:
            raise Unavailable("The keys for this record cannot be found, so it stays closed.")
        return version, self._open[(owner.id, owner.compartment, version)]

    def _fetch_organisations(self, organisations: set[UUID]) -> None:
        missing = [o for o in organisations if (o, GENERAL) not in self._current]
        if missing:
            self.adopt(_keys_of.all(self._connection, {"owners": missing, "compartment": GENERAL}))

    def _unwrap(self, row: Any) -> bytes:
        place = Place("data_key", "wrapped", row.id)
        if row.wrapped_by is None:
            root = self.keyring.roots.get(row.root_id)
            if root is None:
                raise Unavailable("The keyring lacks the root that this record's keys are wrapped with.")
            key = crypto.unseal(root, row.wrapped, place, ROOT)
        else:
            key = self.open_bytes(KeyOf.organisation(row.wrapped_by), place, row.wrapped)
        if crypto.commitment(key) != row.commitment:
            raise SealError("an unwrapped key is not the one that was committed to")
        self._hold(row.owner_id, row.compartment, row.version, key)
        return key

    def _hold(self, owner_id: UUID, compartment: str, version: int, key: bytes) -> None:
        self._open[(owner_id, compartment, version)] = key
        if version >= self._current.get((owner_id, compartment), 0):
            self._current[(owner_id, compartment)] = version
