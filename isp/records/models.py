"""Records, their immutable versions, and the one draft a record may have."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed


class Record(Base):
    """A document about one pupil that has drafts and versions (a plan today; others later)."""

    __tablename__ = "record"
    __table_args__ = (
        Index("ix_record_pupil", "pupil_id", "kind"),
        Index(
            "uq_record_open",
            "pupil_id",
            "kind",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        CheckConstraint("status IN ('open', 'ended')", name="status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(8))
    number: Mapped[int]
    """The newest version's number; 0 before the first."""
    current: Mapped[int | None]
    """The version in force; None before the first, or when it was withdrawn and there was none before."""
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    ended_on: Mapped[date | None]
    ended_why: Mapped[str | None] = mapped_column(String(16))
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    """Why it ended, in words."""
    row_version: Mapped[int]


class RecordVersion(Base):
    """One immutable version. Its words lie in ``version_body``, so that keys can change and it cannot."""

    __tablename__ = "record_version"
    __table_args__ = (
        UniqueConstraint("record_id", "number"),
        Index("ix_record_version_at", "record_id", "stands_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    number: Mapped[int]
    sort: Mapped[str] = mapped_column(String(12))
    """published; correction (the same, asking nobody to agree again); earlier (written elsewhere).

    Of an EHC plan: draft_sent, final, amended, brought_in.
    """
    author_id: Mapped[UUID]
    recorded_at: Mapped[datetime]
    stands_from: Mapped[datetime]
    """When it came into force: the recorded instant, or for an earlier plan the day it happened."""
    happened_on: Mapped[date | None]
    schema: Mapped[str] = mapped_column(String(16))
    digest: Mapped[bytes]


class VersionBody(Base):
    """A version's sealed words: content, salt, reason."""

    __tablename__ = "version_body"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("record_version.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(Sealed)


class Withdrawal(Base):
    """A version is hidden from all but the data protection officer. It is never removed."""

    __tablename__ = "withdrawal"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("record_version.id"), primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    why: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[bytes] = mapped_column(Sealed)
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]


class Draft(Base):
    """What is being written: the content as of ``revision``, sealed. One open draft a record."""

    __tablename__ = "draft"
    __table_args__ = (
        Index(
            "uq_draft_open",
            "record_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        CheckConstraint("status IN ('open', 'published', 'discarded')", name="status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    base_number: Mapped[int]
    """The version it was started from; 0 for none."""
    revision: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    status: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    saved_at: Mapped[datetime]
    saved_by: Mapped[UUID]


class DraftChange(Base):
    """One save: what was changed, by whom, and what stood there before. Never altered."""

    __tablename__ = "draft_change"

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[UUID]
    author_id: Mapped[UUID]
    at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(Sealed)


class DraftClash(Base):
    """Words of one author that met another's in the same place: kept until a person has chosen."""

    __tablename__ = "draft_clash"
    __table_args__ = (Index("ix_draft_clash_draft", "draft_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"))
    author_id: Mapped[UUID]
    at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None]
    choice: Mapped[str | None] = mapped_column(String(8))
