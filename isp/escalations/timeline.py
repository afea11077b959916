"""The bar of a case's dates: what has been, by when it had to be, and what is to come. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from isp.escalations import deadlines
from isp.escalations.deadlines import Due
from isp.escalations.stages import AGREED, PENDING, REFUSED, WITHDRAWN, State


class Kept(StrEnum):
    """How a step stands to its day."""

    DONE = "done"
    KEPT = "kept"
    LATE = "late"
    MISSED = "missed"
    TO_COME = "to_come"
    PAST = "past"


class Title(StrEnum):
    """What a step is, in the words of schools and authorities; families have their own (``plainly``)."""

    RECEIVED = "Request received"
    WITHDRAWN = "Request withdrawn"
    DECISION = "Decision whether to assess"
    FINAL_PLAN = "Final EHC plan, if there is to be one"
    LAST_DAY = "Last day to appeal"
    APPEAL = "Appeal made"
    TRIBUNAL = "Decision of the Tribunal"
    APPEAL_CLOSED = "Appeal closed"
    BEGINS = "Say that the assessment begins"


KEPT_WORDS: Mapping[Kept, str] = {
    Kept.DONE: "Done",
    Kept.KEPT: "Done in time",
    Kept.LATE: "Done late",
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


def steps(request: State, today: date) -> list[Step]:
    """The steps of a request so far and the next ones, in order."""
    found = [Step(Title.RECEIVED, Kept.DONE, on=request.received_on)]
    due = deadlines.decision_due(request.received_on)
    if request.status == WITHDRAWN:
        return [*found, Step(Title.WITHDRAWN, Kept.DONE, on=request.sight_until)]
    if request.decided_on is None:
        found.append(Step(Title.DECISION, _waiting(due, today), due=due))
    else:
        found.append(_done(Title.DECISION, due, request.decided_on))
        found += _after_refusal(request, today)
    if request.status in (PENDING, AGREED) and request.appealed_on is None:
        final = deadlines.final_plan_due(request.received_on)
        found.append(Step(Title.FINAL_PLAN, _waiting(final, today), due=final))
    return found


def _after_refusal(request: State, today: date) -> list[Step]:
    if request.decided_on is None or (request.status != REFUSED and request.appealed_on is None):
        return []
    limit = deadlines.appeal_due(request.decided_on)
    if request.appealed_on is None:
        over = Kept.PAST if limit.on < today else Kept.TO_COME
        return [Step(Title.LAST_DAY, over, due=limit)]
    found = [Step(Title.APPEAL, Kept.DONE, on=request.appealed_on, due=limit)]
    if request.appeal_closed_on is None:
        return [*found, Step(Title.TRIBUNAL, Kept.TO_COME)]
    found.append(Step(Title.APPEAL_CLOSED, Kept.DONE, on=request.appeal_closed_on))
    if request.status == AGREED:
        tell = deadlines.tell_after_appeal_due(request.appeal_closed_on)
        found.append(Step(Title.BEGINS, _waiting(tell, today), due=tell))
    return found


def _waiting(due: Due, today: date) -> Kept:
    return Kept.MISSED if due.on < today else Kept.TO_COME


def _done(title: Title, due: Due, on: date) -> Step:
    late = due.days_late(on)
    return Step(title, Kept.LATE if late else Kept.KEPT, on=on, due=due, days_late=late)
