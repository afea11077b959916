"""Where a case that began on another system stands, and the past days that each stage has. Pure.

Each stage has the days of those before it, and no other. They are in order, none is to come, and none is
before its cause; how late a decision was follows from them, as from any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from isp.escalations import course as courses
from isp.escalations import deadlines
from isp.escalations.course import Course
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
}
_TO_DRAFT = ("received_on", "decided_on", "to_issue_on", "draft_sent_on")
DAYS: Mapping[Where, tuple[str, ...]] = {
    Where.DECIDING: _TO_DRAFT[:1],
    Where.ASSESSING: _TO_DRAFT[:2],
    Where.DRAFTING: _TO_DRAFT[:3],
    Where.DRAFT_SENT: (*_TO_DRAFT, "answered_on"),
    Where.REFUSED: _TO_DRAFT[:2],
}
"""The days that each stage has, in their order."""
OPTIONAL = frozenset({"answered_on"})
"""What may not have happened yet."""
_HAPPENED: Mapping[str, str] = {
    "received_on": "the request was received",
    "decided_on": "it was decided whether to assess",
    "to_issue_on": "it was decided to issue a plan",
    "draft_sent_on": "the draft was sent",
    "answered_on": "the family answered",
}
_MISSING: Mapping[str, str] = {
    "received_on": "Enter the day on which the request was received.",
    "decided_on": "Enter the day of the decision whether to assess.",
    "to_issue_on": "Enter the day on which it was decided that there is to be a plan.",
    "draft_sent_on": "Enter the day on which the draft was sent.",
}


@dataclass(frozen=True, slots=True)
class Past:
    """What happened on the other system, and when; None where it did not."""

    received_on: date | None = None
    decided_on: date | None = None
    to_issue_on: date | None = None
    draft_sent_on: date | None = None
    answered_on: date | None = None

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
            if name not in OPTIONAL:
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
    if where is Where.REFUSED and past.decided_on is not None and not errors:
        limit = deadlines.appeal_due(past.decided_on)
        if limit.on < today:
            errors["decided_on"] = (
                f"The time to appeal ended on {deadlines.words(limit.on)}, so nothing is to be done in this "
                "case. Keep it where it is, and file a new request if there is one."
            )
    return errors


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
    if where in (Where.DECIDING, Where.REFUSED):
        return None
    found = courses.begin(_needed(past, "received_on"), _needed(past, "decided_on"))
    if where is Where.ASSESSING:
        return found
    found = courses.decide_to_issue(found, _needed(past, "to_issue_on"), today)
    if where is Where.DRAFTING:
        return found
    found = courses.send_draft(found, _needed(past, "draft_sent_on"), today)
    return found if past.answered_on is None else courses.answer(found, past.answered_on, today)


def _needed(past: Past, name: str) -> date:
    day = past.day(name)
    if day is None:
        raise Invalid("Some of this needs another look.", {name: _MISSING[name]})
    return day
