"""When wording can be proposed for a plan under appeal, and settled. Pure."""

from __future__ import annotations

from isp.escalations.tribunal.working_document import ACTS, ADD, AGREED, DELETE, PROPOSED, SIDES, WITHDRAWN
from isp.kernel.errors import Conflict, Invalid

LIMIT = 10_000
ATTENTION = "Some of this needs another look."


def check_proposal(side: str, act: str, wording: str, note: str, before: str | None) -> None:
    """Raise Invalid where a proposal does not hold together. ``before``: the words it is about, if any."""
    errors: dict[str, str] = {}
    if side not in SIDES:
        errors["side"] = "Choose who proposes it."
    if act not in ACTS or (act == ADD) != (before is None):
        errors["act"] = "Choose what is proposed for this wording."
    if act != DELETE and not wording.strip():
        errors["wording"] = "Write the wording that is proposed."
    elif act != DELETE and before is not None and wording.strip() == before.strip():
        errors["wording"] = "These are the words that stand there already."
    for name, text in (("wording", wording), ("note", note)):
        if len(text) > LIMIT:
            errors[name] = f"Keep this to {LIMIT:,} characters."
    if errors:
        raise Invalid(ATTENTION, errors)


def check_settling(present: str, state: str) -> None:
    """Raise Invalid or Conflict where a proposal cannot be settled so."""
    if state not in (AGREED, WITHDRAWN):
        raise Invalid(ATTENTION, {"state": "Choose what became of it."})
    if present != PROPOSED:
        raise Conflict("This proposal has been settled already. Look at the document again.")
