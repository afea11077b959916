"""When a deed about a review or an amendment is possible, and what it must say. Pure.

*Who* may act is the grid's. A step that came late is recorded as late, with its reason where the law has a
notice to give; it is never refused for that, since it has happened.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from isp.escalations import deadlines
from isp.escalations.deadlines import Act
from isp.escalations.upkeep_clock import (
    AMENDING,
    CHANGE,
    DUE,
    HELD,
    INVITED,
    KIND_WORDS,
    REPORTED,
    UNDER_WAY,
    version_of,
)
from isp.kernel.errors import Conflict, Invalid
from isp.records.days import say_day

LOOK = "Some of this needs another look."
WORDS_LIMIT = 20_000
MAINTAIN, AMEND, CEASE = "maintain", "amend", "cease"
OUTCOMES: Mapping[str, str] = {
    MAINTAIN: "Keep the plan as it is",
    AMEND: "Amend the plan",
    CEASE: "Cease the plan",
}
INVITEES: Mapping[str, str] = {
    "family": "The child’s parent, or the young person",
    "head": "The head, principal or early years provider",
    "authority": "An SEN officer of the local authority",
    "health": "A health professional named by the commissioning body",
    "social_care": "A social care officer of the local authority",
}
"""Whom regulation 20(2) has invited."""
IN_FORCE = frozenset({"in_force", "ceasing"})


def check_words(errors: dict[str, str], **given: tuple[str, str]) -> None:
    """Add an error for each field whose words are missing or too long: field=(words, what to do)."""
    for name, (words, missing) in given.items():
        if not words.strip():
            errors[name] = missing
        elif len(words) > WORDS_LIMIT:
            errors[name] = f"Keep this to {WORDS_LIMIT:,} characters."


def check_day(
    errors: dict[str, str], name: str, day: date, today: date, *earliest: tuple[date | None, str]
) -> None:
    """Add an error for a day that is to come, or before one of these (day, what happened then)."""
    if day > today:
        errors[name] = "The day cannot be in the future."
        return
    for first, what in earliest:
        if first is not None and day < first:
            errors[name] = f"The day cannot be before {what}."
            return


def check_from(from_on: date | None, on: date) -> None:
    """Raise Invalid for a first day of the setting before the plan that names it, or years after it."""
    if from_on is None:
        return
    if from_on < on:
        raise Invalid(LOOK, {"from_on": "The plan names it from its own day on, or from a later one."})
    if (from_on - on).days > 730:
        raise Invalid(LOOK, {"from_on": "This is more than two years after the plan. Check the year."})


def refuse(errors: dict[str, str]) -> None:
    """Raise Invalid where anything is wrong."""
    if errors:
        raise Invalid(LOOK, errors)


def check_in_force(plan: Any) -> None:
    """Raise Conflict unless the plan is in force; one that is to cease still is, until it ends."""
    if plan.state not in IN_FORCE:
        raise Conflict("This EHC plan is not in force, so there is nothing to review or to amend.")


def check_to_open(plan: Any, under_way: Any | None, kind: str) -> None:
    """Raise Conflict or Invalid where no review of this kind can be opened."""
    check_in_force(plan)
    if under_way is not None:
        raise Conflict(
            f"{KIND_WORDS[under_way.kind]} is under way for this plan. Finish it, or call it off, first."
        )
    if kind not in KIND_WORDS or kind == CHANGE:
        raise Invalid(LOOK, {"kind": "Choose what kind of review it is."})


def check_state(review: Any, allowed: Collection[str], instead: str) -> None:
    """Raise Conflict unless the review is in one of these states."""
    if review.kind == CHANGE and review.state not in allowed:
        raise Conflict("This is an amendment outside a review, so it has no meeting, report or decision.")
    if review.state not in allowed:
        done = "This review is finished." if review.state not in UNDER_WAY else instead
        raise Conflict(done)


def check_invitation(
    review: Any,
    *,
    meeting_on: date,
    sent_on: date,
    invited: Collection[str],
    not_invited: str,
    why_short: str,
    at_school: bool,
    today: date,
    made_on: date | None = None,
) -> None:
    """Raise Conflict or Invalid where invitations cannot be recorded so (regulation 20(2) and (3))."""
    check_state(review, {DUE, INVITED}, "The meeting has been held already.")
    errors: dict[str, str] = {}
    check_day(errors, "sent_on", sent_on, today, (made_on, "the plan was made"))
    if meeting_on < sent_on:
        errors["meeting_on"] = "The meeting cannot be before the day on which the invitations were sent."
    if set(invited) - INVITEES.keys():
        errors["invited"] = "Choose from those shown."
    elif "family" not in invited:
        errors["invited"] = "The family must be invited, whoever else is."
    elif (missing := missing_invitees(invited, at_school=at_school)) and not not_invited.strip():
        said = "; ".join(INVITEES[code].lower() for code in missing)
        errors["not_invited"] = f"The law has these invited as well: {said}. Say why they were not."
    by = deadlines.due(Act.INVITE, meeting_on, version=version_of(review, sent_on)).on
    if "sent_on" not in errors and sent_on > by and not why_short.strip():
        errors["why_short"] = "Less than two weeks’ notice was given. Say why."
    refuse(errors)


def missing_invitees(invited: Collection[str], *, at_school: bool) -> list[str]:
    """Those whom the regulation names and who were not invited."""
    return [code for code in INVITEES if code not in invited and (at_school or code != "head")]


def check_papers(review: Any, *, sent_on: date, why_late: str, today: date) -> None:
    """Raise Conflict or Invalid where it cannot be recorded that the advice was sent round."""
    check_state(review, {INVITED}, "Plan the meeting first, and invite to it.")
    errors: dict[str, str] = {}
    check_day(errors, "sent_on", sent_on, today)
    by = deadlines.due(Act.CIRCULATE, review.meeting_on, version=version_of(review)).on
    if not errors and sent_on > review.meeting_on:
        errors["sent_on"] = "The advice is for the meeting, so it cannot be sent round after it."
    elif not errors and sent_on > by and not why_late.strip():
        errors["why_late"] = "It went round less than two weeks before the meeting. Say why."
    refuse(errors)


def check_meeting(
    review: Any,
    *,
    held_on: date,
    attended: Collection[str],
    views: str,
    progress: str,
    adulthood: str,
    needs_adulthood: bool,
    today: date,
    made_on: date | None = None,
) -> None:
    """Raise Conflict or Invalid where a meeting cannot be recorded so (regulations 19 and 20)."""
    check_state(review, {DUE, INVITED}, "The meeting is on record already.")
    errors: dict[str, str] = {}
    earliest = ((review.invited_on, "the invitations"), (made_on, "the plan was made"))
    check_day(errors, "held_on", held_on, today, *earliest)
    if set(attended) - INVITEES.keys():
        errors["attended"] = "Choose from those shown."
    check_words(
        errors,
        views=(views, "Say what the child, and the family or young person, think."),
        progress=(progress, "Say what progress there was towards each outcome, and whether they are right."),
    )
    if needs_adulthood and not adulthood.strip():
        errors["adulthood"] = "From year 9 on, say how the plan prepares for adulthood."
    refuse(errors)


def check_report(
    review: Any, *, sent_on: date, recommends: str, report: str, attached: bool, today: date
) -> None:
    """Raise Conflict or Invalid where a report cannot be sent so (regulation 20(7) and (8))."""
    check_state(review, {HELD}, "Record the meeting first.")
    errors: dict[str, str] = {}
    check_day(errors, "sent_on", sent_on, today, (review.meeting_on, "the meeting"))
    if recommends not in OUTCOMES:
        errors["recommends"] = "Choose what the report recommends."
    if not attached:
        check_words(
            errors, report=(report, "Say what changes the report recommends, and where views differ.")
        )
    refuse(errors)


def check_outcome(review: Any, *, outcome: str, reasons: str, decided_on: date, today: date) -> None:
    """Raise Conflict or Invalid where a review cannot be decided so (regulation 20(10) and (11))."""
    check_state(
        review,
        {HELD, REPORTED},
        "The meeting has not been held yet."
        if review.state in (DUE, INVITED)
        else "This review is decided, and the plan is being amended.",
    )
    errors: dict[str, str] = {}
    if outcome not in OUTCOMES:
        errors["outcome"] = "Choose what becomes of the plan."
    check_day(errors, "decided_on", decided_on, today, (review.meeting_on, "the meeting"))
    if not errors.get("decided_on") and review.reported_on is not None and decided_on < review.reported_on:
        errors["decided_on"] = "The day cannot be before the report was sent."
    check_words(errors, reasons=(reasons, "Say why. The family and the school read it."))
    refuse(errors)


# -- amending ----------------------------------------------------------------------------------------------


def check_notice(review: Any, *, notice_on: date, changes: str, today: date) -> None:
    """Raise Conflict or Invalid where the notice of amendments cannot be recorded (regulation 22(2))."""
    check_state(review, {AMENDING}, "Decide first that the plan is to be amended.")
    if review.notice_on is not None:
        raise Conflict("The notice has been sent already.")
    errors: dict[str, str] = {}
    earliest = ((review.meeting_on, "the meeting"), (review.decided_on, "the decision to amend"))
    check_day(errors, "notice_on", notice_on, today, *earliest)
    check_words(errors, changes=(changes, "Say what is proposed to change, and on what evidence."))
    refuse(errors)


def check_amended(review: Any, *, on: date, answered: bool, today: date) -> None:
    """Raise Conflict or Invalid where the amended plan cannot have been sent then (regulation 22(2) and (3)).

    ``answered``: the family has said what it thinks, or that it has nothing to say.
    """
    _check_noticed(review)
    errors: dict[str, str] = {}
    check_day(errors, "on", on, today, (review.notice_on, "the notice"))
    until = deadlines.due(Act.REPRESENT_AMENDMENT, review.notice_on, version=version_of(review)).on
    if not errors and on <= until and not answered:
        errors["answered"] = (
            f"The family has until {say_day(until)} to say what it thinks. "
            "Send the plan after that day, or say that the family has answered."
        )
    refuse(errors)


def check_not_amended(review: Any, *, on: date, reasons: str, today: date) -> None:
    """Raise Conflict or Invalid where it cannot be said so that the plan stays (regulation 22(4) and (5))."""
    _check_noticed(review)
    errors: dict[str, str] = {}
    check_day(errors, "on", on, today, (review.notice_on, "the notice"))
    check_words(errors, reasons=(reasons, "Say why the plan is not amended after all. The family reads it."))
    refuse(errors)


def _check_noticed(review: Any) -> None:
    check_state(review, {AMENDING}, "This plan is not being amended.")
    if review.notice_on is None:
        raise Conflict("Send the notice of proposed amendments first.")


def check_cancel(review: Any, *, reason: str) -> None:
    """Raise Conflict or Invalid where a review cannot be called off."""
    check_state(review, {DUE, INVITED, HELD, REPORTED}, "The review is decided, so it cannot be called off.")
    errors: dict[str, str] = {}
    check_words(errors, reason=(reason, "Say why the review is called off."))
    refuse(errors)
