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
from isp.documents.rules import KINDS
from isp.escalations import actions, parties, queries, rules
from isp.escalations.pages.blueprint import about, after, case_facts, home_of, layout_of, pages
from isp.escalations.queries import side_of
from isp.escalations.schemas import FamilyRequestSchema, SchoolRequestSchema, WithdrawSchema
from isp.escalations.stages import OPEN
from isp.kernel.errors import Invalid
from isp.people import directory
from isp.people.here import act, look, signed_in
from isp.plans import queries as plans
from isp.records.versions import EARLIER, Version
from isp.register import pupils
from isp.web.asking import Choice
from isp.web.filters import date_words
from isp.web.forms import Form


@dataclass(frozen=True, slots=True)
class Asking:
    """What the page that asks for an assessment shows."""

    decision: Decision
    caption: str
    authority: str | None
    versions: Sequence[Version]
    documents: Sequence[DocumentVersion]
    missing: Sequence[str]
    is_open: bool


@pages.route("/pupils/<uuid:pupil_id>/request-assessment", methods=["GET", "POST"])
@signed_in
def request_assessment(pupil_id: UUID) -> ResponseReturnValue:
    form: Form | None = None
    if request.method == "POST":
        with look() as unit:
            decision = gate.require(unit, Permission.ASSESSMENT_REQUEST, pupil_id)
            form = _form(
                decision,
                parties.releasable(unit, pupil_id, decision),
                parties.releasable_documents(unit, pupil_id, decision),
                sent=True,
            )
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
    form = form or _form(asking.decision, asking.versions, asking.documents, sent=False)
    href, words = home_of(asking.decision, pupil_id)
    page = render_template(
        "escalations/request.html",
        form=form,
        asking=asking,
        caption=asking.caption,
        family=side_of(asking.decision) == "family",
        layout=layout_of(asking.decision),
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
        # Whoever asks for herself knows of it.
        told_family=bool(values.get("told_family", True)),
    )


def _form(
    decision: Decision, versions: Sequence[Version], documents: Sequence[DocumentVersion], *, sent: bool
) -> Form:
    schema = FamilyRequestSchema() if side_of(decision) == "family" else SchoolRequestSchema()
    # Families count plans, as on the child's page; schools and authorities count versions.
    counted = "Plan" if side_of(decision) == "family" else "Version"
    choices = {
        "release": [_choice(version, counted) for version in versions],
        "documents": [_document(one) for one in documents],
    }
    if sent:
        return Form.sent(schema, choices=choices)
    newest = [str(version.id) for version in versions[:1]]
    return Form(schema, choices=choices, initial={"release": newest})


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
    versions = parties.releasable(unit, pupil_id, decision)
    papers = parties.releasable_documents(unit, pupil_id, decision)
    if papers:
        unit.record(decision, Event.DOCUMENTS_VIEWED, Chain.pupil(pupil_id), obj=("pupil", pupil_id))
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
        versions=versions,
        documents=papers,
        missing=rules.missing_evidence(content, len(versions)),
        is_open=any(row.status in OPEN for row in queries.requests_about(unit, pupil_id)),
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
    href, words = home_of(decision, pupil_id)
    return render_template(
        "escalations/our_case.html" if side_of(decision) == "family" else "escalations/assessment.html",
        **{
            **facts,
            "cases": cases,
            "caption": caption,
            "pupil_id": pupil_id,
            "is_me": decision.standing == Standing.YOUNG_PERSON,
            "layout": layout_of(decision),
            "may": decision.can,
            "Permission": Permission,
            "telephone": reach.get("telephone"),
            "whom": known.full if known else "the council",
            "may_ask": decision.can(Permission.ASSESSMENT_REQUEST)
            and not any(case.row.status in OPEN for case in cases),
            "may_withdraw": bool(cases) and actions.may_withdraw(cases[0].row, decision),
            "home": href,
            "home_words": words,
        },
    )


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
