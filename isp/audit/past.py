"""Deeds dated in the past: only for a demonstration, and for what is measured.

A record whose dates could be chosen would be worth nothing, so this stands apart from ``transaction``: it
works only under a keyring made for development, which production refuses, and a guard in the tests lets no
room but the demonstration name it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from isp.audit.unit import Store, Unit
from isp.kernel import clock
from isp.kernel.actor import Actor
from isp.kernel.crypto import KeyringError


@contextmanager
def transaction_at(store: Store, actor: Actor, moment: datetime) -> Iterator[Unit]:
    """A unit that holds a write transaction and takes ``moment`` (aware, not to come) for the present.

    Deeds on one chain come in the order of their moments: an event is never dated before the one it
    follows, so an earlier moment would be moved on. Raises KeyringError under a real keyring. A refusal is
    not remembered, since nobody asked.
    """
    if not store.keyring.development:
        raise KeyringError(
            "Only an installation with a development keyring may hold deeds dated in the past."
        )
    if moment > clock.now():
        raise ValueError("a deed cannot be dated in the future")
    with store.database.writing() as connection:
        unit = Unit(store, actor, connection, holds_lock=True, now=moment)
        yield unit
        unit.finish()
