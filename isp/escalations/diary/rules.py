"""What may stand in a case's diary. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from isp.kernel.errors import Conflict, Invalid

KINDS: Mapping[str, str] = {
    "call": "Call",
    "visit": "Visit",
    "meeting": "Meeting",
    "mail_in": "Mail that came in",
    "mail_out": "Mail that went out",
    "note": "Something else",
}
LIMIT = 10_000
EARLIEST = date(1990, 1, 1)
ATTENTION = "Some of this needs another look."


def check_entry(
    kind: str, happened_on: date, who: str, what: str, today: date, reason: str | None = None
) -> None:
    """Raise Invalid where an entry cannot be kept. ``reason``: of a correction, why."""
    errors: dict[str, str] = {}
    if kind not in KINDS:
        errors["kind"] = "Choose what it was."
    if happened_on > today:
        errors["happened_on"] = "The day cannot be in the future."
    elif happened_on < EARLIEST:
        errors["happened_on"] = "Check the year."
    if not who.strip():
        errors["who"] = "Say with whom it was, or from whom it came."
    if not what.strip():
        errors["what"] = "Say what was said or done."
    if reason is not None and not reason.strip():
        errors["reason"] = "Say why the entry is corrected."
    for name, text in (("who", who), ("what", what), ("reason", reason or "")):
        if len(text) > LIMIT:
            errors[name] = f"Keep this to {LIMIT:,} characters."
    if errors:
        raise Invalid(ATTENTION, errors)


def check_newest(is_corrected: bool) -> None:
    """Raise Conflict where an entry has been corrected already: the correction is what can be corrected."""
    if is_corrected:
        raise Conflict("This entry has been corrected already. Correct the newest one of it.")
