"""The verbs of a request for an EHC needs assessment, up to its decision and an appeal against it.

A request opens the authority's sight of what it released: a CASE tie for the authority and a CASELOAD tie
for one officer, both from this request. A refusal lets that sight end with the time to appeal; an appeal
keeps it; its end, or a withdrawal, ends it at once. What happened and when it was recorded are two dates.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate, grants
from isp.access.gate import Decision
from isp.access.policy import Permission, Standing
from isp.audit import Event, Unit
from isp.audit.unit import MOVED_ON, Denial
from isp.documents.queries import digests as digests_of_documents
from isp.escalations import deadlines, parties, queries, rules, sight, stages
from isp.escalations.models import AssessmentRequest
from isp.escalations.queries import REQUESTS, place, words_of
from isp.escalations.stages import AGREED, PENDING, REFUSED, WITHDRAWN
from isp.escalations.trail import record
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotAllowed
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.notices.actions import tell
from isp.people.roles import Role
from isp.plans import queries as plans
from isp.register import pupils
from isp.register.models import Pupil

NO_AUTHORITY = (
    "No local authority is on record as responsible for this child, so there is nobody to send the request "
    "to. The school can add it on the pupil’s page, under “Local authority”: it is the one where the child "
    "lives. Then make the request."
)
# No vowels, so that no word comes of it; no 0, 1 or letters that are read for another.
_LETTERS = "23456789BCDFGHJKLMNPQRSTVWXZ"


def request_assessment(
    unit: Unit,
    pupil_id: UUID,
    *,
    received_on: date,
    reasons: str,
    release: Iterable[UUID],
    documents: Iterable[UUID] = (),
    told_family: bool,
) -> UUID:
    """Ask the authority responsible today for an EHC needs assessment, and let it read these versions.

    ``release``: ids of published versions that the requester can see; none is allowed. ``documents``: ids of
    versions of documents, likewise. Gives the request's id. Raises Invalid; Conflict where one is open
    already or no authority is on record.
    """
    decision = gate.require(unit, Permission.ASSESSMENT_REQUEST, pupil_id)
    # One at a time for a pupil: whoever comes second sees the first one's request.
    unit.connection.execute(
        select(table_of(Pupil).c.id).where(table_of(Pupil).c.id == pupil_id).with_for_update(key_share=True)
    )
    earlier = queries.requests_about(unit, pupil_id)
    rules.check_none_open(row.status for row in earlier)
    rules.check_under_appeal(earlier[0] if earlier else None, unit.today)
    authority = parties.responsible(unit, pupil_id)
    if authority is None:
        raise Conflict(NO_AUTHORITY)
    chosen = list(dict.fromkeys(release))
    shown = {version.id: version.digest for version in parties.releasable(unit, pupil_id, decision)}
    papers = list(dict.fromkeys(documents))
    papers_shown = {one.id: one.digest for one in parties.releasable_documents(unit, pupil_id, decision)}
    rules.check_request(
        documents=papers,
        documents_releasable=papers_shown,
        reasons=reasons,
        received_on=received_on,
        release=chosen,
        releasable=shown,
        born_on=pupils.name(unit, pupil_id).born_on,
        today=unit.today,
    )
    source = _source(decision)
    school_id = decision.organisation_id if source == rules.SCHOOL else parties.school_of(unit, pupil_id)
    request_id, officer_id = new_id(), parties.least_busy(unit, authority.id, pupil_id)
    reference = _reference(unit)
    words = {"reasons": reasons.strip(), "told_family": told_family}
    unit.insert(
        AssessmentRequest,
        id=request_id,
        reference=reference,
        pupil_id=pupil_id,
        authority_id=authority.id,
        school_id=school_id,
        source=source,
        made_by=decision.person_id,
        received_on=received_on,
        recorded_at=unit.now,
        status=PENDING,
        officer_id=officer_id,
        decided_on=None,
        decided_by=None,
        days_late=None,
        days_unexcused=None,
        rules=None,
        sight_until=None,
        appealed_on=None,
        appeal_closed_on=None,
        appeal_result=None,
        sealed=unit.keys.seal(KeyOf.pupil(pupil_id), place(request_id, 1), words),
        row_version=1,
    )
    given = {version_id: shown[version_id] for version_id in chosen}
    papers_given = {version_id: papers_shown[version_id] for version_id in papers}
    grants.grant(unit, pupil_id, request_id, given)
    grants.grant(unit, pupil_id, request_id, papers_given, grants.DOCUMENT)
    sight.open_sight(unit, request_id, pupil_id, authority.id, officer_id, reference)
    record(
        unit,
        decision,
        Event.ASSESSMENT_REQUESTED,
        request_id,
        pupil_id,
        authority.id,
        payload={
            "reference": reference,
            "source": source,
            "told_family": told_family,
            "versions": {str(version_id): digest.hex() for version_id, digest in given.items()},
            "documents": {str(version_id): digest.hex() for version_id, digest in papers_given.items()},
        },
        authority=str(authority.id),
        received_on=received_on.isoformat(),
        released=len(given) + len(papers_given),
    )
    if officer_id is not None:
        _record_officer(unit, decision, request_id, pupil_id, authority.id, officer_id)
    told = parties.holders(unit, school_id, Role.SENCO, Role.DEPUTY_SENCO) if school_id else []
    if source != rules.SCHOOL or told_family:
        told += plans.told_of(unit, pupil_id)
    told += parties.holders(unit, authority.id, Role.AUTHORITY_MANAGER)
    tell(unit, told, "assessment_requested", pupil_id)
    tell(unit, [officer_id] if officer_id else [], "case_given", pupil_id)
    return request_id


def assign(unit: Unit, request_id: UUID, officer_id: UUID, *, shown: int | None = None) -> None:
    """Give the case to an officer (or manager) of the authority; whoever had it sees it no longer.

    ``shown``: the row version that the page showed; Conflict where it has moved on.
    """
    row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_ASSIGN, lock=True)
    _check_shown(row, shown)
    rules.check_assignable(row, unit.today)
    able = parties.officers_for(
        unit, row.authority_id, row.pupil_id, Role.AUTHORITY_OFFICER, Role.AUTHORITY_MANAGER
    )
    if officer_id not in able:
        raise Invalid(
            "Choose somebody else.", {"officer_id": "Choose one of the people shown: others cannot have it."}
        )
    if officer_id == row.officer_id:
        raise Conflict("This officer has the case already.")
    sight.give_to(unit, row, officer_id)
    _change(unit, row, words_of(unit, row), officer_id=officer_id)
    _record_officer(unit, decision, request_id, row.pupil_id, row.authority_id, officer_id)
    tell(unit, [officer_id], "case_given", row.pupil_id)


def decide(
    unit: Unit,
    request_id: UUID,
    *,
    decision: str,
    limb_a: bool,
    limb_b: bool,
    reasons: str,
    decided_on: date,
    shown: int | None = None,
) -> None:
    """Decide whether to assess, by the legal test, on what was released.

    Lateness is worked out from the day of receipt on the row, and kept with the version of the rules.
    """
    row, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE, lock=True)
    rules.check_pending(row)
    _check_shown(row, shown)
    rules.check_decision(
        row,
        decision=decision,
        limb_a=limb_a,
        limb_b=limb_b,
        reasons=reasons,
        decided_on=decided_on,
        today=unit.today,
    )
    given = {one.object_id: one.digest for one in grants.granted_by(unit, request_id)}
    rules.check_evidence(given, queries.digests(unit, given))
    papers = {one.object_id: one.digest for one in grants.granted_by(unit, request_id, grants.DOCUMENT)}
    rules.check_evidence(papers, digests_of_documents(unit, papers))
    told = queries.circumstances(unit, [request_id])[request_id]
    act = deadlines.Act.DECIDE
    late = deadlines.due(act, row.received_on).days_late(decided_on)
    unexcused = stages.dated(act, row.received_on, told).days_late(decided_on)
    version = deadlines.rules_on(row.received_on).version
    # Recorded late, the limit may be over already: the authority still sees the day out.
    until = max(deadlines.appeal_due(decided_on).on, unit.today) if decision == rules.REFUSE else None
    words = words_of(unit, row)
    evidence = [
        {"version": str(one.version_id), "digest": one.digest.hex(), "withdrawn": one.withdrawn}
        for one in queries.released(unit, request_id)
    ]
    test = {"limb_a": limb_a, "limb_b": limb_b}
    _change(
        unit,
        row,
        words | test | {"decision_reasons": reasons.strip()},
        status=AGREED if decision == rules.AGREE else REFUSED,
        decided_on=decided_on,
        decided_by=may.person_id,
        days_late=late,
        days_unexcused=unexcused,
        rules=version,
        sight_until=until,
    )
    if until is not None:
        sight.let_end(unit, request_id, until)
    record(
        unit,
        may,
        Event.ASSESSMENT_DECIDED,
        request_id,
        row.pupil_id,
        row.authority_id,
        payload={
            **test,
            "evidence": evidence,
            "documents": {str(version_id): digest.hex() for version_id, digest in papers.items()},
            "reasons": reasons.strip(),
        },
        decision=decision,
        on=decided_on.isoformat(),
        days_late=late,
        days_unexcused=unexcused,
        rules=version,
        sight_until=until.isoformat() if until else None,
    )
    _tell_everybody(unit, row, "assessment_decided")


def record_appeal(unit: Unit, request_id: UUID, on: date) -> None:
    """The family has appealed: the authority sees what was released until the appeal is closed.

    By the authority while it sees the case, or by the family at any time: after the limit the sight has
    ended, and opens anew from today.
    """
    row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_APPEAL, lock=True)
    rules.check_appeal(row, on, unit.today)
    kept = sight.keep(unit, request_id)
    officer_id = row.officer_id
    if not kept:
        able = parties.officers_for(unit, row.authority_id, row.pupil_id)
        if officer_id not in able:
            officer_id = parties.least_busy(unit, row.authority_id, row.pupil_id)
        sight.open_sight(unit, request_id, row.pupil_id, row.authority_id, officer_id, row.reference)
    _change(unit, row, words_of(unit, row), officer_id=officer_id, appealed_on=on, sight_until=None)
    record(
        unit,
        decision,
        Event.APPEAL_RECORDED,
        request_id,
        row.pupil_id,
        row.authority_id,
        on=on.isoformat(),
        sight_until=None,
    )
    if officer_id is not None and officer_id != row.officer_id:
        _record_officer(unit, decision, request_id, row.pupil_id, row.authority_id, officer_id)
    if officer_id is not None:
        tell(unit, [officer_id], "case_given" if not kept else "assessment_decided", row.pupil_id)


def close_appeal(unit: Unit, request_id: UUID, result: str, on: date) -> None:
    """The appeal is over. Lost or given up, the sight ends at once; won, the authority goes on to assess."""
    row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_APPEAL, lock=True)
    rules.check_appeal_closing(row, result, on, unit.today)
    assess = result in rules.TO_ASSESS
    if assess:
        others = [one for one in queries.requests_about(unit, row.pupil_id) if one.id != row.id]
        rules.check_none_open(one.status for one in others)
    else:
        sight.end(unit, request_id)
    _change(
        unit,
        row,
        words_of(unit, row),
        status=AGREED if assess else REFUSED,
        appeal_closed_on=on,
        appeal_result=result,
        sight_until=None if assess else unit.today,
    )
    record(unit, decision, Event.APPEAL_CLOSED, request_id, row.pupil_id, row.authority_id, result=result)
    _tell_everybody(unit, row, "assessment_decided")


def withdraw(unit: Unit, request_id: UUID) -> None:
    """Take the request back before it is decided: the authority sees nothing from the next request on.

    A school's request by the school that made it; a parent's or a young person's by that person.
    """
    row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_REQUEST, lock=True)
    check_withdraw(row, decision)
    sight.end(unit, request_id)
    _change(unit, row, words_of(unit, row), status=WITHDRAWN, sight_until=unit.today)
    record(unit, decision, Event.ASSESSMENT_WITHDRAWN, request_id, row.pupil_id, row.authority_id)


def check_withdraw(row: Any, decision: Decision) -> None:
    """Raise NotAllowed for somebody else's request, Conflict where it is past withdrawing."""
    if not _made(row, decision):
        denial = Denial(Permission.ASSESSMENT_REQUEST.value, "another-requester", ("pupil", row.pupil_id))
        raise NotAllowed("Whoever made the request can withdraw it.", denial=denial)
    rules.check_withdrawable(row)


def may_withdraw(row: Any, decision: Decision) -> bool:
    """The same without its exceptions: for a button."""
    can = decision.can(Permission.ASSESSMENT_REQUEST)
    return can and row.status == PENDING and _made(row, decision)


def _made(row: Any, decision: Decision) -> bool:
    ours = row.source == rules.SCHOOL and decision.organisation_id == row.school_id
    return bool(ours or row.made_by == decision.person_id)


# -- what several of them do -------------------------------------------------------------------------------


def _source(decision: Decision) -> str:
    family = {Standing.PARENT.value: rules.PARENT, Standing.YOUNG_PERSON.value: rules.YOUNG_PERSON}
    return family.get(decision.standing, rules.SCHOOL)


def _reference(unit: Unit) -> str:
    while True:
        tail = "".join(secrets.choice(_LETTERS) for _ in range(6))
        found = f"EHC-{unit.today.year}-{tail}"
        if unit.connection.scalar(select(REQUESTS.c.id).where(REQUESTS.c.reference == found)) is None:
            return found


def _check_shown(row: Any, shown: int | None) -> None:
    if shown is not None and shown != row.row_version:
        raise Conflict(MOVED_ON)


def _change(unit: Unit, row: Any, words: dict[str, Any], **values: Any) -> None:
    following = row.row_version + 1
    unit.change(
        AssessmentRequest,
        {"id": row.id, "row_version": row.row_version},
        MOVED_ON,
        **values,
        sealed=unit.keys.seal(KeyOf.pupil(row.pupil_id), place(row.id, following), words),
        row_version=following,
    )


def _record_officer(
    unit: Unit, decision: Decision, request_id: UUID, pupil_id: UUID, authority_id: UUID, officer_id: UUID
) -> None:
    record(
        unit,
        decision,
        Event.OFFICER_ASSIGNED,
        request_id,
        pupil_id,
        authority_id,
        officer=str(officer_id),
    )


def _tell_everybody(unit: Unit, row: Any, kind: str) -> None:
    told = [row.made_by, *plans.told_of(unit, row.pupil_id)]
    if row.school_id is not None:
        told += parties.holders(unit, row.school_id, Role.SENCO, Role.DEPUTY_SENCO)
    if row.officer_id is not None:
        told.append(row.officer_id)
    tell(unit, told, kind, row.pupil_id)
