"""What in the pupil's plan a note may be about: the entries of the version in force, by their stable ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from isp.access.gate import Decision
from isp.audit import Unit
from isp.kernel.errors import Invalid
from isp.notes import rules
from isp.plans import queries as plans
from isp.plans.queries import Reading
from isp.plans.showing import parts
from isp.plans.vocabulary import configuration_on

SECTIONS = ("needs", "outcomes", "adjustments", "provision", "interventions")
_TITLE = 90


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the plan: its id, and its words cut short."""

    item_id: UUID
    words: str


def entries_read(unit: Unit, pupil_id: UUID) -> list[Entry]:
    """The entries for a page to show; that the plan was looked at is recorded like any look at it."""
    row = plans.open_plan(unit, pupil_id)
    if row is None or row.current is None:
        return []
    return list(_entries(plans.read_version(unit, row.id)))


def check(unit: Unit, pupil_id: UUID, decision: Decision, item_id: UUID | None) -> UUID | None:
    """The plan that holds this item as the writer sees it; None for no item. Else raises Invalid."""
    if item_id is None:
        return None
    row = plans.open_plan(unit, pupil_id)
    if row is not None and row.current is not None:
        # Nothing of it is shown, so nothing is recorded: the page that offered the entries did that.
        reading = plans.in_force_on_one_sheet(unit, {pupil_id: decision}, [row.id]).get(pupil_id)
        if reading is not None and any(one.item_id == item_id for one in _entries(reading)):
            found: UUID = row.id
            return found
    raise Invalid(
        rules.ATTENTION, {"about": "The plan no longer holds this. Choose another entry, or leave it open."}
    )


def _entries(reading: Reading) -> Iterator[Entry]:
    configuration = configuration_on(plans.stood_since(reading.version))
    for part in parts(reading.content, configuration):
        if part.name not in SECTIONS:
            continue
        for entry in part.entries:
            words = f"{part.heading}: {entry.title}"
            yield Entry(UUID(entry.id), words if len(words) <= _TITLE else f"{words[: _TITLE - 1].rstrip()}…")
