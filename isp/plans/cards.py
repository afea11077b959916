"""A plan's card: the clear facts by which lists say when its review is due, kept when something changes them.

The day of a review moves freely while it is still to come. Once it has passed, no version moves it: it is
owed (``missed_on``) until a review is closed, or until somebody records why there was none.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select

from isp.access.models import Tie
from isp.access.standing import SCHOOL, live
from isp.audit import Unit
from isp.audit.swap import Bind, Computed
from isp.kernel.clock import civil_day
from isp.kernel.db import table_of
from isp.kernel.errors import Invalid
from isp.kernel.workdays import SchoolCalendar
from isp.plans.deadlines import NO_CALENDAR, NOT_SHARED, Due, next_due
from isp.plans.models import PlanCard
from isp.plans.vocabulary import configuration_on
from isp.records import opening
from isp.records.shape import Content
from isp.records.versions import Version
from isp.register.terms import school_calendar

CARDS = table_of(PlanCard)
DUE = "review_due"
_SET = func.coalesce(CARDS.c.missed_on, CARDS.c.agreed_on)
"""The day that people set, the oldest that is owed first."""


def _day_of_record(record: Any) -> Any:
    """For the statement that opens a record's draft."""
    return select(_SET).where(CARDS.c.record_id == record.c.id).correlate(record)


opening.ALSO[DUE] = _day_of_record


def due(card: Any, today: date, calendar: SchoolCalendar | None) -> Due:
    """When the review of a card's plan is due: as people set it, else by the interval and the calendar."""
    if (day := card.missed_on or card.agreed_on) is not None:
        return Due(day)
    if card.version is None or card.published_at is None:
        return Due(None, NOT_SHARED)
    if calendar is None:
        return Due(None, NO_CALENDAR)
    days = (civil_day(card.published_at), card.reviewed_on)
    months = configuration_on(today).interval_months(card.interval)
    return next_due(max(one for one in days if one is not None), months, calendar)


def needs_calendar(card: Any) -> bool:
    """Whether nobody set a day for it, so that one has to be worked out."""
    return card.missed_on is None and card.agreed_on is None and card.version is not None


def due_of(unit: Unit, record_id: UUID) -> Due:
    """When one open plan's review is due, by the calendar of the school where the pupil is on roll today."""
    query = select(CARDS).where(CARDS.c.record_id == record_id, CARDS.c.status == "open")
    card = unit.connection.execute(query).first()
    if card is None:
        return Due(None, NOT_SHARED)
    return due(card, unit.today, calendar_for(unit, card.pupil_id) if needs_calendar(card) else None)


def unheld(unit: Unit, record_id: UUID) -> date | None:
    """The day of the review that has passed and was not held; None where none has."""
    day = due_of(unit, record_id).on
    return day if day is not None and day < unit.today else None


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


def calendar_for(unit: Unit, pupil_id: UUID) -> SchoolCalendar | None:
    """The calendar of the school where the pupil is on roll today."""
    school_id = school_today(unit, pupil_id)
    return calendar_of(unit, school_id) if school_id is not None else None


def proposed(unit: Unit, pupil_id: UUID, since: date, interval: str | None = None) -> Due:
    """The day to propose for the next review after one that was held ``since``."""
    months = configuration_on(unit.today).interval_months(interval)
    return next_due(since, months, calendar_for(unit, pupil_id))


# -- keeping it: parts of deeds, whose callers have been allowed and record them -----------------------------


def shared(
    unit: Unit,
    record_id: UUID,
    content: Content,
    version: Version | None,
    *,
    passed: date | None = None,
) -> None:
    """Another version is in force (None: none is): what it says, and the review that had passed by then.

    ``passed``: the day that was worked out for it, where nobody had set one.
    """
    sections = content["sections"]
    review = sections["review"]["fields"]
    day = date.fromisoformat(review["next_review_on"]) if review.get("next_review_on") else None
    unit.change(
        PlanCard,
        {"record_id": record_id},
        layer=sections["layer"]["fields"].get("layer"),
        version=version.number if version else None,
        published_at=version.recorded_at if version else None,
        next_review_on=day,
        interval=review.get("interval"),
        agreed_on=Computed(_agreed, {"day": day}),
        missed_on=Computed(_missed, {"today": unit.today, "passed": passed}),
    )


def _agreed(bind: Bind) -> ColumnElement[Any]:
    """A version that says the same day as the one before it says nothing against what was agreed since."""
    return case((CARDS.c.next_review_on == bind("day"), CARDS.c.agreed_on), else_=bind("day"))


def _missed(bind: Bind) -> ColumnElement[Any]:
    return case((bind("today") > _SET, _SET), (_SET.is_(None), bind("passed")), else_=None)


def reviewed(unit: Unit, record_id: UUID, held_on: date, next_on: date | None) -> None:
    """A review was held: nothing is owed, and the next is on the day that it agreed."""
    unit.change(PlanCard, {"record_id": record_id}, reviewed_on=held_on, agreed_on=next_on, missed_on=None)


def excused(unit: Unit, record_id: UUID, next_on: date) -> None:
    """Somebody recorded why a review was not held, and when the next is."""
    unit.change(PlanCard, {"record_id": record_id}, agreed_on=next_on, missed_on=None)
