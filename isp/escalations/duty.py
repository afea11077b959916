"""One thing that is due next: what it is about, what is to be done, by when, and whose turn it is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from isp.escalations import stages
from isp.escalations.deadlines import Due

NO_DAY = date.max
"""Of a duty for which no date runs."""
REQUEST, ASSESSMENT, PLAN, REVIEW = "request", "assessment", "plan", "review"
DISPUTE, ORDER, REASSESSMENT = "dispute", "order", "reassessment"
MOVE, COLLEGE, HEALTH_BODY = "move", "college", "health_body"
ADVICE = "advice"
NOTICE, ADMISSION, PROVISION, AGE = "notice", "admission", "provision", "age"
SUBJECT_WORDS = {
    REQUEST: "EHC needs assessment requests",
    ASSESSMENT: "Assessments",
    ADVICE: "Advice asked for and not in yet",
    PLAN: "EHC plans",
    REVIEW: "Annual reviews",
    DISPUTE: "Mediation and appeals",
    ORDER: "What was ordered or agreed about plans",
    REASSESSMENT: "Requests for a re-assessment",
    MOVE: "Moves to another authority",
    COLLEGE: "Moves to another college",
    HEALTH_BODY: "Changes of the health body",
    NOTICE: "Telling that a request is considered",
    ADMISSION: "Starting at the school that a plan names",
    PROVISION: "Provision of plans to be in place",
    AGE: "Plans that end by age",
}
AUTHORITY, SCHOOL, FAMILY, TRIBUNAL, NOBODY = "authority", "school", "family", "tribunal", "nobody"
HEALTH, MEDIATOR, ADVISER = "health", "mediator", "adviser"
TURN_WORDS = {
    AUTHORITY: "The local authority",
    SCHOOL: "The school",
    FAMILY: "The family",
    HEALTH: "The health body",
    MEDIATOR: "The mediation adviser",
    ADVISER: "The adviser",
    TRIBUNAL: "The Tribunal",
    NOBODY: "Nobody",
}
ON_OUR_SIDE = frozenset({AUTHORITY, SCHOOL, HEALTH, MEDIATOR, ADVISER})
"""Whoever the law holds to the date; a family's own time can be let go by."""
DUTY_STAGES = {one.value: stages.STAGE_WORDS[one] for one in stages.Stage if one not in stages.OVER} | {
    "unchanged_may_appeal": "Assessed again, the plan stays, and an appeal is possible",
    "advice_asked": "Advice asked for: chase it where it is late",
    "advice_sent_back": "Advice sent back: chase it where it is late",
    "in_force": "Plan in force",
    "ceasing": "Plan ceasing, and an appeal is possible",
    "ceasing_over": "Plan ceasing, and the time to appeal is over",
    "review_due": "Review to be held",
    "review_invited": "Review meeting set",
    "review_held": "Review held, report to come",
    "review_reported": "Review to be decided",
    "review_amending": "Plan being amended",
    "mediation": "Mediation asked for",
    "mediation_unwanted": "No mediation wanted, certificate to come",
    "mediation_not_held": "Mediation not held in time, certificate to come",
    "mediation_held": "Mediation held, certificate to come",
    "mediation_health": "Mediation asked for, health body to be told",
    "mediation_appeal": "Mediation over, and an appeal is possible",
    "mediation_over": "Mediation over, end to be recorded",
    "appeal_answer": "Appeal to be answered",
    "appeal_hearing": "Appeal with the Tribunal",
    "outcome_told": "Ended, the family says: to be confirmed",
    "agreed": "Agreed in mediation, and to be done",
    "ordered": "Ordered or agreed, and to be done",
    "reassessment_asked": "Re-assessment asked for",
    "reassessment_refused": "Re-assessment refused, and an appeal is possible",
    "moving": "Moving to another authority",
    "moved_in": "Came from another authority, family to be told",
    "college_move": "Moving to another college",
    "health_body": "Health body changing",
    "to_tell": "Request in, those concerned to be told",
    "to_admit": "Named in the plan, to be admitted",
    "to_secure": "Plan made, provision to be seen in place",
    "provision_owed": "Provision of the plan not given in full",
    "placed_for_now": "Placed elsewhere since the move, plan to be amended",
    "setting_closes": "Setting of the plan closes, another to be named",
    "ends_by_age": "Plan that ends by age",
}
SOON = timedelta(days=14)
"""Within so many days a date is near."""


@dataclass(frozen=True, slots=True)
class Duty:
    """What is due next about one row of a case: a request, a plan, a dispute, a move."""

    subject: str
    subject_id: UUID
    stage: str
    due_on: date
    turn: str
    act: str | None
    case_id: UUID | None = None
    """The request that the case began with; None where it came from elsewhere."""
    plan_id: UUID | None = None
    officer_id: UUID | None = None
    reference: str | None = None
    waits_until: date | None = None
    """Up to this day the family's time runs, before whoever's turn it is can go on."""
    turns_on: date | None = None
    """From this day another date runs, though nothing has happened: it is worked out anew."""
    lapses_on: date | None = None
    """The last day on which it counts: the time to appeal passes by itself."""


def turn_on(duty: Any, today: date) -> str:
    """Whose turn it is on a day."""
    waits = duty.waits_until is not None and today <= duty.waits_until
    return FAMILY if waits else str(duty.turn)


def is_pressing(duty: Any, today: date) -> bool:
    """Whether a date of the law is past or near that somebody other than the family is held to."""
    return bool(duty.turn in ON_OUR_SIDE and duty.due_on < today + SOON)


def is_late(duty: Any, today: date) -> bool:
    """Whether a date of the law is past that somebody other than the family is held to."""
    return bool(duty.turn in ON_OUR_SIDE and duty.due_on < today)


def dated(due: Due | None) -> dict[str, Any]:
    """The day of a duty and the act that has it; ``NO_DAY`` where none runs."""
    return {"due_on": due.on if due else NO_DAY, "act": due.act.value if due else None}
