"""Sections with colleagues: who may have which and until when; done, or taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from isp.access.policy import Permission
from isp.audit import Unit
from isp.kernel.errors import Conflict, Invalid
from isp.people.here import act, look, signed_in
from isp.plans import given, giving, queries
from isp.plans.content import SHAPE
from isp.plans.given import Task
from isp.plans.pages.blueprint import around, pages
from isp.plans.vocabulary import configuration_on
from isp.web.asking import FormSchema, asks
from isp.web.filters import count_of, date_words
from isp.web.forms import Form


class GiveSchema(FormSchema):
    """Which sections who writes, and by when."""

    sections = fields.List(
        fields.String(),
        required=True,
        metadata=asks("Which sections?", noun="at least one section", kind="checkboxes"),
    )
    person_id = fields.UUID(
        required=True, metadata=asks("Who should write them?", noun="who should write them", kind="radios")
    )
    due_on = fields.Date(
        required=True, metadata=asks("By when?", noun="the day", hint="For example 14 3 2027")
    )
    note = fields.String(
        load_default="",
        validate=validate.Length(max=giving.NOTE_LIMIT),
        metadata=asks(
            "What do you want to say to it, if anything?",
            noun="what you say to it",
            hint="Only your colleague and you read this.",
            kind="textarea",
            rows=3,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Around:
    row: Any
    caption: str
    choices: list[tuple[str, str]]
    free: list[tuple[str, str]]
    tasks: list[Task]


def _read(unit: Unit, record_id: UUID) -> _Around:
    row, _ = queries.allowed(unit, record_id, Permission.SECTION_GIVE)
    draft = queries.draft_facts(unit, record_id)
    if draft is None:
        raise Conflict("Nothing is being written at present, so there is no section to give.")
    choices = [(str(person_id), name) for person_id, name in given.writers_for(unit, row.pupil_id).items()]
    with_whom = given.in_draft(unit, draft.id)
    order = configuration_on(unit.today).section_order("school")
    free = [(name, SHAPE.sections[name].label) for name in order if name not in with_whom]
    tasks = [with_whom[name] for name in order if name in with_whom]
    return _Around(row, around(unit, row.pupil_id).caption, choices, free, tasks)


@pages.route("/plans/<uuid:record_id>/give", methods=["GET", "POST"])
@signed_in
def give(record_id: UUID) -> ResponseReturnValue:
    """Give sections to a colleague; of those that are with somebody, who has them."""
    with look() as unit:
        found = _read(unit, record_id)
    choices = {"sections": found.free, "person_id": found.choices}
    form = Form(GiveSchema(), choices=choices)
    status = None
    if request.method == "POST":
        form = Form.sent(GiveSchema(), choices=choices)
        if form.accepted:
            values = form.values
            try:
                with act() as unit:
                    giving.give_sections(
                        unit,
                        record_id,
                        values["sections"],
                        values["person_id"],
                        values["due_on"],
                        values["note"],
                    )
            except Invalid as failure:
                form.refuse(failure)
            except Conflict as failure:
                form.errors[""] = failure.message
                status = 409
            else:
                who = dict(found.choices).get(str(values["person_id"]), "Your colleague")
                names = [f"“{SHAPE.sections[name].label}”" for name in values["sections"]]
                what = names[0] if len(names) == 1 else count_of(len(names), "section")
                flash(f"{who} is asked to write {what} by {date_words(values['due_on'])}.", "success")
                return redirect(url_for("plans.edit", record_id=record_id), 303)
    page = render_template(
        "plans/give.html",
        record_id=record_id,
        form=form,
        tasks=found.tasks,
        somebody=bool(found.choices),
        free=bool(found.free),
        caption=found.caption,
    )
    return page, status or form.status


@pages.post("/plans/tasks/<uuid:task_id>/take-back")
@signed_in
def take_task_back(task_id: UUID) -> ResponseReturnValue:
    """Take a section back; what was written in it stays."""
    with act() as unit:
        row = giving.take_back(unit, task_id)
    flash("The section is with you again. What was written in it stays.", "success")
    return redirect(url_for("plans.edit", record_id=row.record_id), 303)
