"""Every open plan with the day on which its review is due, or the reason why there is none.

From clear columns alone: the plan's card, the last review that was closed, and the school's calendar.
Nothing is left out: a plan without a date is in the list, and says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, select

from isp.access.models import Tie
from isp.access.standing import SCHOOL, live
from isp.audit import Unit
from isp.kernel.clock import civil_day
from isp.kernel.errors import Invalid
from isp.kernel.workdays import SchoolCalendar
from isp.plans.models import PlanCard
from isp.plans.vocabulary import configuration_on
from isp.register.terms import school_calendar
from isp.reviews import rules
from isp.reviews.deadlines import NO_CALENDAR, NOT_SHARED, Due, next_due
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

    @property
    def on(self) -> date | None:
        return self.due.on

    def falls_by(self, day: date) -> bool:
        """Whether the review is due by that day, or its meeting is: a meeting may be long before."""
        return any(one is not None and one <= day for one in (self.on, self.planned_on))


def plans_due(unit: Unit, pupil_ids: Select[UUID] | Iterable[UUID], school_id: UUID) -> list[PlanDue]:
    """The open plans of these pupils of a school: those with a date in its order, then those without one."""
    rows = unit.connection.execute(_open_plans(pupil_ids)).all()
    needs = any(_own_date(row) is None and row.version is not None for row in rows)
    calendar = calendar_of(unit, school_id) if needs else None
    found = [_plan_due(row, unit.today, calendar) for row in rows]
    return sorted(found, key=lambda one: (one.on is None, one.on or unit.today, one.record_id))


def of_plan(unit: Unit, record_id: UUID) -> Due:
    """When one plan's review is due, by the calendar of the school where the pupil is on roll today."""
    row = unit.connection.execute(_open_plans(None).where(PlanCard.record_id == record_id)).first()
    if row is None:
        return Due(None, NOT_SHARED)
    own = _own_date(row)
    school_id = school_today(unit, row.pupil_id)
    calendar = calendar_of(unit, school_id) if own is None and school_id is not None else None
    return _due(row, unit.today, calendar)


def school_today(unit: Unit, pupil_id: UUID) -> UUID | None:
    """The school on whose roll the pupil is today: after a move, the new one."""
    found: UUID | None = unit.connection.scalar(
        select(Tie.organisation_id)
        .where(Tie.pupil_id == pupil_id, Tie.kind == SCHOOL, live(Tie, unit.today))
        .order_by(Tie.valid_from.desc(), Tie.id.desc())
        .limit(1)
    )
    return found


def calendar_of(unit: Unit, school_id: UUID) -> SchoolCalendar | None:
    """A school's calendar; None while it has no term, or where its entries contradict each other."""
    try:
        return school_calendar(unit, school_id)
    except Invalid:
        return None


def proposed(unit: Unit, pupil_id: UUID, since: date, interval: str | None = None) -> Due:
    """The day to propose for the next review after one that was held ``since``."""
    school_id = school_today(unit, pupil_id)
    calendar = calendar_of(unit, school_id) if school_id is not None else None
    return next_due(since, configuration_on(unit.today).interval_months(interval), calendar)


def _open_plans(pupil_ids: Select[UUID] | Iterable[UUID] | None) -> Select[Any]:
    last, newer, now = (REVIEWS.alias(name) for name in ("last", "newer", "now"))
    query = (
        select(
            PlanCard.pupil_id,
            PlanCard.record_id,
            PlanCard.version,
            PlanCard.layer,
            PlanCard.published_at,
            PlanCard.next_review_on,
            last.c.next_on,
            last.c.closed_at,
            now.c.id.label("review_id"),
            now.c.status,
            now.c.planned_on,
            now.c.led_by,
        )
        .select_from(PlanCard)
        .outerjoin(
            last,
            and_(
                last.c.record_id == PlanCard.record_id,
                last.c.status == rules.CLOSED,
                ~exists().where(
                    newer.c.record_id == last.c.record_id,
                    newer.c.status == rules.CLOSED,
                    newer.c.closed_at > last.c.closed_at,
                ),
            ),
        )
        .outerjoin(
            now,
            and_(now.c.record_id == PlanCard.record_id, now.c.status.in_((rules.PLANNED, rules.OPEN))),
        )
        .where(PlanCard.status == "open")
    )
    if pupil_ids is None:
        return query
    wanted = pupil_ids if isinstance(pupil_ids, Select) else sorted(set(pupil_ids))
    return query.where(PlanCard.pupil_id.in_(wanted))


def _own_date(row: Any) -> date | None:
    """The date that people set: in the review that was closed last, or in a version shared since."""
    if row.closed_at is not None and (row.published_at is None or row.closed_at >= row.published_at):
        after: date | None = row.next_on
        return after
    written: date | None = row.next_review_on
    return written


def _due(row: Any, today: date, calendar: SchoolCalendar | None) -> Due:
    own = _own_date(row)
    if own is not None:
        return Due(own)
    if row.version is None or row.published_at is None:
        return Due(None, NOT_SHARED)
    if calendar is None:
        return Due(None, NO_CALENDAR)
    since = max(civil_day(one) for one in (row.published_at, row.closed_at) if one is not None)
    return next_due(since, configuration_on(today).interval_months(None), calendar)


def _plan_due(row: Any, today: date, calendar: SchoolCalendar | None) -> PlanDue:
    return PlanDue(
        pupil_id=row.pupil_id,
        record_id=row.record_id,
        version=row.version,
        layer=row.layer,
        due=_due(row, today, calendar),
        review_id=row.review_id,
        status=row.status,
        planned_on=row.planned_on,
        led_by=row.led_by,
    )


def overdue(listed: Sequence[PlanDue], today: date) -> list[PlanDue]:
    """Those whose day has passed, the oldest first."""
    return [one for one in listed if one.on is not None and one.on < today]
