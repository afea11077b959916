"""By when the law wants what, between a request and its answer. Pure: no session, no clock.

The limits are data with the day from which they hold and where they come from, so that a case decided under
an older set can still be worked out as it was. Weeks and months are calendar ones and school holidays do
not stop the clock; "within n weeks" ends on the day 7 × n days later, which is the last day that keeps it.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from isp.kernel.workdays import first_working_day_on_or_after

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
    weeks: int = 0
    months: int = 0

    @property
    def length(self) -> str:
        """``6 weeks``, ``2 months``."""
        count, unit = (self.months, "month") if self.months else (self.weeks, "week")
        return f"{count} {unit}{'' if count == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The limits that hold from a day on. ``version`` is stored with every decision made under them."""

    version: str
    holds_from: date
    limits: dict[Act, Limit]


REGULATIONS = "Special Educational Needs and Disability Regulations 2014"
TRIBUNAL_RULES = (
    "Tribunal Procedure (First-tier Tribunal) (Health, Education and Social Care Chamber) Rules 2008"
)

RULE_SETS: tuple[RuleSet, ...] = (
    RuleSet(
        version="2014-09-01",
        holds_from=date(2014, 9, 1),
        limits={
            Act.DECIDE: Limit(f"regulation 5(1), {REGULATIONS}", "the day the request was received", weeks=6),
            Act.FINAL_PLAN: Limit(
                f"regulation 13(2), {REGULATIONS}", "the day the request was received", weeks=20
            ),
            Act.APPEAL: Limit(f"rule 20, {TRIBUNAL_RULES}", "the date of the decision", months=2),
            Act.TELL_AFTER_APPEAL: Limit(
                f"regulation 44(2)(b), {REGULATIONS}", "the Tribunal’s order", weeks=2
            ),
        },
    ),
)


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


def rules_on(day: date) -> RuleSet:
    """The rule set under which something that began on ``day`` runs. Raises ValueError before the first."""
    found = [rules for rules in RULE_SETS if rules.holds_from <= day]
    if not found:
        raise ValueError(f"no rules are known for {day.isoformat()}")
    return max(found, key=lambda rules: rules.holds_from)


def rules_called(version: str) -> RuleSet:
    """The rule set of this version. Raises KeyError."""
    return {rules.version: rules for rules in RULE_SETS}[version]


def decision_due(received_on: date) -> Due:
    """By when the authority must say whether it will assess."""
    return _plain(Act.DECIDE, received_on, rules_on(received_on))


def final_plan_due(received_on: date) -> Due:
    """By when a final plan must be sent, where there is to be one."""
    return _plain(Act.FINAL_PLAN, received_on, rules_on(received_on))


def tell_after_appeal_due(ordered_on: date) -> Due:
    """By when the authority must say that it assesses, after it was ordered to (or gave way)."""
    return _plain(Act.TELL_AFTER_APPEAL, ordered_on, rules_on(ordered_on))


def appeal_due(decided_on: date) -> Due:
    """The last day to appeal against a decision: two months on, and two shifts for the holidays.

    A limit that ends in August ends on the first working day of September; one that ends from 25 December
    to 1 January, on the first working day of January. (With a mediation certificate there is always at
    least a month from its date: that is reckoned when there is one.)
    Raises HorizonPassed where a shift needs bank holidays that are not known yet.
    """
    limit = rules_on(decided_on).limits[Act.APPEAL]
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


def months_after(day: date, months: int) -> date:
    """The day of the same number some months on, or the month's last day where it has no such number."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _plain(act: Act, start: date, rules: RuleSet) -> Due:
    limit = rules.limits[act]
    why = f"{limit.length} from {limit.start}, {_words(start)}"
    return Due(act, start + timedelta(weeks=limit.weeks), why, limit.source)


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
