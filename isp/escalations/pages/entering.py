"""The authority's pages of a case that began on another system: where it stands, then its past days."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.escalations import entering, filing
from isp.escalations.disputes import Result
from isp.escalations.entering import REASONS, Entry
from isp.escalations.entering_plans import PLAN_WHERE_WORDS
from isp.escalations.entering_rules import APPEALED, DAYS, TURNED, TURNED_WORDS, WHERE_WORDS, Where
from isp.escalations.filing import Filing
from isp.escalations.mail_schemas import EnteringSchema, TurnedSchema, WhereSchema
from isp.escalations.pages.blueprint import case_page, pages
from isp.escalations.pages.filing import authority_of, places_of
from isp.kernel.errors import Conflict, Invalid
from isp.people.here import act, look, signed_in
from isp.register.content import Details
from isp.web.asking import Choice
from isp.web.forms import Form

_PAST = tuple(dict.fromkeys(name for days in DAYS.values() for name in days))
_SOME = frozenset({*_PAST, *REASONS.values(), "turned", "hearing_on"})
"""What is asked at some stages alone."""
_OF_CHILD = ("legal_given", "legal_family", "born_on")
_OF_REQUEST = ("source", "asked_by", "received_on", "reasons", "how", "why_looked")


@pages.route("/cases/enter", methods=["GET", "POST"])
@signed_in
def enter_case() -> ResponseReturnValue:
    """Bring in a case that began elsewhere: the stage is in the address, and the page asks what it needs."""
    with look() as unit:
        places = places_of(unit)
    where = next((one for one in Where if one.value == request.args.get("stage")), None)
    if where is None:
        if request.args.get("stage") in PLAN_WHERE_WORDS:
            return redirect(url_for("escalations.enter_plan", stage=request.args["stage"]))
        return _which_stage()
    choices = {
        "authority_id": [Choice(str(one), name) for one, name in places.items()],
        "source": [Choice(code, words) for code, words in filing.SOURCES.items()],
        "turned": [Choice(one.value, TURNED_WORDS[one]) for one in TURNED.get(where, ())],
    }
    asked = _asked(where)
    left_out = {*_SOME} - {*asked}
    schema = (TurnedSchema if where in TURNED else EnteringSchema)(exclude=left_out)
    nobody = False
    if request.method == "POST":
        form = Form.sent(schema, choices=choices)
        if form.accepted:
            values = dict(form.values)
            try:
                authority_id = authority_of(values.pop("authority_id"), places)
                is_new = bool(values.pop("is_new"))
                entry = _entry(where, values)
                with act() as deed:
                    nobody = not filing.look_up(deed, authority_id, entry.filing)
                with act() as deed:
                    request_id = entering.enter_case(deed, authority_id, entry, is_new=is_new)
            except Invalid as failure:
                form.refuse(failure)
            except Conflict as failure:
                form.refuse(Invalid(failure.message, {"": failure.message}))
            else:
                flash("The case is brought in. Its dates are worked out from the days that you gave.")
                return redirect(case_page(request_id), 303)
    else:
        form = Form(schema, choices=choices)
    page = render_template(
        "escalations/entering.html",
        form=form,
        where=where,
        stage=WHERE_WORDS[where][0],
        asked=[name for name in asked if name != "received_on"],
        several=len(places) > 1,
        offers_new=nobody or bool(request.form.get("is_new")),
    )
    return page, form.status


def _asked(where: Where) -> list[str]:
    """What this stage is asked of its past, in the order of the page."""
    found = list(DAYS[where])
    reasons = REASONS.get(where)
    if reasons is not None:
        decided = "decided_on" if reasons == "decision_reasons" else "no_plan_on"
        found.insert(found.index(decided) + 1, reasons)
    if where in APPEALED:
        found.append("hearing_on")
    if where in TURNED:
        found.insert(found.index("order_on"), "turned")
    return found


def _which_stage() -> ResponseReturnValue:
    stages = [*WHERE_WORDS.items(), *PLAN_WHERE_WORDS.items()]
    choices = {"stage": [Choice(str(one), *words) for one, words in stages]}
    asked = "stage" in request.args or request.method == "POST"
    form = Form(WhereSchema(), request.args if asked else None, choices=choices)
    return render_template("escalations/entering_stage.html", form=form), form.status


def _entry(where: Where, values: dict[str, Any]) -> Entry:
    details = Details(**{name: values[name] for name in _OF_CHILD}, upn=values["upn"] or None)
    came = Filing(
        details=details,
        youth_accommodation=bool(values["youth_accommodation"]),
        **{name: values[name] for name in _OF_REQUEST},
    )
    given: dict[str, Any] = {
        name: values.get(name) for name in (*_PAST, "hearing_on") if name != "received_on"
    }
    given |= {name: values.get(name) or "" for name in REASONS.values()}
    given["turned"] = Result(values["turned"]) if values.get("turned") else None
    return Entry(came, where, **given)
