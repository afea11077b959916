"""Keeping ``case_duty`` beside the rows that it follows from: at the end of every deed on a case.

Every such deed notes a step or records its event (``steps``, ``trail``), and both call ``follow``. What came
another way (rows of an earlier release, a file read in) is found and kept by the job.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, delete, exists, insert, or_, select, update

from isp.audit import Unit
from isp.ehcp import checks
from isp.ehcp.models import AnnualReview, PlanSetting, StatutoryPlan
from isp.ehcp.steps import FOLLOWED, STEPS, StepCode
from isp.escalations import upkeep_clock as clock
from isp.escalations.advice_models import AdviceRequest
from isp.escalations.advice_rules import WITH_ADVISER
from isp.escalations.beside import UNDER_WAY, Beside
from isp.escalations.deadlines import Circumstance
from isp.escalations.duties import Duty, duties
from isp.escalations.duty import NOTICE, PLAN, PROVISION, REVIEW
from isp.escalations.models import (
    Assessment,
    AssessmentRequest,
    CaseCircumstance,
    CollegeMove,
    Dispute,
    HealthBodyChange,
    PlanCeasing,
    PlanCircumstance,
    PlanDuty,
    PlanMove,
    ReassessmentRequest,
)
from isp.escalations.stages import OPEN, PENDING
from isp.escalations.work_models import CaseDuty
from isp.kernel.db import table_of
from isp.kernel.ids import new_id
from isp.people.organisations import closing
from isp.register import pupils
from isp.register.models import Pupil

DUTIES = table_of(CaseDuty)
_REQUESTS, _ASSESSMENTS = table_of(AssessmentRequest), table_of(Assessment)
_PLANS, _REVIEWS = table_of(StatutoryPlan), table_of(AnnualReview)
_DISPUTES, _ORDERS = table_of(Dispute), table_of(PlanDuty)
_REASSESSMENTS, _MOVES = table_of(ReassessmentRequest), table_of(PlanMove)
_CEASING, _PUPILS = table_of(PlanCeasing), table_of(Pupil)
_SETTINGS = table_of(PlanSetting)
_COLLEGES, _HEALTH = table_of(CollegeMove), table_of(HealthBodyChange)
_ADVICE = table_of(AdviceRequest)
_TOLD, _TOLD_OF_PLANS = table_of(CaseCircumstance), table_of(PlanCircumstance)
_TOLD_BY = (StepCode.CONSIDERING_TOLD.value, StepCode.ENTERED.value)
_OPEN_PLAN = ("drafting", "draft_sent", "in_force", "ceasing")
Case = tuple[UUID, UUID]
AT_ONCE = 200
"""Children whose duties are worked out in one transaction."""


def follow(unit: Unit, pupil_id: UUID, authority_id: UUID) -> None:
    """Have the duties of this child at this authority worked out once the deed has changed what it does."""
    unit.at_end(("case_duty", pupil_id, authority_id), partial(_keep, pupil_id, authority_id))


FOLLOWED.append(follow)


def _keep(pupil_id: UUID, authority_id: UUID, unit: Unit) -> None:
    keep(unit, pupil_id, authority_id)


def keep(unit: Unit, pupil_id: UUID, authority_id: UUID) -> None:
    """Store what is due for this child at this authority. Recorded by whatever deed it is a part of."""
    wanted = {one.subject_id: asdict(one) for one in derived(unit, pupil_id, authority_id)}
    mine = (DUTIES.c.pupil_id == pupil_id) & (DUTIES.c.authority_id == authority_id)
    held = {row.subject_id: row for row in unit.connection.execute(select(DUTIES).where(mine))}
    gone = [row.id for subject_id, row in held.items() if subject_id not in wanted]
    if gone:
        unit.connection.execute(delete(DUTIES).where(DUTIES.c.id.in_(gone)))
    for subject_id, values in wanted.items():
        row = held.get(subject_id)
        if row is None:
            fresh = {"id": new_id(), "pupil_id": pupil_id, "authority_id": authority_id, **values}
            unit.connection.execute(insert(DUTIES), [fresh])
        elif any(getattr(row, name) != value for name, value in values.items()):
            unit.connection.execute(update(DUTIES).where(DUTIES.c.id == row.id).values(**values))


def derived(unit: Unit, pupil_id: UUID, authority_id: UUID) -> list[Duty]:
    """What is due for this child at this authority, worked out from the rows as they are.

    Six statements, one more where a request waits or was agreed to, and eleven where it has a plan.
    """

    def of(table: Any) -> list[Any]:
        query = select(table).where(table.c.pupil_id == pupil_id, table.c.authority_id == authority_id)
        return list(unit.connection.execute(query.order_by(table.c.recorded_at, table.c.id)))

    requests, plans = of(_REQUESTS), of(_PLANS)
    agreed = any(row.status == "agreed" for row in requests)
    advice = of(_ADVICE) if agreed else ()
    rows = Beside(disputes=of(_DISPUTES), advice=advice, noticed=_noticed(unit, requests))
    if plans:
        ids = sorted(row.id for row in plans)
        child = pupils.name(unit, pupil_id)
        settings = list(unit.connection.execute(select(_SETTINGS).where(_SETTINGS.c.plan_id.in_(ids))))
        moves = select(_MOVES).where(_MOVES.c.pupil_id == pupil_id, _MOVES.c.called_off_at.is_(None))
        rows = replace(
            rows,
            orders=of(_ORDERS),
            reassessments=of(_REASSESSMENTS),
            told=_told_of_plans(unit, ids),
            ceasing=_endings(unit, [row.id for row in plans if row.state == "ceasing"]),
            colleges=of(_COLLEGES),
            health=of(_HEALTH),
            moves=list(unit.connection.execute(moves.order_by(_MOVES.c.recorded_at, _MOVES.c.id))),
            settings=settings,
            closing=closing(unit, [one.school_id for one in settings if one.school_id and one.named]),
            checks=checks.open_of(unit, ids),
            owed=checks.owed_of(unit, plans),
            born_on=child.born_on,
            year_group=child.year_group,
            placed=_placed(unit, [row.id for row in plans if row.transferred_on is not None]),
        )
    return duties(requests, of(_ASSESSMENTS), plans, of(_REVIEWS), _told(unit, requests), unit.today, rows)


def _noticed(unit: Unit, requests: Iterable[Any]) -> set[UUID]:
    """The requests about which those concerned have been told: what came from another system was so there."""
    waiting = sorted(row.id for row in requests if row.status == PENDING)
    if not waiting:
        return set()
    c = STEPS.c
    query = select(c.subject_id).where(c.subject_id.in_(waiting), c.code.in_(_TOLD_BY))
    return set(unit.connection.scalars(query))


def _placed(unit: Unit, ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When it was recorded, of plans that came from another authority, that the child attends elsewhere."""
    came = sorted(ids)
    if not came:
        return {}
    c = STEPS.c
    query = select(c.subject_id, c.recorded_at).where(
        c.subject_id.in_(came), c.code == StepCode.PLACED_FOR_NOW.value, c.corrects_id.is_(None)
    )
    rows = unit.connection.execute(query.order_by(c.recorded_at))
    return {row.subject_id: row.recorded_at for row in rows}


def _told(unit: Unit, requests: Iterable[Any]) -> list[Circumstance]:
    """What moves the dates of the newest request: an earlier one's circumstances are its own."""
    ids = [row.id for row in requests][-1:]
    query = select(_TOLD).where(_TOLD.c.request_id.in_(ids), _TOLD.c.taken_back_at.is_(None))
    return [
        Circumstance(row.code, row.begins, row.ends, row.asked_on) for row in unit.connection.execute(query)
    ]


def _endings(unit: Unit, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """The decided end of each of these plans."""
    if not ids:
        return {}
    query = select(_CEASING).where(_CEASING.c.plan_id.in_(ids), _CEASING.c.state == "decided")
    return {row.plan_id: row for row in unit.connection.execute(query)}


def _told_of_plans(unit: Unit, ids: Iterable[UUID]) -> dict[UUID, list[Circumstance]]:
    """What moves the dates that run about each of these plans."""
    c = _TOLD_OF_PLANS.c
    found: dict[UUID, list[Circumstance]] = {}
    query = select(_TOLD_OF_PLANS).where(c.plan_id.in_(sorted(ids)), c.taken_back_at.is_(None))
    for row in unit.connection.execute(query):
        found.setdefault(row.plan_id, []).append(Circumstance(row.code, row.begins, row.ends, row.asked_on))
    return found


def keep_missing(unit: Unit, found: Sequence[Case] | None = None) -> int:
    """The job's: work out what is due where no deed has, or a day has passed. How many children it did.

    ``found``: what ``missing`` found.
    """
    cases = missing(unit) if found is None else found
    for pupil_id, authority_id in cases:
        keep(unit, pupil_id, authority_id)
    return len(cases)


def missing(unit: Unit) -> list[Case]:
    """Children with the authority whose duties towards them are not on record, or have turned: so many."""
    turned = select(DUTIES.c.pupil_id, DUTIES.c.authority_id).where(DUTIES.c.turns_on <= unit.today)
    found: set[Case] = {
        (row.pupil_id, row.authority_id) for row in unit.connection.execute(turned.limit(AT_ONCE))
    }
    for query in (*_missing(), *_moved_up(unit.today)):
        found |= {(row.pupil_id, row.authority_id) for row in unit.connection.execute(query)}
        if len(found) >= AT_ONCE:
            break
    return sorted(found)[:AT_ONCE]


def _moved_up(today: date) -> list[Select[Any]]:
    """Plans whose stored day is not that of the change of phase that the child's year group tells by now.

    The year group is the register's, and no deed on the case changes it.
    """
    p, d, year = _PLANS.c, DUTIES.c, clock.transfer_year(today)
    silent = or_(p.phase_transfer_year.is_(None), p.phase_transfer_year < today.year)
    unseen = or_(p.last_review_on.is_(None), p.last_review_on < date(year - 1, clock.SEPTEMBER, 1))
    rows = (
        select(d.pupil_id, d.authority_id)
        .join(_PLANS, p.id == d.plan_id)
        .join(_PUPILS, _PUPILS.c.id == d.pupil_id)
        .where(p.state == "in_force", p.authority_id == d.authority_id, silent)
        .limit(AT_ONCE)
    )
    found = []
    for kind, groups in clock.groups_ending().items():
        due = clock.phase_due(kind, year)
        here = _PUPILS.c.year_group.in_(groups)
        change = select(_REVIEWS.c.id).where(_REVIEWS.c.kind == clock.CHANGE)
        in_review = and_(d.subject == REVIEW, d.subject_id.not_in(change))
        late = and_(here, d.due_on > due.on, or_(and_(d.subject == PLAN, unseen), in_review))
        gone = and_(d.subject == PLAN, d.act == due.act.value, or_(_PUPILS.c.year_group.is_(None), ~here))
        found += [rows.where(late), rows.where(gone)]
    return found


def _missing() -> list[Select[Any]]:
    """What has a duty by its state and none on record: of each kind of subject, so many at once.

    A move has its own deed, and no other way in.
    """
    began = exists(select(_ASSESSMENTS.c.id).where(_ASSESSMENTS.c.request_id == _REQUESTS.c.id))
    open_review = exists(
        select(_REVIEWS.c.id).where(
            _REVIEWS.c.plan_id == _PLANS.c.id,
            _REVIEWS.c.state.in_(("due", "invited", "held", "reported", "amending")),
        )
    )
    plan = _PLANS.alias("its_plan")

    def in_force(table: Any) -> Any:
        return exists(
            select(plan.c.id).where(
                plan.c.id == table.c.plan_id,
                plan.c.authority_id == table.c.authority_id,
                plan.c.state.in_(("in_force", "ceasing")),
            )
        )

    disputed = exists(
        select(_DISPUTES.c.id).where(
            _DISPUTES.c.subject_id == _ASSESSMENTS.c.id,
            _DISPUTES.c.state == "open",
            _DISPUTES.c.kind == "appeal",
        )
    )
    to_go_on = exists(
        select(_DISPUTES.c.id).where(
            _DISPUTES.c.subject_id == _PLANS.c.id,
            _DISPUTES.c.state == "open",
            _DISPUTES.c.kind == "appeal",
            _DISPUTES.c.about == "cease",
        )
    )
    agreed = exists(
        select(_REQUESTS.c.id).where(
            _REQUESTS.c.id == _ADVICE.c.request_id,
            _REQUESTS.c.status == "agreed",
            _REQUESTS.c.ended_on.is_(None),
        )
    )
    assessed = exists(
        select(_ASSESSMENTS.c.id).where(
            _ASSESSMENTS.c.request_id == _ADVICE.c.request_id, _ASSESSMENTS.c.state.not_in(UNDER_WAY)
        )
    )
    ways = (
        (_ADVICE, _ADVICE.c.state.in_(sorted(WITH_ADVISER)) & agreed & ~assessed),
        (
            _DISPUTES,
            (_DISPUTES.c.state == "open")
            & (
                (_DISPUTES.c.subject != "plan")
                | exists(
                    select(plan.c.id).where(
                        plan.c.id == _DISPUTES.c.subject_id,
                        plan.c.authority_id == _DISPUTES.c.authority_id,
                        plan.c.state != "ended",
                    )
                )
            ),
        ),
        (_ORDERS, _ORDERS.c.done_on.is_(None) & in_force(_ORDERS)),
        (_REASSESSMENTS, (_REASSESSMENTS.c.state == "pending") & in_force(_REASSESSMENTS)),
        (_REQUESTS, _REQUESTS.c.status.in_(sorted(OPEN)) & _REQUESTS.c.ended_on.is_(None) & ~began),
        (_ASSESSMENTS, _ASSESSMENTS.c.state.in_(UNDER_WAY) & ~disputed),
        (_PLANS, (_PLANS.c.state == "in_force") & ~open_review),
        (_PLANS, (_PLANS.c.state == "ceasing") & ~to_go_on),
        (
            _REVIEWS,
            _REVIEWS.c.state.in_(("due", "invited", "held", "reported", "amending"))
            & exists(
                select(_PLANS.c.id).where(_PLANS.c.id == _REVIEWS.c.plan_id, _PLANS.c.state == "in_force")
            ),
        ),
    )
    return _missing_alongside() + [
        select(table.c.pupil_id, table.c.authority_id)
        .where(condition, ~exists(select(DUTIES.c.id).where(DUTIES.c.subject_id == table.c.id)))
        .limit(AT_ONCE)
        for table, condition in ways
    ]


def _missing_alongside() -> list[Select[Any]]:
    """What the law wants at once, and nothing has on record: of requests that wait, and of section F."""

    def kept(subject: str, column: Any, row_id: Any) -> Any:
        return exists(select(DUTIES.c.id).where(DUTIES.c.subject == subject, column == row_id))

    told = exists(select(STEPS.c.id).where(STEPS.c.subject_id == _REQUESTS.c.id, STEPS.c.code.in_(_TOLD_BY)))
    waits = (
        (_REQUESTS.c.status == PENDING) & _REQUESTS.c.ended_on.is_(None) & _REQUESTS.c.reassesses.is_(None)
    )
    began = exists(select(_ASSESSMENTS.c.id).where(_ASSESSMENTS.c.request_id == _REQUESTS.c.id))
    check = checks.CHECKS.c
    asked = exists(
        select(check.id).where(
            check.plan_id == _PLANS.c.id, check.state == "open", check.occasion.in_(checks.FIRST)
        )
    )
    return [
        select(_REQUESTS.c.pupil_id, _REQUESTS.c.authority_id)
        .where(waits, ~began, ~told, ~kept(NOTICE, DUTIES.c.case_id, _REQUESTS.c.id))
        .limit(AT_ONCE),
        select(_PLANS.c.pupil_id, _PLANS.c.authority_id)
        .where(
            _PLANS.c.state.in_(("in_force", "ceasing")),
            asked,
            ~kept(PROVISION, DUTIES.c.plan_id, _PLANS.c.id),
        )
        .limit(AT_ONCE),
    ]
