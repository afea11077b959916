"""What the sending of a letter begins: the time to appeal, the fifteen days, the weeks after a notice.

The law lets these run from the notice that was sent or served. Until a letter is on record as sent they run
from the day of the decision, which is the earliest that can be; from then on from its own day. The first
letter that tells a decision counts, and none that was sent before it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.audit import Unit
from isp.ehcp.models import AnnualReview
from isp.escalations import assessments, certificates
from isp.escalations import course as courses
from isp.escalations.course import State
from isp.escalations.keeping import follow as keep_duties
from isp.escalations.models import ReassessmentRequest
from isp.escalations.queries import REQUESTS
from isp.escalations.rows import change_request
from isp.escalations.stages import REFUSED, appeal_limit
from isp.escalations.subjects import CaseFile
from isp.escalations.upkeep import ceasing, doors
from isp.kernel.db import table_of

_AGAIN = table_of(ReassessmentRequest)


def follow(unit: Unit, case: CaseFile, kind: str, subject_id: UUID, sent_on: date) -> None:
    """A letter of this kind was sent: keep the day with what it tells. Part of the deed that serves it."""
    if kind == "refuse_assess":
        _refused(unit, next(iter(case.requests), None), sent_on)
    elif kind == "refuse_issue":
        _no_plan(unit, case, sent_on)
    elif kind == "draft_plan":
        _draft(unit, case, sent_on)
    elif kind == "refuse_reassess" and case.plans:
        _not_again(unit, case.plans[0], sent_on)
    elif kind == "cease" and case.plans:
        ceasing.noticed(unit, case.plans[0], sent_on)
    elif kind == "review_amend":
        _amendments(unit, next((one for one in case.reviews if one.id == subject_id), None), sent_on)
    keep_duties(unit, case.pupil_id, case.authority_id)


def _refused(unit: Unit, row: Any | None, sent_on: date) -> None:
    if row is None or row.status != REFUSED or row.notice_on is not None or sent_on < row.decided_on:
        return
    change_request(unit, row, notice_on=sent_on)
    _sight(unit, row.id)


def _sight(unit: Unit, request_id: UUID) -> None:
    """The authority sees a refused case to the last day to appeal, which the letter has moved."""
    table = REQUESTS
    row = unit.connection.execute(select(table).where(table.c.id == request_id)).one()
    limit = appeal_limit(row)
    changed = certificates.sight_to(unit, row, limit.on) if limit is not None else {}
    if changed:
        change_request(unit, row, **changed)


def _no_plan(unit: Unit, case: CaseFile, sent_on: date) -> None:
    row = _in_state(case, State.NO_PLAN)
    if row is None or row.notice_on is not None or sent_on < row.outcome_on:
        return
    after = replace(courses.course_of(row), notice_on=sent_on)
    assessments.save(unit, row, after)
    request = next((one for one in case.requests if one.id == row.request_id), None)
    if request is not None and not after.reassessment and after.appealed_on is None:
        limit = courses.appeal_limit(after, row.outcome_on).on
        changed = certificates.sight_to(unit, request, limit)
        if changed:
            change_request(unit, request, **changed)


def _draft(unit: Unit, case: CaseFile, sent_on: date) -> None:
    row = _in_state(case, State.DRAFT_SENT)
    if row is None or row.draft_served_on is not None or sent_on < row.draft_sent_on:
        return
    after = replace(courses.course_of(row), draft_served_on=sent_on)
    until = courses.to_answer(after, row.draft_sent_on).on
    assessments.save(unit, row, replace(after, answers_until=until))


def _not_again(unit: Unit, plan: Any, sent_on: date) -> None:
    c = _AGAIN.c
    query = select(_AGAIN).where(c.plan_id == plan.id, c.state == "refused")
    row = unit.connection.execute(query.order_by(c.decided_on.desc(), c.id.desc()).limit(1)).first()
    if row is None or row.notice_on is not None or sent_on < row.decided_on:
        return
    doors.change(unit, ReassessmentRequest, row, notice_on=sent_on)


def _amendments(unit: Unit, review: Any | None, sent_on: date) -> None:
    """The notice of amendments is what was sent: its own day is the review's, for as long as nothing has come
    of it.
    """
    if review is None or review.notice_on is None or review.final_on is not None:
        return
    if sent_on > review.notice_on:
        doors.change(unit, AnnualReview, review, notice_on=sent_on)


def _in_state(case: CaseFile, state: State) -> Any | None:
    return next((one for one in case.assessments if one.state == state.value), None)
