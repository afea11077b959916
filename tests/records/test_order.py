"""Order keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.records import order


@given(st.lists(st.integers(0, 10**6), max_size=200))
def test_a_key_fits_wherever_an_item_is_put(places):
    keys: list[str] = []
    for place in places:
        at = place % (len(keys) + 1)
        key = order.between(keys[at - 1] if at else None, keys[at] if at < len(keys) else None)
        assert order.is_key(key)
        keys.insert(at, key)
    assert keys == sorted(set(keys))


def test_a_long_list_keeps_short_keys():
    keys = order.spread(5000)
    assert keys == sorted(set(keys))
    assert max(map(len, keys)) == order.WIDTH
    first = keys[0]
    for _ in range(2000):
        first = order.between(None, first)
    assert len(first) == order.WIDTH


def test_two_thousand_insertions_at_one_spot_stay_within_the_longest_key():
    low, high = order.spread(2)
    for _ in range(2000):
        high = order.between(low, high)
    assert order.is_key(high)


def test_beyond_the_usual_width_there_is_still_room():
    last = order.between("zzzz", None)
    assert last > "zzzz"
    assert order.between(last, None) > last
    first = order.between(None, "0001")
    assert first < "0001"
    assert order.between(None, first) < first


def test_an_item_put_after_one_of_several_with_the_same_key_comes_after_them_all():
    items = [{"id": "a", "order": "i001"}, {"id": "b", "order": "i001"}, {"id": "c", "order": "i002"}]
    assert "i001" < order.place(items, "a") < "i002"
    assert order.place(items, None) < "i001"
    assert order.place(items, "c") > "i002"
    assert order.at_end(items) > "i002"
    assert order.place([], None) == order.at_end([]) == order.FIRST
    with pytest.raises(ValueError, match="no such item"):
        order.place(items, "d")


@pytest.mark.parametrize("key", ["", "0", "i0", "I", "i-1", "ä", None, 3, "1" * 600])
def test_what_is_no_key_is_refused(key):
    assert not order.is_key(key)


def test_keys_out_of_order_have_nothing_between_them():
    with pytest.raises(ValueError, match="not in order"):
        order.between("i002", "i001")
    with pytest.raises(ValueError, match="not in order"):
        order.between("i001", "i001")
    with pytest.raises(ValueError, match="not an order key"):
        order.between("i0", None)
