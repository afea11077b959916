"""When a plan in force is to be reviewed, what comes next in a review, and who changes phase. Pure.

Every day comes out of ``deadlines``; here is only which of them holds for a plan or a review as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from isp.escalations import deadlines
from isp.escalations.deadlines import Act, Due
from isp.kernel.clock import civil_day
from isp.kernel.workdays import months_after

DUE, INVITED, HELD, REPORTED, AMENDING = "due", "invited", "held", "reported", "amending"
CLOSED, CANCELLED = "closed", "cancelled"
UNDER_WAY = frozenset({DUE, INVITED, HELD, REPORTED, AMENDING})
ANNUAL, EARLY, PHASE_16, PHASE_OTHER, TRANSFER, CHANGE = (
    "annual",
    "early",
    "phase_post16",
    "phase_other",
    "transfer",
    "change",
)
KIND_WORDS: Mapping[str, str] = {
    ANNUAL: "Annual review",
    EARLY: "Early review",
    PHASE_16: "Review before moving on after 16",
    PHASE_OTHER: "Review before a change of phase",
    TRANSFER: "Review after the plan came from another authority",
    CHANGE: "Amendment outside a review",
}
STATE_WORDS: Mapping[str, str] = {
    DUE: "To be planned",
    INVITED: "Meeting planned",
    HELD: "Meeting held",
    REPORTED: "With the authority, to decide",
    AMENDING: "Plan being amended",
    CLOSED: "Finished",
    CANCELLED: "Called off",
}
POST_16, OTHER_PHASE = "post16", "other"
SEPTEMBER = 9
UNDER_FIVE = 5
PROMISED = "regulation 15(4), Special Educational Needs and Disability Regulations 2014"
LIST_WEEKS = 2
"""A head has the list of a term's reviews so long before the term (SEND Code of Practice 2015, chapter 9)."""
_YEARS = ("E1", "E2", "N1", "N2", "R", *(str(number) for number in range(1, 15)))
_LAST_YEARS: Mapping[str, tuple[str, ...]] = {POST_16: ("11",), OTHER_PHASE: ("N2", "6")}
"""The year group whose end is a change of phase. Infant, first and middle schools end earlier or later: there
the officer says so on the plan."""


class Plan(Protocol):
    """The dates of a plan that the rules go by; a row of ``statutory_plan`` is one."""

    @property
    def phase_transfer(self) -> str | None: ...
    @property
    def phase_transfer_year(self) -> int | None: ...

    @property
    def first_made_on(self) -> date | None: ...
    @property
    def made_on(self) -> date | None: ...
    @property
    def last_review_on(self) -> date | None: ...
    @property
    def transferred_on(self) -> date | None: ...
    @property
    def review_due_on(self) -> date | None: ...


class Review(Protocol):
    """What the rules go by of a review; a row of ``annual_review`` is one."""

    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def due_on(self) -> date: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def rules(self) -> str | None: ...
    @property
    def invited_on(self) -> date | None: ...
    @property
    def meeting_on(self) -> date | None: ...
    @property
    def papers_sent_on(self) -> date | None: ...
    @property
    def notice_on(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Next:
    """What is to be done next about a review, by when (None: no day runs), and by whom."""

    words: str
    due: Due | None
    turn: str
    """school, authority or nobody"""

    def is_late(self, today: date) -> bool:
        return self.due is not None and self.due.on < today and self.due.bound is deadlines.Bound.AT_MOST


def since(plan: Plan) -> date | None:
    """The day from which the year runs: of the last review's decision, else of the plan's first making."""
    return plan.last_review_on or plan.first_made_on or plan.made_on


def review_due(plan: Plan) -> Due | None:
    """By when the plan must have been reviewed; None of a plan that was not made yet.

    After a transfer the authority tells the family when it reviews the plan (regulation 15(4)): where that is
    earlier than the law asks, it is held to what it said.
    """
    start = since(plan)
    if start is None:
        return None
    came = plan.transferred_on
    if came is None or (plan.last_review_on is not None and plan.last_review_on >= came):
        return deadlines.due(Act.REVIEW, start)
    lawful = deadlines.review_after_transfer_due(came, start)
    promised = plan.review_due_on
    if promised is not None and promised < lawful.on:
        said = f"the day that the family was told, after the plan came on {deadlines.words(came)}"
        return Due(Act.REVIEW_AFTER_TRANSFER, promised, said, PROMISED)
    return lawful


def suggested(plan: Plan, born_on: date) -> Due | None:
    """When the review of a child under five is advised, every three to six months; else None."""
    start = since(plan)
    if start is None or start >= months_after(born_on, 12 * UNDER_FIVE):
        return None
    return deadlines.due(Act.REVIEW_UNDER_FIVE, start)


def version_of(review: Review, *also: date) -> str:
    """The rules that a review keeps to its end: those of the day on which it began.

    That is the day it was opened, or one before that was put on record later. ``also``: days of what is only
    just being recorded.
    """
    if review.rules is not None:
        return review.rules
    known = (review.invited_on, review.meeting_on, review.notice_on, *also)
    began = min([civil_day(review.recorded_at), *(day for day in known if day is not None)])
    return deadlines.rules_on(began).version


def next_of(review: Review, plan: Plan, *, at_school: bool, today: date) -> Next:
    """What is to be done next, by when, and by whom. ``at_school``: a school holds the meeting.

    A review before a change of phase runs against the day of regulation 18 as well, at every step.
    """
    found = _step(review, _ends_on(review, plan), "school" if at_school else "authority", today)
    moves = transfer_of(review, plan)
    if found.turn == "nobody" or moves is None or (found.due is not None and found.due.on <= moves.on):
        return found
    return replace(found, due=moves)


def _ends_on(review: Review, plan: Plan) -> date:
    """The last day of a review, on which its decision must have been sent."""
    moves = transfer_of(review, plan)
    return review.due_on if moves is None else min(review.due_on, moves.on)


def _step(review: Review, ends_on: date, holder: str, today: date) -> Next:
    meeting, version = review.meeting_on, version_of(review)
    if review.state == DUE:
        # No meeting is planned yet: the last that keeps the year is on its last day.
        due = deadlines.due(Act.INVITE, ends_on, version=version)
        why = f"2 weeks before {deadlines.words(ends_on)}, the last day of the review"
        return Next("Plan the meeting and invite to it", replace(due, why=f"at least {why}"), holder)
    if review.state == INVITED and meeting is not None:
        if review.papers_sent_on is None and today <= meeting:
            due = deadlines.due(Act.CIRCULATE, meeting, version=version)
            return Next("Send the advice round", due, holder)
        return Next("Hold the meeting", _year(ends_on), holder)
    if review.state == HELD and meeting is not None:
        return Next("Send the report", deadlines.due(Act.REPORT, meeting, version=version), holder)
    if review.state == REPORTED and meeting is not None:
        due = deadlines.due(Act.REVIEW_DECISION, meeting, version=version)
        return Next("Decide, and say so", due, "authority")
    if review.state == AMENDING:
        return _amending(review, version)
    return Next("", None, "nobody")


def _year(ends_on: date) -> Due:
    """The last day of the review itself."""
    return Due(
        Act.REVIEW,
        ends_on,
        "the last day of the review, on which its decision must have been sent",
        "section 44(1), Children and Families Act 2014",
    )


def _amending(review: Review, version: str) -> Next:
    if review.notice_on is not None:
        due = deadlines.due(Act.AMENDED_PLAN, review.notice_on, version=version)
        return Next("Send the amended plan", due, "authority")
    if review.meeting_on is None:
        return Next("Send the notice of proposed amendments", None, "authority")
    due = deadlines.due(Act.AMENDMENT_NOTICE, review.meeting_on, version=version)
    return Next("Send the notice of proposed amendments", due, "authority")


def list_due(term_from: date) -> date:
    """The day by which a head should have the list of a term's reviews."""
    return term_from - timedelta(weeks=LIST_WEEKS)


# -- changes of phase --------------------------------------------------------------------------------------


def transfer_year(today: date) -> int:
    """The year in which those who end a phase with this school year move."""
    return today.year + 1 if today.month >= SEPTEMBER else today.year


def phase_due(kind: str, year: int, version: str | None = None) -> Due:
    """By when the plan of a child who changes phase must be reviewed and amended."""
    act = Act.PHASE_POST_16 if kind == POST_16 else Act.PHASE
    return deadlines.phase_due(act, year, version=version)


def year_of_move(review: Review, plan: Plan) -> int:
    """The year in which the child moves for whose change of phase a review is: as the plan says, unless that
    is over by then; else that of the school year in which the review was opened.
    """
    said, here = plan.phase_transfer_year, transfer_year(civil_day(review.recorded_at))
    return said if said is not None and said >= here else here


def transfer_of(review: Review, plan: Plan) -> Due | None:
    """The day of regulation 18 of a review before a change of phase; None of every other."""
    kind = {PHASE_16: POST_16, PHASE_OTHER: OTHER_PHASE}.get(review.kind)
    if kind is None:
        return None
    return phase_due(kind, year_of_move(review, plan), version_of(review))


def years_ending(kind: str, year: int, today: date) -> tuple[str, ...]:
    """In which year groups those are today who change phase in ``year``; none where it is too far."""
    ahead = year - transfer_year(today)
    found = []
    for last in _LAST_YEARS[kind]:
        place = _YEARS.index(last) - ahead
        if 0 <= place < len(_YEARS):
            found.append(_YEARS[place])
    return tuple(found)


def phase_of(year_group: str | None, today: date) -> tuple[str, int] | None:
    """The change of phase at the end of this school year, by the year group: kind and year; None for none."""
    for kind, last in _LAST_YEARS.items():
        if year_group in last:
            return kind, transfer_year(today)
    return None


def phase_for(plan: Plan, year_group: str | None, today: date) -> tuple[str, int] | None:
    """The change of phase of a plan: as an officer set it (a year alone: none in it), else by year group.

    What was set for a year that is over says nothing of the years to come.
    """
    if plan.phase_transfer_year is not None and plan.phase_transfer_year >= today.year:
        return (plan.phase_transfer, plan.phase_transfer_year) if plan.phase_transfer else None
    return phase_of(year_group, today)


def phase_in(plan: Plan, year_group: str | None, year: int, today: date) -> str | None:
    """Which change of phase a plan has in one year, whether that is over or to come; None for none.

    As ``phase_for``: a person's word for that year, or for a later one, goes before the year group of today.
    """
    said = plan.phase_transfer_year
    if said is not None and said >= year:
        return plan.phase_transfer if said == year else None
    return next((kind for kind in _LAST_YEARS if year_group in years_ending(kind, year, today)), None)


def groups_ending() -> Mapping[str, tuple[str, ...]]:
    """By change of phase the year groups at whose end it comes."""
    return _LAST_YEARS


def is_year_nine_or_beyond(year_group: str | None) -> bool:
    """Whether the review must prepare for adulthood (regulations 19 and 20)."""
    return year_group in _YEARS and _YEARS.index(str(year_group)) >= _YEARS.index("9")
