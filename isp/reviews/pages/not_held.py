"""Why a review that was due was not held: asked once, with the day of the next one."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.kernel.errors import Conflict, Invalid
from isp.people.here import act, look, signed_in
from isp.plans.deadlines import WHY
from isp.register import pupils
from isp.reviews import not_held as accounts
from isp.reviews.pages.blueprint import pages
from isp.reviews.schemas import NotHeldSchema
from isp.web.forms import Form


@pages.route("/plans/<uuid:record_id>/review/not-held", methods=["GET", "POST"])
@signed_in
def not_held(record_id: UUID) -> ResponseReturnValue:
    """Record why the review that is overdue was not held, and when the next is."""
    form = Form.sent(NotHeldSchema()) if request.method == "POST" else None
    if form is not None and form.accepted:
        try:
            with act() as deed:
                drafted = accounts.record_not_held(
                    deed, record_id, _shown(), form.values["reason"], form.values["next_on"]
                )
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash(
                "That is recorded, and the day of the next review is in the draft of the plan. "
                "The family reads it when the draft is finalised."
                if drafted
                else "That is recorded. The plan has the day of the next review already."
            )
            return redirect(url_for("reviews.cycles", pupil_id=_pupil(record_id)), 303)
    with look() as unit:
        plan, _ = accounts.allowed(unit, record_id)
        day = accounts.overdue(unit, record_id)
        next_day = accounts.next_day(unit, record_id)
        caption = pupils.name(unit, plan.pupil_id).full
    form = form or Form(NotHeldSchema(), initial={"next_on": next_day.on})
    page = render_template(
        "reviews/not_held.html",
        form=form,
        record_id=record_id,
        pupil_id=plan.pupil_id,
        day=day,
        shown=request.form.get("shown", day.isoformat()),
        why=None if next_day.on else WHY[next_day.why or ""],
        caption=caption,
    )
    return page, form.status


def _pupil(record_id: UUID) -> UUID:
    with look() as unit:
        plan, _ = accounts.allowed(unit, record_id)
    found: UUID = plan.pupil_id
    return found


def _shown() -> date:
    try:
        return date.fromisoformat(request.form.get("shown", ""))
    except ValueError:
        raise Conflict("This page sent something that cannot be read. Open it again.") from None
