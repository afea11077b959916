"""Writing in a template: the plan's own questions, as far as a template may hold the answers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.lenses import Label, Lens
from isp.access.policy import OrganisationPermission as Permission
from isp.banks import entries
from isp.banks.entries import TEMPLATE, Entry
from isp.kernel.errors import NotFound
from isp.people.here import act, look, signed_in
from isp.plans import boxes
from isp.plans import content as plan_content
from isp.plans.asked import Asked, Asking, Card
from isp.plans.boxes import BOXES, Raw, Typed
from isp.plans.content import SHAPE
from isp.plans.pages.banks import shown_number
from isp.plans.pages.blueprint import pages
from isp.plans.pages.sent import marks_sent, typed_in_form
from isp.plans.templates import SECTIONS, is_kept, only_template
from isp.plans.vocabulary import configuration_on
from isp.records.changes import Op, apply, items_by_id
from isp.records.sent import Sent, with_deed
from isp.records.shape import Content

WRITER = Lens(labels=frozenset({Label.S0, Label.S1}), staff=True, sections=frozenset(SECTIONS))


@pages.route("/banks/entries/<uuid:template_id>/edit/<section>", methods=["GET", "POST"])
@signed_in
def edit_template(template_id: UUID, section: str) -> ResponseReturnValue:
    """One section of a template; saving it makes the template's next version."""
    with look() as unit:
        _, entry = entries.read(unit, template_id)
        gate.require_in_organisation(unit, Permission.BANK_WRITE, entry.organisation_id)
    if entry.bank != TEMPLATE or section not in SECTIONS:
        raise NotFound
    if request.method != "POST":
        return _page(entry, section)
    deed = request.form.get("do", "")
    content = _content(entry)
    answers = boxes.touched(typed_in_form(BOXES, WRITER), marks_sent())
    typed = _read(answers, content)
    if typed.problems:
        return _page(entry, section, answers, dict(typed.problems))
    if shown_number() != entry.number:
        return _page(entry, section, answers, dict.fromkeys(answers, _THEIRS) or {"": _THEIRS})
    sent = Sent(revision=0, draft_id=None, section=section, deed=deed)
    changes, item = with_deed(SHAPE, typed.changes, sent, content)
    if changes:
        held = {"name": entry.name, "content": only_template_with_new(apply(content, changes), item)}
        with act() as unit:
            entries.change(unit, template_id, shown_number(), held)
    here = url_for("plans.edit_template", template_id=template_id, section=section)
    verb, _, argument = deed.partition(":")
    if verb == "next" and argument in SECTIONS:
        return redirect(url_for("plans.edit_template", template_id=template_id, section=argument), 303)
    if item is not None and verb != "remove":
        return redirect(f"{here}#item-{item}", 303)
    flash("Saved.", "success")
    return redirect(here, 303)


_THEIRS = "Somebody changed the template after you opened it. Save again to keep your words."


def only_template_with_new(content: Content, item: str | None) -> Content:
    """What a template may hold, and the entry that was just added, though nothing stands in it yet."""
    kept = only_template(content)
    for name in SECTIONS:
        found = items_by_id(content["sections"][name]).get(item or "")
        if found is not None and found["id"] not in items_by_id(kept["sections"][name]):
            kept["sections"][name]["items"].append(found)
            kept["sections"][name]["items"].sort(key=lambda one: (one["order"], one["id"]))
    return kept


def _content(entry: Entry) -> Content:
    return plan_content.read(entry.held["content"])


def _read(answers: dict[str, Raw], content: Content) -> Typed:
    """The answers that a template may hold, read; an entry that is gone takes none."""
    kept = {}
    for key, raw in answers.items():
        place = boxes.where(key, WRITER)
        if place is None or place.field is None:
            continue
        there = place.item is None or place.item in items_by_id(content["sections"][place.section])
        if there and is_kept(place.section, place.field, of_item=place.item is not None):
            kept[key] = raw
    typed = boxes.read(kept, None, content, WRITER, None)
    return replace(typed, changes=tuple(one for one in typed.changes if one.op is Op.SET))


def _page(
    entry: Entry,
    section: str,
    answers: dict[str, Raw] | None = None,
    problems: dict[str, str] | None = None,
) -> ResponseReturnValue:
    content, shape = _content(entry), SHAPE.sections[section]
    with look() as unit:
        configuration = configuration_on(unit.today)
    asking = Asking(content, WRITER, configuration, typed=answers, problems=problems)
    questions = [one for one in asking.questions(section) if _is_asked(one)]
    cards = [_kept(card) for card in asking.cards(section)]
    listed = [*questions, *(one for card in cards for one in card.questions)]
    marks = {
        key: mark
        for key, mark in boxes.marks_of(content, section, WRITER).items()
        if key in {one.key for one in listed}
    }
    errors: list[dict[str, Any]] = [
        {"text": one.error, "href": f"#{one.first_id}"} for one in listed if one.error
    ]
    if problems and "" in problems:
        errors.append({"text": problems[""]})
    place = SECTIONS.index(section)
    page = render_template(
        "banks/template.html",
        entry=entry,
        shape=shape,
        sections=[SHAPE.sections[name] for name in SECTIONS],
        questions=questions,
        cards=cards,
        shown=json.dumps(marks, separators=(",", ":")),
        errors=errors,
        next_section=SECTIONS[place + 1] if place + 1 < len(SECTIONS) else None,
    )
    return page, 422 if problems else 200


def _kept(card: Card) -> Card:
    return replace(card, questions=tuple(one for one in card.questions if _is_asked(one)))


def _is_asked(asked: Asked) -> bool:
    place = boxes.where(asked.key, WRITER)
    if place is None or place.field is None:
        return False
    return is_kept(place.section, place.field, of_item=place.item is not None)
