"""What lists need to know of a plan without opening it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base


class PlanCard(Base):
    """The clear facts of a plan's version in force: dates, a layer and numbers, keyed by random ids."""

    __tablename__ = "plan_card"
    __table_args__ = (Index("ix_plan_card_pupil", "pupil_id"),)

    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"), primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    layer: Mapped[str | None] = mapped_column(String(16))
    version: Mapped[int | None]
    published_at: Mapped[datetime | None]
    next_review_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(8))
