"""The settings that an authority consults about a draft plan, and what they answer."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed


class SettingConsultation(Base):
    """One setting consulted with a copy of the draft (sections 39(2) and 40(3)), here or elsewhere."""

    __tablename__ = "setting_consultation"
    __table_args__ = (
        Index("ix_setting_consultation_assessment", "assessment_id"),
        Index("ix_setting_consultation_school", "school_id", "state"),
        Index("ix_setting_consultation_authority", "authority_id", "state"),
        CheckConstraint("state IN ('open', 'yes', 'no', 'closed')", name="state"),
        CheckConstraint("(state IN ('yes', 'no')) = (answered_on IS NOT NULL)", name="answered"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"))
    request_id: Mapped[UUID] = mapped_column(ForeignKey("assessment_request.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    """None of a setting that is not on this system: its name is in the words."""
    sent_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10))
    """open, yes, no, or closed: the case went on without an answer"""
    answered_on: Mapped[date | None]
    answered_by: Mapped[UUID | None]
    """Who recorded the answer: somebody of the setting, or the officer to whom it was sent."""
    answer_recorded_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """name of a setting elsewhere; after the answer its reasons"""
    row_version: Mapped[int]
