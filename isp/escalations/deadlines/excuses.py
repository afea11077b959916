"""The circumstances in which the law does not ask for a thing in time. They move a date, never the duty.

The regulations name no new day: they say that the limit need not be kept where that is impractical *because*
of a circumstance. Here the days on which the circumstance held are left out of the count, so that the moved
date is the earliest that the circumstance itself explains; the date of the law stays beside it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

from isp.escalations.deadlines.counting import Due, words
from isp.escalations.deadlines.limits import EXCUSES, Excuse, Limit, limit_of

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Circumstance:
    """What happened: which circumstance of the law, from when to when (both included).

    ``asked_on``: of a closure, when the advice was asked for.
    """

    code: str
    begins: date
    ends: date
    asked_on: date | None = None


def excusable(due: Due, start: date) -> tuple[Excuse, ...]:
    """The circumstances that the law names for this date; none where it names none."""
    return tuple(EXCUSES[code] for code in _limit(due, start).excuses)


def problems(due: Due, start: date, told: Circumstance) -> dict[str, str]:
    """Why a circumstance does not excuse this date: sentences by field, none where it does.

    ``start``: the day from which the limit runs; ``due``: the day of the law, as nothing has moved it.
    """
    limit = _limit(due, start)
    if told.code not in limit.excuses:
        return {"code": "The law does not excuse this date for such a reason. Choose one of those shown."}
    excuse = EXCUSES[told.code]
    if told.ends < told.begins:
        return {"ends": "It cannot end before it begins. Check both dates."}
    if excuse.closes:
        return _closed(excuse, told)
    if excuse.weeks and _days(max(told.begins, start), min(told.ends, due.on)) < 7 * excuse.weeks:
        within = f"between {words(start)} and {words(due.on)}"
        return {"ends": f"It must have lasted {excuse.weeks} weeks without a break, {within}."}
    if told.ends < start or told.begins > due.on:
        return {"begins": f"It must have been between {words(start)} and {words(due.on)}."}
    return {}


def _closed(excuse: Excuse, told: Circumstance) -> dict[str, str]:
    if _days(told.begins, told.ends) < 7 * excuse.weeks:
        return {"ends": f"It must have been closed for at least {excuse.weeks} weeks without a break."}
    first, last = told.begins - _WEEK, told.ends + _DAY - _WEEK
    if told.asked_on is None:
        return {"asked_on": "Say on which day the advice was asked for."}
    if not first <= told.asked_on <= last:
        return {
            "asked_on": (
                f"The advice must have been asked for between {words(first)}, a week before it closed, "
                f"and {words(last)}, a week before it opened again."
            )
        }
    return {}


def excused(due: Due, start: date, told: Collection[Circumstance]) -> Due:
    """The date with the days of all these circumstances left out of the count, each day once.

    Give only what ``problems`` finds nothing wrong with. With none, the date as it was.
    """
    if not told:
        return due
    on = due.on
    while (moved := due.on + timedelta(days=_left_out(told, start, on))) != on:
        on = moved
    count = (on - due.on).days
    because = ", and ".join(sorted({EXCUSES[one.code].words for one in told}))
    why = (
        f"{due.why}, which is {words(due.on)}; {count} {'day' if count == 1 else 'days'} left out under "
        f"{_limit(due, start).excused_by}, because {because}"
    )
    return replace(due, on=on, why=why)


def moved(due: Due, start: date, told: Collection[Circumstance]) -> Due:
    """The date, moved by those of these circumstances that excuse it."""
    return excused(due, start, [one for one in told if not problems(due, start, one)])


def _limit(due: Due, start: date) -> Limit:
    return limit_of(due.act, start, due.version or None)[0]


def _left_out(told: Collection[Circumstance], start: date, last: date) -> int:
    """How many days after ``start`` and up to ``last`` at least one of them held."""
    count, reached = 0, start
    for one in sorted(told, key=lambda held: held.begins):
        first, end = max(one.begins, reached + _DAY), min(one.ends, last)
        if first <= end:
            count += _days(first, end)
            reached = end
    return count


def _days(first: date, last: date) -> int:
    return max(0, (last - first).days + 1)
