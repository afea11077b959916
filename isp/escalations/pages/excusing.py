"""The authority's pages on which it says why a date of the law could not be kept, and takes that back."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import Permission
from isp.escalations import advice_queries, assessments, excusing, queries
from isp.escalations.course import course_of
from isp.escalations.deadlines import EXCUSES, Circumstance
from isp.escalations.pages.blueprint import case_facts, case_page, pages
from isp.escalations.schemas import CircumstanceSchema, TakeBackSchema
from isp.kernel.errors import Invalid, NotFound
from isp.people.here import act, look, signed_in
from isp.web.asking import Choice
from isp.web.forms import Form


@pages.route("/cases/<uuid:request_id>/excuse", methods=["GET", "POST"])
@signed_in
def excuse(request_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        row, _ = queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE)
        begun = assessments.of_request(unit, request_id)
        course = course_of(begun) if begun is not None else None
        codes = excusing.codes_for(row, advice_queries.asked_since(unit, request_id), course)
    choices = {"code": [Choice(code, EXCUSES[code].title) for code in codes]}
    schema = CircumstanceSchema()
    form = Form.sent(schema, choices=choices) if request.method == "POST" else Form(schema, choices=choices)
    if form.accepted:
        said = form.values
        told = Circumstance(said["code"], said["begins"], said["ends"], said["asked_on"])
        try:
            with act() as deed:
                excusing.record_circumstance(
                    deed, request_id, told, reason=said["reason"], evidence=said["evidence"]
                )
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash(
                "It is recorded. The dates that it moves say so; the duty stays, and the law’s own day too."
            )
            return redirect(case_page(request_id), 303)
    with look() as unit:
        facts = case_facts(unit, queries.read_case(unit, request_id))
    return render_template("escalations/excuse.html", form=form, runs=bool(codes), **facts), form.status


@pages.route("/cases/<uuid:request_id>/excuses/<uuid:circumstance_id>/take-back", methods=["GET", "POST"])
@signed_in
def take_excuse_back(request_id: UUID, circumstance_id: UUID) -> ResponseReturnValue:
    form = Form.sent(TakeBackSchema()) if request.method == "POST" else Form(TakeBackSchema())
    if form.accepted:
        try:
            with act() as deed:
                excusing.take_back(deed, request_id, circumstance_id, **form.values)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("It is taken back, and the dates are what they were.")
            return redirect(case_page(request_id), 303)
    with look() as unit:
        queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE)
        facts = case_facts(unit, queries.read_case(unit, request_id))
    told = next((one for one in facts["case"].told if one.id == circumstance_id), None)
    if told is None:
        raise NotFound(gate.NO_PAGE)
    return render_template("escalations/take_excuse_back.html", form=form, told=told, **facts), form.status
