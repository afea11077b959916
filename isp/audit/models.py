"""The ledger's two tables: events, which are never changed, and the heads of their chains."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed


class AuditHead(Base):
    """Where a chain stands: the last event's number and hash, and a MAC under a key kept elsewhere."""

    __tablename__ = "audit_head"

    chain_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    seq: Mapped[int]
    hash: Mapped[bytes]
    at: Mapped[datetime]
    mac: Mapped[bytes]


class AuditEvent(Base):
    """One event. ``canon`` holds the hashed bytes; every other clear column is a projection of it."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_actor", "actor", "at"),
        Index("ix_audit_event_object", "object_id", "at"),
    )

    chain_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[UUID]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))
    act: Mapped[str] = mapped_column(String(40))
    object_type: Mapped[str | None] = mapped_column(String(24))
    object_id: Mapped[UUID | None]
    canon: Mapped[bytes]
    hash: Mapped[bytes]
    payload: Mapped[bytes | None] = mapped_column(Sealed)
