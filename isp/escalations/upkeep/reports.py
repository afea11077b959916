"""The school's own reports that can serve as the report of an annual review, and reading the one attached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.gate import Decision
from isp.access.policy import LENSES, Permission, Standing
from isp.audit import Unit
from isp.kernel.db import table_of
from isp.records import versions
from isp.records.models import RecordVersion, Withdrawal
from isp.records.project import project
from isp.records.shape import Content
from isp.reviews.content import SHAPE
from isp.reviews.models import Review
from isp.reviews.rules import CLOSED

_MOST = 10
REVIEW = table_of(Review)


@dataclass(frozen=True, slots=True)
class Attachable:
    """A report of a review of the school's plan, finished: its newest version that stands."""

    version_id: UUID
    record_id: UUID
    number: int
    digest: bytes
    closed_at: datetime


def attachable(unit: Unit, pupil_id: UUID, may: Decision) -> list[Attachable]:
    """The newest reports of the pupil's finished reviews that this person reads herself, newest first."""
    if not may.can(Permission.REVIEW_READ):
        return []
    v = RecordVersion
    query = (
        select(v.id, v.record_id, v.number, v.digest, REVIEW.c.closed_at)
        .join(REVIEW, REVIEW.c.review_record_id == v.record_id)
        .join(Withdrawal, Withdrawal.version_id == v.id, isouter=True)
        .where(REVIEW.c.pupil_id == pupil_id, REVIEW.c.status == CLOSED, Withdrawal.version_id.is_(None))
        .order_by(REVIEW.c.closed_at.desc(), v.number.desc())
        .limit(_MOST)
    )
    newest: dict[UUID, Attachable] = {}
    for row in unit.connection.execute(query):
        newest.setdefault(row.record_id, Attachable(*row))
    return list(newest.values())


@dataclass(frozen=True, slots=True)
class Attached:
    """The report that was attached, as the authority may read it. ``content`` None: withdrawn since."""

    number: int
    on: date
    digest: bytes
    unaltered: bool
    content: Content | None


def attached(unit: Unit, version_id: UUID, digest: bytes) -> Attached | None:
    """The version that was attached to a review, through the lens of the authority. The caller has passed
    the gate, and records the view.
    """
    query = select(RecordVersion.record_id, RecordVersion.number).where(RecordVersion.id == version_id)
    row: Any = unit.connection.execute(query).first()
    if row is None:
        return None
    facts = versions.facts(unit, row.record_id, row.number)
    content = None
    if facts.withdrawn is None:
        whole = versions.read(unit, row.record_id, row.number).content
        content = project(whole, LENSES[Standing.OFFICER], SHAPE)
    return Attached(facts.number, facts.stands_from.date(), facts.digest, facts.digest == digest, content)
