"""Documents beside the entries of a plan that they belong to, for whoever may read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from isp.access import gate
from isp.access.policy import GRID, Permission
from isp.audit import Unit
from isp.documents import queries as documents
from isp.documents.queries import Version


@dataclass(frozen=True, slots=True)
class Papers:
    """The newest version of each document, by the entry it belongs to; where another may be attached."""

    pupil_id: UUID
    by_item: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)
    may_attach: bool = False

    def of(self, item_id: str) -> tuple[Version, ...]:
        """Those of one entry, newest first."""
        return self.by_item.get(item_id, ())

    def address(self, section: str, item_id: str) -> str:
        """The form that attaches one to an entry."""
        return f"/pupils/{self.pupil_id}/documents/add?section={section}&item={item_id}"


def beside_entries(unit: Unit, pupil_id: UUID) -> Papers:
    """The documents beside a plan's entries; empty for whoever reads none. The look is recorded."""
    rows = gate.standings_towards(unit, pupil_id)
    if not any(row.standing in GRID[Permission.DOCUMENT_READ] for row in rows):
        return Papers(pupil_id)
    decision = gate.decide(unit, Permission.DOCUMENT_READ, pupil_id, rows)
    found: dict[str, list[Version]] = {}
    listed = [one for one in documents.seen(unit, decision, pupil_id) if one.newest.heading.item_id]
    for one in listed:
        found.setdefault(str(one.newest.heading.item_id), []).append(one.newest)
    if listed:
        documents.record_list(unit, decision, pupil_id, listed)
    by_item = {item_id: tuple(each) for item_id, each in found.items()}
    return Papers(pupil_id, by_item, decision.can(Permission.DOCUMENT_WRITE))
