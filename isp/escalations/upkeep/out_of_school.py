"""Children who are out of school, or there part of the time, and what the authority does about it.

Section 19 of the Education Act 1996: an authority arranges suitable education for a child of compulsory
school age who otherwise would not have any, because of illness, exclusion or otherwise. A school tells of a
child on its roll, which opens the authority's sight of the child as far as this goes; an officer adds one
whose case she has, and the sight is as wide. Then a decision, with a day on which it is looked at again,
until it is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate, ties
from isp.access.gate import Decision
from isp.access.policy import DIGEST, Permission, Standing
from isp.access.standing import CASE, CASELOAD
from isp.audit import Chain, Event, Unit
from isp.audit.unit import Denial
from isp.escalations import parties, sight
from isp.escalations.models import OutOfSchool
from isp.escalations.upkeep import doors, rules
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, NotFound
from isp.kernel.ids import new_id
from isp.notices.actions import tell
from isp.people.roles import Role
from isp.plans import queries as plans

CHILDREN = table_of(OutOfSchool)
TABLE = "out_of_school"
OPEN, DECIDED, CLOSED = "open", "decided", "closed"
PART_TIME = "part_time"
SORTS: Mapping[str, str] = {
    "illness": "Out of school because of illness",
    "exclusion": "Out of school because of an exclusion",
    "otherwise": "Out of school for another reason",
    PART_TIME: "On a part-time timetable",
}
DECISIONS: Mapping[str, str] = {
    "arrange": "The authority arranges education elsewhere or otherwise",
    "suitable": "What the child has now is suitable, so nothing more is arranged",
    "not_owed": "The child is not one for whom the authority must arrange education",
}
CLOSED_WHY: Mapping[str, str] = {
    "back": "Back in school full time",
    "moved": "On the roll of another school or setting",
    "too_old": "Past compulsory school age",
    "left": "Moved to another authority",
}
LONGEST = timedelta(weeks=12)
"""A decision is looked at again within a term."""
NO_AUTHORITY = (
    "No local authority is on record as responsible for this child. The school can add it on the pupil’s "
    "page, under “Local authority”. Then come back here."
)


def allowed(unit: Unit, row_id: UUID, permission: Permission, *, lock: bool = False) -> tuple[Any, Decision]:
    """The row and the decision that lets the actor do this with it. As ``doors.allowed_plan``."""
    query = select(CHILDREN).where(CHILDREN.c.id == row_id)
    row = unit.connection.execute(query.with_for_update(key_share=True) if lock else query).first()
    decision = gate.require(unit, permission, row.pupil_id if row is not None else row_id)
    if row is None:
        raise NotFound(gate.NO_PAGE)
    if decision.sources is not None and decision.organisation_id != row.authority_id:
        denial = Denial(permission.value, "another-case", ("pupil", row.pupil_id), policy=DIGEST)
        raise NotFound(gate.NO_PAGE, denial=denial)
    return row, decision


def open_of(unit: Unit, pupil_id: UUID) -> Any | None:
    """What is on record and not over of a pupil, or None. Says nothing of who may know."""
    c = CHILDREN.c
    query = select(CHILDREN).where(c.pupil_id == pupil_id, c.state.in_((OPEN, DECIDED)))
    return unit.connection.execute(query).first()


def report(unit: Unit, pupil_id: UUID, *, sort: str, since_on: date, hours: int | None, what: str) -> UUID:
    """Tell the authority responsible of a child who is out of school or there part of the time; its id.

    By the school, or by an authority that has a case of the child: what is told is the responsible one's,
    which may be another. ``hours``: a week, of a timetable.
    """
    may = gate.require(unit, Permission.OUT_OF_SCHOOL_REPORT, pupil_id)
    if open_of(unit, pupil_id) is not None:
        raise Conflict("This is on record already. Look at it in the list of children out of school.")
    authority = parties.responsible(unit, pupil_id)
    if authority is None:
        raise Conflict(NO_AUTHORITY)
    errors: dict[str, str] = {}
    if sort not in SORTS:
        errors["sort"] = "Choose how it is."
    rules.check_day(errors, "since_on", since_on, unit.today)
    if sort == PART_TIME and hours is None:
        errors["hours"] = "Say how many hours a week the child is in school."
    elif hours is not None and not 0 <= hours <= 40:
        errors["hours"] = "Give the hours of a week, from 0 to 40."
    rules.check_words(errors, what=(what, "Say what is known, and what the child has had since."))
    rules.refuse(errors)
    row_id, school_id = new_id(), parties.school_of(unit, pupil_id)
    unit.insert(
        OutOfSchool,
        id=row_id,
        pupil_id=pupil_id,
        authority_id=authority.id,
        school_id=school_id,
        sort=sort,
        since_on=since_on,
        hours=hours,
        state=OPEN,
        decision=None,
        decided_on=None,
        review_on=None,
        reviewed_on=None,
        closed_on=None,
        closed_why=None,
        opened_by=may.person_id,
        recorded_at=unit.now,
        sealed=doors.seal(unit, TABLE, row_id, pupil_id, 1, {"what": what.strip()}),
        row_version=1,
    )
    officer_id = _officer(unit, may, pupil_id, authority.id)
    # Whoever reports it: the sight that another case gives ends with that case, and this lasts longer.
    words = {"evidence": "Out of school, or part time: section 19, Education Act 1996"}
    common: dict[str, Any] = {"organisation_id": authority.id, "source_id": row_id, "words": words}
    ties.open_tie(unit, pupil_id, CASE, unit.today, **common)
    if officer_id is not None:
        ties.open_tie(unit, pupil_id, CASELOAD, unit.today, person_id=officer_id, **common)
    payload = {"what": what.strip(), "hours": hours}
    _record(unit, may, pupil_id, authority.id, row_id, "reported", since_on, payload)
    told = parties.holders(unit, authority.id, Role.AUTHORITY_MANAGER)
    if officer_id is not None and officer_id != may.person_id:
        told.append(officer_id)
    tell(unit, told, "out_of_school", pupil_id, about=row_id)
    return row_id


def _officer(unit: Unit, may: Decision, pupil_id: UUID, authority_id: UUID) -> UUID | None:
    """Who looks after it: the officer who reported it, of her own authority; else the one who has the child's
    case there, and where nobody has, the least busy.
    """
    if may.standing == Standing.OFFICER and may.organisation_id == authority_id:
        return may.person_id
    has_the_case = parties.officer_of(unit, authority_id, pupil_id)
    return has_the_case or parties.least_busy(unit, authority_id, pupil_id)


def decide(
    unit: Unit,
    row_id: UUID,
    *,
    decision: str,
    decided_on: date,
    review_on: date,
    reasons: str,
    shown: int | None = None,
) -> None:
    """Decide what the authority does, and when it looks at it again; a decision can be made anew."""
    row, may = allowed(unit, row_id, Permission.OUT_OF_SCHOOL_DECIDE, lock=True)
    doors.check_shown(row, shown)
    _check_open(row)
    errors: dict[str, str] = {}
    if decision not in DECISIONS:
        errors["decision"] = "Choose what is decided."
    rules.check_day(errors, "decided_on", decided_on, unit.today, (row.since_on, "it began"))
    _check_again(errors, review_on, decided_on)
    rules.check_words(errors, reasons=(reasons, "Say why. The family and the school read it."))
    rules.refuse(errors)
    words = {"reasons": reasons.strip()}
    doors.change(
        unit,
        OutOfSchool,
        row,
        words,
        state=DECIDED,
        decision=decision,
        decided_on=decided_on,
        review_on=review_on,
    )
    payload = words | {"decision": decision, "review_on": review_on.isoformat()}
    _record(unit, may, row.pupil_id, row.authority_id, row_id, "decided", decided_on, payload)
    _tell(unit, row)


def look_again(
    unit: Unit, row_id: UUID, *, on: date, review_on: date, found: str, shown: int | None = None
) -> None:
    """The decision was looked at again: what was found, and when the next time is."""
    row, may = allowed(unit, row_id, Permission.OUT_OF_SCHOOL_DECIDE, lock=True)
    doors.check_shown(row, shown)
    _check_open(row)
    if row.state != DECIDED:
        raise Conflict("Decide first what the authority does.")
    errors: dict[str, str] = {}
    rules.check_day(errors, "on", on, unit.today, (row.decided_on, "the decision"))
    _check_again(errors, review_on, on)
    rules.check_words(errors, found=(found, "Say what was found, and whether the decision stands."))
    rules.refuse(errors)
    doors.change(unit, OutOfSchool, row, {"found": found.strip()}, reviewed_on=on, review_on=review_on)
    payload = {"found": found.strip(), "review_on": review_on.isoformat()}
    _record(unit, may, row.pupil_id, row.authority_id, row_id, "reviewed", on, payload)
    _tell(unit, row)


def close(unit: Unit, row_id: UUID, *, on: date, why: str, shown: int | None = None) -> None:
    """It is over; what the authority saw through it alone, it sees to the end of today."""
    row, may = allowed(unit, row_id, Permission.OUT_OF_SCHOOL_DECIDE, lock=True)
    doors.check_shown(row, shown)
    _check_open(row)
    errors: dict[str, str] = {}
    if why not in CLOSED_WHY:
        errors["why"] = "Choose why it is over."
    rules.check_day(errors, "on", on, unit.today, (row.decided_on or row.since_on, "it began"))
    rules.refuse(errors)
    doors.change(unit, OutOfSchool, row, state=CLOSED, closed_on=on, closed_why=why)
    sight.let_ties_end(unit, row_id, unit.today)
    _record(unit, may, row.pupil_id, row.authority_id, row_id, "closed", on, {"why": why})
    _tell(unit, row)


def _check_open(row: Any) -> None:
    if row.state == CLOSED:
        raise Conflict("This is over and closed.")


def _check_again(errors: dict[str, str], review_on: date, since: date) -> None:
    if review_on <= since:
        errors["review_on"] = "The next look comes after this one."
    elif review_on > since + LONGEST:
        errors["review_on"] = "Look at it again within 12 weeks."


def _record(
    unit: Unit,
    may: Decision,
    pupil_id: UUID,
    authority_id: UUID,
    row_id: UUID,
    step: str,
    on: date,
    payload: Mapping[str, Any],
) -> None:
    obj = ("out_of_school", row_id)
    detail = {"step": step, "on": on.isoformat()}
    unit.record(may, Event.OUT_OF_SCHOOL_STEP, Chain.pupil(pupil_id), obj=obj, payload=payload, **detail)
    unit.record(may, Event.OUT_OF_SCHOOL_STEP, Chain.organisation(authority_id), obj=obj, **detail)


def _tell(unit: Unit, row: Any) -> None:
    told = plans.told_of(unit, row.pupil_id)
    school_id = parties.school_of(unit, row.pupil_id)  # that of today: one that he left is not concerned
    told += parties.holders(unit, school_id, Role.SENCO, Role.DEPUTY_SENCO, Role.HEAD)
    tell(unit, told, "out_of_school", row.pupil_id, about=row.id)
