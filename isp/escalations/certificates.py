"""Mediation certificates beside the decisions that they are about, and the last day to appeal with them.

A certificate is a day of its dispute. From there the newest one about a decision is put on the row of the
decision (the refusal to assess, the outcome of the assessment, the decision that a plan ceases), by which
every page tells the last day to appeal. How long the authority sees a case, and how long a plan that is to
cease is kept at least, go by the same day. It is never the other way round: sight says nothing of an appeal.
Once there was an appeal against a decision, its sight goes by the appeal, and by no certificate any more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from isp.audit import Unit
from isp.escalations import assessments, deadlines, sight
from isp.escalations import course as courses
from isp.escalations.disputed import DISPUTES, Disputed
from isp.escalations.disputes import About
from isp.escalations.rows import change_request
from isp.escalations.upkeep import ceasing


def follow(unit: Unit, of: Disputed, about: About, subject_id: UUID) -> None:
    """A certificate about a decision was recorded, or its day put right: what hangs on it goes by it.

    Part of a deed that asks and records. Nothing else has changed the rows of ``of`` in it.
    """
    newest = _newest(unit, subject_id, about)
    if about is About.ASSESS and of.request is not None:
        start = deadlines.counts_from(of.request.decided_on, of.request.notice_on)
        limit = deadlines.appeal_due(start, newest, version=of.request.rules).on
        change_request(unit, of.request, certificate_on=newest, **sight_to(unit, of.request, limit))
    elif about is About.ISSUE and of.assessment is not None:
        after = replace(courses.course_of(of.assessment), certificate_on=newest)
        assessments.save(unit, of.assessment, after)
        if after.outcome_on is not None and after.appealed_on is None:
            limit = courses.appeal_limit(after, after.outcome_on).on
            changed = sight_to(unit, of.request, limit)
            if changed:
                change_request(unit, of.request, **changed)
    elif about is About.CEASE and of.plan is not None:
        ceasing.certified(unit, of.plan, newest)
    elif about is About.AMEND and of.plan is not None:
        _after_reassessment(unit, of.plan.id)


def _after_reassessment(unit: Unit, plan_id: UUID) -> None:
    """Of an answer that the plan stays as it is, the certificate goes with the assessment that led to it."""
    a, c = assessments.ASSESSMENTS.c, DISPUTES.c
    query = select(assessments.ASSESSMENTS).where(
        a.plan_id == plan_id, a.kind == "reassessment", a.state == courses.State.NO_PLAN.value
    )
    for row in unit.connection.execute(query).all():
        newest = unit.connection.scalar(
            select(func.max(c.certificate_on)).where(
                c.subject_id == plan_id, c.about == About.AMEND.value, c.decision_on == row.outcome_on
            )
        )
        if newest != row.certificate_on:
            assessments.save(unit, row, replace(courses.course_of(row), certificate_on=newest))


def _newest(unit: Unit, subject_id: UUID, about: About) -> date | None:
    c = DISPUTES.c
    query = select(func.max(c.certificate_on)).where(c.subject_id == subject_id, c.about == about.value)
    found: date | None = unit.connection.scalar(query)
    return found


def sight_to(unit: Unit, request: Any, limit: date) -> dict[str, Any]:
    """The authority sees the case up to the last day to appeal, where no appeal has given it longer."""
    held = request.sight_until
    until = max(limit, unit.today)
    if held is None or request.appealed_on is not None or until == held or (limit < unit.today > held):
        return {}
    if held < unit.today:
        # It had lapsed with the first day to appeal: it opens anew, to the later one.
        sight.keep_or_open(unit, request)
    sight.let_end(unit, request.id, until)
    return {"sight_until": until}
