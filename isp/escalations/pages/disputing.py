"""Mediation and appeals of a case: begun, their days, their end, and what is done of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import Permission
from isp.audit import Unit
from isp.escalations import disputes, disputing, plan_schemas, queries
from isp.escalations.disputes import About, Kind, Result
from isp.escalations.pages.blueprint import after, case_facts, pages
from isp.escalations.pages.planning import deed_page
from isp.kernel.errors import NotFound
from isp.people.here import look, signed_in
from isp.web.asking import Choice


@pages.get("/cases/<uuid:request_id>/disputes")
@signed_in
def list_disputes(request_id: UUID) -> ResponseReturnValue:
    """Every mediation and appeal of a case, what is next in each, and what can be disputed."""
    with look() as unit:
        row, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_APPEAL)
        facts = case_facts(unit, queries.read_case(unit, request_id))
        found = disputing.disputes_of(unit, request_id, facts["case"].assessment)
        back_to = after(may, row.pupil_id, request_id)
    standings = [(one, disputing.standing_of(one)) for one in found]
    return render_template(
        "escalations/disputes.html",
        found=[(one, standing, disputes.duty(standing)) for one, standing in standings],
        can_begin=disputing.what_can_be_disputed(facts["row"], facts["case"].assessment),
        back_to=back_to,
        KIND_WORDS=disputes.KIND_WORDS,
        ABOUT_WORDS=disputes.ABOUT_WORDS,
        RESULT_WORDS=disputes.RESULT_WORDS,
        **facts,
    )


@pages.route("/cases/<uuid:request_id>/disputes/new", methods=["GET", "POST"])
@signed_in
def open_dispute(request_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        queries.allowed(unit, request_id, Permission.ASSESSMENT_APPEAL)
        case = queries.read_case(unit, request_id)
    offered = disputing.what_can_be_disputed(case.row, case.assessment)

    def do(unit: Unit, values: dict[str, Any], _shown: int | None) -> None:
        disputing.open_dispute(unit, request_id, Kind(values["kind"]), About(values["about"]), values["on"])

    return deed_page(
        request_id,
        Permission.ASSESSMENT_APPEAL,
        plan_schemas.DisputeSchema(),
        do,
        question="Has mediation been asked about, or an appeal been made?",
        button="Record it",
        said="It is recorded.",
        choices={"about": [Choice(one.value, disputes.ABOUT_WORDS[one]) for one in offered]},
        possible=lambda _row, _one: bool(offered),
        back_to=f"/cases/{request_id}/disputes",
    )


@pages.route("/cases/<uuid:request_id>/disputes/<uuid:dispute_id>/certificate", methods=["GET", "POST"])
@signed_in
def dispute_certificate(request_id: UUID, dispute_id: UUID) -> ResponseReturnValue:
    question = "When was the mediation certificate given?"
    return _day(request_id, dispute_id, disputing.certificate, question, "The certificate is recorded.")


@pages.route("/cases/<uuid:request_id>/disputes/<uuid:dispute_id>/held", methods=["GET", "POST"])
@signed_in
def dispute_held(request_id: UUID, dispute_id: UUID) -> ResponseReturnValue:
    question = "When was the mediation held?"
    return _day(request_id, dispute_id, disputing.held, question, "The mediation is recorded.")


@pages.route("/cases/<uuid:request_id>/disputes/<uuid:dispute_id>/hearing", methods=["GET", "POST"])
@signed_in
def dispute_hearing(request_id: UUID, dispute_id: UUID) -> ResponseReturnValue:
    question = "When does the Tribunal hear the appeal?"
    return _day(request_id, dispute_id, disputing.hearing, question, "The hearing is recorded.")


@pages.route("/cases/<uuid:request_id>/disputes/<uuid:dispute_id>/done", methods=["GET", "POST"])
@signed_in
def dispute_done(request_id: UUID, dispute_id: UUID) -> ResponseReturnValue:
    question = "When was it done, what was ordered or agreed?"
    return _day(request_id, dispute_id, disputing.order_done, question, "It is recorded as done.")


def _day(request_id: UUID, dispute_id: UUID, do: Any, question: str, said: str) -> ResponseReturnValue:
    _there(request_id, dispute_id)
    return deed_page(
        request_id,
        Permission.ASSESSMENT_APPEAL,
        plan_schemas.DisputeDaySchema(),
        lambda unit, values, _shown: do(unit, request_id, dispute_id, values["on"]),
        question=question,
        button="Record it",
        said=said,
        back_to=f"/cases/{request_id}/disputes",
    )


@pages.route("/cases/<uuid:request_id>/disputes/<uuid:dispute_id>/close", methods=["GET", "POST"])
@signed_in
def close_dispute(request_id: UUID, dispute_id: UUID) -> ResponseReturnValue:
    one = disputing.standing_of(_there(request_id, dispute_id))
    with look() as unit:
        _, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_APPEAL)
    authority = queries.side_of(may) == "authority"
    offered = disputes.results_for(one.kind, one.about)

    def do(unit: Unit, values: dict[str, Any], _shown: int | None) -> None:
        result, agreed = Result(values["result"]), values["agreed"]
        disputing.close(unit, request_id, dispute_id, result, values["on"], agreed=agreed)

    return deed_page(
        request_id,
        Permission.ASSESSMENT_APPEAL,
        plan_schemas.CloseDisputeSchema(),
        do,
        question="How did the appeal end?" if one.kind is Kind.APPEAL else "How did the mediation end?",
        button="Record the end",
        said="The end is recorded, and what follows from it has its day.",
        lead=(f"{disputes.ABOUT_WORDS[one.about]}.",),
        choices={"result": [Choice(each.value, disputes.RESULT_WORDS[each]) for each in offered]},
        possible=lambda _row, _one: one.closed_on is None,
        back_to=f"/cases/{request_id}/disputes",
        # The authority's sight may end with this very deed: then its list is where it goes on.
        then="/cases" if authority else None,
    )


def _there(request_id: UUID, dispute_id: UUID) -> Any:
    """The dispute's row, of this very case, for whoever may record something of it."""
    with look() as unit:
        queries.allowed(unit, request_id, Permission.ASSESSMENT_APPEAL)
        case = queries.read_case(unit, request_id)
        found = disputing.disputes_of(unit, request_id, case.assessment)
    row = next((one for one in found if one.id == dispute_id), None)
    if row is None:
        raise NotFound(gate.NO_PAGE)
    return row
