"""Who is reminded of a review's papers: the advice two weeks before the meeting, the report two weeks after.

Whoever holds the review: the head and the SENCO of the school, or the plan's officer where there is none. Of
a report that is overdue the officer hears too, for the decision waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from isp.access.standing import live
from isp.audit import Unit
from isp.escalations import deadlines
from isp.escalations import upkeep_clock as clock
from isp.escalations.deadlines import Act
from isp.escalations.upkeep import doors
from isp.escalations.upkeep.rules import IN_FORCE
from isp.notices.reminders import Reminder
from isp.people.models import Membership
from isp.people.roles import Role

BEFORE = timedelta(days=7)
HOLDING = (Role.HEAD, Role.SENCO, Role.DEPUTY_SENCO)
_PAPERS = ("review_papers_due", "review_papers_overdue")
_REPORT = ("review_report_due", "review_report_overdue")
_AHEAD = timedelta(weeks=2)
"""So far from the meeting both lie: the rows to look at. The day itself is worked out as the law has it."""


def reminders(unit: Unit, today: date) -> Iterator[Reminder]:
    """Reviews whose advice or whose report is to go round within a week, or should have."""
    r, p = doors.REVIEWS.c, doors.PLANS.c
    papers = and_(
        r.state == clock.INVITED, r.papers_sent_on.is_(None), r.meeting_on <= today + _AHEAD + BEFORE
    )
    report = and_(r.state == clock.HELD, r.meeting_on <= today - _AHEAD + BEFORE)
    query = (
        select(doors.REVIEWS, p.officer_id)
        .join(doors.PLANS, p.id == r.plan_id)
        .where(or_(papers, report), p.state.in_(sorted(IN_FORCE)))
        .order_by(r.meeting_on, r.id)
    )
    rows = unit.connection.execute(query).all()
    holding = _holding(unit, {row.school_id for row in rows if row.school_id is not None}, today)
    for row in rows:
        before, after = _PAPERS if row.state == clock.INVITED else _REPORT
        act = Act.CIRCULATE if row.state == clock.INVITED else Act.REPORT
        by = deadlines.due(act, row.meeting_on, version=clock.version_of(row)).on
        late = by < today
        if not late and by > today + BEFORE:
            continue
        for person_id in _told(row, holding, late=late and row.state == clock.HELD):
            yield Reminder(person_id, after if late else before, row.plan_id, by, row.pupil_id)


def _told(row: Any, holding: dict[UUID, list[UUID]], *, late: bool) -> list[UUID]:
    found = list(holding.get(row.school_id, ())) if row.school_id is not None else []
    if (late or row.school_id is None) and row.officer_id is not None:
        found.append(row.officer_id)
    return sorted(set(found))


def _holding(unit: Unit, schools: set[UUID], today: date) -> dict[UUID, list[UUID]]:
    """Who holds reviews at each of these schools today."""
    found: dict[UUID, list[UUID]] = {}
    query = select(Membership.organisation_id, Membership.person_id).where(
        Membership.organisation_id.in_(sorted(schools)),
        Membership.role.in_([role.value for role in HOLDING]),
        live(Membership, today),
    )
    for row in unit.connection.execute(query):
        found.setdefault(row.organisation_id, []).append(row.person_id)
    return found
