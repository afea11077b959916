"""Stored answers against the trail: what ``isp audit verify`` asks of rounds of questions.

Every version of somebody's answers was written by an event that names its digest, and its words open and
answer it; every such event has its version; each person's newest number is that of her last save.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import Connection

from isp.audit.events import Event
from isp.audit.models import AuditEvent
from isp.audit.projections import fetch_ahead
from isp.audit.verify import Fault
from isp.kernel.crypto import SealError
from isp.kernel.db import table_of
from isp.kernel.errors import DomainError
from isp.kernel.keys import KeyChest, KeyOf
from isp.records.digest import answers
from isp.reviews.rounds_queries import ANSWERS, ASKED, ROUNDS, answer_place

EVENTS = table_of(AuditEvent)


def check_rounds(connection: Connection, keys: KeyChest) -> Iterator[Fault]:
    """Walk all answers; yields a fault for each thing in doubt."""
    told: dict[tuple[UUID, str, int], str] = {}
    query = select(EVENTS.c.object_id, EVENTS.c.actor, EVENTS.c.canon).where(
        EVENTS.c.act == Event.ANSWERS_SAVED.code
    )
    for round_id, actor, canon in connection.execute(query):
        detail = json.loads(canon)["detail"]
        told[(round_id, actor, detail["number"])] = detail["digest"]
    newest: dict[tuple[UUID, UUID], int] = {}
    rows = connection.execute(
        select(ANSWERS, ROUNDS.c.pupil_id)
        .join(ROUNDS, ROUNDS.c.id == ANSWERS.c.round_id)
        .order_by(ROUNDS.c.pupil_id, ANSWERS.c.round_id, ANSWERS.c.person_id, ANSWERS.c.number)
    )
    for row in rows:
        fetch_ahead(keys, [KeyOf.pupil(row.pupil_id)])
        newest[(row.round_id, row.person_id)] = row.number
        what = _fault(row, told.pop((row.round_id, str(row.person_id), row.number), None), keys)
        if what:
            yield Fault(f"questions {row.round_id}", row.number, what)
    for round_id, _, number in told:
        yield Fault(f"questions {round_id}", number, "the trail tells of these answers, and they are gone")
    for row in connection.execute(select(ASKED)):
        if row.number != newest.get((row.round_id, row.person_id), 0):
            what = "what somebody answers now is not what she saved last"
            yield Fault(f"questions {row.round_id}", row.number, what)


def _fault(row: Any, told: str | None, keys: KeyChest) -> str | None:
    if told is None:
        return "these answers stand, and the trail knows nothing of them"
    if row.digest.hex() != told:
        return "the digest of these answers is not the one that was saved"
    try:
        held = keys.open(KeyOf.pupil(row.pupil_id), answer_place(row.id), row.sealed)
        if not answers(base64.b64decode(held["salt"]), held["content"], row.digest):
            return "these answers do not answer their digest"
    except (SealError, DomainError, ValueError, KeyError, TypeError) as error:
        return f"these answers do not open ({error})"
    return None
