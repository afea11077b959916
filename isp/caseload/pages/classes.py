"""The class on one sheet, to read and to print."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.caseload.class_paper import COVER, WHOLE, sheet_paper
from isp.caseload.class_sheet import sheet_of
from isp.caseload.pages.blueprint import pages
from isp.caseload.sheet_readers import readers_at
from isp.kernel import clock
from isp.people.here import act, look, signed_in
from isp.plans import sheets
from isp.plans.printing import Form, Wanted
from isp.web.files import PDF, as_download
from isp.web.print.pdf import as_pdf
from isp.web.shown import an_id


@pages.get("/classes/<uuid:group_id>")
@signed_in
def class_sheet(group_id: UUID) -> ResponseReturnValue:
    """``cover=yes``: in brief, for a supply teacher. ``names=initials``: for a sheet that lies about."""
    cover = request.args.get("cover") == "yes"
    with look() as unit:
        sheet = sheet_of(unit, group_id)
    return render_template(
        "caseload/class.html",
        sheet=sheet,
        cover=cover,
        as_initials=request.args.get("names") == "initials" and not cover,
        caption=sheet.group,
        today=clock.today(),
    )


@pages.post("/classes/<uuid:group_id>/read")
@signed_in
def confirm_sheet(group_id: UUID) -> ResponseReturnValue:
    """An adult of the class says that she has read the sheet as the page showed it."""
    with act() as unit:
        sheets.confirm_read(unit, group_id, request.form.get("state", ""))
    flash("Thank you. The SENCO can see that you have read it.", "success")
    return redirect(url_for("caseload.class_sheet", group_id=group_id), 303)


@pages.get("/class-sheets")
@signed_in
def sheet_readers() -> ResponseReturnValue:
    """Who has read which class sheet, and who has not since it changed."""
    with look() as unit:
        found = readers_at(unit, an_id(request.args.get("school")))
    return render_template("caseload/sheet_readers.html", sheets=found)


@pages.get("/classes/<uuid:group_id>/print.pdf")
@signed_in
def class_sheet_pdf(group_id: UUID) -> ResponseReturnValue:
    """The same as a file: ``cover`` and ``names`` as above, ``size=large``."""
    cover = request.args.get("cover") == "yes"
    wanted = Wanted(COVER if cover else WHOLE, Form.PDF, large=request.args.get("size") == "large")
    with look() as unit:
        paper = sheet_paper(unit, group_id, wanted, as_initials=request.args.get("names") == "initials")
    return as_download(as_pdf(paper, large=wanted.large), PDF, f"{'cover' if cover else 'class'}-sheet.pdf")
