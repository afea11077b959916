"""Versions: the immutable numbered states of a record, and which of them stands when.

The mechanism only: whoever calls has been allowed by the gate, has checked the rules of the domain, and
records the event. A version's digest is salted (HMAC-SHA256, ``digest``); salt, words and reason lie
sealed in ``version_body``.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select

from isp.audit import Unit
from isp.kernel.clock import LONDON
from isp.kernel.crypto import Place
from isp.kernel.errors import Gone, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.records.digest import digest
from isp.records.models import Record, RecordVersion, VersionBody, Withdrawal
from isp.records.shape import Content

PUBLISHED, CORRECTION, EARLIER = "published", "correction", "earlier"
FINAL, AMENDED, BROUGHT_IN, DRAFT_SENT = "final", "amended", "brought_in", "draft_sent"
"""Of a statutory plan. One that was sent as a draft is kept as it was sent, and never came into force."""
SHARED = (PUBLISHED, CORRECTION, FINAL, AMENDED, BROUGHT_IN)
"""Sorts of version that came into force here."""
WITHDRAWN = (
    "This version was withdrawn, so it can no longer be read here. The data protection officer can see it."
)


LARGEST = 2**31 - 1
"""Of a version's number: numbers in an address may be longer than a column holds."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version's facts; ``withdrawn`` says why, if it was."""

    id: UUID
    record_id: UUID
    pupil_id: UUID
    number: int
    sort: str
    author_id: UUID
    recorded_at: datetime
    stands_from: datetime
    happened_on: date | None
    schema: str
    digest: bytes
    withdrawn: str | None = None

    @property
    def code(self) -> str:
        """The short form of the digest that is printed and read out."""
        text = self.digest.hex()[:12].upper()
        return f"{text[:4]}-{text[4:8]}-{text[8:]}"


@dataclass(frozen=True, slots=True)
class VersionWords:
    """A version with what it says."""

    version: Version
    content: Content
    reason: str
    salt: bytes


COLUMNS = (
    RecordVersion.id,
    RecordVersion.record_id,
    RecordVersion.pupil_id,
    RecordVersion.number,
    RecordVersion.sort,
    RecordVersion.author_id,
    RecordVersion.recorded_at,
    RecordVersion.stands_from,
    RecordVersion.happened_on,
    RecordVersion.schema,
    RecordVersion.digest,
    Withdrawal.why.label("withdrawn"),
)


def _facts(row: Any) -> Version:
    return Version(*row[: len(COLUMNS)])


def _select(*more: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*COLUMNS, *more)
        .select_from(RecordVersion)
        .join(Withdrawal, Withdrawal.version_id == RecordVersion.id, isouter=True)
    )


def body_place(version_id: UUID) -> Place:
    """Where a version's words lie."""
    return Place("version_body", "sealed", version_id)


def open_body(unit: Unit, version: Version, sealed: bytes) -> VersionWords:
    """A version's words from its sealed body. Raises SealError if they were altered."""
    held = unit.keys.open(KeyOf.pupil(version.pupil_id), body_place(version.id), sealed)
    return VersionWords(version, held["content"], held["reason"], base64.b64decode(held["salt"]))


def read(unit: Unit, record_id: UUID, number: int, *, withdrawn_too: bool = False) -> VersionWords:
    """One version by its number. NotFound where there is none; Gone where it was withdrawn."""
    query = _select(VersionBody.sealed).join(VersionBody, VersionBody.version_id == RecordVersion.id)
    row = _numbered(unit, query, record_id, number)
    if row is None:
        raise NotFound
    version = _facts(row)
    if version.withdrawn and not withdrawn_too:
        raise Gone(WITHDRAWN)
    return open_body(unit, version, row.sealed)


def facts(unit: Unit, record_id: UUID, number: int) -> Version:
    """One version's facts without its words. NotFound where there is none."""
    row = _numbered(unit, _select(), record_id, number)
    if row is None:
        raise NotFound
    return _facts(row)


def _numbered(unit: Unit, query: Select[Any], record_id: UUID, number: int) -> Any | None:
    if number > LARGEST:
        return None
    found = query.where(RecordVersion.record_id == record_id, RecordVersion.number == number)
    return unit.connection.execute(found).first()


def page(
    unit: Unit,
    record_id: UUID,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int = 25,
    withdrawn_too: bool = True,
    only: frozenset[UUID] | None = None,
) -> list[Version]:
    """Up to ``limit`` versions, newest first, with a number below ``before``; never counts.

    With ``after`` those above it, the nearest first. ``only``: of these ids.
    """
    query = _select().where(RecordVersion.record_id == record_id)
    if before is not None:
        query = query.where(RecordVersion.number < before)
    if after is not None:
        query = query.where(RecordVersion.number > after)
    if not withdrawn_too:
        query = query.where(Withdrawal.version_id.is_(None))
    if only is not None:
        query = query.where(RecordVersion.id.in_(sorted(only)))
    order = RecordVersion.number.desc() if after is None else RecordVersion.number
    return [_facts(row) for row in unit.connection.execute(query.order_by(order).limit(limit))]


def of_ids(unit: Unit, ids: Iterable[UUID]) -> list[Version]:
    """Facts of some versions, of whatever record; what is not there is left out."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    return [_facts(row) for row in unit.connection.execute(_select().where(RecordVersion.id.in_(wanted)))]


def reasons(unit: Unit, listed: Iterable[Version]) -> dict[UUID, str]:
    """Why each of some versions was made, by version id, in one query."""
    known = {version.id: version for version in listed}
    query = select(VersionBody.version_id, VersionBody.sealed)
    rows = unit.connection.execute(query.where(VersionBody.version_id.in_(sorted(known))))
    return {row.version_id: open_body(unit, known[row.version_id], row.sealed).reason for row in rows}


def standing_on(unit: Unit, record_id: UUID, day: date) -> Version | None:
    """The version that stood at the end of a civil day, leaving out withdrawn ones."""
    end = datetime.combine(day, time.max, tzinfo=LONDON)
    row = unit.connection.execute(
        _select()
        .where(
            RecordVersion.record_id == record_id,
            RecordVersion.stands_from <= end,
            Withdrawal.version_id.is_(None),
        )
        .order_by(RecordVersion.stands_from.desc(), RecordVersion.number.desc())
        .limit(1)
    ).first()
    return _facts(row) if row else None


def newest_standing(unit: Unit, record_id: UUID, *, other_than: int) -> int | None:
    """The number of the newest published version that was not withdrawn, leaving one out."""
    return unit.connection.scalar(
        select(RecordVersion.number)
        .join(Withdrawal, Withdrawal.version_id == RecordVersion.id, isouter=True)
        .where(
            RecordVersion.record_id == record_id,
            RecordVersion.sort.in_(SHARED),
            RecordVersion.number != other_than,
            Withdrawal.version_id.is_(None),
        )
        .order_by(RecordVersion.number.desc())
        .limit(1)
    )


def newest_published(unit: Unit, record_id: UUID, numbers: Iterable[int]) -> int | None:
    """The newest of these versions that was published here and is not withdrawn; None where none is."""
    return unit.connection.scalar(
        select(func.max(RecordVersion.number))
        .join(Withdrawal, Withdrawal.version_id == RecordVersion.id, isouter=True)
        .where(
            RecordVersion.record_id == record_id,
            RecordVersion.sort.in_(SHARED),
            RecordVersion.number.in_(sorted(numbers)),
            Withdrawal.version_id.is_(None),
        )
    )


def add(
    unit: Unit,
    *,
    record_id: UUID,
    pupil_id: UUID,
    number: int,
    content: Content,
    reason: str,
    author_id: UUID,
    sort: str = PUBLISHED,
    happened_on: date | None = None,
) -> Version:
    """Insert an immutable version with its sealed words. The caller moves the record's head."""
    version_id = new_id()
    salt = os.urandom(16)
    stands_from = (
        datetime.combine(happened_on, time.min, tzinfo=LONDON) if happened_on is not None else unit.now
    )
    version = Version(
        id=version_id,
        record_id=record_id,
        pupil_id=pupil_id,
        number=number,
        sort=sort,
        author_id=author_id,
        recorded_at=unit.now,
        stands_from=stands_from,
        happened_on=happened_on,
        schema=content["schema"],
        digest=digest(salt, content),
    )
    unit.insert(
        RecordVersion,
        id=version.id,
        record_id=record_id,
        pupil_id=pupil_id,
        number=number,
        sort=sort,
        author_id=author_id,
        recorded_at=version.recorded_at,
        stands_from=stands_from,
        happened_on=happened_on,
        schema=version.schema,
        digest=version.digest,
    )
    held = {"content": content, "reason": reason, "salt": base64.b64encode(salt).decode("ascii")}
    unit.insert(
        VersionBody,
        version_id=version_id,
        sealed=unit.keys.seal(KeyOf.pupil(pupil_id), body_place(version_id), held),
    )
    return version


def withdraw(unit: Unit, version: Version, why: str, reason: str) -> None:
    """Hide a version from all but the data protection officer. It stays where it is."""
    person_id = unit.actor.person_id
    unit.insert(
        Withdrawal,
        version_id=version.id,
        record_id=version.record_id,
        why=why,
        sealed=unit.keys.seal(
            KeyOf.pupil(version.pupil_id), Place("withdrawal", "sealed", version.id), {"reason": reason}
        ),
        made_at=unit.now,
        made_by=person_id,
    )


def all_bodies(unit: Unit, record_ids: list[UUID]) -> Iterator[tuple[Version, bytes]]:
    """The versions in force of several records with their sealed words, for one sheet."""
    query = (
        _select(VersionBody.sealed)
        .join(VersionBody, VersionBody.version_id == RecordVersion.id)
        .join(Record, and_(Record.id == RecordVersion.record_id, Record.current == RecordVersion.number))
        .where(Record.id.in_(record_ids), Withdrawal.version_id.is_(None))
    )
    for row in unit.connection.execute(query):
        yield _facts(row), row.sealed
