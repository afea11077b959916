"""The letter of a term's reviews to a head: read, write, serve, print."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.escalations.letters import term_lists
from isp.escalations.letters.schemas import ListLetterSchema, ListServiceSchema
from isp.escalations.letters.term_lists import ListLetter
from isp.escalations.pages.upkeep.blueprint import pages
from isp.kernel.errors import Conflict, Invalid
from isp.people import directory
from isp.people.here import act, look, signed_in
from isp.web.files import PDF, WORD, as_download
from isp.web.filters import date_words, initials
from isp.web.forms import Form
from isp.web.print.letter import LetterData, letter
from isp.web.print.paper import Paper, Stamp
from isp.web.print.pdf import as_pdf
from isp.web.print.word import as_word

NOT_YET = "This is a draft. It has not been served."


def _page(list_id: UUID) -> str:
    return f"/annual-reviews/lists/{list_id}/letter"


def _back(found: ListLetter) -> str:
    about = found.about
    asked = "&".join(
        f"{name}-{part}={getattr(day, part)}"
        for name, day in (("term_from", about.term_from), ("term_to", about.term_to))
        for part in ("day", "month", "year")
    )
    return f"/annual-reviews/lists?of={about.authority_id}&{asked}"


@pages.route("/annual-reviews/lists/<uuid:list_id>/letter", methods=["GET", "POST"])
@signed_in
def list_letter(list_id: UUID) -> ResponseReturnValue:
    """The letter as it would go out, with the words around the list to write."""
    form: Form | None = None
    if request.method == "POST":
        form = Form.sent(ListLetterSchema())
        if form.accepted:
            try:
                with act() as deed:
                    term_lists.write(deed, list_id, **form.values, shown=_shown())
            except Invalid as failure:
                form.refuse(failure)
            else:
                flash("The letter is saved.", "success")
                return redirect(_page(list_id), 303)
    with look() as unit:
        found = term_lists.read(unit, list_id)
    if form is None:
        words = found.words
        initial = {"dated_on": found.dated_on, "opening": words.opening, "closing": words.closing}
        form = Form(ListLetterSchema(), initial=initial)
    page = render_template(
        "upkeep/list_letter.html",
        found=found,
        row=found.row,
        form=form,
        href=_page(list_id),
        back_to=_back(found),
    )
    return page, form.status


@pages.route("/annual-reviews/lists/<uuid:list_id>/letter/serve", methods=["GET", "POST"])
@signed_in
def serve_list_letter(list_id: UUID) -> ResponseReturnValue:
    form = Form.sent(ListServiceSchema()) if request.method == "POST" else None
    if form is not None and form.accepted:
        try:
            with act() as deed:
                term_lists.serve(deed, list_id, **form.values, shown=_shown())
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The letter is recorded as served. Nobody can change it any more.", "success")
            return redirect(_page(list_id), 303)
    with look() as unit:
        found = term_lists.read(unit, list_id)
        today = unit.today
    if found.is_served:
        raise Conflict("This letter has been served, so nobody can change it any more.")
    form = form or Form(ListServiceSchema(), initial={"served_on": today})
    page = render_template("upkeep/serve_list_letter.html", found=found, form=form, href=_page(list_id))
    return page, form.status


def _shown() -> int:
    return request.form.get("shown", default=-1, type=int)


@pages.get("/annual-reviews/lists/<uuid:list_id>/letter.pdf", defaults={"form": "pdf"})
@pages.get("/annual-reviews/lists/<uuid:list_id>/letter.docx", defaults={"form": "docx"})
@signed_in
def list_letter_file(list_id: UUID, form: str) -> ResponseReturnValue:
    """The letter as a file: read and recorded in a unit of its own, and typeset when that has committed."""
    large = request.args.get("size") == "large"
    with look() as unit:
        found = term_lists.print_it(unit, list_id, form, "large" if large else "standard")
        printer = directory.names(unit, [unit.actor.person_id]) if unit.actor.person_id else {}
        by = next((one.with_role for one in printer.values()), "")
        paper = _paper(found, by, unit.now)
    name = f"letter-review-list.{form}"
    if form == "docx":
        return as_download(as_word(paper, large=large), WORD, name)
    return as_download(as_pdf(paper, large=large), PDF, name)


def _paper(found: ListLetter, by: str, at: Any) -> Paper:
    what = f"{found.school}, reviews of a term" + (f", code {found.code}" if found.code else "")
    listed = (
        ("From", found.authority),
        ("Date", date_words(found.dated_on)),
        ("To", found.service.get("to") or f"The head of {found.school}"),
        ("School", found.school),
    )
    return letter(
        LetterData(
            title=found.title,
            caption=found.authority,
            stamp=Stamp(initials=initials(found.school), what=what, by=by, at=at),
            facts=listed,
            parts=found.parts,
            foot="" if found.is_served else NOT_YET,
        )
    )
