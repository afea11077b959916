"""Stored pupils against the trail: what ``isp audit verify`` asks of this room."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.engine import Connection

from isp.audit.chains import Chain
from isp.audit.models import AuditHead
from isp.audit.verify import Fault
from isp.kernel.db import table_of
from isp.kernel.keys import KeyChest
from isp.register.models import Pupil

HEADS = table_of(AuditHead)


def check_pupils(connection: Connection, _keys: KeyChest) -> Iterator[Fault]:
    """Every pupil on record has a chain with an event in it: a chain removed whole, head and all, shows."""
    known = set(connection.scalars(select(HEADS.c.chain_id).where(HEADS.c.seq >= 0)))
    for pupil_id in connection.scalars(select(Pupil.id)):
        chain = Chain.pupil(pupil_id)
        if chain.id not in known:
            yield Fault(chain.name, None, "the pupil is on record, and the trail knows nothing of it")
