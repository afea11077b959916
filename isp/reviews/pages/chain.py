"""The cycles of one pupil, and what governors may see of a school's reviews."""

from __future__ import annotations

import re
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from isp.people.here import look, signed_in
from isp.plans.pages.blueprint import audience_of, home_of
from isp.register import pupils
from isp.reviews.cycles import chain_of
from isp.reviews.governors import LONGEST, figures_of_school, new_seed
from isp.reviews.pages.blueprint import pages

_SEED = re.compile(rf"[0-9a-z]{{1,{LONGEST}}}")


@pages.get("/pupils/<uuid:pupil_id>/cycles")
@signed_in
def cycles(pupil_id: UUID) -> ResponseReturnValue:
    """Assess, plan, do, review: cycle after cycle."""
    with look() as unit:
        decision, chains = chain_of(unit, pupil_id)
        caption = pupils.name(unit, pupil_id).full
    family = audience_of(decision) == "family"
    return render_template(
        "reviews/cycles.html",
        chains=chains,
        caption=caption,
        family=family,
        home=home_of(decision, pupil_id),
        layout="layouts/family.html" if family else "layouts/page.html",
    )


@pages.get("/reviews/sample")
@signed_in
def sample() -> ResponseReturnValue:
    """For governors, shown by the head or the SENCO: numbers, and a sample in which nobody is told."""
    asked = request.args.get("draw", "")
    seed = asked if _SEED.fullmatch(asked) else new_seed()
    with look() as unit:
        school, found = figures_of_school(unit, seed)
        today = unit.today
    return render_template("reviews/sample.html", school=school, found=found, seed=seed, today=today)
