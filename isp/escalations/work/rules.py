"""When an absence, a duty day or a hand-over can be. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from isp.kernel.errors import Conflict, Invalid

LOOK = "Some of this needs another look."
LONGEST = timedelta(days=366)


def check_absence(
    *,
    person_id: UUID,
    covered_by: UUID,
    from_on: date,
    to_on: date,
    today: date,
    officers: Collection[UUID],
    others: Iterable[Any],
) -> None:
    """Raise Invalid, by field, unless a colleague can cover for these days. ``others``: absences recorded."""
    errors = {}
    if person_id not in officers:
        errors["person_id"] = "Choose one of the people shown."
    if covered_by not in officers:
        errors["covered_by"] = "Choose one of the people shown."
    if covered_by == person_id:
        errors["covered_by"] = "Choose a colleague other than the one who is away."
    if to_on < from_on:
        errors["to_on"] = "The last day cannot be before the first. Check both dates."
    elif to_on < today:
        errors["to_on"] = "These days are over. Record an absence that is on or still to come."
    elif to_on - from_on > LONGEST:
        errors["to_on"] = "For more than a year, hand the cases over instead."
    gone = {other.person_id for other in others if other.from_on <= to_on and other.to_on >= from_on}
    if not errors and person_id in gone:
        errors["from_on"] = "An absence is recorded for some of these days already."
    if not errors and covered_by in gone:
        errors["covered_by"] = "This colleague is away too on some of these days. Choose another."
    if errors:
        raise Invalid(LOOK, errors)


def check_duty(*, person_id: UUID, on_day: date, today: date, officers: Collection[UUID]) -> None:
    """Raise Invalid, by field, unless this person can have the day."""
    errors = {}
    if person_id not in officers:
        errors["person_id"] = "Choose one of the people shown."
    if on_day < today:
        errors["on_day"] = "This day is over. Choose today or a day to come."
    elif on_day - today > LONGEST:
        errors["on_day"] = "Choose a day within a year."
    if errors:
        raise Invalid(LOOK, errors)


def check_hand_over(*, leaver_id: UUID, successor_id: UUID, officers: Collection[UUID], cases: int) -> None:
    """Raise Invalid unless the successor is another officer here, Conflict where there is nothing to give."""
    errors = {}
    if successor_id not in officers:
        errors["successor_id"] = "Choose one of the people shown."
    elif successor_id == leaver_id:
        errors["successor_id"] = "Choose a colleague other than the one who hands over."
    if errors:
        raise Invalid(LOOK, errors)
    if not cases:
        raise Conflict("This colleague has no case here, so there is nothing to hand over.")
