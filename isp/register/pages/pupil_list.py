"""The list of pupils, and finding one in it."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import OrganisationPermission
from isp.kernel.errors import NotAllowed
from isp.people.here import look, signed_in
from isp.register import listing
from isp.register.content import year_words
from isp.register.importing.codes import NEEDS, SEN_STATUSES
from isp.register.pages.blueprint import pages


@pages.route("/pupils", methods=["GET", "POST"])
@signed_in
def pupil_list() -> ResponseReturnValue:
    """The list; a name that was typed is posted, never put in an address."""
    words = request.form.get("q", "").strip()
    named = request.values.get("school", type=UUID)
    with look() as unit:
        schools = listing.schools_of(unit)
        school = next((one for one in schools if one.id == named), schools[0] if schools else None)
        if school is None:
            raise NotAllowed
        may_add = school.id in gate.organisations_where(unit, OrganisationPermission.PUPILS_IMPORT)
        hits = page = None
        if request.method == "POST":
            hits = listing.search(unit, school, words)
            classes = listing.classes_of(unit, school.id, [hit.pupil_id for hit in hits])
        else:
            wanted = listing.Filter(
                request.args.get("status"),
                request.args.get("year"),
                request.args.get("class", type=UUID),
            )
            page = listing.listed(unit, school, wanted)
            classes = page.classes
    facts = {
        "school": school,
        "schools": schools,
        "page": page,
        "rows": page.rows if page else hits,
        "hits": hits,
        "classes": classes,
        "words": words,
        "may_add": may_add,
        "statuses": listing.STATUS_WORDS,
        "year_words": year_words,
        "needs": NEEDS,
        "sen": SEN_STATUSES,
    }
    if request.headers.get("X-Fragment"):
        return render_template("register/_pupils.html", **facts)
    return render_template("register/pupils.html", **facts)
