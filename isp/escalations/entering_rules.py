"""Where a case that began on another system stands, and the past days that each stage has. Pure.

Each stage has the days of those before it, and no other. They are in order, none is to come, and none is
before its cause; how late a decision was follows from them, as from any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from isp.escalations import course as courses
from isp.escalations import deadlines
from isp.escalations.course import AppealEnd, Course, Ordered
from isp.escalations.disputes import RESULT_WORDS, Result
from isp.escalations.rules import UNDER_AGE
from isp.kernel.errors import Invalid
from isp.kernel.workdays import months_after

EARLIEST = date(2014, 9, 1)
"""Part 3 of the Children and Families Act 2014 came into force: nothing was requested under it before."""


class Where(StrEnum):
    """Where the case stood on the other system."""

    DECIDING = "deciding"
    ASSESSING = "assessing"
    DRAFTING = "drafting"
    DRAFT_SENT = "draft_sent"
    REFUSED = "refused"
    APPEAL_ASSESS = "appeal_assess"
    ORDERED_ASSESS = "ordered_assess"
    NO_PLAN = "no_plan"
    APPEAL_ISSUE = "appeal_issue"
    ORDERED_PLAN = "ordered_plan"


WHERE_WORDS: Mapping[Where, tuple[str, str]] = {
    Where.DECIDING: (
        "The request waits for its decision",
        "Whether to assess has not been decided. The six weeks run from the day of receipt.",
    ),
    Where.ASSESSING: (
        "The assessment is under way",
        "It was decided to assess. Advice is being sought, or is in.",
    ),
    Where.DRAFTING: ("The plan is being drafted", "It was decided that there is to be an EHC plan."),
    Where.DRAFT_SENT: (
        "The draft plan is with the family",
        "It was sent. The family’s 15 days run, or are over, and the final plan is still to come.",
    ),
    Where.REFUSED: (
        "Refused, and an appeal is possible",
        "It was decided not to assess, and the time to appeal has not passed.",
    ),
    Where.APPEAL_ASSESS: (
        "The refusal to assess is under appeal",
        "The Tribunal has registered the appeal, and has not decided it.",
    ),
    Where.ORDERED_ASSESS: (
        "The assessment was ordered, conceded or agreed",
        "It was refused first, then turned by the Tribunal or in mediation. Shorter limits run from then.",
    ),
    Where.NO_PLAN: (
        "There is to be no plan, and an appeal is possible",
        "It was assessed and decided not to issue a plan, and the time to appeal has not passed.",
    ),
    Where.APPEAL_ISSUE: (
        "The decision against a plan is under appeal",
        "The Tribunal has registered the appeal, and has not decided it.",
    ),
    Where.ORDERED_PLAN: (
        "A plan was ordered, conceded or agreed",
        "There was to be none, then the Tribunal or mediation turned it. Shorter limits run from then.",
    ),
}
_TO_DRAFT = ("received_on", "decided_on", "to_issue_on", "draft_sent_on")
_TO_NO_PLAN = ("received_on", "decided_on", "no_plan_on")
_CERTIFIED = ("mediated_on", "certificate_on")
DAYS: Mapping[Where, tuple[str, ...]] = {
    Where.DECIDING: _TO_DRAFT[:1],
    Where.ASSESSING: _TO_DRAFT[:2],
    Where.DRAFTING: _TO_DRAFT[:3],
    Where.DRAFT_SENT: (*_TO_DRAFT, "answered_on"),
    Where.REFUSED: (*_TO_DRAFT[:2], *_CERTIFIED),
    Where.APPEAL_ASSESS: (*_TO_DRAFT[:2], "appealed_on"),
    Where.ORDERED_ASSESS: (
        *_TO_DRAFT[:2],
        "appealed_on",
        "order_on",
        "told_on",
        "to_issue_on",
        "draft_sent_on",
        "answered_on",
    ),
    Where.NO_PLAN: (*_TO_NO_PLAN, *_CERTIFIED),
    Where.APPEAL_ISSUE: (*_TO_NO_PLAN, "appealed_on"),
    Where.ORDERED_PLAN: (
        *_TO_NO_PLAN,
        "appealed_on",
        "order_on",
        "to_issue_on",
        "draft_sent_on",
        "answered_on",
    ),
}
"""The days that each stage has, in their order."""
NOT_YET: Mapping[Where, frozenset[str]] = {
    Where.DRAFT_SENT: frozenset({"answered_on"}),
    Where.REFUSED: frozenset(_CERTIFIED),
    Where.NO_PLAN: frozenset(_CERTIFIED),
    Where.ORDERED_ASSESS: frozenset({"told_on", "to_issue_on", "draft_sent_on", "answered_on"}),
    Where.ORDERED_PLAN: frozenset({"to_issue_on", "draft_sent_on", "answered_on"}),
}
"""What may not have happened yet at a stage."""
APPEALED = frozenset({Where.APPEAL_ASSESS, Where.APPEAL_ISSUE})
"""An appeal is open, and the Tribunal may have set a day to hear it."""
TURNED: Mapping[Where, tuple[Result, ...]] = {
    Where.ORDERED_ASSESS: (Result.ASSESS, Result.CONCEDED, Result.AGREEMENT),
    Where.ORDERED_PLAN: (Result.PLAN, Result.RECONSIDER, Result.CONCEDED, Result.AGREEMENT),
}
"""How a decision against the family came to be turned: then the limits of regulations 42, 44 and 45 run."""
TURNED_WORDS: Mapping[Result, str] = {
    **{one: RESULT_WORDS[one] for one in (Result.ASSESS, Result.PLAN, Result.RECONSIDER)},
    Result.CONCEDED: "The authority gave way in the appeal",
    Result.AGREEMENT: "It was agreed in mediation",
}
REFUSED_FIRST = frozenset({Where.REFUSED, Where.APPEAL_ASSESS, Where.ORDERED_ASSESS})
"""The decision whether to assess was a refusal."""
_HAPPENED: Mapping[str, str] = {
    "received_on": "the request was received",
    "decided_on": "it was decided whether to assess",
    "to_issue_on": "it was decided to issue a plan",
    "draft_sent_on": "the draft was sent",
    "answered_on": "the family answered",
    "no_plan_on": "it was decided that there is no plan",
    "appealed_on": "the appeal was registered or mediation asked for",
    "mediated_on": "mediation was asked about",
    "certificate_on": "the mediation certificate was given",
    "order_on": "it was ordered, conceded or agreed",
    "told_on": "the family was told that the assessment begins",
}
_MISSING: Mapping[str, str] = {
    "received_on": "Enter the day on which the request was received.",
    "decided_on": "Enter the day of the decision whether to assess.",
    "to_issue_on": "Enter the day on which it was decided that there is to be a plan.",
    "draft_sent_on": "Enter the day on which the draft was sent.",
    "no_plan_on": "Enter the day of the decision that there is no plan.",
    "appealed_on": "Enter the day on which the appeal was registered, or mediation asked for.",
    "order_on": "Enter the day of the order, of giving way, or of the agreement.",
    "mediated_on": "Enter the day on which mediation was asked about, for there is a certificate.",
    "certificate_on": "Enter the day of the certificate, or leave both empty and record the mediation later.",
}


@dataclass(frozen=True, slots=True)
class Past:
    """What happened on the other system, and when; None where it did not."""

    received_on: date | None = None
    decided_on: date | None = None
    to_issue_on: date | None = None
    draft_sent_on: date | None = None
    answered_on: date | None = None
    no_plan_on: date | None = None
    appealed_on: date | None = None
    order_on: date | None = None
    told_on: date | None = None
    hearing_on: date | None = None
    """The Tribunal hears the appeal: a day that may be to come."""
    mediated_on: date | None = None
    certificate_on: date | None = None
    """Of a certificate about the decision that stands: an appeal is possible for a month from it."""
    turned: Result | None = None

    def day(self, name: str) -> date | None:
        """The day of one of the names in ``DAYS``."""
        found: date | None = getattr(self, name)
        return found


def check(where: Where, past: Past, *, born_on: date, today: date) -> dict[str, str]:
    """What is wrong with the days of a stage, by field; empty where nothing is."""
    errors: dict[str, str] = {}
    for name in _HAPPENED:
        day = past.day(name)
        if name not in DAYS[where]:
            if day is not None:
                errors[name] = "At this stage this has not happened yet. Choose the stage anew."
        elif day is None:
            if name not in NOT_YET.get(where, ()):
                errors[name] = _MISSING[name]
        elif day > today:
            errors[name] = "The day cannot be in the future."
    known = [(name, day) for name in DAYS[where] if (day := past.day(name)) is not None]
    for (cause, earlier), (effect, later) in pairwise(known):
        if later < earlier and effect not in errors:
            errors[effect] = (
                f"The day cannot be before {_HAPPENED[cause]}, on {deadlines.words(earlier)}. Check both."
            )
    if past.received_on is not None and "received_on" not in errors:
        errors |= _check_received(past.received_on, born_on)
    errors |= _check_turn(where, past)
    errors |= _check_hearing(where, past)
    errors |= _check_certificate(where, past)
    return errors or _check_appeal_time(where, past, today)


def _check_certificate(where: Where, past: Past) -> dict[str, str]:
    """A certificate is one of a mediation: both days are given, or neither."""
    pairs = (_CERTIFIED, _CERTIFIED[::-1]) if _CERTIFIED[0] in DAYS[where] else ()
    return {
        one: _MISSING[one] for one, other in pairs if past.day(one) is None and past.day(other) is not None
    }


def _check_appeal_time(where: Where, past: Past, today: date) -> dict[str, str]:
    """That an appeal is possible yet against a decision that is said to be appealable."""
    name = {Where.REFUSED: "decided_on", Where.NO_PLAN: "no_plan_on"}.get(where)
    decided = past.day(name) if name is not None else None
    if name is None or decided is None:
        return {}
    version = deadlines.rules_on(past.received_on or decided).version
    limit = deadlines.appeal_due(decided, past.certificate_on, version=version)
    if limit.on >= today:
        return {}
    return {
        name: f"The time to appeal ended on {deadlines.words(limit.on)}, so nothing is to be done in this "
        "case. Keep it where it is, and file a new request if there is one."
    }


def _check_turn(where: Where, past: Past) -> dict[str, str]:
    """How it was turned, and that what is optional comes after what it rests on."""
    if where not in TURNED:
        return {} if past.turned is None else {"turned": "At this stage nothing was ordered. Choose it anew."}
    if past.turned not in TURNED[where]:
        return {"turned": "Choose how it came about."}
    by_itself = where is Where.ORDERED_PLAN and past.turned is not Result.RECONSIDER
    if by_itself and past.to_issue_on is not None:
        return {"to_issue_on": "This itself decided that there is to be a plan. Leave the day empty."}
    if past.draft_sent_on is not None and past.to_issue_on is None and not by_itself:
        return {"to_issue_on": _MISSING["to_issue_on"]}
    if past.answered_on is not None and past.draft_sent_on is None:
        return {"draft_sent_on": _MISSING["draft_sent_on"]}
    return {}


def _check_hearing(where: Where, past: Past) -> dict[str, str]:
    if past.hearing_on is None:
        return {}
    if where not in APPEALED:
        return {"hearing_on": "At this stage there is no hearing. Choose the stage anew."}
    if past.appealed_on is not None and past.hearing_on < past.appealed_on:
        return {"hearing_on": "The day cannot be before the appeal was registered. Check both."}
    return {}


def _check_received(received_on: date, born_on: date) -> dict[str, str]:
    if received_on < max(EARLIEST, born_on):
        return {"received_on": "This is too long ago. Check the year."}
    if months_after(born_on, UNDER_AGE * 12) <= received_on:
        return {"": f"An EHC needs assessment is for children and young people under {UNDER_AGE}."}
    return {}


def course_of(where: Where, past: Past, today: date) -> Course | None:
    """The course of the assessment as its deeds would have left it; None where none has begun.

    Of days that ``check`` found in order. Raises Invalid where one is missing.
    """
    if where in (Where.DECIDING, Where.REFUSED, Where.APPEAL_ASSESS):
        return None
    if where is Where.ORDERED_ASSESS:
        conceded = past.turned is Result.CONCEDED
        found = courses.begin(
            _needed(past, "received_on"),
            _needed(past, "order_on"),
            ordered=Ordered.ASSESS_CONCEDED if conceded else Ordered.ASSESS,
            told=False,
        )
        if past.told_on is not None:
            found = courses.tell(found, past.told_on, today)
        return _to_draft(found, past, today)
    found = courses.begin(_needed(past, "received_on"), _needed(past, "decided_on"))
    if "no_plan_on" in DAYS[where]:
        found = courses.decide_no_plan(found, _needed(past, "no_plan_on"), today)
        return _after_no_plan(replace(found, certificate_on=past.certificate_on), past, today)
    return _to_draft(found, past, today)


def _to_draft(found: Course, past: Past, today: date) -> Course:
    """Towards a plan, as far as it has come."""
    if past.to_issue_on is not None:
        found = courses.decide_to_issue(found, past.to_issue_on, today)
    if past.draft_sent_on is not None:
        found = courses.send_draft(found, past.draft_sent_on, today)
    return found if past.answered_on is None else courses.answer(found, past.answered_on, today)


_ENDS: Mapping[Result, AppealEnd] = {
    Result.PLAN: AppealEnd.PLAN,
    Result.RECONSIDER: AppealEnd.RECONSIDER,
    Result.CONCEDED: AppealEnd.CONCEDED,
}


def _after_no_plan(found: Course, past: Past, today: date) -> Course:
    """The decision that there is no plan: appealed against, and turned."""
    if past.turned is Result.AGREEMENT:
        found = courses.agree_to_plan(found, _needed(past, "order_on"), today)
        return _to_draft(found, past, today)
    if past.appealed_on is not None:
        found = courses.appeal(found, past.appealed_on, today)
    if past.turned is None:
        return found
    found = courses.close_appeal(found, _ENDS[past.turned], _needed(past, "order_on"), today)
    return _to_draft(found, past, today)


def _needed(past: Past, name: str) -> date:
    day = past.day(name)
    if day is None:
        raise Invalid("Some of this needs another look.", {name: _MISSING[name]})
    return day
