"""When an act on a note is possible, and what a note may be. Pure: Conflict or Invalid."""

from __future__ import annotations

from isp.kernel.canonical import nfc
from isp.kernel.errors import Conflict, Invalid

LIMIT = 5000
REASON_LIMIT = 500
WITHDRAWAL_REASONS: dict[str, str] = {
    "wrong_child": "It is about another child",
    "safeguarding": "It belongs with the safeguarding lead, who has been told",
    "third_party": "It holds somebody else’s words or details that should not be here",
    "mistaken": "It is not so",
    "other": "Another reason",
}
ATTENTION = "Some answers need attention."
WITHDRAWN = "This note has been withdrawn, so it is not written in any more."
MOVED = (
    "This note was corrected after the page you were looking at was made. Read what it says now, "
    "then correct that."
)


def check_text(text: str) -> str:
    """The words of a note, trimmed. Raises Invalid where there are none or too many."""
    held: str = nfc(text.replace("\r\n", "\n").strip())
    if not held:
        raise Invalid(ATTENTION, {"text": "Write the note."})
    if len(held) > LIMIT:
        raise Invalid(
            ATTENTION, {"text": f"Shorten this by {len(held) - LIMIT} characters: it can hold {LIMIT}."}
        )
    return held


def check_reason(why: str, reason: str) -> str:
    """The reason for a withdrawal in words. Raises Invalid."""
    errors = {}
    held: str = nfc(" ".join(reason.split()))
    if why not in WITHDRAWAL_REASONS:
        errors["why"] = "Choose one of the answers."
    if not held:
        errors["reason"] = "Say in a few words why it is withdrawn."
    if len(held) > REASON_LIMIT:
        over = len(held) - REASON_LIMIT
        errors["reason"] = f"Shorten this by {over} characters: it can hold {REASON_LIMIT}."
    if errors:
        raise Invalid(ATTENTION, errors)
    return held


def check_stands(withdrawn: bool) -> None:
    """A note that was withdrawn is neither corrected nor withdrawn again."""
    if withdrawn:
        raise Conflict(WITHDRAWN)


def check_unmoved(number: int, shown: int) -> None:
    """The version that the page showed is the newest."""
    if number != shown:
        raise Conflict(MOVED)
