"""When things of these weeks happened: some days before today, and never before what they build on."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from isp.demonstration.loading.world import World, at, weekday_before, weekday_from
from isp.demonstration.plans import plan_stories
from isp.demonstration.terms import academic_year

_STEP = timedelta(minutes=20)


def has_version(world: World, pupil: str) -> bool:
    """Whether a version of this pupil's plan has been shared: on some days of a year none has yet."""
    return any(one.pupil == pupil and one.versions for one in plan_stories(world.cast.today))


def days_ago(world: World, pupil: str, days: int, nth: int = 0, *, whole_school: bool = False) -> datetime:
    """A weekday so long ago, in the afternoon; later where the classes or the plan are not so old.

    ``nth``: what happened one after the other keeps its order. ``whole_school``: later than every plan of the
    school, for what changes how they are shared.
    """
    today = world.cast.today
    classes = min(weekday_from(date(academic_year(today), 9, 1)), weekday_before(today))
    school = world.cast.pupil(pupil).school
    shared = [
        version.published_at
        for story in plan_stories(today)
        if story.pupil == pupil or (whole_school and world.cast.pupil(story.pupil).school == school)
        for version in story.versions
    ]
    earliest = max([at(classes, 9, 30), *shared])
    usual = at(weekday_before(today - timedelta(days=days - 1)), 15, 40)
    return max(usual, earliest + _STEP) + nth * _STEP


def school_day_from(world: World, pupil: str, day: date) -> date:
    """That day, or the next one on which this pupil's school is open."""
    years = world.cast.school(world.cast.pupil(pupil).school).calendar
    for later in range(120):
        if any(year.is_open(day + timedelta(days=later)) for year in years):
            return day + timedelta(days=later)
    raise LookupError(f"no school day within 120 days of {day}")
