"""What can be disputed, how a dispute can end, and by when what comes of it must be done. Pure.

Section 51(2) of the Children and Families Act 2014 says what can be appealed; mediation can be about the same
(section 52). A dispute runs beside the case and is never a state of it: what it ends with opens a duty.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from isp.escalations import deadlines
from isp.escalations.deadlines import Act, Due
from isp.kernel.errors import Conflict, Invalid


class Kind(StrEnum):
    """Which way was taken."""

    MEDIATION = "mediation"
    APPEAL = "appeal"


class About(StrEnum):
    """Which decision is disputed."""

    ASSESS = "assess"
    ISSUE = "issue"
    CONTENT = "content"
    SETTING = "setting"
    REASSESS = "reassess"
    AMEND = "amend"
    CEASE = "cease"


class Result(StrEnum):
    """How a dispute ended."""

    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    CONCEDED = "conceded"
    NO_AGREEMENT = "no_agreement"
    AGREEMENT = "agreement"
    OTHER_AGREEMENT = "other_agreement"
    ASSESS = "assess"
    PLAN = "plan"
    RECONSIDER = "reconsider"
    AMEND = "amend"
    SETTING = "setting"
    CONTINUE = "continue"
    CONTINUE_AMEND = "continue_amend"
    REASSESS = "reassess"
    CEASE = "cease"


KIND_WORDS: Mapping[Kind, str] = {Kind.MEDIATION: "Mediation", Kind.APPEAL: "Appeal to the Tribunal"}
ABOUT_WORDS: Mapping[About, str] = {
    About.ASSESS: "The decision not to assess",
    About.ISSUE: "The decision not to issue a plan",
    About.CONTENT: "What the plan says of needs or provision (sections B and F)",
    About.SETTING: "The school or other setting alone (section I)",
    About.REASSESS: "The decision not to re-assess",
    About.AMEND: "The decision not to amend the plan",
    About.CEASE: "The decision to cease the plan",
}
RESULT_WORDS: Mapping[Result, str] = {
    Result.DISMISSED: "Dismissed by the Tribunal",
    Result.WITHDRAWN: "Withdrawn by the family",
    Result.CONCEDED: "The authority gave way",
    Result.NO_AGREEMENT: "Ended without an agreement, or was not wanted",
    Result.AGREEMENT: "Agreed on what could be appealed",
    Result.OTHER_AGREEMENT: "Agreed on something that cannot be appealed",
    Result.ASSESS: "The Tribunal ordered an assessment",
    Result.PLAN: "The Tribunal ordered a plan to be made",
    Result.RECONSIDER: "The Tribunal sent the case back to be considered again",
    Result.AMEND: "The Tribunal ordered the plan to be amended",
    Result.SETTING: "The Tribunal ordered another setting to be named",
    Result.CONTINUE: "The Tribunal ordered the plan to go on",
    Result.CONTINUE_AMEND: "The Tribunal ordered the plan to go on, amended",
    Result.REASSESS: "The Tribunal ordered a re-assessment",
    Result.CEASE: "The Tribunal ordered the plan to cease",
}
_LOST = (Result.DISMISSED, Result.WITHDRAWN)
MEDIATED = (Result.NO_AGREEMENT, Result.AGREEMENT, Result.OTHER_AGREEMENT)
"""How mediation can end; an appeal ends in other ways."""
_APPEALED: Mapping[About, tuple[Result, ...]] = {
    About.ASSESS: (*_LOST, Result.ASSESS, Result.CONCEDED),
    About.ISSUE: (*_LOST, Result.PLAN, Result.RECONSIDER, Result.CONCEDED),
    About.CONTENT: (*_LOST, Result.AMEND, Result.SETTING, Result.CONCEDED),
    About.SETTING: (*_LOST, Result.SETTING, Result.CONCEDED),
    About.REASSESS: (*_LOST, Result.REASSESS, Result.CONCEDED),
    About.AMEND: (*_LOST, Result.AMEND, Result.RECONSIDER, Result.CONCEDED),
    About.CEASE: (*_LOST, Result.CEASE, Result.CONTINUE, Result.CONTINUE_AMEND, Result.CONCEDED),
}
_ORDERS: Mapping[Result, Act] = {
    Result.ASSESS: Act.TELL_ASSESSING,
    Result.PLAN: Act.ORDER_DRAFT,
    Result.RECONSIDER: Act.ORDER_RECONSIDER,
    Result.AMEND: Act.ORDER_AMEND,
    Result.SETTING: Act.ORDER_SETTING,
    Result.CONTINUE: Act.ORDER_CONTINUE,
    Result.CONTINUE_AMEND: Act.ORDER_AMEND,
    Result.REASSESS: Act.TELL_ASSESSING,
    Result.CEASE: Act.ORDER_CEASE,
    Result.OTHER_AGREEMENT: Act.AGREEMENT,
}
_CONCEDED: Mapping[About, Act] = {
    About.ASSESS: Act.CONCEDED_TELL,
    About.ISSUE: Act.CONCEDED_DRAFT,
    About.CONTENT: Act.CONCEDED_AMEND,
    About.SETTING: Act.CONCEDED_SETTING,
    About.REASSESS: Act.CONCEDED_TELL,
    About.AMEND: Act.CONCEDED_AMEND,
    About.CEASE: Act.ORDER_CONTINUE,
}
_AGREED: Mapping[About, Act] = {
    About.ASSESS: Act.TELL_ASSESSING,
    About.ISSUE: Act.ORDER_DRAFT,
    About.CONTENT: Act.ORDER_AMEND,
    About.SETTING: Act.ORDER_SETTING,
    About.REASSESS: Act.TELL_ASSESSING,
    About.AMEND: Act.ORDER_AMEND,
    About.CEASE: Act.ORDER_CONTINUE,
}
REOPENS = frozenset({About.ASSESS, About.ISSUE})
"""Won, the case itself goes on and keeps the order's dates; the other orders are done to a plan in force."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The dates of a dispute that the rules go by."""

    kind: Kind
    about: About
    decision_on: date
    asked_on: date
    certificate_on: date | None = None
    held_on: date | None = None
    response_due_on: date | None = None
    answered_on: date | None = None
    hearing_on: date | None = None
    closed_on: date | None = None
    result: Result | None = None
    order_due_on: date | None = None
    order_done_on: date | None = None
    told_result: Result | None = None
    told_on: date | None = None
    decision_sent_on: date | None = None
    rules: str | None = None
    """The version of the limits that it keeps: ``version_of``."""
    wanted: bool | None = None
    health: bool | None = None
    health_told_on: date | None = None


GIVEN_UP: Mapping[Kind, Result] = {
    Kind.APPEAL: Result.WITHDRAWN,
    Kind.MEDIATION: Result.NO_AGREEMENT,
}
"""How whoever began it ends it by her own will. Every other end is somebody else's to give."""


def results_for(kind: Kind, about: About) -> tuple[Result, ...]:
    """How such a dispute can end."""
    return MEDIATED if kind is Kind.MEDIATION else _APPEALED[about]


def order_act(about: About, result: Result) -> Act | None:
    """What was ordered (regulation 44), conceded (45) or agreed (42), as the limits have it; None: nothing.

    Of an agreement on what could be appealed the times are those of an order (regulation 42(2)).
    """
    if result is Result.CONCEDED:
        return _CONCEDED[about]
    if result is Result.AGREEMENT:
        return _AGREED[about]
    return _ORDERS.get(result)


def kept_here(subject: str, result: Result, on: date, version: str | None = None) -> date | None:
    """The day that stands with the dispute itself: of an agreement on what cannot be appealed, about no plan.

    What is to be done to a plan is a duty of the plan's (``upkeep.orders``), and what turns the case runs in
    its course: each day is kept in one place.
    """
    if subject == "plan" or result is not Result.OTHER_AGREEMENT:
        return None
    return deadlines.due(Act.AGREEMENT, on, version=version).on


def version_of(
    row: Any, requests: Collection[Any], assessments: Collection[Any], again: Collection[Any] = ()
) -> str:
    """The rules that a dispute keeps: those of the case in which the decision that it is about was made.

    ``again``: requests to assess anew. A decision about a plan that came of none of these: those of its day.
    """
    for one in requests:
        if one.id == row.subject_id:
            return one.rules or deadlines.rules_on(one.received_on).version
    for one in assessments:
        of_its_plan = one.plan_id == row.subject_id and one.outcome_on == row.decision_on
        if (one.id == row.subject_id or of_its_plan) and one.rules is not None:
            return str(one.rules)
    for one in again:
        if one.plan_id == row.subject_id and one.decided_on == row.decision_on:
            return one.rules or deadlines.rules_on(one.received_on).version
    return deadlines.rules_on(row.decision_on).version


def sent_on(
    row: Any,
    requests: Collection[Any],
    assessments: Collection[Any],
    again: Collection[Any] = (),
    endings: Collection[Any] = (),
) -> date | None:
    """When the letter with the decision that a dispute is about was sent; None where no row says so.

    ``endings``: of plans, those that are decided.
    """
    of_case = {one.id: (one.decided_on, one.notice_on) for one in requests}
    of_case |= {one.id: (one.outcome_on, one.notice_on) for one in assessments}
    about_plans = [(one.plan_id, one.decided_on, one.notice_on) for one in (*again, *endings)]
    about_plans += [(one.plan_id, one.outcome_on, one.notice_on) for one in assessments]
    told = [
        *([of_case[row.subject_id]] if row.subject_id in of_case else []),
        *((on, noticed) for plan_id, on, noticed in about_plans if plan_id == row.subject_id),
    ]
    return next((noticed for on, noticed in told if on == row.decision_on and noticed is not None), None)


def duty(one: Standing) -> tuple[str, Due | date | None, str] | None:
    """What is next in a dispute: in words, by when, and whose turn. None where nothing is left to do."""
    if one.closed_on is not None:
        if one.order_due_on is None or one.order_done_on is not None:
            return None
        return "Do what was ordered or agreed", one.order_due_on, "authority"
    if one.told_result is not None:
        return "Confirm what the family says: how it ended", None, "authority"
    if one.kind is Kind.MEDIATION:
        if one.held_on is not None:
            return "Record the agreement, or that there is none", None, "authority"
        if one.wanted is False:
            if one.certificate_on is not None:
                return "Record that no mediation was wanted", None, "authority"
            due = deadlines.due(Act.CERTIFICATE_UNWANTED, one.asked_on, version=one.rules)
            return "Give the certificate: no mediation is wanted", due, "mediator"
        return (
            "Have the mediation take place",
            deadlines.due(Act.MEDIATE, one.asked_on, version=one.rules),
            "authority",
        )
    if one.hearing_on is not None:
        return "The Tribunal hears the appeal", one.hearing_on, "tribunal"
    if one.answered_on is not None:
        return "The Tribunal sets a day to hear the appeal", None, "tribunal"
    return "Answer the appeal", one.response_due_on, "authority"


def health_due(one: Standing) -> Due | None:
    """By when the health body is told what is to be mediated (regulations 35 to 37); None where it is not."""
    return deadlines.due(Act.TELL_HEALTH, one.asked_on, version=one.rules) if one.health else None


def check_wish(kind: Kind, wanted: bool | None, health: bool | None) -> None:
    """Raise Invalid where it does not hold together what is wanted of the adviser."""
    errors = {}
    if kind is Kind.APPEAL and (wanted is False or health):
        errors["wanted"] = "This is asked about mediation alone. Leave it as it was for an appeal."
    elif wanted is False and health:
        errors["health"] = "Where no mediation is wanted, there is nothing to tell the health body of."
    if errors:
        raise Invalid("Some of this needs another look.", errors)


def check_health_told(one: Standing, on: date, today: date) -> None:
    """Raise Conflict or Invalid where the health body cannot have been told then, or need not be."""
    if one.kind is not Kind.MEDIATION or not one.health:
        raise Conflict("This is no mediation about health provision, so there is nobody to tell.")
    if one.health_told_on is not None:
        raise Conflict("It is on record already that the health body was told.")
    check_day(one, "on", on, today)


def check_held(one: Standing) -> None:
    """Raise Conflict where a mediation that nobody wanted cannot have been held."""
    if one.wanted is False:
        raise Conflict(
            "No mediation was wanted here, only the certificate. If it is wanted now, record how this one "
            "ended, and a new one."
        )


def appeal_limit(one: Standing) -> Due | None:
    """The last day to appeal with the certificate of a mediation; None where there is none."""
    if one.kind is not Kind.MEDIATION or one.certificate_on is None:
        return None
    start = deadlines.counts_from(one.decision_on, one.decision_sent_on)
    return deadlines.appeal_due(start, one.certificate_on, version=one.rules)


def check_new(on: date, decision_on: date, today: date) -> None:
    """Raise Invalid where a dispute cannot have begun on this day."""
    _check(on, decision_on, today, "the decision")


def check_open(one: Standing) -> None:
    """Raise Conflict where the dispute has ended."""
    if one.closed_on is not None:
        raise Conflict("This has ended already. Look at how it ended on the page of the case.")


def check_day(one: Standing, name: str, on: date, today: date) -> None:
    """Raise Invalid where the day is before the dispute began or still to come."""
    _check(on, one.asked_on, today, "it began", name)


def check_closing(one: Standing, result: Result, on: date, today: date) -> None:
    """Raise Conflict or Invalid where a dispute cannot end so, or then."""
    check_open(one)
    errors = {}
    if result not in results_for(one.kind, one.about):
        errors["result"] = "Choose how it ended."
    if on > today:
        errors["on"] = "The day cannot be in the future."
    elif on < max(day for day in (one.asked_on, one.certificate_on, one.held_on) if day is not None):
        errors["on"] = "The day cannot be before what has happened in it so far."
    if errors:
        raise Invalid("Some of this needs another look.", errors)


def check_done(one: Standing, on: date, today: date) -> None:
    """Raise Conflict or Invalid where there is nothing ordered to be done, or not then."""
    if one.closed_on is None or one.order_due_on is None or one.order_done_on is not None:
        raise Conflict("There is nothing ordered or agreed here that is still to be done.")
    _check(on, one.closed_on, today, "the order or the agreement")


def _check(on: date, earliest: date, today: date, what: str, name: str = "on") -> None:
    if on > today:
        raise Invalid("Some of this needs another look.", {name: "The day cannot be in the future."})
    if on < earliest:
        said = f"The day cannot be before {what}, on {deadlines.words(earliest)}."
        raise Invalid("Some of this needs another look.", {name: said})
