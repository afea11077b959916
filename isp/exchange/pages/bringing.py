"""Bringing an authority's return in: choosing the file, seeing what is in it, bringing it in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from isp.access.policy import OrganisationPermission
from isp.exchange import actions
from isp.exchange.actions import allowed
from isp.exchange.bringing import UPLOAD_BYTES, take_in
from isp.exchange.pages.blueprint import authority_here, pages
from isp.exchange.schemas import BringSchema
from isp.kernel.errors import Invalid
from isp.people.here import act, look, signed_in
from isp.web.forms import Form

TOO_LARGE = f"This file is larger than {UPLOAD_BYTES // 1_000_000} MB. Pack it (zip), and choose that."


@pages.route("/sen2/bring-in", methods=["GET", "POST"])
@signed_in
def bring_in() -> ResponseReturnValue:
    with look() as unit:
        authority_id, _ = authority_here(unit)
        allowed(unit, authority_id, OrganisationPermission.SEN2_MAKE)
    form = Form(BringSchema())
    if request.method == "POST":
        # A whole authority's file: let in only once it is known who sends it.
        request.max_content_length = UPLOAD_BYTES
        try:
            form = Form.sent(BringSchema())
        except RequestEntityTooLarge:
            form = Form(BringSchema(), errors={"file": TOO_LARGE})
        if form.accepted:
            try:
                packed = take_in(*_named())
                with act() as unit:
                    job_id = actions.read_in(unit, authority_id, packed)
            except Invalid as failure:
                form.refuse(failure)
            else:
                return redirect(url_for("exchange.job", job_id=job_id), 303)
    return render_template("exchange/bring_in.html", form=form), form.status


def _named() -> list[Any]:
    """The files that were chosen, each with its name: a table's says which it is."""
    return [one for one in request.files.getlist("file") if one.filename]


@pages.post("/sen2/jobs/<uuid:job_id>/bring-in")
@signed_in
def go_ahead(job_id: UUID) -> ResponseReturnValue:
    with act() as unit:
        actions.bring_in(unit, job_id)
    flash("The file is being brought in. You can leave this page: it goes on.")
    return redirect(url_for("exchange.job", job_id=job_id), 303)
