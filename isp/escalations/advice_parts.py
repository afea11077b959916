"""What the deeds about advice share: a change of its row, its words, its steps and events, a version of it.

Parts of deeds: they ask nobody and tell nobody. Whoever calls has been allowed.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.gate import Decision
from isp.audit import Chain, Event, Unit
from isp.audit.unit import MOVED_ON
from isp.ehcp.steps import StepCode, Subject, note_step
from isp.escalations import queries
from isp.escalations.advice_models import AdviceRequest, AdviceVersion
from isp.escalations.advice_queries import place, version_place
from isp.kernel.canonical import nfc
from isp.kernel.errors import Conflict
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.records.digest import digest

SALT = 16
Named = tuple[UUID, UUID, bytes]
"""A document, its version, and that version's digest."""


def with_said(words: dict[str, Any], step: str, on: date, text: str) -> dict[str, Any]:
    """The words of a request for advice with what was said at one more step."""
    return {**words, "said": [*words["said"], {"step": step, "on": on.isoformat(), "words": text}]}


def change(unit: Unit, row: Any, words: dict[str, Any], **values: Any) -> None:
    """Change a row and its words, as its row version stood. For deeds that have been allowed."""
    following = row.row_version + 1
    unit.change(
        AdviceRequest,
        {"id": row.id, "row_version": row.row_version},
        MOVED_ON,
        **values,
        sealed=unit.keys.seal(KeyOf.pupil(row.pupil_id), place(row.id, following), words),
        row_version=following,
    )


def note_advice_step(
    unit: Unit, case: Any, decision: Decision, code: StepCode, on: date, words: dict[str, Any]
) -> None:
    """A step of the case that the advice is for; ``case``: the row of its request."""
    by = decision.person_id
    if by is None:
        raise Conflict("Only a person can do this.")
    note_step(unit, case.pupil_id, case.authority_id, Subject.REQUEST, case.id, code, on, by=by, words=words)


def remember(
    unit: Unit,
    decision: Decision,
    event: Event,
    advice_id: UUID,
    row: Any,
    *,
    payload: dict[str, Any] | None = None,
    **detail: Any,
) -> None:
    """On the pupil's chain with what it rests on; on the authority's without a word about the child."""
    obj = ("advice", advice_id)
    unit.record(decision, event, Chain.pupil(row.pupil_id), obj=obj, payload=payload, **detail)
    unit.record(decision, event, Chain.organisation(row.authority_id), obj=obj, **detail)


def case_of(unit: Unit, row: Any) -> Any:
    """The request that the advice was asked in; for deeds that have been allowed."""
    return unit.connection.execute(
        select(queries.REQUESTS).where(queries.REQUESTS.c.id == row.request_id)
    ).one()


def add_version(
    unit: Unit,
    advice_id: UUID,
    pupil_id: UUID,
    number: int,
    *,
    sort: str,
    received_on: date,
    content: Mapping[str, str],
    document: Named | None,
) -> str:
    """Insert a version with its sealed words; its digest in hexadecimal. For deeds that have been allowed."""
    version_id, salt = new_id(), os.urandom(SALT)
    held = nfc({**content, **({"document": document[2].hex()} if document else {})})
    fingerprint = digest(salt, held)
    unit.insert(
        AdviceVersion,
        id=version_id,
        advice_id=advice_id,
        pupil_id=pupil_id,
        number=number,
        sort=sort,
        received_on=received_on,
        recorded_at=unit.now,
        recorded_by=unit.actor.person_id,
        document_id=document[0] if document else None,
        document_version_id=document[1] if document else None,
        document_digest=document[2] if document else None,
        digest=fingerprint,
        sealed=unit.keys.seal(
            KeyOf.pupil(pupil_id),
            version_place(version_id),
            {"salt": base64.b64encode(salt).decode("ascii"), "content": held},
        ),
    )
    return fingerprint.hex()
