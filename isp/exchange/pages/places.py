"""Where each rule of the return is mended: a link to the form that changes what the rule looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

CHILD, CASE, PLAN = "pupil_id", "request_id", "plan_id"


@dataclass(frozen=True, slots=True)
class Place:
    """A page where something is mended: of the child, the case or the plan that the finding is about."""

    of: str
    endpoint: str
    words: str


_DETAILS = Place(CHILD, "exchange.child", "The child’s details")
_REGISTER = Place(CHILD, "caseload.pupil", "The child’s page")
_CASE = Place(CASE, "escalations.case", "The case")
_RECEIVED = Place(CASE, "escalations.correct_receipt", "Put the day of receipt right")
_DAY = Place(CASE, "escalations.correct", "Put another day right")
_EXCUSE = Place(CASE, "escalations.excuse", "Record what excuses it")
_DISPUTES = Place(CASE, "escalations.list_disputes", "Mediation and appeals")
_PLAN = Place(PLAN, "upkeep.plan", "The plan, its settings and reviews")
_STARTED = Place(PLAN, "upkeep.plan_started", "Record where the child is, and since when")
_AMEND = Place(PLAN, "upkeep.plan_amend", "Amend the plan")
_PHASE = Place(PLAN, "upkeep.plan_phase", "Say when the child changes phase")

PLACES: Mapping[str, Sequence[Place]] = {
    **dict.fromkeys(("S-001", "S-002", "S-003", "S-004"), (_DETAILS,)),
    **dict.fromkeys(("S-005", "S-006", "S-007"), (_DETAILS, _REGISTER)),
    "S-010": (_CASE, _RECEIVED, _DAY),
    "S-011": (_CASE, _DAY, _DISPUTES),
    "S-012": (_RECEIVED, _DAY),
    "S-013": (_RECEIVED, _DAY),
    "S-014": (_CASE, _DISPUTES),
    "S-015": (_CASE,),
    "S-020": (_CASE, _DISPUTES),
    "S-021": (_CASE, _DAY),
    "S-022": (_EXCUSE, _DAY),
    "S-023": (_EXCUSE,),
    "S-030": (_PLAN, _DAY),
    "S-031": (_PLAN, _AMEND),
    "S-032": (_PLAN, _AMEND),
    "S-033": (_STARTED, _PLAN),
    "S-034": (_PLAN, _AMEND),
    "S-035": (_PLAN,),
    "S-036": (_PLAN,),
    "S-040": (_STARTED, _DETAILS),
    "S-041": (_STARTED, _PLAN),
    "S-042": (_STARTED, _PLAN),
    "S-043": (_DETAILS,),
    "S-044": (_PLAN,),
    "S-045": (_PLAN,),
    "S-046": (_PHASE, _PLAN),
    "S-047": (_PLAN,),
    "S-048": (_STARTED, _PLAN),
}
"""By rule, the likeliest first."""


def links(rule: str, pupil_id: UUID, request_id: UUID | None, plan_id: UUID | None) -> list[tuple[str, str]]:
    """Where one finding is mended: addresses with their words. Where it is about no case and no plan that
    is on record, the child's details lead on.
    """
    ids: dict[str, Any] = {CHILD: pupil_id, CASE: request_id, PLAN: plan_id}
    known = [one for one in PLACES[rule] if ids[one.of] is not None]
    return [(url_for(one.endpoint, **{one.of: ids[one.of]}), one.words) for one in known or (_DETAILS,)]
