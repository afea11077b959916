"""A round of questions to a pupil's teachers: what was asked, of whom, and every version of each answer."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed


class QuestionRound(Base):
    """Four questions about one pupil and his plan's outcomes, due on a day. One open round a plan."""

    __tablename__ = "question_round"
    __table_args__ = (
        Index("ix_question_round_pupil", "pupil_id", "status"),
        Index(
            "uq_question_round_open",
            "record_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        CheckConstraint("status IN ('open', 'closed')", name="status"),
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    version: Mapped[int]
    """The plan's version whose outcomes are asked about."""
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    due_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(8))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """The questions."""


class QuestionAsked(Base):
    """One of those asked, and whether she has finished; ``number`` is her newest answer's, 0 for none."""

    __tablename__ = "question_asked"
    __table_args__ = (Index("ix_question_asked_person", "person_id"),)

    round_id: Mapped[UUID] = mapped_column(ForeignKey("question_round.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
    finished_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]


class QuestionAnswer(Base):
    """What somebody answered from a moment on, to all of it. Never altered."""

    __tablename__ = "question_answer"

    round_id: Mapped[UUID] = mapped_column(ForeignKey("question_round.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[UUID]
    at: Mapped[datetime]
    digest: Mapped[bytes]
    sealed: Mapped[bytes] = mapped_column(Sealed)
