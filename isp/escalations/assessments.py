"""The row of an assessment, read and written: what the deeds of its course share. Callers passed the gate."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.audit import Unit
from isp.audit.unit import MOVED_ON
from isp.ehcp.models import StatutoryPlan
from isp.escalations import course as courses
from isp.escalations import deadlines, kept
from isp.escalations.course import DAYS, Course, Ordered, course_of
from isp.escalations.deadlines import Circumstance
from isp.escalations.models import Assessment, AssessmentRequest
from isp.escalations.references import reference
from isp.escalations.stages import Stage, Standpoint, standpoint
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.records import versions

ASSESSMENTS = table_of(Assessment)
PLANS = table_of(StatutoryPlan)
REQUESTS = table_of(AssessmentRequest)
NONE_BEGUN = "No assessment has begun in this case. The authority decides first whether to assess."
OPEN_PLAN = ("drafting", "draft_sent", "in_force", "ceasing")


def place(assessment_id: UUID, row_version: int) -> Place:
    """Where an assessment's words lie."""
    return Place("assessment", "sealed", assessment_id, row_version)


def words_of(unit: Unit, row: Any) -> dict[str, Any]:
    """An assessment's words: of the test of section 37, necessary and test_reasons; empty before it."""
    return kept.words_of(unit, "assessment", row)


def of_request(unit: Unit, request_id: UUID) -> Any | None:
    """The assessment that followed a request, with its plan's next review; or None."""
    return of_requests(unit, [request_id]).get(request_id)


def of_requests(unit: Unit, request_ids: Iterable[UUID]) -> Mapping[UUID, Any]:
    """The assessments of these requests, by request: one statement for a list."""
    wanted = sorted(set(request_ids))
    if not wanted:
        return {}
    query = (
        select(
            ASSESSMENTS,
            PLANS.c.review_due_on,
            PLANS.c.state.label("plan_state"),
        )
        .join(PLANS, PLANS.c.id == ASSESSMENTS.c.plan_id, isouter=True)
        .where(ASSESSMENTS.c.request_id.in_(wanted))
    )
    return {row.request_id: row for row in unit.connection.execute(query)}


def standpoint_of(
    request: Any, row: Any | None, today: date, told: Collection[Circumstance] = ()
) -> Standpoint:
    """Where a case stands, from the row of its request and that of its assessment, if one has begun."""
    if row is None:
        return standpoint(request, today, told)
    if row.plan_state == "ended":
        return Standpoint(Stage.PLAN_MADE, None, "nobody")
    return standpoint(request, today, told, course_of(row), row.review_due_on)


def needed(unit: Unit, request_id: UUID) -> Any:
    """The assessment of a request that must have one, for a deed. Raises Conflict where none has begun."""
    found = of_request(unit, request_id)
    if found is None:
        raise Conflict(NONE_BEGUN)
    return found


def open_one(unit: Unit, request: Any, begun_on: date, ordered: Ordered | None = None) -> UUID:
    """The assessment that follows from a request; gives its id. Of an order: the family is to be told yet."""
    begun = courses.begin(
        request.received_on, begun_on, ordered=ordered, told=ordered is None, rules=request.rules
    )
    return insert(
        unit,
        begun,
        pupil_id=request.pupil_id,
        authority_id=request.authority_id,
        request_id=request.id,
        plan_id=None,
        kind="first",
        rules=begun.rules,
        decided_by=None,
    )


_TO_COME = (
    "to_issue_on",
    "draft_sent_on",
    "answers_until",
    "answered_on",
    "outcome_on",
    "certificate_on",
    "appealed_on",
    "appeal_closed_on",
    "days_late",
    "days_unexcused",
    "excused",
    "moved_to",
    "sealed",
)


def insert(unit: Unit, begun: Course, **values: Any) -> UUID:
    """The row of an assessment that has begun and of which nothing else has happened; gives its id."""
    made = new_id()
    unit.insert(
        Assessment,
        **dict.fromkeys(_TO_COME),
        **values,
        id=made,
        clock_from=begun.clock_from,
        order_on=begun.order_on,
        ordered=begun.ordered.value if begun.ordered else None,
        begun_on=begun.begun_on,
        told_on=begun.told_on,
        state=begun.state.value,
        recorded_at=unit.now,
        row_version=1,
    )
    return made


def open_plan(unit: Unit, request: Any) -> UUID:
    """The plan that is going to be drafted: its row, without a word in it yet. Conflict where one is open."""
    c = PLANS.c
    query = select(c.id).where(c.pupil_id == request.pupil_id, c.state.in_(OPEN_PLAN))
    if unit.connection.execute(query).first() is not None:
        raise Conflict(
            "There is an EHC plan for this child already, being drafted or in force. There is one at a time."
        )
    plan_id = new_id()
    unit.insert(
        StatutoryPlan,
        id=plan_id,
        reference=_reference(unit),
        pupil_id=request.pupil_id,
        authority_id=request.authority_id,
        record_id=None,
        officer_id=request.officer_id,
        origin="here",
        from_authority=None,
        transferred_on=None,
        state="drafting",
        draft_sent_on=None,
        first_made_on=None,
        made_on=None,
        last_review_on=None,
        review_due_on=None,
        phase_transfer=None,
        phase_transfer_year=None,
        residential=None,
        work_based=None,
        personal_budget=False,
        organised_arrangements=False,
        direct_payments=None,
        cease_decided_on=None,
        ended_on=None,
        ended_reason=None,
        days_late=None,
        days_unexcused=None,
        excused=None,
        sealed=None,
        recorded_at=unit.now,
        row_version=1,
    )
    return plan_id


def plan_of(unit: Unit, row: Any) -> Any | None:
    """The row of the plan that an assessment leads to, or None."""
    if row.plan_id is None:
        return None
    return unit.connection.execute(select(PLANS).where(PLANS.c.id == row.plan_id)).first()


def draft_sent(unit: Unit, row: Any) -> int | None:
    """The number of the newest version of the plan that an assessment leads to, or None."""
    plan = plan_of(unit, row)
    if plan is None or plan.record_id is None:
        return None
    found = versions.page(unit, plan.record_id, limit=1, withdrawn_too=False)
    return found[0].number if found else None


def plan_now(unit: Unit, plan_id: UUID) -> Any:
    """The row of a plan as this deed has left it so far."""
    return unit.connection.execute(select(PLANS).where(PLANS.c.id == plan_id)).one()


def change_plan(unit: Unit, plan: Any, **values: Any) -> None:
    """Write codes and dates of a plan's row; Conflict where somebody else was there first."""
    following = plan.row_version + 1
    sealed = plan.sealed
    if sealed is not None:
        key = KeyOf.pupil(plan.pupil_id)
        words = unit.keys.open(key, Place("statutory_plan", "sealed", plan.id, plan.row_version), sealed)
        sealed = unit.keys.seal(key, Place("statutory_plan", "sealed", plan.id, following), words)
    where = {"id": plan.id, "row_version": plan.row_version}
    unit.change(StatutoryPlan, where, MOVED_ON, **values, sealed=sealed, row_version=following)


def _reference(unit: Unit) -> str:
    while True:
        found = reference(unit.today, "PLAN")
        if unit.connection.scalar(select(PLANS.c.id).where(PLANS.c.reference == found)) is None:
            return found


def save(unit: Unit, row: Any, after: Course, words: Mapping[str, Any] | None = None, **more: Any) -> None:
    """Write what a deed made of the course; Conflict where somebody else was there first.

    ``words``: in place of those there are. ``more``: columns that the course does not speak of.
    """
    following = row.row_version + 1
    said = dict(words) if words is not None else words_of(unit, row)
    key = KeyOf.pupil(row.pupil_id)
    unit.change(
        Assessment,
        {"id": row.id, "row_version": row.row_version},
        MOVED_ON,
        state=after.state.value,
        clock_from=after.clock_from,
        begun_on=after.begun_on,
        order_on=after.order_on,
        ordered=after.ordered.value if after.ordered else None,
        **{name: getattr(after, name) for name in DAYS},
        **({"rules": after.rules} | more),
        sealed=unit.keys.seal(key, place(row.id, following), said) if said else None,
        row_version=following,
    )


def counted(after: Course, told: Collection[Circumstance]) -> dict[str, Any]:
    """How late an outcome was, to be kept with it: days, whether an exception was made of it, and the rules.

    An exception is one that is on record for any date of the case, whether or not the last one needed it:
    so the yearly return asks for it (item 3.7), and so the published figures leave it out.
    """
    late, unexcused = courses.days(after, told)
    return {
        "days_late": late,
        "days_unexcused": unexcused,
        "excused": bool(told),
        "rules": after.rules or deadlines.rules_on(after.start).version,
    }


def seal(unit: Unit, pupil_id: UUID, table: str, row_id: UUID, words: Mapping[str, Any] | None) -> Any:
    """Words about a child for a new row of a table; None where there are none."""
    if not words:
        return None
    return kept.seal(unit, table, row_id, pupil_id, 1, words)
