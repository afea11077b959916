"""What a page carries unseen and sends back: ids, and the number of the version or draft that it showed."""

from __future__ import annotations

from uuid import UUID

from isp.kernel.errors import Conflict

_DIGITS = 9
"""Far more versions than anything has; a longer number fits no column."""


def an_id(text: str | None) -> UUID | None:
    """The id that a form or an address holds; None for anything else."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def a_number(text: str | None) -> int | None:
    """The number that a form or an address holds; None for anything else."""
    return int(text) if text and text.isdecimal() and len(text) <= _DIGITS else None


def number_shown(text: str | None, otherwise: str) -> int:
    """The number of what the page showed. Conflict, in the words ``otherwise``, where it does not say."""
    found = a_number(text)
    if found is None:
        raise Conflict(otherwise)
    return found
