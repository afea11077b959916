"""Somebody is away and a colleague covers; somebody has the day; somebody's whole caseload goes to another.

Cover opens ties for the days of the absence and nothing else: the case stays its officer's. A hand-over
moves every case: its officer, the ties, each recorded on the child's own chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update

from isp.access import gate, ties
from isp.access.gate import Decision
from isp.access.office import handing_over
from isp.access.policy import OrganisationPermission
from isp.audit import Chain, Event, Unit
from isp.audit.unit import MOVED_ON
from isp.ehcp.models import StatutoryPlan
from isp.escalations import covering, parties
from isp.escalations.covering import ABSENCES, COVER_TIES, DUTY_DAYS
from isp.escalations.keeping import follow
from isp.escalations.models import AssessmentRequest
from isp.escalations.stages import OPEN
from isp.escalations.work import rules
from isp.escalations.work_models import DutyDay, OfficerAbsence
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.notices.actions import tell

MANAGE = OrganisationPermission.WORK_MANAGE
_REQUESTS, _PLANS, _TIES = table_of(AssessmentRequest), table_of(StatutoryPlan), ties.TIES
_OPEN_PLAN = ("drafting", "draft_sent", "in_force", "ceasing")


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many cases passed on, and how many could not: the successor's own child, or a closed record."""

    cases: int
    left: int


def record_absence(
    unit: Unit, authority_id: UUID, person_id: UUID, covered_by: UUID, from_on: date, to_on: date
) -> UUID:
    """An officer is away, and a colleague sees his cases on those days; the absence's id. Raises Invalid."""
    decision = gate.require_in_organisation(unit, MANAGE, authority_id)
    rules.check_absence(
        person_id=person_id,
        covered_by=covered_by,
        from_on=from_on,
        to_on=to_on,
        today=unit.today,
        officers=parties.officers(unit, authority_id),
        others=covering.absences(unit, authority_id),
    )
    absence_id = new_id()
    values: dict[str, Any] = {
        "id": absence_id,
        "authority_id": authority_id,
        "person_id": person_id,
        "covered_by": covered_by,
        "from_on": from_on,
        "to_on": to_on,
    }
    unit.insert(
        OfficerAbsence,
        **values,
        made_at=unit.now,
        made_by=decision.person_id,
        ended_at=None,
        ended_by=None,
    )
    held = covering.caseload_of(unit, authority_id, person_id)
    already = covering.covers(unit, (tie.id for tie in held))
    closed = covering.barred(unit, covered_by)
    count = 0
    unit.keys.fetch([KeyOf.pupil(tie.pupil_id) for tie in held])
    for tie in held:
        # Whom he covers for himself is a matter of that absence, and goes no further.
        if tie.id in already or tie.pupil_id in closed:
            continue
        words = ties.words_of(unit, tie.pupil_id, tie.id, tie.sealed) or None
        opened = covering.cover_tie(unit, SimpleNamespace(**values), tie, words)
        if opened is not None:
            count += 1
            _record_tie(unit, decision, Event.TIE_OPENED, tie.pupil_id, opened, from_on, to_on)
    unit.record(
        decision,
        Event.ABSENCE_COVERED,
        Chain.organisation(authority_id),
        obj=("person", person_id),
        person=str(person_id),
        covered_by=str(covered_by),
        to=to_on.isoformat(),
        count=count,
        **{"from": from_on.isoformat()},
    )
    tell(unit, [covered_by], "work_given")
    return absence_id


def end_absence(unit: Unit, absence_id: UUID) -> None:
    """The officer is back, or it was not so: the cover ends at once. NotFound where there is none."""
    row = unit.connection.execute(
        select(ABSENCES).where(ABSENCES.c.id == absence_id).with_for_update()
    ).first()
    if row is None:
        raise NotFound(gate.NO_PAGE)
    decision = gate.require_in_organisation(unit, MANAGE, row.authority_id)
    if row.ended_at is not None or row.to_on < unit.today:
        raise Conflict("This absence is over already.")
    where = {"id": absence_id, "ended_at": None}
    unit.change(OfficerAbsence, where, MOVED_ON, ended_at=unit.now, ended_by=decision.person_id)
    held = select(_TIES).join(COVER_TIES, COVER_TIES.c.tie_id == _TIES.c.id)
    for tie in unit.connection.execute(
        held.where(COVER_TIES.c.absence_id == absence_id, _TIES.c.ended_at.is_(None))
    ).all():
        ties.end_tie(unit, tie.id)
        _record_end(unit, decision, tie, "cover_ended")
    unit.record(
        decision,
        Event.ABSENCE_ENDED,
        Chain.organisation(row.authority_id),
        obj=("person", row.person_id),
        person=str(row.person_id),
        covered_by=str(row.covered_by),
    )


def set_duty(unit: Unit, authority_id: UUID, on_day: date, person_id: UUID) -> None:
    """This officer takes the new requests of a day, in place of whoever had it. Raises Invalid."""
    decision = gate.require_in_organisation(unit, MANAGE, authority_id)
    able = parties.officers(unit, authority_id)
    rules.check_duty(person_id=person_id, on_day=on_day, today=unit.today, officers=able)
    mine = (DUTY_DAYS.c.authority_id == authority_id) & (DUTY_DAYS.c.on_day == on_day)
    row = unit.connection.execute(select(DUTY_DAYS).where(mine)).first()
    if row is None:
        unit.insert(
            DutyDay,
            id=new_id(),
            authority_id=authority_id,
            on_day=on_day,
            person_id=person_id,
            made_at=unit.now,
            made_by=decision.person_id,
            row_version=1,
        )
    else:
        where = {"id": row.id, "row_version": row.row_version}
        changed = {"person_id": person_id, "made_at": unit.now, "made_by": decision.person_id}
        unit.change(DutyDay, where, MOVED_ON, **changed, row_version=row.row_version + 1)
    unit.record(
        decision,
        Event.DUTY_SET,
        Chain.organisation(authority_id),
        obj=("person", person_id),
        person=str(person_id),
        on=on_day.isoformat(),
    )
    tell(unit, [person_id], "work_given")


def duty_days(unit: Unit, authority_id: UUID) -> list[Any]:
    """The duty days from today on that were given to somebody."""
    query = select(DUTY_DAYS).where(
        DUTY_DAYS.c.authority_id == authority_id, DUTY_DAYS.c.on_day >= unit.today
    )
    return list(unit.connection.execute(query.order_by(DUTY_DAYS.c.on_day).limit(60)))


def hand_over_caseload(unit: Unit, authority_id: UUID, leaver_id: UUID, successor_id: UUID) -> HandedOver:
    """Every case of an officer becomes a colleague's: requests, assessments, plans, reviews, with their ties.

    Raises Invalid for a successor who cannot, Conflict where there is nothing. What the successor must not
    see stays where it is, and is counted: it has to be given to somebody else.
    """
    decision = gate.require_in_organisation(unit, MANAGE, authority_id)
    held = covering.caseload_of(unit, authority_id, leaver_id)
    covers = covering.covers(unit, (tie.id for tie in held))
    own = [tie for tie in held if tie.id not in covers]
    able = parties.officers(unit, authority_id)
    rules.check_hand_over(leaver_id=leaver_id, successor_id=successor_id, officers=able, cases=len(own))
    closed = covering.barred(unit, successor_id)
    passing = [tie for tie in own if tie.pupil_id not in closed]
    theirs = covering.caseload_of(unit, authority_id, successor_id)
    for_a_time = covering.covers(unit, (tie.id for tie in theirs))
    already = {(tie.pupil_id, tie.source_id) for tie in theirs if tie.id not in for_a_time}
    unit.keys.fetch([KeyOf.pupil(tie.pupil_id) for tie in passing])
    for tie in passing:
        ties.end_tie(unit, tie.id)
        _record_end(unit, decision, tie, "handed_over")
        if (tie.pupil_id, tie.source_id) in already:
            continue
        words = ties.words_of(unit, tie.pupil_id, tie.id, tie.sealed) or None
        first = max(tie.valid_from, unit.today)
        opened = ties.open_tie(
            unit,
            tie.pupil_id,
            tie.kind,
            first,
            valid_to=tie.valid_to,
            organisation_id=authority_id,
            person_id=successor_id,
            source_id=tie.source_id,
            words=words,
        )
        covering.cover_what_was_opened(unit, opened, words)
        _record_tie(unit, decision, Event.TIE_OPENED, tie.pupil_id, opened, first, tie.valid_to)
    _end_covers(unit, decision, authority_id, leaver_id, {(tie.pupil_id, tie.source_id) for tie in passing})
    pass_on(unit, decision, authority_id, leaver_id, successor_id, except_pupils=closed)
    unit.record(
        decision,
        Event.WORK_HANDED_OVER,
        Chain.organisation(authority_id),
        Chain.person(leaver_id),
        Chain.person(successor_id),
        obj=("person", leaver_id),
        to=str(successor_id),
        count=len(passing),
        **{"from": str(leaver_id)},
    )
    tell(unit, [successor_id], "work_given")
    return HandedOver(len(passing), len(own) - len(passing))


def _end_covers(
    unit: Unit, decision: Decision, authority_id: UUID, leaver_id: UUID, passed: set[tuple[UUID, UUID | None]]
) -> None:
    """Whoever covered for the leaver sees what was passed on no longer: it is another's now."""
    ids = [row.id for row in covering.absences(unit, authority_id, person_id=leaver_id)]
    query = select(_TIES).join(COVER_TIES, COVER_TIES.c.tie_id == _TIES.c.id)
    query = query.where(COVER_TIES.c.absence_id.in_(ids), _TIES.c.ended_at.is_(None))
    for tie in unit.connection.execute(query).all() if ids else ():
        if (tie.pupil_id, tie.source_id) in passed:
            ties.end_tie(unit, tie.id)
            _record_end(unit, decision, tie, "handed_over")


def pass_on(
    unit: Unit,
    decision: Decision,
    authority_id: UUID,
    leaver_id: UUID,
    successor_id: UUID,
    except_pupils: frozenset[UUID] = frozenset(),
) -> None:
    """The officer named on requests and plans becomes the successor, and each case says so.

    Ties are the caller's. An assessment goes by its request, a review by its plan.
    """
    r, p = _REQUESTS.c, _PLANS.c
    live = or_(r.status.in_(sorted(OPEN)), r.sight_until >= unit.today, r.appealed_on.is_not(None))
    ways = (
        (_REQUESTS, live & r.ended_on.is_(None), "assessment"),
        (_PLANS, p.state.in_(_OPEN_PLAN), "statutory_plan"),
    )
    for table, still, kind in ways:
        mine = (table.c.authority_id == authority_id) & (table.c.officer_id == leaver_id) & still
        rows = [
            row
            for row in unit.connection.execute(select(table.c.id, table.c.pupil_id).where(mine)).all()
            if row.pupil_id not in except_pupils
        ]
        for start in range(0, len(rows), 500):
            ids = [row.id for row in rows[start : start + 500]]
            unit.connection.execute(update(table).where(table.c.id.in_(ids)).values(officer_id=successor_id))
        for row in rows:
            obj, officer = (kind, row.id), str(successor_id)
            chains = (Chain.pupil(row.pupil_id), Chain.organisation(authority_id))
            unit.record(decision, Event.OFFICER_ASSIGNED, *chains, obj=obj, officer=officer)
            follow(unit, row.pupil_id, authority_id)


def _with_a_leaver(
    unit: Unit, decision: Decision, authority_id: UUID, leaver_id: UUID, successor_id: UUID
) -> None:
    """The same of whoever leaves. What the successor must not be given stays with the leaver's name."""
    closed = covering.barred(unit, successor_id)
    pass_on(unit, decision, authority_id, leaver_id, successor_id, except_pupils=closed)


handing_over.ALSO_HANDED_OVER.append(_with_a_leaver)


def _record_end(unit: Unit, decision: Decision, tie: Any, why: str) -> None:
    chain = Chain.pupil(tie.pupil_id)
    unit.record(decision, Event.TIE_ENDED, chain, obj=("tie", tie.id), kind=tie.kind, why=why)


def _record_tie(
    unit: Unit, decision: Decision, event: Event, pupil_id: UUID, tie_id: UUID, first: date, last: date | None
) -> None:
    unit.record(
        decision,
        event,
        Chain.pupil(pupil_id),
        obj=("tie", tie_id),
        kind="caseload",
        to=last.isoformat() if last else None,
        **{"from": first.isoformat()},
    )
