"""The verbs of a request for an EHC needs assessment, up to its decision and an appeal against it.

A request opens the authority's sight of what it released: a CASE tie for the authority and a CASELOAD tie
for one officer, both from this request. A refusal lets that sight end with the time to appeal; an appeal
keeps it; its end, or a withdrawal, ends it at once. What happened and when it was recorded are two dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate, grants
from isp.access.gate import Decision
from isp.access.policy import Permission, Standing
from isp.audit import Event, Unit
from isp.audit.unit import Denial
from isp.ehcp.steps import StepCode
from isp.escalations import (
    assessments,
    deadlines,
    disputing,
    evidence,
    panel_queries,
    parties,
    queries,
    rules,
    sight,
    stages,
    trail,
)
from isp.escalations.course import Ordered
from isp.escalations.kept import check_shown
from isp.escalations.models import AssessmentRequest
from isp.escalations.queries import place, words_of
from isp.escalations.rows import change_request, unused_reference
from isp.escalations.rules import Limb
from isp.escalations.stages import AGREED, PENDING, REFUSED, WITHDRAWN
from isp.escalations.trail import Subjected, note, record
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


def request_assessment(
    unit: Unit,
    pupil_id: UUID,
    *,
    received_on: date,
    reasons: str,
    release: Iterable[UUID],
    documents: Iterable[UUID] = (),
    reviews: Iterable[UUID] = (),
    answers: Iterable[UUID] = (),
    told_family: bool,
    why_not_told: str = "",
    youth_accommodation: bool | None = None,
) -> UUID:
    """Ask the authority responsible today for an EHC needs assessment, and let it read this evidence.

    ``release``: ids of published versions that the requester can see; none is allowed. ``documents``,
    ``reviews`` and ``answers``: ids of versions of documents, of reports of closed reviews and of teachers'
    answers, likewise. ``why_not_told``: of a school that has not told the family yet. Gives the request's
    id. Raises Invalid; Conflict where one is open already or no authority is on record.
    """
    decision = gate.require(unit, Permission.ASSESSMENT_REQUEST, pupil_id)
    # One at a time for a pupil: whoever comes second sees the first one's request.
    unit.connection.execute(
        select(table_of(Pupil).c.id).where(table_of(Pupil).c.id == pupil_id).with_for_update(key_share=True)
    )
    earlier = queries.requests_about(unit, pupil_id)
    rules.check_none_open(earlier)
    rules.check_under_appeal(earlier[0] if earlier else None, unit.today)
    authority = parties.responsible(unit, pupil_id)
    if authority is None:
        raise Conflict(NO_AUTHORITY)
    source = _source(decision)
    shown = evidence.offer(unit, pupil_id, decision).digests
    wanted = {
        grants.VERSION: list(dict.fromkeys(release)),
        grants.REVIEW: list(dict.fromkeys(reviews)),
        grants.DOCUMENT: list(dict.fromkeys(documents)),
        grants.ANSWERS: list(dict.fromkeys(answers)),
    }
    not_told = source == rules.SCHOOL and not told_family
    rules.check_request(
        reasons=reasons,
        received_on=received_on,
        chosen=wanted,
        offered=shown,
        born_on=pupils.name(unit, pupil_id).born_on,
        today=unit.today,
        why_not_told=why_not_told if not_told else None,
    )
    given = {sort: {one: shown[sort][one] for one in ids} for sort, ids in wanted.items()}
    school_id = decision.organisation_id if source == rules.SCHOOL else parties.school_of(unit, pupil_id)
    words: dict[str, Any] = {"reasons": reasons.strip(), "told_family": told_family}
    if not_told:
        words["why_not_told"] = why_not_told.strip()
    entered = enter(
        unit,
        decision,
        pupil_id=pupil_id,
        authority_id=authority.id,
        school_id=school_id,
        source=source,
        received_on=received_on,
        words=words,
        given=given,
        officer_id=parties.least_busy(unit, authority.id, pupil_id),
        youth_accommodation=youth_accommodation,
    )
    told = parties.holders(unit, school_id, Role.SENCO, Role.DEPUTY_SENCO) if school_id else []
    if source != rules.SCHOOL or told_family:
        told += plans.told_of(unit, pupil_id)
    told += parties.holders(unit, authority.id, Role.AUTHORITY_MANAGER)
    tell(unit, told, "assessment_requested", pupil_id)
    tell(unit, [entered.officer_id] if entered.officer_id else [], "case_given", pupil_id)
    return entered.request_id


@dataclass(frozen=True, slots=True)
class Entered:
    """A request that was just put on record, and who at the authority has it."""

    request_id: UUID
    officer_id: UUID | None


def enter(
    unit: Unit,
    decision: Decision,
    *,
    pupil_id: UUID,
    authority_id: UUID,
    school_id: UUID | None,
    source: str,
    received_on: date,
    words: Mapping[str, Any],
    given: Mapping[str, Mapping[UUID, bytes]],
    officer_id: UUID | None,
    youth_accommodation: bool | None = None,
) -> Entered:
    """Put a request on record, open the authority's sight of what it releases, and say so in the trail.

    For deeds that have checked it. ``given``: what it releases, by sort: id to digest.
    """
    request_id, reference = new_id(), unused_reference(unit)
    unit.insert(
        AssessmentRequest,
        id=request_id,
        reference=reference,
        pupil_id=pupil_id,
        authority_id=authority_id,
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
        rules=deadlines.rules_on(received_on).version,
        sight_until=None,
        appealed_on=None,
        appeal_closed_on=None,
        appeal_result=None,
        youth_accommodation=youth_accommodation,
        sealed=unit.keys.seal(KeyOf.pupil(pupil_id), place(request_id, 1), dict(words)),
        row_version=1,
    )
    note(unit, decision, Subjected(request_id, pupil_id, authority_id), StepCode.REQUESTED, received_on)
    for sort, items in given.items():
        grants.grant(unit, pupil_id, request_id, items, sort)
    sight.open_sight(unit, request_id, pupil_id, authority_id, officer_id, reference)
    record(
        unit,
        decision,
        Event.ASSESSMENT_REQUESTED,
        request_id,
        pupil_id,
        authority_id,
        payload={
            "reference": reference,
            "source": source,
            "told_family": bool(words.get("told_family")),
            **{
                trail.NAMES[sort]: {str(one): digest.hex() for one, digest in items.items()}
                for sort, items in given.items()
            },
        },
        authority=str(authority_id),
        received_on=received_on.isoformat(),
        released=sum(len(items) for items in given.values()),
    )
    if officer_id is not None:
        _record_officer(unit, decision, request_id, pupil_id, authority_id, officer_id)
    return Entered(request_id, officer_id)


def assign(unit: Unit, request_id: UUID, officer_id: UUID, *, shown: int | None = None) -> None:
    """Give the case to an officer (or manager) of the authority; whoever had it sees it no longer.

    ``shown``: the row version that the page showed; Conflict where it has moved on.
    """
    row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_ASSIGN, lock=True)
    check_shown(row, shown)
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
    change_request(unit, row, officer_id=officer_id)
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
    rests_on: Mapping[str, Limb],
    shown: int | None = None,
) -> None:
    """Decide whether to assess, by the legal test, on what was released.

    ``rests_on``: for part "a" and part "b" of the test the evidence it was answered by.
    Lateness is worked out from the day of receipt on the row, and kept with the version of the rules.
    """
    row, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE, lock=True)
    rules.check_pending(row)
    check_shown(row, shown)
    granted = grants.all_granted_by(unit, request_id)
    rules.check_decision(
        row,
        rests_on=rests_on,
        released={one.object_id for one in granted},
        decision=decision,
        limb_a=limb_a,
        limb_b=limb_b,
        reasons=reasons,
        decided_on=decided_on,
        today=unit.today,
    )
    by_sort: dict[str, dict[UUID, bytes]] = {sort: {} for sort in grants.SORTS}
    for one in granted:
        by_sort[one.object_type][one.object_id] = one.digest
    for sort, given in by_sort.items():
        rules.check_evidence(given, evidence.digests(unit, sort, given))
    told = queries.circumstances(unit, [request_id])[request_id]
    counts = stages.decision_counts(row.received_on, decided_on, told, row.rules)
    version = counts["rules"]
    # Recorded late, the limit may be over already: the authority still sees the day out.
    limit = deadlines.appeal_due(decided_on, version=version).on
    until = max(limit, unit.today) if decision == rules.REFUSE else None
    words = words_of(unit, row)
    versions_given = [
        {"version": str(one.version_id), "digest": one.digest.hex(), "withdrawn": one.withdrawn}
        for one in queries.released(unit, request_id)
    ]
    test = {"limb_a": limb_a, "limb_b": limb_b}
    named = {one.object_id: one for one in granted}
    rested = {
        f"evidence_{limb}": {
            "items": [
                {
                    "sort": named[item].object_type,
                    "id": str(item),
                    "digest": named[item].digest.hex(),
                }
                for item in given.items
            ],
            "words": given.words.strip(),
        }
        for limb, given in rests_on.items()
    }
    # What a panel advised; the decision is the authority’s own.
    panel = dict(panel_queries.recommended(unit, row, "assess"))
    change_request(
        unit,
        row,
        words | test | rested | {"decision_reasons": reasons.strip(), "panel": panel},
        status=AGREED if decision == rules.AGREE else REFUSED,
        decided_on=decided_on,
        decided_by=may.person_id,
        **counts,
        sight_until=until,
    )
    if until is not None:
        sight.let_end(unit, request_id, until)
        note(unit, may, row, StepCode.REFUSED, decided_on)
    else:
        note(unit, may, row, StepCode.AGREED, decided_on)
        assessments.open_one(unit, row, decided_on)
    record(
        unit,
        may,
        Event.ASSESSMENT_DECIDED,
        request_id,
        row.pupil_id,
        row.authority_id,
        payload={
            **test,
            **rested,
            "evidence": versions_given,
            **{
                trail.NAMES[sort]: {str(one): digest.hex() for one, digest in by_sort[sort].items()}
                for sort in (grants.DOCUMENT, grants.REVIEW, grants.ANSWERS)
            },
            "reasons": reasons.strip(),
        },
        decision=decision,
        on=decided_on.isoformat(),
        **counts,
        sight_until=until.isoformat() if until else None,
    )
    tell(unit, parties.everybody(unit, row), "assessment_decided", row.pupil_id)


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
    change_request(unit, row, officer_id=officer_id, appealed_on=on, sight_until=None)
    disputing.note_appeal(unit, decision, row, on)
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


def close_appeal(unit: Unit, request_id: UUID, result: str, on: date, *, shown: int | None = None) -> None:
    """The appeal is over. Lost or given up, the sight ends at once; won, the authority goes on to assess.

    The authority says so; of the family, whoever made the appeal that it is given up. ``shown``: the version
    of the appeal that the page showed; Conflict where it has moved on.
    """
    row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_APPEAL, lock=True)
    rules.check_appeal_closing(row, result, on, unit.today)
    disputing.check_appeal_shown(unit, request_id, shown)
    disputing.check_appeal_end(unit, row, decision, result)
    assess = result in rules.TO_ASSESS
    if assess:
        others = [one for one in queries.requests_about(unit, row.pupil_id) if one.id != row.id]
        rules.check_none_open(others)
    else:
        sight.end(unit, request_id)
    change_request(
        unit,
        row,
        status=AGREED if assess else REFUSED,
        appeal_closed_on=on,
        appeal_result=result,
        sight_until=None if assess else unit.today,
    )
    disputing.note_appeal_closed(unit, decision, row, result, on)
    if assess:
        conceded = result == "conceded"
        assessments.open_one(unit, row, on, Ordered.ASSESS_CONCEDED if conceded else Ordered.ASSESS)
    record(unit, decision, Event.APPEAL_CLOSED, request_id, row.pupil_id, row.authority_id, result=result)
    tell(unit, parties.everybody(unit, row), "assessment_decided", row.pupil_id)


def withdraw(unit: Unit, request_id: UUID) -> None:
    """Take the request back before it is decided: the authority sees nothing from the next request on.

    A school's request by the school that made it; a parent's or a young person's by that person.
    """
    row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_REQUEST, lock=True)
    check_withdraw(row, decision)
    sight.end(unit, request_id)
    change_request(
        unit,
        row,
        status=WITHDRAWN,
        sight_until=unit.today,
        ended_on=unit.today,
        ended_why="withdrawn",
    )
    note(unit, decision, row, StepCode.REQUEST_WITHDRAWN, unit.today)
    record(unit, decision, Event.ASSESSMENT_WITHDRAWN, request_id, row.pupil_id, row.authority_id)


def check_withdraw(row: Any, decision: Decision) -> None:
    """Raise NotAllowed for somebody else's request, Conflict where it is past withdrawing."""
    if not is_maker(row, decision):
        denial = Denial(Permission.ASSESSMENT_REQUEST.value, "another-requester", ("pupil", row.pupil_id))
        raise NotAllowed("Whoever made the request can withdraw it.", denial=denial)
    rules.check_withdrawable(row)


def may_withdraw(row: Any, decision: Decision) -> bool:
    """The same without its exceptions: for a button."""
    can = decision.can(Permission.ASSESSMENT_REQUEST)
    return can and row.status == PENDING and is_maker(row, decision)


def is_maker(row: Any, decision: Decision) -> bool:
    """Whether a request is the school's that asks now, or this person's own."""
    ours = row.source == rules.SCHOOL and decision.organisation_id == row.school_id
    return bool(ours or row.made_by == decision.person_id)


# -- what several of them do -------------------------------------------------------------------------------


def _source(decision: Decision) -> str:
    family = {Standing.PARENT.value: rules.PARENT, Standing.YOUNG_PERSON.value: rules.YOUNG_PERSON}
    return family.get(decision.standing, rules.SCHOOL)


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
