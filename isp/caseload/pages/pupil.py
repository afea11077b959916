"""A pupil's page."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import Permission
from isp.caseload.overview import overview
from isp.caseload.pages.blueprint import pages
from isp.caseload.positions import family_of
from isp.people.here import look, signed_in


@pages.get("/pupils/<uuid:pupil_id>")
@signed_in
def pupil(pupil_id: UUID) -> ResponseReturnValue:
    """For those who work with the child; the family is led to a page of its own."""
    with look() as unit:
        rows = gate.standings_towards(unit, pupil_id)
        family = family_of(rows) is not None
        found = None if family else overview(unit, pupil_id, rows)
    if found is None:
        return redirect(url_for("caseload.my_child", pupil_id=pupil_id))
    return render_template(
        "caseload/pupil.html",
        page=found,
        facts=found.facts,
        plan=found.plan,
        may=found.decision.can,
        Permission=Permission,
        caption=found.facts.name.full,
        pupil_id=pupil_id,
    )
