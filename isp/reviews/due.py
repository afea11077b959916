"""Every open plan with the day on which its review is due, or the reason why there is none.

From clear columns alone: the plan's card and the school's calendar. Nothing is left out: a plan without a
date is in the list, and says why; a review that was not held stays due on the day on which it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select

from isp.audit import Unit
from isp.kernel.prepared import Prepared, among
from isp.kernel.workdays import SchoolCalendar
from isp.plans import cards
from isp.plans.deadlines import Due
from isp.reviews import rules
from isp.reviews.queries import REVIEWS


@dataclass(frozen=True, slots=True)
class PlanDue:
    """An open plan: when its review is due or why that cannot be said, and the review under way, if any."""

    pupil_id: UUID
    record_id: UUID
    version: int | None
    layer: str | None
    due: Due
    review_id: UUID | None = None
    status: str | None = None
    planned_on: date | None = None
    led_by: UUID | None = None
    is_missed: bool = False
    """Whether a version has been shared since the day passed, and nobody held the review or said why not."""

    @property
    def on(self) -> date | None:
        return self.due.on

    def falls_by(self, day: date) -> bool:
        """Whether the review is due by that day, or its meeting is: a meeting may be long before."""
        return any(one is not None and one <= day for one in (self.on, self.planned_on))


def plans_due(unit: Unit, pupil_ids: Iterable[UUID], school_id: UUID) -> list[PlanDue]:
    """The open plans of these pupils of a school: those with a date in its order, then those without one."""
    rows = _open_plans_of.all(unit.connection, {"pupils": sorted(set(pupil_ids))})
    calendar = cards.calendar_of(unit, school_id) if any(map(cards.needs_calendar, rows)) else None
    found = [_plan_due(row, unit.today, calendar) for row in rows]
    return sorted(found, key=lambda one: (one.on is None, one.on or unit.today, one.record_id))


def _open_plans() -> Select[*tuple[Any, ...]]:
    now = REVIEWS.alias("now")
    return (
        select(
            cards.CARDS,
            now.c.id.label("review_id"),
            now.c.status.label("stage"),
            now.c.planned_on,
            now.c.led_by,
        )
        .outerjoin(
            now,
            and_(now.c.record_id == cards.CARDS.c.record_id, now.c.status.in_((rules.PLANNED, rules.OPEN))),
        )
        .where(cards.CARDS.c.status == "open")
    )


_open_plans_of = Prepared(lambda: _open_plans().where(among(cards.CARDS.c.pupil_id, "pupils")))


def _plan_due(row: Any, today: date, calendar: SchoolCalendar | None) -> PlanDue:
    return PlanDue(
        pupil_id=row.pupil_id,
        record_id=row.record_id,
        version=row.version,
        layer=row.layer,
        due=cards.due(row, today, calendar),
        review_id=row.review_id,
        status=row.stage,
        planned_on=row.planned_on,
        led_by=row.led_by,
        is_missed=row.missed_on is not None,
    )


def overdue(listed: Sequence[PlanDue], today: date) -> list[PlanDue]:
    """Those whose day has passed, the oldest first."""
    return [one for one in listed if one.on is not None and one.on < today]
