"""Asking to read what is kept apart of a pupil's history, and agreeing to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from isp.access import apart, gate
from isp.access.policy import Permission
from isp.audit import Unit
from isp.kernel.errors import NotFound
from isp.people import directory
from isp.people.here import act, look, signed_in
from isp.register import pupils
from isp.register.pages.blueprint import ask, form_of, pages
from isp.register.schemas import WhySchema
from isp.web.filters import date_words


def _history(pupil_id: UUID) -> str:
    return f"/pupils/{pupil_id}/history"


@pages.route("/pupils/<uuid:pupil_id>/apart/ask", methods=["GET", "POST"])
@signed_in
def ask_to_read_apart(pupil_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        gate.require(unit, Permission.RESTRICTED_HISTORY_READ_BY_TWO, pupil_id)
        caption = pupils.name(unit, pupil_id).full

    def deed(unit: Unit, values: dict[str, Any]) -> None:
        apart.ask(unit, pupil_id, values["reason"])

    return ask(
        "Why do you need to read what is kept apart?",
        form_of(WhySchema()),
        deed,
        back=_history(pupil_id),
        back_text="History",
        button="Ask",
        caption=caption,
        intro="Working notes, documents that are not shared, and whom the record is closed to: what was "
        "done, and who looked. The safeguarding lead or the head has to agree: tell them that you asked.",
        done="You have asked. The safeguarding lead or the head finds it on this pupil’s history.",
    )


@pages.get("/pupils/<uuid:pupil_id>/apart/<uuid:sight_id>/agree")
@signed_in
def look_before_agreeing_apart(pupil_id: UUID, sight_id: UUID) -> ResponseReturnValue:
    """Who asks, and why."""
    with look() as unit:
        decision = gate.require(unit, Permission.RESTRICTED_HISTORY_AGREE, pupil_id)
        one = next((each for each in apart.waiting(unit, pupil_id) if each.id == sight_id), None)
        if one is None:
            raise NotFound
        named = directory.names(unit, {one.asked_by})
        caption = pupils.name(unit, pupil_id).full
    return render_template(
        "register/agree_apart.html",
        one=one,
        who=named[one.asked_by].with_role,
        is_mine=one.asked_by == decision.person_id,
        caption=caption,
        history=_history(pupil_id),
        action=f"/pupils/{pupil_id}/apart/{sight_id}/agree",
    )


@pages.post("/pupils/<uuid:pupil_id>/apart/<uuid:sight_id>/agree")
@signed_in
def agree_apart(pupil_id: UUID, sight_id: UUID) -> ResponseReturnValue:
    with act() as unit:
        until = apart.agree(unit, sight_id)
    flash(f"You have agreed. It can be read until {date_words(until)}.")
    return redirect(_history(pupil_id), 303)
