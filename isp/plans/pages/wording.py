"""Hints about wording on pages: the fragment under a box, and the page that asks why words stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from uuid import UUID

from flask import flash, get_template_attribute, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access.policy import Permission
from isp.audit import Unit
from isp.kernel.errors import Invalid
from isp.people import directory
from isp.people.directory import NOBODY, Named
from isp.people.here import act, look, signed_in
from isp.plans import boxes, queries, setting_aside
from isp.plans.chips import threads
from isp.plans.content import SHAPE
from isp.plans.names import name_of
from isp.plans.pages.blueprint import around, pages
from isp.plans.schemas import SetAsideSchema
from isp.plans.thread import gaps
from isp.plans.vocabulary import Configuration
from isp.plans.wording import Shown, mark_of
from isp.records.project import project
from isp.records.shape import Content, SectionShape
from isp.web.forms import Form


def authors(found: Iterable[Sequence[Shown]]) -> set[UUID]:
    """Who set a hint aside."""
    return {one.aside.author_id for shown in found for one in shown if one.aside is not None}


def fragments(unit: Unit, found: Mapping[str, Sequence[Shown]]) -> dict[str, str]:
    """What stands under each box, as the page's own template has it; empty where the words are fine."""
    wanted = authors(found.values())
    name = _namer(directory.names(unit, wanted) if wanted else {})
    hint_list = get_template_attribute("plans/_hints.html", "hint_list")
    return {key: str(hint_list(shown, name)).strip() for key, shown in found.items()}


def thread_fragments(
    record_id: UUID,
    content: Content,
    section: SectionShape,
    items: Collection[str],
    configuration: Configuration,
) -> dict[str, str]:
    """What is linked and what is not, for the places of a section's page: these items, and beside them."""
    template, base = "plans/_thread.html", f"/plans/{record_id}"
    unlinked = gaps(content, configuration)
    chips = get_template_attribute(template, "thread_chips")
    found = threads(content, section.name, unlinked, configuration)
    names = {
        item["id"]: name_of(section, item, configuration, "school")
        for item in content["sections"][section.name].get("items", ())
    }
    said = {
        f"thread.{item}": str(chips(base, found[item], names[item])).strip()
        for item in items
        if item in found
    }
    beside = get_template_attribute(template, "not_linked")(base, unlinked, section.name)
    count = get_template_attribute(template, "thread_count")(unlinked)
    return said | {"thread": str(beside).strip(), "thread-count": str(count)}


def _namer(people: Mapping[UUID, Named]) -> Callable[[UUID], str]:
    return lambda person: people[person].with_role if person in people else NOBODY


def aside_place(argument: str) -> tuple[str, str] | None:
    """The box and the rule of a hint, from its button's value; None where that is none."""
    place, _, kind = argument.partition(":")
    return (place, kind) if _PLACE.fullmatch(place) and kind.isidentifier() else None


def aside_address(record_id: UUID, argument: str) -> str | None:
    """Where the button of a hint leads, from its value; None where there is no such hint."""
    found = aside_place(argument)
    if found is None:
        return None
    return url_for("plans.set_aside", record_id=record_id, place=found[0], hint=found[1])


_PLACE = re.compile(r"[a-z_]+\.[0-9a-f-]{36}\.[a-z_]+")


@pages.get("/plans/<uuid:record_id>/draft/hints/<place>/<hint>")
@signed_in
def set_aside(record_id: UUID, place: str, hint: str) -> ResponseReturnValue:
    """Ask why these words stay. ``place``: the box; ``hint``: which rule spoke."""
    return _page(record_id, place, hint, Form(SetAsideSchema()))


@pages.post("/plans/<uuid:record_id>/draft/hints/<place>/<hint>")
@signed_in
def set_aside_now(record_id: UUID, place: str, hint: str) -> ResponseReturnValue:
    """Set the hint aside, with the reason."""
    form = Form.sent(SetAsideSchema())
    if form.accepted:
        try:
            with act() as unit:
                mark = request.form.get("mark", "")
                where = setting_aside.set_aside(unit, record_id, place, hint, mark, form.values["reason"])
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The hint is set aside. It comes back when the words change.", "success")
            here = url_for("plans.edit_section", record_id=record_id, section=where.section)
            return redirect(f"{here}#item-{where.item}", 303)
    return _page(record_id, place, hint, form)


def _page(record_id: UUID, place: str, kind: str, form: Form) -> ResponseReturnValue:
    with look() as unit:
        row, decision, draft = queries.read_draft(unit, record_id, Permission.DRAFT_WRITE)
        content = project(draft.content, decision.lens, SHAPE)
        hint = setting_aside.hint_at(unit, row, content, place, kind)
        surroundings = around(unit, row.pupil_id)
    text = boxes.value_at(content, hint.where)
    page = render_template(
        "plans/set_aside.html",
        record_id=record_id,
        hint=hint,
        text=text,
        mark=mark_of(text),
        form=form,
        caption=surroundings.caption,
    )
    return page, form.status
