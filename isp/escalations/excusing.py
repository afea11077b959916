"""Why a date of the law could not be kept: recorded with its evidence, and taken back where it was wrong.

A circumstance belongs to the case and moves every date that the law lets it move; the duty stays, and so does
the day that the law names. It is recorded before the thing itself is done: a decision keeps both counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Event, Unit
from isp.audit.unit import MOVED_ON
from isp.escalations import advice_queries, assessments, deadlines, queries, recounting, stages
from isp.escalations import course as courses
from isp.escalations.course import Course
from isp.escalations.deadlines import EXCUSES, Circumstance, Due
from isp.escalations.models import AssessmentRequest, CaseCircumstance
from isp.escalations.trail import record
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf


def dates_to_keep(
    request: stages.State, asked: Iterable[date] = (), course: Course | None = None
) -> list[tuple[Due, Any]]:
    """The dates of a case that are still to be kept and that the law may excuse, with their first day.

    ``asked``: the days on which advice was asked for that is still to come. ``course``: of the assessment
    that has begun: after an order, or giving way, the limits of that run and its own excuses (44(3), 45), and
    of a re-assessment its own (27(3)).
    """
    if course is not None and (course.ordered is not None or course.reassessment):
        acts = courses.acts_to_keep(course)
    elif request.status == stages.PENDING:
        acts = [(deadlines.Act.DECIDE, request.received_on), (deadlines.Act.FINAL_PLAN, request.received_on)]
    elif request.status != stages.AGREED:
        acts = []
    elif request.appeal_closed_on is not None:
        following = stages.after_appeal(request)
        acts = [(act, request.appeal_closed_on) for act in (following.no_plan, following.final_plan)]
    else:
        acts = [(act, request.received_on) for act in (deadlines.Act.NO_PLAN, deadlines.Act.FINAL_PLAN)]
    acts += [(deadlines.Act.ADVICE, on) for on in asked] if request.status == stages.AGREED else []
    version = course.rules if course is not None else request.rules
    return [(deadlines.due(act, start, version=version), start) for act, start in acts]


def codes_for(request: stages.State, asked: Iterable[date] = (), course: Course | None = None) -> list[str]:
    """The circumstances that the law names for any of the dates that are still to be kept."""
    dates = dates_to_keep(request, asked, course)
    named = {one.code for due, start in dates for one in deadlines.excusable(due, start)}
    return [code for code in EXCUSES if code in named]


def record_circumstance(
    unit: Unit, request_id: UUID, told: Circumstance, *, reason: str, evidence: str
) -> UUID:
    """Record what excuses a date of this case; its id. Invalid where it excuses none, Conflict if none runs.

    ``reason``: why the date could not be kept because of it; ``evidence``: what shows it.
    """
    row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE, lock=True)
    assessment = assessments.of_request(unit, request_id)
    course = courses.course_of(assessment) if assessment is not None else None
    dates = dates_to_keep(row, advice_queries.asked_since(unit, request_id), course)
    if not dates:
        raise Conflict("No date runs in this case any more, so there is none to excuse.")
    found = [deadlines.problems(due, start, told) for due, start in dates]
    errors = {} if any(not one for one in found) else dict(found[0])
    if told.begins > unit.today:
        errors["begins"] = "This day is still to come. Record what has happened."
    if not reason.strip():
        errors["reason"] = "Say why the date could not be kept because of this."
    if not evidence.strip():
        errors["evidence"] = "Say what shows it: a letter, a call, a published calendar."
    if errors:
        raise Invalid("Some of this needs another look.", errors)
    if told in queries.circumstances(unit, [request_id])[request_id]:
        raise Conflict("This is recorded already. Look at the case.")
    circumstance_id = new_id()
    words = {"reason": reason.strip(), "evidence": evidence.strip()}
    unit.insert(
        CaseCircumstance,
        id=circumstance_id,
        request_id=request_id,
        pupil_id=row.pupil_id,
        code=told.code,
        begins=told.begins,
        ends=told.ends,
        asked_on=told.asked_on,
        recorded_at=unit.now,
        recorded_by=decision.person_id,
        taken_back_at=None,
        taken_back_by=None,
        sealed=unit.keys.seal(KeyOf.pupil(row.pupil_id), queries.place_of(circumstance_id), words),
    )
    asked = told.asked_on.isoformat() if told.asked_on else None
    record(
        unit,
        decision,
        Event.CIRCUMSTANCE_RECORDED,
        request_id,
        row.pupil_id,
        row.authority_id,
        payload={"circumstance": str(circumstance_id), "asked_on": asked, **words},
        code=told.code,
        **{"from": told.begins.isoformat(), "to": told.ends.isoformat()},
    )
    return circumstance_id


def take_back(unit: Unit, request_id: UUID, circumstance_id: UUID, *, reason: str) -> None:
    """It was not so, or not of this case: the dates are what they were. ``reason`` goes to the trail."""
    row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE, lock=True)
    c = queries.CIRCUMSTANCES.c
    query = select(queries.CIRCUMSTANCES).where(c.id == circumstance_id, c.request_id == request_id)
    held = unit.connection.execute(query).first()
    if held is None:
        raise NotFound(gate.NO_PAGE)
    if held.taken_back_at is not None:
        raise Conflict("This has been taken back already.")
    if not reason.strip():
        raise Invalid("Some of this needs another look.", {"reason": "Say why it is taken back."})
    unit.change(
        CaseCircumstance,
        {"id": circumstance_id, "taken_back_at": None},
        MOVED_ON,
        taken_back_at=unit.now,
        taken_back_by=decision.person_id,
    )
    if row.days_unexcused is not None:
        _count_again(unit, row, decision, held)
    _count_outcome_again(unit, row, decision, held)
    record(
        unit,
        decision,
        Event.CIRCUMSTANCE_TAKEN_BACK,
        request_id,
        row.pupil_id,
        row.authority_id,
        payload={"circumstance": str(circumstance_id), "reason": reason.strip()},
        code=held.code,
    )


def _count_outcome_again(unit: Unit, row: Any, decision: Decision, gone: Any) -> None:
    """How late the outcome of the assessment was, without what is taken back; with the plan as well."""
    assessment = assessments.of_request(unit, row.id)
    if assessment is not None:
        after = courses.course_of(assessment)
        recounting.recount(unit, decision, row, assessment, after, _left(unit, row, gone))


def _left(unit: Unit, row: Any, gone: Any) -> list[Circumstance]:
    return [one for one in queries.circumstances(unit, [row.id])[row.id] if one != queries.circumstance(gone)]


def _count_again(unit: Unit, row: Any, decision: Decision, gone: Any) -> None:
    """How late the decision was, without what is taken back: never less than was counted when it was made."""
    counts = stages.decision_counts(row.received_on, row.decided_on, _left(unit, row, gone), row.rules)
    late = max(row.days_unexcused, counts["days_unexcused"])
    if late != row.days_unexcused:
        where = {"id": row.id, "row_version": row.row_version}
        unit.change(AssessmentRequest, where, MOVED_ON, days_unexcused=late)
        counted = {"days_late": row.days_late, "days_unexcused": late, "rules": row.rules}
        recounting.recounted(unit, decision, row, counted, row)
