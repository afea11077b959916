"""What of a case was given to whom, and the deed that records it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access.policy import Permission
from isp.escalations import subjects
from isp.escalations.disclosing import actions, queries
from isp.escalations.disclosing.purposes import purposes_on
from isp.escalations.disclosing.rules import Told
from isp.escalations.disclosing.schemas import DisclosureSchema
from isp.escalations.pages.blueprint import pages, people
from isp.escalations.pages.letters import case_around
from isp.kernel.errors import Invalid
from isp.people.here import act, look, person_id, signed_in
from isp.web.asking import Choice
from isp.web.forms import Form


@pages.get("/cases/<uuid:case_id>/disclosures")
@signed_in
def disclosures(case_id: UUID) -> ResponseReturnValue:
    """The disclosures of a case, the newest first."""
    with look() as unit:
        case, decision, found = queries.read_disclosures(unit, case_id)
        around = case_around(unit, case)
        named = people(unit, {one.row.recorded_by for one in found})
    may = decision.can(Permission.CASE_DISCLOSE)
    return render_template("escalations/disclosures.html", found=found, named=named, may=may, **around)


@pages.route("/cases/<uuid:case_id>/disclosures/add", methods=["GET", "POST"])
@signed_in
def disclose(case_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        case, decision = subjects.allowed(unit, case_id, Permission.CASE_DISCLOSE)
        queries.record_view(unit, case, decision)
        around = case_around(unit, case)
        purposes = purposes_on(unit.today)
        choices = {
            "purpose": [Choice(one.code, one.words, one.source) for one in purposes.listed.values()],
            "objects": [Choice(one.key, one.words) for one in queries.things(unit, case)],
            "authorised_by": [
                Choice(str(one), words) for one, words in queries.authorisers(unit, case).items()
            ],
        }
    initial = {"made_on": around["today"], "authorised_by": str(person_id())}
    form = Form(DisclosureSchema(), initial=initial, choices=choices)
    if request.method == "POST":
        form = Form.sent(DisclosureSchema(), choices=choices)
        if form.accepted:
            values = dict(form.values)
            try:
                with act() as deed:
                    actions.disclose(deed, case_id, Told(**{**values, "objects": tuple(values["objects"])}))
            except Invalid as failure:
                form.refuse(failure)
            else:
                flash("The disclosure is recorded.", "success")
                return redirect(f"/cases/{case_id}/disclosures", 303)
    page = render_template("escalations/disclose.html", form=form, purposes=purposes, **around)
    return page, form.status
