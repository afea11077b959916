"""When an act on a plan is possible. Pure: facts in, Conflict or Invalid out. *Who* may act is the grid's."""

from __future__ import annotations

from datetime import date

from isp.kernel.canonical import undirected
from isp.kernel.errors import Conflict, Invalid

END_REASONS: dict[str, str] = {
    "needs_met": "The pupil's needs are met without a plan",
    "left": "The pupil has left",
    "other": "Another reason",
}
WITHDRAWAL_REASONS: dict[str, str] = {
    "wrong_child": "It is about the wrong child",
    "third_party": "It holds somebody else's words or details that should not be here",
    "other": "Another reason",
}
REASON_LIMIT = 1000


def check_open(status: str) -> None:
    """A plan that has ended is read, not written."""
    if status != "open":
        raise Conflict("This plan has ended. Start a new plan for the pupil instead.")


def check_reason(reason: str, what: str) -> str:
    """The reason as given, trimmed. Raises Invalid where there is none or it is too long."""
    trimmed = " ".join(undirected(reason).split())
    if not trimmed:
        raise Invalid("Some answers need attention.", {"reason": f"Say in a few words {what}."})
    if len(trimmed) > REASON_LIMIT:
        over = len(trimmed) - REASON_LIMIT
        raise Invalid(
            "Some answers need attention.",
            {"reason": f"Shorten this by {over} characters: it can hold {REASON_LIMIT}."},
        )
    return trimmed


def check_choice(value: str, choices: dict[str, str], field: str) -> str:
    """One of the choices. Raises Invalid otherwise."""
    if value not in choices:
        raise Invalid("Some answers need attention.", {field: "Choose one of the answers."})
    return value


def check_happened(happened_on: date, today: date) -> None:
    """An earlier plan was written before today and within living memory of a school career."""
    if happened_on > today:
        raise Invalid(
            "Some answers need attention.",
            {"happened_on": "An earlier plan has a date in the past. Check the year."},
        )
    if happened_on.year < today.year - 25:
        raise Invalid(
            "Some answers need attention.", {"happened_on": "That is over 25 years ago. Check the year."}
        )


def check_settled(count: int) -> None:
    """A draft with words still to be chosen between is not finalised."""
    if count:
        raise Conflict(
            "Two people wrote in the same place and it is still to be settled which words stay. "
            "Settle that first; then finalise and share."
        )
