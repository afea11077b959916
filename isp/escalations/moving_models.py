"""Rows of what moves without the authority changing: to another college, or to another health body."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed

_NOT_NAMED = text("named_on IS NULL AND called_off_at IS NULL")
_NOT_TOLD = text("told_on IS NULL AND called_off_at IS NULL")


class CollegeMove(Base):
    """A young person moves from one post-16 institution to another (regulation 18(2))."""

    __tablename__ = "college_move"
    __table_args__ = (
        Index("ix_college_move_plan", "plan_id"),
        Index(
            "uq_college_move_open",
            "plan_id",
            unique=True,
            sqlite_where=_NOT_NAMED,
            postgresql_where=_NOT_NAMED,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("statutory_plan.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    known_on: Mapped[date]
    moves_on: Mapped[date]
    due_on: Mapped[date]
    """Five months before the move: by then the plan is amended and names the institution."""
    named_on: Mapped[date | None]
    days_late: Mapped[int | None]
    called_off_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """to: the institution; why: it was called off"""
    row_version: Mapped[int]


class HealthBodyChange(Base):
    """Another health body becomes responsible for the child of a plan (regulation 16)."""

    __tablename__ = "health_body_change"
    __table_args__ = (
        Index("ix_health_body_change_plan", "plan_id"),
        Index(
            "uq_health_body_change_open",
            "plan_id",
            unique=True,
            sqlite_where=_NOT_TOLD,
            postgresql_where=_NOT_TOLD,
        ),
        CheckConstraint("answer IS NULL OR answer IN ('arranges', 'review', 'reassess')", name="answer"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("statutory_plan.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    known_on: Mapped[date]
    """The day on which the old body knew of it."""
    changes_on: Mapped[date]
    due_on: Mapped[date]
    told_on: Mapped[date | None]
    """The new body has been told, and has the plan."""
    days_late: Mapped[int | None]
    answer: Mapped[str | None] = mapped_column(String(8))
    """arranges what section G says; or, where that is impracticable, asks for a review or a re-assessment"""
    called_off_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """old, new: the bodies; said: what the new one says; why: it was called off"""
    row_version: Mapped[int]
