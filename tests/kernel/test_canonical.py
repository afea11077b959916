"""Canonical bytes: the same whoever writes them, and only for what has them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.kernel.canonical import canonical, nfc, of_parsed, parsed

keys = st.text(st.characters(max_codepoint=127), max_size=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text().map(nfc),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=25,
)


def plainly(value: object) -> bytes:
    """As the standard library writes it: what chains were hashed with that are read for ever."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@given(values)
def test_the_bytes_are_those_of_the_standard_library(value):
    assert canonical(value) == plainly(value)
    assert of_parsed(parsed(canonical(value))) == canonical(value)


def test_every_character_is_written_alike():
    whole = "".join(chr(one) for one in range(0x110000) if not 0xD800 <= one < 0xE000)
    assert of_parsed(whole) == plainly(whole)


def test_what_is_nested_deeper_than_the_fast_writer_goes_has_the_same_bytes():
    deep: list[object] = []
    for _ in range(400):
        deep = [deep]
    assert canonical(deep) == plainly(deep)


@pytest.mark.parametrize("value", ["\ud800", 2**53, 1.0, {1: 2}, {"é": 1}, "e\u0301", b"x"])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises((TypeError, ValueError)):
        canonical(value)


@pytest.mark.parametrize("text", [b"NaN", b"[Infinity]", b"{", b""])
def test_what_is_no_json_is_not_read(text):
    with pytest.raises(ValueError, match=r".+"):
        parsed(text)
