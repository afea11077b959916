"""Draws that come out the same on every machine: the seed is a word that says what is drawn, and for whom."""

from __future__ import annotations

from random import Random


def seeded(what: str) -> Random:
    """A generator for one draw. Not for secrets: here it invents birthdays, not keys."""
    return Random(what)  # noqa: S311 invented people, the same at every run
