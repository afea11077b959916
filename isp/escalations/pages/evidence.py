"""What a request released: an item to be read, and all of it as one document."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.documents import bodies
from isp.escalations import bundle, queries
from isp.escalations.pages.blueprint import after, case_facts, case_page, pages
from isp.escalations.schemas import BundleSchema
from isp.kernel.errors import Invalid
from isp.people.here import look, signed_in, store
from isp.web.asking import Choice
from isp.web.files import PDF, as_download
from isp.web.forms import Form


@pages.get("/cases/<uuid:request_id>/evidence")
@signed_in
def evidence(request_id: UUID) -> ResponseReturnValue:
    """Everything that a request released, by version and code, and for what a copy of it is taken."""
    with look() as unit:
        case = queries.read_case(unit, request_id)
        facts = case_facts(unit, case)
    purposes = bundle.purposes_for(case)
    choices = {"purpose": [Choice(code, words) for code, words in purposes.items()]}
    form = Form(BundleSchema(), request.args if "purpose" in request.args else None, choices=choices)
    page = render_template(
        "escalations/evidence.html",
        form=form,
        purpose=form.values["purpose"] if form.accepted else None,
        purposes=purposes,
        may_take=bundle.may_take(case),
        back_to=after(case.decision, case.row.pupil_id, request_id),
        **facts,
    )
    return page, form.status


@pages.get("/cases/<uuid:request_id>/evidence.pdf")
@signed_in
def evidence_bundle(request_id: UUID) -> ResponseReturnValue:
    """All of it as one file: read and recorded in a unit of its own, and made when that has committed."""
    try:
        with look() as unit:
            found = bundle.gather(unit, request_id, request.args.get("purpose"))
            keys = unit.keys
    except Invalid:
        # An address that was kept or passed on: what it is for is asked anew.
        return redirect(f"{case_page(request_id)}/evidence", 303)

    def body_of(version: Any) -> bytes:
        heading = version.heading
        key = bodies.key_of(heading.pupil_id, heading.label)
        return b"".join(bodies.pieces(store().database.reading, keys, key, version.id, version.pieces))

    return as_download(bundle.make(found, body_of), PDF, "evidence-for-assessment.pdf")


@pages.get("/cases/<uuid:request_id>/evidence/<uuid:item_id>")
@signed_in
def evidence_item(request_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """A review report, or a teacher's answers, as they were released."""
    with look() as unit:
        case, item, blocks = bundle.read_item(unit, request_id, item_id)
        facts = case_facts(unit, case)
    back = f"{case_page(request_id)}/evidence"
    return render_template("escalations/evidence_item.html", item=item, blocks=blocks, back_to=back, **facts)
