"""What is due in each case, who covers for whom, whose day it is, and names that can be found again."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base


class CaseDuty(Base):
    """What is due next about one request, assessment, plan or review: kept beside them by every deed.

    Derived (``duties``), and stored so that lists by date are one read of an index. ``due_on`` is
    9999-12-31 where no date runs.
    """

    __tablename__ = "case_duty"
    __table_args__ = (
        UniqueConstraint("subject_id", name="uq_case_duty_subject_id"),
        Index("ix_case_duty_pupil", "pupil_id", "authority_id"),
        Index("ix_case_duty_turns", "turns_on"),
        Index("ix_case_duty_due", "authority_id", "due_on", "id"),
        Index("ix_case_duty_officer", "authority_id", "officer_id", "due_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    subject: Mapped[str] = mapped_column(String(12))
    """request, assessment, plan, review"""
    subject_id: Mapped[UUID]
    case_id: Mapped[UUID | None]
    plan_id: Mapped[UUID | None]
    officer_id: Mapped[UUID | None]
    reference: Mapped[str | None] = mapped_column(String(20))
    stage: Mapped[str] = mapped_column(String(24))
    act: Mapped[str | None] = mapped_column(String(32))
    due_on: Mapped[date]
    turn: Mapped[str] = mapped_column(String(12))
    waits_until: Mapped[date | None]
    turns_on: Mapped[date | None]
    """From this day another date runs, though nothing has happened."""
    lapses_on: Mapped[date | None]


class OfficerAbsence(Base):
    """An officer is away from one day to another, and a colleague sees his cases for as long."""

    __tablename__ = "officer_absence"
    __table_args__ = (
        Index("ix_officer_absence_authority", "authority_id", "to_on"),
        CheckConstraint("to_on >= from_on", name="dates"),
        CheckConstraint("person_id <> covered_by", name="another"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    covered_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    from_on: Mapped[date]
    to_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]


class CoverTie(Base):
    """A tie that an absence opened for whoever covers."""

    __tablename__ = "cover_tie"
    __table_args__ = (Index("ix_cover_tie_absence", "absence_id"),)

    tie_id: Mapped[UUID] = mapped_column(ForeignKey("tie.id"), primary_key=True)
    absence_id: Mapped[UUID] = mapped_column(ForeignKey("officer_absence.id"))


class DutyDay(Base):
    """Who takes the new requests of a day."""

    __tablename__ = "duty_day"
    __table_args__ = (UniqueConstraint("authority_id", "on_day", name="uq_duty_day_authority_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    on_day: Mapped[date]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    row_version: Mapped[int]


class NameMark(Base):
    """The day on which a child was born, as a keyed digest of one authority's own.

    ``row_version``: of the pupil's row that it was made from; an older one is made anew.
    """

    __tablename__ = "name_mark"
    __table_args__ = (
        Index("ix_name_mark_mark", "authority_id", "mark"),
        Index("ix_name_mark_pupil", "pupil_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    mark: Mapped[bytes] = mapped_column(LargeBinary)
    row_version: Mapped[int]
