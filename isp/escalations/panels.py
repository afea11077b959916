"""The verbs of a panel: plan it, put cases before it, record what it recommends, say that it was held.

A panel recommends and decides nothing: the officer's decision, by the legal test, is another deed, which
names the panel. What lay before it is kept by id and digest when its recommendation is recorded.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from isp.access import gate
from isp.access.policy import OrganisationPermission, Permission
from isp.audit import Chain, Event, Unit
from isp.audit.unit import MOVED_ON
from isp.ehcp.steps import StepCode, Subject, note_step
from isp.escalations import panel_queries, queries
from isp.escalations import panel_rules as rules
from isp.escalations.advice_models import Panel, PanelItem, PanelPaper
from isp.escalations.panel_queries import ITEMS, PANELS, Pack, reasons_place
from isp.kernel.errors import Conflict, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf


def plan_panel(unit: Unit, authority_id: UUID, *, kind: str, held_on: date) -> UUID:
    """Plan a panel of an authority; its id."""
    decision = gate.require_in_organisation(unit, OrganisationPermission.PANELS_WRITE, authority_id)
    rules.check_panel(kind, held_on, unit.today)
    panel_id = new_id()
    unit.insert(
        Panel,
        id=panel_id,
        authority_id=authority_id,
        held_on=held_on,
        kind=kind,
        state=rules.PLANNED,
        members="",
        made_at=unit.now,
        made_by=decision.person_id,
        row_version=1,
    )
    unit.record(
        decision,
        Event.PANEL_PLANNED,
        Chain.organisation(authority_id),
        obj=("panel", panel_id),
        kind=kind,
        on=held_on.isoformat(),
    )
    return panel_id


def call_off(unit: Unit, panel_id: UUID) -> None:
    """The panel does not take place: its cases are without a panel again."""
    row, decision = panel_queries.allowed(unit, panel_id, OrganisationPermission.PANELS_WRITE, lock=True)
    rules.check_planned(row.state)
    if any(one is not None for one in unit.connection.scalars(_recommendations(panel_id))):
        raise Conflict("This panel has recommended something already, so it cannot be called off.")
    _change_panel(unit, row, state=rules.CANCELLED)
    unit.record(
        decision,
        Event.PANEL_CANCELLED,
        Chain.organisation(row.authority_id),
        obj=("panel", panel_id),
        on=row.held_on.isoformat(),
    )


def put_before(unit: Unit, request_id: UUID, panel_id: UUID) -> UUID:
    """Put a case on a panel's agenda, by whoever has the case; the item's id."""
    request, decision = queries.allowed(unit, request_id, Permission.ADVICE_ASK, lock=True)
    row, _ = panel_queries.allowed(unit, panel_id, OrganisationPermission.PANELS_READ, lock=True)
    if row.authority_id != request.authority_id:
        raise NotFound(gate.NO_PAGE)
    rules.check_planned(row.state)
    if request.status not in ("pending", "agreed") or request.ended_on is not None:
        raise Conflict("This case is closed, so no panel looks at it.")
    there = select(ITEMS.c.request_id).where(ITEMS.c.panel_id == panel_id)
    listed = set(unit.connection.scalars(there))
    if request_id in listed:
        raise Conflict("The case is on this panel’s agenda already.")
    if len(listed) >= rules.MOST_ITEMS:
        raise Conflict(f"This panel has {rules.MOST_ITEMS} cases, as many as it can. Choose another.")
    last = unit.connection.scalar(select(func.max(ITEMS.c.position)).where(ITEMS.c.panel_id == panel_id))
    item_id = new_id()
    unit.insert(
        PanelItem,
        id=item_id,
        panel_id=panel_id,
        request_id=request_id,
        pupil_id=request.pupil_id,
        position=(last or 0) + 1,
        added_at=unit.now,
        added_by=decision.person_id,
        recommendation=None,
        recommended_at=None,
        recommended_by=None,
        sealed=None,
        row_version=1,
    )
    _record(unit, decision, Event.PANEL_CASE_ADDED, row, request.pupil_id)
    return item_id


def take_off(unit: Unit, panel_id: UUID, item_id: UUID) -> None:
    """Take a case off the agenda, before the panel has said anything of it."""
    row, item = _item(unit, panel_id, item_id)
    _, decision = queries.allowed(unit, item.request_id, Permission.ADVICE_ASK)
    rules.check_planned(row.state)
    if item.recommendation is not None:
        raise Conflict("The panel has looked at this case already.")
    unit.session.flush()
    unit.connection.execute(delete(ITEMS).where(ITEMS.c.id == item_id, ITEMS.c.recommendation.is_(None)))
    _record(unit, decision, Event.PANEL_CASE_REMOVED, row, item.pupil_id)


def recommend(
    unit: Unit, panel_id: UUID, item_id: UUID, *, recommendation: str, reasons: str, shown: int | None = None
) -> None:
    """Record what the panel recommends in a case and why, and keep what lay before it by id and digest."""
    row, item = _item(unit, panel_id, item_id)
    request, decision = queries.allowed(unit, item.request_id, Permission.ADVICE_ASK, lock=True)
    rules.check_planned(row.state)
    rules.check_recommendation(row.kind, recommendation, reasons, row.held_on, unit.today)
    if item.recommendation is not None or (shown is not None and shown != item.row_version):
        raise Conflict(MOVED_ON)
    pack = panel_queries.pack_of(unit, request)
    unit.change(
        PanelItem,
        {"id": item_id, "row_version": item.row_version},
        MOVED_ON,
        recommendation=recommendation,
        recommended_at=unit.now,
        recommended_by=decision.person_id,
        sealed=unit.keys.seal(
            KeyOf.pupil(item.pupil_id),
            reasons_place(item_id, item.row_version + 1),
            {"reasons": reasons.strip()},
        ),
        row_version=item.row_version + 1,
    )
    papers = _papers(pack)
    for object_id, (sort, digest) in papers.items():
        unit.insert(PanelPaper, item_id=item_id, object_id=object_id, sort=sort, digest=digest)
    note_step(
        unit,
        item.pupil_id,
        row.authority_id,
        Subject.REQUEST,
        request.id,
        StepCode.PANEL_HELD,
        row.held_on,
        by=decision.person_id or item.added_by,
        words={"words": f"{rules.KINDS[row.kind]}: {rules.recommendation_words(row.kind, recommendation)}"},
    )
    _record(
        unit,
        decision,
        Event.PANEL_RECOMMENDED,
        row,
        item.pupil_id,
        payload={
            "reasons": reasons.strip(),
            "papers": {str(one): digest.hex() for one, (_, digest) in papers.items()},
        },
        recommendation=recommendation,
        papers=len(papers),
    )


def hold(unit: Unit, panel_id: UUID, *, members: Collection[str], shown: int | None = None) -> None:
    """Say that the panel was held and who was there, once something is recorded of every case."""
    row, decision = panel_queries.allowed(unit, panel_id, OrganisationPermission.PANELS_WRITE, lock=True)
    rules.check_planned(row.state)
    if shown is not None and shown != row.row_version:
        raise Conflict(MOVED_ON)
    said = list(unit.connection.scalars(_recommendations(panel_id)))
    rules.check_holding(row.held_on, unit.today, members, said.count(None), len(said))
    known = [code for code in rules.MEMBERS if code in set(members)]
    _change_panel(unit, row, state=rules.HELD, members=" ".join(known))
    unit.record(
        decision,
        Event.PANEL_HELD,
        Chain.organisation(row.authority_id),
        obj=("panel", panel_id),
        on=row.held_on.isoformat(),
        count=len(said),
    )


def _recommendations(panel_id: UUID) -> Any:
    return select(ITEMS.c.recommendation).where(ITEMS.c.panel_id == panel_id)


def _item(unit: Unit, panel_id: UUID, item_id: UUID) -> tuple[Any, Any]:
    row, _ = panel_queries.allowed(unit, panel_id, OrganisationPermission.PANELS_READ, lock=True)
    query = select(ITEMS).where(ITEMS.c.id == item_id, ITEMS.c.panel_id == panel_id)
    item = unit.connection.execute(query).first()
    if item is None:
        raise NotFound(gate.NO_PAGE)
    return row, item


def _papers(pack: Pack) -> dict[UUID, tuple[str, bytes]]:
    found: dict[UUID, tuple[str, bytes]] = {one.id: (one.sort, one.digest) for one in pack.papers}
    found |= {one.id: ("document", one.digest) for one, _ in pack.filed}
    found |= {one.advice_id: ("advice", one.digest) for one in pack.advice}
    return found


def _change_panel(unit: Unit, row: Any, **values: Any) -> None:
    where = {"id": row.id, "row_version": row.row_version}
    unit.change(PANELS, where, MOVED_ON, **values, row_version=row.row_version + 1)


def _record(
    unit: Unit,
    decision: gate.Decision,
    event: Event,
    panel: Any,
    pupil_id: UUID,
    *,
    payload: dict[str, Any] | None = None,
    **detail: Any,
) -> None:
    """On the pupil's chain, with the reasons; on the authority's without a word about the child."""
    obj, on = ("panel", panel.id), panel.held_on.isoformat()
    unit.record(decision, event, Chain.pupil(pupil_id), obj=obj, payload=payload, on=on, **detail)
    unit.record(decision, event, Chain.organisation(panel.authority_id), obj=obj, on=on, **detail)
