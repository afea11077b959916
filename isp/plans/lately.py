"""What somebody knew before: looks at a plan, those of the present sitting and of the one before it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

PAUSE = timedelta(hours=4)
"""A pause that ends a sitting. Longer than the half hour by which History groups: whoever is called away
from a plan, or lets the sign-in lapse over a meal, has not finished reading what is new. Shorter than from
a morning to an evening, so that a day's second look is told what came in between."""


class Look(Protocol):
    """One look, as the trail has it."""

    @property
    def at(self) -> datetime: ...
    @property
    def session(self) -> str | None: ...


L = TypeVar("L", bound=Look)


def sitting_before(looks: Sequence[L], now: datetime, session: str | None) -> tuple[Sequence[L], Sequence[L]]:
    """Looks, newest first: of the sitting that goes on at ``now`` in this session, and of the one before."""
    present = _length(looks, now, session)
    rest = looks[present:]
    return looks[:present], rest[: 1 + _length(rest[1:], rest[0].at, rest[0].session)] if rest else rest


def _length(looks: Sequence[Look], at: datetime, session: str | None) -> int:
    """How many of these looks belong to the sitting that goes on at ``at``.

    A look belongs where the pause after it was short, or where it was made in the very same sign-in.
    """
    for count, look in enumerate(looks):
        same = session is not None and look.session == session
        if at - look.at >= PAUSE and not same:
            return count
        at, session = look.at, look.session
    return len(looks)
