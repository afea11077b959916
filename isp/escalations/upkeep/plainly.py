"""What becomes of a plan in the words of families: what is happening, whose turn, by when, what they can do.

Pure. What the law fixes is said in full; where it is written stands on the plan's own page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from isp.escalations import deadlines
from isp.escalations import upkeep_clock as clock
from isp.escalations.deadlines import Act
from isp.escalations.upkeep_clock import Review

STATES: Mapping[str, str] = {
    clock.DUE: "The plan is to be looked at again. You will be asked to a meeting.",
    clock.INVITED: "There is a meeting about the plan. You are asked to come.",
    clock.HELD: "The meeting was held. The school is writing down what was said.",
    clock.REPORTED: "The council is deciding if the plan stays as it is.",
    clock.AMENDING: "The council is changing the plan. You can say what you think of the changes.",
}
TO_DO: Mapping[str, tuple[str, ...]] = {
    clock.DUE: ("Think about what is going well and what should change. You will be asked.",),
    clock.INVITED: (
        "Come to the meeting, or say what you think in writing.",
        "Two weeks before it, you are sent what the others have written.",
    ),
    clock.HELD: ("You get a copy of what was said. If something is missing in it, say so.",),
    clock.REPORTED: (
        "The council writes to you with its answer, and why.",
        "If it does not change the plan and you think it should, you can ask a tribunal to look at it again.",
    ),
    clock.AMENDING: (
        "From the council’s letter you have at least 15 days to say what you think of the changes.",
        "In them you can also name a school or college that you want, and ask for a meeting.",
        "When you have the changed plan, you can ask a tribunal to look at it again. The letter says how.",
    ),
}
TURNS: Mapping[str, str] = {"school": "The school’s", "authority": "The council’s"}
_YOURS = "Yours"


class Plan(clock.Plan, Protocol):
    """The dates of a plan, and its state."""

    @property
    def state(self) -> str: ...


class Ending(Protocol):
    """The end of a plan that is considered or decided; a row of ``plan_ceasing`` is one."""

    @property
    def state(self) -> str: ...
    @property
    def family_answered_on(self) -> date | None: ...
    @property
    def keep_until(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Plainly:
    """What a family reads: a sentence, whose turn it is, the day (None: none runs), and what it can do."""

    what: str
    turn: str
    by: date | None
    is_late: bool
    can: tuple[str, ...] = ()
    is_over: bool = False


def of_plan(
    plan: Plan, review: Review | None, today: date, *, at_school: bool, ending: Ending | None = None
) -> Plainly | None:
    """The end of a plan, else the review under way, else when the next one is; None before it was made."""
    if plan.state == "ended":
        return Plainly("The plan has ended.", "", None, is_late=False, can=_ENDED, is_over=True)
    if ending is not None and ending.state in ("considering", "decided"):
        return _ending(ending, today)
    if review is not None and review.state in STATES:
        return _review(review, plan, today, at_school=at_school)
    due = clock.review_due(plan)
    if due is None:
        return None
    what = "The plan is in force. It is looked at again each year."
    return Plainly(what, TURNS["authority"], due.on, is_late=due.on < today)


def _review(review: Review, plan: Plan, today: date, *, at_school: bool) -> Plainly:
    following = clock.next_of(review, plan, at_school=at_school, today=today)
    turn = TURNS.get(following.turn, "")
    if review.state in (clock.DUE, clock.INVITED):
        # A family waits for the meeting, then for the end of the year; by when others are asked to it, and
        # papers go round, is for those who do it.
        by = review.meeting_on or review.due_on
        late = review.due_on < today
        return Plainly(STATES[review.state], turn, by, is_late=late, can=TO_DO[review.state])
    due = following.due.on if following.due else None
    if review.state == clock.AMENDING and review.notice_on is not None:
        answer_by = deadlines.due(
            Act.REPRESENT_AMENDMENT, review.notice_on, version=clock.version_of(review)
        ).on
        if today <= answer_by:
            return Plainly(STATES[review.state], _YOURS, answer_by, is_late=False, can=TO_DO[review.state])
    return Plainly(STATES[review.state], turn, due, is_late=following.is_late(today), can=TO_DO[review.state])


_ENDED = ("If things change, you can ask the council to look into it again.",)
_ASKED = (
    "Say what you think: should the plan go on? The council must ask you and listen.",
    "Until the council has decided, and you have had the time to ask a tribunal, the plan goes on.",
)
_DECIDED = (
    "If you do not agree, you can ask a tribunal to look at it again. The council’s letter says how.",
    "Until the last day for that, and while a tribunal looks at it, the plan goes on.",
)


def _ending(ending: Ending, today: date) -> Plainly:
    if ending.state == "considering":
        what = "The council is thinking about ending the plan. It has not decided."
        turn = _YOURS if ending.family_answered_on is None else TURNS["authority"]
        return Plainly(what, turn, None, is_late=False, can=_ASKED)
    what = "The council has decided that the plan is to end."
    is_open = ending.keep_until is not None and today <= ending.keep_until
    return Plainly(
        what, _YOURS if is_open else TURNS["authority"], ending.keep_until, is_late=False, can=_DECIDED
    )
