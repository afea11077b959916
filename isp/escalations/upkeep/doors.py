"""The way to a plan or a review through the gate, and what every deed about one does: change, note, record.

A plan is reached through a standing towards its pupil; of an authority's people the tie must be that of the
plan's own authority, and come from the plan or from what led to it (``sources_of``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.audit.unit import MOVED_ON
from isp.ehcp import queries as ehcp
from isp.ehcp.models import AnnualReview, StatutoryPlan
from isp.ehcp.steps import StepCode, Subject, note_step
from isp.escalations import kept, parties
from isp.escalations.advice_models import AdviceRequest
from isp.escalations.models import Assessment
from isp.escalations.upkeep_clock import UNDER_WAY
from isp.kernel.db import table_of
from isp.kernel.keys import KeyOf
from isp.notices.actions import tell
from isp.people.roles import Role
from isp.plans import queries as plans

PLANS = table_of(StatutoryPlan)
REVIEWS = table_of(AnnualReview)
ASSESSMENTS, ADVICE = table_of(Assessment), table_of(AdviceRequest)


def allowed_plan(
    unit: Unit, plan_id: UUID, permission: Permission, *, lock: bool = False
) -> tuple[Any, Decision]:
    """The plan's row and the decision that lets the actor do this with it; as ``isp.ehcp.queries.allowed``.

    ``lock``: hold the row until the unit ends, so that what the rules see is what is changed.
    """
    return ehcp.allowed(unit, plan_id, permission, lock=lock)


def sources_of(unit: Unit, plan_id: UUID) -> frozenset[UUID]:
    """What a tie may come from to lead to this plan: the plan, its assessments and their requests."""
    a = ASSESSMENTS.c
    found = {plan_id}
    for row in unit.connection.execute(select(a.id, a.request_id).where(a.plan_id == plan_id)):
        found |= {one for one in row if one is not None}
    return frozenset(found)


def advice_of(unit: Unit, plan_id: UUID) -> dict[UUID, str]:
    """What was asked in the assessments that led to this plan: each request for advice by its letter."""
    a = ASSESSMENTS.c
    query = select(ADVICE.c.id, ADVICE.c.kind).join(
        ASSESSMENTS, or_(a.id == ADVICE.c.assessment_id, a.request_id == ADVICE.c.request_id)
    )
    return {row.id: row.kind for row in unit.connection.execute(query.where(a.plan_id == plan_id))}


ehcp.SOURCES.append(sources_of)
ehcp.ADVICE.append(advice_of)


def allowed_review(
    unit: Unit, review_id: UUID, permission: Permission, *, lock: bool = False
) -> tuple[Any, Any, Decision]:
    """The review's row, its plan's, and the decision. As ``allowed_plan``; ``lock`` holds both."""
    plan_id = unit.connection.scalar(select(REVIEWS.c.plan_id).where(REVIEWS.c.id == review_id))
    plan, decision = allowed_plan(unit, plan_id or review_id, permission, lock=lock)
    query = select(REVIEWS).where(REVIEWS.c.id == review_id)
    row = unit.connection.execute(query.with_for_update(key_share=True) if lock else query).one()
    return row, plan, decision


def under_way(unit: Unit, plan_id: UUID) -> Any | None:
    """The review of a plan that is under way, or None."""
    r = REVIEWS.c
    query = select(REVIEWS).where(r.plan_id == plan_id, r.state.in_(sorted(UNDER_WAY)))
    return unit.connection.execute(query).first()


place, seal, words_of, check_shown = kept.place, kept.seal, kept.words_of, kept.check_shown
"""What a plan's rooms do alike with their rows, by this one door as well."""


def key_of(pupil_id: UUID) -> KeyOf:
    """Under whose key such words lie."""
    return KeyOf.pupil(pupil_id)


def change(unit: Unit, model: Any, row: Any, words: Mapping[str, Any] | None = None, **values: Any) -> None:
    """Change a row and seal its words anew, with ``words`` added to them. Conflict where it has moved on."""
    name = table_of(model).name
    following = row.row_version + 1
    if "sealed" in table_of(model).c:
        held = words_of(unit, name, row) | dict(words or {})
        if held:
            values["sealed"] = seal(unit, name, row.id, row.pupil_id, following, held)
    where = {"id": row.id, "row_version": row.row_version}
    unit.change(model, where, MOVED_ON, **values, row_version=following)


def note(
    unit: Unit,
    may: Decision,
    plan: Any,
    code: StepCode,
    on: date,
    *,
    subject: Subject = Subject.PLAN,
    subject_id: UUID | None = None,
    words: Mapping[str, Any] | None = None,
    days_late: int | None = None,
    authority_id: UUID | None = None,
) -> None:
    """Note the step in the chronology, and record it on the pupil's chain and the authority's."""
    whose = authority_id or plan.authority_id
    by = unit.actor.person_id or may.person_id
    about = subject_id or plan.id
    if by is not None:
        note_step(unit, plan.pupil_id, whose, subject, about, code, on, by=by, words=words)
    detail: dict[str, Any] = {"step": code.value, "on": on.isoformat(), "days_late": days_late}
    obj = ("ehc_plan", plan.id)
    payload = {"about": str(about), **(words or {})}
    unit.record(may, Event.EHC_PLAN_STEP, Chain.pupil(plan.pupil_id), obj=obj, payload=payload, **detail)
    unit.record(may, Event.EHC_PLAN_STEP, Chain.organisation(whose), obj=obj, **detail)


def note_review(
    unit: Unit, may: Decision, plan: Any, row: Any, code: StepCode, on: date, **more: Any
) -> None:
    """The same of a step in a review of the plan; ``row``: the review's."""
    note(unit, may, plan, code, on, subject=Subject.REVIEW, subject_id=row.id, **more)


def tell_all(unit: Unit, plan: Any, school_id: UUID | None, kind: str = "ehc_plan_step") -> None:
    """Tell the family, the school and the officer that something has happened with the plan."""
    told = plans.told_of(unit, plan.pupil_id)
    told += parties.holders(unit, school_id, Role.SENCO, Role.DEPUTY_SENCO) if school_id else []
    told += [plan.officer_id] if plan.officer_id else []
    tell(unit, told, kind, plan.pupil_id, about=plan.id)
