"""Print or download an EHC plan; an authority says for which purpose of regulation 17."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access.policy import AT_AUTHORITY, Permission
from isp.ehcp import printing, queries
from isp.ehcp.pages.blueprint import pages, plan_facts
from isp.kernel.errors import Invalid, NotFound
from isp.people.here import look, signed_in
from isp.plans.schemas import CopySchema
from isp.web import forms
from isp.web.files import PDF, WORD, as_download
from isp.web.print.pdf import as_pdf
from isp.web.print.word import as_word


@pages.get("/ehc-plans/<uuid:plan_id>/print")
@signed_in
def choose_print(plan_id: UUID) -> ResponseReturnValue:
    """What there is to print, for whoever may."""
    number = _number()
    with look() as unit:
        row, decision = queries.allowed(unit, plan_id, Permission.EHCP_PRINT)
        record = queries.record_of(unit, row)
        facts = plan_facts(unit, row, decision)
    form: forms.Form | None = None
    if decision.standing in AT_AUTHORITY:
        form = forms.Form(CopySchema(), request.args if "purpose" in request.args else None)
    page = render_template(
        "ehcp/print.html",
        form=form,
        purpose=form.values["purpose"] if form and form.accepted else None,
        number=number,
        in_force=record.current,
        **facts,
    )
    return page, form.status if form else 200


@pages.get("/ehc-plans/<uuid:plan_id>/print/plan.pdf", defaults={"form": "pdf"})
@pages.get("/ehc-plans/<uuid:plan_id>/print/plan.docx", defaults={"form": "docx"})
@signed_in
def taken(plan_id: UUID, form: str) -> ResponseReturnValue:
    """The plan as a file: read and recorded in a unit of its own, and typeset when that has committed."""
    large, number = request.args.get("size") == "large", _number()
    try:
        with look() as unit:
            paper, found = printing.plan_paper(
                unit, plan_id, number, form, large=large, purpose=request.args.get("purpose")
            )
    except Invalid:
        return redirect(url_for("ehcp.choose_print", plan_id=plan_id, version=number), 303)
    file = f"ehc-plan-{found}.{form}"
    if form == "docx":
        return as_download(as_word(paper, large=large), WORD, file)
    return as_download(as_pdf(paper, large=large), PDF, file)


def _number() -> int | None:
    if request.args.get("version") is None:
        return None
    number = request.args.get("version", type=int)
    if number is None:
        raise NotFound
    return number
