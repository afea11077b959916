"""Two people changed this: only what cannot be settled by rule, one at a time. And what a draft changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access.lenses import Lens
from isp.access.policy import Permission
from isp.audit import Unit
from isp.kernel.errors import Conflict, Invalid
from isp.people.here import act, look, signed_in
from isp.plans import actions, boxes, queries, saving
from isp.plans import content as plan_content
from isp.plans.asked import Asked, Asking
from isp.plans.boxes import STATUS_WORDS, Raw, Where
from isp.plans.content import SHAPE
from isp.plans.names import name_of
from isp.plans.pages.blueprint import around, pages, spoken
from isp.plans.pages.reading import Changes, changes_of
from isp.plans.showing import Answer, say, say_item
from isp.plans.vocabulary import Configuration, configuration_on
from isp.records import drafts, saves, versions
from isp.records.changes import Change, Op, items_by_id
from isp.records.diff import diff
from isp.records.drafts import DraftWords, OpenClash
from isp.records.fields import Kind
from isp.records.project import project
from isp.records.sent import Opened
from isp.records.shape import Content

REMOVED = "The entry is removed."
EMPTY = "Nothing is written here."


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a clash: a text, or of a whole entry its answers."""

    texts: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One clash to be settled. ``third``: the box for other words; None where there can be none."""

    id: UUID
    where: str
    what: str
    base: Side
    theirs: Side
    mine: Side
    third: Asked | None
    left: int


@pages.get("/plans/<uuid:record_id>/settle")
@signed_in
def settle(record_id: UUID) -> ResponseReturnValue:
    return _settle_page(record_id, {})


def _settle_page(record_id: UUID, problems: Mapping[str, str]) -> ResponseReturnValue:
    with look() as unit:
        row, decision, draft = queries.read_draft(unit, record_id, Permission.DRAFT_WRITE)
        configuration = configuration_on(unit.today)
        waiting = _waiting(unit, draft, decision.lens)
        first = waiting[0] if waiting else None
        writer = saves.written_by(unit, draft, first.clash) if first else None
        people = [first.author_id if first else None, writer[0] if writer else None]
        surroundings = around(unit, row.pupil_id, people)
    if first is None:
        flash("Everything is settled.", "success")
        return redirect(url_for("plans.edit", record_id=record_id), 303)
    question = _question(draft, first, decision.lens, configuration, len(waiting))
    if question.third is not None and problems:
        typed = {part: request.form.get(f"third-{part}", "") for part in boxes.PARTS}
        error = problems.get("third", "")
        third = replace(question.third, raw=_third(question.third), boxes=typed, error=error)
        question = replace(question, third=third)
    page = render_template(
        "plans/settle.html",
        record_id=record_id,
        question=question,
        problems=problems,
        is_mine=first.author_id == unit.actor.person_id,
        author=surroundings.name(first.author_id),
        written_at=first.at,
        their_name=surroundings.name(writer[0]) if writer else None,
        their_time=writer[1] if writer else None,
        chosen=request.form.get("choice", ""),
        caption=surroundings.caption,
    )
    return page, 422 if problems else 200


def _waiting(unit: Unit, draft: DraftWords, lens: Lens) -> list[OpenClash]:
    """Clashes that this person may see, the person's own first."""
    # Of a whole entry the place is its section: where that may be seen, the entry may.
    found = [
        one
        for one in drafts.clashes(unit, draft)
        if boxes.where(Where(one.clash.section, one.clash.item, one.clash.field).key, lens)
    ]
    return sorted(found, key=lambda one: one.author_id != unit.actor.person_id)


def _question(
    draft: DraftWords, waiting: OpenClash, lens: Lens, configuration: Configuration, left: int
) -> Question:
    clash = waiting.clash
    content = project(draft.content, lens, SHAPE)
    shape = SHAPE.sections[clash.section]
    third = None
    if clash.field is not None:
        place, field = Where(clash.section, clash.item, clash.field), clash.field
        what = shape.field(field).label
        item = items_by_id(content["sections"][clash.section]).get(clash.item or "")
        if item is not None:
            what = f"{name_of(shape, item, configuration, 'school')}: {what}"
        third = _third_box(content, place, clash.mine, lens, configuration)

        def side(value: Any) -> Side:
            return Side(say(content, configuration, shape.name, field, value) or (EMPTY,))

    elif clash.item is None:
        what = "How far the section is"

        def side(value: Any) -> Side:
            return Side((STATUS_WORDS[str(value)],))

    else:
        sides = (clash.theirs, clash.mine, clash.base)
        named = next(one for one in sides if one is not None)
        what = name_of(shape, _visible(named, shape.name, lens), configuration, "school")

        def side(value: Any) -> Side:
            if value is None:
                return Side((REMOVED,))
            seen = _visible(value, shape.name, lens)
            answers = say_item(content, configuration, shape.name, seen).answers
            return Side((EMPTY,), answers)

    base, theirs, mine = (side(value) for value in (clash.base, clash.theirs, clash.mine))
    return Question(waiting.id, shape.label, what, base, theirs, mine, third, left)


def _visible(item: dict[str, Any], section: str, lens: Lens) -> dict[str, Any]:
    """Of a whole entry, the answers that this person may see."""
    return {
        name: value
        for name, value in item.items()
        if name in ("id", "order") or boxes.where(f"{section}.{item['id']}.{name}", lens) is not None
    }


def _third_box(
    content: Content, place: Where, mine: Any, lens: Lens, configuration: Configuration
) -> Asked | None:
    """The same question once more under another name, filled in with the person's own words."""
    if boxes.value_at(content, place) is None and place.item is not None:
        section = content["sections"][place.section]
        if place.item not in items_by_id(section):
            return None
    change = Change(Op.SET, place.section, place.item, place.field, mine)
    asked = Asking(boxes.applied(content, change), lens, configuration).question(place)
    return replace(asked, key="third", label="Other words", hint="", error="")


def _third(asked: Asked) -> Raw:
    """What was typed in the box for other words."""
    if asked.kind == "date":
        return " ".join(request.form.get(f"third-{part}", "").strip() for part in boxes.PARTS).strip()
    if asked.kind == "checkboxes":
        return request.form.getlist("third")
    return request.form.get("third", "")


@pages.post("/plans/<uuid:record_id>/settle")
@signed_in
def choose(record_id: UUID) -> ResponseReturnValue:
    """Choose: theirs, mine, or other words."""
    choice = request.form.get("choice", "")
    try:
        with act() as unit:
            opened = actions.open_draft(unit, record_id)
            clash_id = _clash_id()
            held = drafts.clash(unit, opened.draft, clash_id)
            third = _third_change(unit, opened, held) if choice == "third" else None
            actions.settle_clash(unit, record_id, clash_id, choice, third)
    except Invalid as failure:
        return _settle_page(record_id, failure.errors)
    section = held.clash.section
    with look() as unit:
        _, decision = queries.allowed(unit, record_id, Permission.DRAFT_WRITE)
        left = _waiting(unit, drafts.read(unit, record_id), decision.lens)
    if left:
        return redirect(url_for("plans.settle", record_id=record_id), 303)
    flash("Settled. The draft now says what you chose.", "success")
    return redirect(url_for("plans.edit_section", record_id=record_id, section=section), 303)


def _clash_id() -> UUID:
    try:
        return UUID(request.form.get("clash", ""))
    except ValueError:
        raise Conflict("This has been settled already. Open the plan to see how it reads now.") from None


def _third_change(unit: Unit, opened: Opened, held: OpenClash) -> Change | None:
    """Other words, checked like any typing. Raises Invalid for the box ``third``."""
    clash, lens = held.clash, opened.decision.lens
    place = boxes.where(Where(clash.section, clash.item, clash.field).key, lens)
    if place is None or place.field is None:
        return None
    content = opened.draft.content
    asked = _third_box(content, place, clash.mine, lens, configuration_on(unit.today))
    raw = _third(asked) if asked is not None else ""
    if not raw:
        return None
    span = saving.horizon(unit, opened.row.pupil_id) if boxes.kind_at(place) is Kind.DAY else None
    typed = boxes.read({place.key: raw}, None, content, lens, span)
    if typed.problems:
        raise Invalid("Some answers need attention.", {"third": typed.problems[place.key]})
    return typed.changes[0]


@pages.get("/plans/<uuid:record_id>/draft/changes")
@signed_in
def draft_changes(record_id: UUID) -> ResponseReturnValue:
    """What the draft changes, compared with the version it was started from."""
    with look() as unit:
        row, decision, draft = queries.read_draft(unit, record_id)
        changes = changes_since_base(unit, decision, draft)
        surroundings = around(unit, row.pupil_id)
    return render_template(
        "plans/draft_changes.html",
        record_id=record_id,
        base=changes.since,
        changes=changes,
        spoken=spoken,
        caption=surroundings.caption,
        may=decision.can,
        Permission=Permission,
    )


def changes_since_base(unit: Unit, decision: Any, draft: DraftWords) -> Changes:
    """What a draft changes for the child, through the reader's lens.

    Since the version it was started from; where that has been withdrawn since, so that its words are not the
    reader's to see, since the one that is in force.
    """
    since = draft.base_number
    hidden = since and not decision.can(Permission.WITHDRAWN_READ)
    if hidden and versions.facts(unit, draft.record_id, since).withdrawn:
        since = versions.newest_standing(unit, draft.record_id, other_than=since) or 0
    before = plan_content.blank()
    if since:
        before = plan_content.read(versions.read(unit, draft.record_id, since, withdrawn_too=True).content)
    old, new = (project(one, decision.lens, SHAPE) for one in (before, draft.content))
    changes = changes_of(diff(old, new), old, new, configuration_on(unit.today), decision)
    return replace(changes, since=since)
