"""The authority's pages of a request that came by mail: filing it, and what is still to be proved."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import OrganisationPermission, Permission
from isp.audit import Unit
from isp.audit.unit import Denial
from isp.escalations import filing, queries
from isp.escalations.filing import Filing
from isp.escalations.mail_schemas import FilingSchema, ProofSchema
from isp.escalations.pages.blueprint import case_facts, case_page, pages, shown_version
from isp.kernel.errors import Invalid, NotFound
from isp.people import organisations
from isp.people.here import act, look, signed_in
from isp.register.content import Details
from isp.web.asking import Choice
from isp.web.forms import Form


@pages.route("/cases/new", methods=["GET", "POST"])
@signed_in
def file_request() -> ResponseReturnValue:
    """File a request as it came in: of a child who is on record, or of one who is put on record by it."""
    with look() as unit:
        places = places_of(unit)
        today = unit.today
    choices = {
        "authority_id": [Choice(str(one), name) for one, name in places.items()],
        "source": [Choice(code, words) for code, words in filing.SOURCES.items()],
    }
    nobody = False
    if request.method == "POST":
        form = Form.sent(FilingSchema(), choices=choices)
        if form.accepted:
            try:
                authority_id = authority_of(form.values.pop("authority_id"), places)
                is_new = bool(form.values.pop("is_new"))
                came = _filing(form.values)
                with act() as deed:
                    is_known = filing.look_up(deed, authority_id, came)
                nobody = not is_known
                with act() as deed:
                    request_id = filing.file_request(deed, authority_id, came, is_new=is_new)
            except Invalid as failure:
                form.refuse(failure)
            else:
                flash("The request is filed. The six weeks run from the day it was received.")
                return redirect(case_page(request_id), 303)
    else:
        form = Form(FilingSchema(), choices=choices, initial={"received_on": today})
    shown = nobody or bool(request.form.get("is_new"))
    page = render_template("escalations/filing.html", form=form, several=len(places) > 1, offers_new=shown)
    return page, form.status


def places_of(unit: Unit) -> dict[UUID, str]:
    """The authorities for which the actor files, by name. NotFound for everybody else."""
    found = filing.authorities(unit)
    if not found:
        raise NotFound(gate.NO_PAGE, denial=Denial(OrganisationPermission.CASES_FILE.value, "no-standing"))
    return organisations.names(unit, found)


def authority_of(authority_id: UUID | None, places: dict[UUID, str]) -> UUID:
    """The authority that was chosen, or the only one. Raises Invalid."""
    if authority_id is None and len(places) == 1:
        return next(iter(places))
    if authority_id not in places:
        raise Invalid("Choose the authority.", {"authority_id": "Choose the authority that received it."})
    return authority_id


def _filing(values: dict[str, Any]) -> Filing:
    named = {name: values[name] for name in ("legal_given", "legal_family", "born_on")}
    rest = {
        name: values[name] for name in ("source", "asked_by", "received_on", "reasons", "how", "why_looked")
    }
    details = Details(**named, upn=values["upn"] or None)
    return Filing(details=details, youth_accommodation=bool(values["youth_accommodation"]), **rest)


@pages.route("/cases/<uuid:request_id>/proof", methods=["GET", "POST"])
@signed_in
def note_proof(request_id: UUID) -> ResponseReturnValue:
    """What was seen as proof, and when; the request runs all the same."""
    choices = {"what": [Choice(code, words) for code, words in filing.PROOFS.items()]}
    form = Form.sent(ProofSchema(), choices=choices) if request.method == "POST" else None
    if form is not None and form.accepted:
        try:
            with act() as deed:
                shown = shown_version()
                filing.note_proof(deed, request_id, shown=shown, **form.values)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("What was seen is noted.")
            return redirect(case_page(request_id), 303)
    with look() as unit:
        queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE)
        facts = case_facts(unit, queries.read_case(unit, request_id))
    if form is None:
        form = Form(ProofSchema(), choices=choices, initial={"on": facts["today"]})
    return render_template("escalations/proof.html", form=form, **facts), form.status
