"""What is remembered of a case: on the pupil's chain, and on the authority's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from isp.access.gate import Decision
from isp.access.grants import ANSWERS, DOCUMENT, REVIEW, VERSION
from isp.audit import Chain, Event, Unit
from isp.ehcp.steps import StepCode, Subject, note_step
from isp.escalations.keeping import follow

NAMES = {VERSION: "versions", REVIEW: "reviews", DOCUMENT: "documents", ANSWERS: "answers"}
"""Under which name the payload of an event lists each sort of evidence: id to digest."""


def record(
    unit: Unit,
    may: Decision,
    event: Event,
    request_id: UUID,
    pupil_id: UUID,
    authority_id: UUID,
    *,
    payload: dict[str, Any] | None = None,
    obj: str = "assessment",
    **detail: Any,
) -> None:
    """On the pupil's chain, with what it rests on; on the authority's without a word about the child.

    ``obj``: what ``request_id`` is the id of, where that is no request.
    """
    about = (obj, request_id)
    unit.record(may, event, Chain.pupil(pupil_id), obj=about, payload=payload, **detail)
    unit.record(may, event, Chain.organisation(authority_id), obj=about, **detail)
    follow(unit, pupil_id, authority_id)


class Of(Protocol):
    """Whose a step is: the row of a request, an assessment, a dispute."""

    @property
    def id(self) -> UUID: ...
    @property
    def pupil_id(self) -> UUID: ...
    @property
    def authority_id(self) -> UUID: ...


@dataclass(frozen=True, slots=True)
class Subjected:
    """The same of a row that is only just being made, or was not read."""

    id: UUID
    pupil_id: UUID
    authority_id: UUID


def note(
    unit: Unit,
    may: Decision,
    of: Of,
    code: StepCode,
    on: date,
    subject: Subject = Subject.REQUEST,
    words: Mapping[str, Any] | None = None,
) -> UUID:
    """A step of the case's chronology; its id."""
    by = may.person_id
    if by is None:
        raise ValueError("a step is somebody's")
    return note_step(unit, of.pupil_id, of.authority_id, subject, of.id, code, on, by=by, words=words)


def record_step(
    unit: Unit,
    may: Decision,
    request_id: UUID,
    of: Of,
    code: StepCode,
    on: date,
    subject: Subject,
    words: Mapping[str, Any] | None = None,
) -> UUID:
    """A step, and its event on both chains: for what has no event of its own."""
    made = note(unit, may, of, code, on, subject, words)
    record(
        unit,
        may,
        Event.CASE_STEP,
        request_id,
        of.pupil_id,
        of.authority_id,
        payload=dict(words) if words else None,
        code=code.value,
        on=on.isoformat(),
    )
    return made
