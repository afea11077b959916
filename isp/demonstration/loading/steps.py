"""What happened, dated: a list to be done in the order of time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from isp.demonstration.loading.world import World


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened at a moment. ``do`` opens its own unit or units, at that moment."""

    moment: datetime
    do: Callable[[World, datetime], None]


def run(world: World, steps: Iterable[Step]) -> None:
    """Do them in the order of time; of two at one moment the one listed first."""
    for step in sorted(steps, key=lambda one: one.moment):
        step.do(world, step.moment)
