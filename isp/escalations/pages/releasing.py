"""The school's pages of a request after it was made: more evidence, and that the family knows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access import grants
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.escalations import evidence, queries, releasing
from isp.escalations.pages.blueprint import about, case_facts, pages, shown_version
from isp.escalations.pages.requesting import choices_of
from isp.escalations.schemas import ReleaseSchema
from isp.kernel.errors import Conflict, Invalid, NotAllowed
from isp.people.here import act, look, signed_in
from isp.web.asking import Choice
from isp.web.forms import Form


@pages.route("/cases/<uuid:request_id>/release", methods=["GET", "POST"])
@signed_in
def release_more(request_id: UUID) -> ResponseReturnValue:
    """What else the authority may read."""
    with look() as unit:
        row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_REQUEST)
        if queries.side_of(decision) != "school":
            raise NotAllowed("The school where the child is on roll can do this.")
        if not releasing.may_release(row, decision):
            raise Conflict("Nothing can be added to this request here.")
        choices = _choices(unit, row, decision)
        unit.record(decision, Event.DOCUMENTS_VIEWED, Chain.pupil(row.pupil_id), obj=("pupil", row.pupil_id))
        facts = case_facts(unit, queries.read_case(unit, request_id))
    form = Form.sent(ReleaseSchema(), choices=choices) if request.method == "POST" else None
    if form is not None and form.accepted:
        try:
            with act() as deed:
                chosen = {
                    grants.VERSION: form.values["release"],
                    grants.REVIEW: form.values["reviews"],
                    grants.DOCUMENT: form.values["documents"],
                    grants.ANSWERS: form.values["answers"],
                }
                releasing.release_more(deed, request_id, chosen, shown=shown_version())
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The local authority can read this as well now.")
            return redirect(about(row.pupil_id), 303)
    form = form or Form(ReleaseSchema(), choices=choices)
    page = render_template("escalations/release.html", form=form, offered=choices, **facts)
    return page, form.status


def _choices(unit: Unit, row: Any, decision: Any) -> dict[str, list[Choice]]:
    """What is not released yet, by the name of its boxes."""
    held = {str(one.object_id) for one in grants.all_granted_by(unit, row.id)}
    offer = evidence.offer(unit, row.pupil_id, decision)
    return {
        name: [one for one in listed if one.value not in held]
        for name, listed in choices_of(offer, family=False).items()
    }


@pages.post("/cases/<uuid:request_id>/family-knows")
@signed_in
def family_knows(request_id: UUID) -> ResponseReturnValue:
    """The family knows of the school's request now."""
    with act() as deed:
        row, _ = queries.allowed(deed, request_id, Permission.ASSESSMENT_REQUEST)
        releasing.tell_family(deed, request_id, shown=shown_version())
    flash("It is noted that the family knows. They have been sent a message as well.")
    return redirect(about(row.pupil_id), 303)
