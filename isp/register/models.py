"""Pupils and what a school's office knows of them; groups; the calendar; files waiting to be brought in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed


class Pupil(Base):
    """A child or young person.

    ``sealed``: legal_given, legal_family, preferred_given, preferred_family, born_on, sex, upn,
    former_upns, uln, ethnicity, postcode, upn_unknown. Clear, because registers and numbers need them
    in one query and they name nobody: year
    group, SEN status (N, K, E), census need codes, and two rounded dates.
    """

    __tablename__ = "pupil"
    __table_args__ = (CheckConstraint("sen_status IN ('N', 'K', 'E')", name="sen_status"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(Sealed)
    row_version: Mapped[int]
    upn_index: Mapped[bytes | None] = mapped_column(unique=True)
    """Blind index of the UPN; None where there is none or where another school's row holds it."""
    year_group: Mapped[str | None] = mapped_column(String(2))
    sen_status: Mapped[str] = mapped_column(String(1))
    need_primary: Mapped[str | None] = mapped_column(String(4))
    need_secondary: Mapped[str | None] = mapped_column(String(4))
    rights_move_on: Mapped[date]
    """The last Friday of June in the school year of the 16th birthday: tells the cohort, not the birthday."""
    keep_until: Mapped[date]
    """Retention, rounded up to a 31 August, since an exact date gives the birthday away."""
    made_at: Mapped[datetime]


class Enrolment(Base):
    """A pupil on a school's roll from one day to another."""

    __tablename__ = "enrolment"
    __table_args__ = (
        Index("ix_enrolment_school", "school_id"),
        Index("ix_enrolment_pupil", "pupil_id"),
        CheckConstraint("left_on IS NULL OR left_on >= admitted_on", name="dates"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    admitted_on: Mapped[date]
    left_on: Mapped[date | None]
    left_reason: Mapped[str | None] = mapped_column(String(24))
    tie_id: Mapped[UUID]
    made_at: Mapped[datetime]


class TeachingGroup(Base):
    """A class, registration group or teaching group; its pupils are ties, its staff ``group_staff``."""

    __tablename__ = "teaching_group"
    __table_args__ = (UniqueConstraint("school_id", "name", "valid_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str | None] = mapped_column(String(60))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    made_at: Mapped[datetime]


class CalendarEntry(Base):
    """A stretch of a school's own calendar: a term, a half term, a training day, a closure."""

    __tablename__ = "calendar_entry"
    __table_args__ = (
        Index("ix_calendar_entry_school", "school_id", "starts_on"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint("kind IN ('term', 'half_term', 'training', 'closure')", name="kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    removed_at: Mapped[datetime | None]
    made_at: Mapped[datetime]


class ColumnMapping(Base):
    """Which of a school's columns means what, remembered from the last file. Headings, never contents."""

    __tablename__ = "column_mapping"
    __table_args__ = (UniqueConstraint("school_id", "kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(12))
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime]


class StagedFile(Base):
    """A file read in to look at: sealed, and gone after a day."""

    __tablename__ = "staged_file"
    __table_args__ = (Index("ix_staged_file_school", "school_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(12))
    sealed: Mapped[bytes] = mapped_column(Sealed)
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
