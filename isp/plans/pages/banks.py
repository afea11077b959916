"""The banks of a school or an authority: lists, an entry, adding, changing, retiring."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import OrganisationPermission as Permission
from isp.banks import entries
from isp.banks.entries import BANKS, PROVISION, TEMPLATE, Entry
from isp.kernel.errors import Invalid, NotAllowed, NotFound
from isp.people import directory
from isp.people.here import act, look, signed_in
from isp.plans import content as plan_content
from isp.plans import from_bank
from isp.plans.bank_forms import SCHEMAS, NameSchema, choices
from isp.plans.content import blank
from isp.plans.pages.blueprint import pages
from isp.plans.showing import parts
from isp.plans.templates import only_template
from isp.plans.vocabulary import configuration_on
from isp.web.forms import Form
from isp.web.paging import page_in_memory
from isp.web.shown import a_number

WORDS = {
    "provision": ("Provision", "provision", "Add provision"),
    "adjustment": ("Adjustments", "an adjustment", "Add an adjustment"),
    "template": ("Plan templates", "a template", "Add a template"),
}
"""Of each bank: its heading, one of its entries, the words that add one."""


@pages.get("/banks")
@signed_in
def banks() -> ResponseReturnValue:
    """The banks of the organisations where the person works."""
    with look() as unit:
        mine = entries.banks_of(unit)
    if not mine:
        raise NotAllowed
    return render_template("banks/banks.html", organisations=mine, words=WORDS)


@pages.get("/banks/<uuid:organisation_id>/<bank>")
@signed_in
def bank_list(organisation_id: UUID, bank: str) -> ResponseReturnValue:
    """One bank; ``q`` finds words in it, ``retired`` shows what is no longer offered."""
    words, retired = request.args.get("q", "").strip()[:100], request.args.get("retired") == "yes"
    with look() as unit:
        decision, found = entries.listed(unit, organisation_id, bank, words=words, retired=retired)
        _known(bank)
        may_write = entries.may_write(unit, organisation_id)
    return render_template(
        "banks/list.html",
        organisation_id=organisation_id,
        bank=bank,
        said=WORDS[bank],
        page=page_in_memory(
            found,
            lambda one: one.id,
            scope=f"{bank}.{organisation_id}.{retired}",
            cursor=request.args.get("from"),
        ),
        words=words,
        retired=retired,
        may_write=may_write,
        own=decision.organisation_id,
    )


def _known(bank: str) -> None:
    if bank not in BANKS:
        raise NotFound


@pages.route("/banks/<uuid:organisation_id>/<bank>/new", methods=["GET", "POST"])
@signed_in
def add_to_bank(organisation_id: UUID, bank: str) -> ResponseReturnValue:
    """Add an entry. A template begins blank and is written section by section."""
    with look() as unit:
        gate.require_in_organisation(unit, Permission.BANK_WRITE, organisation_id)
        configuration = configuration_on(unit.today)
    _known(bank)
    schema = NameSchema() if bank == TEMPLATE else SCHEMAS[bank]()
    offered = {} if bank != PROVISION else choices(configuration)
    form = Form.sent(schema, choices=offered) if request.method == "POST" else Form(schema, choices=offered)
    if form.accepted:
        try:
            held = _held(bank, form, None)
            with act() as unit:
                made = entries.add(unit, organisation_id, bank, held)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("It is in the bank.", "success")
            return redirect(url_for("plans.bank_entry", bank_entry_id=made), 303)
    page = render_template(
        "banks/form.html",
        form=form,
        question=f"{WORDS[bank][2]} to the bank" if bank != TEMPLATE else "Add a template",
        back_to=url_for("plans.bank_list", organisation_id=organisation_id, bank=bank),
        back_text=WORDS[bank][0],
        action=request.path,
        number=None,
    )
    return page, form.status


def _held(bank: str, form: Form, before: Entry | None) -> dict[str, Any]:
    if bank != TEMPLATE:
        return from_bank.read_form(bank, form.values)
    content = before.held["content"] if before is not None else only_template(blank())
    return {"name": form.values["name"], "content": content}


@pages.get("/banks/entries/<uuid:bank_entry_id>")
@signed_in
def bank_entry(bank_entry_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        decision, entry = entries.read(unit, bank_entry_id)
        versions = entries.history(unit, entry)
        names = directory.names(unit, {one.changed_by for one in versions})
        may_write = entries.may_write(unit, entry.organisation_id) and entry.retired_at is None
        configuration = configuration_on(unit.today)
    template = None
    if entry.bank == TEMPLATE:
        content = plan_content.read(entry.held["content"])
        template = [one for one in parts(content, configuration) if not one.is_empty]
    return render_template(
        "banks/entry.html",
        entry=entry,
        said=WORDS[entry.bank],
        bank_of=decision.organisation_id,
        rows=from_bank.told(entry, configuration) if template is None else [],
        template=template,
        versions=versions,
        names=names,
        may_write=may_write,
    )


@pages.route("/banks/entries/<uuid:bank_entry_id>/change", methods=["GET", "POST"])
@signed_in
def change_bank_entry(bank_entry_id: UUID) -> ResponseReturnValue:
    """The next version of an entry; of a template, its name."""
    with look() as unit:
        _, entry = entries.read(unit, bank_entry_id)
        gate.require_in_organisation(unit, Permission.BANK_WRITE, entry.organisation_id)
        configuration = configuration_on(unit.today)
    schema = NameSchema() if entry.bank == TEMPLATE else SCHEMAS[entry.bank]()
    offered = {} if entry.bank != PROVISION else choices(configuration)
    initial = dict(entry.held)
    if "cost" in initial:
        initial["cost"] = f"{initial['cost'] // 100}.{initial['cost'] % 100:02d}"
    sent = request.method == "POST"
    form = Form.sent(schema, choices=offered) if sent else Form(schema, initial=initial, choices=offered)
    if form.accepted:
        try:
            held = _held(entry.bank, form, entry)
            with act() as unit:
                entries.change(unit, bank_entry_id, shown_number(), held)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The entry is changed. Plans that took it stay as they are.", "success")
            return redirect(url_for("plans.bank_entry", bank_entry_id=bank_entry_id), 303)
    page = render_template(
        "banks/form.html",
        form=form,
        question=f"Change {WORDS[entry.bank][1]}",
        back_to=url_for("plans.bank_entry", bank_entry_id=bank_entry_id),
        back_text="The entry",
        action=request.path,
        number=request.form.get("number", entry.number),
    )
    return page, form.status


def shown_number() -> int:
    """The number of the version that the page showed; 0, which none has, where the form does not say."""
    return a_number(request.form.get("number")) or 0


@pages.post("/banks/entries/<uuid:bank_entry_id>/retire")
@signed_in
def retire_bank_entry(bank_entry_id: UUID) -> ResponseReturnValue:
    with act() as unit:
        entries.retire(unit, bank_entry_id)
    flash("The entry is retired. Plans that took it stay as they are.", "success")
    return redirect(url_for("plans.bank_entry", bank_entry_id=bank_entry_id), 303)
