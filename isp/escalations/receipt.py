"""The day on which a request was received, put right: both days are kept, and why the first was wrong.

While nothing is decided every date that runs from it is worked out anew. Afterwards it is as well, and the
count of the days by which the decision was late is made again as a deed of its own, with the count before it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Event, Unit
from isp.ehcp import steps
from isp.ehcp.steps import StepCode, Subject
from isp.escalations import course as courses
from isp.escalations import deadlines, queries, recounting, rules, stages
from isp.escalations.kept import check_shown
from isp.escalations.models import Assessment
from isp.escalations.rows import change_request
from isp.escalations.trail import record
from isp.kernel.clock import civil_day
from isp.kernel.db import table_of
from isp.notices.actions import tell
from isp.register import pupils

ASSESSMENTS = table_of(Assessment)


def correct_receipt(
    unit: Unit, request_id: UUID, received_on: date, reason: str, *, shown: int | None = None
) -> None:
    """Say on which day a request was truly received, and why another day was recorded.

    Raises Invalid for a day that cannot be or is on record already, Conflict where it was withdrawn.
    """
    row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE, lock=True)
    check_shown(row, shown)
    rules.check_receipt(
        row,
        received_on,
        reason,
        born_on=pupils.name(unit, row.pupil_id).born_on,
        recorded_on=civil_day(row.recorded_at),
        today=unit.today,
    )
    move(unit, row, decision, received_on, reason)
    told = [row.made_by] + ([row.officer_id] if row.officer_id else [])
    tell(unit, [one for one in told if one != decision.person_id], "assessment_dates_changed", row.pupil_id)


def move(unit: Unit, row: Any, decision: Decision, received_on: date, reason: str) -> None:
    """Put another day of receipt in place of a request's, with all that follows from it; told in the trail.

    For deeds that have checked the day. The row's version moves on by one.
    """
    by = decision.person_id or row.made_by
    steps.correct_step(unit, _received(unit, row), received_on, reason, by=by)
    counted = _counts(unit, row, received_on) if row.decided_on is not None else {}
    # Received on another day, it started under the rules of that one.
    version = {"rules": deadlines.rules_on(received_on).version}
    change_request(unit, row, received_on=received_on, **(version | counted))
    _move_assessment(unit, row, decision, received_on)
    record(
        unit,
        decision,
        Event.RECEIPT_CORRECTED,
        row.id,
        row.pupil_id,
        row.authority_id,
        payload={"reason": reason.strip()},
        **{"from": row.received_on.isoformat(), "to": received_on.isoformat()},
    )
    if counted:
        recounting.recounted(unit, decision, row, counted, row)


def _received(unit: Unit, row: Any) -> UUID:
    """The step of the receipt; of a request from before there were steps it is noted now, as it stood."""
    c = steps.STEPS.c
    query = select(c.id).where(
        c.subject_id == row.id, c.code == StepCode.REQUESTED.value, c.corrects_id.is_(None)
    )
    found: UUID | None = unit.connection.scalar(query.order_by(c.recorded_at, c.id).limit(1))
    if found is not None:
        return found
    made = steps.note_step(
        unit,
        row.pupil_id,
        row.authority_id,
        Subject.REQUEST,
        row.id,
        StepCode.REQUESTED,
        row.received_on,
        by=row.made_by,
    )
    unit.session.flush()
    return made


def _counts(unit: Unit, row: Any, received_on: date) -> dict[str, Any]:
    """How late the decision was, counted from the day that is right, under the rules of that day."""
    told = queries.circumstances(unit, [row.id])[row.id]
    return stages.decision_counts(received_on, row.decided_on, told)


def _move_assessment(unit: Unit, row: Any, decision: Decision, received_on: date) -> None:
    """What runs or ran from the day of receipt runs from the right one, and an outcome is counted again."""
    c = ASSESSMENTS.c
    found = unit.connection.execute(
        select(ASSESSMENTS).where(c.request_id == row.id, c.clock_from == row.received_on)
    ).first()
    if found is not None:
        told = queries.circumstances(unit, [row.id])[row.id]
        rules_then = deadlines.rules_on(received_on).version
        after = replace(courses.course_of(found), clock_from=received_on, rules=rules_then)
        recounting.recount(unit, decision, row, found, after, told)
