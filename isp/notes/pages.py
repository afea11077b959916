"""The pages of working notes: those about a pupil, one with all it said, writing, correcting, withdrawing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.leads import safeguarding_leads
from isp.access.policy import Permission
from isp.audit import Unit
from isp.kernel import clock
from isp.kernel.errors import Conflict, Invalid
from isp.notes import about, actions, queries, rules
from isp.notes.queries import Note
from isp.notes.schemas import CorrectionSchema, NoteSchema, WithdrawSchema
from isp.notes.worries import found
from isp.people.here import act, look, signed_in
from isp.register import pupils
from isp.web.forms import Form
from isp.web.paging import Window, read_page
from isp.web.shell import belongs_to
from isp.web.shown import number_shown

pages = Blueprint("notes", __name__)
LISTED = 25


def _place(note: Note) -> tuple[Any, ...]:
    return note.row.made_at, note.id


@pages.get("/pupils/<uuid:pupil_id>/notes")
@signed_in
def notes(pupil_id: UUID) -> ResponseReturnValue:
    """The notes about a pupil, newest first."""
    with look() as unit:
        decision = queries.reading(unit, pupil_id)

        def fetch(window: Window) -> list[Note]:
            return queries.notes_about(
                unit,
                pupil_id,
                decision,
                position=_position(window.position),
                backwards=window.backwards,
                limit=window.limit,
            )

        page = read_page(
            fetch, _place, scope=f"notes.{pupil_id}", size=LISTED, cursor=request.args.get("from")
        )
        listed = list(page.items)
        queries.record_look(unit, pupil_id, decision, len(listed))
        people = queries.writers(unit, listed)
        subjects = _subjects(unit, pupil_id, listed)
        name = pupils.name(unit, pupil_id)
    return render_template(
        "notes/notes.html",
        page=page,
        people=people,
        subjects=subjects,
        withdrawals=rules.WITHDRAWAL_REASONS,
        may_write=decision.can(Permission.NOTES_WRITE),
        own_only=not decision.can(Permission.NOTES_READ),
        pupil_id=pupil_id,
        caption=name.full,
    )


def _position(key: tuple[Any, ...] | None) -> tuple[Any, Any] | None:
    return None if key is None else (key[0], key[1])


def _subjects(unit: Unit, pupil_id: UUID, listed: list[Note]) -> dict[UUID, str]:
    """What in the plan these notes are about, in its words; the plan is opened only where one is."""
    wanted = {one.row.item_id for one in listed if one.row.item_id is not None and one.says is not None}
    if not wanted:
        return {}
    held = {entry.item_id: entry.words for entry in about.entries_read(unit, pupil_id)}
    return {item: held.get(item, "something that the plan in force no longer holds") for item in wanted}


@pages.route("/pupils/<uuid:pupil_id>/notes/write", methods=["GET", "POST"])
@signed_in
def write(pupil_id: UUID) -> ResponseReturnValue:
    form = Form.sent(NoteSchema()) if request.method == "POST" else None
    if form is not None and form.accepted:
        values = form.values
        try:
            with act() as unit:
                actions.write(
                    unit,
                    pupil_id,
                    values["text"],
                    about=values["about"],
                    all_the_same=values["all_the_same"],
                )
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The note is saved. The family does not see it.", "success")
            return redirect(url_for("notes.notes", pupil_id=pupil_id), 303)
    with look() as unit:
        gate.require(unit, Permission.NOTES_WRITE, pupil_id)
        choices = [(str(entry.item_id), entry.words) for entry in about.entries_read(unit, pupil_id)]
        facts = _facts(unit, pupil_id)
    shown = Form(NoteSchema(), choices={"about": choices})
    if form is not None:
        # What the schema alone refused must not be lost to the answers that are offered only now.
        shown = Form(NoteSchema(), form.sent_data, form.errors, choices={"about": choices})
    return _form_page("notes/write.html", shown, facts, has_entries=bool(choices))


@pages.get("/notes/<uuid:note_id>")
@signed_in
def note(note_id: UUID) -> ResponseReturnValue:
    """One note, and what it said before."""
    with look() as unit:
        one, said, decision = queries.read_note(unit, note_id)
        pupil_id = one.row.pupil_id
        people = queries.writers(unit, [one], said)
        subjects = _subjects(unit, pupil_id, [one])
        name = pupils.name(unit, pupil_id)
    belongs_to(f"/pupils/{pupil_id}")
    return render_template(
        "notes/note.html",
        note=one,
        said=said,
        people=people,
        subjects=subjects,
        withdrawals=rules.WITHDRAWAL_REASONS,
        may_withdraw=one.may_withdraw,
        pupil_id=pupil_id,
        caption=name.full,
        reads_withdrawn=decision.can(Permission.WITHDRAWN_READ),
    )


@pages.route("/notes/<uuid:note_id>/correct", methods=["GET", "POST"])
@signed_in
def correct(note_id: UUID) -> ResponseReturnValue:
    """Say one's own note anew. Where it moved on meanwhile, what was typed stays in its box."""
    form = Form.sent(CorrectionSchema()) if request.method == "POST" else None
    status = None
    if form is not None and form.accepted:
        values = form.values
        try:
            with act() as unit:
                actions.correct(unit, note_id, _shown(), values["text"], all_the_same=values["all_the_same"])
        except Invalid as failure:
            form.refuse(failure)
        except Conflict as failure:
            form.errors[""] = failure.message
            status = 409
        else:
            flash("The note is corrected. What it said before is kept.", "success")
            return redirect(url_for("notes.note", note_id=note_id), 303)
    with look() as unit:
        one = actions.check_own(unit, note_id)
        facts = _facts(unit, one.row.pupil_id)
    if one.says is None:
        raise Conflict(rules.WITHDRAWN)
    belongs_to(f"/pupils/{one.row.pupil_id}")
    form = form or Form(CorrectionSchema(), initial={"text": one.says.text})
    return _form_page("notes/correct.html", form, facts, status=status, note=one, now=one.says)


def _shown() -> int:
    return number_shown(request.form.get("number"), rules.MOVED)


@pages.route("/notes/<uuid:note_id>/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw(note_id: UUID) -> ResponseReturnValue:
    form = Form.sent(WithdrawSchema()) if request.method == "POST" else Form(WithdrawSchema())
    if form.accepted:
        try:
            with act() as unit:
                pupil_id = actions.withdraw(unit, note_id, form.values["why"], form.values["reason"])
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The note is withdrawn.", "success")
            return redirect(url_for("notes.notes", pupil_id=pupil_id), 303)
    with look() as unit:
        row, _ = actions.withdrawing(unit, note_id)
        facts = _facts(unit, row.pupil_id)
    rules.check_stands(row.withdrawn_at is not None)
    belongs_to(f"/pupils/{row.pupil_id}")
    return _form_page("notes/withdraw.html", form, facts, note_id=note_id)


def _facts(unit: Unit, pupil_id: UUID) -> dict[str, Any]:
    """Whose note it is about, and whom to tell of a worry about a child's safety."""
    return {
        "pupil_id": pupil_id,
        "caption": pupils.name(unit, pupil_id).full,
        "lead": safeguarding_leads(unit, pupil_id),
    }


def _form_page(
    template: str, form: Form, facts: dict[str, Any], *, status: int | None = None, **more: Any
) -> ResponseReturnValue:
    typed = form["text"].text if "text" in form.fields else ""
    words = found(typed, clock.today()) if form.was_sent else ()
    return render_template(template, form=form, words=words, **facts, **more), status or form.status
