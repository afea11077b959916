"""What an authority asks to be made, the sealed files of it, what is to be mended, and what a file said."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed


class ExchangeJob(Base):
    """Something the worker is to do: check the record, make a return or a list, look at a file, bring it in.

    Taken by a lease that is renewed as it goes on; a worker that was killed leaves it to the next.
    """

    __tablename__ = "exchange_job"
    __table_args__ = (
        Index("ix_exchange_job_authority", "authority_id", "asked_at"),
        Index("ix_exchange_job_state", "state"),
        CheckConstraint("kind IN ('check', 'return', 'children', 'look', 'import')", name="kind"),
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'aside')", name="state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(10))
    year: Mapped[int]
    """Of the return; 0 where the file says it."""
    state: Mapped[str] = mapped_column(String(8))
    asked_by: Mapped[UUID | None]
    """None: the worker's own daily check."""
    asked_at: Mapped[datetime]
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Codes that were asked for: dmo, dco, dsco, purpose, setting_tag."""
    serial: Mapped[int | None]
    total: Mapped[int | None]
    done: Mapped[int]
    tries: Mapped[int]
    """How often a worker took it: one that stops each time is not tried for ever."""
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Counts by code, and departures from the form; nothing of a person."""
    problem: Mapped[str | None] = mapped_column(String(300))
    """Why it could not be done: a sentence, nothing of a person in it."""


class ExchangeFile(Base):
    """A file of a job, compressed, then sealed under the authority's key. ``kind``: xml, csv, list,
    upload.
    """

    __tablename__ = "exchange_file"
    __table_args__ = (UniqueConstraint("job_id", "kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("exchange_job.id"))
    kind: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    """Of the file as it is handed out."""
    sealed: Mapped[bytes] = mapped_column(Sealed)
    made_at: Mapped[datetime]


class Sen2Finding(Base):
    """A rule of the return that the record breaks, as of the last check. Written anew by every check."""

    __tablename__ = "sen2_finding"
    __table_args__ = (
        Index("ix_sen2_finding_rule", "authority_id", "year", "rule", "pupil_id"),
        Index("ix_sen2_finding_pupil", "pupil_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    year: Mapped[int]
    rule: Mapped[str] = mapped_column(String(6))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    request_id: Mapped[UUID | None]
    plan_id: Mapped[UUID | None]


class Sen2Item(Base):
    """An item of a return that a file gave and nothing else in the record says.

    ``item``: TransferLA (of a plan whose day of transfer is not known) or Exported (of a request). A code.
    """

    __tablename__ = "sen2_item"
    __table_args__ = (UniqueConstraint("subject_id", "year", "item"), Index("ix_sen2_item_pupil", "pupil_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    subject_id: Mapped[UUID]
    year: Mapped[int]
    item: Mapped[str] = mapped_column(String(16))
    value: Mapped[str] = mapped_column(String(4))
    made_at: Mapped[datetime]


class Sen2Match(Base):
    """By what an authority's next file finds a person again: a keyed digest of number, or name and birth."""

    __tablename__ = "sen2_match"
    __table_args__ = (UniqueConstraint("known_by"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    known_by: Mapped[bytes]
