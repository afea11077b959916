"""What is due next in a case, by when and by whom. Pure: from its rows.

The answer is stored (``case_duty``) so that eight thousand cases can be listed by their next date, and it
must not grow stale: what changes with the days is given in days (``waits_until``, ``turns_on``,
``lapses_on``).
Requests, assessments, plans and reviews each have at most one duty; one that runs within another (a request
whose assessment has begun, a plan whose review is on) has none of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from isp.escalations import course as courses
from isp.escalations import deadlines, stages
from isp.escalations.deadlines import Act, Bound, Circumstance, Due

NO_DAY = date.max
"""Of a duty for which no date runs."""
REQUEST, ASSESSMENT, PLAN, REVIEW = "request", "assessment", "plan", "review"
SUBJECT_WORDS = {
    REQUEST: "EHC needs assessment requests",
    ASSESSMENT: "Assessments",
    PLAN: "EHC plans",
    REVIEW: "Annual reviews",
}
AUTHORITY, SCHOOL, FAMILY, TRIBUNAL, NOBODY = "authority", "school", "family", "tribunal", "nobody"
ON_OUR_SIDE = frozenset({AUTHORITY, SCHOOL})
"""Whoever the law holds to the date; a family's own time can be let go by."""
DUTY_STAGES = {one.value: stages.STAGE_WORDS[one] for one in stages.Stage if one not in stages.OVER} | {
    "in_force": "Plan in force",
    "ceasing": "Plan ceasing, and an appeal is possible",
    "review_due": "Review to be held",
    "review_invited": "Review meeting set",
    "review_held": "Review held, report to come",
    "review_reported": "Review to be decided",
    "review_amending": "Plan being amended",
}
_SOON = timedelta(days=14)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Duty:
    """What is due next about one request, assessment, plan or review."""

    subject: str
    subject_id: UUID
    stage: str
    due_on: date
    turn: str
    act: str | None
    case_id: UUID | None = None
    """The request that the case began with; None where it came from elsewhere."""
    plan_id: UUID | None = None
    officer_id: UUID | None = None
    reference: str | None = None
    waits_until: date | None = None
    """Up to this day the family's time runs, before whoever's turn it is can go on."""
    turns_on: date | None = None
    """From this day another date runs, though nothing has happened: it is worked out anew."""
    lapses_on: date | None = None
    """The last day on which it counts: the time to appeal passes by itself."""


def turn_on(duty: Any, today: date) -> str:
    """Whose turn it is on a day."""
    waits = duty.waits_until is not None and today <= duty.waits_until
    return FAMILY if waits else str(duty.turn)


def is_pressing(duty: Any, today: date) -> bool:
    """Whether a date of the law is past or near, on the authority's or a school's side."""
    return bool(duty.turn in ON_OUR_SIDE and duty.due_on < today + _SOON)


def is_late(duty: Any, today: date) -> bool:
    """Whether a date of the law is past, on the authority's or a school's side."""
    return bool(duty.turn in ON_OUR_SIDE and duty.due_on < today)


def duties(
    requests: Sequence[Any],
    assessments: Sequence[Any],
    plans: Sequence[Any],
    reviews: Sequence[Any],
    told: Collection[Circumstance],
    today: date,
) -> list[Duty]:
    """The duties of one child at one authority, from the rows of its tables. ``told``: what moves dates.

    ``today`` chooses between two days of an assessment alone (``turns_on``).
    """
    found: list[Duty | None] = []
    began = {row.request_id for row in assessments if row.request_id is not None}
    named = {row.id: row for row in requests}
    found += [of_request(row, told) for row in requests if row.id not in began]
    by_plan = {row.plan_id: row for row in assessments if row.plan_id is not None}
    for row in assessments:
        request = named.get(row.request_id)
        held = of_assessment(row, told, today, request.sight_until if request is not None else None)
        if held is not None and request is not None:
            held = replace(held, officer_id=request.officer_id, reference=request.reference)
        found.append(held)
    open_assessment = any(one is not None and one.subject == ASSESSMENT for one in found)
    under_review = {row.plan_id for row in reviews if row.state in _REVIEWS}
    held_plans = {row.id: row for row in plans}
    for row in plans:
        if row.id in under_review or (open_assessment and row.state in ("drafting", "draft_sent")):
            continue
        found.append(_with_plan(of_plan(row), row, by_plan))
    for row in reviews:
        plan = held_plans.get(row.plan_id)
        if plan is not None and plan.state == "in_force":
            found.append(_with_plan(of_review(row, plan), plan, by_plan))
    return [one for one in found if one is not None]


def _with_plan(held: Duty | None, plan: Any, by_plan: dict[UUID, Any]) -> Duty | None:
    if held is None:
        return None
    origin = by_plan.get(plan.id)
    return replace(
        held,
        plan_id=plan.id,
        case_id=origin.request_id if origin is not None else None,
        officer_id=plan.officer_id,
        reference=plan.reference,
    )


def of_request(row: Any, told: Collection[Circumstance]) -> Duty | None:
    """Of a request: its decision; the assessment while none is on record; the time to appeal; an appeal."""
    if row.ended_on is not None:
        return None
    common: dict[str, Any] = {
        "subject": REQUEST,
        "subject_id": row.id,
        "case_id": row.id,
        "officer_id": row.officer_id,
        "reference": row.reference,
    }
    if row.status in stages.OPEN:
        # The day asked about does not matter while a request is open: both have one date, at any time.
        stands = stages.standpoint(row, row.received_on, told)
        return Duty(**common, **_dated(stands.due), stage=stands.stage.value, turn=AUTHORITY)
    if row.status != stages.REFUSED or row.decided_on is None:
        return None
    if row.appealed_on is not None:
        if row.appeal_closed_on is not None:
            return None
        return Duty(**common, **_dated(None), stage="appeal", turn=TRIBUNAL)
    if row.sight_until is None:
        return None
    due = deadlines.appeal_due(row.decided_on)
    return Duty(**common, **_dated(due), stage="may_appeal", turn=FAMILY, lapses_on=row.sight_until)


def of_assessment(
    row: Any, told: Collection[Circumstance], today: date, appeal_until: date | None = None
) -> Duty | None:
    """Of an assessment: what its course asks for next (``course.duty``), by the days that bind.

    A day that is only usual is passed over for the final plan's. Sixteen weeks bind while there may be no
    plan; once they have passed the final plan's day does, and the row says from when (``turns_on``).
    """
    course = courses.course_of(row)
    if appeal_until is not None and row.state == "no_plan":
        course = replace(course, appeal_until=appeal_until)
    found = courses.duty(course, today, told)
    if found is None:
        return None
    common: dict[str, Any] = {
        "subject": ASSESSMENT,
        "subject_id": row.id,
        "case_id": row.request_id,
        "plan_id": row.plan_id,
    }
    if row.state == "no_plan":
        if found.turn == TRIBUNAL:
            return Duty(**common, **_dated(None), stage="no_plan_appeal", turn=TRIBUNAL)
        lapses = found.due.on if found.due else None
        return Duty(**common, **_dated(found.due), stage="no_plan_may_appeal", turn=FAMILY, lapses_on=lapses)
    final = stages.dated(course.limits.final, course.start, told)
    due = found.due if found.due is not None and found.due.bound is Bound.AT_MOST else final
    return Duty(
        **common,
        **_dated(due),
        stage=_STATES[row.state],
        turn=AUTHORITY,
        waits_until=row.answers_until if row.state == "draft_sent" and row.answered_on is None else None,
        turns_on=due.on + _DAY if due.on < final.on and course.told_on is not None else None,
    )


_STATES = {"advising": "assessing", "drafting": "drafting", "draft_sent": "draft_sent"}


def of_plan(row: Any) -> Duty | None:
    """Of a plan: its next review, at a change of phase before the day that regulation 18 names."""
    if row.state == "in_force":
        due = _first(_review(row), _phase(row.phase_transfer, row.phase_transfer_year, row.last_review_on))
        return Duty(PLAN, row.id, stage="in_force", turn=AUTHORITY, **due)
    if row.state == "ceasing" and row.cease_decided_on is not None:
        ends = deadlines.appeal_due(row.cease_decided_on)
        return Duty(PLAN, row.id, stage="ceasing", turn=FAMILY, **_dated(ends))
    if row.state in ("drafting", "draft_sent"):
        return Duty(PLAN, row.id, stage=row.state, turn=AUTHORITY, **_dated(None))
    return None


def _review(row: Any) -> dict[str, Any]:
    if row.review_due_on is not None:
        return {"due_on": row.review_due_on, "act": Act.REVIEW.value}
    start = row.last_review_on or row.made_on or row.first_made_on
    return _dated(deadlines.due(Act.REVIEW, start) if start is not None else None)


def _phase(kind: str | None, year: int | None, reviewed_on: date | None) -> dict[str, Any]:
    if kind is None or year is None:
        return _dated(None)
    due = deadlines.phase_due(Act.PHASE_POST_16 if kind == "post16" else Act.PHASE, year)
    # Reviewed within the year before that day: the transfer has been seen to.
    return _dated(None if reviewed_on is not None and reviewed_on > due.on - timedelta(days=365) else due)


def _first(*given: dict[str, Any]) -> dict[str, Any]:
    return min(given, key=lambda one: one["due_on"])


_REVIEWS = ("due", "invited", "held", "reported", "amending")


def of_review(row: Any, plan: Any) -> Duty | None:
    """Of a review: the meeting, its report (regulation 20(8)), the decision (20(10)), the amended plan."""
    if row.state not in _REVIEWS:
        return None
    due: dict[str, Any]
    turn, stage = AUTHORITY, f"review_{row.state}"
    if row.state in ("due", "invited"):
        turn = SCHOOL if row.school_id is not None else AUTHORITY
        phase = row.kind in ("phase_post16", "phase_other")
        named = row.kind.removeprefix("phase_") if phase else None
        due = _first(
            {"due_on": row.due_on, "act": Act.REVIEW.value},
            _phase(named, plan.phase_transfer_year if phase else None, None),
        )
    elif row.state == "held" and row.meeting_on is not None:
        turn = SCHOOL if row.school_id is not None else AUTHORITY
        due = _dated(deadlines.due(Act.REPORT, row.meeting_on))
    elif row.state == "reported" and row.meeting_on is not None:
        due = _dated(deadlines.due(Act.REVIEW_DECISION, row.meeting_on))
    elif row.notice_on is not None:
        due = _dated(deadlines.due(Act.AMENDED_PLAN, row.notice_on))
    elif row.meeting_on is not None:
        due = _dated(deadlines.due(Act.AMENDMENT_NOTICE, row.meeting_on))
    else:
        due = _dated(None)
    return Duty(REVIEW, row.id, stage=stage, turn=turn, **due)


def _dated(due: Due | None) -> dict[str, Any]:
    return {"due_on": due.on if due else NO_DAY, "act": due.act.value if due else None}
