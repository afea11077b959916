"""Bring in an EHC plan that was made elsewhere."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from isp.documents.pages.blueprint import most_bytes, taken_from
from isp.documents.pages.filing import CHOOSE_AGAIN
from isp.documents.pages.too_large import answer_too_large, sent_form
from isp.documents.rules import LABELS
from isp.ehcp import bringing, queries
from isp.ehcp.bringing import Brought
from isp.ehcp.pages.blueprint import home_of, pages
from isp.ehcp.schemas import BringInSchema
from isp.kernel.errors import Invalid
from isp.people.here import act, look, signed_in
from isp.register import pupils
from isp.web.asking import Choice
from isp.web.forms import Form

pages.register_error_handler(RequestEntityTooLarge, answer_too_large)


@pages.route("/pupils/<uuid:pupil_id>/bring-ehc-plan", methods=["GET", "POST"])
@signed_in
def bring_in(pupil_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        decision = bringing.may_bring_in(unit, pupil_id)
        there = queries.plan_of(unit, pupil_id)
        caption = pupils.name(unit, pupil_id).full
    if there is not None and request.method == "GET":
        return redirect(f"/ehc-plans/{there.id}")
    choices = {"label": [Choice(one, *LABELS[one]) for one in bringing.LABELS]}
    form = sent_form(BringInSchema(), choices=choices) if request.method == "POST" else None
    if form is not None and form.accepted:
        values = dict(form.values)
        try:
            taken = taken_from(form)
            values.pop("file")
            with act() as deed:
                plan_id = bringing.bring_in(deed, pupil_id, Brought(**values), taken)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The EHC plan is brought in, and in force.", "success")
            return redirect(f"/ehc-plans/{plan_id}", 303)
    form = form or Form(BringInSchema(), choices=choices, initial={"label": "S1"})
    page = render_template(
        "ehcp/bring_in.html",
        form=form,
        pupil_id=pupil_id,
        caption=caption,
        home=home_of(decision, pupil_id),
        again=CHOOSE_AGAIN if form.errors else "",
        most=most_bytes(),
    )
    return page, form.status
