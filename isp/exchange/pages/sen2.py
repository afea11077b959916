"""The return: what is to be mended, having it made, and taking a copy."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import OrganisationPermission
from isp.access.purposes import PURPOSES
from isp.exchange import actions, queries
from isp.exchange.actions import allowed
from isp.exchange.children import NOT_HELD
from isp.exchange.entering import PROBLEMS
from isp.exchange.files import LIST
from isp.exchange.pages.blueprint import (
    COUNT_WORDS,
    FILE_WORDS,
    KIND_WORDS,
    authority_here,
    pages,
    progress,
    year_here,
)
from isp.exchange.schemas import ListSchema, ReturnSchema
from isp.exchange.sen2.rules import BY_NUMBER
from isp.exchange.sen2.years import years
from isp.kernel.errors import Conflict, Invalid
from isp.people.here import act, look, signed_in
from isp.web.files import FILE_POLICY
from isp.web.forms import Form
from isp.web.shell import belongs_to

SEND_TO = "secretary_of_state"
"""What the return is for, and nothing else: the purpose with which a copy of it is taken."""
_TYPES = {"xml": ("application/xml", "xml"), "csv": ("application/zip", "zip"), "list": ("text/csv", "csv")}


@pages.get("/sen2")
@signed_in
def sen2() -> ResponseReturnValue:
    with look() as unit:
        authority_id, name = authority_here(unit)
        seen = queries.overview(unit, authority_id, year_here(unit), name)
        today = unit.today
    return render_template(
        "exchange/sen2.html",
        seen=seen,
        today=today,
        years=years(),
        year=years()[seen.year],
        progress=progress,
        KIND_WORDS=KIND_WORDS,
        FILE_WORDS=FILE_WORDS,
        COUNT_WORDS=COUNT_WORDS,
        purpose_of=_purpose_of,
    )


def _purpose_of(job: object) -> str:
    answers = getattr(job, "answers", {})
    return str(answers.get("purpose", SEND_TO))


@pages.post("/sen2/check")
@signed_in
def check() -> ResponseReturnValue:
    with act() as unit:
        authority_id, _ = authority_here(unit)
        job_id = actions.ask_check(unit, authority_id, year_here(unit))
    return redirect(url_for("exchange.job", job_id=job_id), 303)


@pages.route("/sen2/make", methods=["GET", "POST"])
@signed_in
def make() -> ResponseReturnValue:
    form = Form.sent(ReturnSchema()) if request.method == "POST" else Form(ReturnSchema())
    if form.accepted:
        try:
            with act() as unit:
                authority_id, _ = authority_here(unit)
                job_id = actions.ask_return(unit, authority_id, year_here(unit), form.values)
        except (Invalid, Conflict) as failure:
            form.errors[""] = failure.message
        else:
            return redirect(url_for("exchange.job", job_id=job_id), 303)
    with look() as unit:
        authority_id, name = authority_here(unit)
        allowed(unit, authority_id, OrganisationPermission.SEN2_MAKE)
        seen = queries.overview(unit, authority_id, year_here(unit), name)
    return (
        render_template("exchange/make.html", form=form, seen=seen, year=years()[seen.year]),
        form.status,
    )


@pages.route("/sen2/children", methods=["GET", "POST"])
@signed_in
def children() -> ResponseReturnValue:
    form = Form.sent(ListSchema()) if request.method == "POST" else Form(ListSchema())
    if form.accepted:
        try:
            with act() as unit:
                authority_id, _ = authority_here(unit)
                year = year_here(unit)
                job_id = actions.ask_children(unit, authority_id, year, form.values["purpose"])
        except (Invalid, Conflict) as failure:
            form.errors[""] = failure.message
        else:
            return redirect(url_for("exchange.job", job_id=job_id), 303)
    with look() as unit:
        authority_id, _ = authority_here(unit)
        allowed(unit, authority_id, OrganisationPermission.SEN2_MAKE)
    return render_template("exchange/children.html", form=form, not_held=NOT_HELD), form.status


@pages.get("/sen2/jobs/<uuid:job_id>")
@signed_in
def job(job_id: UUID) -> ResponseReturnValue:
    belongs_to("/sen2")
    with look() as unit:
        row, files = queries.job(unit, job_id)
        may_make = row.authority_id in gate.organisations_where(unit, OrganisationPermission.SEN2_MAKE)
        may_take = row.authority_id in gate.organisations_where(unit, OrganisationPermission.SEN2_TAKE)
    return render_template(
        "exchange/job.html",
        job=row,
        files=[one for one in files if (may_make if one.kind == LIST else may_take)],
        may_make=may_make,
        progress=progress,
        rules=BY_NUMBER,
        left_out=PROBLEMS,
        KIND_WORDS=KIND_WORDS,
        FILE_WORDS=FILE_WORDS,
        COUNT_WORDS=COUNT_WORDS,
        PURPOSES=PURPOSES,
        purpose=_purpose_of(row),
    )


@pages.get("/sen2/files/<uuid:file_id>")
@signed_in
def file(file_id: UUID) -> ResponseReturnValue:
    """The file itself. ``purpose``: why a copy is taken; it is in the trail with who took it."""
    with look() as unit:
        row, held, pieces = actions.take(unit, file_id, request.args.get("purpose", ""))
    mimetype, ending = _TYPES[row.kind]
    response = Response(pieces, mimetype=mimetype)
    serial = f"-{held.serial:03d}" if row.kind != LIST else ""
    name = f"{'sen2' if serial else 'children'}-{held.year}{serial}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.content_length = row.size
    return response


@pages.post("/sen2/jobs/<uuid:job_id>/aside")
@signed_in
def aside(job_id: UUID) -> ResponseReturnValue:
    with act() as unit:
        actions.put_aside(unit, job_id)
    flash("The file is thrown away, and nothing was changed.")
    return redirect(url_for("exchange.sen2"), 303)
