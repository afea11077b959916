"""Who is reminded in a case: whoever is asked for advice, the schools that are consulted, and the officer.

Before the day and after it, once each. Somebody elsewhere has no account to be reminded by: of hers and of
every other silence the officer is told, who chases.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import and_, or_, select

from isp.access.standing import live
from isp.audit import Unit
from isp.escalations.advice_models import AdviceRequest
from isp.escalations.advice_rules import CHASE_AHEAD, WITH_ADVISER
from isp.escalations.beside import UNDER_WAY
from isp.escalations.consulting import ANSWERING, CONSULTATIONS
from isp.escalations.models import Assessment
from isp.escalations.queries import REQUESTS
from isp.kernel.db import table_of
from isp.notices.reminders import Reminder
from isp.people.models import Membership

ADVICE, ASSESSMENTS = table_of(AdviceRequest), table_of(Assessment)
ANSWER_AHEAD = timedelta(days=5)


def advice_due(unit: Unit, today: date) -> Iterator[Reminder]:
    """Advice not handed in that is due within a week, or overdue: its adviser, and then the officer too."""
    a = ADVICE.c
    query = (
        select(a.id, a.pupil_id, a.due_on, a.adviser_id, REQUESTS.c.officer_id)
        .join(REQUESTS, REQUESTS.c.id == a.request_id)
        .join(ASSESSMENTS, ASSESSMENTS.c.request_id == a.request_id, isouter=True)
        .where(
            a.state.in_(sorted(WITH_ADVISER)),
            a.due_on <= today + CHASE_AHEAD,
            REQUESTS.c.ended_on.is_(None),
            or_(ASSESSMENTS.c.id.is_(None), ASSESSMENTS.c.state.in_(UNDER_WAY)),
        )
        .order_by(a.due_on, a.id)
    )
    for row in unit.connection.execute(query).all():
        late = row.due_on < today
        if row.adviser_id is not None:
            kind = "advice_overdue" if late else "advice_soon"
            yield Reminder(row.adviser_id, kind, row.id, row.due_on, row.pupil_id)
        if late and row.officer_id is not None:
            yield Reminder(row.officer_id, "advice_missing", row.id, row.due_on, row.pupil_id)


def answers_due(unit: Unit, today: date) -> Iterator[Reminder]:
    """Consultations of settings not answered that are due within five days, or overdue.

    The head and whoever answers at a school here; once the day is past also the officer, whoever was asked.
    """
    c = CONSULTATIONS.c
    waits = and_(c.state == "open", c.due_on <= today + ANSWER_AHEAD)
    schools = (
        select(c.id, c.pupil_id, c.due_on, Membership.person_id)
        .join(
            Membership,
            and_(
                Membership.organisation_id == c.school_id,
                Membership.role.in_([role.value for role in ANSWERING]),
                live(Membership, today),
            ),
        )
        .where(waits)
        .order_by(c.due_on, c.id, Membership.person_id)
    )
    for row in unit.connection.execute(schools).all():
        kind = "consultation_overdue" if row.due_on < today else "consultation_due"
        yield Reminder(row.person_id, kind, row.id, row.due_on, row.pupil_id)
    silent = (
        select(c.id, c.pupil_id, c.due_on, REQUESTS.c.officer_id)
        .join(REQUESTS, REQUESTS.c.id == c.request_id)
        .where(c.state == "open", c.due_on < today, REQUESTS.c.officer_id.is_not(None))
        .order_by(c.due_on, c.id)
    )
    for row in unit.connection.execute(silent).all():
        yield Reminder(row.officer_id, "setting_silent", row.id, row.due_on, row.pupil_id)
