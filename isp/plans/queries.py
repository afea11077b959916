"""Reading plans: always through the gate, always projected through the reader's lens.

``read_version`` and its kin record the view in the unit they are given; the page renders after the unit
has committed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.models import Tie
from isp.access.policy import Permission
from isp.access.standing import GUARDIAN, SELF, live, told
from isp.audit import Chain, Event, Unit
from isp.audit.queries import looks_at
from isp.kernel.clock import civil_day
from isp.kernel.db import table_of
from isp.kernel.errors import Gone, NotFound
from isp.kernel.keys import KeyOf
from isp.kernel.prepared import Prepared
from isp.people.directory import Named
from isp.plans import content as plan_content
from isp.plans.lately import sitting_before
from isp.plans.models import PlanCard
from isp.records import drafts, opening, versions
from isp.records.diff import Diff, diff
from isp.records.drafts import DRAFT, DraftWords
from isp.records.models import Record
from isp.records.project import project
from isp.records.shape import Content
from isp.records.versions import Version, VersionWords
from isp.register import pupils
from isp.register.pupils import PupilName

KIND = "plan"
RECORD = table_of(Record)
_LOOKS = 100
"""Looks of one person at one plan that are read to find where a sitting began: many times what one brings."""
NO_VERSION = "There is no version in force yet. The school is still writing the plan."


@dataclass(frozen=True, slots=True)
class Reading:
    """A version as one reader may see it: facts, projected content, the reason where it may be seen.

    ``pupil`` and ``draft`` (the open draft's row without its words) lay beside it, where that was asked.
    """

    version: Version
    content: Content
    reason: str
    decision: Decision
    pupil: PupilName | None = None
    ended_on: date | None = None
    """When the plan ended; None while it is open."""
    draft: Any | None = None
    people: Mapping[UUID, Named] = field(default_factory=dict)
    """The version's author by name and role, where that was asked."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of a plan, both projected through the reader's lens, and what differs."""

    earlier: Reading
    later: Reading
    difference: Diff


def record_of(unit: Unit, record_id: UUID) -> Any:
    """A plan's record row. NotFound where there is none; says nothing of who may see it."""
    row = unit.connection.execute(
        select(RECORD).where(RECORD.c.id == record_id, RECORD.c.kind == KIND)
    ).first()
    if row is None:
        raise NotFound(gate.NO_PAGE)
    return row


def open_plan(unit: Unit, pupil_id: UUID) -> Any | None:
    """The pupil's open plan (a record row), or None."""
    return unit.connection.execute(
        select(RECORD).where(RECORD.c.pupil_id == pupil_id, RECORD.c.kind == KIND, RECORD.c.status == "open")
    ).first()


def plans_of(unit: Unit, pupil_id: UUID) -> list[Any]:
    """All the pupil's plans, the open one first, then by when they were made."""
    query = select(RECORD).where(RECORD.c.pupil_id == pupil_id, RECORD.c.kind == KIND)
    return list(unit.connection.execute(query.order_by(RECORD.c.status.desc(), RECORD.c.made_at.desc())))


def told_of(unit: Unit, pupil_id: UUID) -> list[UUID]:
    """Who is told of a new version: guardians with parental responsibility, and the young person."""
    asked = {"pupil": pupil_id, "today": unit.today}
    return [row.person_id for row in _told.all(unit.connection, asked)]


def family_of(unit: Unit, pupil_id: UUID) -> list[UUID]:
    """Everybody whose words may stand as the family's: guardians, and the young person."""
    asked = {"pupil": pupil_id, "today": unit.today}
    return [row.person_id for row in _family.all(unit.connection, asked)]


_PUPIL: Any = bindparam("pupil", type_=Uuid())
_TODAY: Any = bindparam("today", type_=Date())
_PEOPLE = select(Tie.person_id).order_by(Tie.made_at, Tie.id)
_told = Prepared(lambda: _PEOPLE.where(told(_PUPIL, _TODAY)))
_family = Prepared(
    lambda: _PEOPLE.where(
        Tie.pupil_id == _PUPIL,
        Tie.kind.in_((GUARDIAN, SELF)),
        Tie.person_id.is_not(None),
        live(Tie, _TODAY),
    )
)


def draft_facts(unit: Unit, record_id: UUID) -> Any | None:
    """The open draft's row without its words: id, base_number, revision, saved_at, saved_by; None if none."""
    return unit.connection.execute(
        select(DRAFT.c.id, DRAFT.c.base_number, DRAFT.c.revision, DRAFT.c.saved_at, DRAFT.c.saved_by).where(
            DRAFT.c.record_id == record_id, DRAFT.c.status == "open"
        )
    ).first()


def allowed(unit: Unit, record_id: UUID, permission: Permission) -> tuple[Any, Decision]:
    """The record and the decision that lets the actor do this with it.

    A plan that is not there and one that is a stranger's give the same answer, after the same work.
    """
    found = opening.door(unit, KIND, record_id)
    decision = gate.decide(unit, permission, found.pupil_id, found.standings)
    if found.record is None:
        raise NotFound(gate.NO_PAGE)
    return found.record, decision


def may_read(unit: Unit, decision: Decision, version: Version) -> bool:
    """Whether a version is within what the decision's ties cover."""
    covered = gate.granted(unit, decision)
    return covered is None or version.id in covered


def read_version(unit: Unit, record_id: UUID, number: int | None = None) -> Reading:
    """One version (the one in force where ``number`` is None), projected; the view is recorded."""
    row, decision = allowed(unit, record_id, Permission.PLAN_READ)
    wanted = number if number is not None else number_in_force(unit, row, decision)
    if wanted is None:
        raise NotFound(NO_VERSION)
    reading = reading_of(unit, row, decision, wanted)
    unit.record(
        decision, Event.PLAN_VIEWED, Chain.pupil(row.pupil_id), obj=("record", record_id), version=wanted
    )
    return reading


def number_in_force(unit: Unit, row: Any, decision: Decision) -> int | None:
    """The version in force as the decision covers it: of grants, the newest that was granted."""
    covered = gate.granted(unit, decision)
    if covered is None:
        return None if row.current is None else int(row.current)
    # Never an earlier plan that was entered afterwards: its number is high, and it was in force long ago.
    seen = versions_seen(unit, row, decision, limit=10_000)
    return max((v.number for v in seen if v.sort in versions.SHARED), default=None)


def versions_seen(
    unit: Unit,
    row: Any,
    decision: Decision,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int = 25,
) -> list[Version]:
    """Versions that the decision covers, newest first (nearest first where ``after`` is given).

    Withdrawn ones only for those who may withdraw or read them.
    """
    covered = gate.granted(unit, decision)
    too = decision.can(Permission.WITHDRAWN_READ) or decision.can(Permission.PLAN_WITHDRAW)
    return versions.page(
        unit, row.id, before=before, after=after, limit=limit, withdrawn_too=too, only=covered
    )


def reading_of(unit: Unit, row: Any, decision: Decision, number: int) -> Reading:
    """One version of a record row through a decision that was made; the caller records the view."""
    if number < 0:  # an address may say so, with more digits than a column holds
        raise NotFound(gate.NO_PAGE)
    beside = opening.beside(unit, row, number=number, author=True)
    version = beside.version
    if version is None or beside.body is None or not may_read(unit, decision, version):
        raise NotFound(gate.NO_PAGE)
    if version.withdrawn and not decision.can(Permission.WITHDRAWN_READ):
        if decision.sources is not None:
            raise NotFound(gate.NO_PAGE)
        raise Gone(versions.WITHDRAWN)
    reading = _through(decision, versions.open_body(unit, version, beside.body))
    named = pupils.name_of(version.pupil_id, pupils.open_row(unit, beside.pupil))
    return replace(reading, pupil=named, draft=beside.draft, ended_on=row.ended_on, people=beside.people)


def _through(decision: Decision, words: VersionWords) -> Reading:
    read = plan_content.read(words.content)
    return Reading(
        version=words.version,
        content=project(read, decision.lens, plan_content.SHAPE),
        reason=words.reason,
        decision=decision,
    )


def compare(unit: Unit, record_id: UUID, earlier: int, later: int) -> Comparison:
    """Two versions side by side; the view is recorded."""
    row, decision = allowed(unit, record_id, Permission.PLAN_VERSIONS_READ)
    first, second = (reading_of(unit, row, decision, number) for number in (earlier, later))
    unit.record(
        decision,
        Event.PLAN_COMPARED,
        Chain.pupil(row.pupil_id),
        obj=("record", record_id),
        earlier=earlier,
        later=later,
    )
    return Comparison(first, second, diff(first.content, second.content))


def as_it_stood(unit: Unit, record_id: UUID, day: date) -> Reading | None:
    """The plan as it stood at the end of a day, or None if there was none; the view is recorded."""
    row, decision = allowed(unit, record_id, Permission.PLAN_VERSIONS_READ)
    version = versions.standing_on(unit, record_id, day)
    if version is not None and not may_read(unit, decision, version):
        version = None
    unit.record(
        decision,
        Event.PLAN_READ_AS_OF,
        Chain.pupil(row.pupil_id),
        obj=("record", record_id),
        on=day.isoformat(),
        version=version.number if version else None,
    )
    return reading_of(unit, row, decision, version.number) if version else None


def list_versions(
    unit: Unit, record_id: UUID, fetch: Callable[[Any, Decision], Iterable[Version]]
) -> tuple[Any, Decision, dict[UUID, str]]:
    """The record, the decision, and by version why it was made; ``fetch`` pages through ``versions_seen``.

    The view is recorded. Of a withdrawn version the reason is told only to who may read it.
    """
    row, decision = allowed(unit, record_id, Permission.PLAN_VERSIONS_READ)
    withdrawn_too = decision.can(Permission.WITHDRAWN_READ)
    listed = [one for one in fetch(row, decision) if withdrawn_too or not one.withdrawn]
    unit.record(decision, Event.VERSIONS_VIEWED, Chain.pupil(row.pupil_id), obj=("record", record_id))
    return row, decision, versions.reasons(unit, listed)


def read_draft(
    unit: Unit, record_id: UUID, permission: Permission = Permission.DRAFT_READ
) -> tuple[Any, Decision, DraftWords]:
    """The open draft for somebody who may read it; the view is recorded. Conflict where there is none."""
    row, decision = allowed(unit, record_id, permission)
    draft = drafts.open_beside(unit, row).draft
    unit.record(decision, Event.DRAFT_VIEWED, Chain.pupil(row.pupil_id), obj=("record", record_id))
    return row, decision, draft


def last_seen(unit: Unit, record_id: UUID) -> int | None:
    """The version that the actor knew when this sitting began, from the trail itself; None if none.

    What is news stays news for a whole sitting: somebody who goes on to another page and comes back, or
    reads it again on another telephone, is told the same. It is the newest published version of the sitting
    before; in somebody's first sitting ever, the one it began with. Read before the present view is recorded.
    """
    if unit.actor.person_id is None:
        return None
    looks = looks_at(unit, Event.PLAN_VIEWED, record_id, unit.actor.name, limit=_LOOKS)
    now, before = sitting_before(looks, unit.now, unit.actor.session_ref)
    if not before:
        return int(now[-1].detail["version"]) if now else None
    numbers = {int(look.detail["version"]) for look in before}
    # An earlier plan that was entered afterwards has a high number, and is not what was in force.
    return versions.newest_published(unit, record_id, numbers)


def cards(unit: Unit, pupil_ids: Iterable[UUID]) -> dict[UUID, Any]:
    """The newest plan's clear facts for several pupils, by pupil: open plans before ended ones."""
    listed = sorted(set(pupil_ids))
    found: dict[UUID, Any] = {}
    for start in range(0, len(listed), 500):
        query = select(table_of(PlanCard)).where(PlanCard.pupil_id.in_(listed[start : start + 500]))
        for row in unit.connection.execute(query):
            held = found.get(row.pupil_id)
            if held is None or (held.status != "open" and row.status == "open"):
                found[row.pupil_id] = row
    return found


def in_force_on_one_sheet(
    unit: Unit, decisions: dict[UUID, Decision], record_ids: Iterable[UUID]
) -> dict[UUID, Reading]:
    """The versions in force of several pupils' plans, each through that pupil's decision, by pupil."""
    found = {}
    unit.keys.fetch([KeyOf.pupil(pupil_id) for pupil_id in decisions])
    for version, sealed in versions.all_bodies(unit, sorted(set(record_ids))):
        decision = decisions.get(version.pupil_id)
        if decision is not None and may_read(unit, decision, version):
            found[version.pupil_id] = _through(decision, versions.open_body(unit, version, sealed))
    return found


def stood_since(version: Version) -> date:
    """The civil day from which a version has been in force."""
    return civil_day(version.stands_from)
