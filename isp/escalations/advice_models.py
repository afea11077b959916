"""Advice for an assessment: what was asked, drafts, what was handed in; and panels with their papers."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed


class AdviceRequest(Base):
    """One request for advice under regulation 6(1), or what stands in its place by regulation 6(4)."""

    __tablename__ = "advice_request"
    __table_args__ = (
        Index("ix_advice_request_case", "request_id"),
        Index("ix_advice_request_pupil", "pupil_id"),
        Index("ix_advice_request_adviser", "adviser_id", "state"),
        Index("ix_advice_request_due", "authority_id", "state", "due_on"),
        CheckConstraint("kind IN ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')", name="kind"),
        CheckConstraint(
            "state IN ('asked', 'in', 'sent_back', 'accepted', 'declined', 'withdrawn', 'suffices')",
            name="state",
        ),
        CheckConstraint("(state = 'suffices') = (asked_on IS NULL)", name="asked"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    request_id: Mapped[UUID] = mapped_column(ForeignKey("assessment_request.id"))
    assessment_id: Mapped[UUID | None] = mapped_column(ForeignKey("assessment.id"))
    kind: Mapped[str] = mapped_column(String(1))
    """The letter of regulation 6(1)."""
    adviser_id: Mapped[UUID | None]
    """Who is asked, where she has an account; else whom ``sealed`` names."""
    qualified: Mapped[bool]
    """Of a child who sees or hears little: to come from, or after, a qualified teacher (regulation 6(2))."""
    state: Mapped[str] = mapped_column(String(9))
    asked_on: Mapped[date | None]
    due_on: Mapped[date | None]
    """The day that regulation 8(1) names; what excuses it is worked out beside it."""
    sight_until: Mapped[date | None]
    """The last day on which the adviser may see what was released for it."""
    chased_on: Mapped[date | None]
    chases: Mapped[int]
    received_on: Mapped[date | None]
    """Of the newest version."""
    closed_on: Mapped[date | None]
    """Accepted, declined, withdrawn, or agreed to suffice."""
    author_agreed_on: Mapped[date | None]
    authority_agreed_on: Mapped[date | None]
    family_agreed_on: Mapped[date | None]
    days_late: Mapped[int | None]
    """Of the newest version, after the day that the law names."""
    days_unexcused: Mapped[int | None]
    rules: Mapped[str | None] = mapped_column(String(24))
    number: Mapped[int]
    """Of the newest version that was handed in or filed; 0 for none."""
    drafted: Mapped[int]
    """Of the newest draft; 0 for none."""
    asked_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """whom, note, representations, and what was said at each step: see ``advice_queries.Words``"""
    row_version: Mapped[int]


class AdviceDraft(Base):
    """What somebody had written from a moment on, all of it. Never altered, and read by its author alone."""

    __tablename__ = "advice_draft"

    advice_id: Mapped[UUID] = mapped_column(ForeignKey("advice_request.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[UUID]
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    author_id: Mapped[UUID]
    at: Mapped[datetime]
    digest: Mapped[bytes]
    sealed: Mapped[bytes] = mapped_column(Sealed)


class AdviceVersion(Base):
    """Advice as it was handed in, filed, or agreed to suffice. Never altered."""

    __tablename__ = "advice_version"
    __table_args__ = (
        UniqueConstraint("advice_id", "number"),
        Index("ix_advice_version_pupil", "pupil_id"),
        CheckConstraint("sort IN ('written', 'report', 'filed', 'existing')", name="sort"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    advice_id: Mapped[UUID] = mapped_column(ForeignKey("advice_request.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    number: Mapped[int]
    sort: Mapped[str] = mapped_column(String(8))
    received_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))
    document_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("document_version.id"))
    document_digest: Mapped[bytes | None]
    digest: Mapped[bytes]
    """Salted; of the words, and of the document's digest where there is one."""
    sealed: Mapped[bytes] = mapped_column(Sealed)


class Panel(Base):
    """A meeting at which an authority looks at cases. It recommends; who decides is the officer."""

    __tablename__ = "panel"
    __table_args__ = (
        Index("ix_panel_authority", "authority_id", "held_on"),
        CheckConstraint("kind IN ('assess', 'issue', 'other')", name="kind"),
        CheckConstraint("state IN ('planned', 'held', 'cancelled')", name="state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    held_on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(6))
    state: Mapped[str] = mapped_column(String(9))
    members: Mapped[str] = mapped_column(String(200))
    """Codes of who was there, by role, with blanks between; empty until it was held."""
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    row_version: Mapped[int]


class PanelItem(Base):
    """A case on a panel's agenda, and what the panel recommends of it."""

    __tablename__ = "panel_item"
    __table_args__ = (
        UniqueConstraint("panel_id", "request_id"),
        Index("ix_panel_item_request", "request_id"),
        Index("ix_panel_item_pupil", "pupil_id"),
        CheckConstraint("(recommendation IS NULL) = (sealed IS NULL)", name="recommended"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    panel_id: Mapped[UUID] = mapped_column(ForeignKey("panel.id"))
    request_id: Mapped[UUID] = mapped_column(ForeignKey("assessment_request.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    position: Mapped[int]
    added_at: Mapped[datetime]
    added_by: Mapped[UUID]
    recommendation: Mapped[str | None] = mapped_column(String(10))
    recommended_at: Mapped[datetime | None]
    recommended_by: Mapped[UUID | None]
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    """reasons"""
    row_version: Mapped[int]


class PanelPaper(Base):
    """What lay before a panel of one case, each by its id and digest. Never altered."""

    __tablename__ = "panel_paper"
    __table_args__ = (
        CheckConstraint("sort IN ('version', 'review', 'document', 'answers', 'advice')", name="sort"),
    )

    item_id: Mapped[UUID] = mapped_column(ForeignKey("panel_item.id"), primary_key=True)
    object_id: Mapped[UUID] = mapped_column(primary_key=True)
    sort: Mapped[str] = mapped_column(String(8))
    digest: Mapped[bytes]
