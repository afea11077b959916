"""A young person moves to another college, and another health body becomes responsible: the authority stays.

Regulation 18(2): between post-16 institutions the plan is reviewed and amended, and names the new one, at
least five months before the move. Regulation 16: the old health body tells the new one on the day of the
change, or within 15 working days beginning with the day on which it knew.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.policy import Permission
from isp.audit import Unit
from isp.ehcp import agreeing
from isp.ehcp import rules as rules_of_content
from isp.ehcp.steps import StepCode
from isp.escalations import deadlines, parties
from isp.escalations import upkeep_clock as clock
from isp.escalations.deadlines import Act
from isp.escalations.models import CollegeMove, HealthBodyChange
from isp.escalations.upkeep import doors, reassessing, reviewing, rules
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict
from isp.kernel.ids import new_id
from isp.kernel.workdays import months_after
from isp.register import pupils

COLLEGES, HEALTH = table_of(CollegeMove), table_of(HealthBodyChange)
ARRANGES, REVIEW, REASSESS = "arranges", "review", "reassess"
ANSWERS: Mapping[str, str] = {
    ARRANGES: "It arranges the health care that the plan says",
    REVIEW: "It cannot, and asks for a review of the plan",
    REASSESS: "It cannot, and asks for a re-assessment",
}
SIXTEEN = 16
NAME_LIMIT = 200


def open_college_move(unit: Unit, plan_id: UUID) -> Any | None:
    """The move to another college that the plan does not name yet, or None. Says nothing of who may know."""
    c = COLLEGES.c
    query = select(COLLEGES).where(c.plan_id == plan_id, c.named_on.is_(None), c.called_off_at.is_(None))
    return unit.connection.execute(query).first()


def open_change(unit: Unit, plan_id: UUID) -> Any | None:
    """The change of the health body of which the new one has not been told yet, or None."""
    c = HEALTH.c
    query = select(HEALTH).where(c.plan_id == plan_id, c.told_on.is_(None), c.called_off_at.is_(None))
    return unit.connection.execute(query).first()


# -- to another college ------------------------------------------------------------------------------------


def announce_college(unit: Unit, plan_id: UUID, *, to: str, known_on: date, moves_on: date) -> UUID:
    """The young person moves to another post-16 institution: which, when, and since when it is known.

    Gives the move's id. The plan names the institution five months before, also where that day is past.
    """
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    rules.check_in_force(plan)
    if open_college_move(unit, plan_id) is not None:
        raise Conflict("A move to another college is on record already. Record its end, or call it off.")
    errors: dict[str, str] = {}
    rules.check_day(errors, "known_on", known_on, unit.today)
    _check_name(errors, to=(to, "Say which college or other institution."))
    if months_after(pupils.name(unit, plan.pupil_id).born_on, 12 * SIXTEEN) > moves_on:
        errors["moves_on"] = (
            "Nobody under 16 moves between post-16 institutions. Say instead when the child changes phase."
        )
    elif abs((moves_on - known_on).days) > 730:
        errors["moves_on"] = "This is more than two years from the day it was known. Check the year."
    rules.refuse(errors)
    # The day lies before the move itself: the rules are those of the day on which it became known.
    version = deadlines.rules_on(known_on).version
    due = deadlines.due(Act.POST_16_MOVE, moves_on, version=version)
    move_id = new_id()
    words = {"to": to.strip()}
    unit.insert(
        CollegeMove,
        id=move_id,
        plan_id=plan_id,
        pupil_id=plan.pupil_id,
        authority_id=plan.authority_id,
        known_on=known_on,
        moves_on=moves_on,
        due_on=due.on,
        named_on=None,
        days_late=None,
        called_off_at=None,
        recorded_at=unit.now,
        sealed=doors.seal(unit, COLLEGES.name, move_id, plan.pupil_id, 1, words),
        row_version=1,
    )
    said = words | {"moves_on": moves_on.isoformat(), "due_on": due.on.isoformat()}
    doors.note(unit, may, plan, StepCode.COLLEGE_MOVE_KNOWN, known_on, words=said)
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))
    return move_id


def record_named(unit: Unit, plan_id: UUID, *, on: date, shown: int | None = None) -> None:
    """The amended plan that names the new institution was sent on this day. Late is stored with it.

    Raises Conflict where the plan has not been amended since the move was known.
    """
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    row = open_college_move(unit, plan_id)
    if row is None:
        raise Conflict("No move to another college is on record.")
    doors.check_shown(row, shown)
    if plan.made_on is None or plan.made_on < row.known_on:
        raise Conflict(
            "The plan has not been amended since the move was known. Review it, or propose an amendment, "
            "and record here that the amended plan names the college."
        )
    errors: dict[str, str] = {}
    rules.check_day(errors, "on", on, unit.today, (row.known_on, "the move was known"))
    if not errors and on > plan.made_on:
        errors["on"] = "The plan as it stands is older than that. Give the day on which it was sent."
    rules.refuse(errors)
    late = max(0, (on - row.due_on).days)
    doors.change(unit, CollegeMove, row, named_on=on, days_late=late)
    doors.note(unit, may, plan, StepCode.COLLEGE_NAMED, on, days_late=late)
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))


def call_college_off(unit: Unit, plan_id: UUID, *, reason: str, shown: int | None = None) -> None:
    """The young person stays where she is."""
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    row = open_college_move(unit, plan_id)
    if row is None:
        raise Conflict("No move to another college is on record.")
    doors.check_shown(row, shown)
    why = _why(reason, "Say why there is no move.")
    doors.change(unit, CollegeMove, row, {"why": why}, called_off_at=unit.now)
    doors.note(unit, may, plan, StepCode.COLLEGE_MOVE_OFF, unit.today, words={"reason": why})
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))


# -- to another health body --------------------------------------------------------------------------------


def announce_health(
    unit: Unit, plan_id: UUID, *, old: str, new: str, known_on: date, changes_on: date
) -> UUID:
    """Another health body becomes responsible: which, when, and since when the old one knows; its id."""
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    rules.check_in_force(plan)
    if open_change(unit, plan_id) is not None:
        raise Conflict("A change of the health body is on record already. Record what came of it first.")
    errors: dict[str, str] = {}
    rules.check_day(errors, "known_on", known_on, unit.today)
    _check_name(
        errors,
        old=(old, "Say which body has been responsible so far."),
        new=(new, "Say which body becomes responsible."),
    )
    if not errors and old.strip().casefold() == new.strip().casefold():
        errors["new"] = "This is the body that is responsible already."
    if abs((changes_on - known_on).days) > 730:
        errors["changes_on"] = "This is more than two years from the day it was known. Check the year."
    rules.refuse(errors)
    due_on = max(changes_on, deadlines.due(Act.HEALTH_BODY, known_on).on)
    made = new_id()
    words = {"old": old.strip(), "new": new.strip()}
    unit.insert(
        HealthBodyChange,
        id=made,
        plan_id=plan_id,
        pupil_id=plan.pupil_id,
        authority_id=plan.authority_id,
        known_on=known_on,
        changes_on=changes_on,
        due_on=due_on,
        told_on=None,
        days_late=None,
        answer=None,
        called_off_at=None,
        recorded_at=unit.now,
        sealed=doors.seal(unit, HEALTH.name, made, plan.pupil_id, 1, words),
        row_version=1,
    )
    said = words | {"changes_on": changes_on.isoformat(), "due_on": due_on.isoformat()}
    doors.note(unit, may, plan, StepCode.HEALTH_BODY_CHANGES, known_on, words=said)
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))
    return made


def record_told(
    unit: Unit, plan_id: UUID, *, on: date, answer: str, said: str, shown: int | None = None
) -> None:
    """The new body was told on this day, and says whether it arranges what the plan says of health care.

    Where that is impracticable it asks for a review or a re-assessment, which is opened in the same deed.
    """
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    row = open_change(unit, plan_id)
    if row is None:
        raise Conflict("No change of the health body is on record.")
    doors.check_shown(row, shown)
    errors: dict[str, str] = {}
    rules.check_day(errors, "on", on, unit.today, (row.known_on, "the change was known"))
    if answer not in ANSWERS:
        errors["answer"] = "Choose what the new body says."
    elif answer != ARRANGES:
        rules.check_words(errors, said=(said, "Say why the new body cannot arrange it."))
    rules.refuse(errors)
    late = max(0, (on - row.due_on).days)
    words = {"said": said.strip()}
    doors.change(unit, HealthBodyChange, row, words, told_on=on, days_late=late, answer=answer)
    doors.note(
        unit, may, plan, StepCode.HEALTH_BODY_TOLD, on, words={"answer": answer, **words}, days_late=late
    )
    agreeing.lapse(unit, plan_id, rules_of_content.HEALTH_PART)
    if answer == REVIEW and doors.under_way(unit, plan_id) is None:
        reviewing.open_review(unit, plan_id, kind=clock.EARLY)
    elif answer == REASSESS and reassessing.can_be_asked(unit, plan):
        reassessing.ask(unit, plan_id, received_on=on, reasons=said, source="health")
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))


def call_health_off(unit: Unit, plan_id: UUID, *, reason: str, shown: int | None = None) -> None:
    """The health body stays the same."""
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    row = open_change(unit, plan_id)
    if row is None:
        raise Conflict("No change of the health body is on record.")
    doors.check_shown(row, shown)
    why = _why(reason, "Say why the health body stays the same.")
    doors.change(unit, HealthBodyChange, row, {"why": why}, called_off_at=unit.now)
    doors.note(unit, may, plan, StepCode.HEALTH_BODY_STAYS, unit.today, words={"reason": why})
    doors.tell_all(unit, plan, parties.school_of(unit, plan.pupil_id))


def _why(reason: str, missing: str) -> str:
    errors: dict[str, str] = {}
    rules.check_words(errors, reason=(reason, missing))
    rules.refuse(errors)
    return reason.strip()


def _check_name(errors: dict[str, str], **given: tuple[str, str]) -> None:
    for name, (words, missing) in given.items():
        if not words.strip():
            errors[name] = missing
        elif len(words) > NAME_LIMIT:
            errors[name] = f"Keep this to {NAME_LIMIT} characters."
