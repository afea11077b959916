"""What the tests of this room look at: rows, events and heads as they are stored; and people in threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select

from isp.audit import Chain, Event, Grounds, Unit
from isp.audit.models import AuditEvent, AuditHead
from isp.audit.verify import verify
from isp.kernel.db import table_of
from isp.people.models import Person
from isp.records.trail import check_records
from tests.cast import Cast

EVENTS, HEADS, PERSON = table_of(AuditEvent), table_of(AuditHead), table_of(Person)
WHY = Grounds(rule="test")
T = TypeVar("T")


def row_version(cast: Cast, name: str = "sara") -> int:
    """The counter that the tests' own change moves."""
    with cast.store.database.reading() as connection:
        found: int = connection.execute(
            select(PERSON.c.row_version).where(PERSON.c.id == cast.people[name])
        ).scalar_one()
    return found


def bump(unit: Unit, person_id: UUID, seen: int, chains: Sequence[Chain] = ()) -> None:
    """A change and its event: the counter of a person goes from ``seen`` to the next."""
    unit.change(Person, {"id": person_id, "row_version": seen}, row_version=seen + 1)
    for chain in chains or [Chain.person(person_id)]:
        unit.record(WHY, Event.PERSON_CHANGED, chain, obj=("person", person_id), person=str(person_id))


def acts(cast: Cast, chain: Chain) -> list[str]:
    """The codes of a chain's events, in order."""
    with cast.store.database.reading() as connection:
        query = select(EVENTS.c.act).where(EVENTS.c.chain_id == chain.id).order_by(EVENTS.c.seq)
        return list(connection.scalars(query))


def events(cast: Cast, event: Event) -> int:
    """How many events of this kind there are."""
    with cast.store.database.reading() as connection:
        return int(connection.scalar(select(func.count()).where(EVENTS.c.act == event.code)) or 0)


def head(cast: Cast, chain: Chain) -> Any:
    """Where a chain stands."""
    with cast.store.database.reading() as connection:
        return connection.execute(select(HEADS).where(HEADS.c.chain_id == chain.id)).one()


def whole(cast: Cast) -> None:
    """The full walk raises no alarm."""
    report = verify(cast.store, more=(check_records,))
    assert report.ok, [str(fault) for fault in report.faults]


def at_once(*deeds: Callable[[], T]) -> list[T]:
    """Do several deeds in a thread each, begun together; what any of them raised is raised here."""
    together = Barrier(len(deeds))

    def run(deed: Callable[[], T]) -> T:
        together.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [future.result(timeout=120) for future in [pool.submit(run, deed) for deed in deeds]]
