"""The steps of a statutory case: what happened, on which day, and when it was recorded.

A step is never altered. One that was recorded with the wrong day stays where it is; another names it, gives
the true day and the reason (``correct_step``), and ``steps_of`` reads the two together. Callers have passed
the gate, and record their own event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.audit import Unit
from isp.ehcp.models import CaseStep
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf

STEPS = table_of(CaseStep)
REASON_LIMIT = 4000
FOLLOWED: list[Callable[[Unit, UUID, UUID], None]] = []
"""What higher rooms keep beside the steps of a case: called with the pupil and the authority after each."""


class Subject(StrEnum):
    """Which record a step is about: the table that ``subject_id`` is a row of."""

    REQUEST = "request"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    REVIEW = "review"
    DISPUTE = "dispute"


class StepCode(StrEnum):
    """What can happen in a case. What each means to people stands in ``STEP_WORDS``."""

    REQUESTED = "requested"
    REQUEST_SENT = "request_sent"
    CONSIDERING_TOLD = "considering_told"
    LETTER_FILED = "letter_filed"
    AGREED = "agreed"
    REFUSED = "refused"
    REQUEST_WITHDRAWN = "request_withdrawn"
    ENTERED = "entered"

    ASSESSMENT_BEGUN = "assessment_begun"
    ADVICE_ASKED = "advice_asked"
    ADVICE_RECEIVED = "advice_received"
    ADVICE_SENT_BACK = "advice_sent_back"
    ADVICE_CHASED = "advice_chased"
    ADVICE_ACCEPTED = "advice_accepted"
    ADVICE_DECLINED = "advice_declined"
    ADVICE_WITHDRAWN = "advice_withdrawn"
    ADVICE_SUFFICES = "advice_suffices"
    PANEL_HELD = "panel_held"
    TO_ISSUE = "to_issue"
    TO_CHANGE = "to_change"
    NO_PLAN = "no_plan"
    ASSESSMENT_WITHDRAWN = "assessment_withdrawn"
    ASSESSMENT_MOVED = "assessment_moved"
    DIED = "died"

    DRAFT_SENT = "draft_sent"
    REPRESENTATIONS = "representations"
    SETTING_ASKED = "setting_asked"
    MEETING_ASKED = "meeting_asked"
    MEETING_HELD = "meeting_held"
    SETTING_CONSULTED = "setting_consulted"
    SETTING_ANSWERED = "setting_answered"
    FINAL_ISSUED = "final_issued"
    PLAN_ENTERED = "plan_entered"
    PROVISION_CHECKED = "provision_checked"
    SETTING_CHANGED = "setting_changed"
    DISCLOSED = "disclosed"

    REVIEW_DUE = "review_due"
    REVIEW_INVITED = "review_invited"
    REVIEW_PAPERS = "review_papers"
    REVIEW_HELD = "review_held"
    REVIEW_REPORTED = "review_reported"
    REVIEW_MAINTAINED = "review_maintained"
    REVIEW_AMENDING = "review_amending"
    REVIEW_CEASING = "review_ceasing"
    REVIEW_CANCELLED = "review_cancelled"
    AMENDMENT_NOTICE = "amendment_notice"
    AMENDED = "amended"
    NOT_AMENDED = "not_amended"

    REASSESSMENT_ASKED = "reassessment_asked"
    REASSESSMENT_AGREED = "reassessment_agreed"
    REASSESSMENT_REFUSED = "reassessment_refused"
    REASSESSED = "reassessed"
    REASSESSED_SAME = "reassessed_same"

    CEASE_CONSIDERED = "cease_considered"
    CEASE_DECIDED = "cease_decided"
    CEASE_DROPPED = "cease_dropped"
    CEASED = "ceased"
    PLAN_MOVED_OUT = "plan_moved_out"
    PLAN_MOVED_IN = "plan_moved_in"
    MOVE_TOLD = "move_told"
    PLACED_FOR_NOW = "placed_for_now"
    MOVE_KNOWN = "move_known"
    MOVE_OFF = "move_off"
    PHASE_SET = "phase_set"
    COLLEGE_MOVE_KNOWN = "college_move_known"
    COLLEGE_NAMED = "college_named"
    COLLEGE_MOVE_OFF = "college_move_off"
    HEALTH_BODY_CHANGES = "health_body_changes"
    HEALTH_BODY_TOLD = "health_body_told"
    HEALTH_BODY_STAYS = "health_body_stays"

    MEDIATION_ASKED = "mediation_asked"
    MEDIATION_CERTIFICATE = "mediation_certificate"
    MEDIATION_HEALTH_TOLD = "mediation_health_told"
    MEDIATION_HELD = "mediation_held"
    MEDIATION_AGREED = "mediation_agreed"
    MEDIATION_CLOSED = "mediation_closed"
    APPEAL_REGISTERED = "appeal_registered"
    APPEAL_ANSWERED = "appeal_answered"
    HEARING_SET = "hearing_set"
    APPEAL_CONCEDED = "appeal_conceded"
    APPEAL_WITHDRAWN = "appeal_withdrawn"
    APPEAL_DISMISSED = "appeal_dismissed"
    TRIBUNAL_ORDERED = "tribunal_ordered"
    ORDER_DONE = "order_done"
    OUTCOME_TOLD = "outcome_told"


STEP_WORDS: Mapping[StepCode, str] = {
    StepCode.REQUESTED: "Request for an EHC needs assessment received",
    StepCode.REQUEST_SENT: "Request sent to an authority elsewhere",
    StepCode.LETTER_FILED: "Letter of the authority filed",
    StepCode.CONSIDERING_TOLD: "Told those concerned that an assessment is being considered",
    StepCode.AGREED: "Decided to assess",
    StepCode.REFUSED: "Decided not to assess",
    StepCode.REQUEST_WITHDRAWN: "Request withdrawn",
    StepCode.ENTERED: "Case brought in from another system",
    StepCode.ASSESSMENT_BEGUN: "EHC needs assessment begun",
    StepCode.ADVICE_ASKED: "Advice asked for",
    StepCode.ADVICE_RECEIVED: "Advice received",
    StepCode.ADVICE_SENT_BACK: "Advice sent back to be completed",
    StepCode.ADVICE_CHASED: "Reminder sent about advice",
    StepCode.ADVICE_ACCEPTED: "Advice checked and accepted",
    StepCode.ADVICE_DECLINED: "Advice cannot be given",
    StepCode.ADVICE_WITHDRAWN: "Advice no longer asked for",
    StepCode.ADVICE_SUFFICES: "Agreed that advice already there is enough",
    StepCode.PANEL_HELD: "Looked at by a panel",
    StepCode.TO_ISSUE: "Decided to issue an EHC plan",
    StepCode.TO_CHANGE: "Decided that the plan is amended or replaced after a re-assessment",
    StepCode.NO_PLAN: "Decided not to issue an EHC plan",
    StepCode.ASSESSMENT_WITHDRAWN: "Assessment ended: the request was withdrawn",
    StepCode.ASSESSMENT_MOVED: "Assessment ended: the child moved to another authority",
    StepCode.DIED: "The child or young person died",
    StepCode.DRAFT_SENT: "Draft plan sent to the family",
    StepCode.REPRESENTATIONS: "The family said what they think of the draft",
    StepCode.SETTING_ASKED: "The family asked for a school or other setting",
    StepCode.MEETING_ASKED: "The family asked to meet an officer",
    StepCode.MEETING_HELD: "An officer met the family about the draft",
    StepCode.SETTING_CONSULTED: "School or other setting consulted",
    StepCode.SETTING_ANSWERED: "School or other setting answered",
    StepCode.FINAL_ISSUED: "Final EHC plan sent",
    StepCode.PLAN_ENTERED: "EHC plan brought in from another system",
    StepCode.PROVISION_CHECKED: "Provision in section F checked",
    StepCode.SETTING_CHANGED: "School or other setting changed",
    StepCode.DISCLOSED: "Plan disclosed",
    StepCode.REVIEW_DUE: "Annual review due",
    StepCode.REVIEW_INVITED: "Invited to the annual review",
    StepCode.REVIEW_PAPERS: "Papers for the annual review sent round",
    StepCode.REVIEW_HELD: "Annual review meeting held",
    StepCode.REVIEW_REPORTED: "Report of the annual review sent",
    StepCode.REVIEW_MAINTAINED: "Decided to keep the plan as it is",
    StepCode.REVIEW_AMENDING: "Decided to amend the plan",
    StepCode.REVIEW_CEASING: "Decided, after the review, to cease the plan",
    StepCode.REVIEW_CANCELLED: "Annual review called off",
    StepCode.AMENDMENT_NOTICE: "Notice of proposed amendments sent",
    StepCode.AMENDED: "Amended plan sent",
    StepCode.NOT_AMENDED: "Decided, after the notice, not to amend the plan",
    StepCode.REASSESSMENT_ASKED: "Re-assessment asked for",
    StepCode.REASSESSMENT_AGREED: "Decided to re-assess",
    StepCode.REASSESSMENT_REFUSED: "Decided not to re-assess",
    StepCode.REASSESSED: "Plan made anew after the re-assessment",
    StepCode.REASSESSED_SAME: "Decided, after the re-assessment, to keep the plan as it is",
    StepCode.CEASE_CONSIDERED: "Told the family that ceasing the plan is being considered",
    StepCode.CEASE_DECIDED: "Decided to cease the plan",
    StepCode.CEASE_DROPPED: "Decided not to cease the plan",
    StepCode.CEASED: "Plan ended",
    StepCode.PLAN_MOVED_OUT: "Plan handed to another authority",
    StepCode.PLAN_MOVED_IN: "Plan taken over from another authority",
    StepCode.MOVE_TOLD: "Told the family about the plan that moved",
    StepCode.PLACED_FOR_NOW: "Placed elsewhere after the move, until the plan is amended",
    StepCode.MOVE_KNOWN: "Learnt that the child moves to another authority",
    StepCode.MOVE_OFF: "The child does not move after all",
    StepCode.COLLEGE_MOVE_KNOWN: "Learnt that the young person moves to another college",
    StepCode.COLLEGE_NAMED: "Amended plan sent that names the new college",
    StepCode.COLLEGE_MOVE_OFF: "The young person does not move to another college after all",
    StepCode.HEALTH_BODY_CHANGES: "Learnt that another health body becomes responsible",
    StepCode.HEALTH_BODY_TOLD: "The new health body was told, and answered",
    StepCode.HEALTH_BODY_STAYS: "The health body stays the same after all",
    StepCode.PHASE_SET: "Recorded when the child moves to another phase of education",
    StepCode.MEDIATION_ASKED: "Mediation asked about",
    StepCode.MEDIATION_CERTIFICATE: "Mediation certificate given",
    StepCode.MEDIATION_HEALTH_TOLD: "Told the health body what is to be mediated",
    StepCode.MEDIATION_HELD: "Mediation held",
    StepCode.MEDIATION_AGREED: "Agreement reached in mediation",
    StepCode.MEDIATION_CLOSED: "Mediation ended without an agreement",
    StepCode.APPEAL_REGISTERED: "Appeal registered",
    StepCode.APPEAL_ANSWERED: "Appeal answered",
    StepCode.HEARING_SET: "Hearing set",
    StepCode.APPEAL_CONCEDED: "The authority gave way in the appeal",
    StepCode.APPEAL_WITHDRAWN: "Appeal withdrawn",
    StepCode.APPEAL_DISMISSED: "Appeal dismissed",
    StepCode.TRIBUNAL_ORDERED: "The Tribunal made an order",
    StepCode.ORDER_DONE: "What was ordered or agreed was done",
    StepCode.OUTCOME_TOLD: "The family said how mediation or an appeal ended",
}


@dataclass(frozen=True, slots=True)
class Correction:
    """A day that was wrong: what stood there before, who gave the true one when, and why."""

    id: UUID
    was: date
    now: date
    recorded_at: datetime
    recorded_by: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Happened:
    """A step with its corrections applied: ``on`` is the true day as it is known now."""

    id: UUID
    subject: Subject
    subject_id: UUID
    code: StepCode
    on: date
    recorded_at: datetime
    recorded_by: UUID
    words: Mapping[str, Any]
    """What was said of it, as ``note_step`` was given it; empty where nothing was, or it was not opened."""
    corrections: tuple[Correction, ...] = ()

    @property
    def title(self) -> str:
        """What happened, in words."""
        return STEP_WORDS[self.code]


def followed(unit: Unit, pupil_id: UUID, authority_id: UUID) -> None:
    """Have kept what higher rooms keep beside a case: after each step, and after a deed that notes none."""
    for follow in FOLLOWED:
        follow(unit, pupil_id, authority_id)


def place(step_id: UUID) -> Place:
    """Where a step's words lie."""
    return Place("case_step", "sealed", step_id, 1)


def note_step(
    unit: Unit,
    pupil_id: UUID,
    authority_id: UUID,
    subject: Subject,
    subject_id: UUID,
    code: StepCode,
    on: date,
    *,
    by: UUID,
    words: Mapping[str, Any] | None = None,
) -> UUID:
    """Note that something happened on a day, and that it was recorded now. Gives the step's id.

    ``by``: whose deed it was. ``words``: whatever is said of it, sealed. Raises Invalid for a day to come.
    """
    if on > unit.today:
        raise Invalid("Check the day.", {"on": "What has happened cannot be on a day to come."})
    return _insert(unit, pupil_id, authority_id, subject, subject_id, code, on, by, words)


def correct_step(unit: Unit, step_id: UUID, on: date, reason: str, *, by: UUID) -> UUID:
    """Say on which day a step truly happened, and why it was recorded otherwise. Gives the new step's id.

    Raises Invalid for a day to come or without a reason, Conflict where the day is that already. What the
    day has consequences for (a column, a deadline) the caller puts right in the same deed.
    """
    root = _root(unit, step_id)
    said = reason.strip()
    errors = {}
    if on > unit.today:
        errors["on"] = "What has happened cannot be on a day to come."
    if not said:
        errors["reason"] = "Say why the day is corrected."
    elif len(said) > REASON_LIMIT:
        errors["reason"] = f"Say it in at most {REASON_LIMIT} characters."
    if errors:
        raise Invalid("Check what is marked.", errors)
    if on == _on(unit, root):
        raise Conflict("That is the day on record already. Nothing was changed.")
    return _insert(
        unit,
        root.pupil_id,
        root.authority_id,
        Subject(root.subject),
        root.subject_id,
        StepCode(root.code),
        on,
        by,
        {"reason": said},
        root.id,
    )


def steps_of(
    unit: Unit, pupil_id: UUID, authority_id: UUID, *, subject_id: UUID | None = None, words: bool = True
) -> list[Happened]:
    """The chronology of a pupil's case with one authority, corrections applied, in order of the true days.

    ``subject_id``: of one request, assessment, plan, review or dispute alone. ``words``: open what was said
    too; without it the chronology is dates and codes. Two statements, however long the case is.
    """
    query = select(STEPS).where(STEPS.c.pupil_id == pupil_id, STEPS.c.authority_id == authority_id)
    if subject_id is not None:
        query = query.where(STEPS.c.subject_id == subject_id)
    rows = list(unit.connection.execute(query.order_by(STEPS.c.recorded_at, STEPS.c.id)))
    key = KeyOf.pupil(pupil_id)
    corrected: dict[UUID, list[Any]] = {}
    for row in rows:
        if row.corrects_id is not None:
            corrected.setdefault(row.corrects_id, []).append(row)

    def said(row: Any) -> dict[str, Any]:
        found: dict[str, Any] = unit.keys.open(key, place(row.id), row.sealed) if row.sealed else {}
        return found

    found = []
    for row in rows:
        if row.corrects_id is not None:
            continue
        on, corrections = row.happened_on, []
        for one in corrected.get(row.id, ()):
            reason = said(one).get("reason", "") if words else ""
            corrections.append(
                Correction(one.id, on, one.happened_on, one.recorded_at, one.recorded_by, reason)
            )
            on = one.happened_on
        found.append(
            Happened(
                id=row.id,
                subject=Subject(row.subject),
                subject_id=row.subject_id,
                code=StepCode(row.code),
                on=on,
                recorded_at=row.recorded_at,
                recorded_by=row.recorded_by,
                words=said(row) if words else {},
                corrections=tuple(corrections),
            )
        )
    return sorted(found, key=lambda one: (one.on, one.recorded_at, one.id))


def step(unit: Unit, step_id: UUID) -> Any | None:
    """The row of a step as it was first recorded, of a correction that of the step it corrects; or None."""
    row = unit.connection.execute(select(STEPS).where(STEPS.c.id == step_id)).first()
    if row is None or row.corrects_id is None:
        return row
    return unit.connection.execute(select(STEPS).where(STEPS.c.id == row.corrects_id)).one()


def _root(unit: Unit, step_id: UUID) -> Any:
    """The step as first recorded: a correction of a correction corrects what both are about."""
    found = step(unit, step_id)
    if found is None:
        raise Conflict("That step is not on record.")
    return found


def _on(unit: Unit, root: Any) -> date:
    """The day that counts for a step now."""
    c = STEPS.c
    query = select(c.happened_on).where(c.corrects_id == root.id).order_by(c.recorded_at.desc(), c.id.desc())
    latest: date | None = unit.connection.scalar(query.limit(1))
    return latest or root.happened_on


def _insert(
    unit: Unit,
    pupil_id: UUID,
    authority_id: UUID,
    subject: Subject,
    subject_id: UUID,
    code: StepCode,
    on: date,
    by: UUID,
    words: Mapping[str, Any] | None,
    corrects_id: UUID | None = None,
) -> UUID:
    made = new_id()
    sealed = unit.keys.seal(KeyOf.pupil(pupil_id), place(made), dict(words)) if words else None
    unit.insert(
        CaseStep,
        id=made,
        pupil_id=pupil_id,
        authority_id=authority_id,
        subject=subject.value,
        subject_id=subject_id,
        code=code.value,
        happened_on=on,
        recorded_at=unit.now,
        recorded_by=by,
        corrects_id=corrects_id,
        sealed=sealed,
    )
    followed(unit, pupil_id, authority_id)
    return made
