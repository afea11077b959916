"""The family says whether it agrees with a version of the plan; the authority reads what was said."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access.policy import Permission
from isp.ehcp import agreement, queries, rules
from isp.ehcp.pages.blueprint import names, pages, plan_facts
from isp.ehcp.schemas import AgreementSchema
from isp.kernel.errors import Invalid
from isp.people.here import act, look, signed_in
from isp.web.forms import Form


@pages.route("/ehc-plans/<uuid:plan_id>/versions/<int:number>/answer", methods=["GET", "POST"])
@signed_in
def answer(plan_id: UUID, number: int) -> ResponseReturnValue:
    """One of the family, or the young person, says whether she agrees with this version."""
    with look() as unit:
        row, decision = queries.allowed(unit, plan_id, Permission.EHCP_AGREE)
        version = queries.reading_of(unit, row, decision, number).version
        rules.check_answerable(agreement.may_answer(unit, row, decision, version))
        said = agreement.mine(unit, row, decision, number)
        facts = plan_facts(unit, row, decision)
    initial = {"answer": said.answer, "words": said.words} if said is not None else {}
    schema = AgreementSchema()
    form = Form.sent(schema) if request.method == "POST" else Form(schema, initial=initial)
    if form.accepted:
        try:
            with act() as deed:
                agreement.say(deed, plan_id, number, form.values["answer"], form.values["words"])
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The council has your answer.", "success")
            return redirect(url_for("ehcp.version", plan_id=plan_id, number=number), 303)
    is_draft = version.sort == rules.Sort.DRAFT_SENT
    page = render_template(
        "ehcp/answer.html", form=form, number=number, is_draft=is_draft, said=said, **facts
    )
    return page, form.status


@pages.get("/ehc-plans/<uuid:plan_id>/answers")
@signed_in
def answers(plan_id: UUID) -> ResponseReturnValue:
    """What the family says of the plan, of every version, for the authority."""
    with look() as unit:
        row, decision, found = agreement.read_all(unit, plan_id)
        people = names(unit, {one.person_id for one in found})
        facts = plan_facts(unit, row, decision)
    return render_template(
        "ehcp/answers.html", found=found, people=people, ANSWERS=rules.AGREEMENT_WORDS, **facts
    )
