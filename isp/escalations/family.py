"""What a family's page of a case says besides the case itself: who was asked for advice, and who can help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.office import texts
from isp.audit import Unit
from isp.escalations.advice_models import AdviceRequest
from isp.escalations.advice_rules import DECLINED, DONE, IN, SENT_BACK, SUFFICES, WITHDRAWN
from isp.kernel.db import table_of

ADVICE = table_of(AdviceRequest)
WHO: Mapping[str, str] = {
    "a": "You",
    "b": "The school, college or nursery",
    "c": "Somebody in health",
    "d": "An educational psychologist",
    "e": "Social care",
    "f": "Somebody else who knows about it",
    "g": "Somebody who knows about growing up and adult life",
    "h": "Somebody you asked for",
}
"""Whom the council asks, by the letter of regulation 6(1), in a family's words."""
_STATES: Mapping[str, str] = {
    **dict.fromkeys(DONE, "It has come"),
    IN: "It has come, and the council is reading it",
    SENT_BACK: "It came, and the council asked for more",
    SUFFICES: "There was a report already, and everybody agreed that it is enough",
    DECLINED: "They said that they cannot",
    WITHDRAWN: "It is no longer needed",
}


@dataclass(frozen=True, slots=True)
class AskedOf:
    """Whom the council asked for advice, when, by when, and how far it is."""

    who: str
    asked_on: date | None
    due_on: date | None
    state: str
    is_late: bool


def asked_of(unit: Unit, request_id: UUID) -> list[AskedOf]:
    """Of whom advice was asked in this case; callers have passed the gate, and no word of it is opened."""
    a = ADVICE.c
    query = select(a.kind, a.state, a.asked_on, a.due_on).where(a.request_id == request_id)
    return [_asked(row, unit.today) for row in unit.connection.execute(query.order_by(a.kind, a.asked_on))]


def _asked(row: Any, today: date) -> AskedOf:
    waits = row.state not in _STATES
    late = waits and row.due_on is not None and row.due_on < today
    said = _STATES.get(row.state) or ("It is late" if late else "Not here yet")
    return AskedOf(WHO.get(row.kind, "Somebody"), row.asked_on, row.due_on, said, late)


def help_near(unit: Unit, authority_id: UUID) -> str:
    """How to reach the local SENDIASS, as the authority has worded it; empty where it has not."""
    return texts.for_letters(unit, authority_id)["sendiass"]
