"""The front door: a child found by part of a name and the date of birth, with a reason that is kept.

Names are sealed. What is looked for in the database is a keyed digest of the date of birth, an authority's
own and cut short; the names of the few who were born on that day are opened and compared here, so that any
part of a name finds them, and no digest of a name or of a part of one is kept. Only children whom the
authority is responsible for today are found; whoever is anybody else's leaves the same answer as a child who
is not there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, insert, select

from isp.access import gate
from isp.access.listing import digest_of
from isp.access.models import Tie
from isp.access.policy import OrganisationPermission
from isp.access.standing import RESPONSIBLE, live
from isp.audit import Chain, Event, Unit
from isp.escalations import covering
from isp.escalations.queries import REQUESTS
from isp.escalations.work_models import NameMark
from isp.kernel.crypto import Keyring
from isp.kernel.db import table_of
from isp.kernel.errors import Invalid
from isp.kernel.ids import new_id
from isp.register import pupils
from isp.register.content import begins_of, is_in
from isp.register.pupils import PupilName
from isp.register.rows import CHANGED

MARKS = table_of(NameMark)
MOST = 10
"""Children shown: more want more of the name."""
SHORTEST = 2
"""Letters that must be given of one name at least: there are names no longer than that."""
AT_ONCE = 200
_BYTES = 8
REASON_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Found:
    """A child at the front door. ``case``: the newest request, if there is one (id, reference, officer)."""

    name: PupilName
    case: Any | None


def mark_of(keyring: Keyring, authority_id: UUID, born_on: date) -> bytes:
    """The mark under which whoever was born on a day is found again at this authority (8 bytes)."""
    return keyring.blind_index(f"name.{authority_id.hex}", f"|{born_on.isoformat()}")[:_BYTES]


def search(unit: Unit, words: str, born_on: date, reason: str) -> list[Found]:
    """Children of the actor's authority who are called so and were born on that day, at most MOST.

    Recorded on the authority's chain with the reason, whatever was found. Raises Invalid by field.
    """
    decision, authority_id = gate.require_somewhere(unit, OrganisationPermission.FRONT_DOOR_SEARCH)
    _check(words, reason)
    names = _called(unit, authority_id, words, born_on)
    listed = sorted(str(name.pupil_id) for name in names)
    salt = os.urandom(16)
    unit.record(
        decision,
        Event.FRONT_DOOR_SEARCHED,
        Chain.organisation(authority_id),
        payload={
            "reason": reason.strip(),
            "looked_for": words.strip(),
            "born_on": born_on.isoformat(),
            "salt": salt.hex(),
            "pupils": listed,
        },
        count=len(listed),
        digest=digest_of(salt, listed),
    )
    cases = _cases(unit, authority_id, [name.pupil_id for name in names])
    return [Found(name, cases.get(name.pupil_id)) for name in names]


def _check(words: str, reason: str) -> None:
    errors = {}
    if not any(len(begin) >= SHORTEST for begin in begins_of(words)):
        errors["q"] = "Enter at least two letters of a first name or a surname."
    if not reason.strip():
        errors["reason"] = "Say why you are looking for this child. It is kept with your search."
    elif len(reason) > REASON_LIMIT:
        errors["reason"] = f"Say it in at most {REASON_LIMIT} characters."
    if errors:
        raise Invalid("Some of this needs another look.", errors)


def _called(unit: Unit, authority_id: UUID, words: str, born_on: date) -> list[PupilName]:
    wanted = mark_of(unit.keyring, authority_id, born_on)
    responsible = exists(
        select(Tie.id).where(
            Tie.pupil_id == MARKS.c.pupil_id,
            Tie.organisation_id == authority_id,
            Tie.kind == RESPONSIBLE,
            live(Tie, unit.today),
        )
    )
    query = select(MARKS.c.pupil_id).where(
        MARKS.c.authority_id == authority_id, MARKS.c.mark == wanted, responsible
    )
    hits = set(unit.connection.scalars(query))
    if unit.actor.person_id is not None:
        hits -= covering.barred(unit, unit.actor.person_id)
    found = [
        name
        for name in pupils.names(unit, hits).values()
        if name.born_on == born_on and is_in(begins_of(f"{name.full} {name.legal}"), words)
    ]
    return sorted(found, key=lambda name: (*name.sort_key, str(name.pupil_id)))[:MOST]


def _cases(unit: Unit, authority_id: UUID, ids: list[UUID]) -> dict[UUID, Any]:
    r = REQUESTS.c
    query = select(r.id, r.pupil_id, r.reference, r.officer_id).where(
        r.pupil_id.in_(ids), r.authority_id == authority_id
    )
    return {row.pupil_id: row for row in unit.connection.execute(query.order_by(r.recorded_at, r.id))}


# -- keeping the marks ---------------------------------------------------------------------------------------


def mark(unit: Unit, pupil_ids: Iterable[UUID]) -> int:
    """Mark these children anew for the authority responsible for each today. How many were marked."""
    ids = sorted(set(pupil_ids))
    if not ids:
        return 0
    query = select(Tie.pupil_id, Tie.organisation_id).where(
        Tie.pupil_id.in_(ids), Tie.kind == RESPONSIBLE, live(Tie, unit.today)
    )
    places = {row.pupil_id: row.organisation_id for row in unit.connection.execute(query)}
    unit.connection.execute(delete(MARKS).where(MARKS.c.pupil_id.in_(ids)))
    rows = [
        {
            "id": new_id(),
            "authority_id": places[row.id],
            "pupil_id": row.id,
            "mark": mark_of(unit.keyring, places[row.id], pupils.open_row(unit, row).born_on),
            "row_version": row.row_version,
        }
        for row in pupils.rows_of(unit, places)
    ]
    if rows:
        unit.connection.execute(insert(MARKS), rows)
    return len(places)


def mark_missing(unit: Unit, found: Sequence[UUID] | None = None) -> int:
    """The job's: mark whom no deed has marked, or who has changed since. How many children.

    ``found``: what ``unmarked`` found.
    """
    return mark(unit, unmarked(unit) if found is None else found)


def unmarked(unit: Unit) -> list[UUID]:
    """Children who have no mark at the authority responsible for them, or an older one: so many."""
    pupil = pupils.PUPILS
    marked = exists(
        select(MARKS.c.id).where(
            MARKS.c.pupil_id == pupil.c.id,
            MARKS.c.authority_id == Tie.organisation_id,
            MARKS.c.row_version == pupil.c.row_version,
        )
    )
    query = (
        select(pupil.c.id)
        .join(Tie, Tie.pupil_id == pupil.c.id)
        .where(Tie.kind == RESPONSIBLE, live(Tie, unit.today), ~marked)
    )
    return list(unit.connection.scalars(query.limit(AT_ONCE)))


def _follow(unit: Unit, pupil_ids: Iterable[UUID]) -> None:
    """At the end of a deed of the register; a whole school's file is left to the job."""
    ids = frozenset(pupil_ids)
    if len(ids) <= AT_ONCE:
        unit.at_end(("name_mark", ids), lambda ending: _mark(ending, ids))


def _mark(unit: Unit, ids: frozenset[UUID]) -> None:
    mark(unit, ids)


CHANGED.append(_follow)
