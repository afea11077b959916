"""Hiding a version that should not be here; asks first, and says who can still see it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import Permission
from isp.documents import actions, queries, rules
from isp.documents.pages.blueprint import home_of, list_page, pages
from isp.documents.schemas import WithdrawSchema
from isp.kernel.errors import Invalid, NotFound
from isp.people.here import act, look, signed_in
from isp.register import pupils
from isp.web.forms import Form


@pages.route("/documents/<uuid:document_id>/versions/<int:number>/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw(document_id: UUID, number: int) -> ResponseReturnValue:
    form = Form.sent(WithdrawSchema()) if request.method == "POST" else Form(WithdrawSchema())
    with look() as unit:
        _, document = queries.one(unit, document_id)
        pupil_id = document.newest.heading.pupil_id
        decision = gate.require(unit, Permission.DOCUMENT_WITHDRAW, pupil_id)
        version = next((one for one in document.versions if one.heading.number == number), None)
        if version is None:
            raise NotFound(gate.NO_PAGE)
        queries.record_list(unit, decision, pupil_id, [document])
        caption = pupils.name(unit, pupil_id).full
    if form.accepted:
        try:
            with act() as deed:
                actions.withdraw(deed, document_id, number, form.values["why"], form.values["reason"])
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The document is withdrawn.", "success")
            return redirect(list_page(pupil_id), 303)
    home_of(decision, pupil_id)
    page = render_template(
        "documents/withdraw.html",
        form=form,
        version=version,
        pupil_id=pupil_id,
        caption=caption,
        before=any(one.heading.number < number for one in document.versions),
        KINDS=rules.EVERY_KIND,
    )
    return page, form.status
