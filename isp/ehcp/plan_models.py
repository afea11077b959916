"""What stands beside the content of a statutory plan: who agreed to a part of it, and whether it is given."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed


class SectionSignOff(Base):
    """The health or the care body agreed to its sections as they were at one revision. Never altered.

    It holds for as long as the sections answer ``digest``; words that are changed afterwards ask anew.
    """

    __tablename__ = "section_sign_off"
    __table_args__ = (
        Index("ix_section_sign_off_record", "record_id"),
        CheckConstraint("part IN ('health', 'care')", name="part"),
        CheckConstraint("way IN ('own', 'letter')", name="way"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("statutory_plan.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"))
    revision: Mapped[int]
    part: Mapped[str] = mapped_column(String(8))
    way: Mapped[str] = mapped_column(String(8))
    """own: by somebody of that body; letter: the officer filed the body's letter."""
    agreed_on: Mapped[date]
    digest: Mapped[bytes]
    """HMAC of the sections under a salt that lies sealed."""
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """salt, body (whose agreement it is), words"""


class PlanAgreement(Base):
    """One of the family, or the young person, said of one version whether she agrees with it. Never altered.

    Each answers for herself, and what she says later stands. It changes nothing about the plan's force.
    """

    __tablename__ = "plan_agreement"
    __table_args__ = (
        Index("ix_plan_agreement_plan", "plan_id", "number"),
        Index("ix_plan_agreement_pupil", "pupil_id"),
        CheckConstraint("answer IN ('yes', 'part', 'no')", name="answer"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("statutory_plan.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("record_version.id"))
    number: Mapped[int]
    version_digest: Mapped[bytes]
    """Of the version as it was then: an answer is to those words and no others."""
    standing: Mapped[str] = mapped_column(String(16))
    """parent, young_person: as whom she answered"""
    answer: Mapped[str] = mapped_column(String(4))
    made_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    """words: why, in her own"""


class SectionAgreer(Base):
    """Who agrees to sections of a plan for the health or the care body, as the authority has it."""

    __tablename__ = "section_agreer"
    __table_args__ = (
        Index("ix_section_agreer_plan", "plan_id"),
        Index(
            "uq_section_agreer_open",
            "plan_id",
            "part",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("part IN ('health', 'care')", name="part"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("statutory_plan.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    part: Mapped[str] = mapped_column(String(8))
    person_id: Mapped[UUID]
    named_by: Mapped[UUID]
    named_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """Another was named in her place."""
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """body: for which she agrees"""


class ProvisionCheck(Base):
    """Whether what section F promises is given: asked when a plan is issued, at a new setting, each year."""

    __tablename__ = "provision_check"
    __table_args__ = (
        Index("ix_provision_check_plan", "plan_id"),
        Index("ix_provision_check_school", "school_id", "state", "due_on"),
        CheckConstraint("occasion IN ('issue', 'setting', 'yearly', 'worry')", name="occasion"),
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("statutory_plan.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    occasion: Mapped[str] = mapped_column(String(8))
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(8))
    raised_on: Mapped[date]
    raised_by: Mapped[UUID]
    closed_on: Mapped[date | None]
    closed_by: Mapped[UUID | None]
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    """words: the worry, or what was asked"""
    recorded_at: Mapped[datetime]
    row_version: Mapped[int]


class ProvisionFinding(Base):
    """What was found of one entry of section F in one check. Never altered: a later finding stands."""

    __tablename__ = "provision_finding"
    __table_args__ = (
        Index("ix_provision_finding_check", "check_id"),
        CheckConstraint("finding IN ('in_place', 'partly', 'not')", name="finding"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    check_id: Mapped[UUID] = mapped_column(ForeignKey("provision_check.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    item_id: Mapped[UUID]
    finding: Mapped[str] = mapped_column(String(8))
    since: Mapped[date | None]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """evidence"""


class PlanBudget(Base):
    """What section J of a version in force comes to from a day on (SEN2, items 4.4a to 4.4c). Never altered.

    A version has a row for its own day, and one for each later day on which an arrangement in it begins.
    """

    __tablename__ = "plan_budget"
    __table_args__ = (
        UniqueConstraint("version_id", "from_on"),
        Index("ix_plan_budget_pupil", "pupil_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("statutory_plan.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("record_version.id"))
    issued_on: Mapped[date]
    from_on: Mapped[date]
    personal_budget: Mapped[bool | None]
    """None: the version was brought in without section J, so it is not known."""
    organised: Mapped[bool]
    direct_payments: Mapped[str | None] = mapped_column(String(4))
    """Letters of item 4.4c: E, S, H, I."""
    recorded_at: Mapped[datetime]
