"""Trays: an officer's own cases by their next date, and what will go out of timescale if nothing happens.

A tray is read from ``case_duty`` along an index, a page at a time. What it lists is what opens: an officer's
rows are found through her own ties; a manager's are each held against hers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from isp.access import gate
from isp.access.listing import grounds_of, record_list
from isp.access.policy import AT_AUTHORITY, OrganisationPermission, Permission, Standing
from isp.access.standing import standings
from isp.audit import Unit
from isp.escalations import parties
from isp.escalations.duty import ADVICE, ASSESSMENT, FAMILY, ON_OUR_SIDE, PLAN, REQUEST, SOON
from isp.escalations.keeping import DUTIES
from isp.escalations.lists import authorities
from isp.people.roles import Role

d = DUTIES.c
Key = tuple[date, UUID]
_OPENS = (d.case_id, d.plan_id, d.subject_id)
"""From one of these a tie must come for a row to open: the request, the plan, or what is due itself."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a tray is narrowed to; None: everything. Codes and an id, for they stand in an address."""

    subject: str | None = None
    stage: str | None = None
    turn: str | None = None
    officer_id: UUID | None = None
    """Somebody else's cases, for a manager. ``everybody`` asks for all that the authority sees."""
    everybody: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """How many cases of one officer (None: nobody's) wait for one act of one side."""

    officer_id: UUID | None
    turn: str
    act: str | None
    late: int
    soon: int


def tray(unit: Unit, asked: Asked, *, limit: int, before: Key | None = None, after: Key | None = None) -> Any:
    """Rows of ``case_duty`` by date, so that what is out of timescale comes first. Not recorded: ``shown``.

    ``after``: what follows this place; ``before``: what precedes it, nearest first. NotFound for whoever
    works at no authority.
    """
    places = authorities(unit)
    whole = gate.organisations_where(unit, OrganisationPermission.WORK_MANAGE)
    counts = _counts(unit.today)
    if (asked.everybody or asked.officer_id) and whole:
        query = _seen_by_the_authority(unit, whole)
        if asked.officer_id:
            query = query.where(d.officer_id == asked.officer_id)
        query = _narrowed(query.where(counts), asked, unit.today)
        return list(unit.connection.execute(_window(query, limit, before, after)))
    query = _narrowed(_ones_own(unit, list(places)).where(counts), asked, unit.today)
    # Found by her ties, some hundreds, and only then put in order: left to itself PostgreSQL walks the whole
    # authority's duties by date until it has met enough of hers.
    mine = query.cte("mine_due").prefix_with("MATERIALIZED", dialect="postgresql")
    return list(unit.connection.execute(_window(select(mine), limit, before, after, mine.c)))


def due_about(unit: Unit, pupil_id: UUID, authority_id: UUID, plan_id: UUID | None) -> list[Any]:
    """What is due about one plan, or (None) beside the course of the child's case, the first day first.

    For a page about one child: the caller has passed the gate and records the view.
    """
    query = select(DUTIES).where(d.pupil_id == pupil_id, d.authority_id == authority_id, _counts(unit.today))
    if plan_id is not None:
        query = query.where(d.plan_id == plan_id)
    else:
        query = query.where(d.subject.not_in((REQUEST, ASSESSMENT, PLAN)))
    return list(unit.connection.execute(query.order_by(d.due_on, d.id)))


def may_see_everybodys(unit: Unit) -> bool:
    """Whether the actor manages an authority, and so may look at a colleague's tray."""
    return bool(gate.organisations_where(unit, OrganisationPermission.WORK_MANAGE))


def colleagues(unit: Unit) -> list[UUID]:
    """Whose trays a manager may look at beside her own: the officers and managers of her authorities."""
    found = {
        one
        for authority_id in gate.organisations_where(unit, OrganisationPermission.WORK_MANAGE)
        for one in parties.holders(unit, authority_id, Role.AUTHORITY_OFFICER, Role.AUTHORITY_MANAGER)
    }
    return sorted(one for one in found if one != unit.actor.person_id)


def shown(unit: Unit, rows: Iterable[Any]) -> None:
    """Remember whose cases were listed by name, once for each authority."""
    listed = list(rows)
    for authority_id, role in authorities(unit).items():
        ids = [row.pupil_id for row in listed if row.authority_id == authority_id]
        record_list(unit, "cases", ids, grounds_of(role, authority_id, Permission.ASSESSMENT_READ))


def _ones_own(unit: Unit, places: list[UUID]) -> Select[Any]:
    mine = standings(unit.actor.person_id, unit.today, wanted={Standing.OFFICER}).subquery("mine")
    hers = and_(
        d.pupil_id == mine.c.pupil_id,
        d.authority_id == mine.c.organisation_id,
        # The tie comes from this very case: another one of the same child stays shut.
        or_(*(column == mine.c.source_id for column in _OPENS)),
    )
    # A child may be tied to her by more than one thing.
    return select(DUTIES).join(mine, hers).where(d.authority_id.in_(places)).distinct()


def _seen_by_the_authority(unit: Unit, places: list[UUID]) -> Select[Any]:
    ours = standings(unit.actor.person_id, unit.today, pupil_id=d.pupil_id, wanted=AT_AUTHORITY).subquery(
        "ours"
    )
    same = and_(
        ours.c.organisation_id == d.authority_id,
        or_(*(ours.c.source_id == column for column in _OPENS)),
    )
    return select(DUTIES).where(d.authority_id.in_(places), exists(select(ours.c.tie_id).where(same)))


def _counts(today: date) -> ColumnElement[bool]:
    """Whether a duty still is one, and is one yet: the time to appeal passes by itself, and of all that is
    asked for in an assessment only what is near its day or past it calls for anybody's attention.
    """
    lasts = or_(d.lapses_on.is_(None), d.lapses_on >= today)
    return and_(lasts, or_(d.subject != ADVICE, d.due_on < today + SOON))


def _narrowed(query: Select[Any], asked: Asked, today: date) -> Select[Any]:
    if asked.subject:
        query = query.where(d.subject == asked.subject)
    if asked.stage:
        query = query.where(d.stage == asked.stage)
    if asked.turn:
        waits = and_(d.waits_until.is_not(None), d.waits_until >= today)
        over = or_(d.waits_until.is_(None), d.waits_until < today)
        theirs = d.turn == asked.turn
        query = query.where(or_(waits, theirs) if asked.turn == FAMILY else and_(theirs, over))
    if asked.late:
        query = query.where(d.turn.in_(sorted(ON_OUR_SIDE)), d.due_on < today + SOON)
    return query


def _window(
    query: Select[Any], limit: int, before: Key | None, after: Key | None, d: Any = DUTIES.c
) -> Select[Any]:
    if after is not None:
        query = query.where(or_(d.due_on > after[0], and_(d.due_on == after[0], d.id > after[1])))
    if before is not None:
        query = query.where(or_(d.due_on < before[0], and_(d.due_on == before[0], d.id < before[1])))
        return query.order_by(d.due_on.desc(), d.id.desc()).limit(limit)
    return query.order_by(d.due_on, d.id).limit(limit)


# -- the forecast: by reference, without names --------------------------------------------------------------


def forecast(unit: Unit, *, limit: int, before: Key | None = None, after: Key | None = None) -> list[Any]:
    """What goes out of timescale in the next 14 days if nothing happens, and what is out already.

    Of all the authority's cases, for a list without names. Not recorded: ``forecast_shown``.
    """
    query = select(DUTIES).where(d.authority_id.in_(list(authorities(unit))), *_running_out(unit.today))
    return list(unit.connection.execute(_window(query, limit, before, after)))


def forecast_counts(unit: Unit) -> list[Counted]:
    """The same counted in one query: by officer, whose turn it is, and what is to be done."""
    late = func.sum(case((d.due_on < unit.today, 1), else_=0))
    query = (
        select(d.officer_id, d.turn, d.act, func.count().label("all"), late.label("late"))
        .where(d.authority_id.in_(list(authorities(unit))), *_running_out(unit.today))
        .group_by(d.officer_id, d.turn, d.act)
    )
    found = [
        Counted(row.officer_id, row.turn, row.act, int(row.late), int(row.all) - int(row.late))
        for row in unit.connection.execute(query)
    ]
    return sorted(found, key=lambda one: (-one.late, -one.soon, str(one.officer_id), str(one.act)))


def forecast_shown(unit: Unit, rows: Iterable[Any]) -> None:
    """Remember the page of the forecast that was shown, once for each authority."""
    listed = list(rows)
    for authority_id, role in authorities(unit).items():
        ids = [row.pupil_id for row in listed if row.authority_id == authority_id]
        record_list(unit, "forecast", ids, grounds_of(role, authority_id, Permission.ASSESSMENT_READ))


def _running_out(today: date) -> tuple[ColumnElement[bool], ...]:
    return d.turn.in_(sorted(ON_OUR_SIDE)), d.due_on < today + SOON
