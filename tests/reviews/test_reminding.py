"""Whoever leads a review is reminded of it, once before it is due and once when it is overdue."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import update

from isp.cli.working import REMINDERS
from isp.kernel import clock
from isp.kernel.clock import LONDON
from isp.notices.reminders import remind_all
from isp.reviews.models import Review
from isp.reviews.reminders import reminders


@pytest.fixture
def noon() -> datetime:
    return datetime.combine(clock.today(), time(12), tzinfo=LONDON)


def due_in(desk, review, days):
    with desk.cast.making() as unit:
        day = clock.today() + timedelta(days=days)
        unit.session.execute(update(Review).where(Review.id == review).values(due_on=day))


@pytest.mark.parametrize(
    ("days", "kind"), [(7, "review_due"), (0, "review_due"), (-1, "review_overdue"), (8, None)]
)
def test_the_leader_is_told_once(desk, review, noon, days, kind):
    due_in(desk, review, days)
    assert remind_all(desk.cast.store, [reminders], noon) == (kind is not None)
    assert remind_all(desk.cast.store, [reminders], noon) == 0
    if kind:
        assert desk.notices(kind) == {"tom"}


def test_a_review_that_is_closed_or_that_nobody_leads_reminds_nobody(desk, plan, held, noon):
    due_in(desk, held, -3)
    desk.fill(held)
    desk.close(held)
    assert remind_all(desk.cast.store, [reminders], noon) == 0
    other = desk.planned(desk.cast.plan("ben", "sara"), led_by=None)
    due_in(desk, other, -3)
    assert remind_all(desk.cast.store, [reminders], noon) == 0


def test_the_worker_asks_for_them():
    assert reminders in REMINDERS
