"""Reading the content of EHC plans: always through the gate, always projected through the reader's lens.

A plan is reached through a standing towards its pupil; of an authority's people the tie must be that of the
plan's own authority. ``read_version`` and its kin record the view in the unit they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.models import Tie
from isp.access.policy import AT_AUTHORITY, Permission, Standing
from isp.access.purposes import PURPOSES
from isp.access.standing import live
from isp.audit import Chain, Event, Unit
from isp.banks.wording.rules import rules_on
from isp.ehcp import content as plan_content
from isp.ehcp import rules, sight
from isp.ehcp.content import SHAPE
from isp.ehcp.models import StatutoryPlan
from isp.ehcp.plan_models import SectionSignOff
from isp.ehcp.rules import Sort, Trouble
from isp.ehcp.thread import gaps
from isp.ehcp.vocabulary import configuration_on
from isp.kernel.clock import civil_day
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Gone, Invalid, NotFound
from isp.kernel.keys import KeyOf
from isp.plans.setting_aside import of_plan as asides_of
from isp.plans.wording import Shown, hints, standing, with_asides
from isp.records import drafts, versions
from isp.records.diff import Diff, diff
from isp.records.digest import answers, digest
from isp.records.drafts import DraftWords
from isp.records.models import Record
from isp.records.project import project
from isp.records.shape import Content
from isp.records.versions import Version
from isp.register import pupils

PLANS = table_of(StatutoryPlan)
RECORDS = table_of(Record)
SIGN_OFFS = table_of(SectionSignOff)
TIES = table_of(Tie)
OF_AN_AUTHORITY = AT_AUTHORITY | {Standing.ADVISER, Standing.SOCIAL_WORKER, Standing.AUDITOR}
"""Stand towards a child for one authority, whose own plans are all that they may come to."""
SOURCES: list[Callable[[Unit, UUID], frozenset[UUID]]] = []
"""What higher rooms know to have led to a plan: a tie of the authority's people may come from it."""
ADVICE: list[Callable[[Unit, UUID], Mapping[UUID, str]]] = []
"""What was asked in the cases of a plan, as higher rooms know it: each request for advice by its letter."""
_WRITES_BY: Mapping[Standing, str] = {Standing.ADVISER: "c", Standing.SOCIAL_WORKER: "e"}
"""Under which letter of regulation 6(1) whoever is asked for advice writes sections of the plan as well."""
NO_VERSION = "There is no EHC plan in force yet. The authority is still writing it."
NOTHING_WRITTEN = "The content of this EHC plan has not been opened yet, so there is nothing to write in."


@dataclass(frozen=True, slots=True)
class Reading:
    """A version as one reader may see it: the plan's row, the facts, projected content, the reason."""

    row: Any
    version: Version
    content: Content
    reason: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions, both projected through the reader's lens, and what differs."""

    earlier: Reading
    later: Reading
    difference: Diff


@dataclass(frozen=True, slots=True)
class SignedOff:
    """A body's agreement. ``holds``: its sections are as they were agreed to."""

    part: str
    way: str
    agreed_on: date
    made_by: UUID
    body: str
    words: str
    holds: bool


def plan_row(unit: Unit, plan_id: UUID, *, lock: bool = False) -> Any | None:
    """The plan's row, or None; says nothing of who may see it."""
    query = select(PLANS).where(PLANS.c.id == plan_id)
    return unit.connection.execute(query.with_for_update(key_share=True) if lock else query).first()


def allowed(
    unit: Unit, plan_id: UUID, permission: Permission, *, lock: bool = False, purpose: str | None = None
) -> tuple[Any, Decision]:
    """The plan's row and the decision that lets the actor do this with it.

    A plan that is not there and one that is a stranger's give the same answer, after the same work. An
    officer of another authority than the plan's is a stranger to it, and so is one who met the child by
    another way than the case that led to it, and whom another authority asked for advice. So is whoever
    audits another case of the child's. Whoever was asked in that very case comes to the plan where her
    letter gives her sections to write, and else not.
    """
    row = plan_row(unit, plan_id, lock=lock)
    pupil_id = row.pupil_id if row is not None else plan_id
    rows = gate.standings_towards(unit, pupil_id)
    held = [one for one in rows if one.standing not in OF_AN_AUTHORITY]
    if row is not None and len(held) < len(rows):
        sources, asked = _leading_to(unit, plan_id), _asked_about(unit, plan_id)
        held = [
            one
            for one in rows
            if one.standing not in OF_AN_AUTHORITY
            or (one.organisation_id == row.authority_id and _leads(one, sources, asked))
        ]
    decision = gate.decide(unit, permission, pupil_id, held, purpose=purpose)
    if row is None:
        raise NotFound(gate.NO_PAGE)
    return row, decision


def _leads(one: Any, sources: frozenset[UUID], asked: Mapping[UUID, str]) -> bool:
    """Whether a standing comes from what led to the plan, or from advice whose letter writes in it."""
    if one.standing in _WRITES_BY:
        return one.source_id in asked and asked[one.source_id] == _WRITES_BY[Standing(one.standing)]
    return one.standing not in AT_AUTHORITY | {Standing.AUDITOR} or one.source_id in sources


def _asked_about(unit: Unit, plan_id: UUID) -> Mapping[UUID, str]:
    found: dict[UUID, str] = {}
    for known in ADVICE:
        found |= known(unit, plan_id)
    return found


def _leading_to(unit: Unit, plan_id: UUID) -> frozenset[UUID]:
    """What a tie of the plan's authority may come from to lead to it: the plan, and what led to the plan."""
    return frozenset({plan_id}).union(*(known(unit, plan_id) for known in SOURCES))


def plan_of(unit: Unit, pupil_id: UUID) -> Any | None:
    """The pupil's plan from its drafting to its end: its row, or None. For rules, after the gate."""
    query = select(PLANS).where(PLANS.c.pupil_id == pupil_id, PLANS.c.state.in_(sorted(rules.LIVE)))
    return unit.connection.execute(query).first()


def record_of(unit: Unit, row: Any) -> Any:
    """The record that holds a plan's content. Conflict where it has not been opened."""
    record = record_if_any(unit, row)
    if record is None:
        raise Conflict(NOTHING_WRITTEN)
    return record


def record_if_any(unit: Unit, row: Any) -> Any | None:
    """The record that holds a plan's content, or None where it has not been opened."""
    if row.record_id is None:
        return None
    return unit.connection.execute(select(RECORDS).where(RECORDS.c.id == row.record_id)).first()


def open_record(unit: Unit, pupil_id: UUID) -> UUID | None:
    """The record of the child's EHC plan that has not ended, or None: there is one at a time."""
    c = RECORDS.c
    query = select(c.id).where(c.pupil_id == pupil_id, c.kind == plan_content.KIND, c.status == "open")
    found: UUID | None = unit.connection.scalar(query)
    return found


# -- versions ----------------------------------------------------------------------------------------------


def _is_granted(unit: Unit, decision: Decision, version: Version) -> bool:
    """Of whoever is asked for advice: whether this very version was released for it."""
    if decision.sources is None or decision.standings & (AT_AUTHORITY | {Standing.AUDITOR}):
        return True
    return version.id in (gate.granted(unit, decision) or ())


def may_read(decision: Decision, version: Version) -> bool:
    """A draft as it was sent is the authority's and the family's; a consulted school has its own copy."""
    if version.sort != versions.DRAFT_SENT:
        return True
    return bool(decision.standings & (AT_AUTHORITY | sight.FAMILY))


def read_version(unit: Unit, plan_id: UUID, number: int | None = None) -> Reading:
    """One version (the one in force where ``number`` is None), projected; the view is recorded.

    NotFound, with NO_VERSION as its words, where none is in force yet.
    """
    permission = Permission.EHCP_READ if number is None else Permission.EHCP_VERSIONS_READ
    row, decision = allowed(unit, plan_id, permission)
    reading = reading_of(unit, row, decision, number)
    unit.record(
        decision,
        Event.EHCP_VIEWED,
        Chain.pupil(row.pupil_id),
        obj=("ehcp", plan_id),
        version=reading.version.number,
    )
    return reading


def reading_of(unit: Unit, row: Any, decision: Decision, number: int | None) -> Reading:
    """One version through a decision that was made; the caller records the view."""
    record = record_if_any(unit, row)
    wanted = number if number is not None else (record.current if record is not None else None)
    if record is None or wanted is None:
        raise NotFound(NO_VERSION if number is None else gate.NO_PAGE)
    if not 0 < wanted <= versions.LARGEST:
        raise NotFound(gate.NO_PAGE)
    words = versions.read(unit, record.id, wanted)
    if not may_read(decision, words.version) or not _is_granted(unit, decision, words.version):
        raise NotFound(gate.NO_PAGE)
    seen = project(plan_content.read(words.content), sight.reading_lens(unit, row, decision), SHAPE)
    return Reading(row, words.version, seen, words.reason, decision)


def list_versions(
    unit: Unit, plan_id: UUID, *, before: int | None = None, limit: int = 25
) -> tuple[Any, Decision, list[Version], dict[UUID, str]]:
    """The plan, the decision, its versions newest first, and why each was made; the view is recorded."""
    row, decision = allowed(unit, plan_id, Permission.EHCP_VERSIONS_READ)
    record = record_if_any(unit, row)
    listed = versions.page(unit, record.id, before=before, limit=limit) if record is not None else []
    seen = [one for one in listed if may_read(decision, one) and not one.withdrawn]
    unit.record(decision, Event.EHCP_VERSIONS_VIEWED, Chain.pupil(row.pupil_id), obj=("ehcp", plan_id))
    return row, decision, seen, versions.reasons(unit, seen)


def compare(unit: Unit, plan_id: UUID, earlier: int, later: int) -> Comparison:
    """Two versions side by side; the view is recorded."""
    row, decision = allowed(unit, plan_id, Permission.EHCP_VERSIONS_READ)
    first, second = (reading_of(unit, row, decision, number) for number in (earlier, later))
    unit.record(
        decision,
        Event.EHCP_COMPARED,
        Chain.pupil(row.pupil_id),
        obj=("ehcp", plan_id),
        earlier=earlier,
        later=later,
    )
    return Comparison(first, second, diff(first.content, second.content))


def for_paper(
    unit: Unit, plan_id: UUID, number: int | None, form: str, *, large: bool, purpose: str | None
) -> Reading:
    """A version to be printed or downloaded; recorded so. Invalid where a purpose must be told and is none.

    A copy that leaves the authority is for a purpose on the closed list of regulation 17.
    """
    row, decision = allowed(unit, plan_id, Permission.EHCP_PRINT)
    if decision.standing in AT_AUTHORITY:
        if purpose not in PURPOSES:
            raise Invalid("Say what the copy is for.", {"purpose": "Choose what the copy is for."})
        decision = replace(decision, purpose=purpose)
    reading = reading_of(unit, row, decision, number)
    unit.record(
        decision,
        Event.EHCP_PRINTED,
        Chain.pupil(row.pupil_id),
        obj=("ehcp", plan_id),
        version=reading.version.number,
        form=form,
        size="large" if large else "standard",
    )
    return reading


def stood_since(version: Version) -> date:
    """The civil day from which a version stands: the configuration it is read with."""
    return civil_day(version.stands_from)


def content_in_force(unit: Unit, row: Any) -> tuple[Version, Content] | None:
    """The version in force with its whole content: for rules and deeds, after the gate."""
    record = record_if_any(unit, row)
    if record is None or record.current is None:
        return None
    try:
        words = versions.read(unit, record.id, record.current)
    except Gone:
        return None
    return words.version, plan_content.read(words.content)


# -- the draft ---------------------------------------------------------------------------------------------


def read_draft(
    unit: Unit, plan_id: UUID, permission: Permission = Permission.EHCP_DRAFT_READ
) -> tuple[Any, Decision, DraftWords]:
    """The open draft for somebody who may read or write in it; the view is recorded.

    Conflict where nothing is being written.
    """
    row, decision = allowed(unit, plan_id, permission)
    words = drafts.open_beside(unit, record_of(unit, row)).draft
    unit.record(decision, Event.EHCP_DRAFT_VIEWED, Chain.pupil(row.pupil_id), obj=("ehcp", plan_id))
    return row, decision, words


def wording_of(unit: Unit, row: Any, content: Content) -> dict[str, list[Shown]]:
    """What the wording check stops in E and F, by box, with what was kept for a reason.

    Words that the Tribunal ordered pass.
    """
    found = hints(content, rules_on(unit.today), shape=SHAPE, read_as=rules.CHECKED)
    ordered = {
        item["id"]
        for section in rules.CHECKED
        for item in plan_content.items_of(content, section)
        if item.get("wording_ordered")
    }
    found = {key: [] if key.split(".")[1] in ordered else shown for key, shown in found.items()}
    if not any(found.values()):
        return found
    return with_asides(found, asides_of(unit, row.record_id, row.pupil_id))


def sign_offs(unit: Unit, row: Any, content: Content) -> dict[str, SignedOff]:
    """The newest agreement of each part, and whether it holds for this content (the whole, not projected)."""
    if row.record_id is None:
        return {}
    query = select(SIGN_OFFS).where(SIGN_OFFS.c.record_id == row.record_id)
    found: dict[str, SignedOff] = {}
    for one in unit.connection.execute(query.order_by(SIGN_OFFS.c.made_at, SIGN_OFFS.c.id)):
        held = unit.keys.open(KeyOf.pupil(row.pupil_id), sign_off_place(one.id), one.sealed)
        holds = answers(bytes.fromhex(held["salt"]), part_of(content, one.part), one.digest)
        found[one.part] = SignedOff(
            one.part, one.way, one.agreed_on, one.made_by, held["body"], held["words"], holds
        )
    return found


def sign_off_place(sign_off_id: UUID) -> Place:
    """Where the words of an agreement lie."""
    return Place("section_sign_off", "sealed", sign_off_id)


def part_of(content: Content, part: str) -> Content:
    """What a body agrees to: the entries of its sections, word for word."""
    return {name: content["sections"][name]["items"] for name in rules.PARTS[part]}


def part_digest(salt: bytes, content: Content, part: str) -> bytes:
    """The digest of what a body agrees to."""
    return digest(salt, part_of(content, part))


def troubles(unit: Unit, row: Any, content: Content, sort: Sort) -> list[Trouble]:
    """What stops a version of this sort from being made of a content; for whoever was allowed to ask."""
    configuration = configuration_on(unit.today)
    stopped = [
        Trouble(
            one.where.section,
            one.where.item,
            f"Section {one.where.section.upper()}: {one.sentence}",
            (one.key, one.kind),
        )
        for one in standing(wording_of(unit, row, content))
    ]
    signed = {part for part, one in sign_offs(unit, row, content).items() if one.holds}
    year = pupils.name(unit, row.pupil_id).year_group
    return rules.troubles(content, gaps(content, configuration, year), stopped, signed, sort)


def is_being_written(unit: Unit, row: Any) -> bool:
    """Whether a draft of a plan is open; after the gate."""
    return row.record_id is not None and drafts.find(unit, row.record_id) is not None


def sources_of(unit: Unit, content: Content) -> Mapping[str, tuple[int, UUID, bool]]:
    """Of entries taken from the school's plan: version, record, whether its digest is the one named then.

    By the id of the version that the entry names.
    """
    named = {
        UUID(item["from_version"]): item.get("from_digest")
        for section in content["sections"].values()
        for item in section.get("items", ())
        if item.get("from_version")
    }
    return {
        str(one): (version.number, version.record_id, version.digest.hex() == named[one])
        for one, version in versions_by_id(unit, named).items()
    }


def versions_by_id(unit: Unit, ids: Iterable[UUID]) -> dict[UUID, Version]:
    """Facts of some versions by id; what is gone is left out."""
    return {one.id: one for one in versions.of_ids(unit, ids)}


# -- who, and how many -------------------------------------------------------------------------------------


def school_of(unit: Unit, pupil_id: UUID) -> UUID | None:
    """The school on whose roll the pupil is."""
    c = TIES.c
    query = select(c.organisation_id).where(c.pupil_id == pupil_id, c.kind == "school", live(c, unit.today))
    found: UUID | None = unit.connection.scalar(query.limit(1))
    return found
