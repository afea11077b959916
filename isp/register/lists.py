"""Lists of pupils: one event on the organisation's chain says how many were looked at, and which."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from isp.audit import Chain, Event, Unit
from isp.kernel.canonical import canonical


def record_list(
    unit: Unit, grounds: Any, organisation_id: UUID, name: str, pupil_ids: Iterable[UUID]
) -> None:
    """Remember that a list was looked at: a count, a salted digest, and the ids sealed."""
    listed = sorted(str(pupil_id) for pupil_id in pupil_ids)
    salt = os.urandom(16)
    digest = hmac.new(salt, canonical(listed), hashlib.sha256).hexdigest()
    unit.record(
        grounds,
        Event.LIST_VIEWED,
        Chain.organisation(organisation_id),
        payload={"salt": salt.hex(), "ids": listed},
        list=name,
        count=len(listed),
        digest=digest,
    )
