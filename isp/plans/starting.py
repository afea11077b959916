"""The verbs of beginning: the next cycle of a plan, and a new plan from a template."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import OrganisationPermission, Permission
from isp.audit import Chain, Event, Unit
from isp.banks import entries
from isp.kernel.errors import Conflict, Invalid
from isp.people import directory
from isp.plans import actions, cards, queries, uses
from isp.plans import content as plan_content
from isp.plans.cycle import Step, next_cycle
from isp.plans.templates import ITEMS, begun_from, only_template, with_names
from isp.plans.vocabulary import configuration_on
from isp.records import drafts, versions
from isp.records.drafts import Saved
from isp.records.shape import Content
from isp.register import pupils

MOVED = (
    "Another version has been finalised since this page was made. Look at what would change now, "
    "then start the next cycle."
)


@dataclass(frozen=True, slots=True)
class Ahead:
    """A plan of which nothing is being written, and what a new cycle would change."""

    row: Any
    decision: Decision
    steps: list[Step]
    unheld: date | None = None
    """The day of the review that has passed and was not held."""


def look_ahead(unit: Unit, record_id: UUID) -> Ahead:
    """What a new cycle would change in the version in force; nothing where none is. The view is recorded."""
    row, decision = queries.allowed(unit, record_id, Permission.DRAFT_WRITE)
    if row.current is None or row.status != "open":
        return Ahead(row, decision, [])
    content = plan_content.read(versions.read(unit, record_id, row.current).content)
    unit.record(
        decision,
        Event.PLAN_VIEWED,
        Chain.pupil(row.pupil_id),
        obj=("record", record_id),
        version=row.current,
    )
    return Ahead(row, decision, _steps(unit, row, content), cards.unheld(unit, record_id))


def _steps(unit: Unit, row: Any, content: Content) -> list[Step]:
    """What a new cycle wants of a content of this record, by the calendar of the pupil's school."""
    calendar = cards.calendar_for(unit, row.pupil_id)
    return next_cycle(content, configuration_on(unit.today), unit.today, calendar)


def start_cycle(unit: Unit, record_id: UUID, shown_version: int) -> UUID:
    """Start the next draft from the version in force with what a new cycle sets back.

    Those changes are the draft's first save: they can be taken back like any other. Conflict where a draft
    is open, or where another version is in force than the one whose changes the page showed.
    """
    row, decision = actions.held(unit, record_id, Permission.DRAFT_WRITE)
    if row.current != shown_version:
        raise Conflict(MOVED)
    draft_id = actions.start_draft(unit, record_id)
    draft = drafts.read(unit, record_id)
    changes = tuple(change for step in _steps(unit, row, draft.content) for change in step.changes)
    if changes:
        stored, fingerprint = drafts.store(unit, draft, changes)
        actions.remember_save(unit, decision, row, Saved(stored, changes, (), fingerprint))
    return draft_id


# -- templates ----------------------------------------------------------------------------------------------


def start_from_template(unit: Unit, pupil_id: UUID, entry_id: UUID) -> UUID:
    """Start a plan whose draft says what a template of the school, or of its authority, says."""
    decision = gate.require(unit, Permission.DRAFT_WRITE, pupil_id)
    school_id = actions.school_of(unit, decision, pupil_id)
    _, entry = entries.read(unit, entry_id, through=school_id)
    if entry.bank != entries.TEMPLATE or entry.retired_at is not None:
        raise Conflict(entries.RETIRED)
    content = begun_from(plan_content.read(entry.held["content"]))
    record_id = actions.start_plan(unit, pupil_id, content)
    uses.note(unit, decision, record_id, content["sections"]["provision"]["items"])
    unit.record(
        decision,
        Event.TEMPLATE_USED,
        Chain.pupil(pupil_id),
        obj=("record", record_id),
        entry=str(entry_id),
        number=entry.number,
    )
    return record_id


@dataclass(frozen=True, slots=True)
class Offered:
    """What of a plan in force could become a template; by item's id, why an entry is left out."""

    row: Any
    decision: Decision
    version: int
    school_id: UUID
    content: Content
    left_out: dict[str, str]


def offer_template(unit: Unit, record_id: UUID) -> Offered:
    """What of the version in force may become a template. The view is recorded. Conflict without one."""
    row, decision = queries.allowed(unit, record_id, Permission.DRAFT_WRITE)
    if row.current is None:
        raise Conflict("No version of this plan is in force yet, so there is nothing to make a template of.")
    school_id = actions.school_of(unit, decision, row.pupil_id)
    gate.require_in_organisation(unit, OrganisationPermission.BANK_WRITE, school_id)
    content = only_template(plan_content.read(versions.read(unit, record_id, row.current).content))
    left_out = {one.item: one.why for one in with_names(content, _names_around(unit, row.pupil_id))}
    unit.record(
        decision, Event.PLAN_VIEWED, Chain.pupil(row.pupil_id), obj=("record", record_id), version=row.current
    )
    return Offered(row, decision, row.current, school_id, content, left_out)


def take_template(
    unit: Unit, record_id: UUID, shown_version: int, name: str, wanted: Collection[str]
) -> UUID:
    """Make a template of some entries of the version in force; the new entry's id.

    Entries that name somebody stay out, whatever was asked for.
    """
    offered = offer_template(unit, record_id)
    if offered.version != shown_version:
        raise Conflict("Another version has been finalised since this page was made. Look at it again.")
    taken = only_template(offered.content, set(wanted) - offered.left_out.keys())
    if not any(taken["sections"][section]["items"] for section in taken["sections"] if section in ITEMS):
        raise Invalid("Some answers need attention.", {"wanted": "Choose at least one entry."})
    entry_id = entries.add(unit, offered.school_id, entries.TEMPLATE, {"name": name, "content": taken})
    unit.record(
        offered.decision,
        Event.TEMPLATE_TAKEN,
        Chain.pupil(offered.row.pupil_id),
        obj=("record", record_id),
        version=offered.version,
        entry=str(entry_id),
    )
    return entry_id


def _names_around(unit: Unit, pupil_id: UUID) -> set[str]:
    """Every name of the pupil and of the pupil's family, word by word."""
    pupil = pupils.names(unit, [pupil_id])[pupil_id]
    family = directory.names(unit, set(queries.family_of(unit, pupil_id)))
    whole = [pupil.full, pupil.legal, *(person.full for person in family.values())]
    return {word for one in whole for word in one.split()}
