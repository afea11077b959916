"""Where a request stands, which date is next, and whose turn it is. Pure: from the row and today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from isp.escalations import deadlines
from isp.escalations.deadlines import Due

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


def standpoint(request: State, today: date) -> Standpoint:
    """The stage with its next date and whose turn it is."""
    stage = stage_of(request, today)
    if stage is Stage.DECIDING:
        return Standpoint(stage, deadlines.decision_due(request.received_on), "authority")
    if stage is Stage.ASSESSING:
        # After an appeal the order's own, shorter limit runs; the weeks from the request are long over.
        if request.appeal_closed_on is not None:
            due = deadlines.tell_after_appeal_due(request.appeal_closed_on)
        else:
            due = deadlines.final_plan_due(request.received_on)
        return Standpoint(stage, due, "authority")
    if stage is Stage.MAY_APPEAL and request.decided_on is not None:
        return Standpoint(stage, deadlines.appeal_due(request.decided_on), "family")
    return Standpoint(stage, None, "tribunal" if stage is Stage.APPEAL else "nobody")
