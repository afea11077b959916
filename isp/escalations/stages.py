"""Where a case stands, which date is next, and whose turn it is. Pure: from the rows and today.

Up to its decision a case goes by its request; from the authority's yes on, by its assessment (``course``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from isp.escalations import course as courses
from isp.escalations import deadlines
from isp.escalations.course import Course
from isp.escalations.course import State as Phase
from isp.escalations.deadlines import Act, Bound, Circumstance, Due, moved

PENDING, AGREED, REFUSED, WITHDRAWN = "pending", "agreed", "refused", "withdrawn"
OPEN = frozenset({PENDING, AGREED})


class State(Protocol):
    """The dates and codes of a request that the rules go by; a row of ``assessment_request`` is one."""

    @property
    def status(self) -> str: ...
    @property
    def received_on(self) -> date: ...
    @property
    def decided_on(self) -> date | None: ...
    @property
    def days_late(self) -> int | None: ...
    @property
    def days_unexcused(self) -> int | None: ...
    @property
    def sight_until(self) -> date | None: ...
    @property
    def notice_on(self) -> date | None: ...
    @property
    def certificate_on(self) -> date | None: ...
    @property
    def rules(self) -> str | None: ...
    @property
    def reassesses(self) -> UUID | None: ...
    @property
    def ended_on(self) -> date | None: ...
    @property
    def ended_why(self) -> str | None: ...
    @property
    def appealed_on(self) -> date | None: ...
    @property
    def appeal_closed_on(self) -> date | None: ...
    @property
    def appeal_result(self) -> str | None: ...


class Stage(StrEnum):
    """Where a case stands today."""

    DECIDING = "deciding"
    ASSESSING = "assessing"
    DRAFTING = "drafting"
    DRAFT_SENT = "draft_sent"
    NO_PLAN_MAY_APPEAL = "no_plan_may_appeal"
    NO_PLAN_APPEAL = "no_plan_appeal"
    MAY_APPEAL = "may_appeal"
    APPEAL = "appeal"
    PLAN_MADE = "plan_made"
    NO_PLAN = "no_plan"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    DIED = "died"


CLOSED = frozenset({Stage.NO_PLAN, Stage.REFUSED, Stage.WITHDRAWN, Stage.MOVED, Stage.DIED})
"""Nothing more is to be done in the case, and the authority sees nothing of the record."""
OVER = CLOSED | {Stage.PLAN_MADE, Stage.UNCHANGED}
"""The course from request to plan is at its end; of a plan that was made, its reviews go on."""
STAGE_WORDS: Mapping[Stage, str] = {
    Stage.DECIDING: "Deciding whether to assess",
    Stage.ASSESSING: "Assessment agreed",
    Stage.DRAFTING: "Writing the draft plan",
    Stage.DRAFT_SENT: "Draft plan with the family",
    Stage.NO_PLAN_MAY_APPEAL: "No plan, and an appeal is possible",
    Stage.NO_PLAN_APPEAL: "No plan, and under appeal",
    Stage.MAY_APPEAL: "Refused, and an appeal is possible",
    Stage.APPEAL: "Refused, and under appeal",
    Stage.PLAN_MADE: "EHC plan made",
    Stage.NO_PLAN: "No plan",
    Stage.UNCHANGED: "Assessed again, and the plan stays as it is",
    Stage.REFUSED: "Refused",
    Stage.WITHDRAWN: "Withdrawn",
    Stage.MOVED: "Moved to another authority",
    Stage.DIED: "Ended: the child or young person has died",
}


@dataclass(frozen=True, slots=True)
class Standpoint:
    """A case's stage, the next date (None where none runs), and whose turn it is."""

    stage: Stage
    due: Due | None
    turn: str
    """authority, family, tribunal or nobody"""

    def is_late(self, today: date) -> bool:
        """Whether the authority has let its day go by."""
        return self._binds and self.due is not None and self.due.on < today

    @property
    def _binds(self) -> bool:
        """What is only usual by a day is never late."""
        return self.turn == "authority" and self.due is not None and self.due.bound is Bound.AT_MOST


_PHASES: Mapping[Phase, Stage] = {
    Phase.ADVISING: Stage.ASSESSING,
    Phase.DRAFTING: Stage.DRAFTING,
    Phase.DRAFT_SENT: Stage.DRAFT_SENT,
    Phase.FINAL: Stage.PLAN_MADE,
    Phase.WITHDRAWN: Stage.WITHDRAWN,
    Phase.MOVED: Stage.MOVED,
    Phase.ENDED: Stage.DIED,
}


def stage_of(request: State, today: date, course: Course | None = None) -> Stage:
    """Where the case stands; ``course``: of its assessment, where one has begun."""
    if course is not None:
        return _stage_of_course(course, today)
    if request.status == REFUSED:
        if request.appealed_on is not None and request.appeal_closed_on is None:
            return Stage.APPEAL
        limit = appeal_limit(request)
        may_still = limit is not None and today <= limit.on
        return Stage.MAY_APPEAL if may_still and request.appealed_on is None else Stage.REFUSED
    if request.status == WITHDRAWN:
        return _ENDED.get(request.ended_why or "", Stage.WITHDRAWN)
    return {PENDING: Stage.DECIDING, AGREED: Stage.ASSESSING}[request.status]


_ENDED: Mapping[str, Stage] = {"moved": Stage.MOVED, "died": Stage.DIED}


def _stage_of_course(course: Course, today: date) -> Stage:
    if course.state is not Phase.NO_PLAN or course.outcome_on is None:
        return _PHASES[course.state]
    if course.reassessment:
        return Stage.UNCHANGED
    if course.under_appeal:
        return Stage.NO_PLAN_APPEAL
    open_yet = course.appealed_on is None and today <= courses.appeal_limit(course, course.outcome_on).on
    return Stage.NO_PLAN_MAY_APPEAL if open_yet else Stage.NO_PLAN


def appeal_limit(request: State) -> Due | None:
    """The last day to appeal against a refusal, a certificate counted in; None before a decision."""
    if request.decided_on is None:
        return None
    start = deadlines.counts_from(request.decided_on, request.notice_on)
    return deadlines.appeal_due(start, request.certificate_on, version=request.rules)


def dated(act: Act, start: date, told: Collection[Circumstance], version: str | None = None) -> Due:
    """The day for an act, moved by what excuses it in this case. ``version``: the rules that it keeps."""
    return moved(deadlines.due(act, start, version=version), start, told)


def decision_counts(
    received_on: date, decided_on: date, told: Collection[Circumstance] = (), version: str | None = None
) -> dict[str, Any]:
    """How late a decision whether to assess was (regulation 5(1)), to be kept with it.

    ``days_late`` by the law's own day, ``days_unexcused`` by the one to which what was ``told`` moved it, and
    the ``rules`` that it was counted by: those of the case, else of the day of receipt.
    """
    version = version or deadlines.rules_on(received_on).version
    return {
        "days_late": dated(Act.DECIDE, received_on, (), version).days_late(decided_on),
        "days_unexcused": dated(Act.DECIDE, received_on, told, version).days_late(decided_on),
        "rules": version,
    }


@dataclass(frozen=True, slots=True)
class AfterAppeal:
    """What the authority must do once an appeal has been won, or given way to: each has its own limit."""

    tell: Act
    no_plan: Act
    final_plan: Act


_ORDERED = AfterAppeal(Act.TELL_ASSESSING, Act.ORDER_NO_PLAN, Act.ORDER_ASSESS_FINAL)
_CONCEDED = AfterAppeal(Act.CONCEDED_TELL, Act.CONCEDED_NO_PLAN, Act.CONCEDED_ASSESS_FINAL)


def after_appeal(request: State) -> AfterAppeal:
    """Which limits run after an appeal that led to an assessment: the order's, or the concession's."""
    return _CONCEDED if request.appeal_result == "conceded" else _ORDERED


def standpoint(
    request: State,
    today: date,
    told: Collection[Circumstance] = (),
    course: Course | None = None,
    review_due_on: date | None = None,
) -> Standpoint:
    """The stage with its next date and whose turn it is. ``told``: what moves dates in this case.

    ``course``: of its assessment, where one has begun; ``review_due_on``: of the plan that came of it.
    """
    stage = stage_of(request, today, course)
    if course is not None:
        if stage is Stage.PLAN_MADE:
            return Standpoint(stage, _review(course, review_due_on), "authority")
        duty = courses.duty(course, today, told)
        return Standpoint(stage, duty.due if duty else None, duty.turn if duty else "nobody")
    if stage is Stage.DECIDING:
        return Standpoint(stage, dated(Act.DECIDE, request.received_on, told, request.rules), "authority")
    if stage is Stage.ASSESSING:
        # After an appeal the order's own, shorter limit runs; the weeks from the request are long over.
        if request.appeal_closed_on is not None:
            due = dated(after_appeal(request).tell, request.appeal_closed_on, told, request.rules)
        else:
            due = dated(Act.FINAL_PLAN, request.received_on, told, request.rules)
        return Standpoint(stage, due, "authority")
    if stage is Stage.MAY_APPEAL:
        return Standpoint(stage, appeal_limit(request), "family")
    return Standpoint(stage, None, "tribunal" if stage is Stage.APPEAL else "nobody")


def _review(course: Course, on: date | None) -> Due | None:
    """When a plan that was made is to be reviewed: from its making, until a review has moved the day."""
    if course.outcome_on is None:
        return None
    due = deadlines.due(Act.REVIEW, course.outcome_on)
    return due if on in (None, due.on) else replace(due, on=on, why="12 months from the last review")
