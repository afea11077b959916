"""From the assessment to a plan: the authority's decisions, the draft, the family's answer, the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from isp.access.policy import Permission
from isp.audit import Unit
from isp.escalations import (
    assessing,
    assessments,
    consulting,
    correcting,
    drafting,
    naming,
    plan_rules,
    plan_schemas,
    queries,
)
from isp.escalations import course as courses
from isp.escalations.course import Deed, Ending
from isp.escalations.pages.blueprint import after, case_facts, pages, shown_version
from isp.escalations.queries import side_of
from isp.kernel.errors import Conflict, Invalid
from isp.people.here import act, look, signed_in
from isp.web.asking import Choice
from isp.web.filters import date_words
from isp.web.forms import Form

Doing = Callable[[Unit, dict[str, Any], int | None], object]


def deed_page(
    request_id: UUID,
    permission: Permission,
    schema: Schema,
    do: Doing,
    *,
    question: str,
    button: str,
    said: str,
    lead: tuple[str, ...] = (),
    choices: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | None = None,
    possible: Callable[[Any, Any], bool] = lambda _row, _assessment: True,
    back_to: str | None = None,
    shows: str | int = "assessment",
    then: str | None = None,
    writes: bool = False,
) -> ResponseReturnValue:
    """One form of a case: shown, read, done, and what was typed kept where it was refused.

    ``possible``: whether the deed's turn has come, of the rows of request and assessment; else back to the
    case. ``shows``: of which of the two rows the form carries the version, or the version itself where the
    deed is about another. ``then``: where it goes on, if not back. ``writes``: whether it leads to the words
    of the plan, which may have to be mended first.

    A refused form goes on carrying the version that it was sent with: who has not seen what changed since is
    refused again, until the page is opened anew.
    """
    status = None
    form = Form.sent(schema, choices=choices) if request.method == "POST" else None
    with look() as unit:
        row, may = queries.allowed(unit, request_id, permission)
        home = back_to or after(may, row.pupil_id, request_id)
    if form is not None and form.accepted:
        try:
            with act() as deed:
                do(deed, form.values, shown_version())
        except Invalid as failure:
            form.refuse(failure)
        except Conflict as failure:
            form.errors[""] = failure.message
            status = failure.status
        else:
            flash(said)
            return redirect(then or home, 303)
    with look() as unit:
        facts = case_facts(unit, queries.read_case(unit, request_id))
        today = unit.today
    assessment = facts["case"].assessment
    if form is None:
        if not possible(facts["row"], assessment):
            return redirect(home)
        form = Form(schema, choices=choices, initial={"on": today, "sent_on": today, **(initial or {})})
    return render_template(
        "escalations/deed.html",
        form=form,
        question=question,
        lead=lead,
        button=button,
        back_to=home,
        plan_id=assessment.plan_id if writes and assessment is not None else None,
        changed=status is not None,
        shown=_carried(form, shows, facts["row"], assessment),
        **facts,
    ), status or form.status


def _carried(form: Form, shows: str | int, row: Any, assessment: Any | None) -> int | None:
    """The version that the form sends back: as it was sent, or of what is shown for the first time."""
    if form.was_sent:
        return shown_version()
    if isinstance(shows, int):
        return shows
    found = assessment if shows == "assessment" else row
    return int(found.row_version) if found is not None else None


def can(deed: Deed) -> Callable[[Any, Any], bool]:
    """Whether the course of the assessment has this turn now."""
    return lambda _row, assessment: (
        assessment is not None and deed in courses.possible(courses.course_of(assessment))
    )


@pages.route("/cases/<uuid:request_id>/plan-decision", methods=["GET", "POST"])
@signed_in
def plan_decision(request_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        row, _ = queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE)
    if row.reassesses is not None:
        return _what_becomes_of_it(request_id)

    def do(unit: Unit, values: dict[str, Any], shown: int | None) -> None:
        necessary = values.pop("necessary") == "yes"
        assessing.decide_plan(unit, request_id, necessary=necessary, shown=shown, **values)

    return deed_page(
        request_id,
        Permission.ASSESSMENT_DECIDE,
        plan_schemas.PlanDecisionSchema(),
        do,
        question="Is there to be an EHC plan?",
        button="Record the decision",
        said="The decision is recorded, and the family and the school are told that there is one.",
        lead=(
            (
                "Section 37(1), Children and Families Act 2014: where, in the light of the assessment, it is "
                "necessary for special educational provision to be made in accordance with a plan, the "
                "authority must make one."
            ),
        ),
        possible=lambda row, one: can(Deed.TO_ISSUE)(row, one) or can(Deed.NO_PLAN)(row, one),
    )


def _what_becomes_of_it(request_id: UUID) -> ResponseReturnValue:
    """The same after a re-assessment: there is a plan already."""

    def do(unit: Unit, values: dict[str, Any], shown: int | None) -> None:
        changes = values["decision"] == plan_rules.ISSUE
        assessing.decide_plan(unit, request_id, necessary=changes, shown=shown, **values)

    return deed_page(
        request_id,
        Permission.ASSESSMENT_DECIDE,
        plan_schemas.AgainDecisionSchema(),
        do,
        question="What becomes of the EHC plan after the re-assessment?",
        button="Record the decision",
        said="The decision is recorded, and the family and the school are told that there is one.",
        lead=(
            (
                "Where the plan is amended or replaced, the final plan is sent within 14 weeks of the notice "
                "or the order (regulations 27(2) and 44(2)(b)). Until then the plan as it is stays in force."
            ),
            (
                "Where it stays as it is, the family may appeal against that (section 51(2)(e), Children and "
                "Families Act 2014)."
            ),
        ),
        possible=lambda row, one: can(Deed.TO_ISSUE)(row, one) or can(Deed.NO_PLAN)(row, one),
    )


@pages.route("/cases/<uuid:request_id>/begun", methods=["GET", "POST"])
@signed_in
def begun(request_id: UUID) -> ResponseReturnValue:
    return deed_page(
        request_id,
        Permission.ASSESSMENT_DECIDE,
        plan_schemas.BegunSchema(),
        lambda unit, values, shown: assessing.tell_begun(unit, request_id, values["on"], shown=shown),
        question="When was the family told that the assessment begins?",
        button="Record it",
        said="It is recorded.",
        possible=can(Deed.TELL),
    )


@pages.route("/cases/<uuid:request_id>/send-draft", methods=["GET", "POST"])
@signed_in
def send_draft(request_id: UUID) -> ResponseReturnValue:
    return deed_page(
        request_id,
        Permission.ASSESSMENT_DECIDE,
        plan_schemas.SendDraftSchema(),
        lambda unit, values, shown: drafting.send_draft(unit, request_id, values["on"], shown=shown),
        question="Send the draft plan to the family?",
        button="Record that it is sent",
        said="The draft is kept as it was sent, and the family is told by when to answer.",
        lead=(
            (
                "The draft is kept as it is sent, with section I left blank: a draft names no school "
                "(section 38(2)). It is checked first; what it still lacks is listed here."
            ),
            (
                "The family has at least 15 days, beginning with the day of service, to say what it thinks, "
                "to ask for a school and for a meeting (regulation 13(1))."
            ),
        ),
        possible=can(Deed.SEND_DRAFT),
        writes=True,
    )


@pages.route("/cases/<uuid:request_id>/answer-draft", methods=["GET", "POST"])
@signed_in
def answer_draft(request_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        _, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_REPRESENT)
        today = unit.today
    family = side_of(may) == "family"

    def do(unit: Unit, values: dict[str, Any], shown: int | None) -> None:
        drafting.answer_draft(unit, request_id, shown=shown, **{"on": today, **values})

    return deed_page(
        request_id,
        Permission.ASSESSMENT_REPRESENT,
        plan_schemas.FamilyAnswerSchema() if family else plan_schemas.FiledAnswerSchema(),
        do,
        question="What do you think of the draft plan?"
        if family
        else "What does the family say of the draft?",
        button="Send it to the council" if family else "File it",
        said="The council has your answer." if family else "The answer is filed.",
        lead=("Fill in what you want to. You can send more than one answer.",) if family else (),
        possible=can(Deed.ANSWER),
    )


@pages.route("/cases/<uuid:request_id>/meeting", methods=["GET", "POST"])
@signed_in
def meeting(request_id: UUID) -> ResponseReturnValue:
    return deed_page(
        request_id,
        Permission.ASSESSMENT_DECIDE,
        plan_schemas.MeetingSchema(),
        lambda unit, values, shown: drafting.meeting_held(unit, request_id, shown=shown, **values),
        question="When did an officer meet the family about the draft?",
        button="Record the meeting",
        said="The meeting is recorded.",
        possible=can(Deed.ANSWER),
    )


@pages.route("/cases/<uuid:request_id>/final", methods=["GET", "POST"])
@signed_in
def final(request_id: UUID) -> ResponseReturnValue:
    def do(unit: Unit, values: dict[str, Any], shown: int | None) -> None:
        named, rest = naming.asked(values)
        drafting.issue(unit, request_id, **rest, named=named, shown=shown)

    return deed_page(
        request_id,
        Permission.ASSESSMENT_DECIDE,
        plan_schemas.IssueSchema(),
        do,
        question="Issue the final EHC plan?",
        button="Issue the plan",
        said="The plan is issued. The letter to the family says how to appeal.",
        lead=(
            (
                "The plan is sent to the family, the school or other setting that it names and the health "
                "body (regulation 13(2)). From this day on it cannot be altered, only amended, and the "
                "provision in it must be made (section 42)."
            ),
            (
                "Section I of the plan names the setting; say here which it is. The two must be the same. "
                "What the plan still lacks is listed when you try."
            ),
        ),
        choices={"school_id": _to_name(request_id)},
        possible=can(Deed.ISSUE),
        writes=True,
    )


@pages.route("/cases/<uuid:request_id>/end", methods=["GET", "POST"])
@signed_in
def end_case(request_id: UUID) -> ResponseReturnValue:
    def do(unit: Unit, values: dict[str, Any], shown: int | None) -> None:
        assessing.end(
            unit,
            request_id,
            Ending(values["why"]),
            values["on"],
            moved_to=values["moved_to"] or None,
            said=values["said"],
            shown=shown,
        )

    return deed_page(
        request_id,
        Permission.ASSESSMENT_DECIDE,
        plan_schemas.EndSchema(),
        do,
        question="End this case without a decision?",
        button="End the case",
        said="The case has ended, and what you saw of the record is closed.",
        lead=(
            "What was recorded stays. The authority sees nothing of the child’s record from then on.",
            "So write and serve the letter that tells the family first: “Letters” on the page of the case.",
        ),
        possible=lambda row, one: row.status == "pending" or can(Deed.END)(row, one),
        back_to="/cases",
        shows="request",
    )


@pages.route("/cases/<uuid:request_id>/correct", methods=["GET", "POST"])
@signed_in
def correct(request_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        found = [one for one in correcting.chronology(unit, request_id) if correcting.can_be_corrected(one)]
    choices = [Choice(str(one.id), f"{one.title}, {date_words(one.on)}") for one in found]

    def do(unit: Unit, values: dict[str, Any], _shown: int | None) -> None:
        correcting.correct(unit, request_id, values["step_id"], values["on"], values["reason"])

    return deed_page(
        request_id,
        Permission.ASSESSMENT_DECIDE,
        plan_schemas.CorrectSchema(),
        do,
        question="Which day of the case was recorded wrongly?",
        button="Put it right",
        said="The day is put right. What was recorded first is kept beside it, with your reason.",
        lead=("Every date that follows from the day is worked out anew.",)
        if choices
        else ("There is no day here yet that could be put right. The day of receipt has a page of its own.",),
        choices={"step_id": choices},
    )


_ANSWERED = {"yes": "can take the child", "no": "said no", "open": "asked, no answer yet", "closed": "asked"}


def _to_name(request_id: UUID) -> list[Choice]:
    """The schools here: first those that were consulted, each with its answer."""
    with look() as unit:
        queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE)
        begun = assessments.of_request(unit, request_id)
        asked = consulting.consultations_of(unit, begun.id) if begun is not None else []
        said = {one.row.school_id: _ANSWERED[one.row.state] for one in asked if one.row.school_id}
        listed = sorted(consulting.schools(unit), key=lambda one: one.id not in said)
    return [
        Choice(str(one.id), f"{one.name} ({said[one.id]})" if one.id in said else one.name) for one in listed
    ]
