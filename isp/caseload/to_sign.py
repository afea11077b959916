"""What waits for somebody's countersignature: drafts that are still as they were when she was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from isp.access.listing import grounds_of, record_list
from isp.access.policy import Permission, Standing
from isp.audit import Unit
from isp.plans import countersigning
from isp.register import pupils
from isp.register.pupils import PupilName


@dataclass(frozen=True, slots=True)
class ToSign:
    """One draft to agree to, or to send back."""

    record_id: UUID
    name: PupilName
    asked_at: datetime


def to_sign(unit: Unit) -> tuple[ToSign, ...]:
    """The drafts that wait for the actor, the longest first; the list is recorded."""
    rows = countersigning.waiting_for(unit)
    if not rows:
        return ()
    named = pupils.names(unit, {row.pupil_id for row in rows})
    record_list(unit, "to_countersign", named, grounds_of(Standing.HEAD, None, Permission.PLAN_COUNTERSIGN))
    return tuple(
        ToSign(row.record_id, named[row.pupil_id], row.asked_at) for row in rows if row.pupil_id in named
    )
