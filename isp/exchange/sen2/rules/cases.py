"""Rules about the request and the assessment (modules 2 and 3)."""

from __future__ import annotations

from isp.exchange.sen2.message import Assessment, Person, Request
from isp.exchange.sen2.rules.registry import ASSESSMENT, REQUEST, Facts, days, is_other, of_request

SIX_WEEKS, TWENTY_WEEKS, SIXTEEN_WEEKS = 42, 140, 112


@of_request(
    "S-010",
    "E",
    REQUEST,
    "Record the outcome of the request; of a decided one also the day it was received, who asked, the "
    "day the "
    "family was told, and whether the young person was in youth accommodation.",
)
def _request_whole(one: Request, _person: Person, facts: Facts) -> bool:
    if one.outcome is None:
        return True
    if one.outcome not in ("Y", "N"):
        return False
    held = {
        "ReceivedDate": one.received_on,
        "RYA": one.youth_accommodation,
        "RequestOutcomeDate": one.outcome_on,
        "RequestSource": one.source,
    }
    return any(held[tag] is None for tag in facts.year.needed_of_decided)


@of_request(
    "S-011",
    "E",
    REQUEST,
    "The request is awaiting a decision, withdrawn or from before the period, and yet has what only a "
    "decided "
    "one has. Correct the outcome, or take away the date of the decision and the dispute about it.",
)
def _request_open(one: Request, _person: Person, _facts: Facts) -> bool:
    if one.outcome not in ("A", "W", "H"):
        return False
    decided = (one.outcome_on, one.mediation, one.tribunal)
    asked = (one.received_on, one.youth_accommodation) if one.outcome == "H" else ()
    return any(held is not None for held in (*decided, *asked))


@of_request(
    "S-012",
    "E",
    REQUEST,
    "The request was decided before it was received, or after the census day. Correct the dates.",
)
def _request_in_order(one: Request, _person: Person, facts: Facts) -> bool:
    census = facts.year.census_on
    if one.received_on is not None and one.received_on > census:
        return True
    if one.outcome_on is None:
        return False
    return one.outcome_on > census or (one.received_on is not None and one.outcome_on < one.received_on)


@of_request(
    "S-013", "Q", REQUEST, "The decision came more than six weeks after the request. Check both dates."
)
def _request_late(one: Request, _person: Person, _facts: Facts) -> bool:
    return days(one.received_on, one.outcome_on) > SIX_WEEKS


def _overturned(one: Request) -> bool:
    return bool(one.mediation or one.tribunal)


@of_request(
    "S-014",
    "E",
    REQUEST,
    "The request was refused, withdrawn or is undecided, and yet there is an assessment or a plan in force. "
    "Correct the outcome; after a refusal that was overturned, record the mediation or the appeal.",
)
def _nothing_after(one: Request, _person: Person, _facts: Facts) -> bool:
    over = one.outcome in ("A", "W") or (one.outcome == "N" and not _overturned(one))
    return over and (one.assessment is not None or one.active is not None)


@of_request(
    "S-015",
    "E",
    REQUEST,
    "Give the number of the authority to which the child moved (not this one, XXX if unknown), and "
    "nothing after it.",
)
def _moved_away(one: Request, _person: Person, facts: Facts) -> bool:
    if one.exported_to is None:
        return False
    return not is_other(one.exported_to, facts) or one.assessment is not None or one.active is not None


# -- the assessment ------------------------------------------------------------------------------------------


@of_request(
    "S-020",
    "E",
    ASSESSMENT,
    "There is an assessment, but nobody decided to make one. Correct the outcome of the request, or "
    "record the "
    "mediation or appeal after which it was made.",
)
def _assessed_with_reason(one: Request, _person: Person, _facts: Facts) -> bool:
    if one.assessment is None or one.outcome is None:
        return False
    # What was withdrawn, is undecided or was refused is the rule before's.
    if one.outcome in ("A", "W", "N"):
        return False
    return one.outcome not in ("Y", "H")


@of_request(
    "S-021",
    "E",
    ASSESSMENT,
    "Give the day on which the plan was issued, or the family was told that there will be none; an "
    "assessment "
    "that is undecided or was withdrawn has nothing after it.",
)
def _assessment_whole(one: Request, _person: Person, _facts: Facts) -> bool:
    held = one.assessment
    if held is None:
        return False
    match held.outcome:
        case "N":
            return held.outcome_on is None
        case "Y":
            return (held.outcome_on is None) != (held.plan is None)
        case "A" | "W":
            return _has_more(held)
    return held.outcome is None


def _has_more(held: Assessment) -> bool:
    flags = (held.mediation, held.tribunal, held.other_mediation, held.other_tribunal, held.excepted)
    return held.outcome_on is not None or held.plan is not None or any(one is not None for one in flags)


@of_request(
    "S-022",
    "Q",
    ASSESSMENT,
    "The plan came after more than 20 weeks (the decision not to issue one after more than 16), and no "
    "exception is recorded. Check the dates, and whether a circumstance excuses it.",
)
def _assessment_late(one: Request, _person: Person, _facts: Facts) -> bool:
    held = one.assessment
    if held is None or held.excepted:
        return False
    most = {"Y": TWENTY_WEEKS, "N": SIXTEEN_WEEKS}.get(held.outcome or "")
    return most is not None and days(one.received_on, held.outcome_on) > most


@of_request(
    "S-023", "E", ASSESSMENT, "Say whether one of the exceptions to the 20 weeks applied to this plan."
)
def _exception_said(one: Request, _person: Person, _facts: Facts) -> bool:
    held = one.assessment
    return held is not None and held.outcome == "Y" and held.plan is not None and held.excepted is None
