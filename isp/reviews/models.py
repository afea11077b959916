"""Reviews and who is invited to them. The report's words are a record (``records``)."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed
from isp.reviews.rounds_models import QuestionAnswer, QuestionAsked, QuestionRound

__all__ = ["QuestionAnswer", "QuestionAsked", "QuestionRound", "Review", "ReviewInvitation", "ReviewNotHeld"]

UNDER_WAY = text("status IN ('planned', 'open')")


class Review(Base):
    """One review of a plan: planned, open (the meeting is being held), closed or cancelled."""

    __tablename__ = "review"
    __table_args__ = (
        Index("ix_review_record", "record_id"),
        Index("ix_review_pupil", "pupil_id"),
        Index("ix_review_led_by", "led_by"),
        # One at a time for each plan, whoever plans it at the same moment.
        Index(
            "uq_review_under_way",
            "record_id",
            unique=True,
            sqlite_where=UNDER_WAY,
            postgresql_where=UNDER_WAY,
        ),
        CheckConstraint("status IN ('planned', 'open', 'closed', 'cancelled')", name="status"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    """The plan."""
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    """Where the pupil was on roll when it was planned."""
    cycle: Mapped[int]
    planned_on: Mapped[date | None]
    starts: Mapped[time | None]
    """By the clock in London; None for the whole day."""
    minutes: Mapped[int | None]
    due_on: Mapped[date | None]
    """When it was due, as it was when it was planned; None where that could not be said."""
    status: Mapped[str] = mapped_column(String(10))
    led_by: Mapped[UUID | None]
    plan_version: Mapped[int | None]
    """The version that was reviewed; set when the meeting is opened."""
    review_record_id: Mapped[UUID | None] = mapped_column(ForeignKey("record.id"))
    decision: Mapped[str | None] = mapped_column(String(24))
    next_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """place, link"""
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    row_version: Mapped[int]


class ReviewInvitation(Base):
    """Somebody is asked to a review. ``sealed``: name and role of somebody who has no account here."""

    __tablename__ = "review_invitation"
    __table_args__ = (
        Index("ix_review_invitation_review", "review_id"),
        Index("ix_review_invitation_person", "person_id"),
        Index(
            "uq_review_invitation_once",
            "review_id",
            "person_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    person_id: Mapped[UUID | None]
    role: Mapped[str] = mapped_column(String(16))
    """family, young_person, staff, professional"""
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    answer: Mapped[str | None] = mapped_column(String(12))
    """coming, sends_views, not_coming"""
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    removed_at: Mapped[datetime | None]


class ReviewNotHeld(Base):
    """Somebody recorded why a review that was due was not held. Never altered."""

    __tablename__ = "review_not_held"
    __table_args__ = (Index("ix_review_not_held_record", "record_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    """The plan."""
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    due_on: Mapped[date]
    next_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """reason"""
