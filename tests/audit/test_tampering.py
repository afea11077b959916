"""What somebody who can write to the database may try, and what the walk says to it.

Each case drops the triggers first, as an owner of the database can. What is known not to be caught is
here too, so that the list in the README is a tested one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from isp.audit import Event, Grounds
from isp.audit.anchors import against, anchors
from isp.audit.chains import Chain
from isp.audit.ledger import event_hash
from isp.audit.verify import Report, verify
from isp.cli.trails import CHECKS
from isp.kernel import immutable
from isp.plans import actions, queries
from tests.cast import Cast, small_plan, standing_cast


def build(url: str) -> None:
    """A world with two plans, three versions, views, a draft with saves, and a denial."""
    cast = standing_cast(url)
    ava = cast.plan("ava", "sara", small_plan(), small_plan(strengths="Patient"))
    cast.plan("ben", "sara", small_plan(strengths="Quick"))
    for who in ("pam", "tom", "tia", "sara", "pam"):
        with cast.looking(who) as unit:
            queries.read_version(unit, ava)
    with cast.acting("sara") as unit:
        actions.start_draft(unit, ava)
    cast.write(ava, "sara", small_plan(strengths="Funny"))
    cast.write(ava, "tom", small_plan(strengths="Very funny"))
    with cast.acting("dora") as unit:
        actions.withdraw(unit, ava, 1, "third_party", "A neighbour's words")
    cast.close()


class World:
    """The tampered-with database, and the walk."""

    def __init__(self, url: str) -> None:
        self.cast = Cast(url)
        self.database = self.cast.store.database
        with self.database.writing() as connection:
            for table, verbs in immutable.APPEND_ONLY.items():
                more = () if self.database.is_sqlite else ("TRUNCATE",)
                for verb in (*verbs, *more):
                    on = "" if self.database.is_sqlite else f" ON {table}"
                    connection.execute(text(f"DROP TRIGGER {immutable.trigger_name(table, verb)}{on}"))

    def sql(self, statement: str, **values: Any) -> Any:
        with self.database.writing() as connection:
            done = connection.execute(text(statement), values)
            return done.all() if done.returns_rows else done.rowcount

    def walk(self) -> Report:
        return verify(self.cast.store, more=CHECKS)

    def longest(self) -> Any:
        """The chain with the most events: its id, name and last number."""
        return self.sql("SELECT chain_id, name, seq, hash FROM audit_head ORDER BY seq DESC, name LIMIT 1")[0]

    def event(self, seq: int, chain: Any = None) -> Any:
        chain_id = chain if chain is not None else self.longest().chain_id
        return self.sql(
            "SELECT * FROM audit_event WHERE chain_id = :chain AND seq = :seq", chain=chain_id, seq=seq
        )[0]

    def set(self, event: Any, column: str, value: Any) -> None:
        statement = f"UPDATE audit_event SET {column} = :value WHERE chain_id = :chain AND seq = :seq"
        assert self.sql(statement, value=value, chain=event.chain_id, seq=event.seq) == 1


@pytest.fixture
def world(fresh_database: Callable[..., str]) -> Iterator[World]:
    made = World(fresh_database("trail", build))
    yield made
    made.cast.close()


def flipped(value: bytes, at: int) -> bytes:
    return value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]


def replaced(canon: bytes, name: str, value: str) -> bytes:
    return re.sub(rb'"%s":"[^"]*"' % name.encode(), b'"%s":"%s"' % (name.encode(), value.encode()), canon)


def flip_the_hashed_bytes(world: World) -> None:
    event = world.event(3)
    world.set(event, "canon", flipped(event.canon, len(event.canon) // 2))


def flip_the_hash(world: World) -> None:
    event = world.event(3)
    world.set(event, "hash", flipped(event.hash, 5))


def name_another_actor_in_the_bytes(world: World) -> None:
    event = world.event(4)
    world.set(event, "canon", replaced(event.canon, "actor", "system:somebody-else"))


def rehash_one_event(world: World) -> None:
    event = world.event(4)
    canon = replaced(event.canon, "role", "head")
    world.set(event, "canon", canon)
    world.set(event, "hash", event_hash(canon))


def rewrite_the_rest_of_a_chain_and_its_head(world: World) -> None:
    head = world.longest()
    last = world.event(3).hash
    for seq in range(4, head.seq + 1):
        event = world.event(seq)
        canon = replaced(replaced(event.canon, "prev", last.hex()), "role", "head")
        last = event_hash(canon)
        world.set(event, "canon", canon)
        world.set(event, "hash", last)
    world.sql("UPDATE audit_head SET hash = :h WHERE chain_id = :c", h=last, c=head.chain_id)


def show_another_actor(world: World) -> None:
    world.set(world.event(4), "actor", "system:somebody-else")


def show_another_deed(world: World) -> None:
    world.set(world.event(4), "act", "plan.viewed" if world.event(4).act != "plan.viewed" else "pupil.viewed")


def show_another_time(world: World) -> None:
    at = "'2020-01-01 00:00:00.000000'" if world.database.is_sqlite else "'2020-01-01 00:00:00Z'"
    event = world.event(4)
    world.sql(
        f"UPDATE audit_event SET at = {at} WHERE chain_id = :c AND seq = :s", c=event.chain_id, s=event.seq
    )


def show_a_time_that_no_calendar_has(world: World) -> None:
    event = world.event(4)
    at = "soon" if world.database.is_sqlite else "infinity"
    world.sql(
        f"UPDATE audit_event SET at = '{at}' WHERE chain_id = :c AND seq = :s", c=event.chain_id, s=event.seq
    )


def show_another_object(world: World) -> None:
    event = world.event(4)
    world.set(event, "object_id", event.id)


def delete_the_first_event(world: World) -> None:
    world.sql("DELETE FROM audit_event WHERE chain_id = :c AND seq = 0", c=world.longest().chain_id)


def delete_an_event_in_the_middle(world: World) -> None:
    world.sql("DELETE FROM audit_event WHERE chain_id = :c AND seq = 4", c=world.longest().chain_id)


def delete_the_last_event(world: World) -> None:
    head = world.longest()
    world.sql("DELETE FROM audit_event WHERE chain_id = :c AND seq = :s", c=head.chain_id, s=head.seq)


def delete_the_last_three_and_repoint_the_head(world: World) -> None:
    head = world.longest()
    cut = head.seq - 3
    last = world.event(cut).hash
    world.sql("DELETE FROM audit_event WHERE chain_id = :c AND seq > :s", c=head.chain_id, s=cut)
    world.sql("UPDATE audit_head SET seq = :s, hash = :h WHERE chain_id = :c", s=cut, h=last, c=head.chain_id)


def delete_all_events_of_a_chain(world: World) -> None:
    world.sql("DELETE FROM audit_event WHERE chain_id = :c", c=world.longest().chain_id)


def delete_a_chain_with_its_head(world: World) -> None:
    head = world.longest()
    world.sql("DELETE FROM audit_event WHERE chain_id = :c", c=head.chain_id)
    world.sql("DELETE FROM audit_head WHERE chain_id = :c", c=head.chain_id)


def delete_the_chain_of_a_pupil_without_a_plan(world: World) -> None:
    name = next(
        row.name for row in world.sql("SELECT name FROM audit_head WHERE name LIKE 'pupil:%' ORDER BY seq")
    )
    chain_id = world.sql("SELECT chain_id FROM audit_head WHERE name = :n", n=name)[0].chain_id
    world.sql("DELETE FROM audit_event WHERE chain_id = :c", c=chain_id)
    world.sql("DELETE FROM audit_head WHERE chain_id = :c", c=chain_id)


def delete_a_head(world: World) -> None:
    world.sql("DELETE FROM audit_head WHERE chain_id = :c", c=world.longest().chain_id)


def duplicate_the_last_event(world: World) -> None:
    head = world.longest()
    world.sql(
        "INSERT INTO audit_event SELECT chain_id, seq + 1, id, at, actor, act, object_type, object_id, "
        "canon, hash, payload FROM audit_event WHERE chain_id = :c AND seq = :s",
        c=head.chain_id,
        s=head.seq,
    )


def swap_two_events(world: World) -> None:
    one, other = world.event(3), world.event(4)
    for event, canon, digest in ((one, other.canon, other.hash), (other, one.canon, one.hash)):
        world.set(event, "canon", canon)
        world.set(event, "hash", digest)


def move_an_event_to_another_chain(world: World) -> None:
    head = world.longest()
    other = world.sql(
        "SELECT chain_id, seq FROM audit_head WHERE chain_id <> :c AND seq >= 0 ORDER BY seq DESC LIMIT 1",
        c=head.chain_id,
    )[0]
    world.sql(
        "UPDATE audit_event SET chain_id = :to, seq = :n WHERE chain_id = :c AND seq = :s",
        to=other.chain_id,
        n=other.seq + 1,
        c=head.chain_id,
        s=head.seq,
    )


def give_the_head_another_mac(world: World) -> None:
    head = world.longest()
    world.sql(
        "UPDATE audit_head SET mac = :m WHERE chain_id = :c",
        m=hashlib.sha256(b"guess").digest(),
        c=head.chain_id,
    )


def flip_a_payload(world: World) -> None:
    event = world.sql("SELECT * FROM audit_event WHERE payload IS NOT NULL LIMIT 1")[0]
    world.set(event, "payload", flipped(event.payload, len(event.payload) - 1))


def remove_a_payload(world: World) -> None:
    event = world.sql("SELECT * FROM audit_event WHERE payload IS NOT NULL LIMIT 1")[0]
    world.set(event, "payload", None)


def spoil_the_keys(world: World) -> None:
    for row in world.sql("SELECT id, wrapped FROM data_key WHERE owner_kind = 'pupil'"):
        wrapped = flipped(row.wrapped, len(row.wrapped) - 1)
        world.sql("UPDATE data_key SET wrapped = :w WHERE id = :i", w=wrapped, i=row.id)


def swap_the_words_of_two_children(world: World) -> None:
    rows = world.sql(
        "SELECT b.version_id, b.sealed, v.pupil_id "
        "FROM version_body b JOIN record_version v ON v.id = b.version_id"
    )
    one = rows[0]
    other = next(row for row in rows if row.pupil_id != one.pupil_id)
    for row, sealed in ((one, other.sealed), (other, one.sealed)):
        world.sql("UPDATE version_body SET sealed = :b WHERE version_id = :v", b=sealed, v=row.version_id)


def flip_the_words_of_a_version(world: World) -> None:
    row = world.sql("SELECT version_id, sealed FROM version_body LIMIT 1")[0]
    world.sql(
        "UPDATE version_body SET sealed = :b WHERE version_id = :v",
        b=flipped(row.sealed, 40),
        v=row.version_id,
    )


def change_the_digest_of_a_version(world: World) -> None:
    row = world.sql("SELECT id, digest FROM record_version LIMIT 1")[0]
    world.sql("UPDATE record_version SET digest = :d WHERE id = :v", d=flipped(row.digest, 0), v=row.id)


def delete_a_version(world: World) -> None:
    row = world.sql(
        "SELECT v.id FROM record_version v LEFT JOIN withdrawal w ON w.version_id = v.id "
        "WHERE w.version_id IS NULL"
    )[0]
    world.sql("DELETE FROM version_body WHERE version_id = :v", v=row.id)
    world.sql("DELETE FROM record_version WHERE id = :v", v=row.id)


def put_an_older_version_in_force(world: World) -> None:
    assert world.sql("UPDATE record SET current = 1 WHERE current = 2") == 1


def undo_a_withdrawal(world: World) -> None:
    assert world.sql("DELETE FROM withdrawal") == 1


def alter_a_save_of_the_draft(world: World) -> None:
    row = world.sql("SELECT id, sealed FROM draft_change LIMIT 1")[0]
    world.sql("UPDATE draft_change SET sealed = :b WHERE id = :i", b=flipped(row.sealed, 30), i=row.id)


def delete_a_save_of_the_draft(world: World) -> None:
    row = world.sql("SELECT id FROM draft_change ORDER BY revision DESC LIMIT 1")[0]
    world.sql("DELETE FROM draft_change WHERE id = :i", i=row.id)


CAUGHT = [
    flip_the_hashed_bytes,
    flip_the_hash,
    name_another_actor_in_the_bytes,
    rehash_one_event,
    rewrite_the_rest_of_a_chain_and_its_head,
    show_another_actor,
    show_another_deed,
    show_another_time,
    show_a_time_that_no_calendar_has,
    show_another_object,
    delete_the_first_event,
    delete_an_event_in_the_middle,
    delete_the_last_event,
    delete_the_last_three_and_repoint_the_head,
    delete_all_events_of_a_chain,
    delete_a_chain_with_its_head,
    delete_the_chain_of_a_pupil_without_a_plan,
    delete_a_head,
    duplicate_the_last_event,
    swap_two_events,
    move_an_event_to_another_chain,
    give_the_head_another_mac,
    flip_a_payload,
    remove_a_payload,
    spoil_the_keys,
    swap_the_words_of_two_children,
    flip_the_words_of_a_version,
    change_the_digest_of_a_version,
    delete_a_version,
    put_an_older_version_in_force,
    undo_a_withdrawal,
    alter_a_save_of_the_draft,
    delete_a_save_of_the_draft,
]


def test_an_untouched_trail_raises_no_alarm(world):
    report = world.walk()
    assert report.ok, report.faults
    assert report.events > 20
    assert report.payloads > 0


@pytest.mark.parametrize("tamper", CAUGHT, ids=lambda case: case.__name__)
def test_the_walk_catches(world, tamper):
    tamper(world)
    report = world.walk()
    assert not report.ok
    assert str(report.faults[0])


def test_the_walk_names_the_first_event_that_was_altered(world):
    head = world.longest()
    flip_the_hashed_bytes(world)
    fault = world.walk().faults[0]
    assert (fault.chain, fault.seq) == (head.name, 3)
    assert "altered" in fault.what


def test_a_chain_put_back_whole_to_an_earlier_day_is_not_caught_without_an_anchor(world):
    """An old head has a good MAC: only somebody who kept an anchor can tell."""
    person = world.sql(
        "SELECT chain_id, name FROM audit_head WHERE name LIKE 'pupil:%' ORDER BY seq LIMIT 1"
    )[0]
    before = world.sql("SELECT * FROM audit_head WHERE chain_id = :c", c=person.chain_id)[0]
    with world.cast.making() as unit:
        unit.record(Grounds(rule="test"), Event.PUPIL_VIEWED, Chain(person.name))
    kept = list(anchors(world.cast.store))
    world.sql("DELETE FROM audit_event WHERE chain_id = :c AND seq > :s", c=person.chain_id, s=before.seq)
    world.sql(
        "UPDATE audit_head SET seq = :s, hash = :h, mac = :m WHERE chain_id = :c",
        s=before.seq,
        h=before.hash,
        m=before.mac,
        c=person.chain_id,
    )
    assert world.walk().ok
    faults = list(against(world.cast.store, kept))
    assert [fault.chain for fault in faults] == [person.name]


def test_anchors_raise_no_alarm_when_the_trail_only_grew(world):
    kept = list(anchors(world.cast.store))
    name = kept[0].split()[0]
    with world.cast.making() as unit:
        unit.record(Grounds(rule="test"), Event.PUPIL_VIEWED, Chain(name))
    assert list(against(world.cast.store, kept)) == []


def test_an_event_added_with_the_keyring_in_hand_is_not_caught(world):
    """Somebody who holds host and keyring can forge what is to come, as anybody: the README says so."""
    name = world.longest().name
    with world.cast.making() as unit:
        unit.record(Grounds(role="head"), Event.PUPIL_VIEWED, Chain(name))
    assert world.walk().ok
