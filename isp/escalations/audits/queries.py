"""Reading audits: the sample by reference, one case with what is to be looked at, and the report's counts.

A case is reached through the auditor's own dated tie and no other way; each look at it is an event with the
purpose of the audit. Until both have finished a case, neither sees what the other found.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import OrganisationPermission, Permission
from isp.access.purposes import QUALITY_AUDIT
from isp.audit import Chain, Event, Unit
from isp.ehcp.models import StatutoryPlan
from isp.escalations import queries as cases
from isp.escalations.audit_models import AuditedCase, AuditFinding, QualityAudit
from isp.escalations.audits.content import AUDITOR, MODERATOR, Asked, checklists
from isp.escalations.models import Assessment
from isp.kernel.canonical import canonical
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound
from isp.kernel.keys import KeyOf
from isp.records.models import RecordVersion

AUDITS, CASES, FINDINGS = table_of(QualityAudit), table_of(AuditedCase), table_of(AuditFinding)
ASSESSMENTS, PLANS = table_of(Assessment), table_of(StatutoryPlan)


@dataclass(frozen=True, slots=True)
class Item:
    """Something that a finding can be about, as it stands: by id and digest."""

    type: str
    id: UUID
    digest: bytes
    label: str
    href: str | None = None

    @property
    def code(self) -> str:
        """How a form names it."""
        return f"{self.type}:{self.id}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one side found, with its words."""

    row: Any
    words: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A case of the sample as one of the two sees it. ``theirs``: the other's findings, once both are in."""

    audit: Any
    row: Any
    side: str
    decision: Decision
    request: Any
    words: Mapping[str, Any]
    items: tuple[Item, ...]
    questions: tuple[Asked, ...]
    mine: Mapping[str, Finding]
    theirs: Mapping[str, Finding]

    @property
    def done(self) -> bool:
        """Whether this side has finished the case."""
        return getattr(self.row, f"{self.side}_done_at") is not None

    @property
    def both_done(self) -> bool:
        """Whether both have, so that each may see the other's view."""
        return is_settled(self.row)


@dataclass(frozen=True, slots=True)
class Counted:
    """A question of the report: answers by side, and on how many cases both answered alike."""

    asked: Asked
    auditor: Mapping[str, int]
    moderator: Mapping[str, int]
    both: int
    alike: int


@dataclass(frozen=True, slots=True)
class Report:
    """An audit: how it was drawn, its cases by reference, and the counts of what both have finished."""

    audit: Any
    cases: tuple[Any, ...]
    counts: tuple[Counted, ...]
    side: str | None
    holds: bool


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
            select(CASES, cases.REQUESTS.c.reference)
            .join(cases.REQUESTS, cases.REQUESTS.c.id == CASES.c.request_id)
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
    return Report(audit, rows, counts, side_of(audit, unit.actor.person_id), holds)


def _counted(asked: Asked, found: Mapping[UUID, Mapping[str, str]]) -> Counted:
    both = [one for one in found.values() if len(one) == 2]
    return Counted(
        asked,
        Counter(one[AUDITOR] for one in found.values() if AUDITOR in one),
        Counter(one[MODERATOR] for one in found.values() if MODERATOR in one),
        len(both),
        sum(one[AUDITOR] == one[MODERATOR] for one in both),
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
    if row is None or side is None or row.request_id not in (decision.sources or ()):
        raise NotFound(gate.NO_PAGE)
    request = unit.connection.execute(
        select(cases.REQUESTS).where(cases.REQUESTS.c.id == row.request_id)
    ).one()
    words = cases.words_of(unit, request)
    found = {AUDITOR: {}, MODERATOR: {}}  # type: dict[str, dict[str, Finding]]
    for one in unit.connection.execute(select(FINDINGS).where(FINDINGS.c.audited_case_id == case_id)):
        if one.side == side or is_settled(row):
            found[one.side][one.question] = Finding(one, _words(unit, one))
    other = MODERATOR if side == AUDITOR else AUDITOR
    return Opened(
        audit=audit,
        row=row,
        side=side,
        decision=decision,
        request=request,
        words=words,
        items=tuple(_items(unit, row, request, words)),
        questions=questions_of(audit),
        mine=found[side],
        theirs=found[other],
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


def _items(unit: Unit, row: Any, request: Any, words: Mapping[str, Any]) -> list[Item]:
    """The decision, what was released for it; of an assessment its outcome and the plan that came of it."""
    facts = {
        "status": request.status,
        "received_on": request.received_on.isoformat(),
        "decided_on": request.decided_on.isoformat() if request.decided_on else None,
        "days_late": request.days_late,
        "rules": request.rules,
        "words": {key: words[key] for key in sorted(words) if isinstance(words[key], str | bool)},
    }
    found = [Item("decision", request.id, _digest(facts), "The decision whether to assess")]
    found += [
        Item("version", one.version_id, one.digest, f"Version {one.number} of the school’s plan", one.href)
        for one in cases.released(unit, request.id)
    ]
    if row.subject_id == request.id:
        return found
    held = unit.connection.execute(select(ASSESSMENTS).where(ASSESSMENTS.c.id == row.subject_id)).one()
    outcome = {
        "state": held.state,
        "outcome_on": held.outcome_on.isoformat() if held.outcome_on else None,
        "days_late": held.days_late,
        "rules": held.rules,
    }
    found.insert(0, Item("assessment", held.id, _digest(outcome), "What the assessment came to"))
    if held.plan_id is not None:
        v = RecordVersion
        query = (
            select(v.id, v.number, v.digest)
            .join(PLANS, PLANS.c.record_id == v.record_id)
            .where(PLANS.c.id == held.plan_id)
            .order_by(v.number.desc())
        )
        plan = unit.connection.execute(query.limit(1)).first()
        if plan is not None:
            found.append(Item("ehc_plan", plan.id, plan.digest, f"Version {plan.number} of the EHC plan"))
    return found


def _digest(facts: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(canonical(facts)).digest()
