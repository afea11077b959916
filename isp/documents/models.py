"""Documents, their versions, and the sealed pieces they lie in. Nothing here is changed once written."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed


class Document(Base):
    """One document about a pupil, whichever version of it is the newest. What it is never changes."""

    __tablename__ = "document"
    __table_args__ = (
        Index("ix_document_pupil", "pupil_id"),
        CheckConstraint("label IN ('S0', 'S1', 'S2', 'S3')", name="label"),
        CheckConstraint("source IN ('school', 'family', 'adviser')", name="source"),
        CheckConstraint("(item_id IS NULL) = (section IS NULL)", name="item"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    kind: Mapped[str] = mapped_column(String(12))
    label: Mapped[str] = mapped_column(String(2))
    source: Mapped[str] = mapped_column(String(8))
    """school, family or adviser: on whose behalf it was sent. What others sent only they and staff see."""
    section: Mapped[str | None] = mapped_column(String(24))
    item_id: Mapped[UUID | None]
    """The entry of the plan that it belongs to, by the entry's stable id."""
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]


class DocumentVersion(Base):
    """One immutable version: the facts. Its title and its bytes lie in ``document_body``."""

    __tablename__ = "document_version"
    __table_args__ = (
        UniqueConstraint("document_id", "number"),
        CheckConstraint("size > 0 AND pieces > 0", name="size"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    number: Mapped[int]
    type: Mapped[str] = mapped_column(String(8))
    """What it is by its content: a code of ``rules.TYPES``."""
    size: Mapped[int]
    """Bytes, as kept."""
    pieces: Mapped[int]
    happened_on: Mapped[date]
    """The day on the document, or of what it shows."""
    digest: Mapped[bytes]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]


class DocumentBody(Base):
    """A piece of a version: number 0 the title and the salt, from 1 on the bytes, a megabyte at most."""

    __tablename__ = "document_body"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("document_version.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(Sealed)


class DocumentWithdrawal(Base):
    """A version is hidden from all but the data protection officer. It is never removed."""

    __tablename__ = "document_withdrawal"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("document_version.id"), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"))
    why: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[bytes] = mapped_column(Sealed)
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]


class WaitingPaper(Base):
    """A file that was brought in with others and waits to be told whose it is; gone after a day."""

    __tablename__ = "waiting_paper"
    __table_args__ = (Index("ix_waiting_paper_school", "school_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    type: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """The name of the file, which tells whose it is."""


class WaitingBody(Base):
    """A piece of a file that waits."""

    __tablename__ = "waiting_body"

    paper_id: Mapped[UUID] = mapped_column(ForeignKey("waiting_paper.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(Sealed)
