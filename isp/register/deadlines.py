"""The two days that follow from a date of birth, each rounded so that it does not give the birthday away."""

from __future__ import annotations

from datetime import date, timedelta

KEEP_YEARS = 25
"""Years from birth that a pupil's record is kept where a school has set no other (sector practice)."""
_JUNE, _AUGUST, _SEPTEMBER, _FRIDAY = 6, 8, 9, 4


def rights_move_on(born_on: date) -> date:
    """When compulsory school age ends and rights pass from parent to young person.

    The last Friday of June in the school year (1 September to 31 August) of the 16th birthday: Education
    Act 1996 s.8, School Leaving Date for 1997 Order; Children and Families Act 2014 s.83.
    """
    summer = born_on.year + 16 + (born_on.month >= _SEPTEMBER)
    day = date(summer, _JUNE, 30)
    return day - timedelta(days=(day.weekday() - _FRIDAY) % 7)


def keep_until(born_on: date, years: int = KEEP_YEARS) -> date:
    """The 31 August on or after the day ``years`` years from birth."""
    later = born_on.month >= _SEPTEMBER
    return date(born_on.year + years + later, _AUGUST, 31)


def school_year_ends(day: date) -> date:
    """The 31 August that ends the school year of a day: when a teacher's tie to a class runs out."""
    return date(day.year + (day.month >= _SEPTEMBER), _AUGUST, 31)
