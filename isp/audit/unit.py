"""The unit of work: what a deed changes and what is remembered of it commit together or not at all.

Two ways to open one:

``transaction(store, actor)`` holds a write transaction from the start; chain heads are locked in sorted
order as its last act. For most deeds.

``looking(store, actor)`` reads without a transaction, collects inserts, guarded updates and events, and
sends them as one statement at the end: a compare-and-swap on what was read. On PostgreSQL that is one
round trip; on SQLite one short IMMEDIATE transaction. If a chain's head moved meanwhile it is done again
under locks; if a guard no longer holds it is a Conflict. For views and for the plan's save path, where
round trips are the cost.

Row-level security is a later wall: ``transaction(store, actor)`` is where its context will be set.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, Table, and_, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from isp.audit import swap
from isp.audit.chains import Chain
from isp.audit.events import Event, Grounds
from isp.audit.ledger import Entry, Head, head_mac, seal_entries
from isp.audit.models import AuditEvent, AuditHead
from isp.kernel import clock
from isp.kernel.actor import Actor
from isp.kernel.crypto import Keyring
from isp.kernel.db import Base, Database, table_of
from isp.kernel.errors import Conflict, NotAllowed, NotFound
from isp.kernel.keys import KeyChest
from isp.kernel.prepared import Prepared, among

MOVED_ON = (
    "Somebody else changed this at the same moment, so nothing was saved here. "
    "Open the page again to see what they did, then try once more."
)
HEADS = table_of(AuditHead)
TRIES = 3
"""How often a looking unit tries its one statement before it takes locks."""
EVENTS = table_of(AuditEvent)


@dataclass(frozen=True, slots=True)
class Store:
    """Where an installation keeps things: its database, and the keyring that lies outside it."""

    database: Database
    keyring: Keyring


@dataclass(frozen=True, slots=True)
class Insert:
    """A row to be inserted when the unit ends."""

    table: Table
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """An update that must hit exactly one row when the unit ends; ``where`` names columns and values."""

    table: Table
    where: Mapping[str, Any]
    values: Mapping[str, Any]
    otherwise: str = MOVED_ON


class Unit:
    """One deed's view of the store. ``now`` and ``today`` are read once, when it opens."""

    def __init__(
        self,
        store: Store,
        actor: Actor,
        connection: Connection,
        *,
        holds_lock: bool,
        now: datetime | None = None,
    ) -> None:
        self.store = store
        self.actor = actor
        self.connection = connection
        self.holds_lock = holds_lock
        self.now: datetime = now or clock.now()
        self.today: date = clock.civil_day(self.now)
        self.keys = KeyChest(store.keyring, connection, self.now)
        self._session: Session | None = None
        self._entries: dict[Chain, list[Entry]] = defaultdict(list)
        self._pending: list[Insert | Change] = []
        self._heads: dict[Chain, Head] = {}
        self._at_end: dict[Hashable, Callable[[Unit], None]] = {}
        self._sent: Callable[[], bool] | None = None

    @property
    def session(self) -> Session:
        """For what is read or written through the ORM; made when first asked for."""
        if self._session is None:
            self._session = Session(bind=self.connection, autoflush=self.holds_lock, expire_on_commit=False)
        return self._session

    def _flush(self) -> None:
        if self._session is not None:
            self._session.flush()

    @property
    def keyring(self) -> Keyring:
        """The keyring, for blind indexes."""
        return self.store.keyring

    def record(
        self,
        grounds: Any,
        event: Event,
        *chains: Chain,
        obj: tuple[str, UUID] | None = None,
        fields: Iterable[str] = (),
        payload: Any = None,
        **detail: Any,
    ) -> None:
        """Remember that this happened, once on each chain touched. ``grounds`` is a decision or bare grounds.

        ``detail`` takes exactly the event's keys (numbers, codes, ids); ``payload`` any JSON, sealed.
        """
        self._check_unsent()
        event.check_detail(detail)
        why: Grounds = grounds.grounds
        kind, object_id = obj or (None, None)
        for chain in chains:
            self._entries[chain].append(
                Entry(chain, event, why, kind, object_id, detail, tuple(fields), payload)
            )

    def insert(self, table: type[Base] | Table, **values: Any) -> None:
        """Insert a row: at once under a lock, else as part of the unit's one statement."""
        self._do(Insert(_table(table), values))

    def change(
        self, table: type[Base] | Table, where: Mapping[str, Any], otherwise: str = MOVED_ON, **values: Any
    ) -> None:
        """Update exactly one row that still answers to ``where``; else Conflict(``otherwise``)."""
        self._do(Change(_table(table), where, values, otherwise))

    def at_end(self, key: Hashable, do: Callable[[Unit], None]) -> None:
        """Work something out when all that the deed changes is in place; once for each ``key``.

        For what is stored beside the rows that it follows from. Only in a unit that holds its lock: another
        has changed nothing yet when it ends.
        """
        if not self.holds_lock:
            raise RuntimeError("what follows from a change is worked out under a lock")
        self._at_end.setdefault(key, do)

    def know_head(self, chain: Chain, seq: int, digest: bytes, at: datetime) -> None:
        """Take in a chain's head that a joined query already brought, to save a trip."""
        self._heads[chain] = Head(chain, seq, digest, at)

    def send_ahead(self) -> None:
        """Send what was collected, and make the page while it is written; the unit's end waits for it.

        The unit's last act: after it nothing is read or recorded in it, since its connection waits for an
        answer. What the page says leaves the process only when the unit has ended, as ever: where what was
        sent did not hold it is done again there, or refused. Only a unit that looks sends ahead; in others,
        and on SQLite, this does nothing.
        """
        if self.holds_lock or self.store.database.is_sqlite or not (self._pending or self._entries):
            return
        self._learn_heads()
        if all(chain in self._heads for chain in self._entries):
            self._sent = swap.start(self.connection, self._steps())

    def settle(self) -> None:
        """Wait for what was sent ahead, whatever became of it: for a unit that ends in an error."""
        sent, self._sent = self._sent, None
        if sent is not None:
            with suppress(Exception):
                sent()

    def _check_unsent(self) -> None:
        if self._sent is not None:
            raise RuntimeError("what this unit collected has been sent: it takes no more")

    def _do(self, step: Insert | Change) -> None:
        self._check_unsent()
        if self.holds_lock:
            self._flush()
            _carry_out(self.connection, step)
        else:
            self._pending.append(step)

    # -- the end of the unit -------------------------------------------------------------------------

    def finish(self) -> bool:
        """Send what was collected. Called by the context managers, once.

        False where it is to be done again under locks, once this unit's connection has been given back.
        """
        if self.holds_lock:
            self._flush()
            while self._at_end:
                self._at_end.pop(next(iter(self._at_end)))(self)
            self._append_locked(self.connection, self.keys)
            return True
        held = self._session
        if held is not None and (held.new or held.dirty or held.deleted):
            raise RuntimeError("a looking unit writes by insert() and change(), never through the session")
        if not self._pending and not self._entries:
            return True
        return self._swap()

    def finish_under_locks(self) -> None:
        """Do what was collected in a transaction of its own. Called by the context manager."""
        with self.store.database.writing() as connection:
            self.keys.move_to(connection)
            # Guards before rows: of two who did the same at once the later is told that it has moved
            # (Conflict), before a row of hers meets the other's under one unique name.
            for step in sorted(self._pending, key=lambda one: isinstance(one, Insert)):
                _carry_out(connection, step)
            self._append_locked(connection, self.keys)

    def _append_locked(self, connection: Connection, keys: KeyChest) -> None:
        if not self._entries:
            return
        heads = _lock_heads(connection, sorted(self._entries), self.now, self.keyring)
        keys.fetch([chain.key for chain in self._entries if chain.key and self._has_payload(chain)])
        rows, changed = [], []
        for chain in sorted(self._entries):
            fresh, head = seal_entries(self._entries[chain], heads[chain], self.actor, self.now, keys)
            rows += fresh
            changed.append(self._head_values(head))
        connection.execute(_ADD_EVENTS, rows)
        _update_heads(connection, changed)

    def _has_payload(self, chain: Chain) -> bool:
        return any(entry.payload is not None for entry in self._entries[chain])

    def _head_values(self, head: Head) -> dict[str, Any]:
        mac = head_mac(self.keyring, head.chain.name, head.seq, head.hash)
        return {"chain_id": head.chain.id, "seq": head.seq, "hash": head.hash, "at": head.at, "mac": mac}

    def _swap(self) -> bool:
        """Try the one-statement path. False: a head or a guard had moved, and nothing was done.

        The chain of a record that several people look at moves while each of their pages is made. Its head
        is then read anew and the statement sent again: two trips, between which hardly anybody comes, for
        the five of a transaction under locks.
        """
        if self.store.database.is_sqlite:
            return False
        sent, self._sent = self._sent, None
        self._learn_heads()
        for _ in range(TRIES):
            if any(chain not in self._heads for chain in self._entries):
                return False
            if sent() if sent else swap.execute(self.connection, self._steps()):
                return True
            sent = None
            if not self._heads_moved():
                # A guard moved, which is for the locks to judge.
                return False
        return False

    def _heads_moved(self) -> bool:
        before, self._heads = self._heads, {}
        self._learn_heads()
        return any(self._heads.get(chain) != before[chain] for chain in self._entries)

    def _steps(self) -> list[swap.Step]:
        """What was collected, with the events sealed into their chains from the heads as they are known."""
        steps: list[Insert | Change] = list(self._pending)
        # In the order in which ``_read_heads`` locks, or this and a unit under locks could deadlock.
        for chain in sorted(self._entries, key=lambda one: one.id):
            before = self._heads[chain]
            rows, head = seal_entries(self._entries[chain], before, self.actor, self.now, self.keys)
            values = self._head_values(head)
            del values["chain_id"]
            steps.append(
                Change(HEADS, {"chain_id": chain.id, "seq": before.seq, "hash": before.hash}, values)
            )
            steps += [Insert(EVENTS, row) for row in rows]
        return [(step.table, step.values, step.where if isinstance(step, Change) else None) for step in steps]

    def _learn_heads(self) -> None:
        missing = {chain.id: chain for chain in self._entries if chain not in self._heads}
        if not missing:
            return
        for row in _heads_of.all(self.connection, {"chains": list(missing)}):
            chain = missing[row.chain_id]
            self._heads[chain] = Head(chain, row.seq, row.hash, row.at)


_heads_of = Prepared(
    lambda: select(HEADS.c.chain_id, HEADS.c.seq, HEADS.c.hash, HEADS.c.at).where(
        among(HEADS.c.chain_id, "chains")
    )
)


@contextmanager
def transaction(store: Store, actor: Actor) -> Iterator[Unit]:
    """A unit that holds a write transaction. A refusal inside it is recorded after the rollback."""
    try:
        with store.database.writing() as connection:
            unit = Unit(store, actor, connection, holds_lock=True)
            yield unit
            unit.finish()
    except (NotFound, NotAllowed) as refusal:
        _remember_refusal(store, actor, refusal)
        raise


@contextmanager
def looking(store: Store, actor: Actor) -> Iterator[Unit]:
    """A unit that reads freely and commits what it collected as one compare-and-swap."""
    try:
        with store.database.reading() as connection:
            unit = Unit(store, actor, connection, holds_lock=False)
            try:
                yield unit
            except BaseException:
                unit.settle()
                raise
            done = unit.finish()
        # Not before this unit's connection is back in the pool: of many units that each hold one and wait
        # for another, none would get it.
        if not done:
            unit.finish_under_locks()
    except (NotFound, NotAllowed) as refusal:
        _remember_refusal(store, actor, refusal)
        raise


def _remember_refusal(store: Store, actor: Actor, refusal: NotFound | NotAllowed) -> None:
    """Record a denial in a short unit of its own: it must survive the rollback of what was refused."""
    if refusal.denial is None:
        return
    denial, refusal.denial = refusal.denial, None
    chain = Chain.person(actor.person_id) if actor.person_id else Chain.installation()
    # As a look does: two trips in place of the five of a transaction, for what a probing program asks most.
    with store.database.reading() as connection:
        unit = Unit(store, actor, connection, holds_lock=False)
        unit.record(
            Grounds(rule=denial.rule, policy=denial.policy),
            Event.ACCESS_DENIED,
            chain,
            obj=denial.obj,
            permission=denial.permission,
            why=denial.why,
        )
        done = unit.finish()
    if not done:
        unit.finish_under_locks()


@dataclass(frozen=True, slots=True)
class Denial:
    """What is remembered of a refusal: which permission was lacking, on what, and why."""

    permission: str
    why: str
    obj: tuple[str, UUID] | None = None
    rule: str | None = None
    policy: str | None = None


def _table(table: type[Base] | Table) -> Table:
    return table if isinstance(table, Table) else table_of(table)


def _carry_out(connection: Connection, step: Insert | Change) -> None:
    if isinstance(step, Insert):
        connection.execute(insert(step.table), [dict(step.values)])
        return
    where: list[ColumnElement[bool]] = [step.table.c[name] == value for name, value in step.where.items()]
    values = {
        name: value.expression(step.table.c[name].type) if isinstance(value, swap.Computed) else value
        for name, value in step.values.items()
    }
    done = connection.execute(update(step.table).where(and_(*where)).values(values))
    if done.rowcount != 1:
        raise Conflict(step.otherwise)


def _lock_heads(
    connection: Connection, chains: Sequence[Chain], moment: datetime, keyring: Keyring
) -> dict[Chain, Head]:
    """Lock the heads of these chains, and begin those that are not there yet.

    While one is missing none is locked: a unit that held the old ones while it waited for another to begin
    a new one would meet a third that locks all of them in order (a deadlock). So it holds nothing but heads
    of its own making until all are there, and those nobody can have locked.
    """
    by_id = {chain.id: chain for chain in chains}
    heads = _read_heads(connection, by_id, all_or_none=True)
    if len(heads) == len(by_id):
        return heads
    rows = [
        {
            "chain_id": chain_id,
            "name": chain.name,
            "seq": -1,
            "hash": chain.genesis,
            "at": moment,
            "mac": head_mac(keyring, chain.name, -1, chain.genesis),
        }
        for chain_id, chain in sorted(by_id.items())
    ]
    # DO NOTHING, not DO UPDATE: that would take one index to decide by, and the other (of the names) would
    # raise where two begin a chain in the same instant.
    if connection.dialect.name == "sqlite":
        connection.execute(sqlite.insert(HEADS).on_conflict_do_nothing(), rows)
    else:
        connection.execute(postgresql.insert(HEADS).on_conflict_do_nothing(), rows)
    return _read_heads(connection, by_id)


def _read_heads(
    connection: Connection, by_id: Mapping[UUID, Chain], *, all_or_none: bool = False
) -> dict[Chain, Head]:
    """Lock and read heads. ``all_or_none``: none, in the same one statement, where one is missing."""
    heads: dict[Chain, Head] = {}
    # One order of locking for everybody, or two units deadlock: by id, which sorts alike here and there.
    # On SQLite the one writer needs no locks, and however many ids are one value.
    ids = sorted(by_id)
    statement = _locked_if_all_there if all_or_none else _locked
    for row in statement.all(connection, {"chains": ids, "wanted": len(ids)}):
        chain = by_id[row.chain_id]
        heads[chain] = Head(chain, row.seq, row.hash, row.at)
    return heads


def _select_locking(*, all_there: bool) -> Select[UUID, int, bytes, datetime]:
    query = select(HEADS.c.chain_id, HEADS.c.seq, HEADS.c.hash, HEADS.c.at)
    query = query.where(among(HEADS.c.chain_id, "chains"))
    if all_there:
        there = HEADS.alias("there")
        wanted = among(there.c.chain_id, "chains")
        count = select(func.count()).select_from(there).where(wanted).scalar_subquery()
        query = query.where(count == bindparam("wanted", type_=Integer()))
    return query.order_by(HEADS.c.chain_id).with_for_update(of=HEADS)


_locked = Prepared(lambda: _select_locking(all_there=False))
_locked_if_all_there = Prepared(lambda: _select_locking(all_there=True))
_ADD_EVENTS = insert(EVENTS)
_MOVE_HEADS = update(HEADS).where(HEADS.c.chain_id == bindparam("of_chain"))


def _update_heads(connection: Connection, changed: list[dict[str, Any]]) -> None:
    connection.execute(
        _MOVE_HEADS,
        [{"of_chain": row.pop("chain_id"), **row} for row in changed],
    )


__all__ = ["MOVED_ON", "Denial", "Store", "Unit", "looking", "transaction"]
