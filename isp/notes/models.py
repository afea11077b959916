"""Working notes and their versions, which nobody alters."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed


class WorkingNote(Base):
    """One note: whose, about whom, and whether it was withdrawn. Its words are its versions'."""

    __tablename__ = "working_note"
    __table_args__ = (
        Index("ix_working_note_pupil", "pupil_id", "made_at", "id"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL) AND (withdrawn_at IS NULL) = (sealed IS NULL)",
            name="withdrawn",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    author_id: Mapped[UUID]
    made_at: Mapped[datetime]
    record_id: Mapped[UUID | None] = mapped_column(ForeignKey("record.id"))
    """The plan that holds ``item_id``."""
    item_id: Mapped[UUID | None]
    """What in the plan it is about: an item's stable id."""
    number: Mapped[int]
    """The newest version's number."""
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_why: Mapped[str | None] = mapped_column(String(16))
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    """Why it was withdrawn, in words."""


class WorkingNoteVersion(Base):
    """What a note said from a moment on. Never altered."""

    __tablename__ = "working_note_version"

    note_id: Mapped[UUID] = mapped_column(ForeignKey("working_note.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[UUID]
    author_id: Mapped[UUID]
    at: Mapped[datetime]
    digest: Mapped[bytes]
    sealed: Mapped[bytes] = mapped_column(Sealed)
