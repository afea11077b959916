"""The authority's page of an EHC plan made elsewhere: its days, its sections, its file, the child."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from isp.documents.pages.blueprint import most_bytes, taken_from
from isp.documents.pages.filing import CHOOSE_AGAIN
from isp.documents.pages.too_large import answer_too_large, sent_data, sent_form
from isp.documents.rules import LABELS
from isp.ehcp import bringing
from isp.ehcp.bringing import Brought
from isp.escalations import entering_plans
from isp.escalations.entering_plans import PLAN_WHERE_WORDS, Again, PlanEntry, PlanWhere
from isp.escalations.mail_schemas import EnterPlanSchema
from isp.escalations.pages.blueprint import pages
from isp.escalations.pages.filing import authority_of, places_of
from isp.escalations.upkeep.reassessing import SOURCES
from isp.kernel.errors import Conflict, Invalid
from isp.people.here import act, look, signed_in
from isp.register.content import Details
from isp.web.asking import Choice
from isp.web.forms import Form

pages.register_error_handler(RequestEntityTooLarge, answer_too_large)

_OF_PLAN = (
    "how",
    "made_on",
    "first_made_on",
    "last_review_on",
    "from_authority",
    "transferred_on",
    "needs",
    "outcomes",
    "provision",
    "urn",
    "label",
)
_AGAIN: dict[PlanWhere, tuple[str, ...]] = {
    PlanWhere.IN_FORCE: (),
    PlanWhere.ASKED: ("asked_on", "source", "reasons"),
    PlanWhere.REASSESSING: ("asked_on", "source", "reasons", "agreed_on"),
}
"""What each stage is asked of a re-assessment."""


@pages.route("/ehc-plans/enter", methods=["GET", "POST"])
@signed_in
def enter_plan() -> ResponseReturnValue:
    """Bring in an EHC plan of a child whose case nobody here has; the stage is in the address."""
    with look() as unit:
        places = places_of(unit)
    asked = request.args.get("stage")
    where = next((one for one in PlanWhere if one.value == asked), PlanWhere.IN_FORCE)
    choices = {
        "authority_id": [Choice(str(one), name) for one, name in places.items()],
        "label": [Choice(one, *LABELS[one]) for one in bringing.LABELS],
        "source": [Choice(code, words) for code, words in SOURCES.items()],
    }
    schema = EnterPlanSchema(exclude={*_AGAIN[PlanWhere.REASSESSING]} - {*_AGAIN[where]})
    nobody = False
    if request.method == "POST":
        form = sent_form(schema, choices=choices)
        if form.accepted:
            try:
                taken = taken_from(form)
                values = dict(form.values)
                authority_id = authority_of(values.pop("authority_id"), places)
                entry = _entry(where, values)
                with act() as deed:
                    nobody = not entering_plans.look_up(deed, authority_id, entry)
                with act() as deed:
                    plan_id = entering_plans.enter_plan(
                        deed, authority_id, entry, taken, is_new=bool(values["is_new"])
                    )
            except Invalid as failure:
                form.refuse(failure)
            except Conflict as failure:
                form.refuse(Invalid(failure.message, {"": failure.message}))
            else:
                flash(
                    "The EHC plan is brought in, and in force. Its dates follow from the days that you gave."
                )
                return redirect(f"/ehc-plans/{plan_id}", 303)
    else:
        form = Form(schema, choices=choices, initial={"label": "S1"})
    page = render_template(
        "escalations/entering_plan.html",
        form=form,
        where=where,
        stage=PLAN_WHERE_WORDS[where],
        asked=_AGAIN[where],
        several=len(places) > 1,
        offers_new=nobody or bool(sent_data().get("is_new")),
        again=CHOOSE_AGAIN if form.errors else "",
        most=most_bytes(),
    )
    return page, form.status


def _entry(where: PlanWhere, values: dict[str, Any]) -> PlanEntry:
    named = {name: values[name] for name in ("legal_given", "legal_family", "born_on")}
    details = Details(**named, upn=values["upn"] or None)
    again = None
    if _AGAIN[where]:
        again = Again(values["source"], values["asked_on"], values["reasons"], values.get("agreed_on"))
    brought = Brought(**{name: values[name] for name in _OF_PLAN})
    return PlanEntry(details, values["why_looked"], brought, where, again)
