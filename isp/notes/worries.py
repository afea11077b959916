"""Whether what somebody types may belong with the safeguarding lead: a list of words, and nothing cleverer.

It stops nobody. Where it finds something the writer is asked once more, with the lead's name, and decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from isp.kernel.dated import Versions, head_of, load

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‐": "-", "‑": "-"})


@dataclass(frozen=True, slots=True)
class Worries:
    """One version of the list, as one pattern for what is looked for and one for what is passed over."""

    version: str
    effective_from: date
    effective_to: date | None
    terms: re.Pattern[str]
    harmless: re.Pattern[str]


def found(text: str, day: date) -> tuple[str, ...]:
    """The words as they were typed, each once, in order; () where the day's list has nothing to ask about."""
    listed = worries().on_or_first(day)
    plain = text.translate(_APOSTROPHES)
    # Blanked, not cut: what stands on either side must not become a phrase.
    looked_at = listed.harmless.sub(lambda match: "\0" * len(match[0]), plain)
    held: dict[str, str] = {}
    for match in listed.terms.finditer(looked_at):
        words = " ".join(match[0].split())
        held.setdefault(words.casefold(), words)
    return tuple(held.values())


@cache
def worries() -> Versions[Worries]:
    """Every version of the list that there has been, in order of time."""
    return load("isp.notes", "worries", read, "words of worry")


def read(data: Mapping[str, Any]) -> Worries:
    """The list from its file. KeyError or ValueError where something is missing."""
    terms = [term for kind in data["kind"] for term in kind["terms"]]
    harmless = [term for kind in data["kind"] for term in kind.get("unless", ())]
    return Worries(**head_of(data), terms=_pattern(terms), harmless=_pattern(harmless))


def _pattern(terms: list[str]) -> re.Pattern[str]:
    # The longest first, so that what is said to the writer is the whole of it.
    ways = (_one(term) for term in sorted(set(terms), key=lambda term: (-len(term), term)))
    return re.compile(rf"(?<![\w'-])(?:{'|'.join(ways)})(?![\w-])", re.IGNORECASE)


def _one(term: str) -> str:
    return r"\s+".join(
        re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else "") for word in term.split()
    )
