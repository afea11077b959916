"""The pages of a round of questions: asking, who has answered what, and answering (blueprint "rounds")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from isp.access.leads import safeguarding_leads
from isp.access.policy import Permission
from isp.audit import Unit
from isp.kernel import clock
from isp.kernel.errors import Conflict, Invalid
from isp.people.here import act, look, signed_in
from isp.plans import queries as plans
from isp.plans.pages.sent import raws, script_body
from isp.plans.vocabulary import Option, configuration_on
from isp.register import pupils
from isp.reviews import rounds
from isp.reviews import rounds_queries as queries
from isp.reviews import rounds_rules as rules
from isp.reviews.queries import under_way
from isp.reviews.rounds_queries import Round
from isp.web.asking import FormSchema, asks
from isp.web.filters import date_words, time_words
from isp.web.forms import Form
from isp.web.shell import belongs_to

pages = Blueprint("rounds", __name__)


def _question(number: int) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(max=rules.QUESTION_LIMIT),
        metadata=asks(f"Question {number}", kind="textarea", rows=2),
    )


class AskSchema(FormSchema):
    """Four questions, and by when."""

    question_1 = _question(1)
    question_2 = _question(2)
    question_3 = _question(3)
    question_4 = _question(4)
    due_on = fields.Date(
        required=True, metadata=asks("By when?", noun="the day", hint="For example 14 3 2027")
    )


@pages.route("/plans/<uuid:record_id>/questions", methods=["GET", "POST"])
@signed_in
def ask(record_id: UUID) -> ResponseReturnValue:
    """Ask all of the pupil's teachers; where they are being asked already, that round; and earlier ones."""
    form: Form | None = None
    status = None
    if request.method == "POST":
        form = Form.sent(AskSchema())
        if form.accepted:
            values = form.values
            questions = [values[f"question_{number}"] for number in range(1, rules.COUNT + 1)]
            try:
                with act() as unit:
                    round_id = rounds.ask(unit, record_id, questions, values["due_on"])
            except Invalid as failure:
                form.refuse(failure)
            except Conflict as failure:
                form.errors[""] = failure.message
                status = 409
            else:
                flash(f"They are asked to answer by {date_words(values['due_on'])}.", "success")
                return redirect(url_for("rounds.answers", round_id=round_id), 303)
    with look() as unit:
        row, _ = plans.allowed(unit, record_id, Permission.QUESTIONS_ASK)
        earlier = queries.rounds_of(unit, record_id)
        count = len(queries.asked_about(unit, row.pupil_id))
        form = form or _usual_form(unit, record_id, earlier)
        caption = pupils.name(unit, row.pupil_id).full
    page = render_template(
        "reviews/rounds/ask.html",
        form=form,
        record=row,
        open_round=next((one for one in earlier if one.status == rules.OPEN), None),
        earlier=[one for one in earlier if one.status != rules.OPEN],
        teachers=count,
        why_not=_why_not(row, count),
        caption=caption,
    )
    return page, status or form.status


def _usual_form(unit: Unit, record_id: UUID, earlier: Sequence[Any]) -> Form:
    """The questions of the plan's last round, else the usual ones; in time for the meeting planned."""
    asked = queries.questions_of(unit, earlier[0]) if earlier else rules.usual_questions(unit.today)
    initial: dict[str, Any] = {f"question_{at}": text for at, text in enumerate(asked, start=1)}
    meeting = under_way(unit, record_id)
    if meeting is not None and meeting.planned_on is not None and meeting.planned_on > unit.today:
        initial["due_on"] = max(unit.today, meeting.planned_on - rules.BEFORE_THE_MEETING)
    return Form(AskSchema(), initial=initial)


def _why_not(row: Any, teachers: int) -> str:
    if row.status != "open":
        return "This plan has ended, so there is nothing to ask about."
    if row.current is None:
        return rules.NO_VERSION
    return "" if teachers else rules.NO_TEACHERS


@pages.get("/questions/<uuid:round_id>")
@signed_in
def answers(round_id: UUID) -> ResponseReturnValue:
    """Who has answered, and the answers beside each outcome."""
    with look() as unit:
        found = queries.read_round(unit, round_id)
        caption = pupils.name(unit, found.row.pupil_id).full
    belongs_to(f"/pupils/{found.row.pupil_id}")
    return render_template(
        "reviews/rounds/answers.html",
        round=found,
        may_ask=found.decision.can(Permission.QUESTIONS_ASK),
        caption=caption,
    )


@pages.post("/questions/<uuid:round_id>/remind")
@signed_in
def remind(round_id: UUID) -> ResponseReturnValue:
    with act() as unit:
        count = rounds.remind(unit, round_id)
    flash(f"{count} {'person is' if count == 1 else 'people are'} reminded.", "success")
    return redirect(url_for("rounds.answers", round_id=round_id), 303)


@pages.post("/questions/<uuid:round_id>/close")
@signed_in
def close(round_id: UUID) -> ResponseReturnValue:
    with act() as unit:
        rounds.close(unit, round_id)
    flash("The questions are closed. What was answered stays.", "success")
    return redirect(url_for("rounds.answers", round_id=round_id), 303)


# -- answering -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sheet:
    """What somebody is asked and what stands in its boxes."""

    round: Round
    number: int
    finished: bool
    held: Mapping[str, str]
    caption: str
    lead: str
    scale: tuple[Option, ...]


def _sheet(round_id: UUID) -> Sheet:
    with look() as unit:
        found, mine, held = queries.read_own(unit, round_id)
        return Sheet(
            found,
            mine.number,
            mine.finished_at is not None,
            held,
            pupils.name(unit, found.row.pupil_id).full,
            safeguarding_leads(unit, found.row.pupil_id),
            configuration_on(unit.today).options["result"],
        )


def _page(
    sheet: Sheet,
    held: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    belongs_to(f"/pupils/{sheet.round.row.pupil_id}")
    page = render_template(
        "reviews/rounds/answer.html",
        sheet=sheet,
        round=sheet.round,
        held={**sheet.held, **(held or {})},
        problems=problems or {},
        limit=rules.ANSWER_LIMIT,
        caption=sheet.caption,
    )
    return page, status


@pages.get("/questions/<uuid:round_id>/answer")
@signed_in
def answer(round_id: UUID) -> ResponseReturnValue:
    """One page: each outcome, and the four questions."""
    return _page(_sheet(round_id))


@pages.post("/questions/<uuid:round_id>/answer")
@signed_in
def save(round_id: UUID) -> ResponseReturnValue:
    """Save what the form sent, and finish where its button says so; what cannot be kept comes back typed."""
    typed = {
        name: text for name, text in request.form.items() if name.partition(".")[0] in ("outcome", "question")
    }
    finishing = request.form.get("do") == "finish"
    try:
        with act() as unit:
            saved = rounds.save_answers(unit, round_id, typed)
        if not saved.problems and finishing:
            with act() as unit:
                rounds.finish(unit, round_id)
    except Invalid as failure:
        return _page(_sheet(round_id), typed, {"": " ".join(failure.errors.values())}, 422)
    except Conflict as failure:
        return _page(_sheet(round_id), typed, {"": failure.message}, 409)
    if saved.problems:
        return _page(_sheet(round_id), typed, saved.problems, 422)
    if finishing:
        flash("Thank you. Your answers are in, and whoever asked is told.", "success")
        return redirect(url_for("caseload.to_write"), 303)
    flash(f"Saved at {time_words(clock.now())}.", "success")
    return redirect(url_for("rounds.answer", round_id=round_id), 303)


@pages.post("/questions/<uuid:round_id>/answer/save")
@signed_in
def autosave(round_id: UUID) -> ResponseReturnValue:
    """Save as it is typed (static/autosave.js says how the two sides talk). 200 means committed."""
    body = script_body(lambda unit: queries.answering(unit, round_id))
    sent = {name: raw for name, raw in raws(body.get("changes")).items() if isinstance(raw, str)}
    with act() as unit:
        saved = rounds.save_answers(unit, round_id, sent)
        if saved.problems:
            raise Invalid(rules.ATTENTION, saved.problems)
        at = unit.now
    return {
        "revision": saved.number,
        "saved_at": time_words(at),
        "fields": {name: saved.answers.get(name, "") for name in sent},
        "unsettled": 0,
        "settle_url": url_for("rounds.answer", round_id=round_id),
    }
