"""Under which rules the days in a letter are worked out: those that the case keeps which it belongs to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.audit import Unit
from isp.escalations import deadlines
from isp.escalations import upkeep_clock as clock
from isp.escalations.letters.wording import Letter
from isp.escalations.models import PlanCeasing, PlanMove, ReassessmentRequest
from isp.escalations.subjects import CaseFile
from isp.kernel.db import table_of

_AGAIN, _ENDS, _MOVES = table_of(ReassessmentRequest), table_of(PlanCeasing), table_of(PlanMove)
_ABOUT = {
    "refuse_reassess": (_AGAIN, _AGAIN.c.received_on),
    "will_reassess": (_AGAIN, _AGAIN.c.received_on),
    "consider_cease": (_ENDS, _ENDS.c.considering_on),
    "cease": (_ENDS, _ENDS.c.considering_on),
    "transfer": (_MOVES, _MOVES.c.known_on),
}
"""What a letter about a plan is one of, where that is no part of the case that led to the plan: its row, and
the day on which it began."""


def keeps(unit: Unit, case: CaseFile, letter: Letter, subject_id: UUID) -> str | None:
    """The version of the limits that a letter goes by; None where nothing of the case says which.

    ``subject_id``: of what it is about; one that names the whole case goes by what the letter is of.
    """
    review = _named(case.reviews, subject_id)
    if letter.subject == "review" and review is not None:
        return clock.version_of(review)
    if letter.kind in _ABOUT and case.plans:
        return _of_the_newest(unit, letter.kind, case.plans[0].id)
    if letter.subject != "request":
        assessment = _named(case.assessments, subject_id) or next(iter(case.assessments), None)
        if assessment is not None and assessment.rules is not None:
            return str(assessment.rules)
    request = _named(case.requests, subject_id) or next(iter(case.requests), None)
    return str(request.rules) if request is not None and request.rules is not None else None


def _named(rows: tuple[Any, ...], subject_id: UUID) -> Any | None:
    return next((row for row in rows if row.id == subject_id), None)


def _of_the_newest(unit: Unit, kind: str, plan_id: UUID) -> str | None:
    table, began = _ABOUT[kind]
    query = select(began).where(table.c.plan_id == plan_id)
    day = unit.connection.scalar(query.order_by(table.c.recorded_at.desc(), table.c.id.desc()).limit(1))
    return deadlines.rules_on(day).version if day is not None else None
