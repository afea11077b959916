"""What somebody is asked to write."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from isp.caseload.home import WRITERS, asked_as
from isp.caseload.pages.blueprint import pages
from isp.caseload.positions import positions
from isp.caseload.to_write import to_write as gather
from isp.kernel.errors import NotAllowed
from isp.people.here import look, signed_in


@pages.get("/to-write")
@signed_in
def to_write() -> ResponseReturnValue:
    with look() as unit:
        held = positions(unit)
        if not held.holds(*WRITERS):
            raise NotAllowed
        asked = gather(unit, asked_as(held))
    return render_template("caseload/to_write.html", asked=asked)
