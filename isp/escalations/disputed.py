"""What a dispute is about, and how it is reached: a case by its request, or an EHC plan by itself.

A plan that was brought in, taken over or entered from a return has no request here, and can be disputed like
any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Unit
from isp.ehcp.models import AnnualReview, StatutoryPlan
from isp.ehcp.steps import Subject
from isp.escalations import assessments, disputes, queries
from isp.escalations.course import State
from isp.escalations.disputes import About
from isp.escalations.models import Dispute, PlanCeasing, ReassessmentRequest
from isp.escalations.stages import REFUSED
from isp.escalations.upkeep import doors
from isp.kernel.db import table_of

DISPUTES = table_of(Dispute)
_PLANS, _REVIEWS = table_of(StatutoryPlan), table_of(AnnualReview)
_REQUESTS, _ENDINGS = table_of(ReassessmentRequest), table_of(PlanCeasing)
_ONCE_MADE = ("in_force", "ceasing", "ended")


@dataclass(frozen=True, slots=True)
class Disputed:
    """A case or a plan as it was reached: ``request`` is None of a plan by itself."""

    id: UUID
    may: Decision
    request: Any | None
    assessment: Any | None
    plan: Any | None

    @property
    def row(self) -> Any:
        """Of the request or, where there is none, of the plan: whose child, which authority and officer."""
        return self.request if self.request is not None else self.plan

    @property
    def subject_ids(self) -> list[UUID]:
        """What its disputes can be about."""
        known = (self.request, self.assessment, self.plan)
        return sorted({one.id for one in known if one is not None})


def reach(unit: Unit, case_id: UUID, *, lock: bool = False) -> Disputed:
    """The case or the plan that an id names, for whoever may record a dispute; NotFound for a stranger.

    A plan that has gone to another authority since is reached by itself alone: through the case that led to
    it the authority of that case would come to what is another's now, or be asked to answer for it.
    ``lock``: hold its row until the unit ends.
    """
    known = unit.connection.execute(select(queries.REQUESTS.c.id).where(queries.REQUESTS.c.id == case_id))
    if known.first() is None:
        plan, may = doors.allowed_plan(unit, case_id, Permission.ASSESSMENT_APPEAL, lock=lock)
        return Disputed(plan.id, may, None, None, plan)
    row, may = queries.allowed(unit, case_id, Permission.ASSESSMENT_APPEAL, lock=lock)
    assessment = assessments.of_request(unit, case_id)
    plan = assessments.plan_of(unit, assessment) if assessment is not None else None
    if plan is not None and plan.authority_id != row.authority_id:
        plan = None
    return Disputed(row.id, may, row, assessment, plan)


def disputes_about(unit: Unit, of: Disputed) -> list[Any]:
    """The disputes of a case or a plan, newest first."""
    return _disputes(unit, of.subject_ids)


def disputes_of(unit: Unit, request_id: UUID, assessment: Any | None) -> list[Any]:
    """The disputes of a case, newest first: about its request, assessment or plan. After the gate."""
    subjects = [request_id]
    if assessment is not None:
        subjects += [one for one in (assessment.id, assessment.plan_id) if one is not None]
    return _disputes(unit, sorted(subjects))


def _disputes(unit: Unit, subject_ids: list[UUID]) -> list[Any]:
    c = DISPUTES.c
    query = select(DISPUTES).where(c.subject_id.in_(subject_ids))
    return list(unit.connection.execute(query.order_by(c.recorded_at.desc(), c.id.desc())))


def known_of(unit: Unit, rows: Iterable[Any]) -> dict[UUID, tuple[str, date | None]]:
    """Of each of these disputes the version of the limits that it keeps, and when the letter with the
    decision was sent. For whoever passed the gate.
    """
    there = list(rows)
    ids = sorted({row.subject_id for row in there})
    if not ids:
        return {}
    a, again = assessments.ASSESSMENTS, _REQUESTS
    requests = unit.connection.execute(select(queries.REQUESTS).where(queries.REQUESTS.c.id.in_(ids))).all()
    of_cases = unit.connection.execute(select(a).where(or_(a.c.id.in_(ids), a.c.plan_id.in_(ids)))).all()
    asked = unit.connection.execute(select(again).where(again.c.plan_id.in_(ids))).all()
    ends = unit.connection.execute(
        select(_ENDINGS).where(_ENDINGS.c.plan_id.in_(ids), _ENDINGS.c.state.in_(("decided", "ended")))
    ).all()
    return {
        row.id: (
            disputes.version_of(row, requests, of_cases, asked),
            disputes.sent_on(row, requests, of_cases, asked, ends),
        )
        for row in there
    }


def decisions(unit: Unit, of: Disputed) -> Mapping[About, date | None]:
    """Which decisions there are to dispute, and the date on each; None where it is not on record here."""
    found: dict[About, date | None] = {}
    if of.request is not None and of.request.status == REFUSED:
        found[About.ASSESS] = of.request.decided_on
    first = of.request is not None and of.request.reassesses is None
    if first and of.assessment is not None and of.assessment.state == State.NO_PLAN:
        found[About.ISSUE] = of.assessment.outcome_on
    if of.plan is not None and of.plan.state in _ONCE_MADE:
        made_on = of.plan.made_on or of.plan.first_made_on
        found |= {About.CONTENT: made_on, About.SETTING: made_on}
        found[About.AMEND] = _not_amended_on(unit, of.plan.id)
        found[About.REASSESS] = _not_assessed_again_on(unit, of.plan.id)
        found[About.CEASE] = of.plan.cease_decided_on
    return found


def subject_of(of: Disputed, about: About) -> tuple[Subject, UUID]:
    """What a dispute about this decision is kept with."""
    if about is About.ASSESS and of.request is not None:
        return Subject.REQUEST, of.request.id
    if about is About.ISSUE and of.assessment is not None:
        return Subject.ASSESSMENT, of.assessment.id
    if of.plan is None:
        raise ValueError("a dispute is about a decision that there is")
    return Subject.PLAN, of.plan.id


def _not_amended_on(unit: Unit, plan_id: UUID) -> date | None:
    """When the family was last told, after a review or an assessment, that the plan stays as it is."""
    r, a = _REVIEWS.c, assessments.ASSESSMENTS.c
    kept = select(r.final_on, r.decided_on).where(
        r.plan_id == plan_id, or_(r.outcome == "maintain", (r.outcome == "amend") & r.amended.is_(False))
    )
    days = [row.final_on or row.decided_on for row in unit.connection.execute(kept)]
    days += unit.connection.scalars(
        select(a.outcome_on).where(a.plan_id == plan_id, a.kind == "reassessment", a.state == State.NO_PLAN)
    )
    return max((day for day in days if day is not None), default=None)


def _not_assessed_again_on(unit: Unit, plan_id: UUID) -> date | None:
    c = _REQUESTS.c
    query = select(c.decided_on).where(c.plan_id == plan_id, c.state == "refused")
    return max((day for day in unit.connection.scalars(query) if day is not None), default=None)
