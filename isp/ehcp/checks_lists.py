"""The checks of section F that wait for somebody, and the plans of which something is owed: over all children
whom she may check.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from isp.access import gate
from isp.access.listing import grounds_of, record_list
from isp.access.policy import OrganisationPermission, Permission
from isp.audit import Unit
from isp.ehcp import rules
from isp.ehcp.checks import CHECKS, FINDINGS
from isp.ehcp.queries import PLANS
from isp.kernel.errors import NotAllowed
from isp.register import pupils
from isp.register.pupils import PupilName

MOST = 2000
"""Far above a school's plans or an officer's caseload."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One plan: its open checks, the one due first in front, and how many entries of section F are owed."""

    plan_id: UUID
    pupil: PupilName
    open: tuple[Any, ...]
    owed: int


def waiting(unit: Unit) -> list[Waiting]:
    """Plans in force with a check open or something owed, by when a check is due; the list is recorded.

    NotAllowed for whoever has no such children before her.
    """
    person_id = unit.actor.person_id
    posts = gate.organisations_where(unit, OrganisationPermission.EHC_REVIEWS_READ)
    if person_id is None or not posts:
        raise NotAllowed
    visible = gate.visible_pupils(person_id, Permission.EHCP_CHECK, unit.today)
    c, f = CHECKS.c, FINDINGS.c
    mine = PLANS.c.pupil_id.in_(visible), PLANS.c.state.in_(sorted(rules.IN_FORCE))
    rows = unit.connection.execute(
        select(CHECKS)
        .join(PLANS, PLANS.c.id == c.plan_id)
        .where(*mine, c.state == "open")
        .order_by(c.due_on, c.id)
        .limit(MOST)
    ).all()
    newest = (
        select(f.item_id, c.plan_id, func.max(f.made_at).label("at"))
        .join(CHECKS, c.id == f.check_id)
        .join(PLANS, PLANS.c.id == c.plan_id)
        .where(*mine)
        .group_by(f.item_id, c.plan_id)
        .subquery()
    )
    owing: dict[UUID, int] = {
        row.plan_id: row.owed
        for row in unit.connection.execute(
            select(newest.c.plan_id, func.count(func.distinct(f.item_id)).label("owed"))
            .join(FINDINGS, (f.item_id == newest.c.item_id) & (f.made_at == newest.c.at))
            .where(f.finding.in_(sorted(rules.OWED)))
            .group_by(newest.c.plan_id)
            .limit(MOST)
        )
    }
    plans: dict[UUID, list[Any]] = {}
    for row in rows:
        plans.setdefault(row.plan_id, []).append(row)
    for plan_id in owing:
        plans.setdefault(plan_id, [])
    if not plans:
        record_list(unit, "provision", (), grounds_of("checks", posts[0], Permission.EHCP_CHECK))
        return []
    query = select(PLANS.c.id, PLANS.c.pupil_id).where(PLANS.c.id.in_(sorted(plans)))
    of = {row.id: row.pupil_id for row in unit.connection.execute(query)}
    named = pupils.names(unit, set(of.values()))
    record_list(unit, "provision", of.values(), grounds_of("checks", posts[0], Permission.EHCP_CHECK))
    return [
        Waiting(plan_id, named[of[plan_id]], tuple(found), owing.get(plan_id, 0))
        for plan_id, found in plans.items()
    ]
