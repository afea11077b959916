"""The deeds of an amendment: the notice, the amended plan, or the word that there will be none after all."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from isp.access.policy import Permission
from isp.audit import Unit
from isp.ehcp.actions import publish
from isp.ehcp.models import AnnualReview, StatutoryPlan
from isp.ehcp.rules import Sort
from isp.ehcp.steps import StepCode, Subject
from isp.escalations import deadlines, naming, parties
from isp.escalations import upkeep_clock as clock
from isp.escalations.deadlines import Act
from isp.escalations.naming import Named
from isp.escalations.upkeep import doors, rules
from isp.escalations.upkeep.reviewing import insert_review
from isp.kernel.errors import Conflict
from isp.records import drafts


def send_notice(
    unit: Unit, review_id: UUID, *, notice_on: date, changes: str, shown: int | None = None
) -> None:
    """The notice of proposed amendments went out, with the plan and the evidence (regulation 22(2))."""
    row, plan, may = doors.allowed_review(unit, review_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    doors.check_shown(row, shown)
    rules.check_notice(row, notice_on=notice_on, changes=changes, today=unit.today)
    words = {"changes": changes.strip()}
    late = 0
    if row.meeting_on is not None:
        due = deadlines.due(Act.AMENDMENT_NOTICE, row.meeting_on, version=clock.version_of(row))
        late = due.days_late(notice_on)
    doors.change(unit, AnnualReview, row, words, notice_on=notice_on)
    doors.note_review(unit, may, plan, row, StepCode.AMENDMENT_NOTICE, notice_on, words=words, days_late=late)
    doors.tell_all(unit, plan, row.school_id)


def propose_change(unit: Unit, plan_id: UUID, *, notice_on: date, changes: str) -> UUID:
    """Propose amendments outside a review: as if at one, from the notice on (regulation 28). Gives its id."""
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    rules.check_in_force(plan)
    if doors.under_way(unit, plan_id) is not None:
        raise Conflict("A review or an amendment of this plan is under way. Propose the change in it.")
    errors: dict[str, str] = {}
    rules.check_day(errors, "notice_on", notice_on, unit.today, (plan.first_made_on, "the plan was made"))
    missing = "Say what is proposed to change, and on what evidence."
    rules.check_words(errors, changes=(changes, missing))
    rules.refuse(errors)
    school_id = parties.school_of(unit, plan.pupil_id)
    words = {"changes": changes.strip()}
    review_id = insert_review(
        unit,
        plan,
        clock.CHANGE,
        notice_on,
        school_id,
        state=clock.AMENDING,
        words=words,
        outcome=rules.AMEND,
        notice_on=notice_on,
        rules=deadlines.rules_on(notice_on).version,
    )
    about = {"subject": Subject.REVIEW, "subject_id": review_id}
    doors.note(unit, may, plan, StepCode.AMENDMENT_NOTICE, notice_on, words=words, **about)  # type: ignore[arg-type]
    doors.tell_all(unit, plan, school_id)
    return review_id


def send_amended(
    unit: Unit,
    review_id: UUID,
    *,
    on: date,
    answered: bool,
    named: Named | None = None,
    from_on: date | None = None,
    shown: int | None = None,
) -> None:
    """The amended plan went to the family, the setting and the health body (regulation 22(3)).

    Where the plan's content is kept here, its draft becomes the version of that day. ``answered``: the family
    has said what it thinks before its fifteen days were over. ``named``: the setting that section I names
    now, from ``from_on`` (else from the day of the plan) on; None for the one before.
    """
    row, plan, may = doors.allowed_review(unit, review_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    doors.check_shown(row, shown)
    rules.check_amended(row, on=on, answered=answered, today=unit.today)
    rules.check_from(from_on, on)
    late = max(one.days_late(on) for one in _limits(row, plan))
    values: dict[str, Any] = {"state": clock.CLOSED, "final_on": on, "amended": True, "final_days_late": late}
    doors.change(unit, AnnualReview, row, **values)
    why = "Amended after a review" if row.kind != clock.CHANGE else "Amended outside a review"
    publish_amended(unit, plan, on, why, named, from_on)
    doors.change(unit, StatutoryPlan, plan, made_on=max(on, plan.made_on or on))
    doors.note_review(unit, may, plan, row, StepCode.AMENDED, on, days_late=late)
    doors.tell_all(unit, plan, row.school_id)


def _limits(row: Any, plan: Any) -> list[deadlines.Due]:
    """By when the amended plan must be sent: after the notice, before a change of phase (regulation 18)."""
    found = deadlines.due(Act.AMENDED_PLAN, row.notice_on, version=clock.version_of(row))
    moves = clock.transfer_of(row, plan)
    return [found] if moves is None else [found, moves]


def publish_amended(
    unit: Unit, plan: Any, on: date, why: str, named: Named | None = None, from_on: date | None = None
) -> None:
    """The draft of the plan's content becomes its amended version, and it names another setting where it
    does: part of a deed that asks and records.

    A plan whose content is not kept here has no draft. Raises Conflict where nothing was written, Invalid
    where section I and ``named`` are not the same.
    """
    before = naming.section_i(unit, plan.id)
    if plan.record_id is not None:
        _publish(unit, plan, on, why)
    naming.follow_section_i(unit, plan, named, from_on or on, before)


def _publish(unit: Unit, plan: Any, on: date, why: str) -> None:
    if drafts.find(unit, plan.record_id) is None:
        raise Conflict(
            "The amended plan has not been written yet. Start the next draft of the plan, write the changes "
            "in it, then record here that it was sent."
        )
    publish(unit, plan.id, Sort.AMENDED, on, why)


def leave_as_it_is(unit: Unit, review_id: UUID, *, on: date, reasons: str, shown: int | None = None) -> None:
    """After the notice: the plan is not amended after all, with reasons (regulation 22(4) and (5))."""
    row, plan, may = doors.allowed_review(unit, review_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    doors.check_shown(row, shown)
    rules.check_not_amended(row, on=on, reasons=reasons, today=unit.today)
    late = deadlines.due(Act.NOT_AMENDED, row.notice_on, version=clock.version_of(row)).days_late(on)
    words = {"not_amended": reasons.strip()}
    values: dict[str, Any] = {
        "state": clock.CLOSED,
        "final_on": on,
        "amended": False,
        "final_days_late": late,
    }
    doors.change(unit, AnnualReview, row, words, **values)
    doors.note_review(unit, may, plan, row, StepCode.NOT_AMENDED, on, words=words, days_late=late)
    doors.tell_all(unit, plan, row.school_id)
