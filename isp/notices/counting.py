"""How the outbox stands, for whoever runs the service: counts by state, and what was given up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, select, update
from sqlalchemy.engine import Connection

from isp.audit import Chain, Event, Store, transaction
from isp.audit.events import BY_COMMAND
from isp.kernel.actor import Actor
from isp.notices.outbox import MAIL, NOTICES, STALE, TEXT, key_of

CHANNELS = (MAIL, TEXT)
STATES = ("waiting", "being sent", "sent", "given up", "closed", "before mail")


@dataclass(frozen=True, slots=True)
class Standing:
    """One way of telling: rows by state, why the rest is not sent, and since when the oldest waits."""

    channel: str
    states: dict[str, int]
    problems: dict[str, int]
    closed: dict[str, int]
    oldest: datetime | None
    """When the oldest that still waits was made; None where nothing does."""


def standing(connection: Connection, channel: str, now: datetime) -> Standing:
    """How one way of telling stands."""
    table, key = key_of(channel)
    c = table.c
    state = case(
        (c.sent_at.is_not(None), "sent"),
        (c.given_up_at.is_not(None), "given up"),
        (c.closed_at.is_not(None), "closed"),
        (c.next_at.is_(None), "before mail"),
        (c.lease_until > now, "being sent"),
        else_="waiting",
    )
    grouped = select(state.label("state"), c.problem, func.count().label("number")).group_by(state, c.problem)
    states: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    closed: Counter[str] = Counter()
    for row in connection.execute(grouped):
        states[row.state] += row.number
        if row.problem:
            (closed if row.state == "closed" else problems)[row.problem] += row.number
    # By when it was made: a row that is put off again and again has a next time that keeps moving.
    late = select(NOTICES.c.made_at).where(c.next_at.is_not(None))
    if channel == TEXT:
        late = late.select_from(table).join(NOTICES, NOTICES.c.id == key)
    untold: datetime | None = connection.scalar(late.order_by(NOTICES.c.made_at).limit(1))
    return Standing(
        channel,
        {name: states[name] for name in STATES if states[name]},
        dict(sorted(problems.items())),
        dict(sorted(closed.items())),
        untold,
    )


def retry(store: Store, actor: Actor, channel: str, now: datetime) -> int:
    """Let what was given up be tried anew, unless it is too old to be worth it; how many rows."""
    table, key = key_of(channel)
    with transaction(store, actor) as unit:
        young = select(NOTICES.c.id).where(NOTICES.c.made_at >= now - STALE[channel])
        given_up = and_(table.c.given_up_at.is_not(None), key.in_(young))
        values = {"given_up_at": None, "next_at": now, "attempts": 0}
        count = unit.connection.execute(update(table).where(given_up).values(values)).rowcount
        if count:
            unit.record(
                BY_COMMAND, Event.MESSAGES_RETRIED, Chain.installation(), channel=channel, count=count
            )
    return count


def waited(found: Standing, now: datetime) -> timedelta | None:
    """How long the oldest has waited."""
    return now - found.oldest if found.oldest else None
