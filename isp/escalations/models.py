"""Requests for an EHC needs assessment; what each released are grants, in ``access``."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from isp.escalations import advice_models  # noqa: F401 its tables are of this room too
from isp.escalations.audit_models import AuditedCase, AuditFinding, QualityAudit
from isp.escalations.case_models import (
    CaseEntry,
    CaseLetter,
    DisclosedObject,
    Disclosure,
    LetterCopy,
    WordingProposal,
)
from isp.escalations.consulting_models import SettingConsultation
from isp.escalations.moving_models import CollegeMove, HealthBodyChange
from isp.escalations.upkeep_models import (
    OutOfSchool,
    PlanCeasing,
    PlanCircumstance,
    PlanDuty,
    PlanMove,
    ReassessmentRequest,
    ReviewList,
    ReviewListLetter,
)
from isp.escalations.work_models import CaseDuty, CoverTie, DutyDay, NameMark, OfficerAbsence
from isp.kernel.db import Base, Sealed

__all__ = [
    "Assessment",
    "AssessmentRequest",
    "AuditFinding",
    "AuditedCase",
    "CaseCircumstance",
    "CaseDuty",
    "CaseEntry",
    "CaseLetter",
    "CollegeMove",
    "CoverTie",
    "DisclosedObject",
    "Disclosure",
    "Dispute",
    "DutyDay",
    "HealthBodyChange",
    "LetterCopy",
    "NameMark",
    "OfficerAbsence",
    "OutOfSchool",
    "PlanCeasing",
    "PlanCircumstance",
    "PlanDuty",
    "PlanMove",
    "QualityAudit",
    "ReassessmentRequest",
    "ReviewList",
    "ReviewListLetter",
    "SettingConsultation",
    "WordingProposal",
]


class AssessmentRequest(Base):
    """A request under section 36(1) of the Children and Families Act 2014, and its decision."""

    __tablename__ = "assessment_request"
    __table_args__ = (
        Index("ix_assessment_request_pupil", "pupil_id"),
        Index("ix_assessment_request_authority", "authority_id", "status"),
        Index("ix_assessment_request_received", "authority_id", "received_on", "id"),
        Index("ix_assessment_request_open", "authority_id", "ended_on", "status", "officer_id"),
        # One open request a pupil, whoever asks at the same moment.
        Index(
            "uq_assessment_request_open",
            "pupil_id",
            unique=True,
            sqlite_where=text("status IN ('pending', 'agreed') AND ended_on IS NULL"),
            postgresql_where=text("status IN ('pending', 'agreed') AND ended_on IS NULL"),
        ),
        CheckConstraint("status IN ('pending', 'agreed', 'refused', 'withdrawn')", name="status"),
        CheckConstraint("(status IN ('agreed', 'refused')) = (decided_on IS NOT NULL)", name="decided"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    source: Mapped[str] = mapped_column(String(12))
    """school, parent, young_person, health, social_care, other"""
    made_by: Mapped[UUID]
    received_on: Mapped[date]
    recorded_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(10))
    officer_id: Mapped[UUID | None]
    decided_on: Mapped[date | None]
    decided_by: Mapped[UUID | None]
    days_late: Mapped[int | None]
    """After the day that the law names."""
    days_unexcused: Mapped[int | None]
    """After the day to which the recorded circumstances moved it."""
    rules: Mapped[str | None] = mapped_column(String(24))
    """The rule set the deadline was computed under."""
    sight_until: Mapped[date | None]
    notice_on: Mapped[date | None]
    """The letter with the decision was sent then (``letters.sent``): the time to appeal counts from it."""
    certificate_on: Mapped[date | None]
    """The newest mediation certificate about the refusal, as its dispute has it: it may move the last day."""
    appealed_on: Mapped[date | None]
    appeal_closed_on: Mapped[date | None]
    appeal_result: Mapped[str | None] = mapped_column(String(12))
    """dismissed, withdrawn, allowed, conceded; after the last two the status is agreed."""
    ended_on: Mapped[date | None]
    """The case came to its end: a plan made, none to be made, or given up; then another may be requested."""
    ended_why: Mapped[str | None] = mapped_column(String(12))
    """withdrawn, moved or died, where it ended so and not by a decision."""
    moved_to: Mapped[str | None] = mapped_column(String(3))
    """The three digits of the authority to which the child moved."""
    reassesses: Mapped[UUID | None]
    """Of a re-assessment (section 44): the plan. Then it is no request under section 36."""
    youth_accommodation: Mapped[bool | None]
    """Made while the young person was in relevant youth accommodation (SEN2 item 2.3)."""
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """reasons, told_family; after the decision: limb_a, limb_b, decision_reasons"""
    row_version: Mapped[int]


class CaseCircumstance(Base):
    """A circumstance for which the law does not ask for a date of a case in time.

    Never altered but to be taken back, which ends it and keeps it.
    """

    __tablename__ = "case_circumstance"
    __table_args__ = (
        Index("ix_case_circumstance_request", "request_id"),
        CheckConstraint("ends >= begins", name="in_order"),
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_by IS NULL)", name="taken_back"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("assessment_request.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    code: Mapped[str] = mapped_column(String(24))
    begins: Mapped[date]
    ends: Mapped[date]
    asked_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[UUID | None]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """reason, evidence"""


class Assessment(Base):
    """An EHC needs assessment, or a re-assessment: from the authority's yes to a plan, or to none."""

    __tablename__ = "assessment"
    __table_args__ = (
        Index("ix_assessment_pupil", "pupil_id"),
        Index("ix_assessment_authority", "authority_id", "state"),
        Index("ix_assessment_outcome", "authority_id", "outcome_on"),
        Index("ix_assessment_plan", "plan_id"),
        Index("uq_assessment_request", "request_id", unique=True),
        Index(
            "uq_assessment_open",
            "pupil_id",
            unique=True,
            sqlite_where=text("state IN ('advising', 'drafting', 'draft_sent')"),
            postgresql_where=text("state IN ('advising', 'drafting', 'draft_sent')"),
        ),
        CheckConstraint(
            "state IN ('advising', 'drafting', 'draft_sent', 'final', 'no_plan', 'withdrawn', 'moved', "
            "'ended')",
            name="state",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("assessment_request.id"))
    """None of a re-assessment."""
    plan_id: Mapped[UUID | None] = mapped_column(ForeignKey("statutory_plan.id"))
    kind: Mapped[str] = mapped_column(String(12))
    """first or reassessment"""
    clock_from: Mapped[date]
    """The day from which the final plan's limit runs: of receipt, or of the notice of a re-assessment."""
    order_on: Mapped[date | None]
    """The Tribunal ordered (or the authority conceded) on this day: then the order's limits run from it."""
    ordered: Mapped[str | None] = mapped_column(String(16))
    """What was ordered or conceded (``course.Ordered``): which limits run from ``order_on``."""
    begun_on: Mapped[date]
    told_on: Mapped[date | None]
    """The family was told that the assessment begins; after a yes, by the decision itself."""
    state: Mapped[str] = mapped_column(String(10))
    to_issue_on: Mapped[date | None]
    """Decided that a plan is to be issued (section 37(1))."""
    draft_sent_on: Mapped[date | None]
    draft_served_on: Mapped[date | None]
    """The draft was served on this day, where its letter says one: the fifteen days begin with it."""
    answers_until: Mapped[date | None]
    """The last day of the family's fifteen."""
    answered_on: Mapped[date | None]
    """The first day on which the family said something of the draft."""
    outcome_on: Mapped[date | None]
    """The final plan was sent, or the family was told that there will be none."""
    notice_on: Mapped[date | None]
    """The letter with the decision was sent then (``letters.sent``): the time to appeal counts from it."""
    certificate_on: Mapped[date | None]
    """The newest mediation certificate about the outcome, as its dispute has it."""
    appealed_on: Mapped[date | None]
    """Against the decision to issue no plan; the appeal itself is a ``Dispute``."""
    appeal_closed_on: Mapped[date | None]
    days_late: Mapped[int | None]
    days_unexcused: Mapped[int | None]
    excused: Mapped[bool | None]
    """An exception was recorded for any of its dates (SEN2 item 3.7)."""
    moved_to: Mapped[str | None] = mapped_column(String(3))
    rules: Mapped[str | None] = mapped_column(String(24))
    decided_by: Mapped[UUID | None]
    recorded_at: Mapped[datetime]
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    """the legal test of section 37 and its reasons; the family's representations"""
    row_version: Mapped[int]


class Dispute(Base):
    """Mediation or an appeal: beside the case, never a state of it."""

    __tablename__ = "dispute"
    __table_args__ = (
        Index("ix_dispute_pupil", "pupil_id"),
        Index("ix_dispute_subject", "subject_id"),
        Index("ix_dispute_authority", "authority_id", "state"),
        CheckConstraint("kind IN ('mediation', 'appeal')", name="kind"),
        CheckConstraint("state IN ('open', 'closed')", name="state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(12))
    about: Mapped[str] = mapped_column(String(12))
    """section 51(2): assess, issue, content, setting (section I only), reassess, amend, cease"""
    subject: Mapped[str] = mapped_column(String(12))
    """request, assessment, plan, review"""
    subject_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(8))
    decision_on: Mapped[date]
    """The date on the written decision that is disputed."""
    asked_on: Mapped[date]
    """Mediation: the adviser or the authority was told. Appeal: registered."""
    certificate_on: Mapped[date | None]
    held_on: Mapped[date | None]
    response_due_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    """The authority's answer to an appeal went to the Tribunal: the day of its service."""
    hearing_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    result: Mapped[str | None] = mapped_column(String(16))
    order_due_on: Mapped[date | None]
    """By when what was ordered, conceded or agreed must be done (regulations 42, 44 and 45)."""
    order_done_on: Mapped[date | None]
    opened_by: Mapped[UUID | None]
    """Who put it on record: of the family, only she gives it up."""
    told_result: Mapped[str | None] = mapped_column(String(16))
    """How the family says that it ended; nothing follows from it before the authority confirms it."""
    told_on: Mapped[date | None]
    told_by: Mapped[UUID | None]
    wanted: Mapped[bool | None]
    """Of mediation: False where the adviser is asked for the certificate alone (regulation 34(1))."""
    health: Mapped[bool | None]
    """Of mediation: it is about health provision too, so that the health body is told."""
    health_told_on: Mapped[date | None]
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    recorded_at: Mapped[datetime]
    row_version: Mapped[int]
