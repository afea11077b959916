"""Sending a document to the school: from home with the telephone, or by somebody who was asked for advice."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import Permission
from isp.documents import actions, rules
from isp.documents.actions import Filing
from isp.documents.pages.blueprint import (
    home_of,
    is_family,
    layout_of,
    list_page,
    most_bytes,
    pages,
    taken_from,
)
from isp.documents.pages.filing import CHOOSE_AGAIN
from isp.documents.pages.too_large import sent_form
from isp.documents.schemas import SendSchema
from isp.kernel.errors import Invalid
from isp.people.here import act, look, signed_in
from isp.register import pupils
from isp.web.forms import Form


@pages.route("/pupils/<uuid:pupil_id>/documents/send", methods=["GET", "POST"])
@signed_in
def send(pupil_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        decision = gate.require(unit, Permission.DOCUMENT_SEND, pupil_id)
        caption = pupils.name(unit, pupil_id).full
    form = sent_form(SendSchema()) if request.method == "POST" else None
    if form is not None and form.accepted:
        values = form.values
        try:
            taken = taken_from(form)
            with act() as deed:
                filing = Filing(values["kind"], rules.SENT_LABEL, values["title"], values["happened_on"])
                actions.send(deed, pupil_id, filing, taken)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The school has it now, and the SENCO is told.", "success")
            return redirect(list_page(pupil_id), 303)
    form = form or Form(SendSchema())
    home_of(decision, pupil_id)
    page = render_template(
        "documents/send.html",
        form=form,
        pupil_id=pupil_id,
        caption=caption,
        family=is_family(decision),
        layout=layout_of(decision),
        again=CHOOSE_AGAIN if form.errors else "",
        most=most_bytes(),
    )
    return page, form.status
