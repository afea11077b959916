"""What is due beside the course of a case: disputes, their orders, requests to assess anew, moves. Pure.

Each has its own row and its own day; none is a state of the case. A row that asks for nothing any more has no
duty.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from isp.escalations import advice_rules, deadlines
from isp.escalations.deadlines import Act, Circumstance, moved
from isp.escalations.duty import (
    ADVICE,
    ADVISER,
    AUTHORITY,
    COLLEGE,
    DISPUTE,
    FAMILY,
    HEALTH,
    HEALTH_BODY,
    MEDIATOR,
    MOVE,
    ORDER,
    REASSESSMENT,
    TRIBUNAL,
    Duty,
    dated,
)

_DAY = timedelta(days=1)
UNDER_WAY = ("advising", "drafting", "draft_sent")
"""The states of an assessment in which it runs."""
_IN_FORCE = frozenset({"in_force", "ceasing"})


@dataclass(frozen=True, slots=True)
class Beside:
    """The rows of one child at one authority that run beside its requests, assessments, plans and reviews."""

    disputes: Sequence[Any] = ()
    orders: Sequence[Any] = ()
    reassessments: Sequence[Any] = ()
    moves: Sequence[Any] = ()
    colleges: Sequence[Any] = ()
    health: Sequence[Any] = ()
    advice: Sequence[Any] = ()
    ceasing: Mapping[UUID, Any] = field(default_factory=dict)
    """By plan: the row of its end, where that is decided."""
    year_group: str | None = None
    """Of the child today, which tells a change of phase where nobody has set one."""
    told: Mapping[UUID, Collection[Circumstance]] = field(default_factory=dict)
    """By plan: what excuses the dates that run about it."""
    noticed: Collection[UUID] = ()
    """The requests about which those concerned have been told that an assessment is considered."""
    settings: Sequence[Any] = ()
    checks: Sequence[Any] = ()
    """Open checks of section F that a plan or a change of setting gave the occasion for."""
    owed: Collection[UUID] = ()
    """The plans of which something in section F was last found not to be given in full."""
    born_on: date | None = None
    closing: Mapping[UUID, date] = field(default_factory=dict)
    """By school: its last day, where it closes."""
    placed: Mapping[UUID, datetime] = field(default_factory=dict)
    """By plan: when it was recorded that the child attends another setting until the plan is amended."""


def of_advice(
    rows: Beside, requests: Sequence[Any], assessments: Sequence[Any], told: Collection[Circumstance]
) -> list[Duty]:
    """Of each advice that was asked for and is not in: who was asked gives it, and the officer chases.

    While the assessment runs that it is for. Regulation 8(1) binds whom the authority asks for help, and not
    the family, whose own time it is. ``told``: what moves the dates of the newest of ``requests``.
    """
    over = {row.request_id for row in assessments if row.state not in UNDER_WAY}
    asked = {row.id: row for row in requests if row.status == "agreed" and row.ended_on is None}
    newest = requests[-1].id if requests else None
    found = []
    for row in rows.advice:
        request = asked.get(row.request_id)
        if request is None or row.request_id in over or row.state not in advice_rules.WITH_ADVISER:
            continue
        due = advice_rules.due(row.asked_on, row.rules, told if request.id == newest else ())
        found.append(
            Duty(
                ADVICE,
                row.id,
                stage=f"advice_{row.state}",
                turn=FAMILY if row.kind == "a" else ADVISER,
                case_id=request.id,
                officer_id=request.officer_id,
                reference=request.reference,
                **dated(due),
            )
        )
    return found


def of_dispute(
    row: Any, others: Collection[Any], today: date, version: str, sent_on: date | None = None
) -> Duty | None:
    """Of a mediation or an appeal. ``others``: the disputes of the same child; ``version``: of the limits
    that it keeps; ``sent_on``: when the letter with the decision was sent.
    """
    common: dict[str, Any] = {"subject": DISPUTE, "subject_id": row.id}
    if row.state == "closed":
        # What was ordered about a plan has a row of its own; what turned the case goes by its course.
        if row.order_due_on is None or row.order_done_on is not None:
            return None
        due = {"due_on": row.order_due_on, "act": Act.AGREEMENT.value}
        return Duty(**common, **due, stage="agreed", turn=AUTHORITY)
    if row.told_result is not None:
        # The family says that it has ended; nothing follows from that until the authority has confirmed it.
        return Duty(**common, **dated(None), stage="outcome_told", turn=AUTHORITY)
    if row.kind == "appeal":
        if row.hearing_on is not None:
            due = {"due_on": row.hearing_on, "act": None}
            return Duty(**common, **due, stage="appeal_hearing", turn=TRIBUNAL)
        if row.answered_on is not None:
            return Duty(**common, **dated(None), stage="appeal_hearing", turn=TRIBUNAL)
        due = {"due_on": row.response_due_on or row.asked_on, "act": Act.RESPOND.value}
        return Duty(**common, **due, stage="appeal_answer", turn=AUTHORITY)
    return _of_mediation(row, common, others, today, version, sent_on)


def _of_mediation(
    row: Any, common: dict[str, Any], others: Collection[Any], today: date, version: str, sent_on: date | None
) -> Duty:
    """The mediation, its certificate, the family's time to appeal with it, and then its end on record."""
    if row.certificate_on is None:
        return _to_the_certificate(row, common, today, version)
    appealed = any(
        one.kind == "appeal" and one.about == row.about and one.asked_on >= row.asked_on for one in others
    )
    limit = deadlines.appeal_due(
        deadlines.counts_from(row.decision_on, sent_on), row.certificate_on, version=version
    )
    if appealed or limit.on < today:
        return Duty(**common, **dated(None), stage="mediation_over", turn=AUTHORITY)
    return Duty(**common, **dated(limit), stage="mediation_appeal", turn=FAMILY, turns_on=limit.on + _DAY)


def _to_the_certificate(row: Any, common: dict[str, Any], today: date, version: str) -> Duty:
    """The mediation and its certificate: three working days from its end, from the last of its thirty days
    where it was not held in them, or from when the adviser was told that none is wanted.
    """
    if row.wanted is False:
        due = deadlines.due(Act.CERTIFICATE_UNWANTED, row.asked_on, version=version)
        return Duty(**common, **dated(due), stage="mediation_unwanted", turn=MEDIATOR)
    if row.held_on is not None:
        due = deadlines.due(Act.CERTIFICATE_HELD, row.held_on, version=version)
        return Duty(**common, **dated(due), stage="mediation_held", turn=MEDIATOR)
    last = deadlines.due(Act.MEDIATE, row.asked_on, version=version)
    if last.on < today:
        due = deadlines.due(Act.CERTIFICATE_NOT_HELD, last.on, version=version)
        return Duty(**common, **dated(due), stage="mediation_not_held", turn=MEDIATOR)
    return Duty(**common, **dated(last), stage="mediation", turn=AUTHORITY, turns_on=last.on + _DAY)


def of_plans(plans: Mapping[UUID, Any], rows: Beside, today: date) -> list[tuple[Duty, Any]]:
    """What is due about the plans of this authority beside their reviews, each with its plan's row."""
    found = [
        (held, plans[row.plan_id])
        for row, held in (
            *((row, of_order(row, rows.told.get(row.plan_id, ()))) for row in rows.orders),
            *(
                (row, of_reassessment(row, today, _certified(row, rows)))
                for row in rows.reassessments
                if not _is_answered_for(row, rows)
            ),
            *((row, of_college(row)) for row in rows.colleges),
            *((row, of_health(row)) for row in rows.health),
        )
        if held is not None and row.plan_id in plans
    ]
    for row in rows.moves:
        plan = plans.get(row.plan_id)
        moving = of_move(row, plan.authority_id) if plan is not None else None
        if moving is not None:
            found.append((moving, plan))
    return [one for one in found if one[1].state in _IN_FORCE]


def of_order(row: Any, told: Collection[Circumstance]) -> Duty | None:
    """Of what was ordered, conceded or agreed about a plan (regulations 42, 44 and 45)."""
    if row.done_on is not None:
        return None
    due = moved(deadlines.due(Act(row.act), row.from_on, version=row.rules), row.from_on, told)
    return Duty(ORDER, row.id, stage="ordered", turn=AUTHORITY, **dated(due))


_TURNED = frozenset({"reassess", "conceded", "agreement"})


def _is_answered_for(row: Any, rows: Beside) -> bool:
    """Whether the refusal to assess again has been appealed against, or turned: the family waits."""
    return row.state == "refused" and any(
        one.subject_id == row.plan_id
        and one.about == "reassess"
        and one.decision_on == row.decided_on
        and (one.kind == "appeal" or one.result in _TURNED)
        for one in rows.disputes
    )


def _certified(row: Any, rows: Beside) -> date | None:
    """The newest mediation certificate about the refusal to assess again, from the disputes of its plan."""
    days = [
        one.certificate_on
        for one in rows.disputes
        if one.subject_id == row.plan_id and one.about == "reassess" and one.decision_on == row.decided_on
    ]
    return max((day for day in days if day is not None), default=None)


def of_reassessment(row: Any, today: date, certificate_on: date | None = None) -> Duty | None:
    """Of a request to assess again: the answer (regulation 25(1)), and after a no the time to appeal."""
    if row.state == "pending":
        due = deadlines.due(Act.REASSESS, row.received_on, version=row.rules)
        return Duty(REASSESSMENT, row.id, stage="reassessment_asked", turn=AUTHORITY, **dated(due))
    if row.state != "refused" or row.decided_on is None:
        return None
    version = row.rules or deadlines.rules_on(row.received_on).version
    start = deadlines.counts_from(row.decided_on, row.notice_on)
    limit = deadlines.appeal_due(start, certificate_on, version=version)
    if limit.on < today:
        return None
    return Duty(
        REASSESSMENT,
        row.id,
        stage="reassessment_refused",
        turn=FAMILY,
        lapses_on=limit.on,
        turns_on=limit.on + _DAY,
        **dated(limit),
    )


def of_move(row: Any, authority_id: UUID) -> Duty | None:
    """Of a move to another authority: the plan goes over, then the family is told (regulation 15)."""
    if row.called_off_at is not None:
        return None
    if row.transferred_on is None:
        due = {"due_on": row.due_on, "act": Act.TRANSFER.value}
        return Duty(MOVE, row.id, stage="moving", turn=AUTHORITY, **due)
    if row.to_authority_id != authority_id or row.told_on is not None:
        return None
    version = deadlines.rules_on(row.known_on).version
    told = deadlines.due(Act.TELL_AFTER_TRANSFER, row.transferred_on, version=version)
    return Duty(MOVE, row.id, stage="moved_in", turn=AUTHORITY, **dated(told))


def of_college(row: Any) -> Duty | None:
    """Of a move between post-16 institutions: the plan names the new one five months before (reg 18(2))."""
    if row.named_on is not None or row.called_off_at is not None:
        return None
    due = {"due_on": row.due_on, "act": Act.POST_16_MOVE.value}
    return Duty(COLLEGE, row.id, stage="college_move", turn=AUTHORITY, **due)


def of_health(row: Any) -> Duty | None:
    """Of a change of the responsible health body: the old one tells the new one (regulation 16)."""
    if row.told_on is not None or row.called_off_at is not None:
        return None
    due = {"due_on": row.due_on, "act": Act.HEALTH_BODY.value}
    return Duty(HEALTH_BODY, row.id, stage="health_body", turn=HEALTH, **due)
