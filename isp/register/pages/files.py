"""Bringing files in: choosing one, saying what its columns are, looking at what it would do, confirming."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from isp.access import gate
from isp.access.policy import OrganisationPermission
from isp.audit import Unit
from isp.kernel.errors import Conflict, Invalid, NotAllowed
from isp.people.here import act, look, signed_in
from isp.register.importing import mapping
from isp.register.importing.fields import FIELDS, REQUIRED, Kind
from isp.register.importing.planning import Answer
from isp.register.importing.pupil_plan import PupilPlan
from isp.register.importing.reading import MAX_BYTES
from isp.register.imports import running, staging
from isp.register.imports.running import Choices, Preview
from isp.register.pages.blueprint import pages
from isp.register.schemas import FILE_WORDS, FileSchema
from isp.web.days import NotADay, Parts, read_day
from isp.web.forms import Form

TOO_LARGE = (
    f"This file is larger than {MAX_BYTES // 1_000_000} MB, which no list of one school is. "
    "Check that it is the right file; if it is, split it into several."
)
SHOWN = 200
"""Sentences of one kind on a page; the rest is counted."""


def _school(unit: Unit) -> UUID:
    """The school the address names, else the first where the actor may bring in files of some kind."""
    named = request.args.get("school", type=UUID)
    allowed = [one for may in set(staging.MAY.values()) for one in gate.organisations_where(unit, may)]
    if named is not None and named not in allowed:
        gate.require_in_organisation(unit, OrganisationPermission.PUPILS_IMPORT, named)
    if not allowed:
        raise NotAllowed
    return named or allowed[0]


@pages.get("/imports")
@signed_in
def imports() -> ResponseReturnValue:
    with look() as unit:
        school_id = _school(unit)
        waiting = staging.waiting(unit, school_id)
    return _choose(school_id, Form(FileSchema(), initial={"kind": request.args.get("kind")}), waiting)


def _choose(school_id: UUID, form: Form, waiting: list[Any]) -> ResponseReturnValue:
    page = render_template(
        "register/imports.html", form=form, school_id=school_id, waiting=waiting, words=FILE_WORDS
    )
    return page, form.status


@pages.post("/imports/<uuid:school_id>/new")
@signed_in
def stage(school_id: UUID) -> ResponseReturnValue:
    """Read a file in. What is too large is refused by its announced length, before it is taken in."""
    with look() as unit:
        if not _may_any(unit, school_id):
            gate.require_in_organisation(unit, OrganisationPermission.PUPILS_IMPORT, school_id)
        waiting = staging.waiting(unit, school_id)
    try:
        form = Form.sent(FileSchema())
    except RequestEntityTooLarge:
        form = Form(FileSchema(), errors={"file": TOO_LARGE})
        return _choose(school_id, form, waiting)
    if form.accepted:
        try:
            with act() as unit:
                staged_id = staging.stage(
                    unit, school_id, Kind(form.values["kind"]), form.values["file"].stream
                )
        except Invalid as failure:
            form.refuse(Invalid(failure.message, {"file": failure.message}))
        else:
            return redirect(url_for("register.staged_file", staged_id=staged_id), 303)
    return _choose(school_id, form, waiting)


def _may_any(unit: Unit, school_id: UUID) -> bool:
    return any(school_id in gate.organisations_where(unit, one) for one in set(staging.MAY.values()))


@pages.get("/imports/<uuid:staged_id>")
@signed_in
def staged_file(staged_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        seen = running.preview(unit, staged_id)
    return _preview(seen, Choices())


def _preview(seen: Preview, choices: Choices, problem: str | None = None) -> ResponseReturnValue:
    """What the file would do; with ``problem``, why it was not done."""
    staged = seen.staged
    plan = seen.plan
    form = Form(FileSchema(), errors={"": problem} if problem else None)
    if seen.plan is None:
        return _columns(seen)
    page = render_template(
        "register/preview.html",
        seen=seen,
        staged=staged,
        plan=plan,
        choices=choices,
        words=FILE_WORDS[staged.kind],
        sentences=running.plan_sentences(plan) if plan else (),
        fingerprint=running.fingerprint(plan, choices) if plan else "",
        form=form,
        shown=SHOWN,
        is_pupils=isinstance(plan, PupilPlan),
        Answer=Answer,
    )
    return page, form.status


@pages.route("/imports/<uuid:staged_id>/columns", methods=["GET", "POST"])
@signed_in
def columns(staged_id: UUID) -> ResponseReturnValue:
    if request.method == "POST":
        with look() as unit:
            kind = staging.opened(unit, staged_id).kind
        chosen = {field.key: request.form.get(field.key) or None for field in FIELDS[kind]}
        with act() as unit:
            problems = staging.choose_columns(unit, staged_id, chosen)
        if not problems:
            return redirect(url_for("register.staged_file", staged_id=staged_id), 303)
        with look() as unit:
            staged = staging.opened(unit, staged_id)
        return _columns(Preview(staged, tuple(problems), None, {}), chosen)
    with look() as unit:
        staged = staging.opened(unit, staged_id)
    return _columns(
        Preview(staged, tuple(mapping.check(staged.kind, staged.columns, staged.sheet.headers)), None, {})
    )


def _columns(seen: Preview, chosen: dict[str, str | None] | None = None) -> ResponseReturnValue:
    staged = seen.staged
    examples = {
        header: next((row.cells[place] for row in staged.sheet.rows if row.cells[place].strip()), "")
        for place, header in enumerate(staged.sheet.headers)
    }
    needed = {key for one in REQUIRED[staged.kind] for key in one.any_of}
    form = Form(FileSchema(), errors={"": " ".join(seen.missing)} if seen.missing else None)
    page = render_template(
        "register/columns.html",
        staged=staged,
        fields=FIELDS[staged.kind],
        chosen=chosen or staged.columns,
        examples=examples,
        needed=needed,
        form=form,
        words=FILE_WORDS[staged.kind],
    )
    return page, form.status


def _choices() -> tuple[Choices, list[str]]:
    """What was ticked and answered, and what is wrong with the days that were given."""
    answers, ticked, problems = {}, {}, []
    for name, value in request.form.items():
        if name.startswith("answer-") and value in list(Answer):
            answers[name.removeprefix("answer-")] = Answer(value)
    days = Parts(*(request.form.get(f"left_on-{part}", "").strip() for part in ("day", "month", "year")))
    gone = request.form.getlist("left", type=UUID)
    day: date | None = None
    if gone:
        try:
            day = read_day(days, "their last day") if days else None
        except NotADay as failure:
            problems.append(failure.message)
        if day is None and not problems:
            problems.append("Enter the last day of those you have ticked as left.")
    if day is not None:
        ticked = dict.fromkeys(gone, day)
    return Choices(answers, tuple(request.form.getlist("take")), ticked), problems


@pages.post("/imports/<uuid:staged_id>/look")
@signed_in
def look_again(staged_id: UUID) -> ResponseReturnValue:
    """What the file would do with the answers given, still without doing it."""
    choices, problems = _choices()
    with look() as unit:
        seen = running.preview(unit, staged_id, choices)
    return _preview(seen, choices, " ".join(problems) or None)


@pages.post("/imports/<uuid:staged_id>/apply")
@signed_in
def apply(staged_id: UUID) -> ResponseReturnValue:
    choices, problems = _choices()
    if not problems:
        try:
            with act() as unit:
                outcome = running.apply(unit, staged_id, choices, seen=request.form.get("seen"))
        except (Invalid, Conflict) as failure:
            problems = [failure.message]
        else:
            return render_template("register/brought_in.html", outcome=outcome)
    with look() as unit:
        seen = running.preview(unit, staged_id, choices)
    return _preview(seen, choices, " ".join(problems))


@pages.post("/imports/<uuid:staged_id>/put-aside")
@signed_in
def put_aside(staged_id: UUID) -> ResponseReturnValue:
    with act() as unit:
        staging.put_aside(unit, staged_id)
    flash("The file is thrown away, and nothing was changed.")
    return redirect(url_for("register.imports"), 303)


@pages.get("/imports/<uuid:staged_id>/differences")
@signed_in
def differences(staged_id: UUID) -> ResponseReturnValue:
    """Where the file and the record say different things about the same child."""
    with look() as unit:
        seen = running.preview(unit, staged_id)
    if seen.plan is None:
        return _columns(seen)
    found = seen.plan.differences if isinstance(seen.plan, PupilPlan) else ()
    place = {pupil_id: number for number, pupil_id in enumerate(seen.names)}
    listed = sorted(found, key=lambda one: (place[one.pupil_id], one.label))
    return render_template("register/differences.html", seen=seen, staged=seen.staged, listed=listed)
