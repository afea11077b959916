"""Reading the trail: events of a chain newest first, what a person did, the last of a kind."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from isp.audit.chains import Chain
from isp.audit.events import BY_CODE, Event
from isp.audit.ledger import payload_place
from isp.audit.models import AuditEvent
from isp.audit.unit import Unit
from isp.kernel.db import table_of

EVENTS = table_of(AuditEvent)


@dataclass(frozen=True, slots=True)
class Seen:
    """One event as read back: the hashed fields, and the payload's content where it was opened."""

    chain: str
    seq: int
    at: datetime
    actor: str
    event: Event
    object_type: str | None
    object_id: UUID | None
    canon: dict[str, Any]
    payload: Any = None

    @property
    def detail(self) -> dict[str, Any]:
        """The event's detail: numbers, codes, ids."""
        found: dict[str, Any] = self.canon.get("detail") or {}
        return found

    @property
    def id(self) -> UUID:
        """The event's own id: its place among events of the same instant."""
        return UUID(self.canon["id"])

    @property
    def session(self) -> str | None:
        """The keyed reference of the sign-in it was done in; None for a job or a command."""
        return (self.canon.get("auth") or {}).get("session")

    @property
    def role(self) -> str | None:
        """The standing exercised."""
        return self.canon.get("role")

    @property
    def actor_id(self) -> UUID | None:
        """The person who acted; None for a job or somebody not signed in."""
        try:
            return UUID(self.actor)
        except ValueError:
            return None


def of_chain(
    unit: Unit,
    chain: Chain,
    *,
    before: int | None = None,
    limit: int = 50,
    actor: str | None = None,
    codes: Iterable[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    only: ColumnElement[bool] | None = None,
    open_payloads: bool = False,
) -> list[Seen]:
    """Events newest first with a number below ``before``; never counts. Keyset paging by number.

    ``only``: a further condition on the columns of ``EVENTS``.
    """
    query = select(EVENTS).where(EVENTS.c.chain_id == chain.id)
    if before is not None:
        query = query.where(EVENTS.c.seq < before)
    if actor is not None:
        query = query.where(EVENTS.c.actor == actor)
    if codes is not None:
        query = query.where(EVENTS.c.act.in_(sorted(codes)))
    if since is not None:
        query = query.where(EVENTS.c.at >= since)
    if until is not None:
        query = query.where(EVENTS.c.at < until)
    if only is not None:
        query = query.where(only)
    rows = unit.connection.execute(query.order_by(EVENTS.c.seq.desc()).limit(limit)).all()
    return [_seen(unit, row, open_payloads=open_payloads) for row in rows]


def of_actor(
    unit: Unit,
    actor: str,
    *,
    before: tuple[datetime, UUID] | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[Seen]:
    """What one person did or saw, on all chains, newest first; with ``after``, oldest first from there."""
    query = select(EVENTS).where(EVENTS.c.actor == actor)
    if before is not None:
        at, event_id = before
        query = query.where(or_(EVENTS.c.at < at, and_(EVENTS.c.at == at, EVENTS.c.id < event_id)))
    if after is not None:
        at, event_id = after
        query = query.where(or_(EVENTS.c.at > at, and_(EVENTS.c.at == at, EVENTS.c.id > event_id)))
    order = (EVENTS.c.at, EVENTS.c.id) if after else (EVENTS.c.at.desc(), EVENTS.c.id.desc())
    rows = unit.connection.execute(query.order_by(*order).limit(limit))
    return [_seen(unit, row, open_payloads=False) for row in rows]


def looks_at(unit: Unit, event: Event, object_id: UUID, actor: str, *, limit: int) -> list[Seen]:
    """The actor's last events of this kind about this object, newest first."""
    rows = unit.connection.execute(
        select(EVENTS)
        .where(EVENTS.c.object_id == object_id, EVENTS.c.actor == actor, EVENTS.c.act == event.code)
        .order_by(EVENTS.c.at.desc(), EVENTS.c.id.desc())
        .limit(limit)
    )
    return [_seen(unit, row, open_payloads=False) for row in rows]


def _seen(unit: Unit, row: Any, *, open_payloads: bool) -> Seen:
    canon = json.loads(row.canon)
    payload = None
    owner = Chain(canon["chain"]).key
    if open_payloads and row.payload is not None and owner is not None:
        payload = unit.keys.open(owner, payload_place(row.id), row.payload)["content"]
    return Seen(
        chain=canon["chain"],
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        event=BY_CODE[row.act],
        object_type=row.object_type,
        object_id=row.object_id,
        canon=canon,
        payload=payload,
    )
