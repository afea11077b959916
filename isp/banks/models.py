"""What a school or an authority keeps to write from: entries, and every version each has had."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed


class BankEntry(Base):
    """A provision, an adjustment or a plan template of an organisation. Retired, never removed."""

    __tablename__ = "bank_entry"
    __table_args__ = (
        Index("ix_bank_entry_organisation", "organisation_id", "bank"),
        CheckConstraint("bank IN ('provision', 'adjustment', 'template')", name="bank"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    bank: Mapped[str] = mapped_column(String(12))
    number: Mapped[int]
    """Of its newest version."""
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    retired_at: Mapped[datetime | None]
    retired_by: Mapped[UUID | None]


class BankEntryVersion(Base):
    """What an entry said from one moment on, sealed under the organisation's key. Never altered."""

    __tablename__ = "bank_entry_version"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("bank_entry.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[UUID]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    sealed: Mapped[bytes] = mapped_column(Sealed)
