"""Which provision of a plan came out of a bank: noted where it is written; for finding, never for reading."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Unit
from isp.kernel.db import table_of
from isp.plans import queries
from isp.plans.models import ProvisionUse
from isp.records.models import Record
from isp.records.shape import Item

USES, RECORDS = table_of(ProvisionUse), table_of(Record)


def note(unit: Unit, decision: Decision, record_id: UUID, items: Iterable[Item]) -> None:
    """Note the items of provision that came out of a bank."""
    for item in items:
        if "bank_entry" in item:
            unit.insert(
                ProvisionUse,
                item_id=UUID(item["id"]),
                entry_id=UUID(item["bank_entry"]),
                record_id=record_id,
                pupil_id=decision.pupil_id,
                made_at=unit.now,
            )


def of_entry(unit: Unit, entry_id: UUID) -> dict[UUID, UUID]:
    """The open plans of those for whom an entry was written, by pupil; only where the actor may write."""
    mine = gate.visible_pupils(unit.actor.person_id or entry_id, Permission.DRAFT_WRITE, unit.today)
    query = (
        select(RECORDS.c.pupil_id, RECORDS.c.id)
        .join(USES, USES.c.pupil_id == RECORDS.c.pupil_id)
        .where(USES.c.entry_id == entry_id, RECORDS.c.pupil_id.in_(mine))
        # Not the plan it was written into: a plan that starts from the last one takes its entries along.
        .where(RECORDS.c.kind == queries.KIND, RECORDS.c.status == "open")
        .distinct()
    )
    return {row.pupil_id: row.id for row in unit.connection.execute(query)}
