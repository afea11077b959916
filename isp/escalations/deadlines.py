"""By when the law wants what, between a request and its answer. Pure: no session, no clock.

The limits are data (``data/limits-*.toml``) with the day from which they hold and where they come from, so
that a case decided under an older set can still be worked out as it was. Weeks and months are calendar ones
and school holidays do not stop the clock; "within n weeks" ends on the day 7 × n days later, which is the
last day that keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from isp.kernel.dated import Series, Versions, days_of, head_of, load, series_by_name
from isp.kernel.workdays import first_working_day_on_or_after, months_after

AUGUST, SEPTEMBER, DECEMBER, JANUARY = 8, 9, 12, 1
CHRISTMAS_DAY = 25


class Act(StrEnum):
    """What has to be done by a day."""

    DECIDE = "decide"
    FINAL_PLAN = "final_plan"
    APPEAL = "appeal"
    TELL_AFTER_APPEAL = "tell_after_appeal"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit: so many weeks, or months, from the day in ``start``; ``source`` is where it is written."""

    source: str
    start: str
    effective_from: date
    effective_to: date | None
    weeks: int = 0
    months: int = 0

    @property
    def length(self) -> str:
        """``6 weeks``, ``2 months``."""
        count, unit = (self.months, "month") if self.months else (self.weeks, "week")
        return f"{count} {unit}{'' if count == 1 else 's'}"


@dataclass(frozen=True, eq=False)
class RuleSet:
    """A version of the limits; its name is stored with every decision made under it."""

    version: str
    effective_from: date
    effective_to: date | None
    limits: Mapping[Act, Series[Limit]]

    def limit(self, act: Act, day: date) -> Limit:
        """The limit for what began on a day. ValueError where there is none."""
        return self.limits[act].on(day)


@dataclass(frozen=True, slots=True)
class Due:
    """The last day that keeps a limit, and where that day comes from, in words."""

    act: Act
    on: date
    why: str
    source: str

    def days_left(self, today: date) -> int:
        """Days from ``today`` to the last day; negative once it has passed."""
        return (self.on - today).days

    def days_late(self, done_on: date) -> int:
        """How many days after the last day it was done; 0 where it was kept."""
        return max(0, (done_on - self.on).days)


@cache
def rule_sets() -> Versions[RuleSet]:
    """Every version of the limits there has been, in order of time."""
    return load("isp.escalations", "limits", read, "rules")


def read(data: Mapping[str, Any]) -> RuleSet:
    """The limits from their file. KeyError or ValueError where something is missing or contradicts."""
    head = head_of(data)
    limits = series_by_name(((Act(row["act"]), _limit(head | row)) for row in data["limits"]), "limits")
    if missing := set(Act) - limits.keys():
        raise ValueError(f"no limit for {', '.join(sorted(missing))}")
    return RuleSet(**head, limits=limits)


def _limit(row: Mapping[str, Any]) -> Limit:
    weeks, months = row.get("weeks", 0), row.get("months", 0)
    if bool(weeks) == bool(months):
        raise ValueError(f"{row['act']} is so many weeks or so many months")
    return Limit(row["source"], row["start"], **days_of(row), weeks=weeks, months=months)


def rules_on(day: date) -> RuleSet:
    """The rule set under which something that began on ``day`` runs. Raises ValueError before the first."""
    return rule_sets().on(day)


def decision_due(received_on: date) -> Due:
    """By when the authority must say whether it will assess."""
    return _plain(Act.DECIDE, received_on)


def final_plan_due(received_on: date) -> Due:
    """By when a final plan must be sent, where there is to be one."""
    return _plain(Act.FINAL_PLAN, received_on)


def tell_after_appeal_due(ordered_on: date) -> Due:
    """By when the authority must say that it assesses, after it was ordered to (or gave way)."""
    return _plain(Act.TELL_AFTER_APPEAL, ordered_on)


def appeal_due(decided_on: date) -> Due:
    """The last day to appeal against a decision: two months on, and two shifts for the holidays.

    A limit that ends in August ends on the first working day of September; one that ends from 25 December
    to 1 January, on the first working day of January. (With a mediation certificate there is always at
    least a month from its date: that is reckoned when there is one.)
    Raises HorizonPassed where a shift needs bank holidays that are not known yet.
    """
    limit = rules_on(decided_on).limit(Act.APPEAL, decided_on)
    plain = months_after(decided_on, limit.months)
    why = f"{limit.length} from {limit.start}, {_words(decided_on)}"
    if plain.month == AUGUST:
        on = first_working_day_on_or_after(date(plain.year, SEPTEMBER, 1))
        why += (
            f"; that is {_words(plain)}, and a limit that ends in August ends on the first working day of"
            " September"
        )
    elif (plain.month == DECEMBER and plain.day >= CHRISTMAS_DAY) or (plain.month, plain.day) == (JANUARY, 1):
        year = plain.year + 1 if plain.month == DECEMBER else plain.year
        on = first_working_day_on_or_after(date(year, JANUARY, 1))
        why += (
            f"; that is {_words(plain)}, and a limit that ends from 25 December to 1 January ends on the"
            " first working day of January"
        )
    else:
        on = plain
    return Due(Act.APPEAL, on, why, limit.source)


def _plain(act: Act, start: date) -> Due:
    limit = rules_on(start).limit(act, start)
    why = f"{limit.length} from {limit.start}, {_words(start)}"
    return Due(act, start + timedelta(weeks=limit.weeks), why, limit.source)


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
