"""The verbs of a working note: write, correct, withdraw. All of it is told on the restricted chain."""

from __future__ import annotations

import base64
import os
from typing import Any
from uuid import UUID

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.audit.unit import Denial
from isp.kernel.errors import Invalid, NotAllowed
from isp.kernel.ids import new_id
from isp.notes import about as plan_entries
from isp.notes import queries, rules
from isp.notes.models import WorkingNote, WorkingNoteVersion
from isp.notes.queries import Note
from isp.notes.worries import found
from isp.records.digest import digest
from isp.register import roll

POINT = (
    "Read whom to tell, above. If this is not about a child’s safety, say that it is to be saved as a "
    "working note all the same."
)
NOT_YOURS = "Only whoever wrote a note corrects it. Write one of your own beside it."
_SALT = 16


def write(
    unit: Unit,
    pupil_id: UUID,
    text: str,
    *,
    about: UUID | None = None,
    all_the_same: bool = False,
) -> UUID:
    """Write a note about a pupil; its id. ``about``: the id of an item in his plan.

    Raises Invalid; of words that may belong with the safeguarding lead too, until the writer has been shown
    whom to tell and says ``all_the_same``.
    """
    decision = gate.require(unit, Permission.NOTES_WRITE, pupil_id)
    held = rules.check_text(text)
    record_id = plan_entries.check(unit, pupil_id, decision, about)
    _check_pointed(unit, held, all_the_same=all_the_same)
    # Two who write the first note at once must not both make its key.
    roll.hold_pupil(unit, pupil_id)
    unit.keys.ensure(queries.owner(pupil_id))
    note_id = new_id()
    unit.insert(
        WorkingNote,
        id=note_id,
        pupil_id=pupil_id,
        author_id=unit.actor.person_id,
        made_at=unit.now,
        record_id=record_id,
        item_id=about,
        number=1,
        withdrawn_at=None,
        withdrawn_by=None,
        withdrawn_why=None,
        sealed=None,
    )
    _add_version(unit, decision, Event.NOTE_WRITTEN, pupil_id, note_id, 1, held)
    return note_id


def correct(unit: Unit, note_id: UUID, shown: int, text: str, *, all_the_same: bool = False) -> int:
    """Say it anew: the next version of one's own note, its number. What it said before is kept.

    ``shown``: the version that the page showed; Conflict where it moved on or the note was withdrawn. Words
    that are the same as before change nothing.
    """
    row, decision = _correcting(unit, note_id, lock=True)
    rules.check_stands(row.withdrawn_at is not None)
    rules.check_unmoved(row.number, shown)
    held = rules.check_text(text)
    if held == queries.newest_text(unit, row):
        return int(row.number)
    _check_pointed(unit, held, all_the_same=all_the_same)
    number = int(row.number) + 1
    unit.change(WorkingNote, {"id": note_id, "number": row.number, "withdrawn_at": None}, number=number)
    _add_version(unit, decision, Event.NOTE_CORRECTED, row.pupil_id, note_id, number, held)
    return number


def check_own(unit: Unit, note_id: UUID) -> Note:
    """One's own note, to be corrected on a page; the look is recorded. NotAllowed for a colleague's."""
    _correcting(unit, note_id)
    return queries.read_note(unit, note_id)[0]


def _correcting(unit: Unit, note_id: UUID, *, lock: bool = False) -> tuple[Any, Decision]:
    row, decision = queries.allowed(unit, note_id, Permission.NOTES_WRITE, lock=lock)
    if row.author_id != unit.actor.person_id:
        denial = Denial(Permission.NOTES_WRITE.value, "a-colleagues-note", ("note", note_id))
        raise NotAllowed(NOT_YOURS, denial=denial)
    return row, decision


def withdraw(unit: Unit, note_id: UUID, why: str, reason: str) -> UUID:
    """Hide a note from all but the data protection officer: one's own, or for a SENCO anybody's.

    Gives the pupil's id.
    """
    row, decision = withdrawing(unit, note_id, lock=True)
    rules.check_stands(row.withdrawn_at is not None)
    held = rules.check_reason(why, reason)
    unit.change(
        WorkingNote,
        {"id": note_id, "withdrawn_at": None},
        withdrawn_at=unit.now,
        withdrawn_by=unit.actor.person_id,
        withdrawn_why=why,
        sealed=unit.keys.seal(queries.owner(row.pupil_id), queries.reason_place(note_id), {"reason": held}),
    )
    unit.record(
        decision,
        Event.NOTE_WITHDRAWN,
        Chain.restricted(row.pupil_id),
        obj=("note", note_id),
        payload={"reason": held},
        version=row.number,
        why=why,
    )
    pupil_id: UUID = row.pupil_id
    return pupil_id


def withdrawing(unit: Unit, note_id: UUID, *, lock: bool = False) -> tuple[Any, Decision]:
    """The note's row and the decision that lets the actor withdraw it."""
    row, decision = queries.allowed(unit, note_id, lock=lock)
    own = row.author_id == unit.actor.person_id and decision.can(Permission.NOTES_WRITE)
    permission = Permission.NOTES_WRITE if own else Permission.NOTES_WITHDRAW
    return row, gate.require(unit, permission, row.pupil_id)


def _check_pointed(unit: Unit, text: str, *, all_the_same: bool) -> None:
    if not all_the_same and found(text, unit.today):
        raise Invalid(rules.ATTENTION, {"text": POINT})


def _add_version(
    unit: Unit, decision: Decision, event: Event, pupil_id: UUID, note_id: UUID, number: int, text: str
) -> None:
    version_id, salt, content = new_id(), os.urandom(_SALT), {"text": text}
    fingerprint = digest(salt, content)
    words = {"salt": base64.b64encode(salt).decode("ascii"), "content": content}
    unit.insert(
        WorkingNoteVersion,
        note_id=note_id,
        number=number,
        id=version_id,
        author_id=unit.actor.person_id,
        at=unit.now,
        digest=fingerprint,
        sealed=unit.keys.seal(queries.owner(pupil_id), queries.version_place(version_id), words),
    )
    unit.record(
        decision,
        event,
        Chain.restricted(pupil_id),
        obj=("note", note_id),
        version=number,
        digest=fingerprint.hex(),
        pointed=bool(found(text, unit.today)),
    )
