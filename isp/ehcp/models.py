"""Statutory plans, the settings at which they are followed, their reviews, and the steps of a case."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from isp.ehcp import plan_models  # noqa: F401 its tables are of this room too
from isp.kernel.db import Base, Sealed


class StatutoryPlan(Base):
    """An EHC plan under section 37 of the Children and Families Act 2014, from its drafting to its end.

    ``record_id`` names its content in ``records``. The codes are those of the SEN2 return's modules 4 and 5.
    """

    __tablename__ = "statutory_plan"
    __table_args__ = (
        Index("ix_statutory_plan_pupil", "pupil_id"),
        Index("ix_statutory_plan_authority", "authority_id", "state"),
        Index("ix_statutory_plan_review", "authority_id", "review_due_on"),
        Index("ix_statutory_plan_made", "authority_id", "first_made_on"),
        # One plan a child, from the drafting to its end.
        Index(
            "uq_statutory_plan_open",
            "pupil_id",
            unique=True,
            sqlite_where=text("state IN ('drafting', 'draft_sent', 'in_force', 'ceasing')"),
            postgresql_where=text("state IN ('drafting', 'draft_sent', 'in_force', 'ceasing')"),
        ),
        CheckConstraint(
            "state IN ('drafting', 'draft_sent', 'in_force', 'ceasing', 'ended', 'not_made')", name="state"
        ),
        CheckConstraint("(state = 'ended') = (ended_on IS NOT NULL)", name="ended"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    record_id: Mapped[UUID | None] = mapped_column(ForeignKey("record.id"))
    officer_id: Mapped[UUID | None]
    origin: Mapped[str] = mapped_column(String(12))
    """here, elsewhere (brought in from another system), transferred (from another authority)"""
    from_authority: Mapped[str | None] = mapped_column(String(3))
    """The three digits of the authority it was transferred from."""
    transferred_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(12))
    """drafting, draft_sent, in_force, ceasing (decided, the appeal period running), ended, not_made"""
    draft_sent_on: Mapped[date | None]
    first_made_on: Mapped[date | None]
    made_on: Mapped[date | None]
    """The date of the plan as it stands: that of its last amendment, or of its making."""
    last_review_on: Mapped[date | None]
    """The day on which the authority wrote with its decision: the review concludes on it."""
    review_due_on: Mapped[date | None]
    phase_transfer: Mapped[str | None] = mapped_column(String(12))
    """post16 or other, where the child changes phase in ``phase_transfer_year``."""
    phase_transfer_year: Mapped[int | None]
    residential: Mapped[str | None] = mapped_column(String(1))
    """This and the next four as a file told them. Of a plan that is written here, what its settings
    (``plan_setting``) and its section J (``plan_budget``) say goes before, each from its own day on."""
    work_based: Mapped[str | None] = mapped_column(String(1))
    personal_budget: Mapped[bool] = mapped_column(default=False)
    organised_arrangements: Mapped[bool] = mapped_column(default=False)
    direct_payments: Mapped[str | None] = mapped_column(String(4))
    """Letters of item 4.4c: E, S, H, I."""
    cease_decided_on: Mapped[date | None]
    cease_certificate_on: Mapped[date | None]
    """The newest mediation certificate about that decision: the plan may have to be kept for longer."""
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str | None] = mapped_column(String(1))
    """Item 4.6, 1 to 9."""
    days_late: Mapped[int | None]
    """Of the plan's first making after the day that the law names; None where it was not made here."""
    days_unexcused: Mapped[int | None]
    excused: Mapped[bool | None]
    """Of its assessment, as it was counted with ``days_late``: an exception was recorded (SEN2 item 3.7)."""
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    recorded_at: Mapped[datetime]
    row_version: Mapped[int]


class PlanSetting(Base):
    """A setting: named in section I (``named``), or where the child is in fact placed."""

    __tablename__ = "plan_setting"
    __table_args__ = (
        Index("ix_plan_setting_plan", "plan_id"),
        Index("ix_plan_setting_school", "school_id"),
        CheckConstraint("rank IN (1, 2)", name="rank"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("statutory_plan.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    named: Mapped[bool]
    rank: Mapped[int]
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    urn: Mapped[str | None] = mapped_column(String(6))
    ukprn: Mapped[str | None] = mapped_column(String(8))
    code: Mapped[str | None] = mapped_column(String(4))
    """OLA, OPA, EHE, EYP, OTH; of a placement also NEET, NIEC, NIEO."""
    entered_on: Mapped[date | None]
    left_on: Mapped[date | None]
    sen_unit: Mapped[bool] = mapped_column(default=False)
    resourced: Mapped[bool] = mapped_column(default=False)
    residential: Mapped[str | None] = mapped_column(String(1))
    work_based: Mapped[str | None] = mapped_column(String(1))
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    """words: what the code leaves open"""
    recorded_at: Mapped[datetime]


class AnnualReview(Base):
    """One review of a plan under section 44: from the list sent to the head to what became of the plan."""

    __tablename__ = "annual_review"
    __table_args__ = (
        Index("ix_annual_review_plan", "plan_id"),
        Index("ix_annual_review_authority", "authority_id", "state"),
        # With what is counted by these days, so that a year's reviews are counted from the index alone.
        Index("ix_annual_review_due", "authority_id", "due_on", "state", "kind", "held", "decided_on"),
        Index(
            "ix_annual_review_meeting",
            *("authority_id", "meeting_on", "held", "kind", "outcome", "decided_on", "days_late"),
        ),
        Index("ix_annual_review_school", "school_id", "state"),
        Index("ix_annual_review_list", "list_id"),
        Index(
            "uq_annual_review_open",
            "plan_id",
            unique=True,
            sqlite_where=text("state IN ('due', 'invited', 'held', 'reported', 'amending')"),
            postgresql_where=text("state IN ('due', 'invited', 'held', 'reported', 'amending')"),
        ),
        CheckConstraint(
            "state IN ('due', 'invited', 'held', 'reported', 'amending', 'closed', 'cancelled')", name="state"
        ),
        CheckConstraint("outcome IS NULL OR outcome IN ('maintain', 'amend', 'cease')", name="outcome"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("statutory_plan.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(12))
    """annual, early, phase_post16, phase_other, transfer, change (an amendment outside a review, reg 28)"""
    state: Mapped[str] = mapped_column(String(10))
    due_on: Mapped[date]
    invited_on: Mapped[date | None]
    papers_sent_on: Mapped[date | None]
    meeting_on: Mapped[date | None]
    held: Mapped[bool] = mapped_column(default=False)
    reported_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(8))
    notice_on: Mapped[date | None]
    """The amendment notice was sent, with the plan and the evidence (reg 22(2))."""
    final_on: Mapped[date | None]
    """The amended plan was sent, or the family told that it will not be amended after all."""
    amended: Mapped[bool | None]
    days_late: Mapped[int | None]
    """Of the decision, after four weeks from the meeting."""
    rules: Mapped[str | None] = mapped_column(String(24))
    list_id: Mapped[UUID | None]
    """The list of a term's reviews (``review_list``) with which the school was told of it."""
    report_version_id: Mapped[UUID | None]
    """The school's report of its own review, where that is the report: referred to, never copied."""
    report_digest: Mapped[bytes | None]
    final_days_late: Mapped[int | None]
    """Of the amended plan (or the word that there will be none), after eight weeks from the notice."""
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    recorded_at: Mapped[datetime]
    row_version: Mapped[int]


class CaseStep(Base):
    """Something that happened in a case: the day of it, and the instant at which it was recorded.

    Never altered. A step that was recorded wrongly stays; the one that corrects it names it and says why.
    """

    __tablename__ = "case_step"
    __table_args__ = (
        Index("ix_case_step_pupil", "pupil_id", "authority_id", "happened_on"),
        Index("ix_case_step_subject", "subject_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    subject: Mapped[str] = mapped_column(String(12))
    """request, assessment, plan, review, dispute"""
    subject_id: Mapped[UUID]
    code: Mapped[str] = mapped_column(String(32))
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_step.id"))
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    """words: what was said of it, the reason of a correction, the evidence"""
