"""Identifiers: UUIDv7 (RFC 9562), made by the application so that a row's id is known before it is sealed."""

from __future__ import annotations

import os
from uuid import UUID

from isp.kernel import clock


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of milliseconds, 74 random bits. Sorts by time of making, says nothing else."""
    milliseconds = clock.milliseconds()
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= ((random >> 62) & 0xFFF) << 64
    value |= 0b10 << 62
    value |= random & ((1 << 62) - 1)
    return UUID(int=value)
