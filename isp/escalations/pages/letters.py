"""The pages of letters: those of a case, one to write and serve, and what went to a family or a school."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access.policy import Permission, Standing
from isp.audit import Unit
from isp.escalations import subjects
from isp.escalations.letters import actions, queries, rules
from isp.escalations.letters.content import Words
from isp.escalations.letters.printing import Form as FileForm
from isp.escalations.letters.printing import letter_paper
from isp.escalations.letters.recipients import recipients
from isp.escalations.letters.rules import SERVED, Sending
from isp.escalations.letters.schemas import BeginSchema, letter_schema, service_schema
from isp.escalations.letters.wording import wording_on
from isp.escalations.pages.blueprint import home_of, layout_of, pages, people, shown_version
from isp.escalations.queries import side_of
from isp.escalations.subjects import CaseFile
from isp.kernel.errors import Invalid, NotFound
from isp.people.here import act, look, signed_in
from isp.register import pupils
from isp.web.asking import Choice
from isp.web.files import PDF, WORD, as_download
from isp.web.filters import date_words
from isp.web.forms import Form
from isp.web.print.pdf import as_pdf
from isp.web.print.word import as_word


def case_around(unit: Unit, case: CaseFile) -> dict[str, Any]:
    """What a page about a case shows around its own answer."""
    return {
        "caption": pupils.name(unit, case.pupil_id).full,
        "case_id": case.id,
        "case_href": f"/cases/{case.id}",
        "home": case.home,
        "today": unit.today,
        "reference": case.reference,
        "pupil_id": case.pupil_id,
    }


@pages.get("/cases/<uuid:case_id>/letters")
@signed_in
def letters(case_id: UUID) -> ResponseReturnValue:
    """The letters of a case: those owed, those begun, those served."""
    with look() as unit:
        case, decision = subjects.allowed(unit, case_id, Permission.LETTER_WRITE)
        listed = queries.letters_of(unit, case, decision)
        owed = queries.owed(unit, case)
        around = case_around(unit, case)
    drafts = [one for one in listed if one.row.state != SERVED]
    served = [one for one in listed if one.row.state == SERVED]
    return render_template("escalations/letters.html", owed=owed, drafts=drafts, served=served, **around)


@pages.route("/cases/<uuid:case_id>/letters/new", methods=["GET", "POST"])
@signed_in
def begin_letter(case_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        case, decision = subjects.allowed(unit, case_id, Permission.LETTER_WRITE)
        queries.record_list_view(unit, case, decision)
        around = case_around(unit, case)
        kinds = [one for one in wording_on(unit.today).letters.values() if case.of(one.subject)]
        about = _carried(request.values.get("about", ""))
    choices = {"kind": [Choice(one.kind, one.title) for one in kinds]}
    if request.method == "POST":
        form = Form.sent(BeginSchema(), choices=choices)
        if form.accepted:
            with act() as deed:
                letter_id = actions.begin(deed, case_id, form.values["kind"], about=about)
            return redirect(f"/letters/{letter_id}/edit", 303)
    else:
        form = Form(BeginSchema(), choices=choices, initial={"kind": request.args.get("kind", "")})
    page = render_template("escalations/begin_letter.html", form=form, about_id=about, **around)
    return page, form.status


def _carried(sent: str) -> UUID | None:
    """The row that a letter of the list is to carry out; a letter that somebody just writes has none."""
    try:
        return UUID(sent)
    except ValueError:
        return None


@pages.get("/letters/<uuid:letter_id>")
@signed_in
def letter(letter_id: UUID) -> ResponseReturnValue:
    """One letter, for its officer and for whom it went to."""
    with look() as unit:
        found = queries.read(unit, letter_id)
        around = case_around(unit, found.case)
        named = people(unit, (found.row.made_by, found.row.served_by))
        listed, papers = [], {}
        if any(one.row.document_id for one in found.copies) and found.side == "authority":
            papers = {one.id: one.newest.heading.title for one in subjects.papers(unit, found.case)}
        if found.side == "authority" and found.row.state == rules.DRAFT:
            kind = queries.wording_of(found.row)[1]
            listed = recipients(unit, found.case, kind, found.words.particulars)
        if found.side != "authority":
            home_of(found.decision, found.row.pupil_id)
    back = f"/pupils/{found.row.pupil_id}/letters"
    if found.side == "authority":
        back = f"/cases/{found.case.id}/letters"
    return render_template(
        "escalations/letter.html",
        **around
        | {"found": found, "row": found.row, "named": named, "to": listed, "back_to": back, "papers": papers},
        layout=layout_of(found.decision),
        may_write=found.side == "authority" and found.decision.can(Permission.LETTER_WRITE),
    )


@pages.route("/letters/<uuid:letter_id>/edit", methods=["GET", "POST"])
@signed_in
def edit_letter(letter_id: UUID) -> ResponseReturnValue:
    form: Form | None = None
    if request.method == "POST":
        with look() as unit:
            row, _, _ = queries.allowed(unit, letter_id, Permission.LETTER_WRITE)
        kind = queries.wording_of(row)[1]
        form = Form.sent(letter_schema(kind)())
        if form.accepted:
            values = dict(form.values)
            dated_on = values.pop("dated_on")
            particulars = {one.code: _as_text(values.get(one.code)) for one in kind.particulars}
            opening, reasons, closing = (str(values.get(name, "")) for name in _SLOTS)
            words = Words(opening, reasons, closing, particulars)
            try:
                with act() as deed:
                    actions.write(deed, letter_id, words, dated_on=dated_on, shown=shown_version())
            except Invalid as failure:
                form.refuse(failure)
            else:
                flash("The letter is saved.", "success")
                return redirect(f"/letters/{letter_id}", 303)
    with look() as unit:
        found = queries.reading_of(unit, letter_id, Permission.LETTER_WRITE)
        rules.check_draft(found.row)
        kind = queries.wording_of(found.row)[1]
        around = case_around(unit, found.case)
        queries.record_view(unit, found)
    if form is None:
        initial = {"dated_on": found.row.dated_on, **{name: getattr(found.words, name) for name in _SLOTS}}
        for one in kind.particulars:
            said = found.words.particulars.get(one.code, "")
            initial[one.code] = _as_day(said) if one.sort == "date" else said
        form = Form(letter_schema(kind)(), initial=initial)
    page = render_template("escalations/edit_letter.html", form=form, found=found, row=found.row, **around)
    return page, form.status


_SLOTS = ("opening", "reasons", "closing")


def _as_text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value or "")


def _as_day(said: str) -> date | None:
    return date.fromisoformat(said) if said else None


@pages.route("/letters/<uuid:letter_id>/serve", methods=["GET", "POST"])
@signed_in
def serve_letter(letter_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        found = queries.reading_of(unit, letter_id, Permission.LETTER_WRITE)
        rules.check_draft(found.row)
        to = recipients(unit, found.case, queries.wording_of(found.row)[1], found.words.particulars)
        around = case_around(unit, found.case)
        choices = {"document_id": paper_choices(subjects.papers(unit, found.case))}
        queries.record_view(unit, found)
        today = unit.today
    schema = service_schema(to)()
    form = Form(schema, initial=_usual(to, today), choices=choices)
    if request.method == "POST":
        form = Form.sent(schema, choices=choices)
    if form.accepted:
        values = form.values
        sent = {one.key: Sending(values[f"how_{one.key}"], values.get(f"name_{one.key}") or "") for one in to}
        try:
            with act() as deed:
                actions.serve(
                    deed, letter_id, served_on=values["served_on"], sent=sent, proof=values["proof"],
                    document_id=values["document_id"],
                    shown=shown_version(),
                )  # fmt: skip
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The letter is recorded as served. Nobody can change it any more.", "success")
            return redirect(f"/letters/{letter_id}", 303)
    page = render_template("escalations/serve_letter.html", form=form, found=found, row=found.row, **around)
    return page, form.status


def paper_choices(listed: list[Any]) -> list[Choice]:
    """The documents that something can be about, by title and day."""
    return [
        Choice(str(one.id), f"{one.newest.heading.title}, of {date_words(one.newest.heading.happened_on)}")
        for one in listed
        if not one.newest.withdrawn
    ]


def _usual(to: list[Any], today: Any) -> dict[str, Any]:
    return {"served_on": today, **{f"how_{one.key}": "here" for one in to if one.here}}


@pages.post("/letters/<uuid:letter_id>/put-aside")
@signed_in
def put_letter_aside(letter_id: UUID) -> ResponseReturnValue:
    with act() as deed:
        row, _, _ = queries.allowed(deed, letter_id, Permission.LETTER_WRITE)
        actions.put_aside(deed, letter_id, shown=shown_version())
    flash("The draft is put aside.")
    return redirect(f"/cases/{row.subject_id}/letters", 303)


@pages.get("/letters/<uuid:letter_id>/letter.pdf", defaults={"form": "pdf"})
@pages.get("/letters/<uuid:letter_id>/letter.docx", defaults={"form": "docx"})
@signed_in
def letter_file(letter_id: UUID, form: str) -> ResponseReturnValue:
    """The letter as a file: read and recorded in a unit of its own, and typeset when that has committed."""
    wanted, large = FileForm(form), request.args.get("size") == "large"
    with look() as unit:
        paper, kind = letter_paper(unit, letter_id, wanted, large=large, to=request.args.get("to", ""))
    name = f"letter-{kind}.{form}"
    if wanted is FileForm.WORD:
        return as_download(as_word(paper, large=large), WORD, name)
    return as_download(as_pdf(paper, large=large), PDF, name)


@pages.get("/pupils/<uuid:pupil_id>/letters")
@signed_in
def letters_received(pupil_id: UUID) -> ResponseReturnValue:
    """What the authority sent: of the family each her own, of the school its copies."""
    with look() as unit:
        decision, listed = queries.received(unit, pupil_id)
        if side_of(decision) == "authority":
            raise NotFound
        caption = pupils.name(unit, pupil_id).full
    home, home_words = home_of(decision, pupil_id)
    return render_template(
        "escalations/letters_received.html",
        listed=listed,
        caption=caption,
        layout=layout_of(decision),
        family=side_of(decision) == "family",
        is_me=decision.standing == Standing.YOUNG_PERSON,
        home=home,
        home_words=home_words,
    )
