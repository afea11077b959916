"""Assessing again: the request, the answer in fifteen days, and the re-assessment that a yes begins.

Section 44(2) and (3) of the Children and Families Act 2014, regulations 23 to 27.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.gate import Decision
from isp.access.policy import Permission, Standing
from isp.audit import Unit
from isp.ehcp.models import StatutoryPlan
from isp.ehcp.steps import StepCode
from isp.escalations import assessments, deadlines, parties
from isp.escalations import course as courses
from isp.escalations.course import Ordered
from isp.escalations.deadlines import Act
from isp.escalations.models import Assessment, ReassessmentRequest
from isp.escalations.naming import Named
from isp.escalations.queries import side_of
from isp.escalations.upkeep import doors, excusing, rules
from isp.escalations.upkeep.amending import publish_amended
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.ids import new_id
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
REPLACED, SAME = "replaced", "same"
RESULTS: Mapping[str, str] = {
    REPLACED: "A plan was made in the place of the old one, and sent",
    SAME: "The plan stays as it is",
}
SIX_MONTHS = 6
_UNDER_WAY = ("advising", "drafting", "draft_sent")


def pending(unit: Unit, plan_id: UUID) -> Any | None:
    """The request that waits for its answer, or None. Says nothing of who may know."""
    query = select(REQUESTS).where(REQUESTS.c.plan_id == plan_id, REQUESTS.c.state == "pending")
    return unit.connection.execute(query).first()


def can_be_asked(unit: Unit, plan: Any) -> bool:
    """Whether a re-assessment can be asked for: none waits for its answer and no assessment is under way."""
    a = doors.ASSESSMENTS.c
    under_way = select(a.id).where(a.pupil_id == plan.pupil_id, a.state.in_(_UNDER_WAY))
    return pending(unit, plan.id) is None and unit.connection.execute(under_way).first() is None


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


def _check_none_under_way(unit: Unit, pupil_id: UUID) -> None:
    a = doors.ASSESSMENTS.c
    query = select(a.id).where(a.pupil_id == pupil_id, a.state.in_(_UNDER_WAY))
    if unit.connection.execute(query).first() is not None:
        raise Conflict("An assessment of this child is under way already.")


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
    assessment_id = _begin(unit, may, plan, decided_on, version) if agreed else None
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
        assessment_id = _begin(unit, may, plan, agreed_on, version, known=False)
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
    words = {"source": source, "reasons": reasons.strip()}
    doors.note(unit, may, plan, StepCode.REASSESSMENT_ASKED, received_on, words=words)
    if agreed_on is not None:
        doors.note(unit, may, plan, StepCode.REASSESSMENT_AGREED, agreed_on, days_late=late)
    return request_id


def begin_ordered(unit: Unit, may: Decision, plan: Any, on: date, *, conceded: bool = False) -> UUID | None:
    """A re-assessment that the Tribunal ordered, or that the authority gave way to: part of a deed that asks.

    Its limits are those of the order and run from it; the family is still to be told that it begins. None
    where an assessment is under way already.
    """
    a = doors.ASSESSMENTS.c
    under_way = select(a.id).where(a.pupil_id == plan.pupil_id, a.state.in_(_UNDER_WAY))
    if unit.connection.execute(under_way).first() is not None:
        return None
    made = _begin(unit, may, plan, on, deadlines.rules_on(on).version, ordered_on=on, conceded=conceded)
    doors.note(unit, may, plan, StepCode.REASSESSMENT_AGREED, on, words={"ordered": True})
    return made


def tell(unit: Unit, plan_id: UUID, *, on: date, shown: int | None = None) -> None:
    """The family was told that the re-assessment begins: an order sets a day for it (regulation 44(2)(b))."""
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    row = excusing.reassessment_under_way(unit, plan_id)
    if row is None or row.told_on is not None:
        raise Conflict("No re-assessment was ordered of which the family is still to be told.")
    doors.check_shown(row, shown)
    errors: dict[str, str] = {}
    rules.check_day(errors, "on", on, unit.today, (row.begun_on, "the order"))
    rules.refuse(errors)
    doors.change(unit, Assessment, row, told_on=on)
    doors.note(unit, may, plan, StepCode.ASSESSMENT_BEGUN, on)
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))


def finish(
    unit: Unit,
    plan_id: UUID,
    *,
    on: date,
    result: str,
    reasons: str = "",
    named: Named | None = None,
    from_on: date | None = None,
    shown: int | None = None,
) -> None:
    """The re-assessment ended on this day: with a plan in the old one's place, or with the plan as it is.

    ``named``: the setting that the new plan names, from ``from_on`` (else from that day) on, where it is
    another one than before.

    How late that was is stored by the law's day, and by the day that circumstances moved. ``reasons``: why
    the plan stays as it is; the family reads them, and may appeal.
    """
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    row = excusing.reassessment_under_way(unit, plan_id)
    if row is None:
        raise Conflict("No re-assessment of this plan is under way.")
    doors.check_shown(row, shown)
    errors: dict[str, str] = {}
    rules.check_day(errors, "on", on, unit.today, (row.begun_on, "the re-assessment began"))
    if result not in RESULTS:
        errors["result"] = "Choose how the re-assessment ended."
    elif result == SAME:
        missing = "Say why the plan stays as it is. The family reads it."
        rules.check_words(errors, reasons=(reasons, missing))
    if not errors and row.told_on is None:
        raise Conflict("Record first that the family was told that the re-assessment begins.")
    rules.refuse(errors)
    after = replace(courses.course_of(row), state=courses.State.FINAL, outcome_on=on)
    counts = assessments.counted(after, excusing.holding(unit, plan_id))
    if result == REPLACED:
        rules.check_from(from_on, on)
        publish_amended(unit, plan, on, "Made anew after a re-assessment", named, from_on)
        now = assessments.plan_now(unit, plan_id)
        doors.change(unit, StatutoryPlan, now, made_on=max(on, now.made_on or on))
    doors.change(unit, Assessment, row, state=after.state.value, outcome_on=on, **counts)
    code = StepCode.REASSESSED if result == REPLACED else StepCode.REASSESSED_SAME
    words = {"reasons": reasons.strip()} if result == SAME else None
    doors.note(unit, may, plan, code, on, words=words, days_late=counts["days_late"])
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))


def _begin(
    unit: Unit,
    may: Decision,
    plan: Any,
    on: date,
    version: str,
    *,
    ordered_on: date | None = None,
    conceded: bool = False,
    known: bool = True,
) -> UUID:
    made = new_id()
    ordered = Ordered.ASSESS_CONCEDED if conceded else Ordered.ASSESS
    blank = dict.fromkeys(
        (
            "request_id",
            "to_issue_on",
            "draft_sent_on",
            "answers_until",
            "outcome_on",
            "days_late",
            "days_unexcused",
            "excused",
            "moved_to",
            "sealed",
        )
    )
    unit.insert(
        Assessment,
        **blank,
        id=made,
        pupil_id=plan.pupil_id,
        authority_id=plan.authority_id,
        plan_id=plan.id,
        kind="reassessment",
        clock_from=on,
        order_on=ordered_on,
        ordered=ordered.value if ordered_on is not None else None,
        begun_on=on,
        told_on=None if ordered_on is not None else on,
        state="advising",
        rules=version,
        decided_by=may.person_id if known else None,
        recorded_at=unit.now,
        row_version=1,
    )
    return made
