"""Reading audits: the sample by reference, one case with what is to be looked at, and the report's counts.

A case is reached through the auditor's own dated tie and no other way; each look at it is an event with the
purpose of the audit. Until both have finished a case, neither sees what the other found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import OrganisationPermission, Permission
from isp.access.purposes import QUALITY_AUDIT
from isp.audit import Chain, Event, Unit
from isp.escalations import covering
from isp.escalations import queries as cases
from isp.escalations.audit_models import AuditedCase, AuditFinding, QualityAudit
from isp.escalations.audits import subjects
from isp.escalations.audits.content import (
    AUDITOR,
    MODERATOR,
    SETTLED,
    Asked,
    checklists,
    frame_digest,
    sample,
)
from isp.escalations.audits.subjects import PLANS, Item, Subject
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound
from isp.kernel.keys import KeyOf

AUDITS, CASES, FINDINGS = table_of(QualityAudit), table_of(AuditedCase), table_of(AuditFinding)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one side found, with its words."""

    row: Any
    words: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A case of the sample as one of the two sees it. ``theirs``: the other's findings, once both are in.

    ``settled``: what the moderator said since, where they differ.
    """

    audit: Any
    row: Any
    side: str
    decision: Decision
    subject: Subject
    questions: tuple[Asked, ...]
    mine: Mapping[str, Finding]
    theirs: Mapping[str, Finding]
    settled: Mapping[str, Finding]

    @property
    def items(self) -> tuple[Item, ...]:
        """What a finding can be about."""
        return self.subject.items

    @property
    def done(self) -> bool:
        """Whether this side has finished the case."""
        return getattr(self.row, f"{self.side}_done_at") is not None

    @property
    def differing(self) -> tuple[Asked, ...]:
        """The questions that the two answered otherwise, once both have finished."""
        return tuple(
            one
            for one in self.questions
            if one.name in self.mine
            and one.name in self.theirs
            and self.mine[one.name].row.answer != self.theirs[one.name].row.answer
        )

    @property
    def may_settle(self) -> bool:
        """Whether the actor says what stands."""
        return self.both_done and self.side == MODERATOR and self.audit.state == "open"

    @property
    def both_done(self) -> bool:
        """Whether both have, so that each may see the other's view."""
        return is_settled(self.row)


@dataclass(frozen=True, slots=True)
class Counted:
    """A question of the report: answers by side, on how many cases both answered alike, and what stands.

    ``stands``: what both said, or the moderator since. ``unsettled``: of so many cases nothing stands yet.
    """

    asked: Asked
    auditor: Mapping[str, int]
    moderator: Mapping[str, int]
    both: int
    alike: int
    stands: Mapping[str, int]
    unsettled: int


@dataclass(frozen=True, slots=True)
class Report:
    """An audit: how it was drawn, its cases by reference, and the counts of what both have finished."""

    audit: Any
    cases: tuple[Any, ...]
    counts: tuple[Counted, ...]
    side: str | None
    holds: bool
    again: Again


@dataclass(frozen=True, slots=True)
class Again:
    """The sample drawn again from the record as it is today: from how many cases, and what came of it.

    ``same_list``: the list is the one that the audit was drawn from; ``same_cases``: so is the sample.
    """

    frame: int
    same_list: bool
    same_cases: bool


def source_of(row: Any) -> UUID:
    """Through what the two see a case: the plan that it is about, or else the request."""
    found: UUID = row.plan_id if row.plan_id is not None else row.request_id
    return found


def is_settled(row: Any) -> bool:
    """Whether both sides have finished a case."""
    return row.auditor_done_at is not None and row.moderator_done_at is not None


def side_of(audit: Any, person_id: UUID | None) -> str | None:
    """Which of the two somebody is; None for neither."""
    return {audit.auditor_id: AUDITOR, audit.moderator_id: MODERATOR}.get(person_id)


def audits(unit: Unit) -> tuple[list[Any], bool]:
    """The audits that the actor takes part in, of a manager all of them; and whether she holds audits."""
    places = gate.organisations_where(unit, OrganisationPermission.AUDITS_READ)
    if not places:
        raise NotFound(gate.NO_PAGE)
    held = gate.organisations_where(unit, OrganisationPermission.AUDITS_HOLD)
    a, me = AUDITS.c, unit.actor.person_id
    mine = (a.auditor_id == me) | (a.moderator_id == me) | a.authority_id.in_(held)
    query = select(AUDITS).where(a.authority_id.in_(places), mine).order_by(a.made_at.desc()).limit(200)
    return list(unit.connection.execute(query)), bool(held)


def audit_for(unit: Unit, audit_id: UUID, *, lock: bool = False) -> tuple[Any, Decision]:
    """An audit for somebody who takes part in it or holds it; else NotFound, as where there is none."""
    query = select(AUDITS).where(AUDITS.c.id == audit_id)
    row = unit.connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound(gate.NO_PAGE)
    decision = gate.require_in_organisation(unit, OrganisationPermission.AUDITS_READ, row.authority_id)
    held = gate.organisations_where(unit, OrganisationPermission.AUDITS_HOLD)
    if side_of(row, unit.actor.person_id) is None and row.authority_id not in held:
        raise NotFound(gate.NO_PAGE)
    return row, decision


def report(unit: Unit, audit_id: UUID) -> Report:
    """The audit with its counts, over the cases that both have finished; the view is recorded."""
    audit, decision = audit_for(unit, audit_id)
    rows = tuple(
        unit.connection.execute(
            select(CASES, func.coalesce(PLANS.c.reference, cases.REQUESTS.c.reference).label("reference"))
            .outerjoin(cases.REQUESTS, cases.REQUESTS.c.id == CASES.c.request_id)
            .outerjoin(PLANS, PLANS.c.id == CASES.c.plan_id)
            .where(CASES.c.audit_id == audit_id)
            .order_by(CASES.c.number)
        )
    )
    settled = {row.id for row in rows if is_settled(row)}
    answers: dict[str, dict[UUID, dict[str, str]]] = {}
    query = select(FINDINGS).where(FINDINGS.c.audited_case_id.in_(sorted(settled)))
    for one in unit.connection.execute(query) if settled else ():
        answers.setdefault(one.question, {}).setdefault(one.audited_case_id, {})[one.side] = one.answer
    counts = tuple(_counted(asked, answers.get(asked.name, {})) for asked in questions_of(audit))
    unit.record(
        decision,
        Event.AUDIT_READ,
        Chain.organisation(audit.authority_id),
        obj=("quality_audit", audit_id),
        count=len(rows),
    )
    holds = audit.authority_id in gate.organisations_where(unit, OrganisationPermission.AUDITS_HOLD)
    return Report(
        audit, rows, counts, side_of(audit, unit.actor.person_id), holds, drawn_again(unit, audit, rows)
    )


def frame(
    unit: Unit, authority_id: UUID, kind: str, first: date, last: date, two: tuple[UUID, UUID]
) -> dict[UUID, Any]:
    """The cases that can be drawn for these two, by the id of what is drawn, as ``subjects.frame`` has them.

    A case is not there where one of the two has it, must not see it, or is the child's parent.
    """
    barred = covering.barred(unit, two[0]) | covering.barred(unit, two[1])
    return {
        row.subject_id: row
        for row in unit.connection.execute(subjects.frame(kind, authority_id, first, last))
        if row.officer_id not in two and row.pupil_id not in barred
    }


def drawn_again(unit: Unit, audit: Any, rows: tuple[Any, ...]) -> Again:
    """Draw the sample of an audit again, from today's record by its own method and seed."""
    two = (audit.auditor_id, audit.moderator_id)
    listed = frame(unit, audit.authority_id, audit.kind, audit.from_on, audit.to_on, two)
    drawn = sample(listed, audit.seed, audit.wanted)
    return Again(
        len(listed), frame_digest(listed) == audit.frame_digest, drawn == [one.subject_id for one in rows]
    )


def _counted(asked: Asked, found: Mapping[UUID, Mapping[str, str]]) -> Counted:
    both = [one for one in found.values() if AUDITOR in one and MODERATOR in one]
    alike = [one[AUDITOR] for one in both if one[AUDITOR] == one[MODERATOR]]
    settled = [one[SETTLED] for one in both if one[AUDITOR] != one[MODERATOR] and SETTLED in one]
    return Counted(
        asked,
        Counter(one[AUDITOR] for one in found.values() if AUDITOR in one),
        Counter(one[MODERATOR] for one in found.values() if MODERATOR in one),
        len(both),
        len(alike),
        Counter([*alike, *settled]),
        len(both) - len(alike) - len(settled),
    )


def questions_of(audit: Any) -> tuple[Asked, ...]:
    """The checklist that the audit is held by, as it was when it began."""
    return checklists().called(audit.checklist).about(audit.kind)


def open_case(unit: Unit, audit_id: UUID, case_id: UUID, *, lock: bool = False) -> Opened:
    """A case of the sample for the auditor or the moderator, through the tie that the audit opened."""
    query = select(CASES).where(CASES.c.id == case_id, CASES.c.audit_id == audit_id)
    row = unit.connection.execute(query.with_for_update() if lock else query).first()
    pupil_id = row.pupil_id if row is not None else case_id
    decision = gate.require(unit, Permission.CASE_AUDIT, pupil_id, purpose=QUALITY_AUDIT)
    audit = unit.connection.execute(select(AUDITS).where(AUDITS.c.id == audit_id)).first()
    side = side_of(audit, unit.actor.person_id) if audit is not None else None
    if row is None or audit is None or side is None or source_of(row) not in (decision.sources or ()):
        raise NotFound(gate.NO_PAGE)
    found = {AUDITOR: {}, MODERATOR: {}, SETTLED: {}}  # type: dict[str, dict[str, Finding]]
    for one in unit.connection.execute(select(FINDINGS).where(FINDINGS.c.audited_case_id == case_id)):
        if one.side == side or is_settled(row):
            found[one.side][one.question] = Finding(one, _words(unit, one))
    other = MODERATOR if side == AUDITOR else AUDITOR
    return Opened(
        audit=audit,
        row=row,
        side=side,
        decision=decision,
        subject=subjects.subject_of(unit, audit.kind, row),
        questions=questions_of(audit),
        mine=found[side],
        theirs=found[other],
        settled=found[SETTLED],
    )


def view_case(unit: Unit, audit_id: UUID, case_id: UUID) -> Opened:
    """The same for a page; that it was looked at, and for what purpose, is recorded on the child's chain."""
    found = open_case(unit, audit_id, case_id)
    unit.record(
        found.decision,
        Event.AUDITED_CASE_VIEWED,
        Chain.pupil(found.row.pupil_id),
        obj=("quality_audit", audit_id),
        side=found.side,
    )
    return found


def _words(unit: Unit, row: Any) -> str:
    if row.sealed is None:
        return ""
    held = unit.keys.open(KeyOf.pupil(row.pupil_id), place(row.id, row.row_version), row.sealed)
    return str(held["words"])


def place(finding_id: UUID, row_version: int) -> Place:
    """Where a finding's words lie."""
    return Place("audit_finding", "sealed", finding_id, row_version)
