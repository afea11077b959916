"""Opening and ending ties: the one place where the rows are written that every standing rests on.

Nothing is recorded here. Whoever opens or ends a tie says why, in the trail, in the same unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, update

from isp.access.models import Tie
from isp.access.standing import TIE_KINDS
from isp.audit import Unit
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Invalid
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf

ENDED_ALREADY = "Somebody else ended or changed this at the same moment. Look at the page again."
TIES = table_of(Tie)


@dataclass(frozen=True, slots=True)
class NewTie:
    """A tie about to be opened; holds from ``valid_from`` to ``valid_to``, both days included.

    ``words`` (relationship, evidence, reason) are sealed under the pupil's key.
    """

    pupil_id: UUID
    kind: str
    valid_from: date
    valid_to: date | None = None
    organisation_id: UUID | None = None
    group_id: UUID | None = None
    person_id: UUID | None = None
    has_responsibility: bool = False
    has_care: bool = False
    source_id: UUID | None = None
    words: Mapping[str, Any] | None = None
    id: UUID = field(default_factory=new_id)


def words_place(tie_id: UUID) -> Place:
    """Where a tie's words lie."""
    return Place("tie", "sealed", tie_id)


def words_of(unit: Unit, pupil_id: UUID, tie_id: UUID, sealed: bytes | None) -> dict[str, Any]:
    """A tie's words, opened; empty where it has none."""
    if sealed is None:
        return {}
    found: dict[str, Any] = unit.keys.open(KeyOf.pupil(pupil_id), words_place(tie_id), sealed)
    return found


def open_tie(unit: Unit, pupil_id: UUID, kind: str, valid_from: date, **more: Any) -> UUID:
    """Open one tie (``more``: as ``NewTie`` has them) and give its id. Invalid if it ends too early."""
    tie = NewTie(pupil_id, kind, valid_from, **more)
    unit.insert(Tie, **_row(unit, tie))
    return tie.id


def open_many(unit: Unit, ties: Sequence[NewTie]) -> None:
    """Open many ties with one statement. Only in a unit that holds its lock."""
    if ties:
        unit.session.flush()
        unit.connection.execute(insert(TIES), [_row(unit, tie) for tie in ties])


def end_tie(unit: Unit, tie_id: UUID, otherwise: str = ENDED_ALREADY) -> None:
    """End a tie at this instant: at the next request it holds no longer. Conflict if it is ended already."""
    unit.change(Tie, {"id": tie_id, "ended_at": None}, otherwise, ended_at=unit.now)


def last_day(unit: Unit, tie_id: UUID, on: date | None, otherwise: str = ENDED_ALREADY) -> None:
    """Let a tie hold to the end of a day (None: without an end). ``on`` is not before its first day."""
    unit.change(Tie, {"id": tie_id, "ended_at": None}, otherwise, valid_to=on)


def end_many(unit: Unit, ends: Iterable[tuple[UUID, date]]) -> None:
    """Let many ties hold to the end of a day each, with one statement. Only in a unit that holds its lock."""
    rows = [{"of_tie": tie_id, "to_day": on} for tie_id, on in ends]
    if rows:
        unit.session.flush()
        unit.connection.execute(
            update(TIES).where(TIES.c.id == bindparam("of_tie")).values(valid_to=bindparam("to_day")), rows
        )


def end_now(unit: Unit, tie_ids: Iterable[UUID]) -> None:
    """End many ties at this instant, with one statement. Only in a unit that holds its lock."""
    rows = [{"of_tie": tie_id} for tie_id in tie_ids]
    if rows:
        unit.session.flush()
        unit.connection.execute(
            update(TIES).where(TIES.c.id == bindparam("of_tie")).values(ended_at=unit.now), rows
        )


def reword(unit: Unit, pupil_id: UUID, tie_id: UUID, words: Mapping[str, Any]) -> None:
    """Replace what a tie says in words. Dates and rights never change so: for those a new tie is opened."""
    sealed = unit.keys.seal(KeyOf.pupil(pupil_id), words_place(tie_id), dict(words))
    unit.change(Tie, {"id": tie_id}, sealed=sealed)


def _row(unit: Unit, tie: NewTie) -> dict[str, Any]:
    if tie.kind not in TIE_KINDS:
        raise KeyError(tie.kind)
    if tie.valid_to is not None and tie.valid_to < tie.valid_from:
        raise Invalid("The last day cannot be before the first day. Check the two dates.")
    sealed = None
    if tie.words:
        sealed = unit.keys.seal(KeyOf.pupil(tie.pupil_id), words_place(tie.id), dict(tie.words))
    return {
        "id": tie.id,
        "pupil_id": tie.pupil_id,
        "kind": tie.kind,
        "organisation_id": tie.organisation_id,
        "group_id": tie.group_id,
        "person_id": tie.person_id,
        "has_responsibility": tie.has_responsibility,
        "has_care": tie.has_care,
        "valid_from": tie.valid_from,
        "valid_to": tie.valid_to,
        "ended_at": None,
        "source_id": tie.source_id,
        "sealed": sealed,
        "made_at": unit.now,
        "made_by": unit.actor.person_id,
    }
