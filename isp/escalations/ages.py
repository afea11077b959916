"""Until which age a plan can be kept (section 46 of the Children and Families Act 2014). Pure.

The academic year is there the twelve months that end on a prescribed day, which is 31 July unless the course
ends on another: a birthday in August is in the year that begins with it.
"""

from __future__ import annotations

from datetime import date

from isp.escalations import deadlines
from isp.escalations.deadlines import Due
from isp.kernel.workdays import months_after

LAST = 25


def turns_last(born_on: date) -> date:
    """The 25th birthday: until then the authority is responsible, and a plan does not end for age."""
    return months_after(born_on, 12 * LAST)


def kept_until(born_on: date) -> Due:
    """The last day to which a plan can be kept: the end of the academic year of the 25th birthday."""
    return deadlines.age_due(turns_last(born_on))


def year_begins(born_on: date) -> date:
    """The first day of that academic year."""
    last = kept_until(born_on).on
    return date(last.year - 1, last.month + 1, 1)
