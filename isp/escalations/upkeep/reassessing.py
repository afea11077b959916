"""Assessing again: the request, the answer in fifteen days, and the re-assessment that a yes begins.

Section 44(2) and (3) of the Children and Families Act 2014, regulations 23 to 27. A re-assessment is a case
of its own (a row of ``assessment_request`` that names the plan), so that advice, decision, draft, the fifteen
days and the final plan are those of any assessment (regulation 26), and reached as they are. The plan
stays in force meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.gate import Decision
from isp.access.policy import Permission, Standing
from isp.audit import Unit
from isp.ehcp.steps import StepCode, Subject
from isp.escalations import assessments, consulting, deadlines, parties, queries, sight
from isp.escalations import course as courses
from isp.escalations.course import Ending, Ordered
from isp.escalations.deadlines import Act
from isp.escalations.models import AssessmentRequest, ReassessmentRequest
from isp.escalations.queries import side_of
from isp.escalations.rows import change_request, unused_reference
from isp.escalations.stages import AGREED, OPEN
from isp.escalations.upkeep import doors, excusing, rules
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.kernel.workdays import months_after

REQUESTS = table_of(ReassessmentRequest)
TABLE = "reassessment_request"
AGREE, REFUSE = "agree", "refuse"
SOURCES: Mapping[str, str] = {
    "parent": "The parent",
    "young_person": "The young person",
    "school": "The school, college or early years provider",
    "health": "The health commissioning body",
    "authority": "The authority itself (section 44(3))",
}
REFUSALS: Mapping[str, str] = {
    "six_months": "There was an assessment or re-assessment less than six months ago",
    "unnecessary": "A further assessment is not necessary",
}
"""Regulation 24, and no other."""
SIX_MONTHS = 6
_UNDER_WAY = ("advising", "drafting", "draft_sent")


def pending(unit: Unit, plan_id: UUID) -> Any | None:
    """The request that waits for its answer, or None. Says nothing of who may know."""
    query = select(REQUESTS).where(REQUESTS.c.plan_id == plan_id, REQUESTS.c.state == "pending")
    return unit.connection.execute(query).first()


def can_be_asked(unit: Unit, plan: Any) -> bool:
    """Whether a re-assessment can be asked for: none waits for its answer and no assessment is under way."""
    return pending(unit, plan.id) is None and not _under_way(unit, plan.pupil_id)


def last_assessed(unit: Unit, pupil_id: UUID) -> date | None:
    """When the last assessment of this pupil came to its end."""
    a = doors.ASSESSMENTS.c
    query = select(a.outcome_on).where(a.pupil_id == pupil_id, a.outcome_on.is_not(None))
    found: date | None = unit.connection.scalar(query.order_by(a.outcome_on.desc()).limit(1))
    return found


def ask(unit: Unit, plan_id: UUID, *, received_on: date, reasons: str, source: str | None = None) -> UUID:
    """Ask for a re-assessment; its id. ``source``: of one that came by mail, recorded by the authority.

    By a school, a parent or a young person on their own behalf. Raises Conflict where one waits for its
    answer already or an assessment is under way.
    """
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REASSESSMENT_REQUEST, lock=True)
    rules.check_in_force(plan)
    if pending(unit, plan_id) is not None:
        raise Conflict("A re-assessment has been asked for already, and waits for its answer.")
    _check_none_under_way(unit, plan.pupil_id)
    errors: dict[str, str] = {}
    rules.check_day(errors, "received_on", received_on, unit.today, (plan.first_made_on, "the plan was made"))
    rules.check_words(errors, reasons=(reasons, "Say why a re-assessment is needed."))
    if side_of(may) == "authority" and source not in SOURCES:
        errors["source"] = "Choose who asked."
    rules.refuse(errors)
    whose = source if side_of(may) == "authority" else _source(may)
    request_id = new_id()
    unit.insert(
        ReassessmentRequest,
        id=request_id,
        plan_id=plan_id,
        pupil_id=plan.pupil_id,
        authority_id=plan.authority_id,
        source=whose,
        made_by=may.person_id,
        received_on=received_on,
        state="pending",
        decided_on=None,
        refusal=None,
        days_late=None,
        rules=None,
        assessment_id=None,
        recorded_at=unit.now,
        sealed=doors.seal(unit, TABLE, request_id, plan.pupil_id, 1, {"reasons": reasons.strip()}),
        row_version=1,
    )
    words = {"source": whose, "reasons": reasons.strip()}
    doors.note(unit, may, plan, StepCode.REASSESSMENT_ASKED, received_on, words=words)
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))
    return request_id


def _source(may: Decision) -> str:
    family = {Standing.PARENT.value: "parent", Standing.YOUNG_PERSON.value: "young_person"}
    return family.get(may.standing, "school")


def _under_way(unit: Unit, pupil_id: UUID) -> bool:
    """Whether this child is being assessed, or the authority is asked to: there is one case at a time."""
    a, r = doors.ASSESSMENTS.c, queries.REQUESTS.c
    running = select(a.id).where(a.pupil_id == pupil_id, a.state.in_(_UNDER_WAY))
    asked = select(r.id).where(r.pupil_id == pupil_id, r.status.in_(sorted(OPEN)), r.ended_on.is_(None))
    return any(unit.connection.execute(one).first() is not None for one in (running, asked))


def _check_none_under_way(unit: Unit, pupil_id: UUID) -> None:
    if _under_way(unit, pupil_id):
        raise Conflict("An assessment of this child is under way already, or asked for.")


def decide(
    unit: Unit,
    plan_id: UUID,
    *,
    decision: str,
    refusal: str | None,
    reasons: str,
    decided_on: date,
    shown: int | None = None,
) -> None:
    """Answer the request: yes begins a re-assessment, whose plan is due 14 weeks after this notice.

    ``refusal``: which of the two grounds of regulation 24, of a no.
    """
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    row = pending(unit, plan_id)
    if row is None:
        raise Conflict("No re-assessment is waiting for an answer.")
    doors.check_shown(row, shown)
    _check(unit, row, decision=decision, refusal=refusal, reasons=reasons, decided_on=decided_on)
    late = deadlines.due(Act.REASSESS, row.received_on).days_late(decided_on)
    version = deadlines.rules_on(row.received_on).version
    agreed = decision == AGREE
    assessment_id = None
    if agreed:
        asked = doors.words_of(unit, TABLE, row)
        words = {"reasons": asked.get("reasons", ""), "decision_reasons": reasons.strip()}
        source = row.source if row.source in _AS_ASKED else "other"
        case = _case(unit, may, plan, decided_on, words, version, asked_on=row.received_on, late=late)
        assessment_id = _begin(
            unit, plan, case | {"source": source, "made_by": row.made_by}, decided_on, version
        )
    doors.change(
        unit,
        ReassessmentRequest,
        row,
        {"decision_reasons": reasons.strip()},
        state="agreed" if agreed else "refused",
        decided_on=decided_on,
        refusal=None if agreed else refusal,
        days_late=late,
        rules=version,
        assessment_id=assessment_id,
    )
    code = StepCode.REASSESSMENT_AGREED if agreed else StepCode.REASSESSMENT_REFUSED
    words = {"reasons": reasons.strip(), "refusal": None if agreed else refusal}
    doors.note(unit, may, plan, code, decided_on, words=words, days_late=late)
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))


def _check(
    unit: Unit, row: Any, *, decision: str, refusal: str | None, reasons: str, decided_on: date
) -> None:
    errors: dict[str, str] = {}
    rules.check_day(
        errors, "decided_on", decided_on, unit.today, (row.received_on, "the request was received")
    )
    rules.check_words(errors, reasons=(reasons, "Say why. The family and the school read it."))
    if decision not in (AGREE, REFUSE):
        errors["decision"] = "Choose whether to re-assess."
    if decision == REFUSE:
        if refusal not in REFUSALS:
            errors["refusal"] = "Choose on which of the two grounds."
        elif refusal == "six_months":
            last = last_assessed(unit, row.pupil_id)
            if last is None or months_after(last, SIX_MONTHS) <= row.received_on:
                errors["refusal"] = (
                    "No assessment on record ended in the six months before it, so this is no ground."
                )
    if decision == AGREE:
        _check_none_under_way(unit, row.pupil_id)
    if errors:
        raise Invalid(rules.LOOK, errors)


_AS_ASKED = frozenset({"parent", "young_person", "school", "health"})
"""Who asked, where a case has the same word for it."""


def enter(
    unit: Unit,
    may: Decision,
    plan: Any,
    *,
    source: str,
    reasons: str,
    received_on: date,
    agreed_on: date | None,
) -> UUID:
    """Put a request on record that was made elsewhere, and where it was agreed to the re-assessment; its id.

    Part of bringing in its plan, which checked the days. Who agreed there is not known here.
    """
    request_id = new_id()
    version, late, assessment_id = None, None, None
    if agreed_on is not None:
        version = deadlines.rules_on(received_on).version
        late = deadlines.due(Act.REASSESS, received_on).days_late(agreed_on)
        words = {"reasons": reasons.strip(), "decision_reasons": ""}
        case = _case(unit, may, plan, agreed_on, words, version, asked_on=received_on, late=late)
        case |= {"source": source if source in _AS_ASKED else "other", "decided_by": None}
        assessment_id = _begin(unit, plan, case, agreed_on, version)
    unit.insert(
        ReassessmentRequest,
        id=request_id,
        plan_id=plan.id,
        pupil_id=plan.pupil_id,
        authority_id=plan.authority_id,
        source=source,
        made_by=may.person_id,
        received_on=received_on,
        state="pending" if agreed_on is None else "agreed",
        decided_on=agreed_on,
        refusal=None,
        days_late=late,
        rules=version,
        assessment_id=assessment_id,
        recorded_at=unit.now,
        sealed=doors.seal(unit, TABLE, request_id, plan.pupil_id, 1, {"reasons": reasons.strip()}),
        row_version=1,
    )
    said = {"source": source, "reasons": reasons.strip()}
    doors.note(unit, may, plan, StepCode.REASSESSMENT_ASKED, received_on, words=said)
    if agreed_on is not None:
        doors.note(unit, may, plan, StepCode.REASSESSMENT_AGREED, agreed_on, days_late=late)
    return request_id


def begin_ordered(unit: Unit, may: Decision, plan: Any, on: date, *, conceded: bool = False) -> UUID | None:
    """A re-assessment that the Tribunal ordered, that was agreed, or that the authority gave way to.

    Part of a deed that asks. Its limits run from the order (regulations 44(2)(b) and 45), and the family is
    to be told within two weeks. None where an assessment is under way already.
    """
    if _under_way(unit, plan.pupil_id):
        return None
    version = deadlines.rules_on(on).version
    ordered = Ordered.ASSESS_CONCEDED if conceded else Ordered.ASSESS
    case = _case(unit, may, plan, on, {"reasons": "", "decision_reasons": ""}, version, asked_on=on)
    made = _begin(unit, plan, case, on, version, ordered=ordered)
    doors.note(unit, may, plan, StepCode.REASSESSMENT_AGREED, on, words={"ordered": True})
    return made


def stop(unit: Unit, may: Decision, plan: Any, why: Ending, on: date, moved_to: str | None = None) -> None:
    """The plan has ended or gone to another authority, and with it a re-assessment that was under way.

    Part of a deed that asks and records.
    """
    row = excusing.reassessment_under_way(unit, plan.id)
    if row is None:
        return
    on = max(on, row.begun_on)
    assessments.save(unit, row, courses.end(courses.course_of(row), why, on, unit.today), moved_to=moved_to)
    consulting.close_all(unit, row.id)
    if row.request_id is not None:
        case = queries.row_of(unit, row.request_id)
        ended: dict[str, Any] = {
            "ended_on": on,
            "ended_why": why.value,
            "moved_to": moved_to,
            "sight_until": unit.today,
        }
        change_request(unit, case, **ended)
        sight.end(unit, case.id)
    doors.note(unit, may, plan, _STOPPED[why], on, subject=Subject.ASSESSMENT, subject_id=row.id)


_STOPPED: Mapping[Ending, StepCode] = {
    Ending.WITHDRAWN: StepCode.ASSESSMENT_WITHDRAWN,
    Ending.MOVED: StepCode.ASSESSMENT_MOVED,
    Ending.DIED: StepCode.ASSESSMENT_WITHDRAWN,
}


def _case(
    unit: Unit,
    may: Decision,
    plan: Any,
    on: date,
    words: Mapping[str, Any],
    version: str,
    *,
    asked_on: date,
    late: int | None = None,
) -> dict[str, Any]:
    """The row of the case that a re-assessment is: agreed on the day of the notice, or of the order."""
    made = new_id()
    officer_id = plan.officer_id
    if officer_id is None:
        officer_id = parties.least_busy(unit, plan.authority_id, plan.pupil_id)
    return {
        "id": made,
        "reference": unused_reference(unit),
        "pupil_id": plan.pupil_id,
        "authority_id": plan.authority_id,
        "school_id": parties.school_of(unit, plan.pupil_id),
        "source": "other",
        "made_by": may.person_id,
        "received_on": asked_on,
        "recorded_at": unit.now,
        "status": AGREED,
        "officer_id": officer_id,
        "decided_on": on,
        "decided_by": may.person_id,
        "days_late": late,
        "days_unexcused": late,
        "rules": version,
        "sight_until": None,
        "appealed_on": None,
        "appeal_closed_on": None,
        "appeal_result": None,
        "reassesses": plan.id,
        "sealed": unit.keys.seal(
            KeyOf.pupil(plan.pupil_id), queries.place(made, 1), {"told_family": True, **words}
        ),
        "row_version": 1,
    }


def _begin(
    unit: Unit,
    plan: Any,
    case: Mapping[str, Any],
    on: date,
    version: str,
    *,
    ordered: Ordered | None = None,
) -> UUID:
    """The case, the authority's sight of what it is going to rest on, and the assessment itself."""
    unit.insert(AssessmentRequest, **case)
    sight.open_sight(
        unit, case["id"], plan.pupil_id, plan.authority_id, case["officer_id"], case["reference"]
    )
    begun = courses.begin(on, on, ordered=ordered, told=ordered is None, reassessment=True)
    return assessments.insert(
        unit,
        begun,
        pupil_id=plan.pupil_id,
        authority_id=plan.authority_id,
        request_id=case["id"],
        plan_id=plan.id,
        kind="reassessment",
        rules=version,
        decided_by=case["decided_by"],
    )
