"""The bar of a case's dates: what has been, by when it had to be, and what is to come. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from isp.escalations import course as courses
from isp.escalations import deadlines
from isp.escalations.course import Course, Deed, possible
from isp.escalations.course import State as Phase
from isp.escalations.deadlines import Act, Bound, Circumstance, Due
from isp.escalations.stages import (
    AGREED,
    PENDING,
    REFUSED,
    WITHDRAWN,
    State,
    after_appeal,
    appeal_limit,
    dated,
)


class Kept(StrEnum):
    """How a step stands to its day."""

    DONE = "done"
    KEPT = "kept"
    LATE = "late"
    EXCUSED = "excused"
    MISSED = "missed"
    TO_COME = "to_come"
    PAST = "past"


class Title(StrEnum):
    """What a step is, in the words of schools and authorities; families have their own (``plainly``)."""

    RECEIVED = "Request received"
    WITHDRAWN = "Request withdrawn"
    MOVED = "Moved to another authority"
    DIED = "Ended: the child or young person has died"
    DECISION = "Decision whether to assess"
    NO_PLAN = "Say so, if there is to be no plan"
    DRAFT_PLAN = "Draft plan, if there is to be one"
    FINAL_PLAN = "Final EHC plan, if there is to be one"
    ADVISER = "Last day to ask a mediation adviser for a certificate"
    LAST_DAY = "Last day to appeal"
    APPEAL = "Appeal made"
    TRIBUNAL = "Decision of the Tribunal"
    APPEAL_CLOSED = "Appeal closed"
    BEGINS = "Say that the assessment begins"
    TO_ISSUE = "Decided that there is to be a plan"
    DECIDED_NO_PLAN = "Decided that there is to be no plan"
    DRAFT_SENT = "Draft plan sent to the family"
    ANSWERS = "The family’s 15 days"
    ANSWERED = "The family’s answer to the draft"
    DRAFT = "Draft plan"
    FINAL = "Final EHC plan"
    ENDED = "Assessment ended"
    REVIEW = "First review of the plan"
    ASKED_AGAIN = "Re-assessment asked for"
    ORDERED_AGAIN = "Re-assessment ordered or agreed"
    DECISION_AGAIN = "Decision whether to re-assess"
    TO_CHANGE = "Decided that the plan is amended or replaced"
    STAYS = "Decided that the plan stays as it is"
    SAY_IT_STAYS = "Say so, if the plan is to stay as it is"
    FINAL_AGAIN = "Final plan, amended or replaced"


KEPT_WORDS: Mapping[Kept, str] = {
    Kept.DONE: "Done",
    Kept.KEPT: "Done in time",
    Kept.LATE: "Done late",
    Kept.EXCUSED: "Done later, excused",
    Kept.MISSED: "Not done in time",
    Kept.TO_COME: "To come",
    Kept.PAST: "Over",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the day it happened (``on``) or the last day it may (``due``), or both."""

    title: Title
    kept: Kept
    on: date | None = None
    due: Due | None = None
    days_late: int = 0


def steps(
    request: State, today: date, told: Collection[Circumstance] = (), course: Course | None = None
) -> list[Step]:
    """The steps of a case so far and the next ones, in order. ``told``: what moves dates in this case.

    ``course``: of its assessment, where one has begun: from then on the steps go by it.
    """
    if request.reassesses is not None:
        return _again(request, today, told, course)
    found = [Step(Title.RECEIVED, Kept.DONE, on=request.received_on)]
    due = dated(Act.DECIDE, request.received_on, told, request.rules)
    if request.status == WITHDRAWN:
        # Withdrawn before the day of an end was kept, a request has it in the last day of the sight alone.
        ended_on = request.ended_on or request.sight_until
        title = _ENDED.get(request.ended_why or "", Title.WITHDRAWN)
        return [*found, Step(title, Kept.DONE, on=ended_on)]
    if request.decided_on is None:
        found.append(Step(Title.DECISION, _waiting(due, today), due=due))
    else:
        found.append(_decision(request, request.decided_on, told))
        if course is not None:
            return [*found, *_appeal_before(request), *_of_course(course, today, told)]
        found += _after_refusal(request, today, told)
    if request.status in (PENDING, AGREED) and request.appealed_on is None:
        found += _to_the_plan(request, today, told)
    return found


_IN_PLACE: Mapping[Title, Title] = {
    Title.TO_ISSUE: Title.TO_CHANGE,
    Title.DECIDED_NO_PLAN: Title.STAYS,
    Title.NO_PLAN: Title.SAY_IT_STAYS,
    Title.FINAL_PLAN: Title.FINAL_AGAIN,
    Title.FINAL: Title.FINAL_AGAIN,
}
"""Of a re-assessment: there is a plan already."""


def _again(request: State, today: date, told: Collection[Circumstance], course: Course | None) -> list[Step]:
    """The steps of a re-assessment: the answer within fifteen days (regulation 25(1)), or an order."""
    if course is None or request.decided_on is None:
        return [Step(Title.ASKED_AGAIN, Kept.DONE, on=request.received_on)]
    if course.ordered is not None:
        found = [Step(Title.ORDERED_AGAIN, Kept.DONE, on=course.order_on)]
    else:
        due = deadlines.due(Act.REASSESS, request.received_on, version=request.rules)
        answer = _done_or_to_come(Title.DECISION_AGAIN, request.decided_on, due, today)
        found = [Step(Title.ASKED_AGAIN, Kept.DONE, on=request.received_on), answer]
    for step in _of_course(course, today, told):
        # The next review goes by the reviews of the plan, not by this.
        if step.title is not Title.REVIEW:
            found.append(replace(step, title=_IN_PLACE.get(step.title, step.title)))
    return found


_ENDED: Mapping[str, Title] = {"moved": Title.MOVED, "died": Title.DIED}
"""Of a request that ended before its decision, and not because it was taken back."""


def _to_the_plan(request: State, today: date, told: Collection[Circumstance]) -> list[Step]:
    """What follows a yes, with every day that runs from the request; before it, only the last of them."""
    acts = [(Title.FINAL_PLAN, Act.FINAL_PLAN)]
    if request.status == AGREED:
        acts = [(Title.DRAFT_PLAN, Act.DRAFT_PLAN), (Title.NO_PLAN, Act.NO_PLAN), *acts]
    return [
        _to_come(title, dated(act, request.received_on, told, request.rules), today) for title, act in acts
    ]


def _appeal_before(request: State) -> list[Step]:
    """An appeal that led to the assessment."""
    if request.appealed_on is None or request.decided_on is None:
        return []
    made = Step(Title.APPEAL, Kept.DONE, on=request.appealed_on, due=appeal_limit(request))
    return [made, Step(Title.APPEAL_CLOSED, Kept.DONE, on=request.appeal_closed_on)]


def _of_course(course: Course, today: date, told: Collection[Circumstance]) -> list[Step]:
    """What has happened in the assessment, and every day that is still to come."""
    limits, start = course.limits, course.start

    def due(act: Act | None) -> Due | None:
        return dated(act, start, told, course.rules) if act is not None else None

    found = []
    if limits.tell is not None:
        found.append(_done_or_to_come(Title.BEGINS, course.told_on, due(limits.tell), today))
    if course.to_issue_on is not None:
        found.append(Step(Title.TO_ISSUE, Kept.DONE, on=course.to_issue_on))
    if course.state is Phase.NO_PLAN and course.outcome_on is not None:
        return [*found, *_no_plan(course, course.outcome_on, due(limits.no_plan), today)]
    if course.draft_sent_on is not None:
        found.append(Step(Title.DRAFT_SENT, Kept.DONE, on=course.draft_sent_on, due=due(limits.draft)))
        if course.answered_on is not None:
            found.append(Step(Title.ANSWERED, Kept.DONE, on=course.answered_on))
    if course.state is Phase.FINAL and course.outcome_on is not None:
        final = _done_or_to_come(Title.FINAL, course.outcome_on, due(limits.final), today)
        review = deadlines.due(Act.REVIEW, course.outcome_on)
        return [*found, final, _to_come(Title.REVIEW, review, today)]
    if course.outcome_on is not None:
        return [*found, Step(Title.ENDED, Kept.DONE, on=course.outcome_on)]
    if course.draft_sent_on is not None:
        found.append(_open_until(Title.ANSWERS, courses.to_answer(course, course.draft_sent_on), today))
    elif limits.draft is not None:
        title = Title.DRAFT_PLAN if course.to_issue_on is None else Title.DRAFT
        found.append(_to_come(title, dated(limits.draft, start, told, course.rules), today))
    if course.to_issue_on is None and limits.no_plan is not None and Deed.NO_PLAN in possible(course):
        found.append(_to_come(Title.NO_PLAN, dated(limits.no_plan, start, told, course.rules), today))
    last = Title.FINAL_PLAN if course.to_issue_on is None else Title.FINAL
    return [*found, _to_come(last, dated(limits.final, start, told, course.rules), today)]


def _no_plan(course: Course, on: date, due: Due | None, today: date) -> list[Step]:
    """The decision against a plan, and the family's days to appeal against it."""
    found = [_done_or_to_come(Title.DECIDED_NO_PLAN, on, due, today)]
    limit = courses.appeal_limit(course, on)
    if course.appealed_on is None:
        noticed = deadlines.counts_from(on, course.notice_on)
        adviser = deadlines.due(Act.CONTACT_ADVISER, noticed, version=course.rules)
        return [
            *found,
            _open_until(Title.ADVISER, adviser, today),
            _open_until(Title.LAST_DAY, limit, today),
        ]
    found.append(Step(Title.APPEAL, Kept.DONE, on=course.appealed_on, due=limit))
    if course.appeal_closed_on is None:
        return [*found, Step(Title.TRIBUNAL, Kept.TO_COME)]
    return [*found, Step(Title.APPEAL_CLOSED, Kept.DONE, on=course.appeal_closed_on)]


def _done_or_to_come(title: Title, on: date | None, due: Due | None, today: date) -> Step:
    """A duty as it was kept: in time, late, or late where circumstances moved the day."""
    if on is None or due is None:
        return _to_come(title, due, today) if due is not None else Step(title, Kept.DONE, on=on)
    late = due.days_late(on)
    return Step(title, Kept.LATE if late else Kept.KEPT, on=on, due=due, days_late=late)


def _after_refusal(request: State, today: date, told: Collection[Circumstance]) -> list[Step]:
    if request.decided_on is None or (request.status != REFUSED and request.appealed_on is None):
        return []
    noticed = deadlines.counts_from(request.decided_on, request.notice_on)
    limit = deadlines.appeal_due(noticed, request.certificate_on, version=request.rules)
    if request.appealed_on is None:
        adviser = deadlines.due(Act.CONTACT_ADVISER, noticed, version=request.rules)
        return [_open_until(Title.ADVISER, adviser, today), _open_until(Title.LAST_DAY, limit, today)]
    found = [Step(Title.APPEAL, Kept.DONE, on=request.appealed_on, due=limit)]
    if request.appeal_closed_on is None:
        return [*found, Step(Title.TRIBUNAL, Kept.TO_COME)]
    found.append(Step(Title.APPEAL_CLOSED, Kept.DONE, on=request.appeal_closed_on))
    if request.status == AGREED:
        acts = after_appeal(request)
        following = (
            (Title.BEGINS, acts.tell),
            (Title.NO_PLAN, acts.no_plan),
            (Title.FINAL_PLAN, acts.final_plan),
        )
        ended = request.appeal_closed_on
        found += [_to_come(title, dated(act, ended, told, request.rules), today) for title, act in following]
    return found


def _open_until(title: Title, due: Due, today: date) -> Step:
    """What somebody may do, until a day."""
    return Step(title, Kept.PAST if due.on < today else Kept.TO_COME, due=due)


def _to_come(title: Title, due: Due, today: date) -> Step:
    """What somebody must do; what is only usual by a day is not missed when the day has passed."""
    return Step(title, _waiting(due, today) if due.bound is Bound.AT_MOST else Kept.TO_COME, due=due)


def _waiting(due: Due, today: date) -> Kept:
    return Kept.MISSED if due.on < today else Kept.TO_COME


def _decision(request: State, on: date, told: Collection[Circumstance]) -> Step:
    """The decision as it was counted when it was made: what is recorded later excuses nothing of it."""
    late = request.days_late or 0
    unexcused = late if request.days_unexcused is None else request.days_unexcused
    counted = told if unexcused < late else ()
    kept = Kept.KEPT if not late else Kept.LATE if unexcused else Kept.EXCUSED
    due = dated(Act.DECIDE, request.received_on, counted, request.rules)
    return Step(Title.DECISION, kept, on=on, due=due, days_late=late)
