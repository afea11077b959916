"""What is due, what is overdue, and what one leads oneself."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import OrganisationPermission
from isp.people.here import look, signed_in
from isp.plans.deadlines import WHY
from isp.reviews import lists, rules
from isp.reviews.pages.blueprint import pages


@pages.get("/reviews")
@signed_in
def reviews() -> ResponseReturnValue:
    """Every open plan of the school by when its review is due, a page at a time."""
    with look() as unit:
        schools = lists.school_reviews(unit, request.args.get("from"))
        samples = bool(gate.organisations_where(unit, OrganisationPermission.REVIEWS_SAMPLE))
    return render_template(
        "reviews/reviews.html", schools=schools, samples=samples, WHY=WHY, STATUS_WORDS=rules.STATUS_WORDS
    )


@pages.get("/reviews/led")
@signed_in
def led() -> ResponseReturnValue:
    """The reviews that somebody leads."""
    with look() as unit:
        found = lists.led_by_me(unit)
    return render_template("reviews/led.html", led=found, STATUS_WORDS=rules.STATUS_WORDS)
