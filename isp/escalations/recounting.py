"""How late an outcome was, counted again once a day or an excuse that it was counted from turns out wrong.

The count stands with the assessment and with the plan that came of it; both are written at once, or the
authority's figures and its return would say two things. What stood there before stays in the trail.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from isp.access.gate import Decision
from isp.audit import Event, Unit
from isp.escalations import assessments
from isp.escalations import course as courses
from isp.escalations.course import Course, State
from isp.escalations.deadlines import Circumstance
from isp.escalations.trail import record

ENDED = (State.FINAL, State.NO_PLAN)
_COUNTS = ("days_late", "days_unexcused", "excused")


def recount(
    unit: Unit, decision: Decision, row: Any, assessment: Any, after: Course, told: Collection[Circumstance]
) -> None:
    """Keep an assessment as ``after`` says, with its count where it has ended. ``row``: of the request."""
    if after.state not in ENDED or assessment.days_late is None:
        assessments.save(unit, assessment, after)
        return
    counted = assessments.counted(after, told)
    same = all(getattr(assessment, name) == counted[name] for name in _COUNTS)
    if same and after == courses.course_of(assessment):
        return
    assessments.save(unit, assessment, after, **counted)
    # With the plan stands how late it was when it was first made, not when it was made anew.
    first = after.state is State.FINAL and not after.reassessment
    plan = assessments.plan_of(unit, assessment) if first else None
    if plan is not None:
        assessments.change_plan(unit, plan, **{name: counted[name] for name in _COUNTS})
    if not same:
        recounted(unit, decision, row, counted, assessment)


def recounted(unit: Unit, decision: Decision, row: Any, counted: Mapping[str, Any], before: Any) -> None:
    """Record that an outcome of a request was counted again; ``before``: the row with the count until now."""
    record(
        unit,
        decision,
        Event.LATENESS_RECOUNTED,
        row.id,
        row.pupil_id,
        row.authority_id,
        days_late=counted["days_late"],
        days_unexcused=counted["days_unexcused"],
        before=before.days_late,
        before_unexcused=before.days_unexcused,
        rules=counted["rules"],
    )
