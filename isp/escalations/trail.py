"""What is remembered of a case: on the pupil's chain, and on the authority's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from isp.access.gate import Decision
from isp.audit import Chain, Event, Unit


def record(
    unit: Unit,
    may: Decision,
    event: Event,
    request_id: UUID,
    pupil_id: UUID,
    authority_id: UUID,
    *,
    payload: dict[str, Any] | None = None,
    **detail: Any,
) -> None:
    """On the pupil's chain, with what it rests on; on the authority's without a word about the child."""
    obj = ("assessment", request_id)
    unit.record(may, event, Chain.pupil(pupil_id), obj=obj, payload=payload, **detail)
    unit.record(may, event, Chain.organisation(authority_id), obj=obj, **detail)
