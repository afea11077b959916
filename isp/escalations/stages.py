"""Where a request stands, which date is next, and whose turn it is. Pure: from the row and today."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from isp.escalations import deadlines
from isp.escalations.deadlines import Act, Circumstance, Due, moved

PENDING, AGREED, REFUSED, WITHDRAWN = "pending", "agreed", "refused", "withdrawn"
OPEN = frozenset({PENDING, AGREED})
NEARLY_DUE = timedelta(days=14)


class State(Protocol):
    """The dates and codes of a request that the rules go by; a row of ``assessment_request`` is one."""

    @property
    def status(self) -> str: ...
    @property
    def received_on(self) -> date: ...
    @property
    def decided_on(self) -> date | None: ...
    @property
    def sight_until(self) -> date | None: ...
    @property
    def appealed_on(self) -> date | None: ...
    @property
    def appeal_closed_on(self) -> date | None: ...
    @property
    def appeal_result(self) -> str | None: ...


class Stage(StrEnum):
    """Where a request stands today."""

    DECIDING = "deciding"
    ASSESSING = "assessing"
    MAY_APPEAL = "may_appeal"
    APPEAL = "appeal"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


STAGE_WORDS: Mapping[Stage, str] = {
    Stage.DECIDING: "Deciding whether to assess",
    Stage.ASSESSING: "Assessment agreed",
    Stage.MAY_APPEAL: "Refused, and an appeal is possible",
    Stage.APPEAL: "Refused, and under appeal",
    Stage.REFUSED: "Refused",
    Stage.WITHDRAWN: "Withdrawn",
}


@dataclass(frozen=True, slots=True)
class Standpoint:
    """A request's stage, the next date (None where none runs), and whose turn it is."""

    stage: Stage
    due: Due | None
    turn: str
    """authority, family, tribunal or nobody"""

    def is_late(self, today: date) -> bool:
        """Whether the authority has let its day go by."""
        return self.turn == "authority" and self.due is not None and self.due.on < today

    def is_pressing(self, today: date) -> bool:
        """Whether the authority's day is past or near."""
        return self.turn == "authority" and self.due is not None and self.due.on <= today + NEARLY_DUE


def stage_of(request: State, today: date) -> Stage:
    """Where the request stands."""
    if request.status == REFUSED:
        if request.appealed_on is not None and request.appeal_closed_on is None:
            return Stage.APPEAL
        may_still = request.sight_until is not None and today <= request.sight_until
        return Stage.MAY_APPEAL if may_still and request.appealed_on is None else Stage.REFUSED
    return {PENDING: Stage.DECIDING, AGREED: Stage.ASSESSING, WITHDRAWN: Stage.WITHDRAWN}[request.status]


def dated(act: Act, start: date, told: Collection[Circumstance]) -> Due:
    """The day for an act, moved by what excuses it in this case."""
    return moved(deadlines.due(act, start), start, told)


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


def standpoint(request: State, today: date, told: Collection[Circumstance] = ()) -> Standpoint:
    """The stage with its next date and whose turn it is. ``told``: what moves dates in this case."""
    stage = stage_of(request, today)
    if stage is Stage.DECIDING:
        return Standpoint(stage, dated(Act.DECIDE, request.received_on, told), "authority")
    if stage is Stage.ASSESSING:
        # After an appeal the order's own, shorter limit runs; the weeks from the request are long over.
        if request.appeal_closed_on is not None:
            due = dated(after_appeal(request).tell, request.appeal_closed_on, told)
        else:
            due = dated(Act.FINAL_PLAN, request.received_on, told)
        return Standpoint(stage, due, "authority")
    if stage is Stage.MAY_APPEAL and request.decided_on is not None:
        return Standpoint(stage, deadlines.appeal_due(request.decided_on), "family")
    return Standpoint(stage, None, "tribunal" if stage is Stage.APPEAL else "nobody")
