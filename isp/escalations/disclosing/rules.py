"""When something of a case may be given to somebody. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from isp.escalations.disclosing.purposes import Purposes
from isp.kernel.errors import Invalid

LIMIT = 4_000
ATTENTION = "Some of this needs another look."


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a disclosure. ``consent``: who gave it, when and how; of a purpose that needs it."""

    purpose: str
    to_whom: str
    reason: str
    made_on: date
    authorised_by: UUID | None
    objects: tuple[str, ...]
    consent: str = ""


def check(
    told: Told, purposes: Purposes, offered: Collection[str], able: Collection[UUID], today: date
) -> None:
    """Raise Invalid where a disclosure does not hold together, beside each field.

    ``offered``: what the discloser can see; ``able``: who may authorise.
    """
    errors = _check_purpose(told, purposes) | _check_texts(told)
    if told.made_on > today:
        errors["made_on"] = "The day cannot be in the future."
    elif told.made_on < purposes.effective_from:
        errors["made_on"] = "The law that this rests on began later than this. Check the year."
    if told.authorised_by is None or told.authorised_by not in able:
        errors["authorised_by"] = "Choose who authorised it."
    if not told.objects:
        errors["objects"] = "Choose what exactly is given."
    elif not set(told.objects) <= set(offered):
        errors["objects"] = "Choose from what is shown. It may have changed: look at the page again."
    if errors:
        raise Invalid(ATTENTION, errors)


def _check_purpose(told: Told, purposes: Purposes) -> dict[str, str]:
    purpose = purposes.listed.get(told.purpose)
    if purpose is None:
        return {"purpose": "Choose what it is for. The list of regulation 17 is closed."}
    if purpose.needs_consent and not told.consent.strip():
        return {"consent": "Say who gave consent, on which day, and how."}
    return {}


def _check_texts(told: Told) -> dict[str, str]:
    given = {"to_whom": told.to_whom, "reason": told.reason, "consent": told.consent}
    errors = {
        name: f"Keep this to {LIMIT:,} characters." for name, text in given.items() if len(text) > LIMIT
    }
    if not told.to_whom.strip():
        errors["to_whom"] = "Say to whom it is given, by name and role."
    if not told.reason.strip():
        errors["reason"] = "Say why this purpose needs it."
    return errors
