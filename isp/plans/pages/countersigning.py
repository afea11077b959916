"""Countersigning: where it stands, asking, agreeing and refusing; and whom a school wants to ask."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import OrganisationPermission, Permission
from isp.kernel.errors import Invalid, NotAllowed
from isp.people.here import act, look, person_id, signed_in
from isp.plans import countersigning, queries
from isp.plans.countersigning import ROLE_WORDS
from isp.plans.pages.blueprint import around, pages, spoken
from isp.plans.pages.deciding import shown_revision
from isp.plans.pages.settling import changes_since_base
from isp.plans.schemas import CountersignRuleSchema
from isp.web.forms import Form
from isp.web.shown import an_id

DONE = {
    "ask": "Asked. You will be told of the answer.",
    "agree": "Countersigned, exactly as it is now. Whoever writes it has been told.",
    "refuse": "Sent back with what you said. Whoever writes it has been told.",
}


@pages.route("/plans/<uuid:record_id>/countersign", methods=["GET", "POST"])
@signed_in
def countersign(record_id: UUID) -> ResponseReturnValue:
    """One page for both: whoever writes asks here, whoever was asked answers here."""
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _do(record_id, request.form.get("do", ""))
        except Invalid as failure:
            problems = dict(failure.errors)
    with look() as unit:
        row, decision, draft = queries.read_draft(unit, record_id)
        standing = countersigning.standing(unit, row, decision, draft)
        changes = changes_since_base(unit, decision, draft)
        held = countersigning.newest(unit, draft.id)
        offered = countersigning.signers(unit, row, standing.role) if standing.is_wanted else []
        people = [*offered, *((held.asked_by, held.asked_of) if held is not None else ())]
        surroundings = around(unit, row.pupil_id, people)
    mine = held is not None and held.asked_of == person_id() and held.status == countersigning.ASKED
    mine = mine and held is not None and held.revision == draft.revision
    page = render_template(
        "plans/countersign.html",
        record_id=record_id,
        draft=draft,
        standing=standing,
        held=held,
        mine=mine,
        role=ROLE_WORDS[standing.role],
        offered=[(str(one), surroundings.name(one)) for one in offered],
        name=surroundings.name,
        changes=changes,
        spoken=spoken,
        problems=problems,
        may_ask=decision.can(Permission.DRAFT_WRITE),
        caption=surroundings.caption,
    )
    return page, 422 if problems else 200


def _do(record_id: UUID, deed: str) -> ResponseReturnValue:
    with act() as unit:
        queries.allowed(unit, record_id, Permission.DRAFT_READ)  # who asks comes before what was asked
        if deed == "ask":
            of = an_id(request.form.get("of")) or UUID(int=0)
            countersigning.ask(unit, record_id, shown_revision(), of)
        else:
            agrees = deed == "agree"
            reason = request.form.get("reason", "")
            countersigning.answer(unit, record_id, shown_revision(), agrees=agrees, reason=reason)
            deed = "agree" if agrees else "refuse"
    flash(DONE[deed], "success")
    return redirect(url_for("plans.countersign", record_id=record_id), 303)


@pages.route("/settings/countersigning", methods=["GET", "POST"])
@signed_in
def countersigning_rule() -> ResponseReturnValue:
    """Who countersigns at a school, from which day on."""
    asked = CountersignRuleSchema()
    choices = {"role": list(ROLE_WORDS.items())}
    with look() as unit:
        mine = gate.organisations_where(unit, OrganisationPermission.COUNTERSIGN_RULE_WRITE)
        school_id = request.values.get("school", type=UUID) or (mine[0] if mine else None)
        if school_id is None:
            raise NotAllowed
        gate.require_in_organisation(unit, OrganisationPermission.COUNTERSIGN_RULE_WRITE, school_id)
        now = countersigning.rule_on(unit, school_id, unit.today)
        initial = {"role": now, "valid_from": unit.today}
    sent = request.method == "POST"
    form = Form.sent(asked, choices=choices) if sent else Form(asked, initial=initial, choices=choices)
    if form.accepted:
        try:
            with act() as unit:
                countersigning.set_rule(unit, school_id, form.values["role"], form.values["valid_from"])
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("Saved.", "success")
            return redirect(url_for("office.settings"), 303)
    page = render_template(
        "plans/countersigning_rule.html", form=form, school_id=school_id, now=ROLE_WORDS[now]
    )
    return page, form.status
