"""Where a plan begins: a new one (from the last, from a template, blank), and the next cycle of one."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from isp.access import gate
from isp.access.policy import Permission
from isp.audit import Unit
from isp.banks import entries
from isp.kernel.errors import Conflict, Invalid
from isp.people.here import act, look, signed_in
from isp.plans import actions, queries, starting
from isp.plans.bank_forms import NameSchema
from isp.plans.pages.blueprint import around, pages
from isp.plans.showing import parts
from isp.plans.templates import SECTIONS
from isp.plans.vocabulary import configuration_on
from isp.web.asking import Choice, FormSchema, asks
from isp.web.forms import Form
from isp.web.paging import page_in_memory

BLANK, LAST = "blank", "last"
TEMPLATES = 20
"""Templates to choose from on one page."""


class StartSchema(FormSchema):
    """What a new plan begins with."""

    start_from = fields.String(
        metadata=asks("Start from", noun="what to start from", kind="radios"),
        validate=validate.Length(max=60),
    )


@pages.route("/pupils/<uuid:pupil_id>/plan/start", methods=["GET", "POST"])
@signed_in
def start(pupil_id: UUID) -> ResponseReturnValue:
    """Start a plan: from the plan that ended last, from a template, or blank."""
    if request.method == "POST":
        with act() as unit:
            record_id = _started(pupil_id, request.form.get("start_from") or BLANK, unit)
        flash("The plan is started. Write as much as you like; it is saved as you go.", "success")
        return redirect(url_for("plans.edit", record_id=record_id), 303)
    words = request.args.get("q", "").strip()[:100]
    with look() as unit:
        decision = gate.require(unit, Permission.DRAFT_WRITE, pupil_id)
        if queries.open_plan(unit, pupil_id) is not None:
            raise Conflict(actions.HAS_PLAN)
        school_id = actions.school_of(unit, decision, pupil_id)
        _, templates = entries.listed(unit, school_id, entries.TEMPLATE, words=words)
        ended = any(row.status != "open" and row.current for row in queries.plans_of(unit, pupil_id))
        surroundings = around(unit, pupil_id)
    page = page_in_memory(
        templates,
        lambda one: one.id,
        scope=f"start.{school_id}",
        size=TEMPLATES,
        cursor=request.args.get("from"),
    )
    choices = [Choice(LAST, "The last plan", "What it said at its end.")] if ended else []
    choices += [
        Choice(f"template:{one.id}", one.name, None if one.organisation_id == school_id else one.owner)
        for one in page.items
    ]
    choices.append(Choice(BLANK, "A blank plan"))
    form = Form(
        StartSchema(), initial={"start_from": LAST if ended else BLANK}, choices={"start_from": choices}
    )
    return render_template(
        "plans/start.html",
        pupil_id=pupil_id,
        form=form,
        words=words,
        page=page,
        caption=surroundings.caption,
    )


def _started(pupil_id: UUID, choice: str, unit: Unit) -> UUID:
    if choice == LAST:
        return actions.start_plan_from_last(unit, pupil_id)
    if choice == BLANK:
        return actions.start_plan(unit, pupil_id)
    try:
        template = UUID(choice.removeprefix("template:"))
    except ValueError:
        gate.require(unit, Permission.DRAFT_WRITE, pupil_id)
        raise Invalid("Choose what the plan starts from. Open the pupil’s page and start again.") from None
    return starting.start_from_template(unit, pupil_id, template)


@pages.route("/plans/<uuid:record_id>/next", methods=["GET", "POST"])
@signed_in
def next_cycle(record_id: UUID) -> ResponseReturnValue:
    """The next cycle of an open plan, in the draft where one is open: what changes is said first."""
    if request.method == "POST":
        if "draft" in request.form:
            return _cycle_in_draft(record_id)
        with act() as unit:
            starting.start_cycle(unit, record_id, _version())
        flash("The next cycle is started. What is in force stays until you finalise.", "success")
        return redirect(url_for("plans.edit", record_id=record_id), 303)
    with look() as unit:
        ahead = starting.look_ahead(unit, record_id)
        draft = queries.draft_facts(unit, record_id)
        surroundings = around(unit, ahead.row.pupil_id, [ahead.draft.saved_by if ahead.draft else None])
    if draft is not None and ahead.row.status == "open" and ahead.draft is None:
        return redirect(url_for("plans.edit", record_id=record_id))
    return render_template(
        "plans/next.html",
        record=ahead.row,
        ahead=ahead,
        unheld=ahead.unheld,
        writer=surroundings.name(ahead.draft.saved_by) if ahead.draft else "",
        caption=surroundings.caption,
    )


def _cycle_in_draft(record_id: UUID) -> ResponseReturnValue:
    with act() as unit:
        saved, told = starting.cycle_in_draft(
            unit, record_id, _version(), request.form.get("draft", type=UUID), _number("revision")
        )
        surroundings = around(unit, saved.draft.pupil_id)
    if saved.clashes:
        flash("The next cycle is set up. Somebody wrote in the same place: choose which words stay.", "note")
        return redirect(url_for("plans.settle", record_id=record_id), 303)
    return render_template(
        "plans/next_done.html", record_id=record_id, told=told, saved=saved, caption=surroundings.caption
    )


def _version() -> int:
    return _number("version")


def _number(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


@pages.route("/plans/<uuid:record_id>/template", methods=["GET", "POST"])
@signed_in
def make_template(record_id: UUID) -> ResponseReturnValue:
    """A template of the version in force: what goes in is shown first, and nothing about the child does."""
    form = Form.sent(NameSchema()) if request.method == "POST" else Form(NameSchema())
    if form.accepted:
        wanted = request.form.getlist("wanted")
        try:
            with act() as unit:
                made = starting.take_template(unit, record_id, _version(), form.values["name"], wanted)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The template is made. Whoever starts a plan here can start from it.", "success")
            return redirect(url_for("plans.bank_entry", bank_entry_id=made), 303)
    with look() as unit:
        offered = starting.offer_template(unit, record_id)
        configuration = configuration_on(unit.today)
        surroundings = around(unit, offered.row.pupil_id)
    shown = [one for one in parts(offered.content, configuration) if one.name in SECTIONS]
    page = render_template(
        "plans/make_template.html",
        record_id=record_id,
        form=form,
        offered=offered,
        parts=[one for one in shown if not one.is_empty],
        ticked=set(request.form.getlist("wanted")) if form.was_sent else None,
        caption=surroundings.caption,
    )
    return page, form.status
