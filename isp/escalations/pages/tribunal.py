"""The working document for the Tribunal: what each side proposes for the plan, on a page and in Word."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import Permission
from isp.escalations import subjects
from isp.escalations.pages.blueprint import pages
from isp.escalations.pages.letters import case_around
from isp.escalations.tribunal import actions, queries
from isp.escalations.tribunal.schemas import ProposalSchema
from isp.escalations.tribunal.working_document import ACTS, ADD, KEY, PROPOSED, SIDES
from isp.kernel.errors import Invalid, NotFound
from isp.people.here import act, look, signed_in
from isp.web.asking import Choice
from isp.web.files import WORD, as_download
from isp.web.forms import Form
from isp.web.print.word import as_word


@pages.get("/cases/<uuid:case_id>/working-document")
@signed_in
def working_document(case_id: UUID) -> ResponseReturnValue:
    """The plan in force with every proposal marked."""
    with look() as unit:
        found = queries.read_document(unit, case_id)
        around = case_around(unit, found.case)
    return render_template(
        "escalations/working_document.html",
        found=found,
        key=KEY,
        SIDES=SIDES,
        PROPOSED=PROPOSED,
        may_write=found.decision.can(Permission.DIARY_WRITE),
        **around,
    )


@pages.get("/cases/<uuid:case_id>/working-document.docx")
@signed_in
def working_document_file(case_id: UUID) -> ResponseReturnValue:
    """The same in Word: read and recorded in a unit of its own, and made when that has committed."""
    with look() as unit:
        paper = queries.document_paper(unit, case_id)
    return as_download(as_word(paper), WORD, "working-document.docx")


@pages.route("/cases/<uuid:case_id>/working-document/propose", methods=["GET", "POST"])
@signed_in
def propose_wording(case_id: UUID) -> ResponseReturnValue:
    section = request.args.get("section", "")
    item_id, field = request.args.get("item", type=UUID), request.args.get("field")
    with look() as unit:
        case, _ = subjects.allowed(unit, case_id, Permission.DIARY_WRITE)
        found = queries.read_document(unit, case_id)
        around = case_around(unit, case)
    here = next((one for one in found.sections if one.name == section), None)
    target = (section, item_id, field)
    line = next((one for one in here.lines if one.target == target), None) if here else None
    if found.version is not None and (here is None or (item_id is not None and line is None)):
        raise NotFound(gate.NO_PAGE)
    acts = [Choice(code, words) for code, words in ACTS.items() if (code == ADD) == (line is None)]
    choices = {"act": acts}
    form = Form(
        ProposalSchema(),
        initial={"wording": line.text if line else "", "act": acts[0].value},
        choices=choices,
    )
    if request.method == "POST":
        form = Form.sent(ProposalSchema(), choices=choices)
        if form.accepted:
            try:
                with act() as deed:
                    actions.propose(
                        deed, case_id, section=section, item_id=item_id, field=field, **form.values
                    )
            except Invalid as failure:
                form.refuse(failure)
            else:
                flash("The proposal stands in the working document.", "success")
                return redirect(f"/cases/{case_id}/working-document", 303)
    page = render_template(
        "escalations/propose_wording.html", form=form, found=found, here=here, line=line, **around
    )
    return page, form.status


@pages.post("/cases/<uuid:case_id>/working-document/<uuid:proposal_id>/settle")
@signed_in
def settle_wording(case_id: UUID, proposal_id: UUID) -> ResponseReturnValue:
    with act() as deed:
        actions.settle(deed, case_id, proposal_id, request.form.get("state", ""))
    flash("It is noted in the working document.")
    return redirect(f"/cases/{case_id}/working-document", 303)
