"""Advice asked of me: the pages of whoever is asked, with only her own part of a case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access.policy import BY_GRANT, Standing
from isp.documents.pages.blueprint import most_bytes, taken_from
from isp.documents.pages.filing import CHOOSE_AGAIN
from isp.documents.pages.too_large import sent_form
from isp.escalations import advice, advice_in, advice_queries
from isp.escalations import advice_rules as rules
from isp.escalations.advice_queries import Own
from isp.escalations.advice_schemas import ReasonSchema, ReportSchema
from isp.escalations.pages.blueprint import layout_of, pages
from isp.kernel import clock
from isp.kernel.errors import Conflict, Invalid
from isp.people.here import act, look, signed_in
from isp.plans.pages.sent import raws, script_body
from isp.web.filters import time_words
from isp.web.forms import Form
from isp.web.shell import belongs_to

LABELS = {
    "needs": (
        "What are the child’s needs?",
        "What you found: say what was seen or tested, and when.",
    ),
    "provision": (
        "What provision do they call for?",
        "Specific and counted where it can be: what, how often, how long, by whom.",
    ),
    "outcomes": ("Which outcomes is it for?", "What the child should be able to do, and by when."),
}
PLAIN_LABELS = {
    "needs": ("What is hard, and what goes well?", "In your own words. There is no right or wrong here."),
    "provision": ("What would help?", "What has helped before, and what should be there."),
    "outcomes": ("What are you hoping for?", "What should be easier in a year or two."),
}
OVER = frozenset({rules.ACCEPTED, rules.DECLINED, rules.WITHDRAWN})


@pages.get("/advice")
@signed_in
def asked_of_me() -> ResponseReturnValue:
    with look() as unit:
        found = advice_queries.asked_of_me(unit)
        today = unit.today
    groups = [
        ("To write", [one for one in found if one.pupil and one.row.state in rules.WITH_ADVISER]),
        ("In, and being checked", [one for one in found if one.pupil and one.row.state == rules.IN]),
    ]
    return render_template(
        "escalations/advice_mine.html",
        groups=groups,
        over=[one for one in found if one.row.state in OVER],
        today=today,
        KINDS=rules.KINDS,
        STATES=rules.STATE_WORDS,
    )


def _own(advice_id: UUID) -> Own:
    with look() as unit:
        return advice_queries.read_own(unit, advice_id)


def _page(
    own: Own,
    held: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "escalations/advice_write.html",
        **_facts(own),
        held={**own.draft, **(held or {})},
        problems=problems or {},
        limit=rules.TEXT_LIMIT,
    )
    return page, status


def _facts(own: Own) -> dict[str, Any]:
    """What a page about one's own advice needs."""
    family = own.decision.standing in (Standing.PARENT, Standing.YOUNG_PERSON)
    adviser = Standing(own.decision.standing) in BY_GRANT
    belongs_to("/advice")
    return {
        "own": own,
        "asked": own.asked,
        "row": own.asked.row,
        "caption": own.pupil.full,
        "family": family,
        "adviser": adviser,
        "layout": layout_of(own.decision) if family else "layouts/form.html",
        "labels": PLAIN_LABELS if family else LABELS,
        "STATES": rules.STATE_WORDS,
        "SORTS": rules.SORT_WORDS,
    }


@pages.get("/advice/<uuid:advice_id>")
@signed_in
def write_advice(advice_id: UUID) -> ResponseReturnValue:
    return _page(_own(advice_id))


@pages.post("/advice/<uuid:advice_id>")
@signed_in
def save_advice(advice_id: UUID) -> ResponseReturnValue:
    """Save what the form sent, and hand it in where its button says so; what cannot be kept comes back."""
    typed = {name: request.form[name].replace("\r\n", "\n") for name in rules.BOXES if name in request.form}
    handing_in = request.form.get("do") == "hand-in"
    try:
        with act() as unit:
            saved = advice_in.save_draft(unit, advice_id, typed)
        if not saved.problems and handing_in:
            with act() as unit:
                advice_in.hand_in(unit, advice_id)
    except Invalid as failure:
        return _page(_own(advice_id), typed, failure.errors, 422)
    except Conflict as failure:
        return _page(_own(advice_id), typed, {"": failure.message}, 409)
    if saved.problems:
        return _page(_own(advice_id), typed, dict(saved.problems), 422)
    if handing_in:
        flash("Thank you. Your advice is in, and the officer is told.", "success")
    else:
        flash(f"Saved at {time_words(clock.now())}.", "success")
    return redirect(url_for("escalations.write_advice", advice_id=advice_id), 303)


@pages.post("/advice/<uuid:advice_id>/save")
@signed_in
def autosave_advice(advice_id: UUID) -> ResponseReturnValue:
    """Save as it is typed (static/autosave.js says how the two sides talk). 200 means committed."""
    body = script_body(lambda unit: advice_queries.giving(unit, advice_id))
    sent = {name: raw for name, raw in raws(body.get("changes")).items() if isinstance(raw, str)}
    with act() as unit:
        saved = advice_in.save_draft(unit, advice_id, sent)
        if saved.problems:
            raise Invalid(rules.ATTENTION, dict(saved.problems))
        at = unit.now
    return {
        "revision": saved.number,
        "saved_at": time_words(at),
        "fields": {name: saved.words.get(name, "") for name in sent if name in rules.BOXES},
        "unsettled": 0,
        "settle_url": url_for("escalations.write_advice", advice_id=advice_id),
    }


@pages.route("/advice/<uuid:advice_id>/report", methods=["GET", "POST"])
@signed_in
def hand_in_report(advice_id: UUID) -> ResponseReturnValue:
    own = _own(advice_id)
    rules.check_with_adviser(own.asked.row)
    form = sent_form(ReportSchema()) if request.method == "POST" else Form(ReportSchema())
    if form.accepted:
        values = {name: value for name, value in form.values.items() if name != "file"}
        try:
            taken = taken_from(form)
            with act() as deed:
                advice_in.hand_in_report(deed, advice_id, **values, taken=taken)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("Thank you. Your report is in, and the officer is told.", "success")
            return redirect(url_for("escalations.write_advice", advice_id=advice_id), 303)
    page = render_template(
        "escalations/advice_report.html",
        **_facts(own),
        form=form,
        most=most_bytes(),
        again=CHOOSE_AGAIN if form.errors else "",
    )
    return page, form.status


@pages.route("/advice/<uuid:advice_id>/decline", methods=["GET", "POST"])
@signed_in
def decline_advice(advice_id: UUID) -> ResponseReturnValue:
    own = _own(advice_id)
    rules.check_with_adviser(own.asked.row)
    form = Form.sent(ReasonSchema()) if request.method == "POST" else Form(ReasonSchema())
    if form.accepted:
        try:
            with act() as deed:
                advice.decline(deed, advice_id, **form.values)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The officer is told that you cannot give this advice.", "success")
            return redirect(url_for("escalations.asked_of_me"), 303)
    return render_template("escalations/advice_decline.html", **_facts(own), form=form), form.status
