"""The end of a plan: considered with the family and the school, decided, kept until the appeal is over.

Section 45 of the Children and Families Act 2014 and regulations 29 to 31. There are two grounds and no other:
the authority is no longer responsible, or a plan is no longer necessary. A death ends it at once.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.policy import Permission
from isp.audit import Unit
from isp.ehcp import actions as contents
from isp.ehcp.models import AnnualReview, StatutoryPlan
from isp.ehcp.steps import StepCode, Subject
from isp.escalations import deadlines, farewells, parties, sight
from isp.escalations import upkeep_clock as clock
from isp.escalations.course import Ending
from isp.escalations.deadlines import Act
from isp.escalations.models import Dispute, PlanCeasing, PlanDuty
from isp.escalations.upkeep import ceasing_rules, doors, reassessing, rules
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict
from isp.kernel.ids import new_id
from isp.kernel.workdays import months_after
from isp.plans import queries as plans
from isp.register import pupils

CEASING, DISPUTES, _DUTIES = table_of(PlanCeasing), table_of(Dispute), table_of(PlanDuty)
TABLE = "plan_ceasing"
CONSIDERING, DECIDED, DROPPED, ENDED = "considering", "decided", "dropped", "ended"


def open_ceasing(unit: Unit, plan_id: UUID) -> Any | None:
    """The end that is being considered or is decided, or None. Says nothing of who may know."""
    c = CEASING.c
    query = select(CEASING).where(c.plan_id == plan_id, c.state.in_((CONSIDERING, DECIDED)))
    return unit.connection.execute(query).first()


def support_plan(unit: Unit, pupil_id: UUID) -> UUID | None:
    """The school's plan that is in force and would take the EHC plan's place, or None (its record's id)."""
    record = plans.open_plan(unit, pupil_id)
    return record.id if record is not None and record.current is not None else None


def consider(
    unit: Unit, plan_id: UUID, *, reason: str, considering_on: date, why: str, shown: int | None = None
) -> UUID:
    """The letter went out that the end of the plan is being considered (regulation 31(1)); gives its id.

    ``reason``: the code of item 4.6 under which it would end. Raises Conflict where an end is under way.
    """
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    doors.check_shown(plan, shown)
    rules.check_in_force(plan)
    if open_ceasing(unit, plan_id) is not None:
        raise Conflict("The end of this plan is being considered already.")
    ceasing_rules.check_consider(
        reason=reason,
        why=why,
        considering_on=considering_on,
        made_on=plan.first_made_on,
        born_on=pupils.name(unit, plan.pupil_id).born_on,
        reviewed=_reviewed(unit, plan_id, considering_on),
        today=unit.today,
    )
    ceasing_id = _insert(unit, plan, CONSIDERING, reason, considering_on, {"why": why.strip()})
    words = {"reason": reason, "why": why.strip()}
    doors.note(unit, may, plan, StepCode.CEASE_CONSIDERED, considering_on, words=words)
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))
    return ceasing_id


def _insert(
    unit: Unit, plan: Any, state: str, reason: str, considering_on: date | None, words: dict[str, Any]
) -> UUID:
    made = new_id()
    unit.insert(
        PlanCeasing,
        id=made,
        plan_id=plan.id,
        pupil_id=plan.pupil_id,
        authority_id=plan.authority_id,
        state=state,
        ground=ceasing_rules.GROUND_OF[reason],
        reason=reason,
        considering_on=considering_on,
        family_answered_on=None,
        school_answered_on=None,
        decided_on=None,
        keep_until=None,
        support_record_id=None,
        recorded_at=unit.now,
        sealed=doors.seal(unit, TABLE, made, plan.pupil_id, 1, words) if words else None,
        row_version=1,
    )
    return made


def _reviewed(unit: Unit, plan_id: UUID, on: date) -> bool:
    """Whether the plan was reviewed, by a meeting, in the year before this day."""
    r = doors.REVIEWS.c
    query = select(r.id).where(
        r.plan_id == plan_id, r.held.is_(True), r.meeting_on <= on, r.meeting_on >= months_after(on, -12)
    )
    return unit.connection.execute(query.limit(1)).first() is not None


def record_answer(unit: Unit, plan_id: UUID, *, who: str, on: date, said: str) -> None:
    """What the family or the school says to it, or that nothing came (regulation 31(1)). By the authority."""
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    row = ceasing_rules.check_answer(open_ceasing(unit, plan_id), who=who, on=on, said=said, today=unit.today)
    field = {"family": "family_answered_on", "school": "school_answered_on"}[who]
    doors.change(unit, PlanCeasing, row, {who: said.strip()}, **{field: on})
    words = {"who": who, "said": said.strip()}
    doors.note(unit, may, plan, StepCode.REPRESENTATIONS, on, words=words)


def version_of(row: Any, decided_on: date) -> str:
    """The rules that the end of a plan keeps: those of the day on which it began to be considered."""
    return deadlines.rules_on(row.considering_on or decided_on).version


def check_decidable(row: Any | None) -> None:
    """Raise Conflict unless the end was considered with the family and the school."""
    ceasing_rules.check_decidable(row)


def decide(unit: Unit, plan_id: UUID, *, decided_on: date, reasons: str, shown: int | None = None) -> None:
    """Decide that the plan ceases. It stays in force until the time to appeal is over (section 45(4)).

    Where the need is met without it, the plan that takes its place must be in force first.
    """
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    row = ceasing_rules.check_decidable(open_ceasing(unit, plan_id))
    doors.check_shown(row, shown)
    support = support_plan(unit, plan.pupil_id)
    ceasing_rules.check_decision(
        row, decided_on=decided_on, reasons=reasons, support=support is not None, today=unit.today
    )
    until = deadlines.appeal_due(decided_on, version=version_of(row, decided_on)).on
    words = {"reasons": reasons.strip()}
    doors.change(
        unit,
        PlanCeasing,
        row,
        words,
        state=DECIDED,
        decided_on=decided_on,
        notice_on=None,
        keep_until=until,
        support_record_id=support,
    )
    doors.change(unit, StatutoryPlan, plan, state="ceasing", cease_decided_on=decided_on)
    said = words | {"reason": row.reason, "keep_until": until.isoformat()}
    doors.note(unit, may, plan, StepCode.CEASE_DECIDED, decided_on, words=said)
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))


def drop(unit: Unit, plan_id: UUID, *, on: date, reasons: str, shown: int | None = None) -> None:
    """The plan goes on after all: the authority thinks so now, or the Tribunal ordered it."""
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    row = open_ceasing(unit, plan_id)
    if row is None:
        raise Conflict("The end of this plan is not being considered.")
    doors.check_shown(row, shown)
    errors: dict[str, str] = {}
    rules.check_day(errors, "on", on, unit.today, (row.considering_on, "it was considered"))
    rules.check_words(errors, reasons=(reasons, "Say why the plan goes on. The family reads it."))
    rules.refuse(errors)
    go_on(unit, plan, row, reasons.strip())
    doors.note(unit, may, plan, StepCode.CEASE_DROPPED, on, words={"reasons": reasons.strip()})
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))


def go_on(unit: Unit, plan: Any, row: Any, why: str) -> None:
    """The end is dropped and the plan in force as before: part of a deed that asks and records."""
    doors.change(unit, PlanCeasing, row, {"dropped": why}, state=DROPPED)
    if plan.state == "ceasing":
        doors.change(
            unit, StatutoryPlan, plan, state="in_force", cease_decided_on=None, cease_certificate_on=None
        )


def certified(unit: Unit, plan: Any, certificate_on: date | None) -> None:
    """A mediation certificate moves the last day to appeal, and the plan is kept to it (section 45(4)).

    ``certificate_on``: the newest about the decision. Part of a deed that asks and records.
    """
    row = open_ceasing(unit, plan.id)
    if row is None or row.state != DECIDED or row.decided_on is None:
        return
    if certificate_on is not None and certificate_on < row.decided_on:
        # Of an end that was dropped before this one was decided.
        certificate_on = None
    doors.change(unit, PlanCeasing, row, keep_until=_kept_until(row, certificate_on, row.notice_on))
    doors.change(unit, StatutoryPlan, plan, cease_certificate_on=certificate_on)


def _kept_until(row: Any, certificate_on: date | None, sent_on: date | None) -> date:
    start = deadlines.counts_from(row.decided_on, sent_on)
    return deadlines.appeal_due(start, certificate_on, version=version_of(row, row.decided_on)).on


def noticed(unit: Unit, plan: Any, sent_on: date) -> None:
    """The letter with the decision was sent, and the time to appeal counts from it: part of a deed."""
    row = open_ceasing(unit, plan.id)
    if row is None or row.state != DECIDED or row.notice_on is not None or sent_on < row.decided_on:
        return
    until = _kept_until(row, plan.cease_certificate_on, sent_on)
    doors.change(unit, PlanCeasing, row, notice_on=sent_on, keep_until=until)


def end(unit: Unit, plan_id: UUID, *, on: date, shown: int | None = None) -> None:
    """The plan has ended: the time to appeal passed, or the appeal was decided. ``on``: its last day."""
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    row = open_ceasing(unit, plan_id)
    if row is not None:
        doors.check_shown(row, shown)
    ordered = _ordered(unit, plan_id)
    ended = ceasing_rules.check_end(
        row,
        on=on,
        disputes=disputes_of(unit, plan_id, row),
        ordered_on=min((one.from_on for one in ordered), default=None),
        born_on=pupils.name(unit, plan.pupil_id).born_on,
        today=unit.today,
    )
    for one in ordered:
        late = deadlines.due(Act.ORDER_CEASE, one.from_on).days_late(on)
        doors.change(unit, PlanDuty, one, done_on=on, days_late=late, days_unexcused=late)
        doors.note(unit, may, plan, StepCode.ORDER_DONE, on, words={"act": one.act}, days_late=late)
    doors.change(unit, PlanCeasing, ended, state=ENDED)
    _end(unit, may, plan, on, ended.reason)


def _ordered(unit: Unit, plan_id: UUID) -> list[Any]:
    """The orders of the Tribunal that the plan ceases, which its end fulfils."""
    c = _DUTIES.c
    query = select(_DUTIES).where(c.plan_id == plan_id, c.act == Act.ORDER_CEASE.value, c.done_on.is_(None))
    return list(unit.connection.execute(query.order_by(c.from_on, c.id)))


def disputes_of(unit: Unit, plan_id: UUID, row: Any | None) -> list[Any]:
    """The mediation and appeals about this decision that the plan ceases, newest first.

    ``row``: the end that is decided. What was disputed of an earlier one, which was dropped, is not of it.
    """
    if row is None or row.decided_on is None:
        return []
    d = DISPUTES.c
    query = select(DISPUTES).where(
        d.about == "cease", d.subject == "plan", d.subject_id == plan_id, d.asked_on >= row.decided_on
    )
    return list(unit.connection.execute(query.order_by(d.recorded_at.desc(), d.id.desc())))


def record_death(unit: Unit, plan_id: UUID, *, on: date) -> None:
    """The child or young person died: the plan ends at once, without letters and without a time to appeal."""
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    rules.check_in_force(plan)
    errors: dict[str, str] = {}
    rules.check_day(errors, "on", on, unit.today, (plan.first_made_on, "the plan was made"))
    rules.refuse(errors)
    row = open_ceasing(unit, plan_id)
    if row is not None:
        doors.change(unit, PlanCeasing, row, state=DROPPED)
    _insert(unit, plan, ENDED, ceasing_rules.DECEASED, None, {})
    doors.note(unit, may, plan, StepCode.DIED, on)
    _end(unit, may, plan, on, ceasing_rules.DECEASED, quietly=True)


def _end(unit: Unit, may: Any, plan: Any, on: date, reason: str, *, quietly: bool = False) -> None:
    """The row, what was under way, the chronology, and the authority's sight: to the end of today."""
    asked = farewells.asked(unit, plan.pupil_id, plan.authority_id)
    reassessing.stop(unit, may, plan, Ending.DIED if quietly else Ending.WITHDRAWN, on)
    review = doors.under_way(unit, plan.id)
    if review is not None:
        doors.change(unit, AnnualReview, review, {"cancelled": "The plan ended."}, state=clock.CANCELLED)
        about = {"subject": Subject.REVIEW, "subject_id": review.id}
        doors.note(unit, may, plan, StepCode.REVIEW_CANCELLED, on, **about)
    doors.change(unit, StatutoryPlan, plan, state="ended", ended_on=on, ended_reason=reason)
    contents.close_content(unit, may, plan.id, "ended")
    let_sight_end(unit, plan.id)
    sight.end_of_advisers(unit, plan.pupil_id, plan.authority_id)
    doors.note(unit, may, plan, StepCode.CEASED, on, words={"reason": reason})
    if quietly:
        farewells.tell_of_death(unit, plan.pupil_id, plan.authority_id, [plan.officer_id], asked)
    else:
        doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))
        farewells.tell_no_longer(unit, asked)


def let_sight_end(unit: Unit, plan_id: UUID) -> None:
    """What the authority sees through this plan, it sees to the end of today: part of a deed that records."""
    for source in sorted(doors.sources_of(unit, plan_id)):
        sight.let_ties_end(unit, source, unit.today, auditors=True)
