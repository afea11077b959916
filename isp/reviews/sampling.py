"""What governors may see: counts, how long reviews are overdue, and a sample in which no child is told.

A governor challenges how reviews are kept, and has no business with any one child. So there are no names,
initials or ids; small groups are not told, since few children are easily known; and the sample gives year
and layer only where enough others share them.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from isp.reviews.due import PlanDue

FEWEST = 5
"""Fewer than so many alike are not told apart."""
SAMPLE = 10
BANDS = (
    (1, 14, "1 to 14 days"),
    (15, 42, "15 to 42 days"),
    (43, 90, "43 to 90 days"),
    (91, 10**6, "Over 90 days"),
)


@dataclass(frozen=True, slots=True)
class Sampled:
    """One plan of the sample. ``year`` and ``layer`` are empty where too few share them."""

    year: str
    layer: str
    due: str
    reviewed: str
    kept: str


@dataclass(frozen=True, slots=True)
class Figures:
    """A school's reviews in numbers; None where the number is small but not nought."""

    plans: int | None
    overdue: int | None
    undated: int | None
    missed: int | None
    """Of those overdue: a version was shared since, without a review or a word why there was none."""
    excused: int | None
    """Plans of whose last review somebody recorded that it was not held, and why."""
    bands: tuple[tuple[str, int | None], ...]
    sample: tuple[Sampled, ...]
    too_few: bool
    """Whether there are too few plans for a sample in which nobody could be known."""


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """An open plan as far as the figures need it. ``last``: the review that was closed last."""

    due: PlanDue
    year: str
    layer: str
    last_due_on: date | None = None
    last_closed_on: date | None = None
    excused_on: date | None = None
    """When somebody recorded last why a review of it was not held."""


def told(count: int) -> int | None:
    """A count that can be told: none, or enough; a small one is None."""
    return None if 0 < count < FEWEST else count


def figures(listed: Sequence[PlanFacts], today: date, seed: str) -> Figures:
    """The numbers and the sample. The same seed on the same data draws the same sample."""
    days = [(today - one.due.on).days for one in listed if one.due.on is not None and one.due.on < today]
    bands = tuple((words, told(sum(low <= n <= high for n in days))) for low, high, words in BANDS)
    too_few = len(listed) < 2 * FEWEST
    return Figures(
        plans=told(len(listed)),
        overdue=told(len(days)),
        undated=told(sum(one.due.on is None for one in listed)),
        missed=told(sum(one.due.is_missed for one in listed)),
        excused=told(sum(_is_excused(one) for one in listed)),
        bands=bands,
        sample=() if too_few else _sample(listed, today, seed),
        too_few=too_few,
    )


def _sample(listed: Sequence[PlanFacts], today: date, seed: str) -> tuple[Sampled, ...]:
    # By the id and not by the list's order, which tells who is due first.
    drawn = random.Random(seed).sample(  # noqa: S311 a draw that can be repeated, and no secret
        sorted(listed, key=lambda one: one.due.record_id), min(SAMPLE, len(listed) // 2)
    )
    pairs = Counter((one.year, one.layer) for one in listed)
    years = Counter(one.year for one in listed)
    shown = [_one(one, today, pairs, years) for one in drawn]
    return tuple(sorted(shown, key=lambda one: (one.year, one.layer, one.due, one.reviewed)))


def _one(
    one: PlanFacts, today: date, pairs: Mapping[tuple[str, str], int], years: Mapping[str, int]
) -> Sampled:
    year = one.year if years[one.year] >= FEWEST else ""
    layer = one.layer if pairs[(one.year, one.layer)] >= FEWEST else ""
    return Sampled(year, layer, _month(one.due.on), _month(one.last_closed_on), _kept(one, today))


def _month(day: date | None) -> str:
    """The month alone: a day can be known by whoever was there."""
    return f"{day:%B %Y}" if day else "–"


def _kept(one: PlanFacts, today: date) -> str:
    """Whether the last step was kept."""
    if one.due.is_missed:
        return "Not held"
    if one.due.on is not None and one.due.on < today:
        return "Overdue now"
    if _is_excused(one):
        return "Not held, with a reason"
    if one.last_closed_on is None:
        return "No review yet"
    if one.last_due_on is None:
        return "Held; no day was set"
    return "Held in time" if one.last_closed_on <= one.last_due_on else "Held late"


def _is_excused(one: PlanFacts) -> bool:
    """Whether what became of its reviews last is that one was not held, with a reason."""
    if one.excused_on is None:
        return False
    return one.last_closed_on is None or one.excused_on > one.last_closed_on
