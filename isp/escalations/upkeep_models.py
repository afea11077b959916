"""Rows of what becomes of a plan in force; the plan and its reviews themselves are ``isp.ehcp.models``."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed

_NOT_MOVED = text("transferred_on IS NULL AND called_off_at IS NULL")
_CEASING = text("state IN ('considering', 'decided')")
_OUT = text("state IN ('open', 'decided')")
_PENDING = text("state = 'pending'")


class ReviewList(Base):
    """The list of a term's reviews, as an authority sent it to the head of a school."""

    __tablename__ = "review_list"
    __table_args__ = (
        Index("uq_review_list_term", "authority_id", "school_id", "term_from", unique=True),
        Index("ix_review_list_school", "school_id", "term_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    term_from: Mapped[date]
    term_to: Mapped[date]
    sent_on: Mapped[date]
    sent_by: Mapped[UUID]
    reviews: Mapped[int]
    recorded_at: Mapped[datetime]


class ReviewListLetter(Base):
    """The letter by which a head who is not on this service has a list: a draft, then served and kept."""

    __tablename__ = "review_list_letter"
    __table_args__ = (CheckConstraint("(served_on IS NULL) = (digest IS NULL)", name="served"),)

    list_id: Mapped[UUID] = mapped_column(ForeignKey("review_list.id"), primary_key=True)
    id: Mapped[UUID]
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    dated_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    served_on: Mapped[date | None]
    how: Mapped[str | None] = mapped_column(String(8))
    served_by: Mapped[UUID | None]
    recorded_at: Mapped[datetime | None]
    rules: Mapped[str] = mapped_column(String(24))
    """The version of the letters that it was made under."""
    digest: Mapped[bytes | None]
    """Of a served letter: over its whole text."""
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """opening, closing; once served to whom it went, its proof, and the whole text with its salt"""
    row_version: Mapped[int]


class PlanCeasing(Base):
    """The end of a plan: considered with the family and the school, decided, and come about (section 45)."""

    __tablename__ = "plan_ceasing"
    __table_args__ = (
        Index("ix_plan_ceasing_plan", "plan_id"),
        Index(
            "uq_plan_ceasing_open", "plan_id", unique=True, sqlite_where=_CEASING, postgresql_where=_CEASING
        ),
        CheckConstraint("state IN ('considering', 'decided', 'dropped', 'ended')", name="state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("statutory_plan.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[str] = mapped_column(String(12))
    ground: Mapped[str] = mapped_column(String(16))
    """not_responsible or not_necessary: the two of section 45(1), and no other"""
    reason: Mapped[str] = mapped_column(String(1))
    """Item 4.6 of the SEN2 return."""
    considering_on: Mapped[date | None]
    """The day of the letter; None where the plan ends without one (a death, a move out of England)."""
    family_answered_on: Mapped[date | None]
    school_answered_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    notice_on: Mapped[date | None]
    """The letter with the decision was sent on this day: the time to appeal counts from it."""
    keep_until: Mapped[date | None]
    """The last day to appeal: the plan is in force at least until then."""
    support_record_id: Mapped[UUID | None]
    """The plan without EHC plan (ISP) that takes its place, where there is one."""
    recorded_at: Mapped[datetime]
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    """why; family, school: what they answered; reasons of the decision"""
    row_version: Mapped[int]


class ReassessmentRequest(Base):
    """A request under section 44(2) to assess again, and its answer."""

    __tablename__ = "reassessment_request"
    __table_args__ = (
        Index("ix_reassessment_request_plan", "plan_id"),
        Index("ix_reassessment_request_authority", "authority_id", "state"),
        Index(
            "uq_reassessment_request_open",
            "plan_id",
            unique=True,
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
        CheckConstraint("state IN ('pending', 'agreed', 'refused')", name="state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("statutory_plan.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    source: Mapped[str] = mapped_column(String(12))
    """parent, young_person, school, health (the responsible commissioning body), authority"""
    made_by: Mapped[UUID]
    received_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10))
    decided_on: Mapped[date | None]
    notice_on: Mapped[date | None]
    """The letter with the answer was sent on this day: the time to appeal counts from it."""
    refusal: Mapped[str | None] = mapped_column(String(12))
    """six_months or unnecessary: the two of regulation 24"""
    days_late: Mapped[int | None]
    rules: Mapped[str | None] = mapped_column(String(24))
    assessment_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """reasons; after the decision: decision_reasons"""
    row_version: Mapped[int]


class PlanMove(Base):
    """A child moves to another authority's area, and the plan with him (regulation 15)."""

    __tablename__ = "plan_move"
    __table_args__ = (
        Index("ix_plan_move_plan", "plan_id"),
        Index(
            "uq_plan_move_open", "plan_id", unique=True, sqlite_where=_NOT_MOVED, postgresql_where=_NOT_MOVED
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("statutory_plan.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    from_authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    to_authority_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    """None where the new authority is not on this system."""
    to_la: Mapped[str] = mapped_column(String(3))
    """The three digits of the new authority."""
    known_on: Mapped[date]
    """The day on which the old authority knew of the move."""
    moves_on: Mapped[date]
    due_on: Mapped[date]
    transferred_on: Mapped[date | None]
    days_late: Mapped[int | None]
    told_on: Mapped[date | None]
    """The new authority told the family: that the plan is there, whether it assesses, when it reviews."""
    told_days_late: Mapped[int | None]
    will_assess: Mapped[bool | None]
    review_by: Mapped[date | None]
    called_off_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    row_version: Mapped[int]


class PlanDuty(Base):
    """Something a Tribunal's order, or giving way in an appeal, obliges the authority to do about a plan."""

    __tablename__ = "plan_duty"
    __table_args__ = (
        Index("ix_plan_duty_plan", "plan_id"),
        Index("ix_plan_duty_authority", "authority_id", "done_on", "due_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("statutory_plan.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    dispute_id: Mapped[UUID | None]
    act: Mapped[str] = mapped_column(String(32))
    """A ``deadlines.Act``"""
    from_on: Mapped[date]
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    days_late: Mapped[int | None]
    days_unexcused: Mapped[int | None]
    """Of these days, those that no circumstance recorded until then explains."""
    rules: Mapped[str] = mapped_column(String(24))
    recorded_at: Mapped[datetime]
    row_version: Mapped[int]


class PlanCircumstance(Base):
    """A circumstance for which the law does not ask for a date about a plan in time (regs 27(3), 44(3), 45).

    Never altered but to be taken back, which ends it and keeps it.
    """

    __tablename__ = "plan_circumstance"
    __table_args__ = (
        Index("ix_plan_circumstance_plan", "plan_id"),
        CheckConstraint("ends >= begins", name="in_order"),
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_by IS NULL)", name="taken_back"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("statutory_plan.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    """Which recorded it; it stays with the plan, whoever has that later."""
    code: Mapped[str] = mapped_column(String(24))
    begins: Mapped[date]
    ends: Mapped[date]
    asked_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[UUID | None]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """reason, evidence"""


class OutOfSchool(Base):
    """A child out of school or there part of the time, and what the authority does about it (section 19)."""

    __tablename__ = "out_of_school"
    __table_args__ = (
        Index("ix_out_of_school_pupil", "pupil_id"),
        Index("ix_out_of_school_authority", "authority_id", "state", "since_on"),
        Index("uq_out_of_school_open", "pupil_id", unique=True, sqlite_where=_OUT, postgresql_where=_OUT),
        CheckConstraint("state IN ('open', 'decided', 'closed')", name="state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    sort: Mapped[str] = mapped_column(String(12))
    """illness, exclusion, otherwise (section 19(1)); part_time (a timetable)"""
    since_on: Mapped[date]
    hours: Mapped[int | None]
    """A week, of those that he gets."""
    state: Mapped[str] = mapped_column(String(8))
    decision: Mapped[str | None] = mapped_column(String(12))
    """arrange, suitable (what there is suits), not_owed"""
    decided_on: Mapped[date | None]
    review_on: Mapped[date | None]
    reviewed_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    closed_why: Mapped[str | None] = mapped_column(String(12))
    opened_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """what; after the decision: reasons; of reviews: found"""
    row_version: Mapped[int]
