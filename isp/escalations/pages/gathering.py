"""The officer chooses which advice of the case section K of the plan names."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.ehcp.pages.blueprint import plan_facts
from isp.escalations import gathering
from isp.escalations.advice_schemas import GatherSchema
from isp.escalations.pages.blueprint import pages
from isp.kernel.errors import Invalid
from isp.people.here import act, look, signed_in
from isp.web.asking import Choice
from isp.web.filters import count_of, date_words
from isp.web.forms import Form


@pages.route("/ehc-plans/<uuid:plan_id>/gathered-advice", methods=["GET", "POST"])
@signed_in
def gather_advice(plan_id: UUID) -> ResponseReturnValue:
    """Name accepted advice in section K of the draft, each by its version."""
    with look() as unit:
        row, decision, found = gathering.offered(unit, plan_id)
        facts = plan_facts(unit, row, decision)
    choices = {"advice": [Choice(str(one.version_id), _words(one), _hint(one)) for one in found]}
    schema = GatherSchema()
    sent = request.method == "POST"
    form = Form.sent(schema, choices=choices) if sent else Form(schema, choices=choices)
    if form.accepted:
        try:
            with act() as deed:
                count = gathering.name_advice(deed, plan_id, form.values["advice"])
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash(f"Section K names {count_of(count, 'more piece')} of advice.", "success")
            return redirect(url_for("ehcp.edit_section", plan_id=plan_id, letter="k"), 303)
    page = render_template("escalations/gather_advice.html", form=form, found=found, **facts)
    return page, form.status


def _words(one: gathering.Accepted) -> str:
    who = ", ".join(part for part in (one.author, one.role) if part)
    return f"{one.title}: {who}" if who else one.title


def _hint(one: gathering.Accepted) -> str:
    return f"Came on {date_words(one.given_on)}, {one.which}"
