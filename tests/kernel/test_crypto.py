"""Sealed values open in their place and nowhere else; a keyring says what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.kernel import crypto
from isp.kernel.crypto import Keyring, KeyringError, Place, SealError, seal, unseal
from isp.kernel.ids import new_id

KEY = bytes(range(32))
HERE = Place("pupil", "sealed", UUID(int=7), 3)
places = st.builds(
    Place,
    st.sampled_from(["pupil", "person", "tie"]),
    st.sampled_from(["sealed", "payload"]),
    st.uuids(),
    st.integers(1, 9),
)


@given(st.binary(max_size=300), places)
def test_what_was_sealed_opens_in_its_place(plaintext, place):
    assert unseal(KEY, seal(KEY, plaintext, place, "general", 1), place, "general") == plaintext


@given(places)
def test_the_data_bound_to_a_value_is_compact_json(place):
    expected = [place.table, place.column, place.row.hex, place.version, "general", 1, 2]
    assert place.bound("general", 2) == json.dumps(expected, separators=(",", ":")).encode()


@given(places, places)
def test_a_value_moved_to_any_other_place_does_not_open(place, other):
    if place == other:
        return
    envelope = seal(KEY, b"words", place, "general", 1)
    with pytest.raises(SealError):
        unseal(KEY, envelope, other, "general")


@pytest.mark.parametrize(
    "change",
    [
        {"table": "person"},
        {"column": "payload"},
        {"row": UUID(int=8)},
        {"version": 4},
    ],
)
def test_table_column_row_and_row_version_are_all_bound(change):
    envelope = seal(KEY, b"words", HERE, "general", 1)
    with pytest.raises(SealError):
        unseal(KEY, envelope, replace(HERE, **change), "general")


def test_a_value_does_not_open_in_another_compartment():
    envelope = seal(KEY, b"words", HERE, "general", 1)
    with pytest.raises(SealError):
        unseal(KEY, envelope, HERE, "restricted")


def test_every_flipped_bit_of_the_envelope_is_an_error_and_never_other_words():
    envelope = seal(KEY, b"a few words", HERE, "general", 1)
    for at in range(len(envelope) * 8):
        byte, bit = divmod(at, 8)
        altered = bytearray(envelope)
        altered[byte] ^= 1 << bit
        with pytest.raises(SealError):
            unseal(KEY, bytes(altered), HERE, "general")


@given(st.binary(max_size=80))
def test_bytes_that_are_no_envelope_are_refused(rubbish):
    with pytest.raises(SealError):
        unseal(KEY, rubbish, HERE, "general")


def test_the_same_words_sealed_twice_look_different():
    assert seal(KEY, b"words", HERE, "general", 1) != seal(KEY, b"words", HERE, "general", 1)


def test_a_keyring_comes_back_as_it_was_saved_and_only_its_owner_may_read_it(tmp_path):
    ring = Keyring.generate(development=False)
    path = tmp_path / "keys" / "keyring.json"
    ring.save(path)
    assert Keyring.load(path) == ring
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_keyring_is_not_overwritten(tmp_path):
    path = tmp_path / "keyring.json"
    Keyring.generate(development=True).save(path)
    with pytest.raises(KeyringError, match="exists already"):
        Keyring.generate(development=True).save(path)


def test_a_keyring_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "keyring.json"
    Keyring.generate(development=True).save(path)
    path.chmod(0o644)
    with pytest.raises(KeyringError, match="chmod 600"):
        Keyring.load(path)


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"format": "isp-keyring/2"}', '{"format": "isp-keyring/1"}']
)
def test_a_damaged_keyring_is_refused_in_words(tmp_path, damage):
    path = tmp_path / "keyring.json"
    path.write_text(damage)
    path.chmod(0o600)
    with pytest.raises(KeyringError, match=r"damaged|does not know"):
        Keyring.load(path)


def test_a_missing_keyring_is_refused_in_words(tmp_path):
    with pytest.raises(KeyringError, match="cannot be read"):
        Keyring.load(tmp_path / "nothing.json")


def test_a_keyring_with_a_short_key_is_refused(tmp_path):
    path = tmp_path / "keyring.json"
    Keyring.generate(development=True).save(path)
    held = json.loads(path.read_text())
    held["ledger"] = "c2hvcnQ="
    path.write_text(json.dumps(held))
    with pytest.raises(KeyringError, match="damaged"):
        Keyring.load(path)


def test_blind_indexes_differ_by_column_and_by_installation():
    one, other = Keyring.generate(development=True), Keyring.generate(development=True)
    assert one.blind_index("upn", "A1") == one.blind_index("upn", "A1")
    assert one.blind_index("upn", "A1") != one.blind_index("email", "A1")
    assert one.blind_index("upn", "A1") != other.blind_index("upn", "A1")


def test_secrets_for_different_purposes_are_unrelated():
    ring = Keyring.generate(development=True)
    made = {ring.web_secret("cookies"), ring.web_secret("cursors"), crypto.derive(ring.web, "isp/other")}
    assert len(made) == 3


def test_ids_sort_by_the_time_they_were_made_and_are_version_seven():
    made = [new_id() for _ in range(5000)]
    assert {one.version for one in made} == {7}
    assert made == sorted(made)
    assert len(set(made)) == 5000


@given(st.binary(min_size=32, max_size=32))
def test_the_commitment_to_a_key_is_hkdf_expand_of_it(key):
    assert crypto.commitment(key) == crypto.derive(key, "isp/commit", 16)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(json_values)
def test_what_is_sealed_is_compact_json_in_the_order_given(value):
    assert crypto.to_json(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def test_a_lone_surrogate_is_no_json_to_seal():
    with pytest.raises(UnicodeEncodeError):
        crypto.to_json({"words": "\ud800"})
