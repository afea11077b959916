"""The front door of an authority: is this child known here, and who has the case?"""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import Permission
from isp.escalations import lists
from isp.escalations.pages.blueprint import pages, people
from isp.escalations.work import finding
from isp.escalations.work.schemas import FindSchema
from isp.kernel.errors import Invalid
from isp.people.here import look, signed_in
from isp.web.forms import Form


@pages.route("/cases/find", methods=["GET", "POST"])
@signed_in
def find() -> ResponseReturnValue:
    """A form, and its answer on the same page: what was typed is a child's name, so never in an address."""
    form = Form.sent(FindSchema()) if request.method == "POST" else Form(FindSchema())
    found: list[finding.Found] | None = None
    with look() as unit:
        lists.authorities(unit)
        if form.accepted:
            try:
                found = finding.search(unit, form.values["q"], form.values["born_on"], form.values["reason"])
            except Invalid as failure:
                form.refuse(failure)
        opens = lists.opens(unit, about=(one.name.pupil_id for one in found or ()))
        named = people(unit, {one.case.officer_id for one in found or () if one.case is not None})
        about = [one.name.pupil_id for one in found or ()]
        plans = {one for one in about if gate.can(unit, Permission.EHCP_ISSUE, one)}
    facts = {
        "plans": plans,
        "form": form,
        "found": found,
        "opens": opens,
        "named": named,
        "most": finding.MOST,
    }
    return render_template("escalations/find.html", **facts), form.status
