"""The blueprint, and what several of the room's pages show around their words."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Unit
from isp.plans.pages.blueprint import audience_of, home_of
from isp.register import pupils
from isp.reviews import queries, rules

pages = Blueprint("reviews", __name__)


def review_facts(unit: Unit, row: Any, decision: Decision) -> dict[str, Any]:
    """What every page about one review needs: whose it is, where it leads back to, who may do what."""
    audience = audience_of(decision)
    people = queries.named(unit, (row.led_by, row.closed_by))
    return {
        "row": row,
        "review_id": row.id,
        "base": f"/reviews/{row.id}",
        "caption": pupils.name(unit, row.pupil_id).full,
        "audience": audience,
        "home": home_of(decision, row.pupil_id),
        "leader": people[row.led_by],
        "closer": people[row.closed_by],
        "STATUS_WORDS": rules.STATUS_WORDS,
        "may_plan": queries.may(unit, row, decision, Permission.REVIEW_PLAN),
        "may_write": queries.may(unit, row, decision, Permission.REVIEW_WRITE),
        "may_close": queries.may(unit, row, decision, Permission.REVIEW_CLOSE),
        "layout": "layouts/family.html" if audience == "family" else "layouts/page.html",
    }
