"""What is kept of a case beside its steps: letters, the diary, disclosures, wording before a Tribunal."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed


class CaseLetter(Base):
    """A letter about one child's case: a draft that is edited, then served and never altered."""

    __tablename__ = "case_letter"
    __table_args__ = (
        Index("ix_case_letter_pupil", "pupil_id", "authority_id"),
        Index("ix_case_letter_subject", "subject_id"),
        CheckConstraint("state IN ('draft', 'served', 'put_aside')", name="state"),
        CheckConstraint("(state = 'served') = (served_on IS NOT NULL)", name="served"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    subject: Mapped[str] = mapped_column(String(12))
    """request, assessment, plan or review"""
    subject_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(24))
    """Of ``data/letters-*.toml``."""
    about_id: Mapped[UUID | None]
    """The request for advice, the consultation or the appeal that it carries out or answers."""
    state: Mapped[str] = mapped_column(String(10))
    dated_on: Mapped[date]
    """The date on the letter, from which the limits that it names run."""
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    edited_at: Mapped[datetime]
    served_on: Mapped[date | None]
    recorded_at: Mapped[datetime | None]
    """When its service was recorded."""
    served_by: Mapped[UUID | None]
    rules: Mapped[str] = mapped_column(String(24))
    """The version of the letters that it was made under."""
    digest: Mapped[bytes | None]
    """Of a served letter: over its whole text."""
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """opening, reasons, closing, particulars; once served the whole text that went out, and its salt"""
    row_version: Mapped[int]


class LetterCopy(Base):
    """One copy of a served letter: to whom, how, and what shows that it was sent. Never altered."""

    __tablename__ = "letter_copy"
    __table_args__ = (
        Index("ix_letter_copy_letter", "letter_id"),
        Index("ix_letter_copy_person", "person_id"),
        Index("ix_letter_copy_organisation", "organisation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    letter_id: Mapped[UUID] = mapped_column(ForeignKey("case_letter.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    recipient: Mapped[str] = mapped_column(String(16))
    """family, head, health, social_care, setting, adviser, invited"""
    person_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    how: Mapped[str] = mapped_column(String(8))
    """post, hand, email, here"""
    document_id: Mapped[UUID | None]
    """A document of the child's that shows that it was sent."""
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """name, address, proof"""
    made_at: Mapped[datetime]


class CaseEntry(Base):
    """A call, a visit, a meeting or a piece of mail. Never altered; another one corrects it."""

    __tablename__ = "case_entry"
    __table_args__ = (
        Index("ix_case_entry_pupil", "pupil_id", "authority_id", "happened_on"),
        Index(
            "uq_case_entry_corrects",
            "corrects_id",
            unique=True,
            sqlite_where=text("corrects_id IS NOT NULL"),
            postgresql_where=text("corrects_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    subject_id: Mapped[UUID]
    """The request, assessment, plan or review that it is about."""
    kind: Mapped[str] = mapped_column(String(12))
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_entry.id"))
    document_id: Mapped[UUID | None]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """who, what; of a correction its reason"""


class Disclosure(Base):
    """Something of a child's case was given to somebody. Never altered."""

    __tablename__ = "disclosure"
    __table_args__ = (Index("ix_disclosure_pupil", "pupil_id", "authority_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    subject_id: Mapped[UUID]
    purpose: Mapped[str] = mapped_column(String(24))
    """Of ``data/disclosures-*.toml``."""
    made_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    authorised_by: Mapped[UUID]
    rules: Mapped[str] = mapped_column(String(24))
    """The version of the purposes that it was made under."""
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """to_whom, reason; with consent also who gave it, when and how"""


class DisclosedObject(Base):
    """One thing that was disclosed, as it was: a version with its digest."""

    __tablename__ = "disclosed_object"
    __table_args__ = (Index("ix_disclosed_object_disclosure", "disclosure_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    disclosure_id: Mapped[UUID] = mapped_column(ForeignKey("disclosure.id"))
    object_type: Mapped[str] = mapped_column(String(12))
    """plan (a version of an EHC plan), version (of the school's plan), document, letter"""
    object_id: Mapped[UUID]
    number: Mapped[int | None]
    digest: Mapped[bytes]


class WordingProposal(Base):
    """One change that the parents or the authority propose to a version of an EHC plan."""

    __tablename__ = "wording_proposal"
    __table_args__ = (
        Index("ix_wording_proposal_version", "version_id"),
        CheckConstraint("side IN ('parents', 'authority')", name="side"),
        CheckConstraint("act IN ('add', 'delete', 'replace')", name="act"),
        CheckConstraint("state IN ('proposed', 'agreed', 'withdrawn')", name="state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    subject_id: Mapped[UUID]
    version_id: Mapped[UUID]
    section: Mapped[str] = mapped_column(String(24))
    item_id: Mapped[UUID | None]
    """None: something new at the end of the section."""
    field: Mapped[str | None] = mapped_column(String(40))
    side: Mapped[str] = mapped_column(String(10))
    act: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    settled_on: Mapped[date | None]
    settled_by: Mapped[UUID | None]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """wording, note"""
    row_version: Mapped[int]
