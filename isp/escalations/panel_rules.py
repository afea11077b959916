"""What panels there are, what they may recommend, and when. Pure.

A panel recommends. The decision is the authority's, under the legal test, and is recorded by an officer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from isp.escalations.advice_rules import ATTENTION, TEXT_LIMIT
from isp.kernel.errors import Conflict, Invalid

PLANNED, HELD, CANCELLED = "planned", "held", "cancelled"
KINDS: Mapping[str, str] = {
    "assess": "Whether to assess",
    "issue": "Whether to issue a plan",
    "other": "Something else",
}
STATES: Mapping[str, str] = {PLANNED: "To come", HELD: "Held", CANCELLED: "Called off"}
RECOMMENDATIONS: Mapping[str, Mapping[str, str]] = {
    "assess": {
        "assess": "Carry out an assessment",
        "not_assess": "Do not carry out an assessment",
        "more": "More is needed before the panel can say",
    },
    "issue": {
        "issue": "Issue an EHC plan",
        "not_issue": "Do not issue an EHC plan",
        "more": "More is needed before the panel can say",
    },
    "other": {
        "support": "The panel supports what was put to it",
        "not_support": "The panel does not support it",
        "more": "More is needed before the panel can say",
    },
}
MEMBERS: Mapping[str, str] = {
    "manager": "SEN manager",
    "officer": "SEN case officer",
    "psychologist": "Educational psychologist",
    "health": "Health",
    "social_care": "Social care",
    "head": "Head teacher",
    "senco": "SENCO",
    "early_years": "Early years",
    "post_16": "College or post-16",
    "parents": "Parent carer forum",
    "other": "Somebody else",
}
MOST_ITEMS = 60
_LONGEST = timedelta(days=366)


def check_panel(kind: str, held_on: date, today: date) -> None:
    """Raise Invalid where a panel cannot be planned so."""
    errors = {} if kind in KINDS else {"kind": "Choose what the panel looks at."}
    if not today - _LONGEST <= held_on <= today + _LONGEST:
        errors["held_on"] = "This is more than a year off. Check the year."
    if errors:
        raise Invalid(ATTENTION, errors)


def check_planned(state: str) -> None:
    """Raise Conflict unless the panel is still to come, or its results are not all recorded."""
    if state != PLANNED:
        raise Conflict(f"This panel is {STATES[state].lower()}, so its agenda stays as it is.")


def check_holding(held_on: date, today: date, members: Collection[str], waiting: int, items: int) -> None:
    """Raise Conflict or Invalid where a panel cannot be recorded as held."""
    if held_on > today:
        raise Conflict("This panel is still to come.")
    if not items:
        raise Conflict("No case was on the agenda. Call the panel off instead.")
    if waiting:
        raise Conflict(
            "Record first what the panel recommends in each case, or take the case off the agenda."
        )
    if not members or not set(members) <= set(MEMBERS):
        raise Invalid(ATTENTION, {"members": "Say who was there."})


def check_recommendation(kind: str, recommendation: str, reasons: str, held_on: date, today: date) -> None:
    """Raise Conflict or Invalid where a recommendation cannot be recorded so."""
    if held_on > today:
        raise Conflict("This panel is still to come, so it has recommended nothing yet.")
    errors = {}
    if recommendation not in RECOMMENDATIONS[kind]:
        errors["recommendation"] = "Choose what the panel recommends."
    if not reasons.strip():
        errors["reasons"] = "Say why. The officer who decides reads it."
    elif len(reasons) > TEXT_LIMIT:
        errors["reasons"] = f"Keep this to {TEXT_LIMIT:,} characters."
    if errors:
        raise Invalid(ATTENTION, errors)


def recommendation_words(kind: str, code: str) -> str:
    """What was recommended, in words."""
    return RECOMMENDATIONS[kind][code]
