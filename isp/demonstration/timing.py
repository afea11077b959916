"""When things happened to a plan: in term time, on school days, before today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from isp.demonstration.chance import seeded
from isp.demonstration.document import Cycle
from isp.demonstration.rolls import kind_of, variant_of
from isp.demonstration.shapes import Pupil
from isp.demonstration.terms import (
    FRIDAY,
    SchoolYear,
    Term,
    on_or_before,
    school_days,
    school_year,
    terms_until,
)


def cycles(pupil: Pupil, until: date, wanted: int) -> tuple[Cycle, ...]:
    """The dates of up to `wanted` versions, one a term, the latest last; fewer for a pupil who has not been
    here so long. A version is finalised some weeks into its term; in a pupil's very first weeks, on the
    first days that there are. None falls on `until` or after it.
    """
    found: list[Cycle] = []
    begun = [pair for pair in _terms(pupil, until) if pair[1].ends_on >= pupil.entered_on]
    # Plans of one version are not all of this term: some wait for a review that is due, or overdue.
    drawn = (0, 0, 1, 0, 2)[seeded(f"back {pupil.id}").randrange(5)]
    back = {"one": drawn, "late": 2}.get(pupil.story, 0)
    begun = begun[: max(1, len(begun) - back)]
    for year, term in reversed(begun):
        days = [day for day in _days(year, term, until) if day >= pupil.entered_on]
        at = 12 + seeded(f"cycle {pupil.id} {year.starts} {term.name}").randrange(0, 16)
        only = (year, term) == begun[0]
        if len(found) < wanted and days and (at < len(days) or only):
            found.append(_cycle(pupil, year, term, days[min(at, len(days) - 1)]))
    return _kept(found[::-1])


def _kept(found: list[Cycle]) -> tuple[Cycle, ...]:
    """The same, no review due before the day of the version that followed it: these schools hold theirs."""
    followed = [*(after.on for after in found[1:]), date.min]
    return tuple(
        replace(one, review_on=max(one.review_on, day)) for one, day in zip(found, followed, strict=False)
    )


def cycle_on(pupil: Pupil, day: date) -> Cycle:
    """The dates of a version of that day, which need not be a day of this school."""
    year, term = _terms(pupil, day)[-1]
    return _cycle(pupil, year, term, day)


def draft_day(pupil: Pupil, until: date, after: date | None) -> date:
    """A recent school day on which a draft was begun, later than the last version where there is one."""
    year, term = _terms(pupil, until)[-1]
    earliest = max(pupil.entered_on, after + timedelta(days=1) if after else pupil.entered_on)
    days = [day for day in _days(year, term, until) if day >= earliest]
    # In the first days of a pupil's first term the draft is today's.
    return days[-min(len(days), 6)] if days else max(earliest, min(until, term.ends_on))


def earlier_day(pupil: Pupil) -> date:
    """A day in the year before the pupil came, when the last setting's plan was agreed."""
    day = pupil.entered_on - timedelta(days=100 + seeded(f"earlier {pupil.id}").randrange(0, 90))
    return day if day.weekday() <= FRIDAY else on_or_before(day, FRIDAY)


def recorded_day(pupil: Pupil, today: date) -> date:
    return min(today, pupil.entered_on + timedelta(days=9))


def end_day(pupil: Pupil, today: date, after: date) -> date:
    """The last school day before today on which a plan whose needs were met was ended."""
    year, term = _terms(pupil, today)[-1]
    days = [day for day in _days(year, term, today) if day > after]
    return days[len(days) // 2] if days else after


def _terms(pupil: Pupil, until: date) -> list[tuple[SchoolYear, Term]]:
    return terms_until(until, kind_of(pupil.school), variant_of(pupil.school), years=12)


def _days(year: SchoolYear, term: Term, until: date) -> list[date]:
    return school_days(year, term, until - timedelta(days=1))


def _cycle(pupil: Pupil, year: SchoolYear, term: Term, day: date) -> Cycle:
    before = [one for one in school_days(year, term, day) if one < day]
    gathered = before[-min(len(before), 7)] if before else day
    return Cycle(
        on=day,
        gathered_on=max(gathered, pupil.entered_on) if day >= pupil.entered_on else gathered,
        review_on=_review(pupil, day),
        year_ends_on=year.terms[2].ends_on,
        term=term.name.lower(),
    )


def _review(pupil: Pupil, day: date) -> date:
    """A school day about fourteen weeks on."""
    weeks = 13 + seeded(f"review {pupil.id} {day.isoformat()}").randrange(0, 3)
    wanted = day + timedelta(weeks=weeks)
    kind, variant = kind_of(pupil.school), variant_of(pupil.school)
    years = [school_year(wanted.year + offset, kind, variant) for offset in (-1, 0)]
    for later in range(100):
        day = wanted + timedelta(days=later)
        if any(year.is_open(day) for year in years):
            return day
    raise LookupError(f"no school day within 100 days of {wanted}")
