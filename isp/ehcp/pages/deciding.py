"""Deeds about a draft: keep words, agree for a body, take over from the school's plan; and what stops it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access.policy import Permission, Standing
from isp.ehcp import actions, agreeing, queries, rules, sight, taking_over
from isp.ehcp.content import SHAPE
from isp.ehcp.pages.blueprint import pages, plan_facts
from isp.ehcp.pages.editing import section_shape
from isp.ehcp.rules import PART_WORDS, PARTS, SORT_WORDS, Sort
from isp.ehcp.schemas import AgreerSchema, KeepSchema, LetterSchema, SignSchema, TakeOverSchema
from isp.ehcp.vocabulary import configuration_on
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.people.directory import names
from isp.people.here import act, look, signed_in
from isp.plans.showing import parts
from isp.plans.wording import mark_of
from isp.records.boxes import value_at
from isp.records.project import project
from isp.web.asking import Choice
from isp.web.forms import Form
from isp.web.shown import number_shown


@pages.get("/ehc-plans/<uuid:plan_id>/ready")
@signed_in
def ready(plan_id: UUID) -> ResponseReturnValue:
    """What stops a draft from being sent, and a plan from being made."""
    with look() as unit:
        row, decision, words = queries.read_draft(unit, plan_id)
        found = [
            (SORT_WORDS[sort], queries.troubles(unit, row, words.content, sort))
            for sort in (Sort.DRAFT_SENT, Sort.FINAL)
        ]
        facts = plan_facts(unit, row, decision)
    return render_template("ehcp/ready.html", found=found, **facts)


# -- words that the wording check stops --------------------------------------------------------------------


@pages.get("/ehc-plans/<uuid:plan_id>/keep/<place>/<hint>")
@signed_in
def keep(plan_id: UUID, place: str, hint: str) -> ResponseReturnValue:
    """Ask why these words stay. ``place``: the box; ``hint``: which rule spoke."""
    return _keep_page(plan_id, place, hint, Form(KeepSchema()))


@pages.post("/ehc-plans/<uuid:plan_id>/keep/<place>/<hint>")
@signed_in
def keep_now(plan_id: UUID, place: str, hint: str) -> ResponseReturnValue:
    form = Form.sent(KeepSchema())
    if form.accepted:
        try:
            with act() as unit:
                section = actions.keep_words(
                    unit, plan_id, place, hint, request.form.get("mark", ""), form.values["reason"]
                )
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The words stay, and the reason is in the history. They are asked about once they change.")
            return redirect(url_for("ehcp.edit_section", plan_id=plan_id, letter=section), 303)
    return _keep_page(plan_id, place, hint, form)


def _keep_page(plan_id: UUID, place: str, kind: str, form: Form) -> ResponseReturnValue:
    with look() as unit:
        row, decision, draft = queries.read_draft(unit, plan_id, Permission.EHCP_ISSUE)
        shown = queries.wording_of(unit, row, draft.content).get(place, ())
        found = [one for one in shown if one.kind == kind]
        if not found or found[0].aside is not None:
            raise Conflict(actions.CHANGED)
        text = value_at(draft.content, found[0].where)
        facts = plan_facts(unit, row, decision)
    page = render_template("ehcp/keep.html", hint=found[0], text=text, mark=mark_of(text), form=form, **facts)
    return page, form.status


# -- agreements of health and care -------------------------------------------------------------------------


@pages.route("/ehc-plans/<uuid:plan_id>/agree/<part>", methods=["GET", "POST"])
@signed_in
def agree(plan_id: UUID, part: str) -> ResponseReturnValue:
    """Agree for one's own body, or file the letter in which a body agreed; to the words on the page."""
    if part not in PARTS:
        raise NotFound
    with look() as unit:
        row, decision, draft = queries.read_draft(unit, plan_id, Permission.EHCP_SIGN)
        naming = agreeing.agrees_for(unit, plan_id, part, decision)
        own = naming is not None
        named = agreeing.agreer(unit, plan_id, part)
        if not own and decision.standing != Standing.OFFICER:
            raise NotAllowed
        seen = project(draft.content, sight.draft_lens(decision), SHAPE)
        configuration = configuration_on(unit.today)
        shown = [one for one in parts(seen, configuration, shape=SHAPE) if one.name in PARTS[part]]
        signed = queries.sign_offs(unit, row, draft.content).get(part)
        facts = plan_facts(unit, row, decision)
        people_named = names(unit, {named.person_id} if named is not None else set())
        today = unit.today
    schema = SignSchema() if own else LetterSchema()
    initial = {"body": named.body} if named is not None and not own else {}
    form = Form.sent(schema) if request.method == "POST" else Form(schema, initial=initial)
    if form.accepted:
        try:
            with act() as deed:
                actions.sign_off(
                    deed,
                    plan_id,
                    part,
                    number_shown(request.form.get("shown"), actions.MOVED),
                    body=form.values.get("body", ""),
                    agreed_on=form.values.get("agreed_on") or today,
                    words=form.values["words"],
                )
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The agreement is recorded. It holds until the words are changed.", "success")
            return redirect(url_for("ehcp.edit", plan_id=plan_id), 303)
    page = render_template(
        "ehcp/agree.html",
        form=form,
        part=part,
        part_words=PART_WORDS[part],
        own=own,
        naming=naming,
        named=people_named.get(named.person_id) if named is not None else None,
        body=named.body if named is not None else "",
        parts=shown,
        signed=signed,
        revision=draft.revision,
        **facts,
    )
    return page, form.status


@pages.route("/ehc-plans/<uuid:plan_id>/agreeing/<part>", methods=["GET", "POST"])
@signed_in
def agreeing_for(plan_id: UUID, part: str) -> ResponseReturnValue:
    """Name who agrees to these sections for the health or the care body."""
    if part not in PARTS:
        raise NotFound
    with look() as unit:
        row, decision = queries.allowed(unit, plan_id, Permission.EHCP_ISSUE)
        rules.check_live(row.state)
        able = agreeing.candidates(unit, row, part)
        known = names(unit, set(able))
        now = agreeing.agreer(unit, plan_id, part)
        facts = plan_facts(unit, row, decision)
    choices = {"person_id": [Choice(str(one), known[one].with_role) for one in able if one in known]}
    schema = AgreerSchema()
    status, shown = None, agreeing.shown_of(now)
    initial = {"body": now.body, "person_id": now.person_id} if now is not None else {}
    if request.method == "POST":
        form = Form.sent(schema, choices=choices)
        # As it was sent: who has not seen whom somebody else has named since is refused again.
        shown = request.form.get("shown") or ""
    else:
        form = Form(schema, choices=choices, initial=initial)
    if form.accepted:
        try:
            with act() as deed:
                agreeing.name(deed, plan_id, part, **form.values, shown=shown)
        except Invalid as failure:
            form.refuse(failure)
        except Conflict as failure:
            form.errors[""] = failure.message
            status = failure.status
        else:
            flash("It is recorded. They are told, and can agree to the words as they stand.", "success")
            return redirect(url_for("ehcp.agree", plan_id=plan_id, part=part), 303)
    page = render_template(
        "ehcp/agreeing.html",
        form=form,
        part=part,
        part_words=PART_WORDS[part],
        able=able,
        shown=shown,
        changed=status is not None,
        **facts,
    )
    return page, status or form.status


# -- entries of the school's plan --------------------------------------------------------------------------


@pages.route("/ehc-plans/<uuid:plan_id>/edit/<letter>/take-over", methods=["GET", "POST"])
@signed_in
def take_over(plan_id: UUID, letter: str) -> ResponseReturnValue:
    """Take entries over from the school's plan, each as a reference to the version it is of."""
    shape = section_shape(letter)
    with look() as unit:
        row, decision, offered = taking_over.offered(unit, plan_id, letter)
        facts = plan_facts(unit, row, decision)
    choices = {"entries": [Choice(item, name) for item, name in offered.entries]} if offered else {}
    form = Form.sent(TakeOverSchema(), choices=choices) if request.method == "POST" else None
    if form is not None and form.accepted and offered is not None:
        try:
            with act() as deed:
                # What was read a moment ago, or a Conflict: a newer version is shown before it is taken.
                number = number_shown(request.form.get("shown"), taking_over.ANOTHER)
                count = taking_over.take_over(
                    deed, plan_id, letter, offered.record_id, number, form.values["entries"]
                )
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash(f"Taken over: {count} from version {number} of the school’s plan.", "success")
            return redirect(url_for("ehcp.edit_section", plan_id=plan_id, letter=letter), 303)
    form = form or Form(TakeOverSchema(), choices=choices)
    page = render_template("ehcp/take_over.html", form=form, shape=shape, offered=offered, **facts)
    return page, form.status
