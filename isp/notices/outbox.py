"""Who is at which row: claimed by a lease, then sent, tried again later, given up or closed.

The row is the truth and there is no queue beside it. A claim commits before anything goes out, and a lease
that ran out (its holder was killed) makes the row due again. What is done with a claim is done only while
the lease is still the holder's, so of two workers one speaks.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, Table, and_, or_, select, update
from sqlalchemy.engine import Connection

from isp.audit import Store
from isp.kernel.db import table_of
from isp.notices.kinds import WITH_A_CODE
from isp.notices.models import Notice, NoticeText
from isp.notices.problems import NOT_OF_THE_MESSAGE, Problem

NOTICES, TEXTS = table_of(Notice), table_of(NoticeText)
MAIL, TEXT = "mail", "text"

LEASE = timedelta(minutes=10)
"""Longer than any sending may take (``isp.notices.smtp`` ends its own after two minutes)."""
MOST_ATTEMPTS = 20
"""With the pauses below, a little over three days."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
OUTAGE = timedelta(minutes=5)
"""The pause where nothing could have been sent; it does not grow, so that what waited goes when that ends."""
MOST_IN_ONE = 50
STALE: Mapping[str, timedelta] = {MAIL: timedelta(days=7), TEXT: timedelta(days=1)}
"""What waited for so long (no server was configured, or there was none) is not worth sending any more."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice as whoever sends it needs to know it."""

    id: UUID
    person_id: UUID
    pupil_id: UUID | None
    kind: str
    made_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Claim:
    """Rows that are ours until ``until``. ``batch`` names the message and stays the same however often."""

    channel: str
    lease: UUID
    until: datetime
    batch: UUID
    attempts: int
    tried_before: bool
    notices: tuple[Waiting, ...]


def key_of(channel: str) -> tuple[Table, ColumnElement[Any]]:
    """The table whose delivery columns count for this way of telling, and its column with the notice's id."""
    return (NOTICES, NOTICES.c.id) if channel == MAIL else (TEXTS, TEXTS.c.notice_id)


def claim(store: Store, channel: str, now: datetime) -> Claim | None:
    """Take what is due and nobody has, or None.

    Mails that wait for one person are taken together, one with a code in it by itself; what was taken
    together once stays together.
    """
    passed_over: list[UUID] = []
    with store.database.reading() as connection:
        if _due(connection, channel, now, passed_over) is None:
            return None
    with store.database.writing() as connection:
        _give_up_unfinished(connection, channel, now)
        while (due := _due(connection, channel, now, passed_over)) is not None:
            found = _take(connection, channel, due, now)
            if found is not None:
                return found
            passed_over.append(due.person_id)
    return None


def _free(table: Table, now: datetime) -> ColumnElement[bool]:
    c = table.c
    return and_(c.next_at.is_not(None), or_(c.lease_until.is_(None), c.lease_until <= now))


def _rows(channel: str) -> Select[Any]:
    table, key = key_of(channel)
    columns = [column for column in NOTICES.c if column.name not in DELIVERY or channel == MAIL]
    found = select(*columns) if channel == MAIL else select(*columns, *(TEXTS.c[name] for name in DELIVERY))
    return found if channel == MAIL else found.select_from(table).join(NOTICES, NOTICES.c.id == key)


DELIVERY = ("attempts", "next_at", "lease", "lease_until", "sent_at", "given_up_at", "closed_at", "problem")


def _due(connection: Connection, channel: str, now: datetime, but: Collection[UUID]) -> Any:
    table, key = key_of(channel)
    query = _rows(channel).where(_free(table, now), table.c.next_at <= now)
    if but:
        query = query.where(NOTICES.c.person_id.not_in(list(but)))
    return connection.execute(query.order_by(table.c.next_at, key).limit(1)).first()


def _take(connection: Connection, channel: str, due: Any, now: datetime) -> Claim | None:
    """Claim the group that ``due`` belongs to. None where another worker is at it in this moment.

    Whoever locks the group's first row has the group: two workers never halve it.
    """
    table, key = key_of(channel)
    group = and_(_free(table, now), _group(channel, due))
    first = select(key).where(group).order_by(key).limit(1).scalar_subquery()
    held = select(key).where(key == first, _free(table, now)).with_for_update(skip_locked=True)
    if connection.scalar(held) is None:
        return None
    listed = _rows(channel).where(group).order_by(key).limit(MOST_IN_ONE)
    rows = connection.execute(listed.with_for_update(skip_locked=True, of=table)).all()
    lease, until = uuid4(), now + LEASE
    batch: UUID = due.batch or rows[0].id
    values: dict[str, Any] = {"lease": lease, "lease_until": until, "attempts": table.c.attempts + 1}
    if channel == MAIL:
        values["batch"] = batch
    connection.execute(update(table).where(key.in_([row.id for row in rows])).values(values))
    taken = tuple(
        Waiting(row.id, row.person_id, row.pupil_id, row.kind, row.made_at, row.read_at) for row in rows
    )
    attempts = max(row.attempts for row in rows)
    tried = any(row.attempts or row.problem for row in rows)
    return Claim(channel, lease, until, batch, attempts + 1, tried, taken)


def _group(channel: str, due: Any) -> ColumnElement[bool]:
    n = NOTICES.c
    if channel == TEXT:
        return and_(TEXTS.c.notice_id == due.id)
    if due.batch is not None:
        return and_(n.batch == due.batch)
    if due.kind in WITH_A_CODE:
        return and_(n.id == due.id)
    return and_(n.person_id == due.person_id, n.batch.is_(None), n.kind.not_in(sorted(WITH_A_CODE)))


def _give_up_unfinished(connection: Connection, channel: str, now: datetime) -> None:
    """What was claimed so often, and never so much as put off, kills whoever sends it."""
    table, _ = key_of(channel)
    connection.execute(
        update(table)
        .where(_free(table, now), table.c.attempts >= MOST_ATTEMPTS)
        .values(**_over(problem="unfinished"), given_up_at=now)
    )


# -- what becomes of a claim --------------------------------------------------------------------------------


def _over(problem: str | None) -> dict[str, Any]:
    return {"next_at": None, "lease": None, "lease_until": None, "problem": problem}


def _settle(connection: Connection, claimed: Claim, ids: Collection[UUID], **values: Any) -> int:
    table, key = key_of(claimed.channel)
    ours = and_(key.in_(sorted(ids)), table.c.lease == claimed.lease)
    return connection.execute(update(table).where(ours).values(values)).rowcount


def sent(store: Store, claimed: Claim, ids: Collection[UUID], now: datetime) -> bool:
    """The server said yes. False where the lease had gone to somebody else, who may send it again."""
    with store.database.writing() as connection:
        return _settle(connection, claimed, ids, **_over(problem=None), sent_at=now) == len(ids)


def close(store: Store, claimed: Claim, why: Mapping[UUID, str], now: datetime) -> None:
    """Not to be sent, and why (codes of ``problems.CLOSED``)."""
    with store.database.writing() as connection:
        for code in sorted(set(why.values())):
            ids = [notice_id for notice_id, reason in why.items() if reason == code]
            _settle(connection, claimed, ids, **_over(problem=code), closed_at=now)


def put_off(store: Store, claimed: Claim, ids: Collection[UUID], problem: Problem, now: datetime) -> bool:
    """Try again after a pause that doubles, or give up. Whether it was given up."""
    values = _over(problem=problem.code)
    if problem.code in NOT_OF_THE_MESSAGE:
        given_up = min(notice.made_at for notice in claimed.notices) < now - STALE[claimed.channel]
        values |= {"attempts": claimed.attempts - 1, "next_at": now + _about(OUTAGE)}
    else:
        given_up = problem.for_good or claimed.attempts >= MOST_ATTEMPTS
        values["next_at"] = now + pause(claimed.attempts)
    if given_up:
        values |= {"given_up_at": now, "next_at": None}
    with store.database.writing() as connection:
        _settle(connection, claimed, ids, **values)
    return given_up


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling, and a fifth more or less by chance.

    The chance keeps what failed together from coming back together.
    """
    doubled: timedelta = FIRST_PAUSE * 2 ** min(attempts - 1, 20)
    return _about(min(doubled, LONGEST_PAUSE))


def _about(plain: timedelta) -> timedelta:
    return plain * (0.8 + 0.4 * secrets.randbelow(1001) / 1000)


def close_stale(store: Store, channel: str, now: datetime) -> int:
    """Close what nobody ever tried to send and is too old by now; how many."""
    table, key = key_of(channel)
    old = select(NOTICES.c.id).where(NOTICES.c.made_at < now - STALE[channel])
    untried = and_(_free(table, now), table.c.attempts == 0, table.c.problem.is_(None), key.in_(old))
    with store.database.reading() as connection:
        if connection.scalar(select(key).where(untried).limit(1)) is None:
            return 0
    with store.database.writing() as connection:
        values = {**_over(problem="stale"), "closed_at": now}
        return connection.execute(update(table).where(untried).values(values)).rowcount
