"""When a review is due, by the school's own calendar. Pure: days and calendars in, a day or a reason out.

The interval is the configuration's, in months. A review falls on a school day and never later than the
interval allows: where the day lies in a holiday, at a weekend or on a training day, it is the last school
day before. A calendar that does not reach that far gives no guess but the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from isp.kernel.workdays import HorizonPassed, SchoolCalendar, months_after

_DAY = timedelta(days=1)

NO_CALENDAR = "no_calendar"
BEYOND = "beyond"
NO_INTERVAL = "no_interval"
NOT_SHARED = "not_shared"
WHY: dict[str, str] = {
    NO_CALENDAR: "The school’s calendar has no terms yet. Add them in Settings, and the date follows.",
    BEYOND: "The school’s calendar ends before the next review. Add the next terms in Settings.",
    NO_INTERVAL: "It is not said how often this plan is reviewed. Say it in the plan, under Review.",
    NOT_SHARED: "No version has been shared yet, so there is nothing to review.",
}
"""Why a plan has no date for its review, and what to do."""


@dataclass(frozen=True, slots=True)
class Due:
    """A day, or the code of the reason why there is none."""

    on: date | None
    why: str | None = None


def school_day_from(day: date, calendar: SchoolCalendar | None) -> date:
    """The first school day on or after a day; the day itself where the calendar does not say."""
    try:
        return calendar.first_school_day_on_or_after(day) if calendar is not None else day
    except HorizonPassed:
        return day


def next_due(since: date, months: int | None, calendar: SchoolCalendar | None) -> Due:
    """The last school day by which a review is due, ``months`` after the day of the last one.

    Where no school day lies between (a short interval that is all holiday), the first one after.
    """
    if months is None:
        return Due(None, NO_INTERVAL)
    if calendar is None:
        return Due(None, NO_CALENDAR)
    latest = months_after(since, months)
    try:
        # Asked first: a day after the last term is not known to be a holiday, so it is not stepped over.
        calendar.term_on(latest)
        day = latest
        while day > since:
            if calendar.is_school_day(day):
                return Due(day)
            day -= _DAY
        return Due(calendar.first_school_day_on_or_after(latest))
    except HorizonPassed:
        return Due(None, BEYOND)
