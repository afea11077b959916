"""What a SENCO waits for: sections and answers that are still with colleagues, the soonest first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from isp.access.listing import grounds_of, record_list
from isp.audit import Unit
from isp.caseload.positions import Post
from isp.plans import given
from isp.register import pupils
from isp.register.pupils import PupilName
from isp.reviews import rounds_queries

SHOWN = 25


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that a colleague has. ``what`` says what, and who has it."""

    pupil_id: UUID
    what: str
    href: str
    due_on: date


@dataclass(frozen=True, slots=True)
class WithColleagues:
    """All of it, the soonest first; ``names`` of the pupils of those that are shown."""

    waiting: tuple[Waiting, ...]
    names: dict[UUID, PupilName]
    overdue: int


def with_colleagues(unit: Unit, post: Post, mine: Collection[UUID]) -> WithColleagues:
    """Of ``mine``, the pupils whose plans the actor may finalise at this school; the list is recorded."""
    found = [
        Waiting(
            task.pupil_id, f"“{task.label}” is with {task.who}", f"/plans/{task.record_id}/edit", task.due_on
        )
        for task in given.with_colleagues(unit, mine)
    ]
    found += [
        Waiting(
            row.pupil_id,
            f"questions: {row.finished} of {row.asked} people have finished",
            f"/questions/{row.id}",
            row.due_on,
        )
        for row in rounds_queries.with_colleagues(unit, mine)
    ]
    found.sort(key=lambda one: (one.due_on, one.what))
    shown = {one.pupil_id for one in found[:SHOWN]}
    names = pupils.names(unit, shown) if shown else {}
    if names:
        record_list(unit, "with_colleagues", names, grounds_of(post.role, post.organisation_id))
    return WithColleagues(tuple(found), names, sum(one.due_on < unit.today for one in found))
