"""Opening a record in two trips: what the gate needs to decide, and then what was asked for, all at once.

A trip to the database costs more than what it asks. ``door`` brings the record and every standing of the
actor towards its pupil, and does the same work for a record that is not there. ``beside`` brings what lies
beside a record (a version with its words, the draft, the pupil, the keys, where the chain stands), and is
for whoever has been allowed: it is asked after the decision and never before.

Both are ``kernel.prepared``: composing them costs several times what the database takes to answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, FromClause, Select, String, Uuid, and_, bindparam, func, select, true
from sqlalchemy.sql.elements import ColumnElement

from isp.access.models import Tie
from isp.access.standing import standings, told
from isp.audit import Chain, Unit
from isp.audit.models import AuditHead
from isp.kernel.db import table_of
from isp.kernel.gathered import gathered_ids, ids_of
from isp.kernel.keys import KeyJoin
from isp.kernel.prepared import Prepared
from isp.people.directory import Named, NameJoin
from isp.records.models import Draft, DraftClash, Record, RecordVersion, VersionBody, Withdrawal
from isp.records.versions import COLUMNS, LARGEST, Version
from isp.register.pupils import PUPILS

RECORD = table_of(Record)
DRAFT = table_of(Draft)
CLASHES = table_of(DraftClash)
HEADS = table_of(AuditHead)
VERSIONS = table_of(RecordVersion)
BODIES = table_of(VersionBody)
NO_NUMBER = 0
"""Asks for no version: numbers begin at 1."""
MOST = LARGEST + 1
"""Numbers in an address may be longer than a column holds; there is no such version."""


ALSO: dict[str, Callable[[Any], Any]] = {}
"""What rooms above want to know with a draft's words, in the same statement: a scalar select by name, made of
the record's table; ``today`` and ``person`` are parameters it may use."""


@dataclass(frozen=True, slots=True)
class Door:
    """A record and how the actor stands towards its pupil; ``record`` is None where there is none.

    ``pupil_id`` is then the id that was asked for, so that a refusal is the same.
    """

    record: Any | None
    pupil_id: UUID
    standings: list[Any]


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside a record. ``draft``: the open draft's row, its words where they were asked for.

    ``clashes``: how many of the draft's clashes wait to be chosen, and ``own_clashes`` how many of them are
    the actor's own; counted where the draft's words were asked for.
    """

    pupil: Any
    version: Version | None
    body: bytes | None
    draft: Any | None
    clashes: int
    own_clashes: int
    people: dict[UUID, Named]
    """The version's author by name and role, where that was asked for."""
    told: tuple[UUID, ...]
    """Whom to tell of what becomes of the record; gathered where the draft's words were asked for."""
    also: Mapping[str, Any]
    """What ``ALSO`` asks, where the draft's words were asked for."""


def door(unit: Unit, kind: str, record_id: UUID) -> Door:
    """The record of this kind and the actor's standings: one statement, whether or not there is one."""
    asked = {"record": record_id, "kind": kind, "person": unit.actor.person_id, "today": unit.today}
    rows = _door.all(unit.connection, asked)
    first = rows[0]
    if first.id is None:
        return Door(None, record_id, [])
    return Door(first, first.pupil_id, [row for row in rows if row.standing is not None])


def beside(
    unit: Unit, record: Any, *, number: int | None = None, words: bool = False, author: bool = False
) -> Beside:
    """What lies beside a record, in one statement: version ``number`` (None: none) and the open draft.

    ``words``: the draft with what it says, its clashes counted, and whom to tell. ``author``: the version's,
    by name. Keys and the head of the pupil's chain are taken into the unit. For whoever has been allowed.
    """
    chain = Chain.pupil(record.pupil_id)
    asked = {
        "record": record.id,
        "number": number if number and 0 < number < MOST else NO_NUMBER,
        "chain": chain.id,
        "person": unit.actor.person_id,
        "today": unit.today,
    }
    rows = _beside[words, author].all(unit.connection, asked)
    unit.keys.adopt_joined(rows)
    row = rows[0]
    if row.head_seq is not None:
        unit.know_head(chain, row.head_seq, row.head_hash, row.head_at)
    pupil = _Named(row, "of_pupil_")
    return Beside(
        pupil=pupil,
        version=Version(*row[: len(COLUMNS)]) if row.body is not None else None,
        body=row.body,
        draft=_Named(row, "of_draft_") if row.of_draft_id is not None else None,
        clashes=row.clashes if words else 0,
        own_clashes=row.own_clashes if words else 0,
        told=ids_of(row.told) if words else (),
        also={name: getattr(row, f"also_{name}") for name in ALSO} if words else {},
        people=_names.names(unit, (one[_NAMES] for one in rows)) if author else {},
    )


class _Named:
    """A table's part of a joined row, by the names of its own columns."""

    __slots__ = ("_prefix", "_row")

    def __init__(self, row: Any, prefix: str) -> None:
        self._row, self._prefix = row, prefix

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, self._prefix + name)


def _compose_door() -> Select[Any]:
    record: ColumnElement[UUID] = bindparam("record", type_=Uuid())
    kind: ColumnElement[str] = bindparam("kind", type_=String())
    found = select(RECORD.c.pupil_id).where(RECORD.c.id == record, RECORD.c.kind == kind).scalar_subquery()
    # Where there is no record, standings towards an id that nobody is tied to are looked for all the same.
    towards = standings(
        bindparam("person", type_=Uuid()),
        bindparam("today", type_=Date()),
        pupil_id=func.coalesce(found, record),
    ).subquery("towards")
    asked = select(record.label("id")).subquery("asked")
    return select(
        *RECORD.c, towards.c.standing, towards.c.tie_id, towards.c.organisation_id, towards.c.source_id
    ).select_from(
        asked.outerjoin(RECORD, and_(RECORD.c.id == asked.c.id, RECORD.c.kind == kind)).outerjoin(
            towards, true()
        )
    )


def _compose_beside(words: bool, author: bool) -> Select[Any]:
    keys = KeyJoin()
    draft = [column for column in DRAFT.c if words or column.name != "sealed"]
    wanted: list[Any] = [
        *COLUMNS,
        BODIES.c.sealed.label("body"),
        *(column.label(f"of_pupil_{column.name}") for column in PUPILS.c),
        *(column.label(f"of_draft_{column.name}") for column in draft),
        HEADS.c.seq.label("head_seq"),
        HEADS.c.hash.label("head_hash"),
        HEADS.c.at.label("head_at"),
    ]
    if words:
        waiting = (
            select(func.count())
            .where(CLASHES.c.draft_id == DRAFT.c.id, CLASHES.c.settled_at.is_(None))
            .correlate(DRAFT)
        )
        mine = waiting.where(CLASHES.c.author_id == bindparam("person", type_=Uuid()))
        whom = select(gathered_ids(Tie.person_id)).where(
            told(RECORD.c.pupil_id, bindparam("today", type_=Date()))
        )
        wanted += [
            waiting.scalar_subquery().label("clashes"),
            mine.scalar_subquery().label("own_clashes"),
            whom.correlate(RECORD).scalar_subquery().label("told"),
            *(make(RECORD).scalar_subquery().label(f"also_{name}") for name, make in ALSO.items()),
        ]
    version = and_(
        VERSIONS.c.record_id == RECORD.c.id, VERSIONS.c.number == bindparam("number", type_=BigInteger())
    )
    withdrawal = table_of(Withdrawal)
    source: FromClause = (
        RECORD.join(PUPILS, PUPILS.c.id == RECORD.c.pupil_id)
        .outerjoin(VERSIONS, version)
        .outerjoin(withdrawal, withdrawal.c.version_id == VERSIONS.c.id)
        .outerjoin(BODIES, BODIES.c.version_id == VERSIONS.c.id)
        .outerjoin(DRAFT, and_(DRAFT.c.record_id == RECORD.c.id, DRAFT.c.status == "open"))
        .outerjoin(HEADS, HEADS.c.chain_id == bindparam("chain", type_=Uuid()))
    )
    if author:
        wanted += _names.columns
        source = _names.onto(source, VERSIONS.c.author_id)
    return (
        select(*wanted, *keys.columns)
        .select_from(keys.onto(source, RECORD.c.pupil_id))
        .where(RECORD.c.id == bindparam("record", type_=Uuid()))
    )


_door = Prepared(_compose_door)
_beside = {
    (words, author): Prepared(partial(_compose_beside, words, author))
    for words in (False, True)
    for author in (False, True)
}
_names = NameJoin()
_BEFORE_KEYS = -len(KeyJoin().columns)
_NAMES = slice(_BEFORE_KEYS - len(_names.columns), _BEFORE_KEYS)
"""Where the author's columns lie in a row: the keys come last."""
