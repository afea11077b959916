"""The unit of work: a change and what is remembered of it are one; who refuses is remembered all the same."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import delete, func, insert, select, update

from isp.audit import Chain, Event, looking, transaction
from isp.audit.unit import Denial
from isp.kernel.actor import Actor
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, NotAllowed, NotFound
from isp.kernel.keys import KeyOf
from isp.people.models import Person
from tests.audit.trail import HEADS, WHY, acts, at_once, bump, events, head, row_version, whole
from tests.cast import Cast

PERSONS = table_of(Person)
BOTH = pytest.mark.parametrize("opens", [transaction, looking], ids=["transaction", "looking"])


@BOTH
def test_a_change_and_its_event_come_together(cast, opens):
    sara = cast.people["sara"]
    with opens(cast.store, cast.actor("sara")) as unit:
        bump(unit, sara, 1)
    assert row_version(cast) == 2
    assert acts(cast, Chain.person(sara)) == ["person.changed"]
    whole(cast)


@BOTH
def test_an_error_takes_the_change_and_its_event_away(cast, opens):
    sara = cast.people["sara"]

    class Tripped(Exception):
        pass

    with pytest.raises(Tripped), opens(cast.store, cast.actor("sara")) as unit:  # noqa: PT012 the unit raises where it ends
        bump(unit, sara, 1)
        raise Tripped
    assert row_version(cast) == 1
    assert acts(cast, Chain.person(sara)) == []


@BOTH
def test_an_event_goes_on_every_chain_it_touches_once(cast, opens):
    chains = [
        Chain.pupil(cast.pupils["ava"]),
        Chain.restricted(cast.pupils["ava"]),
        Chain.organisation(cast.places["oakfield"]),
        Chain.person(cast.people["sara"]),
        Chain.installation(),
    ]
    before = [len(acts(cast, chain)) for chain in chains]
    with opens(cast.store, cast.actor("sara")) as unit:
        bump(unit, cast.people["sara"], 1, chains)
    assert [len(acts(cast, chain)) for chain in chains] == [number + 1 for number in before]
    whole(cast)


@BOTH
def test_a_stale_guard_is_a_conflict_and_leaves_nothing(cast, opens):
    sara = cast.people["sara"]
    with pytest.raises(Conflict), opens(cast.store, cast.actor("sara")) as unit:
        bump(unit, sara, 7)
    assert row_version(cast) == 1
    assert events(cast, Event.PERSON_CHANGED) == 0


@BOTH
@pytest.mark.parametrize("kind", [NotFound, NotAllowed])
def test_a_refusal_is_remembered_after_what_was_refused_is_undone(cast, opens, kind):
    sara, ava = cast.people["sara"], cast.pupils["ava"]
    refusal = kind("No.")
    refusal.denial = Denial("plan.read", "no tie", ("pupil", ava))
    with pytest.raises(kind), opens(cast.store, cast.actor("sara")) as unit:  # noqa: PT012 the unit raises where it ends
        bump(unit, sara, 1)
        raise refusal
    assert row_version(cast) == 1
    assert acts(cast, Chain.person(sara)) == ["access.denied"]
    whole(cast)


@BOTH
def test_a_refusal_of_somebody_unknown_is_remembered_for_the_installation(cast, opens):
    refusal = NotFound("No.")
    refusal.denial = Denial("plan.read", "nobody is signed in")
    with pytest.raises(NotFound), opens(cast.store, Actor()):
        raise refusal
    assert acts(cast, Chain.installation()) == ["access.denied"]


@BOTH
def test_a_refusal_without_a_lacking_right_leaves_no_event(cast, opens):
    with pytest.raises(NotFound), opens(cast.store, cast.actor("sara")):
        raise NotFound("There is no such page.")
    assert events(cast, Event.ACCESS_DENIED) == 0


@BOTH
@pytest.mark.parametrize(
    "detail",
    [
        {},
        {"person": "x", "more": 1},
        {"persons": "x"},
        {"person": 0.5},
        {"person": b"x"},
        {"person": uuid4()},
    ],
)
def test_an_event_takes_exactly_its_own_detail(cast, opens, detail):
    with pytest.raises(TypeError), opens(cast.store, cast.actor("sara")) as unit:
        unit.record(WHY, Event.PERSON_CHANGED, Chain.installation(), **detail)
    assert acts(cast, Chain.installation()) == []


def test_a_reading_unit_writes_nothing_through_the_session(cast):
    for deed in (
        lambda unit: unit.session.add(Person(id=uuid4())),
        lambda unit: unit.session.delete(unit.session.get(Person, cast.people["sara"])),
        lambda unit: setattr(unit.session.get(Person, cast.people["sara"]), "row_version", 9),
    ):
        with (
            pytest.raises(RuntimeError, match="through the session"),
            looking(cast.store, cast.actor("sara")) as unit,
        ):
            deed(unit)
    assert row_version(cast) == 1


def test_a_reading_unit_that_remembers_nothing_takes_no_lock(cast):
    # It would wait for ever on SQLite, where one writer holds the queue.
    with (
        transaction(cast.store, cast.actor("sara")) as writer,
        looking(cast.store, cast.actor("tom")) as reader,
    ):
        bump(writer, cast.people["sara"], 1)
        seen = reader.connection.scalar(select(Person.row_version).where(Person.id == cast.people["sara"]))
    assert seen == 1


def crossing(cast: Cast) -> tuple[Chain, Chain]:
    """Two chains whose names sort one way and whose keys sort the other."""
    chains = sorted(Chain.person(person_id) for person_id in cast.people.values())
    return next((a, b) for a in chains for b in chains if a.name < b.name and a.id > b.id)


@pytest.mark.parametrize("known", [True, False], ids=["heads there", "heads new"])
@pytest.mark.parametrize(
    ("mine", "theirs"),
    [(transaction, transaction), (transaction, looking), (looking, looking)],
    ids=["locked", "mixed", "swapped"],
)
def test_two_units_on_the_same_chains_in_opposite_order_do_not_wait_for_each_other(cast, mine, theirs, known):
    one, other = crossing(cast)
    if known:
        with transaction(cast.store, cast.actor("sara")) as unit:
            unit.record(WHY, Event.HISTORY_VIEWED, one, other)
    times = 40

    def writer(opens, who, *chains):
        def write() -> None:
            for _ in range(times):
                with opens(cast.store, cast.actor(who)) as unit:
                    unit.record(WHY, Event.HISTORY_VIEWED, *chains)

        return write

    at_once(
        writer(mine, "sara", one, other),
        writer(theirs, "tom", other, one),
        writer(mine, "dan", other, one),
        writer(theirs, "hal", one, other),
    )
    for chain in (one, other):
        assert len(acts(cast, chain)) == 4 * times + known
        assert head(cast, chain).seq == 4 * times + known - 1
    whole(cast)


def test_many_who_begin_the_same_chains_at_once_begin_them_once(cast):
    chains = [Chain.organisation(uuid4()) for _ in range(5)]

    def begin(turn: int):
        def write() -> None:
            with cast.acting("sara") as unit:
                unit.record(WHY, Event.HISTORY_VIEWED, *chains[turn:], *chains[:turn])

        return write

    at_once(*(begin(turn) for turn in range(5)))
    with cast.store.database.reading() as connection:
        ids = [chain.id for chain in chains]
        assert connection.scalar(select(func.count()).where(HEADS.c.chain_id.in_(ids))) == 5
    assert [len(acts(cast, chain)) for chain in chains] == [5] * 5
    whole(cast)


@pytest.mark.parametrize("by", ["connection", "session"])
@pytest.mark.parametrize(
    "statement",
    [
        update(PERSONS).values(row_version=7),
        delete(PERSONS),
        insert(HEADS).values(name="x"),
        update(PERSONS).values(row_version=7).returning(PERSONS.c.id),
    ],
    ids=["update", "delete", "insert", "update that answers"],
)
def test_a_unit_that_looks_refuses_a_statement_that_would_commit_by_itself(cast, by, statement):
    """It has no transaction: what it wrote by hand would stand alone, and no event would tell of it."""
    with (
        looking(cast.store, cast.actor("sara")) as unit,
        pytest.raises(RuntimeError, match="a statement that writes"),
    ):
        getattr(unit, by).execute(statement)
    assert row_version(cast) == 1


def test_a_unit_that_looks_refuses_to_make_a_key(cast):
    with looking(cast.store, cast.actor("sara")) as unit, pytest.raises(RuntimeError, match="writes"):
        unit.keys.create(KeyOf.person(uuid4()))


def test_a_still_picture_refuses_to_be_painted_over(cast):
    with cast.store.database.still() as connection, pytest.raises(RuntimeError, match="writes"):
        connection.execute(delete(PERSONS))
    assert row_version(cast) == 1
