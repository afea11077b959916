"""Which reviews are due in a term at which school: what the list to its head is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from isp.access.models import Tie
from isp.access.standing import SCHOOL, live
from isp.audit import Unit
from isp.ehcp.models import AnnualReview, StatutoryPlan
from isp.escalations.models import ReviewList
from isp.escalations.upkeep.rules import IN_FORCE
from isp.escalations.upkeep_clock import UNDER_WAY
from isp.kernel.db import table_of
from isp.people.models import Organisation

PLANS, REVIEWS, LISTS = table_of(StatutoryPlan), table_of(AnnualReview), table_of(ReviewList)
MOST = 500
"""Reviews on one list: more than any school has."""


@dataclass(frozen=True, slots=True)
class ToSend:
    """A school with reviews due in a term; ``sent_on`` where it has the list of that term already."""

    school_id: UUID
    school: str
    count: int
    sent_on: date | None
    list_id: UUID | None = None


def _due(authority_id: UUID, term_to: date) -> ColumnElement[bool]:
    """Due in the term, or due before and not decided yet: what is overdue is on the list too."""
    p = PLANS.c
    return and_(p.authority_id == authority_id, p.state.in_(sorted(IN_FORCE)), p.review_due_on <= term_to)


def due_at(unit: Unit, authority_id: UUID, school_id: UUID, term_to: date) -> list[Any]:
    """The plans (row) of pupils on the roll of a school whose review is due by the end of a term, each with
    the review under way (row or None), the first due first.
    """
    plans = select(PLANS).join(
        Tie,
        and_(
            Tie.pupil_id == PLANS.c.pupil_id,
            Tie.kind == SCHOOL,
            Tie.organisation_id == school_id,
            live(Tie, unit.today),
        ),
    )
    query = plans.where(_due(authority_id, term_to)).order_by(PLANS.c.review_due_on, PLANS.c.id)
    rows = unit.connection.execute(query.limit(MOST)).all()
    ids = [row.id for row in rows]
    r = REVIEWS.c
    open_now = {
        one.plan_id: one
        for one in unit.connection.execute(
            select(REVIEWS).where(r.plan_id.in_(ids), r.state.in_(sorted(UNDER_WAY)))
        )
    }
    found = {row.id: row for row in rows}
    return [(row, open_now.get(row.id)) for row in found.values()]


def sent(unit: Unit, authority_id: UUID, school_ids: Iterable[UUID], term_from: date) -> dict[UUID, Any]:
    """To which of these schools the list of the term that begins on a day was sent: its id, and when."""
    c = LISTS.c
    query = select(c.school_id, c.sent_on, c.id).where(
        c.authority_id == authority_id, c.school_id.in_(sorted(school_ids)), c.term_from == term_from
    )
    return {row.school_id: row for row in unit.connection.execute(query)}


def schools(unit: Unit, authority_id: UUID, term_from: date, term_to: date) -> list[ToSend]:
    """The schools with reviews due by the end of a term, by name: the caller has passed the gate."""
    query = (
        select(Organisation.id, Organisation.name, func.count().label("reviews"))
        .select_from(PLANS)
        .join(Tie, and_(Tie.pupil_id == PLANS.c.pupil_id, Tie.kind == SCHOOL, live(Tie, unit.today)))
        .join(Organisation, Organisation.id == Tie.organisation_id)
        .where(_due(authority_id, term_to))
        .group_by(Organisation.id, Organisation.name)
        .order_by(Organisation.name, Organisation.id)
        .limit(MOST)
    )
    rows = unit.connection.execute(query).all()
    have = sent(unit, authority_id, [row.id for row in rows], term_from)
    found = []
    for row in rows:
        held = have.get(row.id)
        when, which = (held.sent_on, held.id) if held is not None else (None, None)
        found.append(ToSend(row.id, row.name, row.reviews, when, which))
    return found


def lists_of(unit: Unit, school_ids: Iterable[UUID], *, limit: int = 12) -> list[Any]:
    """The lists that schools were sent, the newest term first: the caller has passed the gate."""
    query = select(LISTS).where(LISTS.c.school_id.in_(sorted(school_ids)))
    return list(unit.connection.execute(query.order_by(LISTS.c.term_from.desc(), LISTS.c.id).limit(limit)))
