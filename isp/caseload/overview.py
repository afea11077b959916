"""A pupil's page for those who work with him: who he is, and where things stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import GRID, Permission
from isp.audit import Chain, Event, Unit
from isp.caseload import onlookers
from isp.caseload.onlookers import Onlooker
from isp.ehcp import queries as ehcp
from isp.kernel.errors import Gone, NotFound
from isp.notes import queries as notes
from isp.people import directory
from isp.people.directory import Named
from isp.plans import queries
from isp.plans.queries import Reading
from isp.plans.sentences import Told, tell
from isp.plans.showing import Part, parts
from isp.plans.vocabulary import configuration_on
from isp.records.diff import diff
from isp.records.versions import Version
from isp.register import pupils
from isp.register.pupils import PupilFacts
from isp.reviews.cycles import PlanChain, chains_through
from isp.reviews.queries import under_way

EARLIER = 6
"""Versions named on the page; all of them are one click away."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a plan stands, as this reader may see it."""

    record: Any
    reading: Reading | None
    must_know: Part | None
    layer: Part | None
    changed: tuple[Told, ...]
    since: int | None
    """The version that ``changed`` counts from."""
    versions: tuple[Version, ...]
    draft: Any | None
    """The open draft's facts (saved_at, saved_by …), for those who may read it."""

    @property
    def next_review_on(self) -> date | None:
        """As the version in force says."""
        return next_review_on(self.reading)


@dataclass(frozen=True, slots=True)
class Overview:
    """The page. ``may`` answers for a button, nothing more."""

    facts: PupilFacts
    decision: Decision
    plan: Standing | None
    ended: tuple[Any, ...]
    """Plans that have come to an end, newest first (record rows)."""
    people: tuple[Onlooker, ...]
    names: dict[UUID, Named]
    notes: notes.Summary | None = None
    """How many working notes there are; None for whoever reads none."""
    chains: tuple[PlanChain, ...] = ()
    """The cycles of each plan, for those who read reviews; the open plan's first."""
    review: Any | None = None
    """The review that is planned or being held."""
    ehc_plan: Any | None = None
    """The row of the EHC plan, from its drafting to its end, for those who read any of its sections."""


def overview(unit: Unit, pupil_id: UUID, rows: list[Any] | None = None) -> Overview:
    """The page of one pupil; the look is recorded. ``rows``: the actor's standings, where known."""
    held = gate.standings_towards(unit, pupil_id) if rows is None else rows
    decision = gate.decide(unit, Permission.PUPIL_READ, pupil_id, held)
    facts = pupils.facts(unit, pupil_id)
    knows = any(row.standing in GRID[Permission.MUST_KNOW_READ] | GRID[Permission.PLAN_READ] for row in held)
    records = queries.plans_of(unit, pupil_id) if knows else []
    current = next((row for row in records if row.status == "open"), None)
    plan = _standing(unit, current, pupil_id, held) if current is not None else None
    people = onlookers.who_can_see(unit, pupil_id) if decision.can(Permission.TIES_READ) else []
    unit.record(decision, Event.PUPIL_VIEWED, Chain.pupil(pupil_id), obj=("pupil", pupil_id))
    wanted = {version.author_id for version in plan.versions} if plan else set()
    if plan and plan.draft is not None:
        wanted.add(plan.draft.saved_by)
    ended = tuple(row for row in records if row.status == "ended") if plan_readable(decision) else ()
    reviewed = decision.can(Permission.REVIEW_READ) and bool(records)
    return Overview(
        facts,
        decision,
        plan,
        ended,
        tuple(people),
        directory.names(unit, wanted) if wanted else {},
        notes.summary(unit, pupil_id, decision),
        chains=tuple(chains_through(unit, pupil_id, decision)) if reviewed else (),
        review=under_way(unit, current.id) if reviewed and current is not None else None,
        ehc_plan=ehcp.plan_of(unit, pupil_id) if decision.can(Permission.EHCP_READ) else None,
    )


def plan_readable(decision: Decision) -> bool:
    """Whether the reader may open plans at all."""
    return decision.can(Permission.PLAN_READ)


def next_review_on(reading: Reading | None) -> date | None:
    """The day of the next review in what was read, where the reader may see it."""
    if reading is None:
        return None
    held = reading.content["sections"].get("review", {}).get("fields", {}).get("next_review_on")
    return date.fromisoformat(held) if held else None


def _standing(unit: Unit, record: Any, pupil_id: UUID, rows: list[Any]) -> Standing:
    reads = any(row.standing in GRID[Permission.PLAN_READ] for row in rows)
    permission = Permission.PLAN_READ if reads else Permission.MUST_KNOW_READ
    decision = gate.decide(unit, permission, pupil_id, rows)
    reading = _in_force(unit, record, decision)
    must_know = layer = None
    told: tuple[Told, ...] = ()
    seen: list[Version] = []
    since = None
    if reading is not None:
        configuration = configuration_on(queries.stood_since(reading.version))
        shown = {part.name: part for part in parts(reading.content, configuration)}
        must_know, layer = shown.get("must_know"), shown.get("layer")
    if reads and decision.can(Permission.PLAN_VERSIONS_READ):
        seen = queries.versions_seen(unit, record, decision, limit=EARLIER)
        told, since = _changed(unit, record, decision, reading, seen)
    if reading is not None:
        unit.record(
            decision,
            Event.PLAN_VIEWED,
            Chain.pupil(pupil_id),
            obj=("record", record.id),
            version=reading.version.number,
        )
    draft = queries.draft_facts(unit, record.id) if decision.can(Permission.DRAFT_READ) else None
    return Standing(record, reading, must_know, layer, told, since, tuple(seen), draft)


def _in_force(unit: Unit, record: Any, decision: Decision) -> Reading | None:
    """The version in force as the decision covers it: for grants, the newest that was granted."""
    if decision.sources is None:
        found = queries.in_force_on_one_sheet(unit, {record.pupil_id: decision}, [record.id])
        return next(iter(found.values()), None)
    newest = next((v for v in queries.versions_seen(unit, record, decision) if not v.withdrawn), None)
    return queries.reading_of(unit, record, decision, newest.number) if newest else None


def _changed(
    unit: Unit, record: Any, decision: Decision, reading: Reading | None, seen: list[Version]
) -> tuple[tuple[Told, ...], int | None]:
    """What the version in force changed, in the school's words."""
    if reading is None:
        return (), None
    before = next((v for v in seen if v.number < reading.version.number and not v.withdrawn), None)
    if before is None:
        return (), None
    try:
        earlier = queries.reading_of(unit, record, decision, before.number)
    except (Gone, NotFound):
        return (), None
    configuration = configuration_on(queries.stood_since(reading.version))
    difference = diff(earlier.content, reading.content)
    return tuple(tell(difference, earlier.content, reading.content, configuration)), before.number
