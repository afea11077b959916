"""The course of an assessment, from the authority's yes to a plan or to none. Pure: days and codes.

``Course`` is what has happened so far. Each deed is a function that gives the course after it, or raises:
Conflict where the course has no such turn, Invalid where the day is before its cause or still to come. What
is to be done next, by whom and by when is ``duty``. An appeal runs beside the course and turns it only with
its end; so it is two dates here, and a record of its own (``Dispute``).

The limits: regulations 5, 10, 13 and 27 of the Special Educational Needs and Disability Regulations 2014 from
the day of receipt; regulation 44 (after an order) and 45 (where the authority gave way) from that day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from isp.escalations import deadlines
from isp.escalations.deadlines import Act, Circumstance, Due, moved
from isp.kernel.errors import Conflict, Invalid


class State(StrEnum):
    """The state of an assessment, as the table has it."""

    ADVISING = "advising"
    DRAFTING = "drafting"
    DRAFT_SENT = "draft_sent"
    FINAL = "final"
    NO_PLAN = "no_plan"
    """Of a re-assessment: the plan that there is stays as it is."""
    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    ENDED = "ended"


class Deed(StrEnum):
    """What can be done in the course of an assessment."""

    TELL = "tell"
    TO_ISSUE = "to_issue"
    NO_PLAN = "no_plan"
    SEND_DRAFT = "send_draft"
    ANSWER = "answer"
    CONSULT = "consult"
    ISSUE = "issue"
    END = "end"
    APPEAL = "appeal"
    CLOSE_APPEAL = "close_appeal"


LIVE = frozenset({State.ADVISING, State.DRAFTING, State.DRAFT_SENT})
_POSSIBLE: Mapping[State, frozenset[Deed]] = {
    State.ADVISING: frozenset({Deed.TELL, Deed.TO_ISSUE, Deed.NO_PLAN, Deed.END}),
    State.DRAFTING: frozenset({Deed.SEND_DRAFT, Deed.NO_PLAN, Deed.END}),
    State.DRAFT_SENT: frozenset(
        {Deed.SEND_DRAFT, Deed.ANSWER, Deed.CONSULT, Deed.ISSUE, Deed.NO_PLAN, Deed.END}
    ),
    State.NO_PLAN: frozenset({Deed.APPEAL, Deed.CLOSE_APPEAL}),
    State.FINAL: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.MOVED: frozenset(),
    State.ENDED: frozenset(),
}


class Ordered(StrEnum):
    """What the Tribunal ordered, or the authority gave way to: each has limits of its own."""

    ASSESS = "assess"
    ASSESS_CONCEDED = "assess_conceded"
    PLAN = "plan"
    PLAN_CONCEDED = "plan_conceded"
    RECONSIDER = "reconsider"


@dataclass(frozen=True, slots=True)
class Limits:
    """Which act's limit runs for each step; None where the law sets none."""

    tell: Act | None
    no_plan: Act | None
    draft: Act | None
    final: Act


_FIRST = Limits(None, Act.NO_PLAN, Act.DRAFT_PLAN, Act.FINAL_PLAN)
_AGAIN = Limits(None, None, None, Act.REASSESSED_PLAN)
_ORDERED: Mapping[Ordered, Limits] = {
    Ordered.ASSESS: Limits(Act.TELL_ASSESSING, Act.ORDER_NO_PLAN, None, Act.ORDER_ASSESS_FINAL),
    Ordered.ASSESS_CONCEDED: Limits(Act.CONCEDED_TELL, Act.CONCEDED_NO_PLAN, None, Act.CONCEDED_ASSESS_FINAL),
    Ordered.PLAN: Limits(None, None, Act.ORDER_DRAFT, Act.ORDER_FINAL),
    Ordered.PLAN_CONCEDED: Limits(None, None, Act.CONCEDED_DRAFT, Act.CONCEDED_FINAL),
    Ordered.RECONSIDER: Limits(None, Act.ORDER_RECONSIDER, Act.ORDER_DRAFT, Act.ORDER_FINAL),
}


class Ending(StrEnum):
    """Why an assessment ended without a plan and without a decision about one."""

    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    DIED = "died"


class AppealEnd(StrEnum):
    """How an appeal against the decision to issue no plan ended."""

    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    PLAN = "plan"
    """The Tribunal ordered the authority to make a plan (regulation 44(2)(c))."""
    RECONSIDER = "reconsider"
    """It sent the case back to be considered again."""
    CONCEDED = "conceded"


@dataclass(frozen=True, slots=True)
class Course:
    """What has happened in an assessment so far. ``clock_from``: the day from which its limits run."""

    state: State
    clock_from: date
    begun_on: date
    """The decision to assess, or the order: nothing of the assessment is before it."""
    reassessment: bool = False
    order_on: date | None = None
    ordered: Ordered | None = None
    told_on: date | None = None
    """The family was told that the assessment begins, where an order sets a limit for that."""
    to_issue_on: date | None = None
    draft_sent_on: date | None = None
    draft_served_on: date | None = None
    """The letter with the draft was served on this day, where that is on record."""
    answers_until: date | None = None
    answered_on: date | None = None
    outcome_on: date | None = None
    """The final plan was sent, the family told that there is none, or the assessment ended."""
    notice_on: date | None = None
    """The letter that says so was sent on this day, where that is on record."""
    certificate_on: date | None = None
    """The mediation certificate about the decision to issue no plan: it may move the last day to appeal."""
    appealed_on: date | None = None
    appeal_closed_on: date | None = None
    rules: str | None = None
    """The version of the limits that it started under, and keeps; None of one from before they were kept."""

    @property
    def limits(self) -> Limits:
        """The limits that run now."""
        if self.ordered is not None:
            return _ORDERED[self.ordered]
        return _AGAIN if self.reassessment else _FIRST

    @property
    def start(self) -> date:
        """The day from which they run."""
        return self.order_on if self.ordered is not None and self.order_on is not None else self.clock_from

    @property
    def under_appeal(self) -> bool:
        """Whether an appeal against the decision to issue no plan is open."""
        return self.appealed_on is not None and self.appeal_closed_on is None


DAYS = (
    "told_on",
    "to_issue_on",
    "draft_sent_on",
    "draft_served_on",
    "answers_until",
    "answered_on",
    "outcome_on",
    "notice_on",
    "certificate_on",
    "appealed_on",
    "appeal_closed_on",
)
"""Of a course, the days that a row of ``assessment`` has under the same names."""


def course_of(row: Any) -> Course:
    """A row of ``assessment`` as the rules go by it."""
    return Course(
        state=State(row.state),
        clock_from=row.clock_from,
        begun_on=row.begun_on,
        reassessment=row.kind == "reassessment",
        order_on=row.order_on,
        ordered=Ordered(row.ordered) if row.ordered else None,
        **{name: getattr(row, name) for name in DAYS},
        rules=row.rules,
    )


def begin(
    clock_from: date,
    begun_on: date,
    *,
    ordered: Ordered | None = None,
    told: bool = True,
    reassessment: bool = False,
    rules: str | None = None,
) -> Course:
    """An assessment begins. After an order the family is still to be told so; after a yes it has been.

    ``rules``: those that its request started under; else those of the day from which it runs.
    """
    return Course(
        State.ADVISING,
        clock_from,
        begun_on,
        reassessment=reassessment,
        order_on=begun_on if ordered is not None else None,
        ordered=ordered,
        told_on=begun_on if told else None,
        rules=rules or deadlines.rules_on(clock_from).version,
    )


def possible(course: Course) -> frozenset[Deed]:
    """What can be done now: for buttons, and for the rule that the deeds go by."""
    found = set(_POSSIBLE[course.state])
    if course.told_on is not None:
        found.discard(Deed.TELL)
    if course.ordered in (Ordered.PLAN, Ordered.PLAN_CONCEDED):
        found.discard(Deed.NO_PLAN)
    if course.reassessment and course.state is State.NO_PLAN:
        # The plan stays as it is; an appeal against that is a dispute about the plan (section 51(2)(e)).
        found -= {Deed.APPEAL, Deed.CLOSE_APPEAL}
    elif course.state is State.NO_PLAN:
        if course.appealed_on is not None:
            found.discard(Deed.APPEAL)
        if not course.under_appeal:
            found.discard(Deed.CLOSE_APPEAL)
    return frozenset(found)


_WHY_NOT: Mapping[Deed, str] = {
    Deed.TELL: "The family has been told already that the assessment begins, or it has ended.",
    Deed.TO_ISSUE: "Whether there is to be a plan has been decided already. Open the case again.",
    Deed.NO_PLAN: "It cannot be decided now that there is no plan: the case has moved on, or an order is.",
    Deed.SEND_DRAFT: "There is no plan to send a draft of. Decide first that there is to be one.",
    Deed.ANSWER: "There is no draft plan with the family to say something about.",
    Deed.CONSULT: "Settings are consulted with the draft plan. Send the draft first.",
    Deed.ISSUE: "A final plan follows a draft that the family has had 15 days for. Send the draft first.",
    Deed.END: "This assessment has ended already.",
    Deed.APPEAL: "There is no decision against a plan to appeal against, or an appeal is on record already.",
    Deed.CLOSE_APPEAL: "There is no open appeal on record.",
}


def check_possible(course: Course, deed: Deed) -> None:
    """Raise Conflict, saying what to do, where the course has no such turn."""
    if deed not in possible(course):
        raise Conflict(_WHY_NOT[deed])


# -- the deeds ---------------------------------------------------------------------------------------------


def tell(course: Course, on: date, today: date) -> Course:
    """The family has been told that the assessment begins."""
    check_possible(course, Deed.TELL)
    _check_day(on, course.begun_on, today, "the assessment began")
    return replace(course, told_on=on)


def decide_to_issue(course: Course, on: date, today: date) -> Course:
    """It is necessary for provision to be made in accordance with a plan (section 37(1))."""
    check_possible(course, Deed.TO_ISSUE)
    _check_day(on, _latest(course), today, "what has happened in the case so far")
    told = course.told_on or on
    return replace(course, state=State.DRAFTING, to_issue_on=on, told_on=told)


def decide_no_plan(course: Course, on: date, today: date) -> Course:
    """It is not necessary: the family is told so, with reasons and the right of appeal (regulation 10)."""
    check_possible(course, Deed.NO_PLAN)
    _check_day(on, _latest(course), today, "what has happened in the case so far")
    told = course.told_on or on
    return replace(course, state=State.NO_PLAN, outcome_on=on, notice_on=None, told_on=told)


def send_draft(course: Course, on: date, today: date) -> Course:
    """The draft goes to the family: 15 days, the day itself the first. Sent anew, the days begin anew."""
    check_possible(course, Deed.SEND_DRAFT)
    _check_day(on, _latest(course), today, "what has happened in the case so far")
    sent = replace(course, state=State.DRAFT_SENT, draft_sent_on=on, draft_served_on=None, answered_on=None)
    return replace(sent, answers_until=to_answer(sent, on).on)


def to_answer(course: Course, draft_sent_on: date) -> Due:
    """The family's fifteen days to say what it thinks, beginning with the day the draft was served."""
    start = deadlines.counts_from(draft_sent_on, course.draft_served_on)
    return deadlines.due(Act.REPRESENT, start, version=course.rules)


def answer(course: Course, on: date, today: date) -> Course:
    """The family says what it thinks of the draft, asks for a setting, or for a meeting (regulation 13)."""
    check_possible(course, Deed.ANSWER)
    _check_day(on, course.draft_sent_on or course.begun_on, today, "the draft was sent")
    return replace(course, answered_on=course.answered_on or on)


def issue(course: Course, on: date, today: date) -> Course:
    """The final plan is sent. Not before the family has answered, or has had its days."""
    check_possible(course, Deed.ISSUE)
    _check_day(on, _latest(course), today, "what has happened in the case so far")
    if course.answers_until is not None and on <= course.answers_until and course.answered_on is None:
        raise Invalid(
            "Some of this needs another look.",
            {
                "on": f"The family has until {deadlines.words(course.answers_until)} to say what it thinks "
                "of the draft (regulation 13(1)). Issue the plan after that, or record the family’s answer."
            },
        )
    return replace(course, state=State.FINAL, outcome_on=on)


def end(course: Course, why: Ending, on: date, today: date) -> Course:
    """The request is withdrawn, the child has moved to another authority or has died."""
    check_possible(course, Deed.END)
    _check_day(on, course.begun_on, today, "the assessment began")
    state = {Ending.WITHDRAWN: State.WITHDRAWN, Ending.MOVED: State.MOVED, Ending.DIED: State.ENDED}[why]
    return replace(course, state=state, outcome_on=on)


def appeal(course: Course, on: date, today: date) -> Course:
    """The family has appealed against the decision to issue no plan; a late one the Tribunal may let in."""
    check_possible(course, Deed.APPEAL)
    _check_day(on, course.outcome_on or course.begun_on, today, "the decision")
    return replace(course, appealed_on=on)


def close_appeal(course: Course, how: AppealEnd, on: date, today: date) -> Course:
    """The appeal is over. Won or given way to, the case goes on under the order's limits."""
    check_possible(course, Deed.CLOSE_APPEAL)
    _check_day(on, course.appealed_on or course.begun_on, today, "the appeal was made")
    closed = replace(course, appeal_closed_on=on)
    if how in (AppealEnd.DISMISSED, AppealEnd.WITHDRAWN):
        return closed
    return reopen(closed, _REOPENS[how], on)


_REOPENS: Mapping[AppealEnd, Ordered] = {
    AppealEnd.PLAN: Ordered.PLAN,
    AppealEnd.CONCEDED: Ordered.PLAN_CONCEDED,
    AppealEnd.RECONSIDER: Ordered.RECONSIDER,
}


def agree_to_plan(course: Course, on: date, today: date) -> Course:
    """Agreed in mediation that there is to be a plan: done in the times of an order (regulation 42(2))."""
    if course.state is not State.NO_PLAN or course.under_appeal:
        raise Conflict("There is no decision against a plan that an agreement could put in place of.")
    _check_day(on, course.outcome_on or course.begun_on, today, "the decision")
    return reopen(course, Ordered.PLAN, on)


def reopen(course: Course, ordered: Ordered, on: date) -> Course:
    """The case goes on under an order's limits, as if the decision against a plan had not been made."""
    again = ordered is Ordered.RECONSIDER
    return replace(
        course,
        state=State.ADVISING if again else State.DRAFTING,
        ordered=ordered,
        order_on=on,
        to_issue_on=None if again else on,
        outcome_on=None,
        notice_on=None,
        draft_sent_on=None,
        draft_served_on=None,
        answers_until=None,
        answered_on=None,
        certificate_on=None,
        appealed_on=None,
        appeal_closed_on=None,
    )


# -- what is next ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Duty:
    """What is to be done next. ``due``: by when; None where the law names no day. ``turn``: whose it is."""

    deed: Deed
    due: Due | None
    turn: str
    """authority, family or tribunal"""


def duty(course: Course, today: date, told: Collection[Circumstance] = ()) -> Duty | None:
    """The next thing to be done in an assessment; None where it has ended. ``told``: what excuses dates.

    A day that is only usual (the draft's fourteen weeks) is shown until it has passed, then the law's.
    """
    limits, final = course.limits, _dated(course, course.limits.final, told)
    if course.state is State.ADVISING:
        if Deed.TELL in possible(course) and limits.tell is not None:
            return Duty(Deed.TELL, _dated(course, limits.tell, told), "authority")
        due = _dated(course, limits.no_plan, told) if limits.no_plan is not None else final
        return Duty(Deed.TO_ISSUE, final if due.on < today else due, "authority")
    if course.state is State.DRAFTING:
        due = _dated(course, limits.draft, told) if limits.draft is not None else final
        return Duty(Deed.SEND_DRAFT, final if due.on < today else due, "authority")
    if course.state is State.DRAFT_SENT:
        theirs = course.answered_on is None and course.answers_until is not None
        if theirs and course.answers_until is not None and today <= course.answers_until < final.on:
            start = course.draft_sent_on or course.begun_on
            return Duty(Deed.ANSWER, to_answer(course, start), "family")
        return Duty(Deed.ISSUE, final, "authority")
    if course.state is State.NO_PLAN and course.outcome_on is not None:
        if course.under_appeal:
            return Duty(Deed.CLOSE_APPEAL, None, "tribunal")
        limit = appeal_limit(course, course.outcome_on)
        if course.appealed_on is None and today <= limit.on:
            return Duty(Deed.APPEAL, limit, "family")
    return None


def acts_to_keep(course: Course) -> list[tuple[Act, date]]:
    """Which limits run of an assessment under way, and from which day; none where it is over."""
    if course.state not in LIVE:
        return []
    limits = course.limits
    acts = [limits.tell] if Deed.TELL in possible(course) else []
    if course.state is State.ADVISING:
        acts.append(limits.no_plan)
    if course.state in (State.ADVISING, State.DRAFTING):
        acts.append(limits.draft)
    return [(act, course.start) for act in (*acts, limits.final) if act is not None]


def appeal_limit(course: Course, decided_on: date) -> Due:
    """The last day to appeal against the decision to issue no plan, a certificate counted in."""
    start = deadlines.counts_from(decided_on, course.notice_on)
    return deadlines.appeal_due(start, course.certificate_on, version=course.rules)


def days(course: Course, told: Collection[Circumstance] = ()) -> tuple[int, int]:
    """How many days late the outcome was: after the law's own day, and after the day that was moved."""
    act = course.limits.final if course.state is State.FINAL else course.limits.no_plan
    if act is None and course.reassessment:
        # Of an answer that the plan stays the law names no other day than that of the plan that might follow.
        act = course.limits.final
    if act is None or course.outcome_on is None or course.state not in (State.FINAL, State.NO_PLAN):
        return 0, 0
    plain = deadlines.due(act, course.start, version=course.rules)
    return plain.days_late(course.outcome_on), _dated(course, act, told).days_late(course.outcome_on)


def check_order(course: Course) -> None:
    """Raise Invalid where a day is before its cause: what a correction must not bring about."""
    told = course.told_on if course.ordered is None or course.to_issue_on is None else None
    line = [
        (course.clock_from, "the request was received"),
        (course.begun_on, "the assessment began"),
        (told, "the family was told that the assessment begins"),
        (course.to_issue_on, "it was decided to issue a plan"),
        (course.draft_sent_on, "the draft was sent"),
        (course.answered_on, "the family answered"),
        (course.outcome_on, "the assessment ended"),
        (course.appealed_on, "the appeal was made"),
        (course.appeal_closed_on, "the appeal was closed"),
    ]
    known = [(day, what) for day, what in line if day is not None]
    for (earlier, cause), (later, effect) in pairwise(known):
        if later < earlier:
            raise Invalid(
                "Some of this needs another look.",
                {
                    "on": f"Then {effect} on {deadlines.words(later)}, before {cause} on "
                    f"{deadlines.words(earlier)}. Check both days."
                },
            )


def _dated(course: Course, act: Act, told: Collection[Circumstance]) -> Due:
    return moved(deadlines.due(act, course.start, version=course.rules), course.start, told)


def _latest(course: Course) -> date:
    """The last day on which something happened: what follows from it is not before it."""
    known = (
        course.begun_on,
        course.order_on,
        course.to_issue_on,
        course.draft_sent_on,
        course.answered_on,
    )
    return max(day for day in known if day is not None)


def _check_day(on: date, earliest: date, today: date, what: str) -> None:
    if on > today:
        raise Invalid("Some of this needs another look.", {"on": "The day cannot be in the future."})
    if on < earliest:
        raise Invalid(
            "Some of this needs another look.",
            {"on": f"The day cannot be before {what}, on {deadlines.words(earliest)}."},
        )
