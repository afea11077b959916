"""The outbox: what somebody is to be told, and how far each way of telling her has got.

A row waits while ``next_at`` is set; exactly one of ``sent_at``, ``given_up_at`` and ``closed_at`` is set
when it waits no longer (none, where it lay here before there was any mail).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, and_, or_, text
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed, table_of

WAITS = text("next_at IS NOT NULL")
UNREAD = text("read_at IS NULL")
ONCE = text("on_date IS NOT NULL")


def _where(condition: Any) -> dict[str, Any]:
    return {"sqlite_where": condition, "postgresql_where": condition}


class Delivery:
    """How far one way of telling has got. ``lease``: the token of whoever is at it until ``lease_until``."""

    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_at: Mapped[datetime | None]
    lease: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    """Not sent, on purpose; ``problem`` says why."""
    problem: Mapped[str | None] = mapped_column(String(24))
    """A code of ``isp.notices.problems``; never a server's words, which quote addresses."""


class Notice(Delivery, Base):
    """Something a person should be told of; the delivery columns are those of the mail.

    ``batch``: the first notice of the mail that this one is told in, set when it is first tried.
    ``about`` and ``on_date`` keep a reminder from being told twice.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_person", "person_id", "made_at"),
        Index("ix_notice_due", "next_at", **_where(WAITS)),
        Index("ix_notice_unread", "person_id", **_where(UNREAD)),
        Index("uq_notice_once", "person_id", "kind", "about", "on_date", unique=True, **_where(ONCE)),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    pupil_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    about: Mapped[UUID | None]
    on_date: Mapped[date | None]
    batch: Mapped[UUID | None]


_N = table_of(Notice).c
NEW = and_(
    _N.read_at.is_(None),
    or_(
        _N.next_at.is_not(None),
        _N.sent_at.is_not(None),
        _N.given_up_at.is_not(None),
        _N.closed_at.is_not(None),
    ),
)
"""Not read by her for whom it is. What lay here before there were messages to read is nobody's news."""


class NoticeText(Delivery, Base):
    """The text message of an urgent notice; whether she asked for any is looked at when it is sent."""

    __tablename__ = "notice_text"
    __table_args__ = (Index("ix_notice_text_due", "next_at", **_where(WAITS)),)

    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"), primary_key=True)


class NoticeChoice(Base):
    """How a person wants to be told. ``sealed``: kinds she wants no mail of, and a number for texts."""

    __tablename__ = "notice_choice"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(Sealed)
    row_version: Mapped[int]
    changed_at: Mapped[datetime]
