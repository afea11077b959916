"""The review of a plan in the words of families: what is happening, whose turn, by when. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from isp.escalations.upkeep import clock
from isp.escalations.upkeep.clock import Plan, Review

STATES: Mapping[str, str] = {
    clock.DUE: "The plan is to be looked at again. You will be asked to a meeting.",
    clock.INVITED: "There is a meeting about the plan. You are asked to come.",
    clock.HELD: "The meeting was held. The school is writing down what was said.",
    clock.REPORTED: "The council is deciding if the plan stays as it is.",
    clock.AMENDING: "The council is changing the plan. You can say what you think of the changes.",
}
TURNS: Mapping[str, str] = {"school": "The school’s", "authority": "The council’s"}


@dataclass(frozen=True, slots=True)
class Plainly:
    """What a family reads of the review: a sentence, whose turn it is, and the day (None: none runs)."""

    what: str
    turn: str
    by: date | None
    is_late: bool


def of_plan(plan: Plan, review: Review | None, today: date, *, at_school: bool) -> Plainly | None:
    """The review under way of a plan in force, else when the next one is; None before the plan was made."""
    if review is not None and review.state in STATES:
        following = clock.next_of(review, at_school=at_school)
        by = following.due.on if following.due else review.meeting_on
        return Plainly(
            STATES[review.state], TURNS.get(following.turn, ""), by, is_late=following.is_late(today)
        )
    due = clock.review_due(plan)
    if due is None:
        return None
    what = "The plan is in force. It is looked at again each year."
    return Plainly(what, TURNS["authority"], due.on, is_late=due.on < today)
