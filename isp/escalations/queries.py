"""Reading requests: one for a page, a caseload for a list, and what a request rests on.

A request is reached through a standing towards its pupil. Of an authority's people the tie must moreover
come from this very request: an earlier one of the same child, or another authority's, stays shut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate, grants
from isp.access.gate import Decision
from isp.access.policy import (
    BY_GRANT,
    DIGEST,
    Permission,
    Standing,
)
from isp.audit import Chain, Event, Unit
from isp.audit.unit import Denial
from isp.documents import queries as documents
from isp.documents.queries import Version as DocumentVersion
from isp.documents.rules import ADVICE
from isp.escalations import assessments, kept, rules
from isp.escalations.deadlines import Circumstance
from isp.escalations.models import AssessmentRequest, CaseCircumstance
from isp.escalations.stages import Standpoint
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound
from isp.kernel.keys import KeyOf
from isp.people.models import Organisation
from isp.records.models import RecordVersion, Withdrawal

REQUESTS = table_of(AssessmentRequest)
CIRCUMSTANCES = table_of(CaseCircumstance)
FAMILY = frozenset({Standing.PARENT, Standing.YOUNG_PERSON})


@dataclass(frozen=True, slots=True)
class Released:
    """A version that a request released. ``withdrawn``: the school has withdrawn it since."""

    version_id: UUID
    record_id: UUID
    number: int
    stands_from: Any
    digest: bytes
    withdrawn: bool

    @property
    def href(self) -> str:
        """Its reading page."""
        return f"/plans/{self.record_id}/versions/{self.number}"


@dataclass(frozen=True, slots=True)
class Told:
    """A circumstance as it was recorded. ``words`` (reason, evidence) are the authority's alone."""

    id: UUID
    held: Circumstance
    recorded_at: datetime
    recorded_by: UUID
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """A request as one reader may see it. ``words`` holds only what this reader may read."""

    row: Any
    decision: Decision
    side: str
    words: dict[str, Any]
    released: tuple[Released, ...]
    documents: tuple[DocumentVersion, ...]
    """The documents that it released, as far as this reader may see them, newest first."""
    told: tuple[Told, ...]
    """What excuses a date of it, newest first, without what was taken back."""
    now: Standpoint
    authority: str
    school: str | None
    assessment: Any | None
    """The row of the assessment that followed, or None."""


def side_of(decision: Decision) -> str:
    """From where somebody looks: ``authority``, ``family`` or ``school``."""
    if decision.sources is not None or decision.standing in BY_GRANT:
        return "authority"
    return "family" if decision.standing in FAMILY else "school"


def allowed(
    unit: Unit, request_id: UUID, permission: Permission, *, lock: bool = False
) -> tuple[Any, Decision]:
    """The request's row and the decision that lets the actor do this with it.

    A request that is not there and one that is a stranger's give the same answer, after the same work.
    ``lock``: hold the row until the unit ends, so that what the rules see is what is changed.
    """
    query = select(REQUESTS).where(REQUESTS.c.id == request_id)
    row = unit.connection.execute(query.with_for_update(key_share=True) if lock else query).first()
    decision = gate.require(unit, permission, row.pupil_id if row is not None else request_id)
    if row is None:
        raise NotFound(gate.NO_PAGE)
    if decision.sources is not None and request_id not in decision.sources:
        denial = Denial(permission.value, "another-case", ("pupil", row.pupil_id), policy=DIGEST)
        raise NotFound(gate.NO_PAGE, denial=denial)
    return row, decision


def row_of(unit: Unit, request_id: UUID) -> Any:
    """The row of a request as this deed has left it so far."""
    return unit.connection.execute(select(REQUESTS).where(REQUESTS.c.id == request_id)).one()


def place(request_id: UUID, row_version: int) -> Place:
    """Where a request's words lie."""
    return Place("assessment_request", "sealed", request_id, row_version)


def words_of(unit: Unit, row: Any) -> dict[str, Any]:
    """A request's words: reasons, told_family; after the decision limb_a, limb_b, decision_reasons."""
    return kept.words_of(unit, "assessment_request", row)


# -- one case ----------------------------------------------------------------------------------------------


def read_case(unit: Unit, request_id: UUID) -> Case:
    """One request for somebody who may read it; the view is recorded."""
    row, decision = allowed(unit, request_id, Permission.ASSESSMENT_READ)
    case = case_of(unit, row, decision)
    unit.record(decision, Event.ASSESSMENT_VIEWED, Chain.pupil(row.pupil_id), obj=("assessment", request_id))
    return case


def cases_of(unit: Unit, pupil_id: UUID) -> tuple[Decision, list[Case]]:
    """All the requests about one pupil that the actor may read, newest first; the view is recorded."""
    decision = gate.require(unit, Permission.ASSESSMENT_READ, pupil_id)
    rows = requests_about(unit, pupil_id)
    if decision.sources is not None:
        rows = [row for row in rows if row.id in decision.sources]
    found = [case_of(unit, row, decision) for row in rows]
    newest = ("assessment", rows[0].id) if rows else None
    unit.record(decision, Event.ASSESSMENT_VIEWED, Chain.pupil(pupil_id), obj=newest)
    return decision, found


def requests_about(unit: Unit, pupil_id: UUID) -> list[Any]:
    """The pupil's requests, newest first: for rules, and for those whom the gate has let through."""
    query = select(REQUESTS).where(REQUESTS.c.pupil_id == pupil_id)
    return list(unit.connection.execute(query.order_by(REQUESTS.c.recorded_at.desc(), REQUESTS.c.id.desc())))


def case_of(unit: Unit, row: Any, decision: Decision) -> Case:
    """A request through a decision that was made; the caller records the view."""
    side = side_of(decision)
    words = words_of(unit, row)
    if not rules.reads_reasons(row.source, row.made_by, unit.actor.person_id, side):
        words.pop("reasons", None)
    if side == "family":
        words.pop("why_not_told", None)
    named = organisation_names(unit, {row.authority_id, row.school_id})
    told = tuple(_told(unit, one, side) for one in _held(unit, [row.id]))
    assessment = assessments.of_request(unit, row.id)
    return Case(
        row=row,
        decision=decision,
        side=side,
        words=words,
        released=tuple(released(unit, row.id)),
        documents=_documents(unit, row, decision),
        told=told,
        now=assessments.standpoint_of(row, assessment, unit.today, [one.held for one in told]),
        authority=named.get(row.authority_id, ""),
        school=named.get(row.school_id) if row.school_id else None,
        assessment=assessment,
    )


def place_of(circumstance_id: UUID) -> Place:
    """Where a circumstance's words lie."""
    return Place("case_circumstance", "sealed", circumstance_id, 1)


def circumstances(unit: Unit, ids: Iterable[UUID]) -> defaultdict[UUID, list[Circumstance]]:
    """What excuses dates of these requests, by request: for rules, after the gate."""
    found: defaultdict[UUID, list[Circumstance]] = defaultdict(list)
    for row in _held(unit, ids):
        found[row.request_id].append(circumstance(row))
    return found


def circumstances_of(unit: Unit, ids: Iterable[UUID]) -> list[Told]:
    """The same with their reasons and evidence: for the authority's own chronology, after the gate."""
    return [_told(unit, row, "authority") for row in _held(unit, ids)]


def _held(unit: Unit, ids: Iterable[UUID]) -> list[Any]:
    c = CIRCUMSTANCES.c
    wanted = sorted(ids)
    if not wanted:
        return []
    query = select(CIRCUMSTANCES).where(c.request_id.in_(wanted), c.taken_back_at.is_(None))
    return list(unit.connection.execute(query.order_by(c.recorded_at.desc(), c.id.desc())))


def circumstance(row: Any) -> Circumstance:
    """A row of the table as the rules go by it."""
    return Circumstance(row.code, row.begins, row.ends, row.asked_on)


def _told(unit: Unit, row: Any, side: str) -> Told:
    key = KeyOf.pupil(row.pupil_id)
    words = unit.keys.open(key, place_of(row.id), row.sealed) if side == "authority" else {}
    return Told(row.id, circumstance(row), row.recorded_at, row.recorded_by, words)


def papers_of_advice(unit: Unit, row: Any, decision: Decision) -> tuple[DocumentVersion, ...]:
    """The files as which advice came in this case; that their titles were read is recorded."""
    return _documents(unit, row, decision, of_advice=True)


def _documents(
    unit: Unit, row: Any, decision: Decision, *, of_advice: bool = False
) -> tuple[DocumentVersion, ...]:
    """Those that a request released and this reader may see; that their titles were read is recorded."""
    given = {one.object_id for one in grants.granted_by(unit, row.id, grants.DOCUMENT)}
    if not given:
        return ()
    listed = documents.seen(unit, decision, row.pupil_id)
    found = tuple(
        one
        for each in listed
        for one in each.versions
        # Advice that came in later has a page of its own.
        if one.id in given and not one.withdrawn and (one.heading.kind == ADVICE) is of_advice
    )
    if found:
        ids = {one.heading.document_id for one in found}
        documents.record_list(unit, decision, row.pupil_id, [each for each in listed if each.id in ids])
    return found


def released(unit: Unit, request_id: UUID) -> list[Released]:
    """The versions a request released, newest first, each as it was named then."""
    given = {one.object_id: one.digest for one in grants.granted_by(unit, request_id)}
    found = [Released(*row) for row in _versions(unit, given)]
    return sorted(found, key=lambda one: (one.stands_from, one.number), reverse=True)


def _versions(unit: Unit, ids: Iterable[UUID]) -> list[Any]:
    query = (
        select(
            RecordVersion.id,
            RecordVersion.record_id,
            RecordVersion.number,
            RecordVersion.stands_from,
            RecordVersion.digest,
            Withdrawal.version_id.is_not(None).label("withdrawn"),
        )
        .join(Withdrawal, Withdrawal.version_id == RecordVersion.id, isouter=True)
        .where(RecordVersion.id.in_(sorted(ids)))
    )
    return list(unit.connection.execute(query))


def digests(unit: Unit, ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """The digest of each of these versions, as it stands."""
    return {row.id: row.digest for row in _versions(unit, ids)}


def organisation_names(unit: Unit, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of schools and authorities by id."""
    wanted = sorted({one for one in ids if one is not None})
    if not wanted:
        return {}
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted))
    return {row.id: row.name for row in unit.connection.execute(query)}
