"""The blueprint, and what several of the room's pages show around their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint

from isp.access.gate import Decision
from isp.access.policy import AT_AUTHORITY, Permission, Standing
from isp.audit import Unit
from isp.people import directory
from isp.people.directory import NOBODY
from isp.records.diff import FieldChange
from isp.records.shape import Audience
from isp.register import pupils
from isp.register.pupils import PupilName
from isp.web.shell import belongs_to

pages = Blueprint("plans", __name__)
FAMILY = frozenset({Standing.PARENT, Standing.CARER, Standing.YOUNG_PERSON})


def audience_of(decision: Decision) -> Audience:
    """In whose words a page is written: by the standing that opened it."""
    return "family" if decision.standing in FAMILY else "school"


def home_of(decision: Decision, pupil_id: UUID) -> tuple[str, str]:
    """Address and name of the page that a reader comes from; empty where she has none about the pupil.

    The menu marks that page's entry: the address of a plan says nothing of whose tab it lies under.
    """
    home = _home_of(decision, pupil_id)
    if home[0]:
        belongs_to(home[0])
    return home


def _home_of(decision: Decision, pupil_id: UUID) -> tuple[str, str]:
    if decision.standing == Standing.YOUNG_PERSON:
        return "/my-plan", "My plan"
    if decision.standing in FAMILY:
        return f"/my-child/{pupil_id}", "My child"
    if decision.standing in AT_AUTHORITY:
        # One tie, one case; whoever reads through several of one child comes from the list.
        sources = list(decision.sources or ())
        return (f"/cases/{sources[0]}", "The case") if len(sources) == 1 else ("/cases", "My cases")
    return (f"/pupils/{pupil_id}", "The pupil’s page") if decision.can(Permission.PUPIL_READ) else ("", "")


@dataclass(frozen=True, slots=True)
class Around:
    """Whose page it is, and the names on it."""

    pupil: PupilName
    people: dict[UUID, directory.Named]

    @property
    def caption(self) -> str:
        """The child's name over the heading; never in a title or an address."""
        return self.pupil.full

    def name(self, person_id: UUID | None) -> str:
        """A person by name and role."""
        named = self.people.get(person_id) if person_id else None
        return named.with_role if named else NOBODY


def around(
    unit: Unit,
    pupil_id: UUID,
    people: Iterable[UUID | None] = (),
    *,
    pupil: PupilName | None = None,
    known: Mapping[UUID, directory.Named] | None = None,
) -> Around:
    """The names for a page; whose query brought the ids has been allowed.

    ``pupil`` and ``known`` (people): where an earlier query brought them.
    """
    known = known or {}
    wanted = {one for one in people if one is not None} - known.keys()
    named = pupil or pupils.names(unit, [pupil_id])[pupil_id]
    return Around(named, {**known, **(directory.names(unit, wanted) if wanted else {})})


def versions_words(decision: Decision) -> str:
    """What the list of versions is called: to families, to those to whom some were released, to a school."""
    if audience_of(decision) == "family":
        return "Earlier plans"
    return "All versions" if decision.sources is None else "Versions that were released"


def spoken(change: FieldChange) -> list[tuple[str, str]]:
    """A reworded text as runs (same, deleted, inserted) and their words, for <del> and <ins>."""
    return [(mark.run, mark.text) for mark in change.marks()]
