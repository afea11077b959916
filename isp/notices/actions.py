"""Putting a message into the outbox, in the transaction of what gives cause for it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from isp.audit import Unit
from isp.kernel.ids import new_id
from isp.notices.models import Notice

KINDS: dict[str, str] = {
    "plan_shared": "A new version of a support plan has been shared with you.",
    "plan_ended": "A support plan has ended.",
    "assessment_requested": "An EHC needs assessment has been requested.",
    "assessment_decided": "A decision has been made on a request for an EHC needs assessment.",
    "case_given": "A case has been given to you.",
    "work_given": "A colleague's work has been handed over to you.",
}
"""What kind of thing happened, in words that name no child."""


def tell(unit: Unit, people: Iterable[UUID], kind: str, pupil_id: UUID | None = None) -> None:
    """One outbox row a person, however often the person is named; the actor is not told of her own deed."""
    if kind not in KINDS:
        raise KeyError(kind)
    for person_id in sorted(set(people) - {unit.actor.person_id}):
        unit.insert(
            Notice,
            id=new_id(),
            person_id=person_id,
            pupil_id=pupil_id,
            kind=kind,
            made_at=unit.now,
            read_at=None,
        )
