"""The pages of whoever keeps a request to an authority that is not on this service."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.escalations import elsewhere, queries
from isp.escalations.mail_schemas import AuthoritySchema, ReplySchema, SentSchema
from isp.escalations.pages.blueprint import about, case_facts, home_of, layout_of, pages, shown_version
from isp.kernel.errors import Conflict, Invalid
from isp.people import organisations
from isp.people.here import act, look, signed_in
from isp.register import pupils
from isp.web.asking import Choice
from isp.web.forms import Form


@pages.route("/cases/<uuid:request_id>/sent", methods=["GET", "POST"])
@signed_in
def record_sent(request_id: UUID) -> ResponseReturnValue:
    """When a request went by mail, and when it was received."""
    form = Form.sent(SentSchema()) if request.method == "POST" else None
    if form is not None and form.accepted:
        try:
            with act() as deed:
                elsewhere.record_sent(deed, request_id, shown=shown_version(), **form.values)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("It is noted when the request was sent. The dates run from the day it was received.")
            return redirect(about(_pupil(request_id)), 303)
    facts = _facts(request_id)
    if form is None:
        form = Form(
            SentSchema(), initial={"on": facts["row"].received_on, "received_on": facts["row"].received_on}
        )
    return render_template("escalations/sent.html", form=form, **facts), form.status


@pages.route("/cases/<uuid:request_id>/reply", methods=["GET", "POST"])
@signed_in
def file_reply(request_id: UUID) -> ResponseReturnValue:
    """A letter of the authority, with the date on it."""
    facts = _facts(request_id)
    family = facts["case"].side == "family"
    choices = {
        "reply": [
            Choice(code, one.plainly if family else one.words)
            for code, one in elsewhere.REPLIES.items()
            if facts["row"].status in one.when
        ]
    }
    form = Form.sent(ReplySchema(), choices=choices) if request.method == "POST" else None
    if form is not None and form.accepted:
        try:
            with act() as deed:
                elsewhere.file_reply(deed, request_id, shown=shown_version(), **form.values)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The letter is filed with its own date.")
            return redirect(facts["about"], 303)
    form = form or Form(ReplySchema(), choices=choices)
    return render_template("escalations/reply.html", form=form, **facts), form.status


def _facts(request_id: UUID) -> dict[str, Any]:
    with look() as unit:
        row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_REQUEST)
        if not elsewhere.may_keep(unit, row, decision):
            raise Conflict(elsewhere.HERE)
        return case_facts(unit, queries.read_case(unit, request_id))


def _pupil(request_id: UUID) -> UUID:
    with look() as unit:
        row, _ = queries.allowed(unit, request_id, Permission.ASSESSMENT_REQUEST)
        found: UUID = row.pupil_id
        return found


@pages.route("/pupils/<uuid:pupil_id>/request-assessment/authority", methods=["GET", "POST"])
@signed_in
def name_authority(pupil_id: UUID) -> ResponseReturnValue:
    """Which of England's authorities the child lives in: the request goes there, here or by mail."""
    choices = {
        "la_code": [
            Choice(code, f"{name} ({code})")
            for code, name in sorted(organisations.known_authorities().items(), key=lambda pair: pair[1])
        ]
    }
    form = Form.sent(AuthoritySchema(), choices=choices) if request.method == "POST" else None
    if form is not None and form.accepted:
        try:
            with act() as deed:
                elsewhere.name_authority(deed, pupil_id, form.values["la_code"])
        except Invalid as failure:
            form.refuse(failure)
        else:
            return redirect(f"/pupils/{pupil_id}/request-assessment", 303)
    with look() as unit:
        decision = gate.require(unit, Permission.TIES_WRITE, pupil_id)
        caption = pupils.name(unit, pupil_id).full
        _seen(unit, decision, pupil_id)
    form = form or Form(AuthoritySchema(), choices=choices)
    home_of(decision, pupil_id)
    page = render_template(
        "escalations/authority.html",
        form=form,
        caption=caption,
        layout=layout_of(decision),
        back_to=f"/pupils/{pupil_id}/request-assessment",
    )
    return page, form.status


def _seen(unit: Unit, decision: Any, pupil_id: UUID) -> None:
    unit.record(decision, Event.PUPIL_VIEWED, Chain.pupil(pupil_id), obj=("pupil", pupil_id))
