"""The purposes for which regulation 17 lets a plan be disclosed, as they stand in the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from isp.kernel.dated import Versions, head_of, load


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose of the closed list. ``needs_consent``: only with a consent that is on record."""

    code: str
    words: str
    source: str
    needs_consent: bool = False


@dataclass(frozen=True, eq=False)
class Purposes:
    """A version of the list; its name is stored with every disclosure made under it."""

    version: str
    effective_from: date
    effective_to: date | None
    source: str
    listed: Mapping[str, Purpose]


@cache
def lists() -> Versions[Purposes]:
    """Every version of the list there has been."""
    return load("isp.escalations", "disclosures", read, "purposes")


def purposes_on(day: date) -> Purposes:
    """The list as it is on a day."""
    return lists().on_or_first(day)


def read(data: Mapping[str, Any]) -> Purposes:
    """The list from its file. KeyError or ValueError where something is missing."""
    listed = {
        row["code"]: Purpose(row["code"], row["words"], row["source"], row.get("needs_consent", False))
        for row in data["purposes"]
    }
    if len(listed) != len(data["purposes"]):
        raise ValueError("a purpose is there twice")
    return Purposes(**head_of(data), source=data["source"], listed=listed)
