"""What a plan refers to outside itself: is it still what it was when the plan named it?

Section K names advice of the case, which a higher room keeps: ``FINDERS`` are its answers to which versions
there are. Entries that were taken over from the school's plan name a version of that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Unit
from isp.ehcp import queries
from isp.ehcp.content import SHAPE, items_of
from isp.ehcp.vocabulary import configuration_on
from isp.plans.names import name_of
from isp.records.shape import Content, Item


@dataclass(frozen=True, slots=True)
class Kept:
    """A version of advice as it is kept now. ``digest``: None where its words no longer answer to it."""

    advice_id: UUID
    case_id: UUID
    number: int
    digest: bytes | None


FINDERS: list[Callable[[Unit, UUID, Collection[UUID]], Mapping[UUID, Kept]]] = []
"""By the id of a version of a pupil's advice, how it is kept now; what is not there is left out."""


@dataclass(frozen=True, slots=True)
class Named:
    """Advice that an entry of section K names. ``holds``: it is, word for word, what was named."""

    item_id: str
    title: str
    kept: Kept | None
    holds: bool


def advice_of(unit: Unit, row: Any, content: Content) -> list[Named]:
    """The advice that section K of a projected content names by reference, in its order; no look at it."""
    items = [item for item in items_of(content, "k") if item.get("version")]
    if not items:
        return []
    wanted = {UUID(item["version"]) for item in items}
    found = {key: one for find in FINDERS for key, one in find(unit, row.pupil_id, wanted).items()}
    named = []
    for item in items:
        kept = found.get(UUID(item["version"]))
        holds = kept is not None and kept.digest is not None and kept.digest.hex() == item.get("digest")
        named.append(Named(item["id"], _title(unit, "k", item), kept, holds))
    return named


def may_open(decision: Decision, kept: Kept | None) -> bool:
    """Whether this reader of the plan may open the advice itself: as the grid says, through its own case."""
    if kept is None or not decision.can(Permission.ADVICE_READ):
        return False
    return decision.sources is None or kept.case_id in decision.sources


def broken(unit: Unit, row: Any, content: Content) -> list[str]:
    """What entries of a projected content name that is no longer what it was then: a sentence for each."""
    found = [
        f"Section K: “{one.title}” is no longer, word for word, the advice that the plan named."
        for one in advice_of(unit, row, content)
        if not one.holds
    ]
    sources = queries.sources_of(unit, content)
    for section in content["sections"]:
        for item in items_of(content, section):
            source = sources.get(item.get("from_version", ""))
            if item.get("from_version") and (source is None or not source[2]):
                title = _title(unit, section, item)
                found.append(
                    f"Section {section.upper()}: “{title}” names a version of the school’s plan that is no "
                    "longer what it was then."
                )
    return found


WRITTEN = "written here by themselves"


def from_school(number: int, code: str) -> str:
    """How words of the school's plan came here."""
    return f"taken from the school’s plan, version {number}, code {code}"


def is_set(section: str, item: Item, writer: UUID | None) -> bool:
    """Whether an entry is not this person's to type in: what it says follows from what it refers to, or it
    is somebody's own words, written here by herself.
    """
    if section == "k":
        return bool(item.get("version"))
    if section != "a" or not item.get("came"):
        return False
    return bool(item.get("from_version")) or item.get("said_by") != str(writer)


def _title(unit: Unit, section: str, item: Item) -> str:
    return name_of(SHAPE.sections[section], item, configuration_on(unit.today), "school")
