"""The sample and the checklist of an audit. Pure: the same seed and the same cases give the same sample.

Method ``sha256-order-1``: each case's id is hashed with the seed (SHA-256 of ``seed|id``), the cases are put
in the order of the hashes, and the first so many are taken. Whoever has the seed and the list of ids can draw
it again; the digest of that list is kept with the audit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from isp.kernel.dated import Versions, head_of, load

METHOD = "sha256-order-1"
DECISIONS, ASSESSMENTS = "decisions", "assessments"
FINAL_PLANS, REVIEWS, AMENDMENTS, REASSESSING, CEASING = (
    "plans",
    "reviews",
    "amendments",
    "reassessing",
    "ceasing",
)
KINDS: Mapping[str, str] = {
    DECISIONS: "Requests that were decided",
    ASSESSMENTS: "Assessments that ended with a plan, or with none",
    FINAL_PLANS: "Final EHC plans that were made",
    REVIEWS: "Annual reviews that were held",
    AMENDMENTS: "Amendments, by the day of their notice",
    REASSESSING: "Requests to assess again that were decided",
    CEASING: "Decisions to cease a plan",
}
"""What a sample can be drawn from. The days of an audit are those of what its kind names."""
ANSWERS: Mapping[str, str] = {
    "met": "Met",
    "partly": "Partly met",
    "not_met": "Not met",
    "not_applicable": "Does not apply",
}
AUDITOR, MODERATOR = "auditor", "moderator"
SIDES: Mapping[str, str] = {AUDITOR: "Auditor", MODERATOR: "Moderator"}
SETTLED = "settled"
"""What stands where the two differed: the moderator says so once both have finished, and theirs stay."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the checklist: of which kind of case, and where the law says so."""

    name: str
    of: str
    text: str
    source: str


@dataclass(frozen=True, eq=False)
class Checklist:
    """A version of the checklist; its name is stored with every audit held by it."""

    version: str
    effective_from: date
    effective_to: date | None
    questions: tuple[Asked, ...]

    def about(self, kind: str) -> tuple[Asked, ...]:
        """What is asked of this kind of case, in order."""
        return tuple(one for one in self.questions if one.of == kind)


@cache
def checklists() -> Versions[Checklist]:
    """Every version there has been, in order of time."""
    return load("isp.escalations.audits", "checklist", read, "the checklist")


def read(data: Mapping[str, Any]) -> Checklist:
    """A checklist from its file. KeyError or ValueError where something is missing or twice there."""
    found = tuple(Asked(row["name"], row["of"], row["text"], row["source"]) for row in data["questions"])
    if len({one.name for one in found}) != len(found):
        raise ValueError("a question of the checklist is there twice")
    if unknown := {one.of for one in found} - KINDS.keys():
        raise ValueError(f"questions of an unknown kind of case: {', '.join(sorted(unknown))}")
    return Checklist(**head_of(data), questions=found)


def sample(ids: Iterable[UUID], seed: str, wanted: int) -> list[UUID]:
    """So many of these, by METHOD, in the order in which they were drawn."""
    return sorted(set(ids), key=lambda one: (_hash(seed, one), one))[:wanted]


def frame_digest(ids: Iterable[UUID]) -> bytes:
    """What names the list that a sample was drawn from: SHA-256 of the ids in order, a line each."""
    return hashlib.sha256("\n".join(one.hex for one in sorted(set(ids))).encode("ascii")).digest()


def _hash(seed: str, one: UUID) -> bytes:
    return hashlib.sha256(f"{seed}|{one.hex}".encode()).digest()
