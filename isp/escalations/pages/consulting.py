"""Consulting settings: the authority asks and files answers; a school reads the draft and answers here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access.policy import Permission
from isp.audit import Unit
from isp.ehcp.content import SHAPE
from isp.ehcp.vocabulary import configuration_on
from isp.escalations import consultations, consulting, plan_schemas
from isp.escalations.course import Deed
from isp.escalations.pages.blueprint import pages, shown_version
from isp.escalations.pages.planning import can, deed_page
from isp.kernel.errors import Invalid
from isp.people.here import act, look, signed_in
from isp.plans.showing import parts
from isp.register import pupils
from isp.web.asking import Choice
from isp.web.forms import Form


@pages.route("/cases/<uuid:request_id>/consult", methods=["GET", "POST"])
@signed_in
def consult(request_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        choices = [Choice(str(one.id), one.name) for one in consulting.schools(unit)]
    return deed_page(
        request_id,
        Permission.ASSESSMENT_DECIDE,
        plan_schemas.ConsultSchema(),
        lambda unit, values, shown: consulting.consult(unit, request_id, shown=shown, **values),
        question="Which school or other setting is consulted?",
        button="Consult it",
        said="The consultation is recorded. A school on this service reads the draft until it answers.",
        lead=(
            (
                "The authority consults each setting that it may name, with a copy of the draft (sections "
                "39(2) and 40(3)). The Code of Practice asks for an answer within 15 days."
            ),
        ),
        choices={"school_id": choices},
        possible=can(Deed.CONSULT),
    )


@pages.route("/cases/<uuid:request_id>/consultations/<uuid:consultation_id>", methods=["GET", "POST"])
@signed_in
def file_answer(request_id: UUID, consultation_id: UUID) -> ResponseReturnValue:
    def do(unit: Unit, values: dict[str, Any], _shown: int | None) -> None:
        consulting.file_answer(unit, request_id, consultation_id, **values)

    return deed_page(
        request_id,
        Permission.ASSESSMENT_DECIDE,
        plan_schemas.FiledSettingAnswerSchema(),
        do,
        question="What did the setting answer?",
        button="File the answer",
        said="The answer is filed.",
        possible=lambda _row, one: one is not None and one.state == "draft_sent",
    )


@pages.get("/consultations")
@signed_in
def tray() -> ResponseReturnValue:
    """What a school is asked about drafts of plans, by the day on which an answer is due."""
    with look() as unit:
        found = consultations.waiting(unit)
        named = pupils.names(unit, {one.pupil_id for one in found})
        today = unit.today
    return render_template("escalations/consultations.html", found=found, named=named, today=today)


@pages.route("/consultations/<uuid:consultation_id>", methods=["GET", "POST"])
@signed_in
def answer_consultation(consultation_id: UUID) -> ResponseReturnValue:
    schema = plan_schemas.SettingAnswerSchema()
    form = Form.sent(schema) if request.method == "POST" else Form(schema)
    if form.accepted:
        try:
            with act() as deed:
                shown = shown_version()
                consulting.answer(deed, consultation_id, shown=shown, **form.values)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The authority has your answer. The draft is closed to you again.")
            return redirect("/consultations", 303)
    with look() as unit:
        found = consulting.read_consultation(unit, consultation_id)
        caption = pupils.name(unit, found.row.pupil_id).full
    return render_template(
        "escalations/consultation.html",
        form=form,
        found=found,
        caption=caption,
        parts=parts(found.content, configuration_on(found.row.sent_on), "school", shape=SHAPE),
    ), form.status
