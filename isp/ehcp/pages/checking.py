"""Whether what section F promises is given: what is owed, a worry, and recording what was found."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.ehcp import checks, checks_lists, queries, rules, sight
from isp.ehcp.pages.blueprint import names, pages, plan_facts
from isp.ehcp.schemas import CheckSchema, FindingSchema, WorrySchema
from isp.kernel.errors import Invalid, NotFound
from isp.people.here import act, look, signed_in
from isp.web.forms import Form
from isp.web.paging import page_in_memory


@pages.get("/provision-checks")
@signed_in
def waiting_checks() -> ResponseReturnValue:
    """The checks that wait for the school or the officer, and what is owed, over all their children."""
    with look() as unit:
        found = checks_lists.waiting(unit)
    page = page_in_memory(
        found, lambda one: one.plan_id, scope="provision-checks", cursor=request.args.get("from")
    )
    return render_template("ehcp/waiting.html", page=page, OCCASIONS=rules.OCCASION_WORDS)


@pages.get("/ehc-plans/<uuid:plan_id>/checks")
@signed_in
def provision_checks(plan_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        found = checks.overview(unit, plan_id)
        people = names(
            unit,
            [
                *(one.row.raised_by for one in found.checks if _is_named(one, found.decision)),
                *(one.newest.made_by for one in found.promises if one.newest),
            ],
        )
        facts = plan_facts(unit, found.row, found.decision)
        today = unit.today
    return render_template(
        "ehcp/checks.html",
        found=found,
        people=people,
        today=today,
        OCCASIONS=rules.OCCASION_WORDS,
        FINDINGS=rules.FINDING_WORDS,
        **facts,
    )


def _is_named(one: checks.Check, decision: Decision) -> bool:
    """Whether a reader is told who asked: to one of the family, another's worry is nobody's."""
    if not sight.is_family(decision):
        return True
    return bool(one.row.occasion != rules.WORRY or one.row.raised_by == decision.person_id)


@pages.route("/ehc-plans/<uuid:plan_id>/checks/new", methods=["GET", "POST"])
@signed_in
def raise_check(plan_id: UUID) -> ResponseReturnValue:
    """A check that the school or the authority asks for; of the family, a worry."""
    with look() as unit:
        row, decision = queries.allowed(unit, plan_id, Permission.EHCP_WORRY)
        rules.check_in_force(row.state)
        facts = plan_facts(unit, row, decision)
    schema = CheckSchema() if decision.can(Permission.EHCP_CHECK) else WorrySchema()
    form = Form.sent(schema) if request.method == "POST" else Form(schema)
    if form.accepted:
        try:
            with act() as deed:
                occasion = form.values.get("occasion", rules.WORRY)
                checks.raise_check(deed, plan_id, occasion, form.values["words"])
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("It is recorded, and the school and the authority see it.", "success")
            return redirect(url_for("ehcp.provision_checks", plan_id=plan_id), 303)
    return render_template("ehcp/raise_check.html", form=form, **facts), form.status


@pages.get("/provision-checks/<uuid:check_id>")
@signed_in
def one_check(check_id: UUID) -> ResponseReturnValue:
    return _check_page(check_id, {})


@pages.post("/provision-checks/<uuid:check_id>")
@signed_in
def save_check(check_id: UUID) -> ResponseReturnValue:
    """Record what was found of each entry that is answered; close the check where that was asked."""
    with look() as unit:
        check, found = checks.one_check(unit, check_id)
    forms = {one.item_id: Form.sent(FindingSchema(), prefix=f"{one.item_id}-") for one in found.promises}
    answered = {item: form for item, form in forms.items() if request.form.get(f"{item}-finding")}
    if any(form.errors for form in answered.values()):
        return _check_page(check_id, forms)
    try:
        with act() as deed:
            for item, form in answered.items():
                values = form.values
                try:
                    if _is_new(check, item, values):
                        checks.record_finding(
                            deed, check_id, item, values["finding"], values["since"], values["evidence"]
                        )
                except Invalid as failure:
                    form.refuse(failure)
                    raise
            owed = checks.close_check(deed, check_id) if request.form.get("do") == "close" else None
    except Invalid:
        return _check_page(check_id, forms)
    flash("Saved." if owed is None else f"The check is closed: {owed} not given in full.", "success")
    if owed is None:
        return redirect(url_for("ehcp.one_check", check_id=check_id), 303)
    return redirect(url_for("ehcp.provision_checks", plan_id=found.row.id), 303)


def _is_new(check: checks.Check, item: str, values: Mapping[str, object]) -> bool:
    """Whether an answer says something else than what this check holds already."""
    held = check.found.get(item)
    told = (values["finding"], values["since"], values["evidence"])
    return held is None or (held.finding, held.since, held.evidence) != told


def _check_page(check_id: UUID, sent: Mapping[str, Form]) -> ResponseReturnValue:
    with look() as unit:
        check, found = checks.one_check(unit, check_id)
        facts = plan_facts(unit, found.row, found.decision)
    if check.row.state != "open":
        return redirect(url_for("ehcp.provision_checks", plan_id=found.row.id))
    forms = {one.item_id: sent.get(one.item_id) or _form(check, one.item_id) for one in found.promises}
    if not forms and sent:
        raise NotFound
    errors = [error for form in forms.values() for error in form.error_list]
    page = render_template(
        "ehcp/check.html",
        check=check,
        found=found,
        forms=forms,
        errors=errors,
        OCCASIONS=rules.OCCASION_WORDS,
        **facts,
    )
    return page, 422 if errors else 200


def _form(check: checks.Check, item: str) -> Form:
    held = check.found.get(item)
    initial = {"finding": held.finding, "since": held.since, "evidence": held.evidence} if held else None
    return Form(FindingSchema(), initial=initial, prefix=f"{item}-")
