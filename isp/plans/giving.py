"""The verbs of a section that a colleague writes: give it, finish it, take it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.audit.unit import Denial
from isp.kernel.canonical import nfc
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.notices.actions import tell
from isp.plans import actions, given, queries, rules
from isp.plans.content import SHAPE
from isp.plans.given import ASKED, DONE, TAKEN_BACK, TASKS
from isp.plans.models import SectionTask
from isp.records import drafts
from isp.records.changes import Change, Op
from isp.records.shape import Status

ATTENTION = "Some answers need attention."
NOTE_LIMIT = 500
LONGEST = timedelta(days=366)
NOT_WITH_YOU = "This section was given to somebody else."
CLOSED = "This section is not with a colleague any more. Open the plan to see where it stands."
MOVED_ON = "The draft was finalised or put aside since. Open the plan to see where it stands."


def give_section(
    unit: Unit, record_id: UUID, section: str, person_id: UUID, due_on: date, note: str = ""
) -> UUID:
    """As ``give_sections``, one; the task's id."""
    return give_sections(unit, record_id, [section], person_id, due_on, note)[0]


def give_sections(
    unit: Unit, record_id: UUID, sections: Sequence[str], person_id: UUID, due_on: date, note: str = ""
) -> list[UUID]:
    """Ask a colleague who may write in the draft to write sections of it by a day; the tasks' ids.

    All of them or none; she is told once. Raises Invalid; Conflict where no draft is open or somebody has
    one of them already.
    """
    row, decision = queries.allowed(unit, record_id, Permission.SECTION_GIVE)
    rules.check_open(row.status)
    draft = drafts.find(unit, record_id)
    if draft is None:
        raise Conflict("Nothing is being written at present, so there is no section to give.")
    wanted = list(dict.fromkeys(sections))
    said = _check(unit, row.pupil_id, wanted, person_id, due_on, note)
    given_already = given.in_draft(unit, draft.id)
    taken = [SHAPE.sections[section].label for section in wanted if section in given_already]
    if taken and len(wanted) == 1:
        raise Conflict("Somebody has this section already. Take it back first, then give it again.")
    if taken:
        raise Conflict(f"Somebody has this already: {', '.join(taken)}. Take it back first, or leave it out.")
    made = []
    for section in wanted:
        task_id = new_id()
        sealed = None
        if said:
            sealed = unit.keys.seal(KeyOf.pupil(row.pupil_id), given.place(task_id), {"note": said})
        unit.insert(
            SectionTask,
            id=task_id,
            record_id=record_id,
            draft_id=draft.id,
            pupil_id=row.pupil_id,
            section=section,
            person_id=person_id,
            due_on=due_on,
            status=ASKED,
            asked_by=unit.actor.person_id,
            asked_at=unit.now,
            closed_by=None,
            closed_at=None,
            sealed=sealed,
        )
        unit.record(
            decision,
            Event.SECTION_GIVEN,
            Chain.pupil(row.pupil_id),
            obj=("record", record_id),
            section=section,
            person=str(person_id),
            due_on=due_on.isoformat(),
        )
        made.append(task_id)
    tell(unit, [person_id], "section_given", row.pupil_id, about=made[0])
    return made


def _check(
    unit: Unit, pupil_id: UUID, sections: Sequence[str], person_id: UUID, due_on: date, note: str
) -> str:
    errors = {}
    if any(section not in SHAPE.sections for section in sections):
        raise NotFound(gate.NO_PAGE)
    if not sections:
        errors["sections"] = "Choose at least one section."
    if person_id not in given.writers_for(unit, pupil_id):
        errors["person_id"] = "Choose one of the people shown: others cannot write in this plan."
    if due_on < unit.today:
        errors["due_on"] = "Give a day from today on."
    elif due_on > unit.today + LONGEST:
        errors["due_on"] = "That is more than a year away. Check the year."
    said: str = nfc(note.strip())
    if len(said) > NOTE_LIMIT:
        errors["note"] = f"Shorten this by {len(said) - NOTE_LIMIT} characters: it can hold {NOTE_LIMIT}."
    if errors:
        raise Invalid(ATTENTION, errors)
    return said


def finish_section(unit: Unit, task_id: UUID) -> Any:
    """Say that one's own section is written: it is marked complete, and whoever asked is told. The row."""
    row, decision = _held(unit, task_id, Permission.DRAFT_WRITE)
    if row.person_id != unit.actor.person_id:
        denial = Denial(Permission.DRAFT_WRITE.value, "a-colleagues-section", ("section_task", task_id))
        raise NotAllowed(NOT_WITH_YOU, denial=denial)
    _check_asked(row)
    drafts.find(unit, row.record_id)  # from here on nobody else saves in it
    opened = actions.open_draft(unit, row.record_id)
    if opened.draft.id != row.draft_id:
        raise Conflict(MOVED_ON)
    complete = Status.COMPLETE.value
    if opened.draft.content["sections"][row.section]["status"] != complete:
        change = Change(Op.STATUS, row.section, value=complete)
        actions.save_draft(unit, row.record_id, opened.draft.revision, [change], opened=opened)
    _close(unit, decision, row, DONE, Event.SECTION_DONE)
    tell(unit, [row.asked_by], "section_done", row.pupil_id, about=task_id)
    return row


def take_back(unit: Unit, task_id: UUID) -> Any:
    """Take a section back from whoever has it; what she wrote stays in the draft. The row."""
    row, decision = _held(unit, task_id, Permission.SECTION_GIVE)
    _check_asked(row)
    _close(unit, decision, row, TAKEN_BACK, Event.SECTION_TAKEN_BACK)
    tell(unit, [row.person_id], "section_taken_back", row.pupil_id, about=task_id)
    return row


def _held(unit: Unit, task_id: UUID, permission: Permission) -> tuple[Any, Decision]:
    """The task's row, kept from others, and the decision. None and a stranger's give the same answer."""
    row = unit.connection.execute(select(TASKS).where(TASKS.c.id == task_id).with_for_update()).first()
    decision = gate.require(unit, permission, row.pupil_id if row is not None else task_id)
    if row is None:
        raise NotFound(gate.NO_PAGE)
    return row, decision


def _check_asked(row: Any) -> None:
    if row.status != ASKED:
        raise Conflict(CLOSED)


def _close(unit: Unit, decision: Decision, row: Any, status: str, event: Event) -> None:
    unit.change(
        SectionTask,
        {"id": row.id, "status": ASKED},
        otherwise=CLOSED,
        status=status,
        closed_by=unit.actor.person_id,
        closed_at=unit.now,
    )
    unit.record(
        decision,
        event,
        Chain.pupil(row.pupil_id),
        obj=("record", row.record_id),
        section=row.section,
        person=str(row.person_id),
    )
