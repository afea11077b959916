"""Order keys: strings between any two of which another fits, so that two people can insert at once.

A key is read as the digits of a fraction in base 36 (``0-9a-z``, whose byte order is their value) and
never ends in ``0``, so that comparing strings compares fractions. New keys at either end keep a width of
four digits, so a long list has short keys; a key in between grows by a digit every five insertions at
the same spot. Two people who insert at one spot at once may make the same key: lists are then sorted by
id, the same for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
BASE = len(DIGITS)
WIDTH = 4
LONGEST = 500
"""Far beyond what people do by hand (2,000 insertions at one spot); a bound for what comes from outside."""

FIRST = "i001"
"""The first key of an empty list: the middle, so that there is as much room before it as after."""

_KEY = re.compile(rf"[0-9a-z]{{0,{LONGEST - 1}}}[1-9a-z]")


def is_key(value: object) -> bool:
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


def between(before: str | None, after: str | None) -> str:
    """A key between two keys; None stands for the list's beginning or end.

    ValueError unless both are keys and ``before < after``.
    """
    for key in (before, after):
        if key is not None and not is_key(key):
            raise ValueError("not an order key")
    if before is None and after is None:
        return FIRST
    if after is None:
        return _step(before or "", 1) or _midpoint(before or "", None)
    if before is None:
        return _step(after, -1) or _midpoint("", after)
    if before >= after:
        raise ValueError("these two keys are not in order")
    return _midpoint(before, after)


def place(items: Sequence[dict[str, Any]], after: str | None) -> str:
    """The key that puts an item right after the item ``after`` (an id), or first where that is None.

    ``items`` are sorted. Between items of equal key nothing fits, so the new one comes after them all.
    ValueError where there is no such item.
    """
    if after is None:
        return between(None, items[0]["order"] if items else None)
    for index, item in enumerate(items):
        if item["id"] == after:
            later = (other["order"] for other in items[index + 1 :])
            return between(item["order"], next((key for key in later if key > item["order"]), None))
    raise ValueError("no such item")


def at_end(items: Sequence[dict[str, Any]]) -> str:
    """The key that puts an item last."""
    return between(items[-1]["order"] if items else None, None)


def spread(count: int) -> list[str]:
    """Keys for a list that is made all at once."""
    keys: list[str] = []
    for _ in range(count):
        keys.append(between(keys[-1] if keys else None, None))
    return keys


def _step(key: str, by: int) -> str | None:
    """The next key of the usual width in one direction, or None where the width has no room left."""
    head = (key + "0" * WIDTH)[:WIDTH]
    value = int(head, BASE)
    if by < 0 and len(key) > WIDTH and head[-1] != "0":
        return head  # the key's own head lies before it already
    value += by
    if value % BASE == 0:
        value += by
    if not 0 < value < BASE**WIDTH:
        return None
    digits = ""
    for _ in range(WIDTH):
        value, digit = divmod(value, BASE)
        digits = DIGITS[digit] + digits
    return digits


def _midpoint(low: str, high: str | None) -> str:
    """The shortest key near the middle of two fractions; ``high`` None stands for 1."""
    key = ""
    while True:
        position = len(key)
        floor = DIGITS.index(low[position]) if position < len(low) else 0
        ceiling = BASE if high is None else DIGITS.index(high[position])
        if ceiling - floor > 1:
            return key + DIGITS[(floor + ceiling) // 2]
        key += DIGITS[floor]
        if ceiling - floor == 1:
            high = None  # below this digit everything is under ``high``
