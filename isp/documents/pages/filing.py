"""Adding a document and putting a newer version in its place."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import Permission
from isp.documents import actions, queries, rules
from isp.documents.actions import Filing
from isp.documents.pages.blueprint import home_of, layout_of, list_page, most_bytes, pages, taken_from
from isp.documents.pages.too_large import sent_data, sent_form
from isp.documents.schemas import AddSchema, ReplaceSchema
from isp.kernel.errors import Conflict, Invalid, NotAllowed
from isp.people.here import act, look, signed_in
from isp.register import pupils
from isp.web.asking import Choice
from isp.web.forms import Form
from isp.web.shown import number_shown

CHOOSE_AGAIN = "What you typed is still here. A browser never sends a file twice by itself: choose it again."


@pages.route("/pupils/<uuid:pupil_id>/documents/add", methods=["GET", "POST"])
@signed_in
def add(pupil_id: UUID) -> ResponseReturnValue:
    """File a document; from an entry of the plan, for that entry (``section`` and ``item``)."""
    with look() as unit:
        decision = gate.require(unit, Permission.DOCUMENT_WRITE, pupil_id)
        caption = pupils.name(unit, pupil_id).full
    section, item_id = _entry()
    labels = [Choice(one, *rules.LABELS[one]) for one in rules.labels_written(decision)]
    choices = {"label": labels}
    form = sent_form(AddSchema(), choices=choices) if request.method == "POST" else None
    if form is not None and form.accepted:
        values = form.values
        try:
            taken = taken_from(form)
            with act() as deed:
                filing = Filing(
                    values["kind"], values["label"], values["title"], values["happened_on"], section, item_id
                )
                actions.add(deed, pupil_id, filing, taken)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The document is filed.", "success")
            return redirect(list_page(pupil_id), 303)
    form = form or Form(AddSchema(), choices=choices)
    home_of(decision, pupil_id)
    page = render_template(
        "documents/add.html",
        form=form,
        pupil_id=pupil_id,
        caption=caption,
        section=section,
        item_id=item_id,
        layout=layout_of(decision),
        again=CHOOSE_AGAIN if form.errors else "",
        most=most_bytes(),
    )
    return page, form.status


def _entry() -> tuple[str | None, UUID | None]:
    """The entry of the plan that the address or the form names."""
    told = request.args if request.method == "GET" or "item" not in sent_data() else sent_data()
    section, item_id = told.get("section"), told.get("item", type=UUID)
    if section and item_id and section.replace("_", "").isalpha() and len(section) <= 24:
        return section, item_id
    return None, None


@pages.route("/documents/<uuid:document_id>/replace", methods=["GET", "POST"])
@signed_in
def replace(document_id: UUID) -> ResponseReturnValue:
    """A newer version of a document; the older ones can still be read."""
    with look() as unit:
        decision, document = queries.one(unit, document_id)
        if not actions.may_replace(decision, document):
            raise NotAllowed
        queries.record_list(unit, decision, document.newest.heading.pupil_id, [document])
        caption = pupils.name(unit, document.newest.heading.pupil_id).full
    newest = document.newest.heading
    form = sent_form(ReplaceSchema()) if request.method == "POST" else None
    if form is not None and form.accepted:
        values = form.values
        try:
            taken = taken_from(form)
            with act() as deed:
                number = actions.put_newer(
                    deed, document_id, _shown(), values["title"], values["happened_on"], taken
                )
        except Invalid as failure:
            form.refuse(failure)
        except Conflict as failure:
            form.errors[""] = failure.message
        else:
            flash(f"Version {number} is filed. The earlier ones can still be read.", "success")
            return redirect(list_page(newest.pupil_id), 303)
    form = form or Form(ReplaceSchema(), initial={"title": newest.title})
    home_of(decision, newest.pupil_id)
    page = render_template(
        "documents/replace.html",
        form=form,
        newest=document.newest,
        pupil_id=newest.pupil_id,
        caption=caption,
        layout=layout_of(decision),
        again=CHOOSE_AGAIN if form.errors else "",
        most=most_bytes(),
        KINDS=rules.EVERY_KIND,
    )
    return page, form.status


def _shown() -> int:
    """The version that the page showed."""
    return number_shown(sent_data().get("shown"), rules.MOVED_ON)
