"""Requests for an EHC needs assessment; what each released are grants, in ``access``."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed


class AssessmentRequest(Base):
    """A request under section 36(1) of the Children and Families Act 2014, and its decision."""

    __tablename__ = "assessment_request"
    __table_args__ = (
        Index("ix_assessment_request_pupil", "pupil_id"),
        Index("ix_assessment_request_authority", "authority_id", "status"),
        # One open request a pupil, whoever asks at the same moment.
        Index(
            "uq_assessment_request_open",
            "pupil_id",
            unique=True,
            sqlite_where=text("status IN ('pending', 'agreed')"),
            postgresql_where=text("status IN ('pending', 'agreed')"),
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
    """school, parent, young_person"""
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
    appealed_on: Mapped[date | None]
    appeal_closed_on: Mapped[date | None]
    appeal_result: Mapped[str | None] = mapped_column(String(12))
    """dismissed, withdrawn, allowed, conceded; after the last two the status is agreed."""
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
