"""The verbs of beginning: the next cycle of a plan, and a new plan from a template."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import OrganisationPermission, Permission, Standing
from isp.access.standing import onlookers
from isp.audit import Chain, Event, Unit
from isp.banks import entries
from isp.kernel.errors import Conflict, Invalid
from isp.people import directory
from isp.plans import actions, cards, queries, uses
from isp.plans import content as plan_content
from isp.plans.catching_up import CatchingUp, catch_up
from isp.plans.cycle import Step, next_cycle
from isp.plans.templates import ITEMS, begun_from, only_template
from isp.plans.unnamed import Known, Replaced, Sort, known, names_somebody, unnamed
from isp.plans.vocabulary import configuration_on
from isp.records import drafts, versions
from isp.records.drafts import DraftWords, Saved
from isp.records.sent import ANOTHER_DRAFT
from isp.records.shape import Content
from isp.register import pupils

MOVED = (
    "Another version has been finalised since this page was made. Look at what would change now, "
    "then start the next cycle."
)


@dataclass(frozen=True, slots=True)
class Ahead:
    """A plan, and what a new cycle would change: in its draft where one is open, else in the version."""

    row: Any
    decision: Decision
    change: CatchingUp = field(default_factory=CatchingUp)
    draft: DraftWords | None = None
    unheld: date | None = None
    """The day of the review that has passed and was not held."""


def look_ahead(unit: Unit, record_id: UUID) -> Ahead:
    """What a new cycle would change; nothing where no version is in force. The views are recorded."""
    row, decision = queries.allowed(unit, record_id, Permission.DRAFT_WRITE)
    if row.current is None or row.status != "open":
        return Ahead(row, decision)
    content = _in_force(unit, row)
    chain, obj = Chain.pupil(row.pupil_id), ("record", record_id)
    unit.record(decision, Event.PLAN_VIEWED, chain, obj=obj, version=row.current)
    configuration = configuration_on(unit.today)
    draft, unheld = drafts.find(unit, record_id), cards.unheld(unit, record_id)
    if draft is None:
        return Ahead(row, decision, CatchingUp(tuple(_steps(unit, row, content))), None, unheld)
    unit.record(decision, Event.DRAFT_VIEWED, chain, obj=obj)
    wanted = _steps(unit, row, draft.content)
    return Ahead(row, decision, catch_up(draft.content, content, configuration, wanted), draft, unheld)


def _steps(unit: Unit, row: Any, content: Content) -> list[Step]:
    """What a new cycle wants of a content of this record, by the calendar of the pupil's school."""
    calendar = cards.calendar_for(unit, row.pupil_id)
    return next_cycle(content, configuration_on(unit.today), unit.today, calendar)


def _in_force(unit: Unit, row: Any) -> Content:
    return plan_content.read(versions.read(unit, row.id, row.current).content)


def cycle_in_draft(
    unit: Unit, record_id: UUID, shown_version: int, draft_id: UUID | None, shown_revision: int
) -> tuple[Saved, CatchingUp]:
    """Make a new cycle's changes in the draft that is open, as the page told them: one save, merged.

    What somebody wrote in the same place since is kept beside it, to be chosen between. Conflict where that
    draft is open no more, another version is in force, or there is nothing to change.
    """
    opened = actions.open_draft(unit, record_id)
    if opened.draft.id != draft_id:
        raise Conflict(ANOTHER_DRAFT)
    if opened.row.current is None or opened.row.current != shown_version:
        raise Conflict(MOVED)
    shown = drafts.content_at(unit, opened.draft, shown_revision)
    wanted = _steps(unit, opened.row, shown)
    told = catch_up(shown, _in_force(unit, opened.row), configuration_on(unit.today), wanted)
    if not told.changes:
        raise Conflict("There is nothing of the last cycle left to set back in this draft.")
    return actions.save_draft(unit, record_id, shown_revision, told.changes, opened=opened), told


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


UNCLEAR = "It may name somebody, and a computer cannot tell."


@dataclass(frozen=True, slots=True)
class Offered:
    """What of a plan in force could become a template, with the names taken out of it.

    By item's id: what was put for which names, and why an entry is left out.
    """

    row: Any
    decision: Decision
    version: int
    school_id: UUID
    content: Content
    replaced: dict[str, list[Replaced]]
    left_out: dict[str, str]
    people: list[Known]


def offer_template(unit: Unit, record_id: UUID) -> Offered:
    """What of the version in force may become a template. The view is recorded. Conflict without one."""
    row, decision = queries.allowed(unit, record_id, Permission.DRAFT_WRITE)
    if row.current is None:
        raise Conflict("No version of this plan is in force yet, so there is nothing to make a template of.")
    school_id = actions.school_of(unit, decision, row.pupil_id)
    gate.require_in_organisation(unit, OrganisationPermission.BANK_WRITE, school_id)
    content = plan_content.read(versions.read(unit, record_id, row.current).content)
    people = _people_around(unit, row.pupil_id, content)
    found = unnamed(only_template(content), people)
    unit.record(
        decision, Event.PLAN_VIEWED, Chain.pupil(row.pupil_id), obj=("record", record_id), version=row.current
    )
    left_out = dict.fromkeys(found.unsure, UNCLEAR)
    return Offered(row, decision, row.current, school_id, found.content, found.replaced, left_out, people)


def take_template(
    unit: Unit, record_id: UUID, shown_version: int, name: str, wanted: Collection[str]
) -> UUID:
    """Make a template of some entries of the version in force; the new entry's id.

    Entries that may name somebody stay out, whatever was asked for.
    """
    offered = offer_template(unit, record_id)
    if offered.version != shown_version:
        raise Conflict("Another version has been finalised since this page was made. Look at it again.")
    if names_somebody(name, offered.people):
        raise Invalid(
            "Some answers need attention.", {"name": "This names somebody. Call it by need, not by pupil."}
        )
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


def _people_around(unit: Unit, pupil_id: UUID, content: Content) -> list[Known]:
    """The pupil, the family, and whoever works with the pupil, by every form of their names."""
    pupil = pupils.names(unit, [pupil_id])[pupil_id]
    preferred = content["sections"]["about_me"]["fields"].get("preferred_name")
    at_home = set(queries.family_of(unit, pupil_id))
    rows = unit.connection.execute(onlookers(pupil_id, unit.today)).all()
    teachers = {row.person_id for row in rows if row.standing == Standing.TEACHER}
    at_home |= {row.person_id for row in rows if row.standing in _AT_HOME}
    named = directory.names(unit, at_home | {row.person_id for row in rows})
    found = [
        known(
            Sort.PUPIL,
            [pupil.given, pupil.legal_given, preferred],
            [pupil.family, pupil.legal_family],
        )
    ]
    for person_id, one in named.items():
        sort = Sort.FAMILY if person_id in at_home else Sort.STAFF
        if sort is Sort.STAFF and person_id in teachers:
            sort = Sort.TEACHER
        found.append(known(sort, [one.given], [one.family]))
    return found


_AT_HOME = frozenset({Standing.PARENT, Standing.CARER, Standing.YOUNG_PERSON})
