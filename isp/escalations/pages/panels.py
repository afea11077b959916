"""Panels: those of the authority, one with its pack, what it recommends; and a case before one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import OrganisationPermission, Permission
from isp.audit import Chain, Event
from isp.escalations import panel_queries, panels, queries
from isp.escalations import panel_rules as rules
from isp.escalations.advice_schemas import BeforePanelSchema, HeldSchema, PanelSchema, RecommendSchema
from isp.escalations.pages.blueprint import case_page, pages, people, shown_version
from isp.kernel.errors import Invalid, NotAllowed, NotFound
from isp.people.here import act, look, signed_in
from isp.register import pupils
from isp.web.asking import Choice
from isp.web.filters import date_words
from isp.web.forms import Form


def panel_page(panel_id: UUID) -> str:
    """The page of one panel."""
    return f"/panels/{panel_id}"


_WORDS: dict[str, Any] = {
    "KINDS": rules.KINDS,
    "STATES": rules.STATES,
    "words_of": rules.recommendation_words,
}


@pages.get("/panels")
@signed_in
def all_panels() -> ResponseReturnValue:
    """The panels, and the cases that no panel has looked at."""
    with look() as unit:
        found = panel_queries.panels_of(unit)
        without = panel_queries.without_panel(unit)
        may_plan = bool(gate.organisations_where(unit, OrganisationPermission.PANELS_WRITE))
        today = unit.today
    return render_template(
        "escalations/panels.html", panels=found, without=without, may_plan=may_plan, today=today, **_WORDS
    )


@pages.route("/panels/plan", methods=["GET", "POST"])
@signed_in
def plan_panel() -> ResponseReturnValue:
    with look() as unit:
        places = gate.organisations_where(unit, OrganisationPermission.PANELS_WRITE)
        if not places:
            if gate.organisations_where(unit, OrganisationPermission.PANELS_READ):
                raise NotAllowed
            raise NotFound(gate.NO_PAGE)
    form = Form.sent(PanelSchema()) if request.method == "POST" else Form(PanelSchema())
    if form.accepted:
        try:
            with act() as deed:
                panel_id = panels.plan_panel(deed, places[0], **form.values)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The panel is planned. Officers can put cases before it.")
            return redirect(panel_page(panel_id), 303)
    return render_template("escalations/panel_plan.html", form=form), form.status


@pages.get("/panels/<uuid:panel_id>")
@signed_in
def panel(panel_id: UUID) -> ResponseReturnValue:
    """The agenda and the pack: of each case that the reader's ties open, what lies before the panel."""
    return render_template("escalations/panel.html", **_agenda(panel_id))


def _agenda(panel_id: UUID) -> dict[str, Any]:
    with look() as unit:
        found = panel_queries.read_panel(unit, panel_id)
        mine = gate.organisations_where(unit, OrganisationPermission.PANELS_WRITE)
        named = people(unit, {one.request.officer_id for one in found.items})
        today = unit.today
    return {
        "found": found,
        "row": found.row,
        "may_plan": found.row.authority_id in mine,
        "named": named,
        "today": today,
        "href": panel_page(panel_id),
        "there": [rules.MEMBERS[code] for code in found.row.members.split()],
        **_WORDS,
    }


@pages.route("/panels/<uuid:panel_id>/held", methods=["GET", "POST"])
@signed_in
def panel_held(panel_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        row, _ = panel_queries.allowed(unit, panel_id, OrganisationPermission.PANELS_WRITE)
    form = Form.sent(HeldSchema()) if request.method == "POST" else Form(HeldSchema())
    if form.accepted:
        try:
            with act() as deed:
                shown = shown_version()
                panels.hold(deed, panel_id, **form.values, shown=shown)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("It is recorded that the panel was held. The decisions are the officers’.")
            return redirect(panel_page(panel_id), 303)
    page = render_template("escalations/panel_held.html", form=form, row=row, href=panel_page(panel_id))
    return page, form.status


@pages.post("/panels/<uuid:panel_id>/call-off")
@signed_in
def call_panel_off(panel_id: UUID) -> ResponseReturnValue:
    with act() as deed:
        panels.call_off(deed, panel_id)
    flash("The panel is called off. Its cases are without a panel again.")
    return redirect(url_for("escalations.all_panels"), 303)


@pages.route("/panels/<uuid:panel_id>/items/<uuid:panel_item_id>", methods=["GET", "POST"])
@signed_in
def panel_item(panel_id: UUID, panel_item_id: UUID) -> ResponseReturnValue:
    """What the panel recommends in one case."""
    facts = _agenda(panel_id)
    item = next((one for one in facts["found"].items if one.row.id == panel_item_id and one.opens), None)
    if item is None:
        raise NotFound(gate.NO_PAGE)
    choices = {
        "recommendation": [
            Choice(code, words) for code, words in rules.RECOMMENDATIONS[facts["row"].kind].items()
        ]
    }
    schema = RecommendSchema()
    form = Form.sent(schema, choices=choices) if request.method == "POST" else Form(schema, choices=choices)
    if form.accepted:
        try:
            with act() as deed:
                shown = shown_version()
                panels.recommend(deed, panel_id, panel_item_id, **form.values, shown=shown)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("It is recorded. The decision is still the officer’s, under the legal test.")
            return redirect(panel_page(panel_id), 303)
    page = render_template(
        "escalations/panel_item.html", **facts, item=item, form=form, caption=item.pupil.full
    )
    return page, form.status


@pages.post("/panels/<uuid:panel_id>/items/<uuid:panel_item_id>/take-off")
@signed_in
def take_off_panel(panel_id: UUID, panel_item_id: UUID) -> ResponseReturnValue:
    with act() as deed:
        panels.take_off(deed, panel_id, panel_item_id)
    flash("The case is off the agenda.")
    return redirect(panel_page(panel_id), 303)


@pages.route("/cases/<uuid:request_id>/panel", methods=["GET", "POST"])
@signed_in
def case_panel(request_id: UUID) -> ResponseReturnValue:
    """Which panels a case was before, what they recommend, and which it is put before next."""
    with look() as unit:
        row, decision = queries.allowed(unit, request_id, Permission.ADVICE_READ)
        before = panel_queries.before_panels(unit, row)
        there = {one.panel.id for one in before}
        coming = [one for one in panel_queries.to_come(unit, row.authority_id) if one.id not in there]
        caption = pupils.name(unit, row.pupil_id).full
        unit.record(decision, Event.ADVICE_VIEWED, Chain.pupil(row.pupil_id), obj=("assessment", request_id))
    choices = {
        "panel_id": [
            Choice(str(one.id), f"{date_words(one.held_on)}: {rules.KINDS[one.kind].lower()}")
            for one in coming
        ]
    }
    schema = BeforePanelSchema()
    form = Form.sent(schema, choices=choices) if request.method == "POST" else Form(schema, choices=choices)
    if form.accepted:
        with act() as deed:
            panels.put_before(deed, request_id, form.values["panel_id"])
        flash("The case is on the panel’s agenda.")
        return redirect(f"{case_page(request_id)}/panel", 303)
    page = render_template(
        "escalations/case_panel.html",
        form=form,
        before=before,
        coming=coming,
        row=row,
        caption=caption,
        href=case_page(request_id),
        **_WORDS,
    )
    return page, form.status
