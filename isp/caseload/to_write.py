"""What somebody was asked to write, and until when: sections of plans, and answers to questions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from isp.access.listing import grounds_of, record_list
from isp.access.policy import GRID, Permission, Standing
from isp.audit import Unit
from isp.plans import given
from isp.register import pupils
from isp.register.pupils import PupilName
from isp.reviews import rounds_queries


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing to write about one pupil. ``what``: the section, or the questions."""

    pupil_id: UUID
    name: PupilName
    what: str
    href: str
    due_on: date
    is_overdue: bool


def to_write(unit: Unit, standing: Standing = Standing.TEACHER) -> tuple[Asked, ...]:
    """What the actor was asked to write and has not finished, the soonest first; the list is recorded.

    ``standing``: as which she was asked. An assistant answers questions, and writes no section.
    """
    found = [
        (row.pupil_id, "questions to answer", f"/questions/{row.id}/answer", row.due_on)
        for row in rounds_queries.mine(unit)
    ]
    found += [
        (task.pupil_id, f"the section “{task.label}”", task.href, task.due_on) for task in given.mine(unit)
    ]
    if not found:
        return ()
    named = pupils.names(unit, {pupil_id for pupil_id, *_ in found})
    writes = Permission.DRAFT_WRITE if standing in GRID[Permission.DRAFT_WRITE] else Permission.ANSWERS_WRITE
    grounds = grounds_of(standing, None, writes)
    record_list(unit, "to_write", named, grounds)
    listed = [
        Asked(pupil_id, named[pupil_id], what, href, due_on, due_on < unit.today)
        for pupil_id, what, href, due_on in found
        if pupil_id in named
    ]
    return tuple(sorted(listed, key=lambda one: (one.due_on, one.name.sort_key, one.what)))
