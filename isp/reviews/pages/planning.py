"""When a review is, who leads it, and its own page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access.policy import Permission
from isp.kernel.errors import Conflict, Invalid
from isp.people.directory import Named
from isp.people.here import act, look, person_id, signed_in
from isp.plans import cards
from isp.plans import queries as plans
from isp.plans.deadlines import WHY, school_day_from
from isp.plans.pages.blueprint import home_of
from isp.plans.pages.sent import UNREADABLE
from isp.plans.vocabulary import configuration_on
from isp.register import pupils
from isp.reviews import actions, invitations, queries, rules
from isp.reviews.actions import When
from isp.reviews.content import has_annual
from isp.reviews.pages.blueprint import pages, review_facts
from isp.reviews.schemas import AnswerSchema, CancelSchema, WhenSchema
from isp.reviews.showing import parts
from isp.web.asking import Choice
from isp.web.forms import Form
from isp.web.shown import an_id, number_shown


def _when(values: dict[str, Any]) -> When:
    minutes = values["minutes"]
    return When(
        on=values["planned_on"],
        starts=rules.read_time(values["starts"]),
        minutes=int(minutes) if minutes in {str(one) for one in rules.MINUTES} else None,
        place=values["place"],
        link=values["link"],
    )


def _choices(able: Mapping[UUID, Named]) -> list[Choice]:
    return [Choice(str(one), name.with_role) for one, name in able.items()]


@pages.route("/plans/<uuid:record_id>/review", methods=["GET", "POST"])
@signed_in
def new_review(record_id: UUID) -> ResponseReturnValue:
    """Plan the next review of a plan; where one is planned, that one."""
    with look() as unit:
        plan, decision = plans.allowed(unit, record_id, Permission.REVIEW_PLAN)
        present = queries.under_way(unit, record_id)
        able = queries.leaders(unit, plan.pupil_id)
        last = queries.last_time(unit, record_id, able)
        when_due = cards.due_of(unit, record_id)
        soonest = school_day_from(unit.today, cards.calendar_for(unit, plan.pupil_id))
        caption = pupils.name(unit, plan.pupil_id).full
        home = home_of(decision, plan.pupil_id)
        today = unit.today
        only_own = rules.leads_only_her_own(decision.standings, Permission.REVIEW_PLAN)
        accounts = not only_own and decision.can(Permission.REVIEW_CLOSE)
    if present is not None and request.method == "GET":
        return redirect(url_for("reviews.review", review_id=present.id))
    offered = {"led_by": _choices(able)}
    if request.method == "POST":
        form = Form.sent(WhenSchema(), choices=offered)
        if form.accepted:
            try:
                with act() as deed:
                    made = actions.plan_review(
                        deed, record_id, _when(form.values), an_id(form.values["led_by"])
                    )
            except Invalid as failure:
                form.refuse(failure)
            else:
                flash("The review is planned. Now say who is asked to come.")
                return redirect(url_for("reviews.review", review_id=made), 303)
    else:
        start = when_due.on if when_due.on is not None and when_due.on >= today else soonest
        led_by = last.led_by if last is not None and last.led_by is not None else person_id()
        begun = {
            "planned_on": start,
            "led_by": str(led_by) if led_by in able else "",
            "place": last.place if last is not None else "",
            "minutes": str(last.minutes or "") if last is not None else "",
        }
        form = Form(WhenSchema(), initial=begun, choices=offered)
    page = render_template(
        "reviews/when.html",
        form=form,
        action=f"/plans/{record_id}/review",
        due=when_due,
        record_id=record_id,
        accounts=accounts and when_due.on is not None and when_due.on < today,
        why=WHY,
        only_own=only_own,
        caption=caption,
        home=home,
        shown=None,
        ended=plan.status != "open",
    )
    return page, form.status


@pages.get("/reviews/<uuid:review_id>")
@signed_in
def review(review_id: UUID) -> ResponseReturnValue:
    """A review: when, where, who leads, who is asked, and after it was closed what its report says."""
    with look() as unit:
        found = queries.read_report(unit, review_id)
        row, decision = found.row, found.decision
        facts = review_facts(unit, row, decision)
        asked = invitations.invited(unit, review_id)
        words = queries.words_of(unit, row)
        plan = plans.record_of(unit, row.record_id)
        configuration = configuration_on(unit.today)
        is_ahead = row.planned_on is not None and row.planned_on > unit.today
    mine = next((one for one in asked if one.person_id == person_id()), None)
    return render_template(
        "reviews/review.html",
        report=found,
        parts=parts(found.content, configuration, facts["audience"])
        if found.version is not None and found.content is not None
        else [],
        asked=asked
        if facts["audience"] == "school"
        else [one for one in asked if one.person_id == person_id()],
        mine=mine,
        is_ahead=is_ahead,
        annual=found.content is not None and has_annual(found.content),
        answer=Form(AnswerSchema(), initial={"answer": mine.answer if mine else None}),
        words=words,
        plan=plan,
        SAID=rules.SAID,
        can=decision.can,
        Permission=Permission,
        **facts,
    )


@pages.route("/reviews/<uuid:review_id>/when", methods=["GET", "POST"])
@signed_in
def move(review_id: UUID) -> ResponseReturnValue:
    """Another day, place or leader."""
    with look() as unit:
        row, decision = queries.allowed(unit, review_id, Permission.REVIEW_PLAN)
        rules.check_planned(row.status)
        choices = _choices(queries.leaders(unit, row.pupil_id))
        facts = review_facts(unit, row, decision)
        words = queries.words_of(unit, row)
    offered = {"led_by": choices}
    if request.method == "POST":
        form = Form.sent(WhenSchema(), choices=offered)
        if form.accepted:
            try:
                with act() as deed:
                    leader = an_id(form.values["led_by"])
                    actions.move_review(deed, review_id, _when(form.values), leader, _shown())
            except Invalid as failure:
                form.refuse(failure)
            else:
                flash("Saved. Those who are asked are told where the day or the time changed.")
                return redirect(facts["base"], 303)
    else:
        held = {
            "planned_on": row.planned_on,
            "starts": row.starts.strftime("%H:%M") if row.starts else "",
            "minutes": str(row.minutes or ""),
            "place": words.get("place", ""),
            "link": words.get("link", ""),
            "led_by": str(row.led_by or ""),
        }
        form = Form(WhenSchema(), initial=held, choices=offered)
    page = render_template(
        "reviews/when.html",
        form=form,
        action=f"{facts['base']}/when",
        due=None,
        why=WHY,
        only_own=rules.leads_only_her_own(decision.standings, Permission.REVIEW_PLAN),
        caption=facts["caption"],
        home=(facts["base"], "The review"),
        shown=request.form.get("shown", row.row_version),
        ended=False,
    )
    return page, form.status


@pages.route("/reviews/<uuid:review_id>/cancel", methods=["GET", "POST"])
@signed_in
def cancel(review_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        row, decision = queries.allowed(unit, review_id, Permission.REVIEW_PLAN)
        rules.check_planned(row.status)
        facts = review_facts(unit, row, decision)
    form = Form.sent(CancelSchema()) if request.method == "POST" else Form(CancelSchema())
    if form.accepted:
        try:
            with act() as deed:
                actions.cancel_review(deed, review_id, form.values["reason"], _shown())
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The review is cancelled. The plan stays due, and in the list, until one is closed.")
            return redirect(facts["base"], 303)
    shown = request.form.get("shown", row.row_version)
    return render_template("reviews/cancel.html", form=form, shown=shown, **facts), form.status


@pages.post("/reviews/<uuid:review_id>/open")
@signed_in
def open_meeting(review_id: UUID) -> ResponseReturnValue:
    """Open the meeting; somebody else's that is open is simply joined."""
    try:
        with act() as unit:
            actions.open_meeting(unit, review_id)
    except Conflict:
        with look() as unit:
            row, _ = queries.allowed(unit, review_id, Permission.REVIEW_WRITE)
        if row.status != rules.OPEN:
            raise
    return redirect(url_for("reviews.meeting", review_id=review_id), 303)


def _shown() -> int:
    return number_shown(request.form.get("shown"), UNREADABLE)
