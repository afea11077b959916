"""Canonical bytes: a subset of RFC 8785 (JSON Canonicalization Scheme).

Allowed: objects with ASCII keys, arrays, strings in NFC, booleans, null, integers of magnitude below
2**53. Refused: floats, other types, keys beyond ASCII (so that code-point order and the RFC's UTF-16
order are the same order), strings not in NFC or with lone surrogates.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import orjson

LIMIT = 2**53

_DIRECTING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])

_slowly = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode


def check(value: Any) -> None:
    """Raise TypeError or ValueError unless ``value`` has a canonical form."""
    if value is None or value is True or value is False:
        return
    kind = type(value)
    if kind is str:
        if not unicodedata.is_normalized("NFC", value):
            raise ValueError("text is not in Unicode normal form C")
    elif kind is int:
        if not -LIMIT < value < LIMIT:
            raise ValueError("integer too large for a canonical number")
    elif kind is dict:
        for key, inner in value.items():
            if type(key) is not str or not key.isascii():
                raise TypeError("object keys are ASCII strings")
            check(inner)
    elif kind is list or kind is tuple:
        for inner in value:
            check(inner)
    else:
        raise TypeError(f"{kind.__name__} has no canonical form")


def canonical(value: Any) -> bytes:
    """The one byte string that stands for ``value``. Raises TypeError or ValueError where there is none."""
    check(value)
    return _bytes(value)


def of_parsed(value: Any) -> bytes:
    """The same bytes for what ``parsed`` made of canonical ones, without asking whether they were.

    Only for comparing with a digest of bytes that ``canonical`` made: whatever has no canonical form comes
    out as other bytes than these. Costs a fifth.
    """
    return _bytes(value)


def parsed(text: bytes) -> Any:
    """The value of a JSON text. ValueError where it is none; ``NaN`` and its like are none."""
    return orjson.loads(text)


def _bytes(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # Deeper than it goes, or a lone surrogate: the standard library writes the one, and names the other.
        return _slowly(value).encode("utf-8")


def nfc(value: Any) -> Any:
    """The same value with every string in NFC; other types are left for ``check`` to judge."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {key: nfc(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [nfc(inner) for inner in value]
    return value


def undirected(text: str) -> str:
    """The text without the marks that turn the direction of what follows (U+202A to E, U+2066 to 2069).

    A name with one displays as another name, and turns whatever stands beside it on a page. Arabic, Urdu and
    Hebrew need none: their letters carry their direction, and the marks that writers of them do type
    (U+200E, U+200F, U+061C, the joiners) stay.
    """
    return text if text.isascii() else text.translate(_DIRECTING)
