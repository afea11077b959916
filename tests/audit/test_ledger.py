"""How events are sealed into a chain: the bytes that are hashed, the order, what is committed to."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.audit.chains import Chain
from isp.audit.events import BY_CODE, Event, Grounds
from isp.audit.ledger import Entry, Head, commitment, event_hash, head_mac, payload_place, seal_entries
from isp.kernel.actor import Actor
from isp.kernel.canonical import canonical
from isp.kernel.crypto import Keyring, SealError
from isp.kernel.keys import KeyOf
from tests.audit.trail import WHY

PUPIL = UUID("00000000-0000-7000-8000-000000000001")
MOMENT = datetime(2026, 11, 2, 9, 30, 0, 123456, tzinfo=UTC)
RING = Keyring.generate(development=True)


def seal(entries, head=None, *, actor=None, moment=MOMENT, keys=None):
    chain = Chain.pupil(PUPIL)
    start = head or Head(chain, -1, chain.genesis, datetime.min.replace(tzinfo=UTC))
    return seal_entries(entries, start, actor or Actor.job("test"), moment, keys)


def viewed(version=1, **more):
    detail = {"version": version}
    return Entry(Chain.pupil(PUPIL), Event.PLAN_VIEWED, WHY, "record", PUPIL, detail, **more)


def test_an_event_is_the_hash_of_its_bytes_under_a_prefix_of_its_own():
    (row,), head = seal([viewed()])
    assert row["hash"] == hashlib.sha256(b"\x00isp-audit/1\n" + row["canon"]).digest() == head.hash
    assert event_hash(b"{}").hex() == "ae42e1a2f6bce766e04b42bb2f4e3ae4fc32fddb958635321bd5b65320d32d47"


def test_the_bytes_are_canonical_and_the_columns_show_what_they_say():
    (row,), _ = seal([viewed(7, fields=("about_me.strengths",))])
    told = json.loads(row["canon"])
    assert canonical(told) == row["canon"]
    assert told == {
        "v": 1,
        "id": str(row["id"]),
        "chain": f"pupil:{PUPIL}:general",
        "seq": 0,
        "prev": Chain.pupil(PUPIL).genesis.hex(),
        "t": "2026-11-02T09:30:00.123456Z",
        "act": "plan.viewed",
        "actor": "system:test",
        "req": told["req"],
        "obj": {"type": "record", "id": str(PUPIL)},
        "detail": {"version": 7},
        "fields": ["about_me.strengths"],
        "policy": {"rule": "test", "grid": None},
    }
    assert (row["chain_id"], row["seq"]) == (Chain.pupil(PUPIL).id, 0)
    assert (row["actor"], row["act"], row["at"]) == ("system:test", "plan.viewed", MOMENT)


@given(counts=st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_each_event_names_the_one_before_it_however_they_are_batched(counts):
    head = None
    last, number = Chain.pupil(PUPIL).genesis, 0
    for count in counts:
        rows, head = seal([viewed(n) for n in range(count)], head)
        for row in rows:
            told = json.loads(row["canon"])
            assert (told["prev"], told["seq"], row["seq"]) == (last.hex(), number, number)
            last, number = row["hash"], number + 1
    assert head is not None
    assert (head.seq, head.hash) == (number - 1, last)


def test_a_clock_that_was_put_back_does_not_put_an_event_before_its_predecessor():
    _, head = seal([viewed()])
    (row,), after = seal([viewed()], head, moment=MOMENT - timedelta(hours=1))
    assert row["at"] == after.at == MOMENT
    assert json.loads(row["canon"])["t"] == "2026-11-02T09:30:00.123456Z"


def test_the_same_event_on_two_chains_is_two_events_that_hash_apart():
    rows = []
    for chain in (Chain.pupil(PUPIL), Chain.restricted(PUPIL)):
        head = Head(chain, -1, chain.genesis, MOMENT)
        entry = Entry(chain, Event.HISTORY_VIEWED, WHY)
        sealed, _ = seal_entries([entry], head, Actor.job("test"), MOMENT, None)  # type: ignore[arg-type]
        rows += sealed
    assert rows[0]["hash"] != rows[1]["hash"]
    assert rows[0]["chain_id"] != rows[1]["chain_id"]


def test_a_head_answers_to_its_name_its_number_its_hash_and_its_keyring_only():
    digest = bytes(32)
    mac = head_mac(RING, "installation", 3, digest)
    assert hmac.compare_digest(mac, head_mac(RING, "installation", 3, digest))
    others = (
        head_mac(RING, "installatiom", 3, digest),
        head_mac(RING, "installation", 4, digest),
        head_mac(RING, "installation", 3, b"\x01" + digest[1:]),
        head_mac(Keyring.generate(development=True), "installation", 3, digest),
    )
    assert mac not in others
    assert len(set(others)) == 4


def test_what_is_committed_to_cannot_be_guessed_without_its_salt():
    content = {"answer": "yes"}
    assert commitment(b"a" * 16, content) != commitment(b"b" * 16, content)
    assert commitment(b"a" * 16, content) == commitment(b"a" * 16, {"answer": "yes"})
    assert commitment(b"a" * 16, content) != commitment(b"a" * 16, {"answer": "no"})


def test_a_payload_lies_sealed_beside_the_event_and_opens_nowhere_else(cast):
    ava = cast.pupils["ava"]
    chain = Chain.pupil(ava)
    with cast.acting("sara") as unit:
        head = Head(chain, -1, chain.genesis, unit.now)
        why = {"reason": "Written about the wrong child"}
        entry = Entry(chain, Event.PUPIL_VIEWED, WHY, payload=why)
        rows, _ = seal_entries([entry, entry], head, cast.actor("sara"), unit.now, unit.keys)
        one, other = rows
        held = unit.keys.open(KeyOf.pupil(ava), payload_place(one["id"]), one["payload"])
        with pytest.raises(SealError):
            unit.keys.open(KeyOf.pupil(ava), payload_place(other["id"]), one["payload"])
    told = json.loads(one["canon"])
    assert held["content"] == why
    assert told["pl"] == hashlib.sha256(one["payload"]).hexdigest()
    assert told["commit"] != json.loads(other["canon"])["commit"]
    assert b"wrong child" not in one["canon"] + one["payload"]


def test_the_installations_chain_has_no_key_and_keeps_no_payload():
    chain = Chain.installation()
    entry = Entry(chain, Event.HISTORY_VIEWED, WHY, payload={"reason": "x"})
    head = Head(chain, -1, chain.genesis, MOMENT)
    (row,), _ = seal_entries([entry], head, Actor.job("test"), MOMENT, None)  # type: ignore[arg-type]
    assert row["payload"] is None
    assert not {"pl", "commit"} & json.loads(row["canon"]).keys()


def test_every_kind_of_event_is_known_by_one_code_that_fits_its_column():
    assert len(BY_CODE) == len(Event)
    assert max(map(len, BY_CODE)) <= 40


@pytest.mark.parametrize("event", Event, ids=lambda event: event.code)
def test_every_kind_of_event_refuses_a_detail_that_is_not_its_own(event):
    event.check_detail(dict.fromkeys(event.value.detail, 1))
    with pytest.raises(TypeError):
        event.check_detail(dict.fromkeys([*event.value.detail, "given_name"], 1))
    for missing in event.value.detail:
        with pytest.raises(TypeError):
            event.check_detail(dict.fromkeys(set(event.value.detail) - {missing}, 1))


def test_grounds_say_in_what_capacity():
    grounds = Grounds(rule="senco-of-the-school", role="senco", organisation_id=PUPIL, tie_id=PUPIL)
    entry = Entry(Chain.pupil(PUPIL), Event.HISTORY_VIEWED, grounds)
    (row,), _ = seal([entry], actor=Actor(person_id=PUPIL, method="password", session_ref="s", network="n"))
    told = json.loads(row["canon"])
    assert (told["role"], told["org"], told["rel"]) == ("senco", str(PUPIL), str(PUPIL))
    assert (told["auth"], told["net"]) == ({"method": "password", "session": "s"}, "n")
