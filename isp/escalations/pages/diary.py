"""The diary of a case and its chronology: what happened, by day, for the authority and for paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import Permission
from isp.access.purposes import ASSESSMENT
from isp.escalations import subjects
from isp.escalations.diary import actions, queries
from isp.escalations.diary.chronology import chronology_paper, read_chronology
from isp.escalations.diary.schemas import CorrectionSchema, EntrySchema
from isp.escalations.pages.blueprint import pages, people
from isp.escalations.pages.letters import case_around, paper_choices
from isp.kernel.errors import Invalid, NotFound
from isp.people.here import act, look, signed_in
from isp.plans.printing import Form as FileForm
from isp.plans.schemas import CopySchema
from isp.web.asking import Choice
from isp.web.files import PDF, WORD, as_download
from isp.web.forms import Form
from isp.web.print.pdf import as_pdf
from isp.web.print.word import as_word


@pages.get("/cases/<uuid:case_id>/diary")
@signed_in
def diary(case_id: UUID) -> ResponseReturnValue:
    """Calls, visits, meetings and mail, the newest day first."""
    with look() as unit:
        case, decision, entries = queries.read_diary(unit, case_id)
        around = case_around(unit, case)
        writers = {one.now.recorded_by for one in entries} | {
            each.recorded_by for one in entries for each in one.before
        }
        named = people(unit, writers)
        titles = {}
        if any(one.now.document_id for one in entries):
            titles = {one.id: one.newest for one in subjects.papers(unit, case)}
    return render_template(
        "escalations/diary.html",
        entries=entries,
        named=named,
        papers=titles,
        may_write=decision.can(Permission.DIARY_WRITE),
        **around,
    )


@pages.route("/cases/<uuid:case_id>/diary/add", methods=["GET", "POST"])
@signed_in
def add_to_diary(case_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        case, decision = subjects.allowed(unit, case_id, Permission.DIARY_WRITE)
        queries.record_view(unit, case, decision)
        around = case_around(unit, case)
        choices = _papers(subjects.papers(unit, case))
    form = Form(EntrySchema(), initial={"happened_on": around["today"]}, choices=choices)
    if request.method == "POST":
        form = Form.sent(EntrySchema(), choices=choices)
        if form.accepted:
            try:
                with act() as deed:
                    actions.enter(deed, case_id, **form.values)
            except Invalid as failure:
                form.refuse(failure)
            else:
                flash("It stands in the diary.", "success")
                return redirect(f"/cases/{case_id}/diary", 303)
    return render_template("escalations/diary_entry.html", form=form, was=None, **around), form.status


@pages.route("/cases/<uuid:case_id>/diary/<uuid:case_entry_id>/correct", methods=["GET", "POST"])
@signed_in
def correct_diary(case_id: UUID, case_entry_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        case, decision = subjects.allowed(unit, case_id, Permission.DIARY_WRITE)
        found = next((one.now for one in queries.entries_of(unit, case) if one.now.id == case_entry_id), None)
        if found is None:
            raise NotFound(gate.NO_PAGE)
        queries.record_view(unit, case, decision)
        around = case_around(unit, case)
        choices = _papers(subjects.papers(unit, case))
    initial = {
        "kind": found.kind,
        "happened_on": found.on,
        "who": found.who,
        "what": found.what,
        "document_id": str(found.document_id or ""),
    }
    form = Form(CorrectionSchema(), initial=initial, choices=choices)
    if request.method == "POST":
        form = Form.sent(CorrectionSchema(), choices=choices)
        if form.accepted:
            try:
                with act() as deed:
                    actions.correct(deed, case_id, case_entry_id, **form.values)
            except Invalid as failure:
                form.refuse(failure)
            else:
                flash("The entry is corrected. What stood there before stays beside it.", "success")
                return redirect(f"/cases/{case_id}/diary", 303)
    return render_template("escalations/diary_entry.html", form=form, was=found, **around), form.status


def _papers(listed: list[Any]) -> dict[str, list[Choice]]:
    return {"document_id": paper_choices(listed)}


@pages.get("/cases/<uuid:case_id>/chronology")
@signed_in
def chronology(case_id: UUID) -> ResponseReturnValue:
    """Everything that happened, in order of the days."""
    with look() as unit:
        found = read_chronology(unit, case_id)
        around = case_around(unit, found.case)
    form = Form(CopySchema(), initial={"purpose": ASSESSMENT})
    if request.args.get("asked"):
        form.refuse(Invalid("Say what the copy is for.", {"purpose": "Choose what the copy is for."}))
    return render_template("escalations/chronology.html", found=found, form=form, **around), form.status


@pages.get("/cases/<uuid:case_id>/chronology/file")
@signed_in
def chronology_file(case_id: UUID) -> ResponseReturnValue:
    """The same as PDF or Word, for a purpose: recorded in a unit of its own, and then typeset."""
    wanted = FileForm.WORD if request.args.get("form") == FileForm.WORD else FileForm.PDF
    large = request.args.get("size") == "large"
    try:
        with look() as unit:
            paper = chronology_paper(unit, case_id, request.args.get("purpose", ""), wanted, large=large)
    except Invalid:
        return redirect(f"/cases/{case_id}/chronology?asked=1", 303)
    if wanted is FileForm.WORD:
        return as_download(as_word(paper, large=large), WORD, "case-chronology.docx")
    return as_download(as_pdf(paper, large=large), PDF, "case-chronology.pdf")
