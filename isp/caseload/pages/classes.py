"""The class on one sheet, to read and to print."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from isp.caseload.class_sheet import sheet_of
from isp.caseload.pages.blueprint import pages
from isp.kernel import clock
from isp.people.here import look, signed_in


@pages.get("/classes/<uuid:group_id>")
@signed_in
def class_sheet(group_id: UUID) -> ResponseReturnValue:
    """``cover=yes``: names and must-know alone. ``names=initials``: for a sheet that lies about."""
    cover = request.args.get("cover") == "yes"
    with look() as unit:
        sheet = sheet_of(unit, group_id, cover=cover)
    return render_template(
        "caseload/class.html",
        sheet=sheet,
        cover=cover,
        as_initials=request.args.get("names") == "initials" and not cover,
        caption=sheet.group,
        today=clock.today(),
    )
