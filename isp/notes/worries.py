"""Whether what somebody types may belong with the safeguarding lead: a list of words, and nothing cleverer.

It stops nobody. Where it finds something the writer is asked once more, with the lead's name, and decides.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

_NEWEST = "worries-2026-1.toml"
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‐": "-", "‑": "-"})


@dataclass(frozen=True, slots=True)
class Worries:
    """The list of one date, made into one pattern for what is looked for and one for what is passed over."""

    version: str
    terms: re.Pattern[str]
    harmless: re.Pattern[str]


def found(text: str) -> tuple[str, ...]:
    """The words as they were typed, each once, in order; () where there is nothing to ask about."""
    listed = worries()
    plain = text.translate(_APOSTROPHES)
    # Blanked, not cut: what stands on either side must not become a phrase.
    looked_at = listed.harmless.sub(lambda match: "\0" * len(match[0]), plain)
    held: dict[str, str] = {}
    for match in listed.terms.finditer(looked_at):
        words = " ".join(match[0].split())
        held.setdefault(words.casefold(), words)
    return tuple(held.values())


@cache
def worries() -> Worries:
    """The list in use."""
    raw = tomllib.loads(resources.files("isp.notes").joinpath("data", _NEWEST).read_text("utf-8"))
    terms = [term for kind in raw["kind"] for term in kind["terms"]]
    harmless = [term for kind in raw["kind"] for term in kind.get("unless", ())]
    return Worries(str(raw["version"]), _pattern(terms), _pattern(harmless))


def _pattern(terms: list[str]) -> re.Pattern[str]:
    # The longest first, so that what is said to the writer is the whole of it.
    ways = (_one(term) for term in sorted(set(terms), key=lambda term: (-len(term), term)))
    return re.compile(rf"(?<![\w'-])(?:{'|'.join(ways)})(?![\w-])", re.IGNORECASE)


def _one(term: str) -> str:
    return r"\s+".join(
        re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else "") for word in term.split()
    )
