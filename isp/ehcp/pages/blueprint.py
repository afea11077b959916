"""The blueprint, and what several of the room's pages need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint

from isp.access.gate import Decision
from isp.access.policy import AT_AUTHORITY, Permission, Standing
from isp.audit import Unit
from isp.ehcp import sight
from isp.people import directory
from isp.people.directory import NOBODY
from isp.records.shape import Audience
from isp.register import pupils
from isp.web.shell import belongs_to

pages = Blueprint("ehcp", __name__)


def audience_of(decision: Decision) -> Audience:
    """In whose words a page is written: by the standing that opened it."""
    return "family" if decision.standing in sight.FAMILY else "school"


def layout_of(decision: Decision, staff: str = "layouts/page.html") -> str:
    """A family's page is one narrow column."""
    return "layouts/family.html" if audience_of(decision) == "family" else staff


def home_of(decision: Decision, pupil_id: UUID) -> tuple[str, str]:
    """Where a page about this plan leads back to, and its words; the menu marks that page's entry."""
    if decision.standing == Standing.YOUNG_PERSON:
        home = "/my-plan", "My plan"
    elif decision.standing in sight.FAMILY:
        home = f"/my-child/{pupil_id}", "My child"
    elif decision.standing in AT_AUTHORITY:
        sources = list(decision.sources or ())
        home = (f"/cases/{sources[0]}", "The case") if len(sources) == 1 else ("/cases", "My cases")
    elif decision.standing in (Standing.ADVISER, Standing.SOCIAL_WORKER):
        home = "/", "Home"
    else:
        home = f"/pupils/{pupil_id}", "The pupil’s page"
    belongs_to(home[0])
    return home


def names(unit: Unit, people: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """People by name and role; an id nobody has any more says so."""
    wanted = {one for one in people if one is not None}
    found = directory.names(unit, wanted) if wanted else {}
    return {one: found[one].with_role if one in found else NOBODY for one in wanted}


def plan_facts(unit: Unit, row: Any, decision: Decision) -> dict[str, Any]:
    """What every page about one plan needs."""
    home = home_of(decision, row.pupil_id)
    return {
        "row": row,
        "plan_id": row.id,
        "base": f"/ehc-plans/{row.id}",
        "caption": pupils.name(unit, row.pupil_id).full,
        "home": home,
        "may": decision.can,
        "Permission": Permission,
        "audience": audience_of(decision),
        "family": audience_of(decision) == "family",
        "layout": layout_of(decision),
    }
