"""When a plan in force is to be reviewed, what comes next in a review, and who changes phase. Pure.

Every day comes out of ``deadlines``; here is only which of them holds for a plan or a review as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from isp.escalations import deadlines
from isp.escalations.deadlines import Act, Due
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
LIST_WEEKS = 2
"""A head has the list of a term's reviews so long before the term (SEND Code of Practice 2015, chapter 9)."""
_YEARS = ("E1", "E2", "N1", "N2", "R", *(str(number) for number in range(1, 15)))
_LAST_YEARS: Mapping[str, tuple[str, ...]] = {POST_16: ("11",), OTHER_PHASE: ("N2", "6")}
"""The year group whose end is a change of phase. Infant, first and middle schools end earlier or later: there
the officer says so on the plan."""


class Plan(Protocol):
    """The dates of a plan that the rules go by; a row of ``statutory_plan`` is one."""

    @property
    def first_made_on(self) -> date | None: ...
    @property
    def made_on(self) -> date | None: ...
    @property
    def last_review_on(self) -> date | None: ...
    @property
    def transferred_on(self) -> date | None: ...


class Review(Protocol):
    """What the rules go by of a review; a row of ``annual_review`` is one."""

    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def due_on(self) -> date: ...
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
    """By when the plan must have been reviewed; None of a plan that was not made yet."""
    start = since(plan)
    if start is None:
        return None
    came = plan.transferred_on
    if came is not None and (plan.last_review_on is None or plan.last_review_on < came):
        return deadlines.review_after_transfer_due(came, start)
    return deadlines.due(Act.REVIEW, start)


def suggested(plan: Plan, born_on: date) -> Due | None:
    """When the review of a child under five is advised, every three to six months; else None."""
    start = since(plan)
    if start is None or start >= months_after(born_on, 12 * UNDER_FIVE):
        return None
    return deadlines.due(Act.REVIEW_UNDER_FIVE, start)


def next_of(review: Review, *, at_school: bool) -> Next:
    """What is to be done next. ``at_school``: a school holds the meeting; otherwise the authority does."""
    holder = "school" if at_school else "authority"
    meeting = review.meeting_on
    if review.state == DUE:
        due = Due(
            Act.REVIEW,
            review.due_on,
            "the last day of the review, on which its decision must have been sent",
            "section 44(1), Children and Families Act 2014",
        )
        return Next("Plan the meeting and invite to it", due, holder)
    if review.state == INVITED and meeting is not None:
        if review.papers_sent_on is None:
            return Next("Send the advice round", deadlines.due(Act.CIRCULATE, meeting), holder)
        return Next("Hold the meeting", None, holder)
    if review.state == HELD and meeting is not None:
        return Next("Send the report", deadlines.due(Act.REPORT, meeting), holder)
    if review.state == REPORTED and meeting is not None:
        return Next("Decide, and say so", deadlines.due(Act.REVIEW_DECISION, meeting), "authority")
    if review.state == AMENDING:
        return _amending(review)
    return Next("", None, "nobody")


def _amending(review: Review) -> Next:
    if review.notice_on is not None:
        return Next("Send the amended plan", deadlines.due(Act.AMENDED_PLAN, review.notice_on), "authority")
    due = deadlines.due(Act.AMENDMENT_NOTICE, review.meeting_on) if review.meeting_on else None
    return Next("Send the notice of proposed amendments", due, "authority")


def list_due(term_from: date) -> date:
    """The day by which a head should have the list of a term's reviews."""
    return term_from - timedelta(weeks=LIST_WEEKS)


# -- changes of phase --------------------------------------------------------------------------------------


def transfer_year(today: date) -> int:
    """The year in which those who end a phase with this school year move."""
    return today.year + 1 if today.month >= SEPTEMBER else today.year


def phase_due(kind: str, year: int) -> Due:
    """By when the plan of a child who changes phase must be reviewed and amended."""
    return deadlines.phase_due(Act.PHASE_POST_16 if kind == POST_16 else Act.PHASE, year)


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


def is_year_nine_or_beyond(year_group: str | None) -> bool:
    """Whether the review must prepare for adulthood (regulations 19 and 20)."""
    return year_group in _YEARS and _YEARS.index(str(year_group)) >= _YEARS.index("9")
