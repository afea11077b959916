"""References of cases and plans: what people say on the telephone."""

from __future__ import annotations

import secrets
from datetime import date

# No vowels, so that no word comes of it; no 0, 1 or letters that are read for another.
_LETTERS = "23456789BCDFGHJKLMNPQRSTVWXZ"


def reference(today: date, sort: str) -> str:
    """A random one: ``EHC-2026-7K3P9Q``. Whoever uses it makes sure that there is no other like it."""
    return f"{sort}-{today.year}-{''.join(secrets.choice(_LETTERS) for _ in range(6))}"
