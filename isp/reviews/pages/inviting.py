"""Who is asked to a review, what each answers, and the entry for a calendar."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access.policy import Permission
from isp.audit import Chain, Event
from isp.kernel.errors import Conflict, Invalid
from isp.people.here import act, look, signed_in
from isp.reviews import calendar, invitations, queries, rules
from isp.reviews.pages.blueprint import pages, review_facts
from isp.reviews.schemas import InviteSchema, ProfessionalSchema
from isp.web.asking import Choice
from isp.web.forms import Form
from isp.web.shown import an_id


@pages.route("/reviews/<uuid:review_id>/invitations", methods=["GET", "POST"])
@signed_in
def invite(review_id: UUID) -> ResponseReturnValue:
    """Ask people who are known here, or name a professional from elsewhere."""
    with look() as unit:
        row, decision = queries.allowed(unit, review_id, Permission.REVIEW_PLAN)
        rules.check_planned(row.status)
        able = invitations.to_ask(unit, review_id, row.pupil_id)
        before = invitations.asked_before(unit, row)
    choices = {
        "people": [Choice(str(one), name, invitations.ROLE_WORDS[role]) for one, (role, name) in able.items()]
    }
    named = request.form.get("which") == "professional"
    sent = request.method == "POST"
    form = Form.sent(InviteSchema(), choices=choices) if sent and not named else _usual(choices, able, before)
    other = Form.sent(ProfessionalSchema()) if sent and named else Form(ProfessionalSchema())
    filled = other if named else form
    if filled.accepted:
        try:
            with act() as deed:
                if named:
                    invitations.invite_professional(
                        deed, review_id, other.values["name"], other.values["role"]
                    )
                else:
                    people = [found for one in form.values["people"] if (found := an_id(one))]
                    invitations.invite(deed, review_id, people)
        except Invalid as failure:
            filled.refuse(failure)
        else:
            flash("Saved." if named else "They are asked, and are told where to sign in.")
            return redirect(url_for("reviews.invite", review_id=review_id), 303)
    with look() as unit:
        row, decision = queries.allowed(unit, review_id, Permission.REVIEW_PLAN)
        asked = invitations.invited(unit, review_id)
        facts = review_facts(unit, row, decision)
        unit.record(decision, Event.REVIEW_VIEWED, Chain.pupil(row.pupil_id), obj=("review", review_id))
    page = render_template(
        "reviews/invitations.html",
        form=filled,
        people=form,
        other=other,
        able=able,
        asked=asked,
        before=before,
        answers=rules.SAID,
        **facts,
    )
    return page, filled.status


def _usual(
    choices: dict[str, Any], able: dict[UUID, tuple[str, str]], before: invitations.AskedBefore
) -> Form:
    """Those whom the Code has a school ask, and those who were asked last time, are ticked already."""
    ticked = [
        str(one) for one, (role, _) in able.items() if role != invitations.STAFF or one in before.people
    ]
    return Form(InviteSchema(), initial={"people": ticked}, choices=choices)


@pages.post("/reviews/<uuid:review_id>/invitations/<uuid:invitation_id>/remove")
@signed_in
def uninvite(review_id: UUID, invitation_id: UUID) -> ResponseReturnValue:
    with act() as unit:
        invitations.uninvite(unit, review_id, invitation_id)
    flash("That invitation is taken back.")
    return redirect(url_for("reviews.invite", review_id=review_id), 303)


@pages.post("/reviews/<uuid:review_id>/invitations/<uuid:invitation_id>/answer")
@signed_in
def answer(review_id: UUID, invitation_id: UUID) -> ResponseReturnValue:
    """One's own answer; or, by whoever plans the review, what somebody said."""
    with act() as unit:
        invitations.answer(unit, review_id, invitation_id, request.form.get("answer", ""))
        own = invitations.is_own(unit, invitation_id)
    flash("Thank you. Your answer is noted." if own else "The answer is noted.")
    where = "reviews.review" if own else "reviews.invite"
    return redirect(url_for(where, review_id=review_id), 303)


@pages.get("/reviews/<uuid:review_id>/calendar")
@signed_in
def calendar_entry(review_id: UUID) -> ResponseReturnValue:
    """The review for somebody's own calendar: when, and where to sign in. It names nobody."""
    with look() as unit:
        row, decision = queries.allowed(unit, review_id, Permission.REVIEW_READ)
        if row.planned_on is None:
            raise Conflict("This review has no day yet, so there is nothing to put in a calendar.")
        unit.record(decision, Event.REVIEW_VIEWED, Chain.pupil(row.pupil_id), obj=("review", review_id))
        address = url_for("reviews.review", review_id=review_id, _external=True)
        made = calendar.entry(row, address, unit.now, cancelled=row.status == rules.CANCELLED)
    answered = Response(made, mimetype="text/calendar")
    answered.headers["Content-Disposition"] = 'attachment; filename="review.ics"'
    return answered
