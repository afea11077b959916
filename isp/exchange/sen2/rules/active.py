"""Rules about the plan in force: where the child is, why, and how it was reviewed (module 5)."""

from __future__ import annotations

from isp.exchange.sen2.message import ActivePlan, Person, Request
from isp.exchange.sen2.rules.plans import is_active, ways
from isp.exchange.sen2.rules.registry import ACTIVE, Facts, days, is_other, of_request
from isp.register.importing.cells import age_on

FOUR_WEEKS = 28


def _active(one: Request) -> ActivePlan:
    return one.active if one.active is not None else ActivePlan()


@of_request(
    "S-040",
    "E",
    ACTIVE,
    "The plan was in force on the census day: record where the child was placed, and the primary type "
    "of need.",
)
def _active_whole(one: Request, _person: Person, facts: Facts) -> bool:
    if one.plan is None or not is_active(one.plan, facts.year.census_on):
        return False
    held = _active(one)
    # Needs that are there with wrong ranks are another rule's.
    return not held.placements or not held.needs


@of_request(
    "S-041",
    "E",
    ACTIVE,
    "Name each placement by one thing only (URN, UKPRN or a code), with the day it began; it ends on no "
    "earlier day.",
)
def _placements(one: Request, _person: Person, facts: Facts) -> bool:
    codes = facts.year.codes["PlacementDetail.SENSetting"]
    return any(
        ways(each.urn, each.ukprn, each.setting) != 1
        or (each.setting is not None and each.setting not in codes)
        or each.entered_on is None
        or days(each.entered_on, each.left_on) < 0
        for each in _active(one).placements
    )


@of_request(
    "S-042",
    "Q",
    ACTIVE,
    "“Not in education, employment or training” is for those aged 16 to 25; “notice to cease issued” only "
    "where one is recorded.",
)
def _nowhere(one: Request, person: Person, facts: Facts) -> bool:
    codes = {each.setting for each in _active(one).placements if each.left_on is None}
    if "NEET" in codes and person.born_on is not None:
        return not 16 <= age_on(person.born_on, facts.year.census_on) <= 25
    return "NIEC" in codes and facts.cease_noted is False


@of_request(
    "S-043", "E", ACTIVE, "There is one primary type of need, and at most one other that comes second."
)
def _needs(one: Request, _person: Person, facts: Facts) -> bool:
    held = _active(one).needs
    if not held:
        return False
    kinds = {each.kind for each in held}
    ranks = [each.rank for each in held]
    codes = facts.year.codes["SENtype"]
    return ranks not in ([1], [1, 2]) or len(kinds) != len(held) or not all(kind in codes for kind in kinds)


@of_request(
    "S-044",
    "Q",
    ACTIVE,
    "Look at the review: the decision was before the meeting or more than four weeks after it, or a plan of "
    "more than a year has had no meeting.",
)
def _reviewed(one: Request, _person: Person, facts: Facts) -> bool:
    if one.active is None or one.plan is None:
        return False
    meeting, decided = one.active.meeting_on, one.active.decided_on
    if meeting is not None:
        return decided is not None and not 0 <= (decided - meeting).days <= FOUR_WEEKS
    # The day on which a plan of today would have been reviewed at the latest.
    census, began = facts.year.census_on, one.plan.started_on
    return began is not None and (began.year + 1, began.month, began.day) < (
        census.year,
        census.month,
        census.day,
    )


@of_request(
    "S-045",
    "E",
    ACTIVE,
    "A decision after a review has its day and its outcome; an amended draft belongs to the outcome "
    "“amend” only.",
)
def _review_whole(one: Request, _person: Person, _facts: Facts) -> bool:
    held = _active(one)
    if (held.review_outcome is None) != (held.decided_on is None):
        return True
    return held.review_draft_on is not None and held.review_outcome != "A"


@of_request(
    "S-046",
    "Q",
    ACTIVE,
    "Look at the phase transfer: plans are due on 15 February or 31 March, and this one came later or has "
    "another day.",
)
def _phase(one: Request, _person: Person, _facts: Facts) -> bool:
    held = _active(one)
    due = held.phase_due_on
    if due is None:
        return False
    return (due.month, due.day) not in ((2, 15), (3, 31)) or days(due, held.phase_final_on) > 0


@of_request(
    "S-047",
    "E",
    ACTIVE,
    "Give the number of the authority that the plan came from (not this one); request and assessment of "
    "such a "
    "plan are historical.",
)
def _came_from(one: Request, _person: Person, facts: Facts) -> bool:
    code = _active(one).transferred_from
    if code is None:
        return False
    historical = one.outcome == "H" and one.assessment is not None and one.assessment.outcome == "H"
    return not is_other(code, facts) or not historical


@of_request("S-048", "E", ACTIVE, "A URN has 6 digits; a UKPRN has 8 and begins with 1. Copy it again.")
def _numbers(one: Request, _person: Person, _facts: Facts) -> bool:
    settings = [*(one.plan.details if one.plan else ()), *_active(one).placements]
    return any(
        (each.urn is not None and not (len(each.urn) == 6 and each.urn.isdecimal()))
        or (
            each.ukprn is not None
            and not (len(each.ukprn) == 8 and each.ukprn.isdecimal() and each.ukprn[0] == "1")
        )
        for each in settings
    )
