"""References for cases and plans that come in by the thousand: the form of those that are made one by one."""

from __future__ import annotations

import secrets

# No vowels, so that no word comes of it; no 0, 1 or letters that are read for another. Eight of them, where
# one by one has six: a whole authority comes in at once, and none is asked for in the database.
_LETTERS = "23456789BCDFGHJKLMNPQRSTVWXZ"


def new_reference(year: int) -> str:
    """A reference that nobody has: one in 28 to the eighth."""
    return f"EHC-{year}-" + "".join(secrets.choice(_LETTERS) for _ in range(8))
