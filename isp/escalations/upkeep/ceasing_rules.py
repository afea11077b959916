"""Under which reasons a plan can end, and when each deed of its end is possible. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from isp.escalations import ages
from isp.escalations.upkeep.rules import check_day, check_words, refuse
from isp.kernel.errors import Conflict
from isp.kernel.workdays import months_after
from isp.records.days import say_day

NOT_RESPONSIBLE, NOT_NECESSARY = "not_responsible", "not_necessary"
GROUND_WORDS: Mapping[str, str] = {
    NOT_RESPONSIBLE: "The authority is no longer responsible for the child or young person",
    NOT_NECESSARY: "It is no longer necessary for the plan to be maintained",
}
"""Section 45(1), Children and Families Act 2014."""
TOO_OLD, NEEDS_MET, HIGHER, WORK, OTHER_AUTHORITY, NO_LONGER_WISHES, ABROAD, DECEASED, ELSE = "123456789"
REASONS: Mapping[str, str] = {
    TOO_OLD: "Reached 25, or the end of the academic year of the 25th birthday",
    NEEDS_MET: "The needs are met without an EHC plan, in education",
    HIGHER: "In higher education",
    WORK: "In paid work, other than an apprenticeship",
    OTHER_AUTHORITY: "Moved to another authority in England that has the plan now",
    NO_LONGER_WISHES: "The young person does not wish to be in education or training any more",
    ABROAD: "Moved out of England",
    DECEASED: "Died",
    ELSE: "Another reason",
}
"""Item 4.6 of the SEN2 return."""
GROUND_OF: Mapping[str, str] = {
    code: NOT_NECESSARY if code in (NEEDS_MET, ELSE) else NOT_RESPONSIBLE for code in REASONS
}
TO_CHOOSE: Mapping[str, str] = {
    code: words for code, words in REASONS.items() if code not in (OTHER_AUTHORITY, DECEASED)
}
"""A move to another authority and a death have deeds of their own."""
ADULT = 18
UPHELD = frozenset({"allowed", "conceded", "continue", "continue_amend"})
"""How an appeal against ceasing a plan ends that keeps the plan (``escalations.disputes.Result``)."""


def is_adult(born_on: date, on: date) -> bool:
    """Whether somebody is 18 on a day."""
    return on >= months_after(born_on, 12 * ADULT)


def check_consider(
    *,
    reason: str,
    why: str,
    considering_on: date,
    made_on: date | None,
    born_on: date,
    reviewed: bool,
    today: date,
) -> None:
    """Raise Invalid where the end of a plan cannot be considered so.

    ``reviewed``: whether a review was held in the year before. Under 18, being out of education is no ground
    (regulation 29); from 18 on, whoever stopped attending has the plan reviewed first (regulation 30).
    """
    errors: dict[str, str] = {}
    check_day(errors, "considering_on", considering_on, today, (made_on, "the plan was made"))
    check_words(errors, why=(why, "Say why the plan might end. The family and the school read it."))
    if reason not in TO_CHOOSE:
        errors["reason"] = "Choose under which reason the plan would end."
    elif reason == NO_LONGER_WISHES and not is_adult(born_on, considering_on):
        errors["reason"] = (
            "Under 18 a plan does not end because somebody is out of education (regulation 29). "
            "Hold a review, and see what has to change."
        )
    elif reason == NO_LONGER_WISHES and not reviewed:
        errors["reason"] = (
            "Whoever is 18 or older and has stopped attending has the plan reviewed first (regulation 30): "
            "it does not end if the young person wants to return and that is right. Hold a review."
        )
    elif reason == TOO_OLD and considering_on < ages.year_begins(born_on):
        errors["reason"] = _too_early(born_on)
    refuse(errors)


def check_answer(row: Any | None, *, who: str, on: date, said: str, today: date) -> Any:
    """The end that an answer is to. Raises Conflict or Invalid where it cannot be recorded."""
    found = _check_considering(row)
    errors: dict[str, str] = {}
    if who not in ("family", "school"):
        errors["who"] = "Choose who answered."
    check_day(errors, "on", on, today, (found.considering_on, "the letter"))
    check_words(errors, said=(said, "Say what the answer was, or that none came."))
    refuse(errors)
    return found


def _check_considering(row: Any | None) -> Any:
    if row is None:
        raise Conflict("Tell the family and the school first that the plan may end (regulation 31).")
    if row.state != "considering":
        raise Conflict("It is decided already that this plan ceases.")
    return row


def check_decidable(row: Any | None) -> Any:
    """The end that was considered with the family and the school. Raises Conflict where there is none."""
    found = _check_considering(row)
    if found.family_answered_on is None or found.school_answered_on is None:
        missing = "the family" if found.family_answered_on is None else "the school"
        raise Conflict(f"Record first what {missing} answered, or that no answer came (regulation 31).")
    return found


def check_decision(row: Any, *, decided_on: date, reasons: str, support: bool, today: date) -> None:
    """Raise Conflict or Invalid where it cannot be decided so that the plan ceases."""
    if row.reason == NEEDS_MET and not support:
        raise Conflict(
            "The support that takes the plan’s place must be there first: the school has no support plan of "
            "this child in force. Have it finalise and share one, then decide."
        )
    errors: dict[str, str] = {}
    latest = max(row.considering_on, row.family_answered_on, row.school_answered_on)
    check_day(errors, "decided_on", decided_on, today, (latest, "what the family and the school answered"))
    check_words(errors, reasons=(reasons, "Say why. The family and the school read it."))
    refuse(errors)


def _too_early(born_on: date) -> str:
    begins, last = ages.year_begins(born_on), ages.kept_until(born_on).on
    return (
        f"The academic year of the 25th birthday begins on {say_day(begins)}. Before it there is no end by "
        f"age: the plan can be kept until {say_day(last)} (section 46)."
    )


def _not_yet(born_on: date) -> str:
    birthday, last = ages.turns_last(born_on), ages.kept_until(born_on).on
    return (
        f"A plan does not end for age before the 25th birthday, on {say_day(birthday)}. It can be kept until "
        f"{say_day(last)}, the end of the academic year (section 46)."
    )


def check_end(
    row: Any | None,
    *,
    on: date,
    disputes: Iterable[Any],
    today: date,
    ordered_on: date | None = None,
    born_on: date | None = None,
) -> Any:
    """The end that was decided. Raises Conflict or Invalid where it cannot have come then (sections 45, 46).

    ``disputes``: the mediation and appeals about the decision, newest first.
    ``ordered_on``: the Tribunal ordered that the plan ceases, which is done at once.
    """
    if row is None or row.state != "decided":
        raise Conflict("It has not been decided that this plan ceases.")
    found = list(disputes)
    if any(one.state == "open" and one.kind == "appeal" for one in found):
        raise Conflict("There is an appeal: the plan is in force until the Tribunal has decided.")
    if any(one.state == "open" for one in found):
        raise Conflict(
            "Mediation about it is open: its certificate may give the family longer to appeal. The plan is "
            "in force until the mediation has ended and the time to appeal has passed."
        )
    newest = next((one for one in found if one.kind == "appeal"), None)
    if newest is not None and newest.result in UPHELD:
        raise Conflict("The appeal was upheld, so the plan goes on. Say so, under “The plan goes on”.")
    # An appeal that was lost or given up ends the waiting, however long the time to appeal would still run.
    over = ordered_on or (newest.closed_on if newest is not None and newest.closed_on else None)
    if over is None and today <= row.keep_until:
        raise Conflict(
            f"The plan is kept in force until the time to appeal has passed, on {say_day(row.keep_until)}."
        )
    errors: dict[str, str] = {}
    first = over or row.keep_until
    check_day(errors, "on", on, today, (first, "the time to appeal was over, or the appeal decided"))
    if row.reason == TOO_OLD and born_on is not None and on < ages.turns_last(born_on):
        errors["on"] = _not_yet(born_on)
    refuse(errors)
    return row
