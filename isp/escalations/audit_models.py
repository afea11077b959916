"""Quality assurance audits: the audit with how it was sampled, its cases, and what was found in each."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed


class QualityAudit(Base):
    """A sample of an authority's cases looked at by an auditor and, without knowing her view, a moderator."""

    __tablename__ = "quality_audit"
    __table_args__ = (
        Index("ix_quality_audit_authority", "authority_id", "made_at"),
        CheckConstraint("auditor_id <> moderator_id", name="two"),
        CheckConstraint("state IN ('open', 'closed')", name="state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(12))
    """Of ``audits.content.KINDS``."""
    from_on: Mapped[date]
    to_on: Mapped[date]
    seed: Mapped[str] = mapped_column(String(32))
    method: Mapped[str] = mapped_column(String(24))
    checklist: Mapped[str] = mapped_column(String(24))
    wanted: Mapped[int]
    frame: Mapped[int]
    """From how many cases it was drawn."""
    frame_digest: Mapped[bytes] = mapped_column(LargeBinary)
    auditor_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    moderator_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(8))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    row_version: Mapped[int]


class AuditedCase(Base):
    """A case of the sample."""

    __tablename__ = "audited_case"
    __table_args__ = (UniqueConstraint("audit_id", "number", name="uq_audited_case_audit_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("quality_audit.id"))
    number: Mapped[int]
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("assessment_request.id"))
    """Of a decision or an assessment: the request through which the two see the case."""
    subject_id: Mapped[UUID]
    """What was drawn: the request, the assessment, the plan, a review of it, its end, a re-assessment."""
    auditor_done_at: Mapped[datetime | None]
    moderator_done_at: Mapped[datetime | None]
    row_version: Mapped[int]
    plan_id: Mapped[UUID | None] = mapped_column(ForeignKey("statutory_plan.id"))
    """Of everything else: the plan through which they see it."""


class AuditFinding(Base):
    """One answer of one side, about one exact thing."""

    __tablename__ = "audit_finding"
    __table_args__ = (
        UniqueConstraint("audited_case_id", "side", "question", name="uq_audit_finding_audited_case_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    audited_case_id: Mapped[UUID] = mapped_column(ForeignKey("audited_case.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    side: Mapped[str] = mapped_column(String(12))
    question: Mapped[str] = mapped_column(String(32))
    answer: Mapped[str] = mapped_column(String(16))
    object_type: Mapped[str] = mapped_column(String(24))
    object_id: Mapped[UUID]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """Of what it is about, as it stood then."""
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    """words"""
    recorded_at: Mapped[datetime]
    row_version: Mapped[int]
