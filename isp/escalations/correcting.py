"""A day of the case put right: by a further step with its reason, and every date that follows from it.

The day of receipt has a deed of its own (``receipt``). Of an assessment, what hangs on the day is worked out
anew in the same deed: the family's fifteen days, how late the outcome was, the day of the first review. What
would put a thing before its cause is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from isp.access import gate
from isp.access.policy import Permission
from isp.audit import Event, Unit
from isp.ehcp.steps import Happened, StepCode, Subject, correct_step, steps_of
from isp.escalations import assessments, deadlines, queries, subjects
from isp.escalations import course as courses
from isp.escalations.course import Course, State
from isp.escalations.deadlines import Act
from isp.escalations.rows import change_request
from isp.escalations.trail import record
from isp.kernel.errors import Conflict, Invalid, NotFound

_DAYS: Mapping[StepCode, str] = {
    StepCode.ASSESSMENT_BEGUN: "told_on",
    StepCode.TO_ISSUE: "to_issue_on",
    StepCode.DRAFT_SENT: "draft_sent_on",
    StepCode.TO_CHANGE: "to_issue_on",
    StepCode.NO_PLAN: "outcome_on",
    StepCode.REASSESSED_SAME: "outcome_on",
    StepCode.REASSESSED: "outcome_on",
    StepCode.FINAL_ISSUED: "outcome_on",
    StepCode.ASSESSMENT_WITHDRAWN: "outcome_on",
    StepCode.ASSESSMENT_MOVED: "outcome_on",
    StepCode.DIED: "outcome_on",
}
_ALONE = frozenset(
    {
        StepCode.CONSIDERING_TOLD,
        StepCode.MEETING_HELD,
        StepCode.PANEL_HELD,
        StepCode.REPRESENTATIONS,
        StepCode.SETTING_ASKED,
        StepCode.MEETING_ASKED,
    }
)
"""Steps on whose day nothing else hangs."""


def chronology(unit: Unit, request_id: UUID) -> list[Happened]:
    """What happened in a case, in the order of the true days, its corrections beside it.

    For the authority: the words of the steps are opened. The caller records the view, the case's own.
    """
    row, _ = queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE)
    return _steps(unit, row)


def _steps(unit: Unit, row: Any) -> list[Happened]:
    """Those of this very case: an earlier one of the same child stays as it was, and shut."""
    case, _ = subjects.allowed(unit, row.id, Permission.ASSESSMENT_DECIDE)
    return [one for one in steps_of(unit, row.pupil_id, row.authority_id) if one.subject_id in case.ids]


def can_be_corrected(step: Happened) -> bool:
    """Whether a step's day is put right here."""
    return step.code in _ALONE or (step.subject is Subject.ASSESSMENT and step.code in _DAYS)


def correct(unit: Unit, request_id: UUID, step_id: UUID, on: date, reason: str) -> None:
    """Give the true day of a step, and why another was recorded. Raises Invalid, Conflict or NotFound."""
    row, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE, lock=True)
    found = next((one for one in _steps(unit, row) if one.id == step_id), None)
    if found is None:
        raise NotFound(gate.NO_PAGE)
    if not can_be_corrected(found):
        raise Conflict("This day is put right where it was recorded: the receipt, the advice or the dispute.")
    assessment = assessments.of_request(unit, request_id)
    if found.code in _DAYS:
        if assessment is None or found.subject_id != assessment.id:
            raise NotFound(gate.NO_PAGE)
        _move(unit, row, assessment, found, on)
    elif on < row.received_on:
        raise Invalid("Check the day.", {"on": "The day cannot be before the request was received."})
    by = may.person_id
    if by is None:
        raise NotFound(gate.NO_PAGE)
    correct_step(unit, step_id, on, reason, by=by)
    record(
        unit,
        may,
        Event.STEP_CORRECTED,
        request_id,
        row.pupil_id,
        row.authority_id,
        payload={"reason": reason.strip()},
        code=found.code.value,
        **{"from": found.on.isoformat(), "to": on.isoformat()},
    )


def _move(unit: Unit, row: Any, assessment: Any, found: Happened, on: date) -> None:
    """The day on the row of the assessment, and what follows from it."""
    before = courses.course_of(assessment)
    name = _DAYS[found.code]
    if getattr(before, name) != found.on:
        raise Conflict("Something has come of this day since, such as a second draft. It stays as it was.")
    moved: dict[str, Any] = {name: on}
    after = replace(before, **moved)
    counted: dict[str, Any] = {}
    if name == "draft_sent_on":
        after = replace(after, answers_until=courses.to_answer(after, on).on)
    courses.check_order(after)
    if after.state in (State.FINAL, State.NO_PLAN):
        told = queries.circumstances(unit, [row.id])[row.id]
        counted = assessments.counted(after, told)
    _move_plan(unit, assessment, before, after, counted)
    if after.state is State.NO_PLAN and name == "outcome_on" and not after.reassessment:
        if after.appealed_on is None and row.sight_until is not None:
            until = max(courses.appeal_limit(after, on).on, unit.today)
            change_request(unit, row, ended_on=on, sight_until=until)
        else:
            change_request(unit, row, ended_on=on)
    elif name == "outcome_on":
        change_request(unit, row, ended_on=on)
    assessments.save(unit, assessment, after, **counted)


def _move_plan(
    unit: Unit, assessment: Any, before: Course, after: Course, counted: Mapping[str, Any]
) -> None:
    plan = assessments.plan_of(unit, assessment)
    if plan is None:
        return
    if after.reassessment:
        # The plan is older than this: of its dates only that of its last amendment may be from here.
        if after.state is State.FINAL and plan.made_on == before.outcome_on:
            assessments.change_plan(unit, plan, made_on=after.outcome_on)
        return
    values: dict[str, Any] = {"draft_sent_on": after.draft_sent_on}
    if after.state is State.FINAL and after.outcome_on is not None and plan.last_review_on is None:
        values |= {
            "first_made_on": after.outcome_on,
            "made_on": after.outcome_on,
            "review_due_on": deadlines.due(Act.REVIEW, after.outcome_on).on,
            "days_late": counted["days_late"],
            "days_unexcused": counted["days_unexcused"],
            "excused": counted["excused"],
        }
    assessments.change_plan(unit, plan, **values)
