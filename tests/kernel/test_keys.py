"""Data keys: wrapped by an organisation or a root, and replaced without touching what they seal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from isp.audit import Store, transaction
from isp.kernel.actor import Actor
from isp.kernel.crypto import Keyring, Place, SealError
from isp.kernel.db import Database, table_of
from isp.kernel.errors import Unavailable
from isp.kernel.ids import new_id
from isp.kernel.keys import RESTRICTED, DataKey, KeyOf

KEYS = table_of(DataKey)
JOB = Actor.job("test")


@pytest.fixture
def store(engine_url):
    made = Store(Database(engine_url), Keyring.generate(development=True))
    yield made
    made.database.dispose()


def school_and_pupil(store):
    school, other, pupil = new_id(), new_id(), new_id()
    with transaction(store, JOB) as unit:
        unit.keys.create(KeyOf.organisation(school))
        unit.keys.create(KeyOf.organisation(other))
        unit.keys.create_many([(KeyOf.pupil(pupil), school), (KeyOf.pupil(pupil, RESTRICTED), school)])
    return school, other, pupil


def test_another_unit_opens_what_one_sealed(store):
    _, _, pupil = school_and_pupil(store)
    place = Place("pupil", "sealed", pupil)
    with transaction(store, JOB) as unit:
        sealed = unit.keys.seal(KeyOf.pupil(pupil), place, {"name": "Żółć"})
    with transaction(store, JOB) as unit:
        assert unit.keys.open(KeyOf.pupil(pupil), place, sealed) == {"name": "Żółć"}


def test_one_compartment_does_not_open_another(store):
    _, _, pupil = school_and_pupil(store)
    place = Place("pupil", "sealed", pupil)
    with transaction(store, JOB) as unit:
        sealed = unit.keys.seal(KeyOf.pupil(pupil, RESTRICTED), place, 1)
        with pytest.raises(SealError):
            unit.keys.open(KeyOf.pupil(pupil), place, sealed)


def test_a_pupil_who_moves_school_has_the_keys_wrapped_anew_and_nothing_rewritten(store):
    school, other, pupil = school_and_pupil(store)
    place = Place("pupil", "sealed", pupil)
    with transaction(store, JOB) as unit:
        sealed = unit.keys.seal(KeyOf.pupil(pupil), place, "words")
        unit.keys.rewrap(pupil, other)
    with transaction(store, JOB) as unit:
        wrapped_by = set(unit.connection.scalars(select(KEYS.c.wrapped_by).where(KEYS.c.owner_id == pupil)))
        assert wrapped_by == {other}
        assert school not in wrapped_by
        assert unit.keys.open(KeyOf.pupil(pupil), place, sealed) == "words"


def test_a_replaced_root_opens_everything_and_the_old_one_is_needed_by_nothing(store):
    _, _, pupil = school_and_pupil(store)
    place = Place("pupil", "sealed", pupil)
    with transaction(store, JOB) as unit:
        sealed = unit.keys.seal(KeyOf.pupil(pupil), place, "words")
    fresh = store.keyring.with_new_root()
    again = Store(store.database, fresh)
    with transaction(again, JOB) as unit:
        while unit.keys.rewrap_roots(limit=1):
            pass
    alone = replace(fresh, roots={fresh.root_id: fresh.roots[fresh.root_id]})
    with transaction(Store(store.database, alone), JOB) as unit:
        assert unit.keys.open(KeyOf.pupil(pupil), place, sealed) == "words"


def test_without_the_keyring_nothing_opens(store):
    _, _, pupil = school_and_pupil(store)
    place = Place("pupil", "sealed", pupil)
    with transaction(store, JOB) as unit:
        sealed = unit.keys.seal(KeyOf.pupil(pupil), place, "words")
    stranger = Store(store.database, Keyring.generate(development=True))
    with pytest.raises(Unavailable), transaction(stranger, JOB) as unit:
        unit.keys.open(KeyOf.pupil(pupil), place, sealed)


def test_a_key_passed_off_as_another_is_refused(store):
    _, _, pupil = school_and_pupil(store)
    with transaction(store, JOB) as unit:
        unit.connection.execute(update(KEYS).where(KEYS.c.owner_id == pupil).values(commitment=b"\0" * 16))
    with pytest.raises(SealError), transaction(store, JOB) as unit:
        unit.keys.seal(KeyOf.pupil(pupil), Place("pupil", "sealed", pupil), "words")


def test_an_owner_without_keys_stays_closed(store):
    with pytest.raises(Unavailable), transaction(store, JOB) as unit:
        unit.keys.seal(KeyOf.pupil(new_id()), Place("pupil", "sealed", new_id()), "words")


def test_many_keys_open_with_two_queries(store):
    from tests.statements import statements

    school = new_id()
    pupils = [new_id() for _ in range(40)]
    with transaction(store, JOB) as unit:
        unit.keys.create(KeyOf.organisation(school))
        unit.keys.create_many([(KeyOf.pupil(pupil), school) for pupil in pupils])
    with transaction(store, JOB) as unit, statements(store.database) as said:
        unit.keys.fetch([KeyOf.pupil(pupil) for pupil in pupils])
        assert len(said) == 2
