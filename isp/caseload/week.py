"""What a SENCO must do this week: reviews overdue and coming, drafts open, pupils without a plan.

From clear columns alone, in a handful of statements, whatever the size of the school; names
are opened only for those shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select

from isp.access import gate
from isp.access.models import Tie
from isp.access.policy import Permission
from isp.access.standing import PERSON, SCHOOL, SCHOOL_ID, TODAY, live
from isp.audit import Unit
from isp.kernel.prepared import Prepared, among
from isp.plans.deadlines import WHY
from isp.plans.queries import KIND
from isp.records.models import Draft, Record
from isp.register import pupils
from isp.register.models import Pupil
from isp.register.pupils import PupilName
from isp.reviews.due import PlanDue, overdue, plans_due

SOON = timedelta(days=14)
SHOWN = 25
"""Rows of each list on the page; the heading says how many there are."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to do about one pupil's plan; ``on`` is the day it hangs on, ``since`` when it was saved."""

    pupil_id: UUID
    record_id: UUID | None = None
    on: date | None = None
    since: datetime | None = None
    planned_on: date | None = None
    """When its review meeting is, where one is planned."""
    review_id: UUID | None = None
    is_missed: bool = False
    """Of a review that is overdue: whether a version was shared since without it."""
    why: str | None = None
    """Of a plan without a date for its review: why there is none, and what to do."""


@dataclass(frozen=True, slots=True)
class Week:
    """The lists of one school, each whole; ``names`` of those that are shown."""

    overdue: tuple[Duty, ...]
    due: tuple[Duty, ...]
    undated: tuple[Duty, ...]
    """Shared plans of which nobody can say when they are to be reviewed: said, and never left out."""
    drafts: tuple[Duty, ...]
    without: tuple[Duty, ...]
    with_plan: int
    """Open plans with a version in force."""
    on_roll: int
    """Pupils on roll today."""
    names: dict[UUID, PupilName]
    pupils: frozenset[UUID] = frozenset()
    """Everybody on roll whose plans the actor may finalise."""

    @property
    def shown(self) -> tuple[UUID, ...]:
        """The pupils whose names the page gives."""
        return tuple(self.names)

    @property
    def is_first_use(self) -> bool:
        """Whether nobody has been brought in yet."""
        return self.on_roll == 0


def week_of(unit: Unit, school_id: UUID) -> Week:
    """The week of whoever may finalise plans at this school; of anybody else, an empty one."""
    if unit.actor.person_id is None:
        raise ValueError("nobody has no week")
    asked = {"person": unit.actor.person_id, "today": unit.today, "school": school_id}
    roll = _roll.all(unit.connection, asked)
    mine = [row.id for row in roll]
    plans = [one for one in plans_due(unit, mine, school_id) if one.version is not None]
    dated = [one for one in plans if one.on is not None]
    late = overdue(plans, unit.today)
    due = tuple(_duty(one) for one in dated[len(late) :] if one.falls_by(unit.today + SOON))
    undated = tuple(_duty(one) for one in plans if one.on is None)
    drafts = tuple(
        Duty(row.pupil_id, row.record_id, since=row.saved_at)
        for row in _drafts.all(unit.connection, {"pupils": mine})
    )
    without = tuple(Duty(row.id) for row in roll if row.sen_status != "N" and not row.has_plan)
    owed = tuple(_duty(one) for one in late)
    shown = [duty.pupil_id for listed in (owed, due, undated, drafts, without) for duty in listed[:SHOWN]]
    return Week(
        owed,
        due,
        undated,
        drafts,
        without,
        len(plans),
        len(roll),
        pupils.names(unit, shown) if shown else {},
        frozenset(mine),
    )


def _duty(one: PlanDue) -> Duty:
    return Duty(
        one.pupil_id,
        one.record_id,
        on=one.on,
        planned_on=one.planned_on,
        review_id=one.review_id,
        is_missed=one.is_missed,
        why=WHY.get(one.due.why or ""),
    )


def _roll_of_mine() -> Select[*tuple[Any, ...]]:
    """Pupils on a school's roll whose plans somebody may finalise (the duty is hers), each of them once."""
    on_roll = select(Tie.pupil_id).where(
        Tie.kind == SCHOOL,
        Tie.organisation_id == SCHOOL_ID,
        live(Tie, TODAY),
        Tie.pupil_id.in_(gate.visible_pupils(PERSON, Permission.PLAN_PUBLISH, TODAY)),
    )
    has_plan = exists(
        select(Record.id).where(Record.pupil_id == Pupil.id, Record.kind == KIND, Record.status == "open")
    )
    return select(Pupil.id, Pupil.sen_status, has_plan.label("has_plan")).where(Pupil.id.in_(on_roll))


_roll = Prepared(_roll_of_mine)
_drafts = Prepared(
    lambda: (
        select(Draft.pupil_id, Draft.record_id, Draft.saved_at)
        .join(Record, Record.id == Draft.record_id)
        .where(Draft.status == "open", Record.kind == KIND, among(Draft.pupil_id, "pupils"))
        .order_by(Draft.saved_at, Draft.id)
    )
)
