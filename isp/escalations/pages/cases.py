"""The authority's pages: the cases, one case, and what is decided about it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access.office import texts
from isp.access.policy import Permission
from isp.audit import Unit
from isp.ehcp import agreement
from isp.ehcp.rules import AGREEMENT_WORDS, CAME_BY
from isp.escalations import (
    actions,
    consulting,
    deadlines,
    disputing,
    drafting,
    evidence,
    lists,
    panel_queries,
    parties,
    queries,
    receipt,
    rules,
    stages,
    subjects,
)
from isp.escalations.course import State, appeal_limit, course_of
from isp.escalations.duty import TURN_WORDS
from isp.escalations.letters import queries as letters
from isp.escalations.lists import Listed
from isp.escalations.pages.blueprint import (
    about,
    after,
    case_facts,
    case_page,
    due_words,
    pages,
    people,
    shown_version,
)
from isp.escalations.queries import Case, side_of
from isp.escalations.schemas import (
    AppealSchema,
    AssignSchema,
    CloseAppealSchema,
    DecisionSchema,
    ReceiptSchema,
)
from isp.escalations.stages import PENDING, REFUSED, STAGE_WORDS
from isp.escalations.work import tray
from isp.kernel.errors import Conflict, Invalid
from isp.people.here import act, look, person_id, signed_in
from isp.people.roles import Role
from isp.web.asking import Choice
from isp.web.filters import count_of
from isp.web.forms import Form
from isp.web.paging import Window, read_page


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
        mine = lists.opens(unit, about=(one.row.pupil_id for one in page.items))
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
        begun = facts["case"].assessment
        asked = consulting.consultations_of(unit, begun.id) if begun is not None else []
        answers = drafting.answers_of(unit, begun) if begun is not None else []
        agreed: list[agreement.Said] = []
        if begun is not None and begun.plan_id and decision.can(Permission.EHCP_AGREEMENTS_READ):
            agreed = [one for one in agreement.read_all(unit, begun.plan_id)[2] if one.stands]
        who_agreed = people(
            unit, [*(one.person_id for one in agreed), *(one.filed.by for one in agreed if one.filed)]
        )
        file, _ = subjects.allowed(unit, request_id, Permission.ASSESSMENT_READ)
        owed = letters.owed(unit, file)
        also = tray.due_about(unit, row.pupil_id, row.authority_id, None)
        words = due_words(unit.today)
    return render_template(
        "escalations/case.html",
        also=also,
        due_words=words,
        me=person_id(),
        owed=owed,
        file=file,
        consultations=asked,
        agreed=agreed,
        who_agreed=who_agreed,
        AGREEMENTS=AGREEMENT_WORDS,
        CAME_BY=CAME_BY,
        answers=answers,
        **facts,
    )


@pages.get("/cases/<uuid:request_id>/decision")
@signed_in
def decision(request_id: UUID) -> ResponseReturnValue:
    """What was decided and why, and what the right of appeal is: for all who may read the request."""
    with look() as unit:
        found = queries.read_case(unit, request_id)
        facts = case_facts(unit, found)
    if found.row.decided_on is None:
        return redirect(after(found.decision, found.row.pupil_id, request_id))
    limit = stages.appeal_limit(found.row) if found.row.status == REFUSED else None
    back = after(found.decision, found.row.pupil_id, request_id)
    advised = panel_queries.advised(found.words)
    return render_template(
        "escalations/decision.html",
        limit=limit,
        now_limit=_against_no_plan(found),
        back_to=back,
        advised=advised,
        **facts,
    )


def _against_no_plan(found: Case) -> deadlines.Due | None:
    """The last day to appeal against a decision to issue no plan, while there is one."""
    if found.assessment is None or found.assessment.outcome_on is None or found.assessment.appealed_on:
        return None
    course = course_of(found.assessment)
    return appeal_limit(course, found.assessment.outcome_on) if course.state is State.NO_PLAN else None


@pages.route("/cases/<uuid:request_id>/decide", methods=["GET", "POST"])
@signed_in
def decide(request_id: UUID) -> ResponseReturnValue:
    form: Form | None = None
    if request.method == "POST":
        with look() as unit:
            queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE)
            form = Form.sent(DecisionSchema(), choices=_evidence(unit, request_id))
        if form.accepted:
            try:
                with act() as deed:
                    actions.decide(deed, request_id, shown=shown_version(), **_decision(form.values))
            except Invalid as failure:
                form.refuse(failure)
            else:
                flash("The decision is recorded, and the family and the school are told that there is one.")
                return redirect(f"{case_page(request_id)}/decision", 303)
    with look() as unit:
        queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE)
        facts = case_facts(unit, queries.read_case(unit, request_id))
        choices = _evidence(unit, request_id)
        before = [one for one in panel_queries.before_panels(unit, facts["row"]) if one.words]
        guidance = texts.guidance(unit, facts["row"].authority_id)
    if form is None:
        if facts["row"].status != PENDING:
            return redirect(case_page(request_id))
        form = Form(DecisionSchema(), choices=choices, initial={"decided_on": facts["today"]})
    shown = bool(choices["evidence_a"])
    page = render_template(
        "escalations/decide.html",
        form=form,
        has_evidence=shown,
        before=before,
        guidance=guidance,
        **facts,
    )
    return page, form.status


def _evidence(unit: Unit, request_id: UUID) -> dict[str, list[Choice]]:
    """What was released and can still be read, as what an answer may rest on."""
    row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_READ)
    items = evidence.items_of(unit, queries.case_of(unit, row, decision))
    found = [Choice(str(one.id), f"{one.title}, {one.which}", f"Code {one.code}") for one in items]
    return {f"evidence_{limb}": found for limb in rules.LIMBS}


def _decision(values: dict[str, Any]) -> dict[str, Any]:
    rests_on = {
        limb: rules.Limb(tuple(values[f"evidence_{limb}"]), values[f"words_{limb}"]) for limb in rules.LIMBS
    }
    kept = {name: values[name] for name in ("decision", "reasons", "decided_on")}
    answers = {f"limb_{limb}": values[f"limb_{limb}"] == "yes" for limb in rules.LIMBS}
    return {**kept, **answers, "rests_on": rests_on}


@pages.route("/cases/<uuid:request_id>/received", methods=["GET", "POST"])
@signed_in
def correct_receipt(request_id: UUID) -> ResponseReturnValue:
    """On which day the request was truly received: both days are kept, with the reason."""
    form = Form.sent(ReceiptSchema()) if request.method == "POST" else Form(ReceiptSchema())
    if form.accepted:
        try:
            with act() as deed:
                receipt.correct_receipt(deed, request_id, shown=shown_version(), **form.values)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The day is put right. Every date that runs from it has been worked out anew.")
            return redirect(case_page(request_id), 303)
    with look() as unit:
        queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE)
        facts = case_facts(unit, queries.read_case(unit, request_id))
    return render_template("escalations/received.html", form=form, **facts), form.status


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
                actions.assign(deed, request_id, form.values["officer_id"], shown=shown_version())
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
    def do(unit: Unit, request_id: UUID, on: date, *, shown: int | None) -> None:
        # Nothing here can be overwritten by it: a second one is refused, whatever the page showed.
        del shown
        actions.record_appeal(unit, request_id, on)

    return _appeal(request_id, AppealSchema, do, "appeal", "The appeal is recorded.")


@pages.route("/cases/<uuid:request_id>/close-appeal", methods=["GET", "POST"])
@signed_in
def close_appeal(request_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        row, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_APPEAL)
        decides = disputing.decides(unit, row, may)

    def do(unit: Unit, request_id: UUID, result: str, on: date, *, shown: int | None) -> None:
        ends = disputing.may_end_appeal(unit, row, may, result)
        deed = actions.close_appeal if ends else disputing.tell_appeal_outcome
        deed(unit, request_id, result, on, shown=shown)

    said = "The end of the appeal is recorded." if decides else "It is saved, and the council is told."
    return _appeal(request_id, CloseAppealSchema, do, "close_appeal", said)


def _appeal(request_id: UUID, schema: Any, deed: Any, name: str, said: str) -> ResponseReturnValue:
    form = Form.sent(schema()) if request.method == "POST" else Form(schema())
    status, shown = None, shown_version()
    with look() as unit:
        row, held = queries.allowed(unit, request_id, Permission.ASSESSMENT_APPEAL)
    if form.accepted:
        try:
            with act() as doing:
                deed(doing, request_id, **form.values, shown=shown)
        except Invalid as failure:
            form.refuse(failure)
        except Conflict as failure:
            form.errors[""] = failure.message
            status = failure.status
        else:
            flash(said)
            # The authority's sight may have ended with this very deed: then the list is where it goes on.
            ended = name == "close_appeal" and side_of(held) == "authority"
            return redirect("/cases" if ended else after(held, row.pupil_id, request_id), 303)
    with look() as unit:
        queries.allowed(unit, request_id, Permission.ASSESSMENT_APPEAL)
        facts = case_facts(unit, queries.read_case(unit, request_id))
        facts |= {"decides": disputing.decides(unit, row, held), "told": disputing.told_of(unit, request_id)}
        # As it was sent, where it was: who has not seen what changed since is refused again.
        facts["shown"] = shown if form.was_sent else disputing.appeal_version(unit, request_id)
    facts["changed"] = status is not None
    back = after(held, row.pupil_id, request_id)
    page = render_template(f"escalations/{name}.html", form=form, back_to=back, **facts)
    return page, status or form.status
