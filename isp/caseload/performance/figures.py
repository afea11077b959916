"""The counts of a question, in one grouped query, with its shares; rounded where exact ones are not hers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import add
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, union_all

from isp.access import gate
from isp.access.policy import OrganisationPermission
from isp.audit import Chain, Event, Unit
from isp.caseload.performance import rounding
from isp.caseload.performance.questions import Question, Rows
from isp.caseload.performance.rounding import Row, rounded
from isp.kernel.workdays import months_after
from isp.people.models import Organisation
from isp.register.models import Pupil

MONTHS = 13
YEARS = 10
PAGE, CSV = "page", "csv"
TIMES = ("month", "year")
BY = (*TIMES, "need", "phase", "school")
UNKNOWN = "not on record"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: its heading, the counts in order, and the shares in percent (None: of nothing)."""

    heading: str
    counts: tuple[int, ...]
    shares: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """A question answered. ``exact``: whether the counts are, or rounded to five."""

    question: Question
    by: str
    first: date
    last: date
    lines: tuple[Line, ...]
    total: Line
    exact: bool


def answer(
    unit: Unit,
    question: Question,
    by: str = "month",
    year: int | None = None,
    *,
    heading: Any = str,
    form: str = PAGE,
) -> Figures:
    """The question for the actor's authority; the view is recorded. NotFound for whoever has none.

    ``by`` month: the last thirteen, or a calendar year's twelve; year: the last ten. ``heading``: how a
    group's key is put in words. ``form``: PAGE or CSV, for a file leaves and a page is read.
    """
    decision, asked = gate.require_somewhere(unit, OrganisationPermission.PERFORMANCE_READ)
    exact = asked in gate.organisations_where(unit, OrganisationPermission.EXACT_COUNTS_READ)
    first, last = period(unit.today, by, year)
    found = counted(unit, asked, question, by, first, last)
    unit.record(
        decision,
        Event.PERFORMANCE_VIEWED,
        Chain.organisation(asked),
        question=question.name,
        by=by,
        exact=exact,
        form=form,
    )
    keys = _keys(found, by, first, last)
    names = _school_names(unit, keys) if by == "school" else {}
    rows: list[Row] = [(names.get(key) or heading(key), found.get(key, _nothing(question))) for key in keys]
    summed: Sequence[int] = [sum(column) for column in zip(*found.values(), strict=True)]
    summed = summed or _nothing(question)
    if not exact:
        ahead = sum(1 for key in keys if key > _group(unit.today, by)) if by in TIMES else 0
        rows, summed = _roughly(rows, summed, by, ahead)
    lines = tuple(_line(question, *row) for row in rows)
    return Figures(question, by, first, last, lines, _line(question, "All", summed), exact)


def _roughly(rows: list[Row], summed: Sequence[int], by: str, ahead: int) -> tuple[list[Row], Sequence[int]]:
    """The lines and the total for whoever has no right to exact counts.

    ``ahead``: so many lines at the end are of times to come. Those in which nothing is shown have nothing in
    them, as everybody knows, so they give the total no room.
    """
    kept = rows if by in TIMES else rounding.without_small(rows)
    shown: list[Row] = [(heading, [rounded(one) for one in counts]) for heading, counts in kept]
    by_now = len(shown) - ahead
    total = []
    for place, exactly in enumerate(summed):
        column = [
            counts[place] for number, (_, counts) in enumerate(shown) if counts[place] or number < by_now
        ]
        total.append(rounding.total_of(column, exactly))
    return shown, total


def period(today: date, by: str, year: int | None) -> tuple[date, date]:
    """From when to when: a calendar year, ten of them, or the last thirteen months with this one."""
    if year is not None and by != "year":
        return date(year, 1, 1), date(year, 12, 31)
    if by == "year":
        return date(today.year - YEARS + 1, 1, 1), date(today.year, 12, 31)
    return months_after(today.replace(day=1), 1 - MONTHS), today


def counted(
    unit: Unit, authority_id: UUID, question: Question, by: str, first: date, last: date
) -> dict[Any, Sequence[int]]:
    """The counts by group: one statement. Nothing is asked or recorded here.

    Months and years are counted by the day and then summed: what is done once a row is as little as can be.
    """
    counting: list[Question | Rows] = [question, *question.also]
    parts = [_grouped(rows, authority_id, by, first, last) for rows in counting]
    query = union_all(*parts) if len(parts) > 1 else parts[0]
    found: dict[Any, Sequence[int]] = {}
    for row in unit.connection.execute(query):
        group, counts = _group(row[0], by), row[1:]
        before = found.get(group)
        found[group] = list(counts if before is None else map(add, before, counts))
    return found


def _grouped(rows: Question | Rows, authority_id: UUID, by: str, first: date, last: date) -> Select[Any]:
    key: Any
    base: Any = rows.base
    if by in TIMES:
        key = rows.day
    elif by == "need":
        base, key = base.join(Pupil, Pupil.id == rows.base.c.pupil_id), Pupil.need_primary
    elif by == "phase":
        base, key = base.outerjoin(Organisation, Organisation.id == rows.school), Organisation.phase
    else:
        key = rows.school
    key = key.label("key")
    sums = [
        func.count().filter(condition).label(f"n{number}")
        for number, condition in enumerate(rows.counts.values())
    ]
    return (
        select(key, *sums)
        .select_from(base)
        .where(rows.base.c.authority_id == authority_id, rows.day.between(first, last), rows.where)
        .group_by(key)
    )


def _group(key: Any, by: str) -> Any:
    if by == "month":
        return key.year * 100 + key.month
    return key.year if by == "year" else key


def _keys(found: Mapping[Any, Sequence[int]], by: str, first: date, last: date) -> list[Any]:
    """The groups in order: every month or year of the period, else the largest first."""
    if by == "year":
        return list(range(first.year, last.year + 1))
    if by == "month":
        keys, day = [], first.replace(day=1)
        while day <= last:
            keys.append(day.year * 100 + day.month)
            day = months_after(day, 1)
        return keys
    return sorted(found, key=lambda key: (-found[key][0], str(key)))


def _nothing(question: Question) -> list[int]:
    return [0] * len(question.counts)


def _line(question: Question, heading: str, counts: Sequence[int]) -> Line:
    # Of the counts as they are shown: an exact share would give the exact counts away.
    named = dict(zip(question.counts, counts, strict=True))
    if "assess" in named:
        named["decided"] = named["assess"] + named["not_assess"]
    shares = tuple(share(named[one.part], named[one.of]) for one in question.shares)
    return Line(heading, tuple(counts), shares)


def share(part: int, of: int) -> float | None:
    """Percent, to one place; None of nothing."""
    return round(100 * part / of, 1) if of else None


def _school_names(unit: Unit, keys: Iterable[Any]) -> dict[Any, str]:
    ids = [key for key in keys if key is not None]
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
    return {row.id: row.name for row in unit.connection.execute(query)}
