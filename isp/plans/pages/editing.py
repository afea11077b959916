"""Writing a plan: the overview, one section at a time, and the save behind form and autosave alike.

Nothing that was typed is lost: a save is answered after its commit and no sooner; what cannot be kept comes
back in its box with a sentence while the rest is saved; where there is no draft any more, the words come
back to be copied.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Unit
from isp.kernel.errors import Conflict, Gone, NotFound
from isp.people import directory
from isp.people.here import act, actor, look, signed_in, store
from isp.plans import actions, boxes, giving, queries, saving, setting_aside
from isp.plans.asked import Asking
from isp.plans.boxes import BOXES, Raw
from isp.plans.chips import THREAD, threads
from isp.plans.content import SHAPE
from isp.plans.given import Task, in_draft
from isp.plans.linking import LINK, UNLINK
from isp.plans.pages.blueprint import Around, around, pages
from isp.plans.pages.sent import (
    not_saved,
    places_sent,
    saved_answer,
    script_body,
    sent_by_form,
    sent_by_script,
    typed_in_form,
)
from isp.plans.pages.wording import aside_address, aside_place, authors, fragments, thread_fragments
from isp.plans.papers import Papers, beside_entries
from isp.plans.queries import allowed
from isp.plans.showing import parts
from isp.plans.thread import gaps
from isp.plans.vocabulary import Configuration, configuration_on
from isp.plans.wording import Shown, standing
from isp.records import drafts
from isp.records.drafts import DraftWords
from isp.records.project import project
from isp.records.sent import Opened, Written
from isp.records.shape import Content, SectionShape
from isp.web.filters import time_words
from isp.web.shown import an_id

_ID = re.compile(r"[0-9a-f-]{36}")


@dataclass(frozen=True, slots=True)
class Line:
    """One section in the list on the left."""

    name: str
    label: str
    status: str
    status_words: str
    gaps: int
    vague: int = 0
    """Hints about wording that nobody has set aside."""


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
    hints: Mapping[str, Sequence[Shown]]
    """About wording, by box."""
    given: Mapping[str, Task]
    """The sections that are with a colleague, by name."""

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written in any section that the writer sees."""
        return not any(held["fields"] or held.get("items") for held in self.content["sections"].values())

    @property
    def is_as_it_was(self) -> bool:
        """Whether there is nothing to share: blank, or untouched since the version it was started from."""
        return self.is_blank or bool(self.words.base_number and not self.words.revision)

    @property
    def lines(self) -> list[Line]:
        """Every section that the writer sees, in the school's order."""
        counted: dict[str, int] = {}
        for gap in gaps(self.content, self.configuration):
            counted[gap.section] = counted.get(gap.section, 0) + 1
        vague = Counter(one.where.section for one in standing(self.hints))
        held = self.content["sections"]
        return [
            Line(
                name,
                SHAPE.sections[name].label,
                held[name]["status"],
                boxes.STATUS_WORDS[held[name]["status"]],
                counted.get(name, 0),
                vague[name],
            )
            for name in self.configuration.section_order("school")
            if name in held
        ]


def draft_of(unit: Unit, opened: Opened) -> Draft:
    """What the pages need around an opened draft."""
    return _draft(unit, opened.row, opened.decision, opened.draft)


def _draft(unit: Unit, row: Any, decision: Decision, words: DraftWords) -> Draft:
    unsettled = len(drafts.clashes(unit, words))
    people = queries.family_of(unit, row.pupil_id)
    content = project(words.content, decision.lens, SHAPE)
    hints = setting_aside.hints_of(unit, row, content)
    given = in_draft(unit, words.id)
    askers = {task.asked_by for task in given.values()}
    wanted = {*people, words.saved_by, words.made_by, *authors(hints.values()), *askers}
    named = directory.names(unit, wanted)
    surroundings = around(unit, row.pupil_id)
    return Draft(
        row=row,
        decision=decision,
        words=words,
        content=content,
        configuration=configuration_on(unit.today),
        around=Around(surroundings.pupil, named),
        unsettled=unsettled,
        family={str(person): named[person].full for person in people if person in named},
        hints=hints,
        given=given,
    )


def read_draft(record_id: UUID) -> Draft:
    """The draft for somebody who writes in it; the view is recorded. Conflict where there is none."""
    with look() as unit:
        row, decision, words = queries.read_draft(unit, record_id, Permission.DRAFT_WRITE)
        return _draft(unit, row, decision, words)


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
        hints=draft.hints,
    )
    unlinked = gaps(draft.content, draft.configuration)
    chips = threads(draft.content, shape.name, unlinked, draft.configuration)
    questions, cards = asking.questions(shape.name), asking.cards(shape.name, chips)
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
        gaps=unlinked if shape.name in THREAD else None,
        caption=draft.around.caption,
        writer=draft.around.name(draft.words.saved_by),
        task=_my_task(draft, shape.name),
        papers=_papers(draft) if cards else None,
    )
    return page, 422 if problems else 200


def _papers(draft: Draft) -> Papers:
    """The documents beside the entries."""
    with look() as unit:
        return beside_entries(unit, draft.row.pupil_id)


def _my_task(draft: Draft, section: str) -> Task | None:
    """What the reader was asked to write here."""
    task = draft.given.get(section)
    return task if task is not None and task.person_id == actor().person_id else None


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
            store(),
            actor(),
            record_id,
            lambda opened: sent_by_form(BOXES, opened.decision.lens, section, deed),
        )
    except (Conflict, Gone) as failure:
        return _not_saved(record_id, failure.message)
    if written.problems:
        draft = _after(written)
        answers = typed_in_form(BOXES, draft.decision.lens)
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
    if verb == "aside" and (aside := aside_address(record_id, argument)):
        return redirect(aside, 303)
    if verb == "take-up" and (place := aside_place(argument)):
        with act() as unit:
            where = setting_aside.take_up(unit, record_id, *place)
        flash("The hint counts again.", "success")
        return redirect(f"{here}#item-{where.item}", 303)
    if verb in (LINK, UNLINK):
        target = argument.rpartition(":")[2]
        return redirect(f"{here}#item-{target}" if _ID.fullmatch(target) else here, 303)
    if verb == "finish" and (task_id := an_id(argument)) is not None:
        with act() as unit:
            giving.finish_section(unit, task_id)
        flash("Thank you. The section is marked as complete, and whoever asked you is told.", "success")
        return redirect(url_for("plans.edit", record_id=record_id), 303)
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


def _not_saved(record_id: UUID, why: str) -> ResponseReturnValue:
    """The draft is gone: what was typed comes back, to be copied."""
    with look() as unit:
        row, decision = allowed(unit, record_id, Permission.DRAFT_WRITE)
        surroundings = around(unit, row.pupil_id)
    base = f"/plans/{record_id}"
    return not_saved(
        BOXES, decision.lens, why, base=base, opens="Open the plan", caption=surroundings.caption
    )


@pages.post("/plans/<uuid:record_id>/draft")
@signed_in
def autosave(record_id: UUID) -> ResponseReturnValue:
    """Save as it is typed (static/autosave.js says how the two sides talk). 200 means committed."""
    body = script_body(lambda unit: allowed(unit, record_id, Permission.DRAFT_WRITE))
    written = saving.save(
        store(), actor(), record_id, lambda opened: sent_by_script(BOXES, opened.decision.lens, body)
    )
    lens = written.opened.decision.lens
    content = project(written.draft.content, lens, SHAPE)
    places = places_sent(BOXES, lens, body)
    items = {place.item for place in places if place.item is not None}
    with look() as unit:
        found = setting_aside.hints_of(unit, written.opened.row, content, items=items)
        said = fragments(unit, found)
        configuration = configuration_on(unit.today)
    for section in sorted({place.section for place in places} & {*THREAD}):
        said |= thread_fragments(record_id, content, SHAPE.sections[section], items, configuration)
    settle_url = url_for("plans.settle", record_id=record_id)
    return {**saved_answer(BOXES, written, content, places, settle_url), "hints": said}
