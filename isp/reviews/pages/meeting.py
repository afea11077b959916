"""The meeting, worked through with the family in the room: one step a page, saved as it is typed.

It never times out: a sign-in that lapsed asks for itself again and what was typed comes back. Several
people write at once; what meets another's words is a question of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.kernel.errors import Conflict, Gone, NotFound
from isp.people.here import act, actor, look, signed_in, store
from isp.plans.asked import Asked, Asking
from isp.plans.pages.sent import (
    not_saved,
    places_sent,
    saved_answer,
    script_body,
    sent_by_form,
    sent_by_script,
    typed_in_form,
)
from isp.plans.vocabulary import Configuration, configuration_on
from isp.records import drafts
from isp.records.boxes import Raw, Where, mark
from isp.records.changes import items_by_id
from isp.records.drafts import DraftWords, OpenClash
from isp.records.project import project
from isp.records.shape import Content
from isp.reviews import actions, queries, rules, saving
from isp.reviews.beside import Beside, beside
from isp.reviews.content import BOXES, NOT_WRITTEN, SHAPE
from isp.reviews.pages.blueprint import pages, review_facts
from isp.reviews.steps import OVERALL, VIEWS, Step, after, steps
from isp.web.filters import time_words
from isp.web.shown import an_id

RADIOS = frozenset({"result", "next", "came", "decision", "recommendation"})
"""Choices that are pressed and not looked up in a list."""


@dataclass(frozen=True, slots=True)
class Table:
    """The meeting as its pages need it: the report, whoever writes in it, and what is left."""

    row: Any
    decision: Decision
    words: DraftWords
    content: Content
    configuration: Configuration
    facts: Mapping[str, Any]
    unsettled: int
    beside: Beside | None = None

    @property
    def steps(self) -> list[Step]:
        return steps(self.content)

    def step(self, section: str, item: str = "") -> Step:
        """NotFound where the report has no such step."""
        for one in self.steps:
            if (one.section, one.item) == (section, item):
                return one
        raise NotFound


def _table(unit: Unit, row: Any, decision: Decision, words: DraftWords, item: str = "") -> Table:
    content = project(words.content, decision.lens, SHAPE)
    return Table(
        row=row,
        decision=decision,
        words=words,
        content=content,
        configuration=configuration_on(unit.today),
        facts=review_facts(unit, row, decision),
        unsettled=len(drafts.clashes(unit, words)),
        beside=beside(unit, row, content, item) if item else None,
    )


def read_table(review_id: UUID, item: str = "") -> Table:
    """The meeting for somebody who writes in it; the view is recorded."""
    with look() as unit:
        opened = saving.open_report(unit, review_id)
        unit.record(
            opened.decision,
            Event.REVIEW_VIEWED,
            Chain.pupil(opened.row.pupil_id),
            obj=("review", review_id),
        )
        return _table(unit, opened.row, opened.decision, opened.draft, item)


@pages.get("/reviews/<uuid:review_id>/meeting")
@signed_in
def meeting(review_id: UUID) -> ResponseReturnValue:
    """Where the meeting is: the first step that is not done."""
    table = read_table(review_id)
    listed = table.steps
    here = next((one for one in listed if not one.is_done), listed[-1])
    return redirect(f"{table.facts['base']}/meeting/{here.path}")


@pages.get("/reviews/<uuid:review_id>/meeting/<name>")
@signed_in
def step(review_id: UUID, name: str) -> ResponseReturnValue:
    table = read_table(review_id)
    return _step_page(table, table.step(name))


@pages.get("/reviews/<uuid:review_id>/meeting/outcomes/<uuid:item_id>")
@signed_in
def outcome(review_id: UUID, item_id: UUID) -> ResponseReturnValue:
    table = read_table(review_id, str(item_id))
    return _step_page(table, table.step("outcomes", str(item_id)))


@pages.post("/reviews/<uuid:review_id>/meeting/<name>")
@signed_in
def save_step(review_id: UUID, name: str) -> ResponseReturnValue:
    return _save(review_id, name, "")


@pages.post("/reviews/<uuid:review_id>/meeting/outcomes/<uuid:item_id>")
@signed_in
def save_outcome(review_id: UUID, item_id: UUID) -> ResponseReturnValue:
    return _save(review_id, "outcomes", str(item_id))


def _places(table: Table, here: Step) -> list[Where]:
    """The boxes of a step's page. The family's words are on every page of an outcome."""
    lens, held = table.decision.lens, table.content
    listed = [place for place in BOXES.places(held, here.section, lens) if place.field is not None]
    if here.item:
        listed = [place for place in listed if place.item == here.item]
        listed += [one for one in BOXES.places(held, VIEWS, lens) if one.field in ("family", "pupil")]
    return [place for place in listed if place.field not in NOT_WRITTEN]


def _step_page(
    table: Table,
    here: Step,
    *,
    typed: Mapping[str, Raw] | None = None,
    typed_boxes: Mapping[str, Raw] | None = None,
    problems: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    asking = Asking(
        table.content,
        table.decision.lens,
        table.configuration,
        typed=typed,
        typed_boxes=typed_boxes,
        problems=problems,
        of=BOXES,
    )
    places = _places(table, here)
    asked = {place: _pressed(asking.question(place)) for place in places}
    shown = {place.key: mark(BOXES.as_sent(table.content, place)) for place in places}
    listed = table.steps
    page = render_template(
        "reviews/outcome.html" if here.item else "reviews/step.html",
        table=table,
        here=here,
        steps=listed,
        done=sum(one.is_done for one in listed),
        following=after(listed, here),
        questions=[
            one for place, one in asked.items() if place.item is None and place.section == here.section
        ],
        cards=_cards(table, here, asked),
        asked={place.field: one for place, one in asked.items() if place.item == here.item},
        views={place.field: one for place, one in asked.items() if place.section == VIEWS},
        item=items_by_id(table.content["sections"]["outcomes"]).get(here.item),
        overall=OVERALL,
        shown=json.dumps(shown, separators=(",", ":")),
        errors=[{"text": one.error, "href": f"#{one.first_id}"} for one in asked.values() if one.error],
        **table.facts,
    )
    return page, 422 if problems else 200


def _pressed(asked: Asked) -> Asked:
    if asked.kind == "select" and asked.key.rpartition(".")[2] in RADIOS:
        return replace(asked, kind="radios")
    return asked


def _cards(table: Table, here: Step, asked: Mapping[Where, Asked]) -> list[tuple[str, str, list[Asked]]]:
    """The entries of a step's list: id, name, questions."""
    if here.item:
        return []
    items = table.content["sections"][here.section].get("items", [])
    return [
        (
            item["id"],
            item.get("name") or item.get("of") or SHAPE.sections[here.section].item_label,
            [one for place, one in asked.items() if place.item == item["id"]],
        )
        for item in items
    ]


def _save(review_id: UUID, section: str, item: str) -> ResponseReturnValue:
    """Save what the form sent and go where its button says; what cannot be kept comes back filled in."""
    if section not in SHAPE.sections:
        raise NotFound
    deed = request.form.get("do", "")
    try:
        written = saving.save(
            store(),
            actor(),
            review_id,
            lambda opened: sent_by_form(BOXES, opened.decision.lens, section, deed),
        )
    except (Conflict, Gone) as failure:
        return _not_saved(review_id, failure.message)
    opened = written.opened
    with look() as unit:
        table = _table(unit, opened.row, opened.decision, written.draft, item)
    here = table.step(section, item)
    if written.problems:
        answers = typed_in_form(BOXES, table.decision.lens)
        return _step_page(table, here, typed=answers, typed_boxes=request.form, problems=written.problems)
    if written.unsettled:
        return redirect(url_for("reviews.settle", review_id=review_id), 303)
    at = f"{table.facts['base']}/meeting/"
    if deed == "next":
        following = after(table.steps, here)
        return redirect(at + following.path if following else f"{table.facts['base']}/close", 303)
    if written.item is not None and deed == "add":
        return redirect(f"{at}{here.path}#item-{written.item}", 303)
    flash(f"Saved at {time_words(written.at)}.", "success")
    return redirect(at + here.path, 303)


def _not_saved(review_id: UUID, why: str) -> ResponseReturnValue:
    """The report is no longer written in: what was typed comes back, to be copied."""
    with look() as unit:
        row, decision = queries.allowed(unit, review_id, Permission.REVIEW_WRITE)
        facts = review_facts(unit, row, decision)
    return not_saved(BOXES, decision.lens, why, opens="Open the review", **facts)


@pages.post("/reviews/<uuid:review_id>/draft")
@signed_in
def autosave(review_id: UUID) -> ResponseReturnValue:
    """Save as it is typed (static/autosave.js says how the two sides talk). 200 means committed."""
    body = script_body(lambda unit: queries.allowed(unit, review_id, Permission.REVIEW_WRITE))
    written = saving.save(
        store(), actor(), review_id, lambda opened: sent_by_script(BOXES, opened.decision.lens, body)
    )
    lens = written.opened.decision.lens
    content = project(written.draft.content, lens, SHAPE)
    settle_url = url_for("reviews.settle", review_id=review_id)
    return saved_answer(BOXES, written, content, places_sent(BOXES, lens, body), settle_url)


# -- two people's words ------------------------------------------------------------------------------------


@pages.get("/reviews/<uuid:review_id>/settle")
@signed_in
def settle(review_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        opened = saving.open_report(unit, review_id)
        waiting = drafts.clashes(unit, opened.draft)
        table = _table(unit, opened.row, opened.decision, opened.draft)
        authors = queries.named(unit, {one.author_id for one in waiting})
        unit.record(
            opened.decision,
            Event.REVIEW_VIEWED,
            Chain.pupil(opened.row.pupil_id),
            obj=("review", review_id),
        )
    if not waiting:
        flash("Everything is settled.", "success")
        return redirect(f"{table.facts['base']}/meeting", 303)
    return render_template(
        "reviews/settle.html",
        clashes=[(one, *_sides(one, table.configuration), authors[one.author_id]) for one in waiting],
        **table.facts,
    )


def _sides(waiting: OpenClash, configuration: Configuration) -> tuple[str, str, str]:
    """What it is about, and the two sides in words."""
    clash = waiting.clash
    if clash.field is None:
        gone = ("The entry is removed.", "The entry stays.")
        return (
            SHAPE.sections[clash.section].label,
            gone[clash.theirs is not None],
            gone[clash.mine is not None],
        )
    shape = SHAPE.field(clash.section, clash.field)

    def say(value: Any) -> str:
        if value in (None, "", []):
            return "Nothing is written here."
        return configuration.words(shape.vocabulary, value) if shape.vocabulary else str(value)

    return shape.label, say(clash.theirs), say(clash.mine)


@pages.post("/reviews/<uuid:review_id>/settle")
@signed_in
def choose(review_id: UUID) -> ResponseReturnValue:
    clash_id = an_id(request.form.get("clash"))
    with act() as unit:
        row, _ = queries.allowed(unit, review_id, Permission.REVIEW_WRITE)
        rules.check_open(row.status)
        if clash_id is None:
            raise Conflict("This has been settled already. Open the meeting to see how it reads now.")
        actions.settle_clash(unit, review_id, clash_id, request.form.get("choice", ""))
    return redirect(url_for("reviews.settle", review_id=review_id), 303)
