"""Who has read a class sheet as it is now: what stands on it is which version of which plan.

A sheet changes when a plan on it does, or when a pupil with a plan comes into the class or leaves it. The
state is the class's, whoever looks: an adult from whom one child's record is closed has read the same sheet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from isp.access import gate
from isp.access.models import GroupStaff, Tie
from isp.access.policy import OrganisationPermission
from isp.access.standing import GROUP, live
from isp.audit import Chain, Event, Unit
from isp.audit.unit import Denial
from isp.kernel.canonical import canonical
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, NotFound
from isp.kernel.ids import new_id
from isp.people.models import Membership
from isp.plans.models import SheetRead
from isp.plans.queries import KIND
from isp.records.models import Record
from isp.register.models import TeachingGroup

READS, STAFF = table_of(SheetRead), table_of(GroupStaff)
CHANGED = (
    "The sheet changed while you were reading it. Open it again: what is new is marked. Then say that you "
    "have read it."
)


def states_of(unit: Unit, group_ids: Collection[UUID]) -> dict[UUID, bytes]:
    """By class, a digest of which version of which plan stands on its sheet; without one, it is left out."""
    rows = unit.connection.execute(
        select(Tie.group_id, Record.id, Record.current)
        .join(Record, Record.pupil_id == Tie.pupil_id)
        .where(
            Tie.group_id.in_(sorted(group_ids)),
            Tie.kind == GROUP,
            live(Tie, unit.today),
            Record.kind == KIND,
            Record.status == "open",
            Record.current.is_not(None),
        )
        .distinct()
    )
    held: dict[UUID, list[list[Any]]] = {}
    for row in rows:
        held.setdefault(row.group_id, []).append([str(row.id), row.current])
    return {
        group_id: hashlib.sha256(b"isp-sheet/1\n" + canonical(sorted(listed))).digest()
        for group_id, listed in held.items()
    }


def last_reads(unit: Unit, group_ids: Collection[UUID], person_id: UUID | None = None) -> dict[Any, Any]:
    """The last time that each adult said she has read each sheet: rows by class and person."""
    r = READS.c
    query = select(READS).where(r.group_id.in_(sorted(group_ids)))
    if person_id is not None:
        query = query.where(r.person_id == person_id)
    rows = unit.connection.execute(query.order_by(r.at, r.id))
    return {(row.group_id, row.person_id): row for row in rows}


def staffs(unit: Unit, group_id: UUID) -> bool:
    """Whether the actor teaches or assists in this class today."""
    query = select(STAFF.c.id).where(
        STAFF.c.group_id == group_id,
        STAFF.c.person_id == unit.actor.person_id,
        live(STAFF.c, unit.today),
        exists(
            select(Membership.id).where(
                Membership.person_id == STAFF.c.person_id,
                Membership.organisation_id == STAFF.c.organisation_id,
                live(Membership, unit.today),
            )
        ),
    )
    return unit.connection.scalar(query.limit(1)) is not None


def confirm_read(unit: Unit, group_id: UUID, shown: str) -> datetime:
    """Say that one has read a class's sheet as the page showed it (``shown``: its state, in hexadecimal).

    For whoever teaches or assists in the class. Conflict where the sheet has changed since, or holds no plan.
    Said twice of one state, it is kept once.
    """
    group = unit.connection.execute(
        select(TeachingGroup.id, TeachingGroup.school_id).where(TeachingGroup.id == group_id)
    ).first()
    permission = OrganisationPermission.SHEET_CONFIRM
    decision = gate.require_in_organisation(unit, permission, group.school_id if group else group_id)
    if group is None or not staffs(unit, group_id):
        raise NotFound(gate.NO_PAGE, denial=Denial(permission.value, "no-standing", ("group", group_id)))
    state = states_of(unit, [group_id]).get(group_id)
    if state is None or state.hex() != shown:
        raise Conflict(CHANGED)
    last: Mapping[Any, Any] = last_reads(unit, [group_id], unit.actor.person_id)
    held = last.get((group_id, unit.actor.person_id))
    if held is not None and held.digest == state:
        said_at: datetime = held.at
        return said_at
    unit.insert(
        SheetRead,
        id=new_id(),
        group_id=group_id,
        school_id=group.school_id,
        person_id=unit.actor.person_id,
        at=unit.now,
        digest=state,
    )
    unit.record(
        decision,
        Event.SHEET_READ,
        Chain.organisation(group.school_id),
        obj=("group", group_id),
        group=str(group_id),
        digest=state.hex(),
    )
    return unit.now
