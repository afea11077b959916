"""Reminders: each told once, whoever runs the job however often."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

from isp.audit import Store
from isp.kernel import clock
from isp.kernel.db import Database
from isp.kernel.ids import new_id
from isp.notices.reminders import Reminder, Reminding, remind_all
from tests.cast import Cast
from tests.notices.post import make_due, rows

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
THING = new_id()


def due(cast: Cast, *names: str, on: date = date(2026, 11, 30)) -> Reminding:
    ava = cast.pupils["ava"]
    given = [Reminder(cast.people[name], "plan_shared", THING, on, ava) for name in names]
    return lambda _unit, _today: given


def test_each_is_told_once_however_often_the_job_runs(cast):
    assert remind_all(cast.store, [due(cast, "pam", "sara")], NOON) == 2
    assert remind_all(cast.store, [due(cast, "pam", "sara")], NOON) == 0
    assert remind_all(cast.store, [due(cast, "pam", "sara")], NOON + timedelta(days=1)) == 0
    assert len(rows(cast)) == 2


def test_a_date_that_was_moved_is_another_reminder(cast):
    remind_all(cast.store, [due(cast, "pam")], NOON)
    assert remind_all(cast.store, [due(cast, "pam", on=date(2026, 12, 7))], NOON) == 1


def test_nobody_is_reminded_at_night(cast):
    """In London's time: at 06:30 of a summer's day it is 05:30 by UTC."""
    for at in (datetime(2026, 7, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 23, 20, 30, tzinfo=UTC)):
        assert remind_all(cast.store, [due(cast, "pam")], at) == 0
    assert remind_all(cast.store, [due(cast, "pam")], datetime(2026, 7, 1, 6, 30, tzinfo=UTC)) == 1


def test_one_room_that_fails_keeps_no_other_from_reminding(cast):
    def fails(_unit: object, _today: date) -> list[Reminder]:
        raise ValueError("a child's name")

    assert remind_all(cast.store, [fails, due(cast, "pam")], NOON) == 1


def test_two_workers_at_once_remind_once(cast):
    stores = [Store(Database(cast.url), cast.keyring) for _ in range(3)]
    counts: list[int] = []
    work = due(cast, "pam", "sara", "dan")
    threads = [
        threading.Thread(target=lambda store=store: counts.append(remind_all(store, [work], NOON)))
        for store in stores
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for store in stores:
        store.database.dispose()
    assert sum(counts) == 3
    assert len(rows(cast)) == 3


def test_a_reminder_is_delivered_like_any_message(cast, post):
    remind_all(cast.store, [due(cast, "pam")], NOON)
    make_due(cast)
    assert post.deliver(cast).sent == 1
    assert clock.now() >= rows(cast)[0].sent_at
