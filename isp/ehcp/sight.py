"""Through which lens somebody reads or writes an EHC plan: sections by standing, as the grid has them.

A section that a lens does not show is taken out before anything is compared, drawn or sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from isp.access.gate import Decision
from isp.access.lenses import Label, Lens
from isp.access.policy import EHCP_CARE_BY_NAMING, EHCP_SECTIONS, EHCP_WRITES, GRID, Permission, Standing
from isp.audit import Unit
from isp.ehcp.content import CARE, SHAPE, items_of
from isp.ehcp.models import PlanSetting
from isp.kernel.db import table_of
from isp.people import directory
from isp.records.project import project
from isp.records.shape import Content

SETTINGS = table_of(PlanSetting)
FAMILY = frozenset({Standing.PARENT, Standing.CARER, Standing.YOUNG_PERSON})
_LINKED = frozenset({"b", "e"})
"""What a professional who writes health or care sections reads of the draft, to say what they go with."""
_WHOLE_A = frozenset({Standing.OFFICER, Standing.SENCO, Standing.DEPUTY_SENCO})
"""Read all the words of section A while it is written; a parent meets her own and not the other parent's."""


def reading_lens(unit: Unit, row: Any, decision: Decision) -> Lens:
    """The lens of a version: the sum of the sections of the standings that may read."""
    held = decision.standings & GRID[Permission(decision.permission)]
    seen = _sections(held, EHCP_SECTIONS)
    if held & EHCP_CARE_BY_NAMING and _is_named(unit, row, decision.organisation_id):
        seen |= frozenset(CARE)
    return _lens(seen, decision)


def draft_lens(decision: Decision) -> Lens:
    """The lens of the draft, for reading in it: of an authority everything, of others what they write."""
    held = decision.standings
    if held & GRID[Permission.EHCP_DRAFT_READ]:
        return _lens(frozenset(SHAPE.sections), decision)
    seen = _sections(held & GRID[Permission.EHCP_WRITE], EHCP_WRITES)
    if held & {Standing.ADVISER, Standing.SOCIAL_WORKER}:
        seen |= _LINKED
    return _lens(seen, decision)


def writing_lens(decision: Decision) -> Lens:
    """The lens of what somebody writes in the draft."""
    return _lens(_sections(decision.standings & GRID[Permission.EHCP_WRITE], EHCP_WRITES), decision)


def projected_draft(content: Content, decision: Decision) -> Content:
    """The draft as this person may read it; of section A, a parent meets her own words alone."""
    seen = project(content, draft_lens(decision), SHAPE)
    if "a" not in seen["sections"] or decision.standings & (_WHOLE_A | GRID[Permission.EHCP_DRAFT_READ]):
        return seen
    words = seen["sections"]["a"]
    mine = [item for item in words["items"] if item.get("said_by") == str(decision.person_id)]
    return {**seen, "sections": {**seen["sections"], "a": {**words, "items": mine}}}


def who_said(unit: Unit, content: Content, decision: Decision) -> dict[str, str]:
    """Whose the words of section A are, as this reader is told: to one of the family no other is named."""
    said = {item["said_by"] for item in items_of(content, "a") if item.get("said_by")}
    if decision.standings & FAMILY:
        return {
            one: "You" if one == str(decision.person_id) else "Somebody else in the family" for one in said
        }
    named = directory.names(unit, {UUID(one) for one in said}) if said else {}
    return {str(one): person.full for one, person in named.items()}


def is_family(decision: Decision) -> bool:
    """Whether somebody writes as one of the family, in her own words and nobody else's."""
    return bool(decision.standings & FAMILY) and not decision.standings & _WHOLE_A


def _sections(held: Iterable[Standing], table: Mapping[Standing, frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*(table.get(one, frozenset()) for one in held))


def _lens(sections: frozenset[str], decision: Decision) -> Lens:
    return Lens(
        labels=frozenset({Label.S0, Label.S1}),
        party=str(decision.person_id) if decision.person_id else None,
        sections=sections,
    )


def _is_named(unit: Unit, row: Any, school_id: UUID | None) -> bool:
    """Whether section I names the school now: to the last day for which it does, and from the plan on where
    its first day is still to come, since the plan is sent to it then (regulation 13(2)).
    """
    c = SETTINGS.c
    still = or_(c.left_on.is_(None), c.left_on >= unit.today)
    query = select(c.id).where(c.plan_id == row.id, c.named, c.school_id == school_id, still)
    return school_id is not None and unit.connection.execute(query.limit(1)).first() is not None
