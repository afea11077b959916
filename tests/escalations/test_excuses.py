"""The circumstances in which the law does not ask for a thing in time: which count, and what they move."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.escalations.deadlines import Act, Circumstance, Due, due, excusable, excused, problems

RECEIVED = date(2026, 7, 6)
"""A Monday; six weeks on it is 17 August."""


def told(code: str, begins: str, ends: str, asked: str = "") -> Circumstance:
    asked_on = date.fromisoformat(asked) if asked else None
    return Circumstance(code, date.fromisoformat(begins), date.fromisoformat(ends), asked_on)


def wrong(act: Act, circumstance: Circumstance) -> set[str]:
    return set(problems(due(act, RECEIVED), RECEIVED, circumstance))


@pytest.mark.parametrize(
    ("circumstance", "fields"),
    [
        # Closed from 22 July to 2 September: advice asked for from 15 July to 26 August counts.
        (told("school_closed", "2026-07-22", "2026-09-01", "2026-07-15"), set()),
        (told("school_closed", "2026-07-22", "2026-09-01", "2026-08-26"), set()),
        (told("school_closed", "2026-07-22", "2026-09-01", "2026-07-14"), {"asked_on"}),
        (told("school_closed", "2026-07-22", "2026-09-01", "2026-08-27"), {"asked_on"}),
        (told("school_closed", "2026-07-22", "2026-09-01"), {"asked_on"}),
        # Four weeks are 28 days: one less does not count, and neither does half term.
        (told("school_closed", "2026-07-22", "2026-08-18", "2026-07-22"), set()),
        (told("school_closed", "2026-07-22", "2026-08-17", "2026-07-22"), {"ends"}),
        (told("school_closed", "2026-10-26", "2026-10-30", "2026-10-26"), {"ends"}),
        (told("early_years_closed", "2026-07-22", "2026-09-01", "2026-07-20"), set()),
        # Away for four weeks together, within the six.
        (told("absent", "2026-07-10", "2026-08-06"), set()),
        (told("absent", "2026-07-10", "2026-08-05"), {"ends"}),
        (told("absent", "2026-08-01", "2026-09-20"), {"ends"}),
        # Of circumstances the law asks that they were in those weeks.
        (told("circumstances", "2026-08-17", "2026-08-20"), set()),
        (told("circumstances", "2026-08-18", "2026-08-20"), {"begins"}),
        (told("circumstances", "2026-07-01", "2026-07-05"), {"begins"}),
        (told("circumstances", "2026-07-20", "2026-07-19"), {"ends"}),
        # What the law does not name for this date excuses nothing.
        (told("appointment_missed", "2026-07-20", "2026-07-20"), {"code"}),
        (told("absent_two_weeks", "2026-07-10", "2026-07-30"), {"code"}),
        (told("workload", "2026-07-10", "2026-07-30"), {"code"}),
    ],
)
def test_a_decision_is_excused_by_what_regulation_5_4_names(
    circumstance: Circumstance, fields: set[str]
) -> None:
    assert wrong(Act.DECIDE, circumstance) == fields


def test_a_closed_school_does_not_excuse_an_adviser_and_a_missed_appointment_does() -> None:
    assert wrong(Act.ADVICE, told("appointment_missed", "2026-07-20", "2026-07-27")) == set()
    closed = told("school_closed", "2026-07-22", "2026-09-01", "2026-07-22")
    assert wrong(Act.ADVICE, closed) == {"code"}


def test_after_an_order_two_weeks_away_are_enough() -> None:
    away = told("absent_two_weeks", "2026-07-10", "2026-07-23")
    assert wrong(Act.ORDER_DRAFT, away) == set()
    assert wrong(Act.ORDER_DRAFT, told("absent_two_weeks", "2026-07-10", "2026-07-22")) == {"ends"}
    assert wrong(Act.ORDER_DRAFT, told("wants_to_be_heard", "2026-07-10", "2026-07-22")) == set()


def moved(*circumstances: Circumstance, act: Act = Act.DECIDE) -> Due:
    return excused(due(act, RECEIVED), RECEIVED, circumstances)


@pytest.mark.parametrize(
    ("circumstances", "day"),
    [
        ((), date(2026, 8, 17)),
        ((told("circumstances", "2026-07-20", "2026-07-20"),), date(2026, 8, 18)),
        # The ten days push the end on, and nothing else lies there.
        ((told("circumstances", "2026-07-20", "2026-07-29"),), date(2026, 8, 27)),
        # What goes on beyond the end goes on being left out.
        ((told("circumstances", "2026-08-10", "2026-08-30"),), date(2026, 9, 7)),
        # Two that overlap are left out once.
        (
            (
                told("circumstances", "2026-07-20", "2026-07-29"),
                told("circumstances", "2026-07-25", "2026-08-03"),
            ),
            date(2026, 9, 1),
        ),
        # The second begins only in the days that the first one added.
        (
            (
                told("circumstances", "2026-07-20", "2026-07-29"),
                told("circumstances", "2026-08-26", "2026-08-28"),
            ),
            date(2026, 8, 30),
        ),
        ((told("school_closed", "2026-07-22", "2026-09-01", "2026-07-22"),), date(2026, 9, 28)),
        # The day of the request itself was never counted.
        ((told("circumstances", "2026-07-01", "2026-07-06"),), date(2026, 8, 17)),
    ],
)
def test_the_days_are_left_out_and_the_date_moves_by_as_many(
    circumstances: tuple[Circumstance, ...], day: date
) -> None:
    assert moved(*circumstances).on == day


def test_a_moved_date_says_what_the_law_said_and_what_moved_it() -> None:
    why = moved(told("circumstances", "2026-07-20", "2026-07-29")).why
    assert "6 weeks from the day the request was received, 6 July 2026, which is 17 August 2026" in why
    assert "10 days left out under regulation 5(4), because there were exceptional" in why


def test_what_the_law_excuses_nothing_of_is_offered_nothing() -> None:
    offered = [one.code for one in excusable(due(Act.DECIDE, RECEIVED), RECEIVED)]
    assert offered == ["school_closed", "early_years_closed", "circumstances", "absent"]
    assert excusable(due(Act.REPORT, RECEIVED), RECEIVED) == ()


DAYS = st.dates(date(2026, 6, 1), date(2027, 2, 1))
SPANS = st.lists(
    st.builds(
        lambda first, length: Circumstance("circumstances", first, first + timedelta(days=length)),
        DAYS,
        st.integers(0, 90),
    ),
    max_size=4,
)


@given(SPANS)
def test_what_is_left_is_exactly_the_time_that_the_law_gives(spans: list[Circumstance]) -> None:
    on = moved(*spans).on
    held = {one.begins + timedelta(days=n) for one in spans for n in range((one.ends - one.begins).days + 1)}
    days = [RECEIVED + timedelta(days=n) for n in range(1, (on - RECEIVED).days + 1)]
    assert sum(day not in held for day in days) == 42
    assert on >= date(2026, 8, 17)


@given(SPANS, SPANS)
def test_more_never_brings_a_date_nearer(few: list[Circumstance], more: list[Circumstance]) -> None:
    assert moved(*few, *more).on >= moved(*few).on
