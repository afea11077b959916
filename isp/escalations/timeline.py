"""The bar of a case's dates: what has been, by when it had to be, and what is to come. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from isp.escalations import deadlines
from isp.escalations.deadlines import Act, Bound, Circumstance, Due
from isp.escalations.stages import AGREED, PENDING, REFUSED, WITHDRAWN, State, after_appeal, dated


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


def steps(request: State, today: date, told: Collection[Circumstance] = ()) -> list[Step]:
    """The steps of a request so far and the next ones, in order. ``told``: what moves dates in this case."""
    found = [Step(Title.RECEIVED, Kept.DONE, on=request.received_on)]
    due = dated(Act.DECIDE, request.received_on, told)
    if request.status == WITHDRAWN:
        return [*found, Step(Title.WITHDRAWN, Kept.DONE, on=request.sight_until)]
    if request.decided_on is None:
        found.append(Step(Title.DECISION, _waiting(due, today), due=due))
    else:
        found.append(_done(Title.DECISION, Act.DECIDE, request.received_on, request.decided_on, told))
        found += _after_refusal(request, today, told)
    if request.status in (PENDING, AGREED) and request.appealed_on is None:
        found += _to_the_plan(request, today, told)
    return found


def _to_the_plan(request: State, today: date, told: Collection[Circumstance]) -> list[Step]:
    """What follows a yes, with every day that runs from the request; before it, only the last of them."""
    acts = [(Title.FINAL_PLAN, Act.FINAL_PLAN)]
    if request.status == AGREED:
        acts = [(Title.DRAFT_PLAN, Act.DRAFT_PLAN), (Title.NO_PLAN, Act.NO_PLAN), *acts]
    return [_to_come(title, dated(act, request.received_on, told), today) for title, act in acts]


def _after_refusal(request: State, today: date, told: Collection[Circumstance]) -> list[Step]:
    if request.decided_on is None or (request.status != REFUSED and request.appealed_on is None):
        return []
    limit = deadlines.appeal_due(request.decided_on)
    if request.appealed_on is None:
        adviser = deadlines.due(Act.CONTACT_ADVISER, request.decided_on)
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
        found += [_to_come(title, dated(act, ended, told), today) for title, act in following]
    return found


def _open_until(title: Title, due: Due, today: date) -> Step:
    """What somebody may do, until a day."""
    return Step(title, Kept.PAST if due.on < today else Kept.TO_COME, due=due)


def _to_come(title: Title, due: Due, today: date) -> Step:
    """What somebody must do; what is only usual by a day is not missed when the day has passed."""
    return Step(title, _waiting(due, today) if due.bound is Bound.AT_MOST else Kept.TO_COME, due=due)


def _waiting(due: Due, today: date) -> Kept:
    return Kept.MISSED if due.on < today else Kept.TO_COME


def _done(title: Title, act: Act, start: date, on: date, told: Collection[Circumstance]) -> Step:
    """What was done on a day: by the law's own day, by the day to which it was moved, or after both."""
    due, late = dated(act, start, told), deadlines.due(act, start).days_late(on)
    kept = Kept.KEPT if not late else Kept.LATE if due.days_late(on) else Kept.EXCUSED
    return Step(title, kept, on=on, due=due, days_late=late)
