"""Writing a plan: the overview, one section at a time, and the save behind form and autosave alike.

Nothing that was typed is lost: a save is answered after its commit and no sooner; what cannot be kept comes
back in its box with a sentence while the rest is saved; where there is no draft any more, the words come
back to be copied.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Unit
from isp.kernel.errors import Conflict, Gone, Invalid, NotFound
from isp.people import directory
from isp.people.here import act, actor, look, signed_in, store
from isp.plans import actions, boxes, queries, saving
from isp.plans.asked import Asking
from isp.plans.boxes import Raw
from isp.plans.content import SHAPE
from isp.plans.pages.blueprint import Around, around, pages
from isp.plans.queries import allowed
from isp.plans.saving import Sent, Written
from isp.plans.showing import parts
from isp.plans.thread import gaps
from isp.plans.vocabulary import Configuration, configuration_on
from isp.records import drafts
from isp.records.drafts import DraftWords
from isp.records.project import project
from isp.records.shape import Content, SectionShape
from isp.web.filters import time_words

MOST_BOXES = 4000
"""Far above the largest page: 60 items of 20 questions."""


@dataclass(frozen=True, slots=True)
class Line:
    """One section in the list on the left."""

    name: str
    label: str
    status: str
    status_words: str
    gaps: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as its writer's pages need it: projected, with what is not linked, and the names around it."""

    row: Any
    decision: Decision
    words: DraftWords
    content: Content
    configuration: Configuration
    around: Around
    unsettled: int
    family: Mapping[str, str]

    @property
    def lines(self) -> list[Line]:
        """Every section that the writer sees, in the school's order."""
        counted: dict[str, int] = {}
        for gap in gaps(self.content, self.configuration):
            counted[gap.section] = counted.get(gap.section, 0) + 1
        held = self.content["sections"]
        return [
            Line(
                name,
                SHAPE.sections[name].label,
                held[name]["status"],
                boxes.STATUS_WORDS[held[name]["status"]],
                counted.get(name, 0),
            )
            for name in self.configuration.section_order("school")
            if name in held
        ]


def draft_of(unit: Unit, opened: actions.Opened) -> Draft:
    """What the pages need around an opened draft."""
    return _draft(unit, opened.row, opened.decision, opened.draft)


def _draft(unit: Unit, row: Any, decision: Decision, words: DraftWords) -> Draft:
    unsettled = len(drafts.clashes(unit, words))
    people = queries.family_of(unit, row.pupil_id)
    named = directory.names(unit, {*people, words.saved_by, words.made_by})
    surroundings = around(unit, row.pupil_id)
    return Draft(
        row=row,
        decision=decision,
        words=words,
        content=project(words.content, decision.lens, SHAPE),
        configuration=configuration_on(unit.today),
        around=Around(surroundings.pupil, named),
        unsettled=unsettled,
        family={str(person): named[person].full for person in people if person in named},
    )


def read_draft(record_id: UUID) -> Draft:
    """The draft for somebody who writes in it; the view is recorded. Conflict where there is none."""
    with look() as unit:
        row, decision, words = queries.read_draft(unit, record_id, Permission.DRAFT_WRITE)
        return _draft(unit, row, decision, words)


@pages.post("/pupils/<uuid:pupil_id>/plan/start")
@signed_in
def start(pupil_id: UUID) -> ResponseReturnValue:
    """Start a plan: blank, or where ``start_from`` is "last" from the plan that ended last."""
    with act() as unit:
        if request.form.get("start_from") == "last":
            record_id = actions.start_plan_from_last(unit, pupil_id)
        else:
            record_id = actions.start_plan(unit, pupil_id)
    flash("The plan is started. Write as much as you like; it is saved as you go.", "success")
    return redirect(url_for("plans.edit", record_id=record_id), 303)


@pages.get("/plans/<uuid:record_id>/edit")
@signed_in
def edit(record_id: UUID) -> ResponseReturnValue:
    """The overview: how far each section is, and what is not linked yet."""
    try:
        draft = read_draft(record_id)
    except Conflict:
        return _no_draft(record_id)
    return render_template(
        "plans/edit.html",
        draft=draft,
        record_id=record_id,
        caption=draft.around.caption,
        gaps=gaps(draft.content, draft.configuration),
        writer=draft.around.name(draft.words.saved_by),
        may=draft.decision.can,
        Permission=Permission,
    )


def _no_draft(record_id: UUID) -> ResponseReturnValue:
    """Nothing is being written: the one thing to do is to start."""
    with look() as unit:
        row, decision = allowed(unit, record_id, Permission.DRAFT_WRITE)
        surroundings = around(unit, row.pupil_id)
    page = render_template("plans/no_draft.html", record=row, caption=surroundings.caption, may=decision.can)
    return page, 409 if row.status != "open" else 200


@pages.post("/plans/<uuid:record_id>/edit")
@signed_in
def start_draft(record_id: UUID) -> ResponseReturnValue:
    """Start the next draft, from the version in force. Somebody else's that is open is simply opened."""
    try:
        with act() as unit:
            actions.start_draft(unit, record_id)
    except Conflict:
        with look() as unit:
            row, _ = allowed(unit, record_id, Permission.DRAFT_WRITE)
            if row.status != "open":
                raise
    return redirect(url_for("plans.edit", record_id=record_id), 303)


@pages.get("/plans/<uuid:record_id>/draft")
@signed_in
def read(record_id: UUID) -> ResponseReturnValue:
    """The draft as it reads, for those who may read and not write, and to look over before sharing."""
    with look() as unit:
        row, decision, words = queries.read_draft(unit, record_id)
        draft = _draft(unit, row, decision, words)
    return render_template(
        "plans/draft.html",
        draft=draft,
        record_id=record_id,
        caption=draft.around.caption,
        parts=parts(draft.content, draft.configuration),
        writer=draft.around.name(words.saved_by),
        may=decision.can,
        Permission=Permission,
    )


def section_shape(section: str) -> SectionShape:
    """The section of this name. NotFound where there is none."""
    shape = SHAPE.sections.get(section)
    if shape is None:
        raise NotFound
    return shape


@pages.get("/plans/<uuid:record_id>/edit/<section>")
@signed_in
def edit_section(record_id: UUID, section: str) -> ResponseReturnValue:
    shape = section_shape(section)
    try:
        draft = read_draft(record_id)
    except Conflict:
        return _no_draft(record_id)
    if section not in draft.content["sections"]:
        raise NotFound
    undo = request.args.get("removed", type=int)
    return _section_page(draft, shape, undo=undo)


def _section_page(
    draft: Draft,
    shape: SectionShape,
    *,
    undo: int | None = None,
    typed: Mapping[str, Raw] | None = None,
    typed_boxes: Mapping[str, Raw] | None = None,
    problems: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    lens = draft.decision.lens
    asking = Asking(
        draft.content,
        lens,
        draft.configuration,
        family=draft.family,
        typed=typed,
        typed_boxes=typed_boxes,
        problems=problems,
    )
    unlinked: dict[str, list[str]] = {}
    for gap in gaps(draft.content, draft.configuration):
        unlinked.setdefault(gap.item, []).append(gap.sentence)
    questions, cards = asking.questions(shape.name), asking.cards(shape.name, unlinked)
    listed = [*questions, *(one for card in cards for one in card.questions), asking.status(shape.name)]
    order = [line.name for line in draft.lines]
    place = order.index(shape.name)
    page = render_template(
        "plans/section.html",
        draft=draft,
        record_id=draft.row.id,
        shape=shape,
        questions=questions,
        cards=cards,
        status=asking.status(shape.name),
        shown=json.dumps(boxes.marks_of(draft.content, shape.name, lens), separators=(",", ":")),
        errors=[{"text": one.error, "href": f"#{one.first_id}"} for one in listed if one.error],
        next_section=order[place + 1] if place + 1 < len(order) else None,
        undo=undo,
        caption=draft.around.caption,
        writer=draft.around.name(draft.words.saved_by),
    )
    return page, 422 if problems else 200


@pages.post("/plans/<uuid:record_id>/edit/<section>")
@signed_in
def save_section(record_id: UUID, section: str) -> ResponseReturnValue:
    """Save what the form sent and do what its button says; one that cannot be kept comes back filled in."""
    shape = section_shape(section)
    form, deed = request.form, request.form.get("do", "")
    if deed.startswith("undo:"):
        return _undo(record_id, section, deed)
    try:
        written = saving.save(
            store(), actor(), record_id, lambda opened: _sent_by_form(opened, section, deed)
        )
    except (Conflict, Gone) as failure:
        return _not_saved(record_id, failure.message)
    if written.problems:
        draft = _after(written)
        answers = boxes.of_form(form.getlist, _marks(), draft.decision.lens)
        return _section_page(draft, shape, typed=answers, typed_boxes=form, problems=written.problems)
    return _onwards(record_id, section, deed, written)


def _after(written: Written) -> Draft:
    """The page of a draft that has just been saved; nothing is looked at that the save did not show."""
    with look() as unit:
        return _draft(unit, written.opened.row, written.opened.decision, written.draft)


def _onwards(record_id: UUID, section: str, deed: str, written: Written) -> ResponseReturnValue:
    here = url_for("plans.edit_section", record_id=record_id, section=section)
    if written.unsettled:
        return redirect(url_for("plans.settle", record_id=record_id), 303)
    verb, _, argument = deed.partition(":")
    if verb == "next" and argument in SHAPE.sections:
        return redirect(url_for("plans.edit_section", record_id=record_id, section=argument), 303)
    if verb == "remove":
        return redirect(f"{here}?removed={written.draft.revision}", 303)
    if written.item is not None:
        return redirect(f"{here}#item-{written.item}", 303)
    flash(f"Saved at {time_words(written.at)}.", "success")
    return redirect(here, 303)


def _undo(record_id: UUID, section: str, deed: str) -> ResponseReturnValue:
    revision = deed.removeprefix("undo:")
    if not revision.isdecimal() or len(revision) > 9:
        raise Conflict("There is nothing to take back.")
    saving.twice(store(), actor(), lambda unit: actions.undo_save(unit, record_id, int(revision)))
    flash("It is back where it was.", "success")
    return redirect(url_for("plans.edit_section", record_id=record_id, section=section), 303)


def _marks() -> dict[str, str]:
    """What the form says that its boxes showed."""
    return {key: str(mark) for key, mark in _json(request.form.get("_shown")).items()}


def _json(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):  # the latter: brackets within brackets, by the thousand
        return {}
    return found if isinstance(found, dict) and len(found) <= MOST_BOXES else {}


def _sent_by_form(opened: actions.Opened, section: str, deed: str) -> Sent:
    lens, form = opened.decision.lens, request.form
    marks = _marks()
    answers = boxes.of_form(form.getlist, marks, lens)
    shown: dict[str, Raw] | None = None
    if "_shown_now" in form:
        # The script kept count of what each box showed last, while its saves moved the revision on.
        shown = boxes.gathered(_raws(_json(form["_shown_now"])), lens)
        marks = {key: boxes.mark(raw) for key, raw in shown.items()}
    return Sent(
        revision=_number(form.get("revision")),
        draft_id=_identifier(form.get("_draft")),
        answers=boxes.touched(answers, marks),
        shown=shown,
        section=section,
        deed=deed,
        in_part=True,
    )


def _not_saved(record_id: UUID, why: str) -> ResponseReturnValue:
    """The draft is gone: what was typed comes back, to be copied."""
    with look() as unit:
        row, decision = allowed(unit, record_id, Permission.DRAFT_WRITE)
        surroundings = around(unit, row.pupil_id)
    marks = _marks()
    typed = boxes.touched(boxes.of_form(request.form.getlist, marks, decision.lens), marks)
    words = []
    for key, raw in typed.items():
        place = boxes.where(key, decision.lens)
        if place is not None and place.shape is not None and isinstance(raw, str) and raw:
            words.append((place.shape.label, raw))
    page = render_template(
        "plans/not_saved.html", record_id=record_id, why=why, words=words, caption=surroundings.caption
    )
    return page, 409


@pages.post("/plans/<uuid:record_id>/draft")
@signed_in
def autosave(record_id: UUID) -> ResponseReturnValue:
    """Save as it is typed (static/autosave.js says how the two sides talk). 200 means committed."""
    body = _body()
    if not isinstance(body, dict) or type(body.get("revision")) is not int:
        with look() as unit:  # who asks comes before what was asked
            queries.allowed(unit, record_id, Permission.DRAFT_WRITE)
        raise Invalid("This page sent something that cannot be read. Open it again.")
    sent_boxes, shown = _raws(body.get("changes")), _raws(body.get("shown"))

    def gather(opened: actions.Opened) -> Sent:
        lens = opened.decision.lens
        return Sent(
            revision=body["revision"],
            draft_id=_identifier(request.args.get("draft")),
            answers=boxes.gathered(sent_boxes, lens),
            shown=boxes.gathered(shown, lens),
        )

    written = saving.save(store(), actor(), record_id, gather)
    lens = written.opened.decision.lens
    content = project(written.draft.content, lens, SHAPE)
    places = (boxes.where(key, lens) for key in boxes.gathered(sent_boxes, lens))
    fields: dict[str, Raw] = {}
    for section in sorted({place.section for place in places if place is not None}):
        fields |= boxes.boxes_of(content, section, lens)
    return {
        "revision": written.draft.revision,
        "saved_at": time_words(written.at),
        "fields": fields,
        "unsettled": written.unsettled,
        "settle_url": url_for("plans.settle", record_id=record_id),
    }


def _body() -> Any:
    """The JSON that was sent; None where it is none, or nested deeper than can be read."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def _raws(found: Any) -> dict[str, Raw]:
    """Names with a text or texts; anything else is left out."""
    if not isinstance(found, dict):
        return {}
    kept: dict[str, Raw] = {}
    for name, raw in list(found.items())[:MOST_BOXES]:
        if isinstance(raw, str):
            kept[str(name)] = raw
        elif isinstance(raw, list):
            kept[str(name)] = [one for one in raw if isinstance(one, str)]
    return kept


def _number(text: str | None) -> int:
    if text is None or not text.isdecimal() or len(text) > 9:
        raise Invalid("This page sent something that cannot be read. Open it again.")
    return int(text)


def _identifier(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
