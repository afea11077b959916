"""A bar chart as plain geometry, for the template that draws it. Pure; the table under it says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 3
"""Points below which there is no chart: a table reads better."""
HEIGHT, TOP, BOTTOM, STEP, WIDTH = 200, 24, 52, 46, 32


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it stands, how high it is, what stands under and over it."""

    x: int
    y: int
    height: int
    label: str
    value: str

    @property
    def middle(self) -> int:
        """Where the words stand."""
        return self.x + WIDTH // 2


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars in a box of so many units; the base line's height."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    base: int
    bar_width: int = WIDTH


def bars(points: Sequence[tuple[str, float | None]], *, unit: str = "") -> Chart | None:
    """A chart of labelled values from nought up; None for fewer than three, or where all are nought."""
    values = [value or 0 for _, value in points]
    if len(points) < FEWEST or not any(values):
        return None
    top, base = max(values), TOP + HEIGHT
    found = []
    for number, (label, value) in enumerate(points):
        height = round(HEIGHT * (value or 0) / top)
        shown = "–" if value is None else f"{value:g}{unit}"
        found.append(Bar(12 + number * STEP, base - height, height, label, shown))
    return Chart(tuple(found), 12 + len(points) * STEP, base + BOTTOM, base)
