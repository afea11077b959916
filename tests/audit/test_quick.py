"""The walk that reads events as they lie: yes to what is whole, in whatever order, and to nothing else.

Whatever it does not say yes to is walked in order, so that what is told is what the walk in order tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.audit.chains import Chain
from isp.audit.faults import Fault, Report
from isp.audit.projections import walk_projections
from isp.audit.quick import Quick
from isp.audit.reading import Span, prepare, spans
from isp.audit.verify import verify
from isp.audit.walk import walk_chains
from isp.kernel.ids import new_id
from tests.audit.test_tampering import CAUGHT, World, build, flipped, show_a_time_that_no_calendar_has

ORDERS = {
    "newest first": "seq DESC, chain_id",
    "all first events, then all second ones": "seq, chain_id",
    "a chain after the other": "chain_id, seq",
    "in no order at all": "hash",
    "odd numbers before even ones": "seq % 2 DESC, hash",
}


@pytest.fixture
def world(fresh_database: Callable[..., str]) -> Iterator[World]:
    made = World(fresh_database("trail", build))
    yield made
    made.cast.close()


def lay_anew(world: World, order: str) -> None:
    """The same events in another order, in a table without a key: its owner can do that."""
    world.sql("ALTER TABLE audit_event RENAME TO as_it_was")
    world.sql(f"CREATE TABLE audit_event AS SELECT * FROM as_it_was ORDER BY {order}")


def quick(world: World, *, deep: bool = True, most_held: int = 10**6) -> Report | None:
    """What the walk says to the whole trail; None where it does not say yes."""
    report = Report()
    store = world.cast.store
    with store.database.still() as connection:
        prepare(connection)
        walk = Quick(store.keyring, connection, Span(), deep=deep, payloads=deep, most_held=most_held)
        return report if walk.walk(report) else None


def in_order(world: World) -> Report:
    """What the walk in order says to the whole trail."""
    report = Report()
    keyring = world.cast.store.keyring
    with world.database.still() as connection:
        walk_chains(keyring, connection, Span(), report, 20)
        if report.ok:
            walk_projections(keyring, connection, Span(), report, 20, payloads=True)
    return report


def test_yes_to_a_trail_that_nobody_touched_and_the_same_counts_as_the_walk_in_order(world):
    report = quick(world)
    assert report is not None
    assert report == in_order(world)
    assert report.payloads > 0
    assert report.chains > 5


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_yes_in_whatever_order_the_events_lie(world, order):
    before = in_order(world)
    lay_anew(world, order)
    assert quick(world) == before
    assert world.walk().ok


def test_no_where_more_would_have_to_be_held_than_it_may_and_the_walk_in_order_then_says_that_all_is_well(
    world,
):
    lay_anew(world, "seq DESC, chain_id")
    assert quick(world, most_held=5000) is None
    assert in_order(world).ok


@pytest.mark.parametrize("tamper", CAUGHT, ids=lambda case: case.__name__)
def test_what_is_told_of_a_tampered_ledger_is_what_the_walk_in_order_tells(world, tamper):
    tamper(world)
    expected = in_order(world)
    assert verify(world.cast.store).faults == expected.faults
    assert (quick(world) is None) == (not expected.ok)


@pytest.mark.parametrize("order", ["seq DESC, chain_id", "seq, chain_id", "hash"])
def test_a_missing_event_in_the_middle_is_named_in_whatever_order_the_others_lie(world, order):
    head = world.longest()
    world.sql("DELETE FROM audit_event WHERE chain_id = :c AND seq = 4", c=head.chain_id)
    lay_anew(world, order)
    assert world.walk().faults == [Fault(head.name, 4, "event 4 is missing")]


@pytest.mark.parametrize("order", ["seq DESC, chain_id", "seq, chain_id", "hash"])
def test_a_tail_that_was_cut_is_named_in_whatever_order_the_others_lie(world, order):
    head = world.longest()
    cut = head.seq - 2
    world.sql("DELETE FROM audit_event WHERE chain_id = :c AND seq >= :s", c=head.chain_id, s=cut)
    lay_anew(world, order)
    what = "the chain ends here, and its head says that it does not"
    assert world.walk().faults == [Fault(head.name, cut - 1, what)]


@pytest.mark.parametrize("order", ["seq DESC, chain_id", "chain_id, seq"])
def test_an_event_that_is_there_twice_is_caught_wherever_it_lies(world, order):
    """Both may come before their turn, when only one can be held: the other must not be forgotten."""
    head, event = world.longest(), world.event(3)
    world.sql("ALTER TABLE audit_event RENAME TO once")
    world.sql(
        "CREATE TABLE audit_event AS SELECT * FROM "
        "(SELECT * FROM once UNION ALL SELECT * FROM once WHERE id = :i) AS all_and_one ORDER BY " + order,
        i=event.id,
    )
    assert len(world.sql("SELECT 1 FROM audit_event WHERE id = :i", i=event.id)) == 2
    assert quick(world) is None
    assert world.walk().faults == [Fault(head.name, 3, "the numbering goes back")]


def test_a_second_head_for_a_chain_is_no_head(world):
    head = world.longest()
    world.sql(
        "INSERT INTO audit_head SELECT :c, :n, seq, hash, at, mac FROM audit_head WHERE name = :old",
        c=new_id() if not world.database.is_sqlite else new_id().hex,
        n=head.name + "x",
        old=head.name,
    )
    assert quick(world) is None
    assert [fault.what for fault in world.walk().faults] == ["the head's name is not this chain's"]


def test_a_head_with_another_chains_place_is_no_head(world):
    head = world.longest()
    other = Chain.person(new_id())
    world.sql(
        "INSERT INTO audit_head SELECT :c, :n, seq, hash, at, mac FROM audit_head WHERE name = :old",
        c=other.id.hex if world.database.is_sqlite else other.id,
        n=other.name,
        old=head.name,
    )
    assert quick(world) is None
    assert world.walk().faults == [
        Fault(other.name, head.seq, "the head was not written by this installation")
    ]


def test_the_chain_walk_alone_looks_at_no_column_but_its_own(world):
    event = world.event(4)
    world.set(event, "actor", "system:somebody-else")
    assert quick(world, deep=False) is not None
    assert quick(world) is None


@pytest.mark.parametrize("chains_at_once", [1, 3, 1000])
def test_a_walk_in_parts_sees_what_a_walk_of_everything_sees(world, chains_at_once):
    store = world.cast.store
    whole = verify(store)
    assert whole.ok
    assert verify(store, chains_at_once=chains_at_once) == whole
    event = world.event(3)
    world.set(event, "canon", flipped(event.canon, len(event.canon) // 2))
    found = verify(store, chains_at_once=chains_at_once)
    assert found.faults == [Fault(world.longest().name, 3, "its bytes were altered")]
    assert (found.chains, found.events) == (whole.chains, whole.events)


@given(st.uuids(), st.integers(0, 5000), st.integers(1, 6000))
def test_every_chain_lies_in_exactly_one_span(chain_id: UUID, chains: int, most: int):
    parts = spans(chains, most)
    inside = [
        span
        for span in parts
        if (span.first is None or chain_id >= span.first) and (span.end is None or chain_id < span.end)
    ]
    assert len(inside) == 1
    assert len(parts) * most >= chains


def test_an_event_with_a_time_that_no_calendar_has_is_named(world):
    show_a_time_that_no_calendar_has(world)
    assert world.walk().faults == [Fault(world.longest().name, 4, "a column of it holds what cannot be read")]
