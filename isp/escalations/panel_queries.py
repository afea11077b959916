"""Reading panels: an authority's, the cases before one, the papers of each, and the cases without one.

A panel is seen by those who work on the authority's cases. Of a case before it they see, by name and with its
papers, what their own ties open; the others by reference alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, or_, select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.listing import grounds_of, record_list
from isp.access.policy import BY_GRANT, GRID, OrganisationPermission, Permission
from isp.access.standing import standings
from isp.audit import Chain, Event, Unit
from isp.documents.queries import Version as DocumentVersion
from isp.escalations import advice_rules, evidence, lists, queries
from isp.escalations import panel_rules as rules
from isp.escalations.advice_models import Panel, PanelItem, PanelPaper
from isp.escalations.advice_queries import ADVICE, VERSIONS
from isp.escalations.evidence import Item as Paper
from isp.escalations.queries import REQUESTS
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound
from isp.kernel.keys import KeyOf
from isp.register import pupils
from isp.register.pupils import PupilName

PANELS, ITEMS, PAPERS = table_of(Panel), table_of(PanelItem), table_of(PanelPaper)
_MOST = 100


@dataclass(frozen=True, slots=True)
class AdviceGiven:
    """Accepted advice that lies before a panel."""

    advice_id: UUID
    kind: advice_rules.Kind
    received_on: date
    number: int
    digest: bytes

    @property
    def code(self) -> str:
        """The short form of the digest, as every paper of this service prints it."""
        return evidence.code_of(self.digest)


@dataclass(frozen=True, slots=True)
class Pack:
    """The papers of one case, as they are now: all that was released with the request, and what advice has
    been accepted.
    """

    items: tuple[Paper, ...]
    """Numbered as in the evidence of the request; with what the school has withdrawn, which is not read."""
    advice: tuple[AdviceGiven, ...]
    filed: tuple[tuple[DocumentVersion, str], ...]
    """The files, each with its code, as which advice came, where it did not come over this service."""

    @property
    def papers(self) -> tuple[Paper, ...]:
        """What was released and can be read."""
        return tuple(one for one in self.items if not one.withdrawn)

    @property
    def is_empty(self) -> bool:
        """Whether nothing lies before the panel."""
        return not (self.papers or self.advice or self.filed)


@dataclass(frozen=True, slots=True)
class Item:
    """A case on an agenda. ``pupil``, ``pack`` and ``reasons`` only where the reader's ties open the case."""

    row: Any
    request: Any
    pupil: PupilName | None
    pack: Pack | None
    reasons: str

    @property
    def opens(self) -> bool:
        """Whether the reader may open the case."""
        return self.pupil is not None


@dataclass(frozen=True, slots=True)
class Agenda:
    """One panel with the cases before it."""

    row: Any
    decision: Decision
    items: tuple[Item, ...]

    @property
    def waiting(self) -> int:
        """In how many cases nothing is recorded yet."""
        return sum(one.row.recommendation is None for one in self.items)


def reasons_place(item_id: UUID, row_version: int) -> Place:
    """Where a panel's reasons in one case lie."""
    return Place("panel_item", "sealed", item_id, row_version)


def allowed(
    unit: Unit, panel_id: UUID, permission: OrganisationPermission, *, lock: bool = False
) -> tuple[Any, Decision]:
    """The panel's row and the decision. Another authority's is as one that is not there."""
    query = select(PANELS).where(PANELS.c.id == panel_id)
    row = unit.connection.execute(query.with_for_update() if lock else query).first()
    decision = gate.require_in_organisation(
        unit, permission, row.authority_id if row is not None else panel_id
    )
    if row is None:
        raise NotFound(gate.NO_PAGE)
    return row, decision


def panels_of(unit: Unit) -> list[tuple[Any, int]]:
    """The panels of the actor's authorities, the newest day first, each with how many cases it has."""
    places = sorted(lists.authorities(unit))
    query = select(PANELS).where(PANELS.c.authority_id.in_(places))
    rows = list(unit.connection.execute(query.order_by(PANELS.c.held_on.desc(), PANELS.c.id).limit(_MOST)))
    counted: dict[UUID, int] = {}
    items = select(ITEMS.c.panel_id).where(ITEMS.c.panel_id.in_([row.id for row in rows]))
    for panel_id in unit.connection.scalars(items):
        counted[panel_id] = counted.get(panel_id, 0) + 1
    return [(row, counted.get(row.id, 0)) for row in rows]


def read_panel(unit: Unit, panel_id: UUID) -> Agenda:
    """One panel with its pack: the papers of each case that the reader's ties open; the look is recorded."""
    row, decision = allowed(unit, panel_id, OrganisationPermission.PANELS_READ)
    query = select(ITEMS).where(ITEMS.c.panel_id == panel_id).order_by(ITEMS.c.position, ITEMS.c.id)
    items = list(unit.connection.execute(query))
    asked = select(REQUESTS).where(REQUESTS.c.id.in_([one.request_id for one in items]))
    requests = {one.id: one for one in unit.connection.execute(asked)}
    ours = opened(unit, [one.request_id for one in items])
    named = pupils.names(unit, {one.pupil_id for one in items if one.request_id in ours})
    found = tuple(
        Item(
            one,
            requests[one.request_id],
            named.get(one.pupil_id) if one.request_id in ours else None,
            pack_of(unit, requests[one.request_id]) if one.request_id in ours else None,
            _reasons(unit, one) if one.request_id in ours else "",
        )
        for one in items
    )
    record_list(
        unit,
        "panel",
        [one.pupil_id for one in items if one.request_id in ours],
        grounds_of(decision.standing, row.authority_id, Permission.ASSESSMENT_READ),
    )
    for one in found:
        if one.opens:
            may = gate.require(unit, Permission.ASSESSMENT_READ, one.row.pupil_id)
            unit.record(
                may,
                Event.PANEL_VIEWED,
                Chain.pupil(one.row.pupil_id),
                obj=("assessment", one.row.request_id),
                on=row.held_on.isoformat(),
            )
    return Agenda(row, decision, found)


def opened(unit: Unit, request_ids: Collection[UUID]) -> set[UUID]:
    """Which of these cases the actor's ties open."""
    if not request_ids:
        return set()
    wanted = GRID[Permission.ASSESSMENT_READ] & BY_GRANT
    rows = standings(unit.actor.person_id, unit.today, wanted=wanted).subquery("ours")
    query = select(rows.c.source_id).where(rows.c.source_id.in_(sorted(request_ids)))
    return set(unit.connection.scalars(query))


def pack_of(unit: Unit, request: Any) -> Pack:
    """The papers of one case for somebody whom its ties let in; the caller records the look."""
    decision = gate.require(unit, Permission.ASSESSMENT_READ, request.pupil_id)
    c = ADVICE.c
    query = (
        select(c.id, c.kind, VERSIONS.c.received_on, VERSIONS.c.number, VERSIONS.c.digest)
        .join(VERSIONS, and_(VERSIONS.c.advice_id == c.id, VERSIONS.c.number == c.number))
        .where(c.request_id == request.id, c.state.in_(sorted(advice_rules.DONE)))
        .order_by(c.kind, c.id)
    )
    return Pack(
        items=tuple(evidence.items_of(unit, queries.case_of(unit, request, decision))),
        filed=tuple(
            (one, evidence.code_of(one.digest)) for one in queries.papers_of_advice(unit, request, decision)
        ),
        advice=tuple(
            AdviceGiven(row.id, advice_rules.KINDS[row.kind], row.received_on, row.number, row.digest)
            for row in unit.connection.execute(query)
        ),
    )


def _reasons(unit: Unit, item: Any) -> str:
    if item.sealed is None:
        return ""
    place = reasons_place(item.id, item.row_version)
    found: str = unit.keys.open(KeyOf.pupil(item.pupil_id), place, item.sealed)["reasons"]
    return found


@dataclass(frozen=True, slots=True)
class Before:
    """What one panel has to do with a case."""

    item: Any
    panel: Any
    reasons: str

    @property
    def words(self) -> str:
        """What it recommends, in words; empty where it has said nothing."""
        code = self.item.recommendation
        return rules.recommendation_words(self.panel.kind, code) if code else ""


def before_panels(unit: Unit, request: Any) -> list[Before]:
    """The panels that a case was before or is to come before, newest first: after the gate."""
    items = unit.connection.execute(select(ITEMS).where(ITEMS.c.request_id == request.id)).all()
    query = select(PANELS).where(PANELS.c.id.in_([one.panel_id for one in items]))
    panels = {row.id: row for row in unit.connection.execute(query)}
    found = [
        Before(one, panels[one.panel_id], _reasons(unit, one))
        for one in items
        if panels[one.panel_id].state != rules.CANCELLED
    ]
    return sorted(found, key=lambda one: (one.panel.held_on, one.panel.id), reverse=True)


def to_come(unit: Unit, authority_id: UUID, kind: str | None = None) -> list[Any]:
    """The authority's panels that still take cases."""
    query = select(PANELS).where(PANELS.c.authority_id == authority_id, PANELS.c.state == rules.PLANNED)
    if kind is not None:
        query = query.where(PANELS.c.kind == kind)
    return list(unit.connection.execute(query.order_by(PANELS.c.held_on, PANELS.c.id).limit(_MOST)))


@dataclass(frozen=True, slots=True)
class Without:
    """A case that no panel has looked at, or is to look at, since it came to its present stage."""

    request: Any
    pupil: PupilName
    kind: str


def without_panel(unit: Unit, *, most: int = _MOST) -> list[Without]:
    """The actor's open cases without a panel of the kind that their stage calls for, oldest first.

    Waiting for the decision whether to assess: one that looks at that; agreed: one that looks at whether to
    issue a plan.
    """
    places = lists.authorities(unit)
    wanted = GRID[Permission.ASSESSMENT_READ] & BY_GRANT
    ours = standings(unit.actor.person_id, unit.today, wanted=wanted).subquery("ours")
    r = REQUESTS.c
    kind_wanted = or_(
        and_(r.status == "pending", PANELS.c.kind == "assess"),
        and_(r.status == "agreed", PANELS.c.kind == "issue"),
    )
    looked_at = exists(
        select(ITEMS.c.id)
        .join(PANELS, PANELS.c.id == ITEMS.c.panel_id)
        .where(ITEMS.c.request_id == r.id, PANELS.c.state != rules.CANCELLED, kind_wanted)
    )
    query = (
        select(REQUESTS)
        .where(
            r.id.in_(select(ours.c.source_id)),
            r.status.in_(["pending", "agreed"]),
            r.ended_on.is_(None),
            ~looked_at,
        )
        .order_by(r.received_on, r.id)
        .limit(most)
    )
    rows = list(unit.connection.execute(query))
    named = pupils.names(unit, {row.pupil_id for row in rows})
    for authority_id, role in places.items():
        shown = [row.pupil_id for row in rows if row.authority_id == authority_id]
        record_list(unit, "without-panel", shown, grounds_of(role, authority_id, Permission.ASSESSMENT_READ))
    return [
        Without(row, named[row.pupil_id], "assess" if row.status == "pending" else "issue") for row in rows
    ]


def recommended(unit: Unit, request: Any, kind: str) -> Mapping[str, str]:
    """What the last panel of a kind recommends in a case, for the decision that names it; empty for none."""
    for one in before_panels(unit, request):
        if one.panel.kind == kind and one.item.recommendation:
            return {
                "panel": str(one.panel.id),
                "on": one.panel.held_on.isoformat(),
                "recommendation": one.item.recommendation,
            }
    return {}


@dataclass(frozen=True, slots=True)
class Advised:
    """What a decision says that a panel had recommended."""

    on: date
    words: str


def advised(words: Mapping[str, Any]) -> Advised | None:
    """The panel that a decision names; None where it names none."""
    said = words.get("panel")
    if not said:
        return None
    return Advised(
        date.fromisoformat(said["on"]), rules.recommendation_words("assess", said["recommendation"])
    )
