"""Identifiers: UUIDv7 (RFC 9562), made by the application so that a row's id is known before it is sealed."""

from __future__ import annotations

import os
import threading
from uuid import UUID

from isp.kernel import clock

_guard = threading.Lock()
_last = 0


def _start_anew() -> None:
    """A forked process must not count on from where its parent stands."""
    global _last  # noqa: PLW0603 the one counter of the process
    _last = 0


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of milliseconds, then 74 bits that are random, or one more than the last.

    Within a process ids sort in the order they were made, also those of one millisecond (section 6.2 of the
    RFC, monotonic random), so that events of one moment are told in their order.
    """
    global _last  # noqa: PLW0603 the one counter of the process
    milliseconds = clock.milliseconds() & ((1 << 48) - 1)
    with _guard:
        if milliseconds > _last >> 74:
            # The top bit is left clear: there is always room to count on from it.
            _last = (milliseconds << 74) | (int.from_bytes(os.urandom(10), "big") & ((1 << 73) - 1))
        else:
            _last += 1
        made = _last
    milliseconds, random = made >> 74, made & ((1 << 74) - 1)
    value = milliseconds << 80
    value |= 0x7 << 76
    value |= (random >> 62) << 64
    value |= 0b10 << 62
    value |= random & ((1 << 62) - 1)
    return UUID(int=value)
