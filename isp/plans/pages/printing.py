"""Print or download: what can be taken, and the files themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access.policy import Permission
from isp.audit import Unit
from isp.kernel.errors import Invalid, NotFound
from isp.people.here import look, signed_in
from isp.plans import packing, printing, queries
from isp.plans.pages.blueprint import around, audience_of, home_of, pages
from isp.plans.printing import Form, Wanted
from isp.plans.schemas import CopySchema
from isp.records.versions import Version
from isp.web import forms
from isp.web.files import PDF, WORD, as_download
from isp.web.print.paper import Paper
from isp.web.print.pdf import as_pdf
from isp.web.print.word import as_word

_DOCUMENTS: Mapping[str, tuple[Callable[[Unit, UUID, Wanted], tuple[Paper, Version]], str]] = {
    "plan": (printing.plan_paper, "support-plan"),
    "profile": (packing.profile_paper, "profile"),
    "cycles": (packing.cycles_paper, "cycles-to-plan"),
    "moving_on": (packing.moving_on_paper, "moving-on-plan"),
    "everything": (packing.everything_paper, "all-plans-to"),
}
"""What makes each document, and what its file is called before the number of the version."""


@pages.get("/plans/<uuid:record_id>/print")
@signed_in
def choose_print(record_id: UUID) -> ResponseReturnValue:
    """What there is to print of this plan, for whoever may."""
    number = _number()
    with look() as unit:
        row, decision = queries.allowed(unit, record_id, Permission.PLAN_PRINT)
        surroundings = around(unit, row.pupil_id)
    family = audience_of(decision) == "family"
    form: forms.Form | None = None
    if decision.sources is not None:
        form = forms.Form(CopySchema(), request.args if "purpose" in request.args else None)
    page = render_template(
        "plans/print.html",
        form=form,
        purpose=form.values["purpose"] if form and form.accepted else None,
        record_id=record_id,
        number=number,
        family=family,
        in_force=row.current,
        may_see_versions=decision.can(Permission.PLAN_VERSIONS_READ),
        caption=surroundings.caption,
        home=home_of(decision, row.pupil_id),
        layout="layouts/family.html" if family else "layouts/form.html",
    )
    return page, form.status if form else 200


@pages.get("/plans/<uuid:record_id>/print/plan.pdf", defaults={"document": "plan", "form": "pdf"})
@pages.get("/plans/<uuid:record_id>/print/plan.docx", defaults={"document": "plan", "form": "docx"})
@pages.get("/plans/<uuid:record_id>/print/profile.pdf", defaults={"document": "profile", "form": "pdf"})
@pages.get("/plans/<uuid:record_id>/print/cycles.pdf", defaults={"document": "cycles", "form": "pdf"})
@pages.get("/plans/<uuid:record_id>/print/cycles.docx", defaults={"document": "cycles", "form": "docx"})
@pages.get("/plans/<uuid:record_id>/print/moving-on.pdf", defaults={"document": "moving_on", "form": "pdf"})
@pages.get("/plans/<uuid:record_id>/print/moving-on.docx", defaults={"document": "moving_on", "form": "docx"})
@pages.get("/plans/<uuid:record_id>/print/everything.pdf", defaults={"document": "everything", "form": "pdf"})
@signed_in
def taken(record_id: UUID, document: str, form: str) -> ResponseReturnValue:
    """A document as a file: read and recorded in a unit of its own, and typeset when that has committed."""
    make, name = _DOCUMENTS[document]
    wanted = Wanted(
        document,
        Form(form),
        large=request.args.get("size") == "large",
        number=_number(),
        purpose=request.args.get("purpose"),
    )
    try:
        with look() as unit:
            paper, version = make(unit, record_id, wanted)
    except Invalid:
        # An address that was kept or passed on: what it is for is asked anew.
        return redirect(url_for("plans.choose_print", record_id=record_id, version=wanted.number), 303)
    file = f"{name}-{version.number}.{form}"
    if wanted.form is Form.WORD:
        return as_download(as_word(paper, large=wanted.large), WORD, file)
    return as_download(as_pdf(paper, large=wanted.large), PDF, file)


def _number() -> int | None:
    given = request.args.get("version")
    if given is None:
        return None
    number = request.args.get("version", type=int)
    if number is None:
        raise NotFound
    return number
