"""What one person did without a pause of half an hour is one line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from isp.audit.events import Event
from isp.audit.queries import Seen
from isp.caseload.sittings import sittings

START = datetime(2027, 3, 14, 10, 0, tzinfo=UTC)


def seen(minute, actor="ada", event=Event.DRAFT_SAVED, **detail):
    at = START + timedelta(minutes=minute)
    return Seen("pupil", minute, at, actor, event, None, None, {"detail": detail, "role": "senco"})


def grouped(*events):
    return sittings(sorted(events, key=lambda one: one.at, reverse=True), lambda one: one.actor)


def test_saves_of_one_morning_are_one_line():
    (one,) = grouped(*(seen(minute) for minute in range(0, 100, 20)))
    assert len(one.lines) == 5
    assert one.summary() == "ada wrote in the draft"
    assert (one.since, one.until) == (START, START + timedelta(minutes=80))


def test_a_pause_of_half_an_hour_ends_a_sitting():
    assert [len(one.lines) for one in grouped(seen(0), seen(29), seen(59))] == [1, 2]


def test_another_person_ends_a_sitting():
    assert [one.actor for one in grouped(seen(0), seen(1, "ben"), seen(2))] == ["ada", "ben", "ada"]


def test_the_line_says_each_different_thing_once_in_order():
    (one,) = grouped(
        seen(0, event=Event.PLAN_STARTED),
        seen(1),
        seen(2),
        seen(3, event=Event.PLAN_PUBLISHED, version=1, digest="x", sections=[]),
        seen(4, event=Event.PLAN_VIEWED, version=1),
    )
    assert one.summary() == (
        "ada started a plan, wrote in the draft, finalised and shared version 1 and 1 other thing"
    )
