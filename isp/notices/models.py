"""The outbox."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base


class Notice(Base):
    """Something a person should be told of, and whether it has been."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_person", "person_id", "made_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    pupil_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
