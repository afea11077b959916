"""Who is reminded of a review: whoever leads it, a week before it is due and again when it is overdue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select

from isp.audit import Unit
from isp.notices.reminders import Reminder
from isp.reviews import rules
from isp.reviews.queries import REVIEWS

BEFORE = timedelta(days=7)
DUE, OVERDUE = "review_due", "review_overdue"


def reminders(unit: Unit, today: date) -> Iterator[Reminder]:
    """Reviews under way that are due within a week, or overdue. A date that was moved is another reminder."""
    rows = unit.connection.execute(
        select(REVIEWS.c.id, REVIEWS.c.pupil_id, REVIEWS.c.led_by, REVIEWS.c.due_on)
        .where(
            REVIEWS.c.status.in_((rules.PLANNED, rules.OPEN)),
            REVIEWS.c.led_by.is_not(None),
            REVIEWS.c.due_on.is_not(None),
            REVIEWS.c.due_on <= today + BEFORE,
        )
        .order_by(REVIEWS.c.due_on, REVIEWS.c.id)
    )
    for row in rows:
        kind = OVERDUE if row.due_on < today else DUE
        yield Reminder(row.led_by, kind, row.id, row.due_on, row.pupil_id)
