"""A section with a colleague: who may have it and until when; done, or taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from isp.access.policy import Permission
from isp.audit import Unit
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.people.here import act, look, signed_in
from isp.plans import given, giving, queries
from isp.plans.content import SHAPE
from isp.plans.given import Task
from isp.plans.pages.blueprint import around, pages
from isp.web.asking import FormSchema, asks
from isp.web.filters import date_words
from isp.web.forms import Form


class GiveSchema(FormSchema):
    """Who writes a section, and by when."""

    person_id = fields.UUID(
        required=True, metadata=asks("Who should write it?", noun="who should write it", kind="radios")
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
    task: Task | None


def _read(unit: Unit, record_id: UUID, section: str) -> _Around:
    if section not in SHAPE.sections:
        raise NotFound
    row, _ = queries.allowed(unit, record_id, Permission.SECTION_GIVE)
    draft = queries.draft_facts(unit, record_id)
    if draft is None:
        raise Conflict("Nothing is being written at present, so there is no section to give.")
    choices = [(str(person_id), name) for person_id, name in given.writers_for(unit, row.pupil_id).items()]
    task = given.in_draft(unit, draft.id).get(section)
    return _Around(row, around(unit, row.pupil_id).caption, choices, task)


@pages.route("/plans/<uuid:record_id>/give/<section>", methods=["GET", "POST"])
@signed_in
def give(record_id: UUID, section: str) -> ResponseReturnValue:
    """Give a section to a colleague; of one that is with somebody, who has it."""
    with look() as unit:
        found = _read(unit, record_id, section)
    choices = {"person_id": found.choices}
    form = Form(GiveSchema(), choices=choices)
    status = None
    if request.method == "POST":
        form = Form.sent(GiveSchema(), choices=choices)
        if form.accepted:
            values = form.values
            try:
                with act() as unit:
                    giving.give_section(
                        unit, record_id, section, values["person_id"], values["due_on"], values["note"]
                    )
            except Invalid as failure:
                form.refuse(failure)
            except Conflict as failure:
                form.errors[""] = failure.message
                status = 409
            else:
                who = dict(found.choices).get(str(values["person_id"]), "Your colleague")
                flash(f"{who} is asked to write this by {date_words(values['due_on'])}.", "success")
                return redirect(url_for("plans.edit", record_id=record_id), 303)
    page = render_template(
        "plans/give.html",
        record_id=record_id,
        shape=SHAPE.sections[section],
        form=form,
        task=found.task,
        somebody=bool(found.choices),
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
