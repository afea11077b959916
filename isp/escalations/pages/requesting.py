"""The school's and the family's pages: asking for an assessment, and seeing where the request stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import Permission, Standing
from isp.audit import Chain, Event, Unit
from isp.documents.queries import Version as DocumentVersion
from isp.documents.rules import KINDS, REPORT
from isp.escalations import (
    actions,
    advice_queries,
    assessments,
    elsewhere,
    evidence,
    family,
    parties,
    queries,
    releasing,
    rules,
)
from isp.escalations.evidence import Offer
from isp.escalations.pages.blueprint import about, after, case_facts, home_of, layout_of, pages
from isp.escalations.queries import side_of
from isp.escalations.schemas import FamilyRequestSchema, SchoolRequestSchema, WithdrawSchema
from isp.escalations.stages import CLOSED
from isp.escalations.upkeep import queries as upkeep
from isp.escalations.upkeep.plainly import Plainly
from isp.escalations.weeks import bar_of
from isp.kernel.errors import Invalid
from isp.people import directory
from isp.people.here import act, look, signed_in
from isp.plans import queries as plans
from isp.records.versions import EARLIER, Version
from isp.register import pupils
from isp.reviews.releasing import Answered, ClosedReview
from isp.web.asking import Choice
from isp.web.filters import date_words
from isp.web.forms import Form


@dataclass(frozen=True, slots=True)
class Asking:
    """What the page that asks for an assessment shows."""

    decision: Decision
    caption: str
    authority: str | None
    offer: Offer
    missing: Sequence[str]
    is_open: bool


@pages.route("/pupils/<uuid:pupil_id>/request-assessment", methods=["GET", "POST"])
@signed_in
def request_assessment(pupil_id: UUID) -> ResponseReturnValue:
    form: Form | None = None
    if request.method == "POST":
        with look() as unit:
            decision = gate.require(unit, Permission.ASSESSMENT_REQUEST, pupil_id)
            form = _form(decision, evidence.offer(unit, pupil_id, decision), sent=True)
        if form.accepted:
            try:
                with act() as deed:
                    _ask(deed, pupil_id, form.values)
            except Invalid as failure:
                form.refuse(failure)
            else:
                flash(f"The request has gone to the {_whom(decision)}.")
                return redirect(about(pupil_id), 303)
    with look() as unit:
        asking = _asking(unit, pupil_id)
    if asking.is_open:
        return redirect(about(pupil_id))
    form = form or _form(asking.decision, asking.offer, sent=False)
    href, words = home_of(asking.decision, pupil_id)
    page = render_template(
        "escalations/request.html",
        form=form,
        asking=asking,
        caption=asking.caption,
        pupil_id=pupil_id,
        family=side_of(asking.decision) == "family",
        layout=layout_of(asking.decision),
        may_name=asking.decision.can(Permission.TIES_WRITE),
        is_me=asking.decision.standing == Standing.YOUNG_PERSON,
        home=href,
        home_words=words,
    )
    return page, form.status


def _whom(decision: Decision) -> str:
    return "council" if side_of(decision) == "family" else "local authority"


def _ask(unit: Unit, pupil_id: UUID, values: dict[str, Any]) -> None:
    actions.request_assessment(
        unit,
        pupil_id,
        received_on=values.get("received_on") or unit.today,
        reasons=values["reasons"],
        release=values["release"],
        documents=values["documents"],
        reviews=values["reviews"],
        answers=values.get("answers") or (),
        why_not_told=values.get("why_not_told") or "",
        # Whoever asks for herself knows of it.
        told_family=bool(values.get("told_family", True)),
    )


def _form(decision: Decision, offer: Offer, *, sent: bool) -> Form:
    family = side_of(decision) == "family"
    schema = FamilyRequestSchema() if family else SchoolRequestSchema()
    choices = choices_of(offer, family=family)
    if sent:
        return Form.sent(schema, choices=choices)
    newest = [str(version.id) for version in offer.versions[:1]]
    return Form(schema, choices=choices, initial={"release": newest})


def choices_of(offer: Offer, *, family: bool) -> dict[str, list[Choice]]:
    """What can be released, by the name of its boxes.

    Families count plans, as on the child's page; schools and authorities count versions.
    """
    found = {
        "release": [_choice(version, "Plan" if family else "Version") for version in offer.versions],
        "reviews": [_review(one) for one in offer.reviews],
        "documents": [_document(one) for one in offer.documents],
    }
    if not family:
        found["answers"] = [_answers(one) for one in offer.answers]
    return found


def _review(one: ClosedReview) -> Choice:
    text = f"Review of {date_words(one.closed_on)}"
    return Choice(str(one.version_id), text, f"Cycle {one.row.cycle}")


def _answers(one: Answered) -> Choice:
    return Choice(str(one.answer_id), one.who, f"Answered on {date_words(one.on)}")


def _choice(version: Version, counted: str) -> Choice:
    if version.sort == EARLIER:
        return Choice(str(version.id), f"An earlier plan, of {date_words(version.happened_on)}")
    text = f"{counted} {version.number}, shared on {date_words(version.stands_from)}"
    return Choice(str(version.id), text)


def _document(one: DocumentVersion) -> Choice:
    of = f"{KINDS[one.heading.kind]}, of {date_words(one.heading.happened_on)}"
    return Choice(str(one.id), one.heading.title, of)


def _asking(unit: Unit, pupil_id: UUID) -> Asking:
    decision = gate.require(unit, Permission.ASSESSMENT_REQUEST, pupil_id)
    authority = parties.responsible(unit, pupil_id)
    offer = evidence.offer(unit, pupil_id, decision)
    if offer.documents:
        unit.record(decision, Event.DOCUMENTS_VIEWED, Chain.pupil(pupil_id), obj=("pupil", pupil_id))
    if offer.reviews:
        unit.record(decision, Event.CYCLES_VIEWED, Chain.pupil(pupil_id), obj=("pupil", pupil_id))
    plan = plans.open_plan(unit, pupil_id)
    content = None
    if plan is not None and plan.current is not None:
        content = plans.read_version(unit, plan.id).content
    else:
        unit.record(decision, Event.PUPIL_VIEWED, Chain.pupil(pupil_id), obj=("pupil", pupil_id))
    return Asking(
        decision=decision,
        caption=pupils.name(unit, pupil_id).full,
        authority=authority.name if authority is not None else None,
        offer=offer,
        missing=rules.missing_evidence(
            content,
            len(offer.versions),
            cycles=len(offer.reviews),
            reports=sum(one.heading.kind == REPORT for one in offer.documents),
        ),
        is_open=any(rules.is_open(row) for row in queries.requests_about(unit, pupil_id)),
    )


@pages.get("/pupils/<uuid:pupil_id>/assessment")
@signed_in
def assessment(pupil_id: UUID) -> ResponseReturnValue:
    """Where the requests about one pupil stand, for the school and the family."""
    with look() as unit:
        decision, cases = queries.cases_of(unit, pupil_id)
        facts = case_facts(unit, cases[0]) if cases else {}
        officer = cases[0].row.officer_id if cases else None
        reach = directory.details(unit, [officer]).get(officer, {}) if officer else {}
        known = directory.names(unit, [officer]).get(officer) if officer else None
        caption = pupils.name(unit, pupil_id).full
        keeps = bool(cases) and elsewhere.may_keep(unit, cases[0].row, decision)
        is_away = bool(cases) and elsewhere.is_elsewhere(unit, cases[0].row.authority_id)
        asked = family.asked_of(unit, cases[0].row.id) if cases else []
        today = unit.today
        letters = elsewhere.letters_of(unit, cases[0].row) if is_away else []
        made = cases[0].assessment if cases else None
        draft = assessments.draft_sent(unit, made) if made is not None else None
        to_answer = advice_queries.count_asked_of(unit, unit.actor.person_id)
        upkept = _upkept(unit, pupil_id, decision)
    href, words = home_of(decision, pupil_id)
    return render_template(
        "escalations/our_case.html" if side_of(decision) == "family" else "escalations/assessment.html",
        **{
            **facts,
            "cases": cases,
            "to_answer": to_answer,
            "draft": draft,
            "upkept": upkept,
            "caption": caption,
            "pupil_id": pupil_id,
            "is_me": decision.standing == Standing.YOUNG_PERSON,
            "layout": layout_of(decision),
            "may": decision.can,
            "Permission": Permission,
            "asked_of": asked,
            "closed_stages": CLOSED,
            "weeks": bar_of(cases[0].row.received_on, facts["steps"], today) if cases else None,
            "keeps": keeps,
            "may_release": bool(cases) and releasing.may_release(cases[0].row, decision),
            "is_away": is_away,
            "letters": letters,
            "WAYS": elsewhere.WAYS,
            "telephone": reach.get("telephone"),
            "whom": known.full if known else "the council",
            "may_ask": decision.can(Permission.ASSESSMENT_REQUEST)
            and not any(rules.is_open(case.row) for case in cases),
            "may_withdraw": bool(cases) and actions.may_withdraw(cases[0].row, decision),
            "home": href,
            "home_words": words,
        },
    )


def _upkept(unit: Unit, pupil_id: UUID, decision: Decision) -> tuple[UUID, Plainly] | None:
    """Of a family's child with a plan: its id, and what becomes of it now that it is made; the look is
    recorded.
    """
    if side_of(decision) != "family" or not decision.can(Permission.EHC_REVIEW_READ):
        return None
    plan = upkeep.plan_of(unit, pupil_id)
    if plan is None:
        return None
    told = upkeep.plainly_of(upkeep.read_plan(unit, plan.id), unit.today)
    return (plan.id, told) if told is not None else None


@pages.route("/cases/<uuid:request_id>/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw(request_id: UUID) -> ResponseReturnValue:
    form = Form.sent(WithdrawSchema()) if request.method == "POST" else Form(WithdrawSchema())
    if form.accepted:
        with act() as deed:
            row, decision = queries.allowed(deed, request_id, Permission.ASSESSMENT_REQUEST)
            actions.withdraw(deed, request_id)
        flash(f"The request has been taken back. The {_whom(decision)} sees nothing of it any more.")
        return redirect(after(decision, row.pupil_id, request_id), 303)
    with look() as unit:
        row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_REQUEST)
        actions.check_withdraw(row, decision)
        facts = case_facts(unit, queries.read_case(unit, request_id))
    return render_template("escalations/withdraw.html", form=form, **facts), form.status
