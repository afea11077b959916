"""What lists need to know of a plan without opening it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed


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
    """As the version in force says."""
    status: Mapped[str] = mapped_column(String(8))
    interval: Mapped[str | None] = mapped_column(String(16))
    """How often it is reviewed, as the version in force says: a code. None where it does not say, or was
    shared before this was kept; then what the configuration says of plans that do not."""
    agreed_on: Mapped[date | None]
    """The day of the next review as people set it last: in a version, in a review closed since, or in a
    record that one was not held."""
    reviewed_on: Mapped[date | None]
    """The day of the last review that was held and closed."""
    missed_on: Mapped[date | None]
    """The day of a review that had passed without one when a later version was shared. It is owed until a
    review is closed, or until somebody records why there was none."""


class WordingAside(Base):
    """A hint about wording that somebody set aside, the words, the rule, the reason. Never altered.

    A row without a reason says that somebody took it back; of one hint the newest row counts.
    """

    __tablename__ = "wording_aside"
    __table_args__ = (Index("ix_wording_aside_record", "record_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    author_id: Mapped[UUID]
    at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(Sealed)


class ProvisionUse(Base):
    """An entry of the provision bank was written into a plan: who is in an intervention, in one query.

    Derived, and only ever a way to find drafts and versions: what they say is what counts.
    """

    __tablename__ = "provision_use"
    __table_args__ = (Index("ix_provision_use_entry", "entry_id"),)

    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The item's id inside the plan."""
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("bank_entry.id"))
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    made_at: Mapped[datetime]


class CountersignRule(Base):
    """From a day on, a school wants its plans countersigned by this role, or by nobody. Never altered."""

    __tablename__ = "countersign_rule"
    __table_args__ = (
        Index("ix_countersign_rule_school", "school_id", "valid_from"),
        CheckConstraint("role IN ('nobody', 'senco', 'head')", name="role"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[str] = mapped_column(String(8))
    valid_from: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]


class CountersignRequest(Base):
    """Somebody was asked to agree to one revision of a draft, and what they answered."""

    __tablename__ = "countersign_request"
    __table_args__ = (
        Index("ix_countersign_request_record", "record_id"),
        Index("ix_countersign_request_asked_of", "asked_of", "status"),
        CheckConstraint("status IN ('asked', 'given', 'refused', 'replaced')", name="status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"))
    revision: Mapped[int]
    """Of the draft: the answer is about exactly this."""
    role: Mapped[str] = mapped_column(String(8))
    asked_by: Mapped[UUID]
    asked_of: Mapped[UUID]
    asked_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(8))
    answered_at: Mapped[datetime | None]
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    """Why it was refused, in words."""


class SectionTask(Base):
    """A section of a draft that a colleague was asked to write, by a day. Who has what, and until when."""

    __tablename__ = "section_task"
    __table_args__ = (
        Index("ix_section_task_person", "person_id", "status"),
        Index("ix_section_task_pupil", "pupil_id", "status"),
        Index("ix_section_task_draft", "draft_id"),
        Index(
            "uq_section_task_asked",
            "draft_id",
            "section",
            unique=True,
            sqlite_where=text("status = 'asked'"),
            postgresql_where=text("status = 'asked'"),
        ),
        CheckConstraint("status IN ('asked', 'done', 'taken_back')", name="status"),
        CheckConstraint("(status = 'asked') = (closed_at IS NULL)", name="closed"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    section: Mapped[str] = mapped_column(String(24))
    person_id: Mapped[UUID]
    due_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(10))
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    closed_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    """What the asker said to it."""


class SheetRead(Base):
    """Somebody said that she has read a class sheet as it was. Never altered."""

    __tablename__ = "sheet_read"
    __table_args__ = (Index("ix_sheet_read_group", "group_id", "person_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("teaching_group.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[UUID]
    at: Mapped[datetime]
    digest: Mapped[bytes]
    """Of which version of which plan stood on it."""
