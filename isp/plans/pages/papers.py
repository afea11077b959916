"""The documents of a plan: beside each entry of the version in force, for whoever may read them."""

from __future__ import annotations

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import Permission
from isp.people.here import look, signed_in
from isp.plans import queries
from isp.plans.pages.blueprint import around, audience_of, pages
from isp.plans.papers import beside_entries
from isp.plans.showing import parts
from isp.plans.vocabulary import configuration_on


@pages.get("/plans/<uuid:record_id>/documents")
@signed_in
def plan_papers(record_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        reading = queries.read_version(unit, record_id)
        gate.require(unit, Permission.DOCUMENT_READ, reading.version.pupil_id)
        papers = beside_entries(unit, reading.version.pupil_id)
        surroundings = around(unit, reading.version.pupil_id, pupil=reading.pupil)
    audience = audience_of(reading.decision)
    configuration = configuration_on(queries.stood_since(reading.version))
    shown = parts(reading.content, configuration, audience)
    return render_template(
        "plans/papers.html",
        record_id=record_id,
        pupil_id=reading.version.pupil_id,
        parts=[part for part in shown if part.entries],
        papers=papers,
        family=audience == "family",
        caption=surroundings.caption,
        layout="layouts/family.html" if audience == "family" else "layouts/page.html",
    )
