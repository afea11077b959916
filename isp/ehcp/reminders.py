"""Who is reminded of a check of section F: those who check it at the school, and the officer of the plan.

A week before it is due and again when it is overdue; whatever the occasion, the yearly one as any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, select

from isp.access.models import Tie
from isp.access.standing import SCHOOL, live
from isp.audit import Unit
from isp.ehcp import rules
from isp.ehcp.checks import CHECKS
from isp.ehcp.queries import PLANS
from isp.notices.reminders import Reminder
from isp.people.models import Membership
from isp.people.roles import Role

BEFORE = timedelta(days=7)
DUE, OVERDUE = "provision_check_due", "provision_check_overdue"
AT_SCHOOL = (Role.SENCO, Role.DEPUTY_SENCO, Role.HEAD)


def reminders(unit: Unit, today: date) -> Iterator[Reminder]:
    """Open checks of plans in force that are due within a week, or overdue. A new day is another reminder."""
    c, p = CHECKS.c, PLANS.c
    checks = (
        select(c.plan_id, c.pupil_id, c.due_on, p.officer_id)
        .join(PLANS, p.id == c.plan_id)
        .where(c.state == "open", c.due_on <= today + BEFORE, p.state.in_(sorted(rules.IN_FORCE)))
        .order_by(c.due_on, c.id)
    )
    for row in unit.connection.execute(checks).all():
        if row.officer_id is not None:
            yield _of(row, row.officer_id, today)
    waiting = checks.order_by(None).subquery()
    there = (
        select(waiting, Membership.person_id)
        .join(Tie, and_(Tie.pupil_id == waiting.c.pupil_id, Tie.kind == SCHOOL, live(Tie, today)))
        .join(
            Membership,
            and_(
                Membership.organisation_id == Tie.organisation_id,
                Membership.role.in_([role.value for role in AT_SCHOOL]),
                live(Membership, today),
            ),
        )
        .order_by(waiting.c.due_on, waiting.c.plan_id, Membership.person_id)
    )
    for row in unit.connection.execute(there).all():
        yield _of(row, row.person_id, today)


def _of(row: Any, person_id: Any, today: date) -> Reminder:
    kind = OVERDUE if row.due_on < today else DUE
    return Reminder(person_id, kind, row.plan_id, row.due_on, row.pupil_id)
