"""What becomes of a draft, a version, a plan: finalise and share, put aside, bring back, withdraw, end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access.policy import Permission
from isp.audit import Unit
from isp.kernel.errors import Conflict, Invalid
from isp.people.here import act, actor, look, signed_in, store
from isp.plans import actions, cards, countersigning, queries, saving, setting_aside
from isp.plans import content as plan_content
from isp.plans.correcting import why_not_small
from isp.plans.earlier import content_of
from isp.plans.pages.blueprint import around, pages, spoken
from isp.plans.pages.settling import changes_since_base
from isp.plans.pages.wording import authors
from isp.plans.required import missing
from isp.plans.schemas import (
    EarlierSchema,
    EndSchema,
    FinaliseOrCorrectSchema,
    FinaliseSchema,
    WithdrawSchema,
)
from isp.plans.thread import gaps
from isp.plans.vocabulary import Configuration, configuration_on
from isp.plans.wording import vague_items
from isp.records import drafts, versions
from isp.records.versions import Version
from isp.web.forms import Form
from isp.web.shown import number_shown

OLD_PAGE = "Look at what changed since this page was made, then do this again."


def shown_revision() -> int:
    """The draft revision that the page showed. Conflict where the form does not say."""
    return number_shown(request.form.get("revision"), OLD_PAGE)


def _check_same_draft(unit: Any, record_id: UUID) -> None:
    """The form was made for the draft that is open now; its revisions begin anew with every draft."""
    draft = queries.draft_facts(unit, record_id)
    if draft is not None and str(draft.id) != request.form.get("_draft"):
        raise Conflict("This page was made for another draft than the one that is open now. " + OLD_PAGE)


@pages.get("/plans/<uuid:record_id>/finalise")
@signed_in
def finalise(record_id: UUID) -> ResponseReturnValue:
    return _finalise_page(record_id, Form(FinaliseSchema()))


def _finalise_page(record_id: UUID, form: Form, status: int | None = None) -> ResponseReturnValue:
    with look() as unit:
        row, decision, draft = queries.read_draft(unit, record_id, Permission.PLAN_PUBLISH)
        configuration = configuration_on(unit.today)
        unsettled = len(drafts.clashes(unit, draft))
        changes = changes_since_base(unit, decision, draft)
        told = queries.told_of(unit, row.pupil_id)
        hints = setting_aside.hints_of(unit, row, draft.content)
        signing = countersigning.standing(unit, row, decision, draft)
        in_force = versions.read(unit, record_id, row.current) if row.current else None
        surroundings = around(unit, row.pupil_id, [*told, *authors(hints.values())])
        unheld = cards.unheld(unit, record_id)
    too_much = _too_much(in_force, draft, configuration)
    if not too_much and "sort" not in form.fields:
        form = Form(FinaliseOrCorrectSchema(), initial={"sort": "published"}, errors=form.errors)
    lacking = missing(draft.content, configuration)
    unlinked = gaps(draft.content, configuration)
    page = render_template(
        "plans/finalise.html",
        record_id=record_id,
        form=form,
        draft=draft,
        number=row.number + 1,
        changes=changes,
        spoken=spoken,
        lacking=lacking,
        unlinked=unlinked,
        vague=vague_items(draft.content, hints, configuration),
        name=surroundings.name,
        stopped=bool(unsettled or lacking or signing.lacking or any(gap.blocks for gap in unlinked)),
        signing=signing,
        too_much=too_much if in_force else [],
        unsettled=unsettled,
        told=[surroundings.name(person) for person in told],
        caption=surroundings.caption,
        unheld=unheld,
    )
    return page, status or form.status


def _too_much(
    in_force: versions.VersionWords | None, draft: drafts.DraftWords, configuration: Configuration
) -> list[str]:
    """Why what the draft changes is more than a small correction; empty where it is one."""
    if in_force is None:
        return [actions.NOTHING_TO_CORRECT]
    return why_not_small(plan_content.read(in_force.content), draft.content, configuration)


@pages.post("/plans/<uuid:record_id>/finalise")
@signed_in
def publish(record_id: UUID) -> ResponseReturnValue:
    """Finalise and share the draft as the page showed it."""
    schema = FinaliseOrCorrectSchema() if "sort" in request.form else FinaliseSchema()
    form = Form.sent(schema)
    if not form.accepted:
        return _finalise_page(record_id, form)

    def deed(unit: Unit) -> Version:
        _check_same_draft(unit, record_id)
        correction = form.values.get("sort") == versions.CORRECTION
        return actions.publish(
            unit, record_id, shown_revision(), form.values["reason"], correction=correction
        )

    try:
        version = saving.twice(store(), actor(), deed)
    except Invalid as failure:
        form.refuse(failure)
        return _finalise_page(record_id, form)
    except Conflict as failure:
        # The page again, as things are now, with the reason as it was typed.
        with look() as unit:
            queries.allowed(unit, record_id, Permission.PLAN_PUBLISH)
            if queries.draft_facts(unit, record_id) is None:
                raise
        form.errors[""] = failure.message
        return _finalise_page(record_id, form, 409)
    corrected = version.sort == versions.CORRECTION
    done = "a small correction, and is in force" if corrected else "finalised and shared"
    flash(f"Version {version.number} is {done}.", "success")
    return redirect(url_for("plans.plan", record_id=record_id), 303)


@pages.route("/plans/<uuid:record_id>/draft/discard", methods=["GET", "POST"])
@signed_in
def discard(record_id: UUID) -> ResponseReturnValue:
    """Put the draft aside; asks first."""
    if request.method == "POST":
        with act() as unit:
            queries.allowed(unit, record_id, Permission.DRAFT_WRITE)
            _check_same_draft(unit, record_id)
            actions.discard_draft(unit, record_id, shown_revision())
        flash("The draft is put aside. What is in force has not changed.", "success")
        return redirect(url_for("plans.plan", record_id=record_id), 303)
    with look() as unit:
        row, decision, draft = queries.read_draft(unit, record_id, Permission.DRAFT_WRITE)
        changes = changes_since_base(unit, decision, draft)
        surroundings = around(unit, row.pupil_id, [draft.saved_by])
    return render_template(
        "plans/discard.html",
        record_id=record_id,
        draft=draft,
        changes=changes,
        spoken=spoken,
        writer=surroundings.name(draft.saved_by),
        caption=surroundings.caption,
    )


@pages.route("/plans/<uuid:record_id>/versions/<int:number>/bring-back", methods=["GET", "POST"])
@signed_in
def bring_back(record_id: UUID, number: int) -> ResponseReturnValue:
    """An earlier version as a new draft; over a live draft only when told to."""
    if request.method == "POST":
        over = shown_revision() if "revision" in request.form else None
        with act() as unit:
            if over is not None:
                _check_same_draft(unit, record_id)
            actions.bring_back(unit, record_id, number, over_draft=over)
        flash(f"Version {number} is back as a new draft. Nothing is shared until you finalise it.", "success")
        return redirect(url_for("plans.edit", record_id=record_id), 303)
    with look() as unit:
        row, _ = queries.allowed(unit, record_id, Permission.DRAFT_WRITE)
        version = versions.facts(unit, record_id, number)
        draft = queries.draft_facts(unit, record_id)
        surroundings = around(unit, row.pupil_id, [draft.saved_by if draft else None])
    return render_template(
        "plans/bring_back.html",
        record_id=record_id,
        version=version,
        draft=draft,
        writer=surroundings.name(draft.saved_by) if draft else None,
        caption=surroundings.caption,
    )


@pages.route("/plans/<uuid:record_id>/versions/<int:number>/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw(record_id: UUID, number: int) -> ResponseReturnValue:
    """Hide a version from all but the data protection officer."""
    form = Form.sent(WithdrawSchema()) if request.method == "POST" else Form(WithdrawSchema())
    if form.accepted:
        try:
            with act() as unit:
                actions.withdraw(unit, record_id, number, form.values["why"], form.values["reason"])
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash(f"Version {number} is withdrawn.", "success")
            return redirect(url_for("plans.versions", record_id=record_id), 303)
    with look() as unit:
        row, _ = queries.allowed(unit, record_id, Permission.PLAN_WITHDRAW)
        version = versions.facts(unit, record_id, number)
        in_force = row.current == number
        before = versions.newest_standing(unit, record_id, other_than=number) if in_force else None
        surroundings = around(unit, row.pupil_id, [version.author_id])
    page = render_template(
        "plans/withdraw.html",
        record_id=record_id,
        version=version,
        in_force=in_force,
        before=before,
        form=form,
        author=surroundings.name(version.author_id),
        caption=surroundings.caption,
    )
    return page, form.status


@pages.route("/plans/<uuid:record_id>/end", methods=["GET", "POST"])
@signed_in
def end(record_id: UUID) -> ResponseReturnValue:
    """End a plan with its reason."""
    form = Form.sent(EndSchema()) if request.method == "POST" else None
    if form is not None and form.accepted:
        values = form.values
        try:
            with act() as unit:
                actions.end_plan(unit, record_id, values["why"], values["reason"], values["on"])
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The plan has ended. Its versions can still be read.", "success")
            return redirect(url_for("plans.plan", record_id=record_id), 303)
    with look() as unit:
        row, _ = queries.allowed(unit, record_id, Permission.PLAN_END)
        form = form or Form(EndSchema(), initial={"on": unit.today})
        draft = queries.draft_facts(unit, record_id)
        surroundings = around(unit, row.pupil_id)
    page = render_template("plans/end.html", record=row, draft=draft, form=form, caption=surroundings.caption)
    return page, form.status


@pages.route("/plans/<uuid:record_id>/earlier", methods=["GET", "POST"])
@signed_in
def earlier(record_id: UUID) -> ResponseReturnValue:
    """Enter a plan that was written elsewhere."""
    form = Form.sent(EarlierSchema()) if request.method == "POST" else Form(EarlierSchema())
    if form.accepted:
        values = form.values
        try:
            content = content_of(
                values["happened_on"],
                values["source"],
                outcomes=values.get("outcomes", ""),
                provision=values.get("provision", ""),
                text=values.get("text", ""),
            )
            with act() as unit:
                version = actions.record_earlier(
                    unit, record_id, values["happened_on"], content, values["source"]
                )
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash(f"The earlier plan is recorded as version {version.number}.", "success")
            return redirect(url_for("plans.versions", record_id=record_id), 303)
    with look() as unit:
        row, _ = queries.allowed(unit, record_id, Permission.PLAN_PUBLISH)
        surroundings = around(unit, row.pupil_id)
    page = render_template("plans/earlier.html", record=row, form=form, caption=surroundings.caption)
    return page, form.status
