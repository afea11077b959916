"""The authority's pages: the cases, one case, and what is decided about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access.policy import Permission
from isp.audit import Unit
from isp.escalations import actions, deadlines, lists, parties, queries
from isp.escalations.lists import Listed
from isp.escalations.pages.blueprint import TURN_WORDS, about, after, case_facts, case_page, pages, people
from isp.escalations.queries import side_of
from isp.escalations.schemas import AppealSchema, AssignSchema, CloseAppealSchema, DecisionSchema
from isp.escalations.stages import PENDING, REFUSED, STAGE_WORDS, Stage
from isp.kernel.errors import Invalid
from isp.people.here import act, look, person_id, signed_in
from isp.people.roles import Role
from isp.register import pupils
from isp.web.asking import Choice
from isp.web.filters import count_of
from isp.web.forms import Form
from isp.web.paging import Window, read_page


@pages.get("/cases")
@signed_in
def my_cases() -> ResponseReturnValue:
    with look() as unit:
        found = lists.my_cases(unit)
        named = pupils.names(unit, {one.row.pupil_id for one in found})
        today = unit.today
    pressing = [one for one in found if one.now.is_pressing(today)]
    rest = [one for one in found if one not in pressing]
    groups = [("Going out of timescale", pressing)] if pressing else []
    groups += [
        (STAGE_WORDS[stage], listed)
        for stage in Stage
        if (listed := [one for one in rest if one.now.stage is stage])
    ]
    return render_template(
        "escalations/cases.html",
        groups=groups,
        named=named,
        today=today,
        STAGE_WORDS=STAGE_WORDS,
        TURN_WORDS=TURN_WORDS,
    )


@pages.get("/cases/all")
@signed_in
def all_cases() -> ResponseReturnValue:
    """By reference: stage, dates, officer. No child is named, and only what is one's own opens."""
    with look() as unit:

        def fetch(window: Window) -> list[Listed]:
            place: Any = window.position
            where = {"after" if window.backwards else "before": place}
            return lists.all_cases(unit, limit=window.limit, **where)

        page = read_page(
            fetch,
            lambda one: (one.row.received_on, one.row.id),
            scope=f"cases.{person_id()}",
            cursor=request.args.get("from"),
        )
        lists.record_all_cases(unit, page.items)
        mine = lists.opens(unit)
        named = people(unit, {one.row.officer_id for one in page.items})
        today = unit.today
    return render_template(
        "escalations/all_cases.html",
        page=page,
        mine=mine,
        named=named,
        today=today,
        STAGE_WORDS=STAGE_WORDS,
        TURN_WORDS=TURN_WORDS,
    )


@pages.get("/cases/<uuid:request_id>")
@signed_in
def case(request_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_READ)
        if side_of(decision) != "authority":
            return redirect(about(row.pupil_id))
        facts = case_facts(unit, queries.read_case(unit, request_id))
    return render_template("escalations/case.html", me=person_id(), **facts)


@pages.get("/cases/<uuid:request_id>/decision")
@signed_in
def decision(request_id: UUID) -> ResponseReturnValue:
    """What was decided and why, and what the right of appeal is: for all who may read the request."""
    with look() as unit:
        found = queries.read_case(unit, request_id)
        facts = case_facts(unit, found)
    if found.row.decided_on is None:
        return redirect(after(found.decision, found.row.pupil_id, request_id))
    limit = deadlines.appeal_due(found.row.decided_on) if found.row.status == REFUSED else None
    back = after(found.decision, found.row.pupil_id, request_id)
    return render_template("escalations/decision.html", limit=limit, back_to=back, **facts)


@pages.route("/cases/<uuid:request_id>/decide", methods=["GET", "POST"])
@signed_in
def decide(request_id: UUID) -> ResponseReturnValue:
    form: Form | None = None
    if request.method == "POST":
        form = Form.sent(DecisionSchema())
        if form.accepted:
            try:
                with act() as deed:
                    actions.decide(deed, request_id, shown=_shown(), **_decision(form.values))
            except Invalid as failure:
                form.refuse(failure)
            else:
                flash("The decision is recorded, and the family and the school are told that there is one.")
                return redirect(f"{case_page(request_id)}/decision", 303)
    with look() as unit:
        queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE)
        facts = case_facts(unit, queries.read_case(unit, request_id))
    if form is None:
        if facts["row"].status != PENDING:
            return redirect(case_page(request_id))
        form = Form(DecisionSchema(), initial={"decided_on": facts["today"]})
    return render_template("escalations/decide.html", form=form, **facts), form.status


def _decision(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "limb_a": values["limb_a"] == "yes", "limb_b": values["limb_b"] == "yes"}


def _shown() -> int | None:
    return request.form.get("shown", type=int)


@pages.route("/cases/<uuid:request_id>/assign", methods=["GET", "POST"])
@signed_in
def assign(request_id: UUID) -> ResponseReturnValue:
    form: Form | None = None
    if request.method == "POST":
        with look() as unit:
            row, _ = queries.allowed(unit, request_id, Permission.ASSESSMENT_ASSIGN)
            form = Form.sent(AssignSchema(), choices={"officer_id": _officers(unit, row)})
        if form.accepted:
            with act() as deed:
                actions.assign(deed, request_id, form.values["officer_id"], shown=_shown())
            flash("The case has been given over.")
            return redirect(case_page(request_id), 303)
    with look() as unit:
        row, _ = queries.allowed(unit, request_id, Permission.ASSESSMENT_ASSIGN)
        facts = case_facts(unit, queries.read_case(unit, request_id))
        choices = _officers(unit, row)
    form = form or Form(AssignSchema(), choices={"officer_id": choices})
    return render_template("escalations/assign.html", form=form, choices=choices, **facts), form.status


def _officers(unit: Unit, row: Any) -> list[Choice]:
    able = parties.officers_for(
        unit, row.authority_id, row.pupil_id, Role.AUTHORITY_OFFICER, Role.AUTHORITY_MANAGER
    )
    named = people(unit, able)
    found = [
        Choice(str(one), named[one], f"{count_of(count, 'open case').capitalize()} now")
        for one, count in able.items()
        if one != row.officer_id
    ]
    return sorted(found, key=lambda choice: choice.text)


@pages.route("/cases/<uuid:request_id>/appeal", methods=["GET", "POST"])
@signed_in
def appeal(request_id: UUID) -> ResponseReturnValue:
    return _appeal(request_id, AppealSchema, actions.record_appeal, "appeal", "The appeal is recorded.")


@pages.route("/cases/<uuid:request_id>/close-appeal", methods=["GET", "POST"])
@signed_in
def close_appeal(request_id: UUID) -> ResponseReturnValue:
    said = "The end of the appeal is recorded."
    return _appeal(request_id, CloseAppealSchema, actions.close_appeal, "close_appeal", said)


def _appeal(request_id: UUID, schema: Any, deed: Any, name: str, said: str) -> ResponseReturnValue:
    form = Form.sent(schema()) if request.method == "POST" else Form(schema())
    with look() as unit:
        row, held = queries.allowed(unit, request_id, Permission.ASSESSMENT_APPEAL)
    if form.accepted:
        try:
            with act() as doing:
                deed(doing, request_id, **form.values)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash(said)
            # The authority's sight may have ended with this very deed: then the list is where it goes on.
            ended = name == "close_appeal" and side_of(held) == "authority"
            return redirect("/cases" if ended else after(held, row.pupil_id, request_id), 303)
    with look() as unit:
        queries.allowed(unit, request_id, Permission.ASSESSMENT_APPEAL)
        facts = case_facts(unit, queries.read_case(unit, request_id))
    back = after(held, row.pupil_id, request_id)
    return render_template(f"escalations/{name}.html", form=form, back_to=back, **facts), form.status
