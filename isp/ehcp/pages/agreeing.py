"""The family says whether it agrees with a version of the plan; the authority reads what was said."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access.policy import Permission
from isp.ehcp import agreement, queries, rules
from isp.ehcp.pages.blueprint import names, pages, plan_facts
from isp.ehcp.schemas import AgreementSchema, FiledAgreementSchema
from isp.kernel.errors import Conflict, Invalid
from isp.people.here import act, look, signed_in
from isp.web.asking import Choice
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
    status, shown = None, _shown(agreement.shown_of(said))
    if form.accepted:
        try:
            with act() as deed:
                agreement.say(deed, plan_id, number, form.values["answer"], form.values["words"], shown=shown)
        except Invalid as failure:
            form.refuse(failure)
        except Conflict as failure:
            form.errors[""] = failure.message
            status = failure.status
        else:
            flash("The council has your answer.", "success")
            return redirect(url_for("ehcp.version", plan_id=plan_id, number=number), 303)
    is_draft = version.sort == rules.Sort.DRAFT_SENT
    page = render_template(
        "ehcp/answer.html",
        form=form,
        number=number,
        is_draft=is_draft,
        said=said,
        shown=shown,
        changed=status is not None,
        CAME_BY=rules.CAME_BY,
        MY_ANSWERS=rules.MY_ANSWERS,
        **facts,
    )
    return page, status or form.status


@pages.route("/ehc-plans/<uuid:plan_id>/versions/<int:number>/file-answer", methods=["GET", "POST"])
@signed_in
def file_answer(plan_id: UUID, number: int) -> ResponseReturnValue:
    """An officer files what one of the family said of this version by post or otherwise."""
    with look() as unit:
        row, decision = queries.allowed(unit, plan_id, Permission.EHCP_AGREEMENT_FILE)
        version = queries.reading_of(unit, row, decision, number).version
        rules.check_answerable(agreement.may_file(unit, row, decision, version))
        family = names(unit, agreement.family_of(unit, row))
        found = agreement.of_version(unit, row, decision, number)
        people = names(unit, {one.person_id for one in found} | {one.filed.by for one in found if one.filed})
        newest = agreement.newest(unit, row, number)
        facts = plan_facts(unit, row, decision)
        today = unit.today
    offered = sorted((Choice(str(one), name) for one, name in family.items()), key=lambda one: one.text)
    choices = {"person_id": offered}
    schema = FiledAgreementSchema()
    if request.method == "POST":
        form = Form.sent(schema, choices=choices)
    else:
        form = Form(schema, choices=choices, initial={"came_on": today})
    status, shown = None, _shown(newest)
    if form.accepted:
        try:
            with act() as deed:
                agreement.file(deed, plan_id, number, **form.values, shown=shown)
        except Invalid as failure:
            form.refuse(failure)
        except Conflict as failure:
            form.errors[""] = failure.message
            status = failure.status
        else:
            flash("The answer is filed, and whoever gave it is told.", "success")
            return redirect(url_for("ehcp.version", plan_id=plan_id, number=number), 303)
    page = render_template(
        "ehcp/file_answer.html",
        form=form,
        number=number,
        able=bool(offered),
        found=found,
        people=people,
        shown=shown,
        changed=status is not None,
        ANSWERS=rules.AGREEMENT_WORDS,
        CAME_BY=rules.CAME_BY,
        **facts,
    )
    return page, status or form.status


def _shown(now: str) -> str | None:
    """What the form carries: as it was sent, so that who has not seen what changed is refused again."""
    return (request.form.get("shown") or None) if request.method == "POST" else now


@pages.get("/ehc-plans/<uuid:plan_id>/answers")
@signed_in
def answers(plan_id: UUID) -> ResponseReturnValue:
    """What the family says of the plan, of every version, for the authority."""
    with look() as unit:
        row, decision, found = agreement.read_all(unit, plan_id)
        people = names(unit, {one.person_id for one in found} | {one.filed.by for one in found if one.filed})
        facts = plan_facts(unit, row, decision)
    return render_template(
        "ehcp/answers.html",
        found=found,
        people=people,
        ANSWERS=rules.AGREEMENT_WORDS,
        CAME_BY=rules.CAME_BY,
        **facts,
    )
