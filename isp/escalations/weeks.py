"""The twenty weeks of a case as a bar: where each step stands in them, and the table beside it. Pure.

A picture of the same facts as the table, for whoever would rather look: weeks from the day of receipt, with a
mark for each step at the day it happened, or at its last day while it is to come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from isp.escalations.timeline import Kept, Step

WEEKS = 20
_WIDTH, _EDGE = 640, 24
_SHAPES = {
    Kept.DONE: "full",
    Kept.KEPT: "full",
    Kept.LATE: "square",
    Kept.EXCUSED: "square",
    Kept.MISSED: "cross",
    Kept.TO_COME: "ring",
    Kept.PAST: "ring",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A step on the bar. ``number``: its row in the table; ``shape``: told apart without colours."""

    number: int
    x: int
    y: int
    shape: str


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar in the units of its picture; ``ticks``: weeks with their places."""

    width: int
    start: int
    end: int
    today: int
    ticks: tuple[tuple[int, int], ...]
    marks: tuple[Mark, ...]


def bar_of(received_on: date, steps: Sequence[Step], today: date) -> Bar | None:
    """The bar for the steps that have a day; None for fewer than two, which a sentence says better."""
    dated = [(number, day, step) for number, step in enumerate(steps, start=1) if (day := _day(step))]
    if len(dated) < 2:
        return None
    furthest = max(day for _, day, _ in dated)
    weeks = max(WEEKS, -(-max((furthest - received_on).days, 0) // 7))

    def place(day: date) -> int:
        along = min(max((day - received_on).days, 0), weeks * 7)
        return _EDGE + round(along * (_WIDTH - 2 * _EDGE) / (weeks * 7))

    marks: list[Mark] = []
    for number, day, step in sorted(dated, key=lambda one: one[1]):
        x = place(day)
        # Two days close together stand above each other, so that each keeps its number.
        level = sum(abs(one.x - x) < 22 for one in marks)
        marks.append(Mark(number, x, 62 - 22 * min(level, 2), _SHAPES[step.kept]))
    apart = 4 if weeks <= 2 * WEEKS else 13
    ticks = tuple(
        (week, _EDGE + round(week * (_WIDTH - 2 * _EDGE) / weeks)) for week in range(0, weeks + 1, apart)
    )
    return Bar(_WIDTH, _EDGE, _WIDTH - _EDGE, place(today), ticks, tuple(marks))


def _day(step: Step) -> date | None:
    return step.on or (step.due.on if step.due else None)
