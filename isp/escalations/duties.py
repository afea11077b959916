"""What is due next in a case, by when and by whom. Pure: from its rows.

The answer is stored (``case_duty``) so that eight thousand cases can be listed by their next date, and it
must not grow stale: what changes with the days is given in days (``waits_until``, ``turns_on``,
``lapses_on``).
Each row of a case has at most one duty; one that runs within another (a request whose assessment has begun or
whose refusal is under appeal, a plan whose review is on) has none of its own. What runs beside the course of
a case (a dispute, an order, a move) is in ``beside``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from isp.escalations import ages, alongside, beside, deadlines, disputes, stages
from isp.escalations import course as courses
from isp.escalations import upkeep_clock as clock
from isp.escalations.beside import Beside
from isp.escalations.deadlines import Act, Bound, Circumstance
from isp.escalations.duty import (
    ASSESSMENT,
    AUTHORITY,
    DUTY_STAGES,
    FAMILY,
    NO_DAY,
    ON_OUR_SIDE,
    PLAN,
    REQUEST,
    REVIEW,
    SCHOOL,
    SUBJECT_WORDS,
    TRIBUNAL,
    TURN_WORDS,
    Duty,
    dated,
    is_late,
    is_pressing,
    turn_on,
)

__all__ = [
    "DUTY_STAGES",
    "FAMILY",
    "NO_DAY",
    "ON_OUR_SIDE",
    "REQUEST",
    "SUBJECT_WORDS",
    "TURN_WORDS",
    "Duty",
    "duties",
    "is_late",
    "is_pressing",
    "turn_on",
]

_DAY = timedelta(days=1)
NOTHING = Beside()


def duties(
    requests: Sequence[Any],
    assessments: Sequence[Any],
    plans: Sequence[Any],
    reviews: Sequence[Any],
    told: Collection[Circumstance],
    today: date,
    rows: Beside = NOTHING,
) -> list[Duty]:
    """The duties of one child at one authority, from the rows of its tables. ``told``: what moves dates.

    ``rows``: what runs beside the course of the case. ``today`` chooses between two days of one row alone
    (``turns_on``).
    """
    found: list[Duty | None] = []
    began = {row.request_id for row in assessments if row.request_id is not None}
    appealed = [row for row in rows.disputes if row.state == "open" and row.kind == "appeal"]
    disputed = {row.subject_id for row in appealed}
    to_go_on = {row.subject_id for row in appealed if row.about == "cease"}
    mediated = {row.subject_id for row in rows.disputes if row.state == "open" and row.about == "cease"}
    named = {row.id: row for row in requests}
    held_plans = {row.id: row for row in plans}
    by_plan = {
        row.plan_id: row for row in assessments if row.plan_id is not None and row.request_id is not None
    }
    found += [of_request(row, told) for row in requests if row.id not in began and row.id not in disputed]
    found += [alongside.of_notice(row, rows.noticed) for row in requests if row.id not in began]
    for row in assessments:
        if row.id in disputed:
            continue
        request = named.get(row.request_id)
        if request is None and row.plan_id in held_plans:
            held = of_assessment(row, rows.told.get(row.plan_id, ()), today)
            found.append(_with_plan(held, held_plans[row.plan_id], by_plan))
            continue
        held = of_assessment(row, told, today)
        if held is not None and request is not None:
            held = replace(held, officer_id=request.officer_id, reference=request.reference)
        found.append(held)
    to_end = {row.plan_id for row in rows.orders if row.act == Act.ORDER_CEASE and row.done_on is None}
    open_assessment = any(one is not None and one.subject == ASSESSMENT for one in found)
    under_review = {row.plan_id for row in reviews if row.state in _REVIEWS}
    for row in plans:
        if row.id in under_review and row.state == "in_force":
            continue
        if (open_assessment and row.state in ("drafting", "draft_sent")) or (
            row.state == "ceasing" and row.id in to_go_on
        ):
            continue
        held = of_plan(row, today, rows.ceasing.get(row.id), rows, ordered=row.id in to_end)
        if held is not None and held.stage == "ceasing_over" and row.id in mediated:
            continue
        found.append(_with_plan(held, row, by_plan))
    for row in reviews:
        plan = held_plans.get(row.plan_id)
        if plan is not None and plan.state == "in_force":
            found.append(_with_plan(of_review(row, plan, today, rows.year_group), plan, by_plan))
    for row in rows.disputes:
        found += _of_dispute(row, rows, named, assessments, held_plans, today)
    found += beside.of_advice(rows, requests, assessments, told)
    found += [_with_plan(held, plan, by_plan) for held, plan in beside.of_plans(held_plans, rows, today)]
    found += [_with_plan(held, plan, by_plan) for held, plan in alongside.of_plans(held_plans, rows, today)]
    return [one for one in found if one is not None]


def _of_dispute(
    row: Any,
    rows: Beside,
    requests: Mapping[UUID, Any],
    assessments: Sequence[Any],
    plans: Mapping[UUID, Any],
    today: date,
) -> list[Duty]:
    """Of a dispute, with the case that it is about: of a request, of its assessment, or of the plan."""
    plan = plans.get(row.subject_id)
    if row.subject == "plan" and (plan is None or plan.state == "ended"):
        return []
    version = disputes.version_of(row, requests.values(), assessments, rows.reassessments)
    sent_on = disputes.sent_on(row, requests.values(), assessments, rows.reassessments, rows.ceasing.values())
    held = (
        beside.of_dispute(row, rows.disputes, today, version, sent_on),
        alongside.of_health(row, version),
    )
    of = {one.id: one for one in assessments} | {one.plan_id: one for one in assessments if one.request_id}
    request = requests.get(row.subject_id)
    if request is None and row.subject_id in of:
        request = requests.get(of[row.subject_id].request_id)
    case = request or plan
    about: dict[str, Any] = {
        "case_id": request.id if request is not None else None,
        "plan_id": plan.id if plan is not None else None,
        "officer_id": plan.officer_id if plan is not None else case.officer_id if case is not None else None,
        "reference": case.reference if case is not None else None,
    }
    return [replace(one, **about) for one in held if one is not None]


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
        return Duty(**common, **dated(stands.due), stage=stands.stage.value, turn=AUTHORITY)
    if row.status != stages.REFUSED or row.decided_on is None:
        return None
    if row.appealed_on is not None:
        if row.appeal_closed_on is not None:
            return None
        return Duty(**common, **dated(None), stage="appeal", turn=TRIBUNAL)
    if row.sight_until is None:
        return None
    due = stages.appeal_limit(row)
    if due is None:
        return None
    return Duty(**common, **dated(due), stage="may_appeal", turn=FAMILY, lapses_on=due.on)


def of_assessment(row: Any, told: Collection[Circumstance], today: date) -> Duty | None:
    """Of an assessment: what its course asks for next (``course.duty``), by the days that bind.

    A day that is only usual is passed over for the final plan's. Sixteen weeks bind while there may be no
    plan; once they have passed the final plan's day does, and the row says from when (``turns_on``).
    """
    course = courses.course_of(row)
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
            return Duty(**common, **dated(None), stage="no_plan_appeal", turn=TRIBUNAL)
        lapses = found.due.on if found.due else None
        stage = "unchanged_may_appeal" if course.reassessment else "no_plan_may_appeal"
        return Duty(**common, **dated(found.due), stage=stage, turn=FAMILY, lapses_on=lapses)
    final = stages.dated(course.limits.final, course.start, told, course.rules)
    due = found.due if found.due is not None and found.due.bound is Bound.AT_MOST else final
    return Duty(
        **common,
        **dated(due),
        stage=_STATES[row.state],
        turn=AUTHORITY,
        waits_until=row.answers_until if row.state == "draft_sent" and row.answered_on is None else None,
        turns_on=due.on + _DAY if due.on < final.on and course.told_on is not None else None,
    )


_STATES = {"advising": "assessing", "drafting": "drafting", "draft_sent": "draft_sent"}


def of_plan(
    row: Any, today: date, ending: Any | None = None, child: Beside = NOTHING, *, ordered: bool = False
) -> Duty | None:
    """Of a plan: its next review, at a change of phase before the day that regulation 18 names.

    Of one that is to cease: the family's time to appeal, and after it the authority says that it has ended;
    at once where the Tribunal ordered that it ceases (``ordered``). ``ending``: the row of its end, which
    says under which rules it is, and when the letter was sent.
    ``child``: her year group may tell a change of phase; with the year of the 25th birthday its end by age is
    due beside (``alongside.of_age``).
    """
    if row.state == "in_force":
        moves = clock.phase_for(row, child.year_group, today)
        due = _first(_review(row), _phase(moves, row.last_review_on))
        begins = ages.year_begins(child.born_on) if child.born_on is not None else None
        turns = [day for day in (begins, _year_turns(row, moves)) if day is not None and day > today]
        return Duty(PLAN, row.id, stage="in_force", turn=AUTHORITY, turns_on=min(turns, default=None), **due)
    if row.state == "ceasing" and row.cease_decided_on is not None:
        considered_on = ending.considering_on if ending is not None else None
        version = deadlines.rules_on(considered_on or row.cease_decided_on).version
        start = deadlines.counts_from(row.cease_decided_on, ending.notice_on if ending is not None else None)
        ends = deadlines.appeal_due(start, row.cease_certificate_on, version=version)
        if ends.on < today or ordered:
            return Duty(PLAN, row.id, stage="ceasing_over", turn=AUTHORITY, **dated(None))
        return Duty(PLAN, row.id, stage="ceasing", turn=FAMILY, turns_on=ends.on + _DAY, **dated(ends))
    if row.state in ("drafting", "draft_sent"):
        return Duty(PLAN, row.id, stage=row.state, turn=AUTHORITY, **dated(None))
    return None


def _review(row: Any) -> dict[str, Any]:
    if row.review_due_on is not None:
        return {"due_on": row.review_due_on, "act": Act.REVIEW.value}
    return dated(clock.review_due(row))


def _phase(moves: tuple[str, int] | None, reviewed_on: date | None) -> dict[str, Any]:
    """The day of regulation 18 of a child who changes phase: kind and year."""
    if moves is None:
        return dated(None)
    kind, year = moves
    # Reviewed in the school year at whose end the child moves: the transfer has been seen to.
    seen_to = reviewed_on is not None and reviewed_on >= date(year - 1, clock.SEPTEMBER, 1)
    return dated(None if seen_to else clock.phase_due(kind, year))


def _year_turns(plan: Any, moves: tuple[str, int] | None) -> date | None:
    """With the school year a change of phase that only the year group tells is over, or another's."""
    said = moves is not None and moves == (plan.phase_transfer, plan.phase_transfer_year)
    return date(moves[1], clock.SEPTEMBER, 1) if moves is not None and not said else None


def _first(*given: dict[str, Any]) -> dict[str, Any]:
    return min(given, key=lambda one: one["due_on"])


_REVIEWS = ("due", "invited", "held", "reported", "amending")


def of_review(row: Any, plan: Any, today: date, year_group: str | None = None) -> Duty | None:
    """Of a review: the invitations, the papers, the meeting, its report, the decision, the amended plan.

    ``upkeep_clock`` says which; past the day of the meeting nobody waits for the papers any more.
    """
    if row.state not in _REVIEWS:
        return None
    following = clock.next_of(row, plan, at_school=row.school_id is not None, today=today)
    # Whatever kind of review it is: a child who changes phase has his plan amended before the day for that.
    moves = clock.phase_for(plan, year_group, today) if row.kind != clock.CHANGE else None
    due = _first(dated(following.due), _phase(moves, None))
    waits_for_papers = row.state == clock.INVITED and row.papers_sent_on is None and today <= row.meeting_on
    return Duty(
        REVIEW,
        row.id,
        stage=f"review_{row.state}",
        turn=SCHOOL if following.turn == "school" else AUTHORITY,
        turns_on=row.meeting_on + _DAY if waits_for_papers else _year_turns(plan, moves),
        **due,
    )
