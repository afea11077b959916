"""Mediation and appeals of a case: begun, their days, their end, and what is done of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import Permission
from isp.audit import Unit
from isp.escalations import (
    actions,
    correcting_disputes,
    disputed,
    disputes,
    disputing,
    plan_schemas,
    queries,
)
from isp.escalations.disputes import About, Kind, Result
from isp.escalations.pages.blueprint import after, case_facts, pages
from isp.escalations.pages.planning import deed_page
from isp.escalations.upkeep import orders
from isp.kernel.errors import Invalid, NotFound
from isp.people.here import look, signed_in
from isp.web.asking import Choice
from isp.web.filters import date_words

TOLD_FIRST = (
    "What you say here goes to the council. Nothing changes in the case before the council has confirmed it. "
    "Only you can give up what you began yourself: that counts at once."
)
PUT_RIGHT = "The day is put right. What was recorded first is kept beside it, with your reason."
TOLD = "It is saved, and the council is told."


@pages.get("/cases/<uuid:request_id>/disputes")
@signed_in
def list_disputes(request_id: UUID) -> ResponseReturnValue:
    """Every mediation and appeal of a case, what is next in each, and what can be disputed."""
    with look() as unit:
        row, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_APPEAL)
        facts = case_facts(unit, queries.read_case(unit, request_id))
        of = disputed.reach(unit, request_id)
        found = disputed.disputes_about(unit, of)
        facts |= disputes_facts(unit, found)
        offered = disputed.decisions(unit, of)
        back_to = after(may, row.pupil_id, request_id)
        decides = disputing.decides(unit, row, may)
    return render_template(
        "escalations/disputes.html",
        me=may.person_id,
        can_begin=list(offered),
        back_to=back_to,
        decides=decides,
        side=facts["case"].side,
        **facts,
    )


def disputes_facts(unit: Unit, found: Sequence[Any]) -> dict[str, Any]:
    """Mediation and appeals as their page shows them: each with its dates, what is next, and its last day."""
    standings = disputing.standings_of(unit, found)
    return {
        "found": [
            (row, one, disputes.duty(one), disputes.appeal_limit(one), disputes.health_due(one))
            for row in found
            for one in (standings[row.id],)
        ],
        "KIND_WORDS": disputes.KIND_WORDS,
        "ABOUT_WORDS": disputes.ABOUT_WORDS,
        "RESULT_WORDS": disputes.RESULT_WORDS,
    }


def wish(values: dict[str, Any]) -> dict[str, bool | None]:
    """What is wanted of the mediation adviser, as it was asked."""
    if values["kind"] != Kind.MEDIATION.value:
        return {"wanted": False if values["wanted"] == "no" else None, "health": values["health"] or None}
    return {"wanted": values["wanted"] == "yes", "health": values["health"]}


@pages.route("/cases/<uuid:request_id>/disputes/new", methods=["GET", "POST"])
@signed_in
def open_dispute(request_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        queries.allowed(unit, request_id, Permission.ASSESSMENT_APPEAL)
        queries.read_case(unit, request_id)
        offered = disputed.decisions(unit, disputed.reach(unit, request_id))

    def do(unit: Unit, values: dict[str, Any], _shown: int | None) -> None:
        kind, about = Kind(values["kind"]), About(values["about"])
        if kind is Kind.APPEAL and about is About.ASSESS:
            _appeal_a_refusal(unit, request_id, values)
        else:
            disputing.open_dispute(
                unit, request_id, kind, about, values["on"], values["decision_on"], **wish(values)
            )

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


def _appeal_a_refusal(unit: Unit, request_id: UUID, values: dict[str, Any]) -> None:
    """By its own deed, as from the page of the case; the date on the refusal is the one that the case has."""
    if values["decision_on"] is not None:
        said = "Leave this empty: the case has the date of the refusal, and a page to put it right."
        raise Invalid("Some of this needs another look.", {"decision_on": said})
    actions.record_appeal(unit, request_id, values["on"])


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


@pages.route("/cases/<uuid:request_id>/disputes/<uuid:dispute_id>/health-told", methods=["GET", "POST"])
@signed_in
def dispute_health_told(request_id: UUID, dispute_id: UUID) -> ResponseReturnValue:
    question = "When was the health body told what is to be mediated?"
    said = "It is recorded that the health body was told."
    return _day(request_id, dispute_id, disputing.health_told, question, said, decides=True)


@pages.route("/cases/<uuid:request_id>/disputes/<uuid:dispute_id>/hearing", methods=["GET", "POST"])
@signed_in
def dispute_hearing(request_id: UUID, dispute_id: UUID) -> ResponseReturnValue:
    question = "When does the Tribunal hear the appeal?"
    return _day(request_id, dispute_id, disputing.hearing, question, "The hearing is recorded.", decides=True)


@pages.route("/cases/<uuid:request_id>/disputes/<uuid:dispute_id>/done", methods=["GET", "POST"])
@signed_in
def dispute_done(request_id: UUID, dispute_id: UUID) -> ResponseReturnValue:
    _there(request_id, dispute_id, decides=True)
    elsewhere = asked_of_the_plan(dispute_id)
    if elsewhere:
        return redirect(elsewhere)
    question = "When was it done, what was ordered or agreed?"
    return _day(
        request_id, dispute_id, disputing.order_done, question, "It is recorded as done.", decides=True
    )


def asked_of_the_plan(dispute_id: UUID) -> str:
    """Where to ask whether it was done, what was ordered about a plan: its own page asks which setting it
    names now, too. Empty where there is none, or something was sent. After the gate.
    """
    with look() as unit:
        owed = orders.of_disputes(unit, [dispute_id]).get(dispute_id)
    if owed is None or owed.done_on is not None or request.method != "GET":
        return ""
    return url_for("upkeep.order_done", plan_id=owed.plan_id, duty_id=owed.id)


def _day(
    request_id: UUID, dispute_id: UUID, do: Any, question: str, said: str, *, decides: bool = False
) -> ResponseReturnValue:
    dispute = _there(request_id, dispute_id, decides=decides)
    return deed_page(
        request_id,
        Permission.ASSESSMENT_APPEAL,
        plan_schemas.DisputeDaySchema(),
        lambda unit, values, shown: do(unit, request_id, dispute_id, values["on"], shown=shown),
        question=question,
        button="Record it",
        said=said,
        back_to=f"/cases/{request_id}/disputes",
        shows=dispute.row_version,
    )


@pages.route("/cases/<uuid:request_id>/disputes/<uuid:dispute_id>/correct", methods=["GET", "POST"])
@signed_in
def dispute_corrected(request_id: UUID, dispute_id: UUID) -> ResponseReturnValue:
    """A day of a mediation or an appeal was another."""
    dispute = _there(request_id, dispute_id, decides=True)
    offered = correctable(dispute)

    def do(unit: Unit, values: dict[str, Any], shown: int | None) -> None:
        correcting_disputes.correct(unit, request_id, dispute_id, **values, shown=shown)

    return deed_page(
        request_id,
        Permission.ASSESSMENT_APPEAL,
        plan_schemas.CorrectDisputeSchema(),
        do,
        question="Which day was recorded wrongly?",
        button="Put it right",
        said=PUT_RIGHT,
        choices={"which": offered},
        back_to=f"/cases/{request_id}/disputes",
        shows=dispute.row_version,
    )


def correctable(dispute: Any) -> list[Choice]:
    """The days of a dispute that can be put right, as they are on record."""
    with look() as unit:
        one = disputing.standings_of(unit, [dispute])[dispute.id]
    return [
        Choice(day.value, f"{correcting_disputes.DAY_WORDS[day]}, {date_words(on)}")
        for day, on in correcting_disputes.days_of(one).items()
    ]


@pages.route("/cases/<uuid:request_id>/disputes/<uuid:dispute_id>/close", methods=["GET", "POST"])
@signed_in
def close_dispute(request_id: UUID, dispute_id: UUID) -> ResponseReturnValue:
    dispute = _there(request_id, dispute_id)
    one = disputing.standing_of(dispute)
    offered = disputes.results_for(one.kind, one.about)
    with look() as unit:
        row, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_APPEAL)
        decides = disputing.decides(unit, row, may)
        ends = {each for each in offered if disputing.may_end(unit, row, may, dispute, each)}
        told = not ends and disputing.is_told_by_another(dispute, may.person_id)
    authority = queries.side_of(may) == "authority"

    def do(unit: Unit, values: dict[str, Any], shown: int | None) -> None:
        result, agreed = Result(values["result"]), values["agreed"]
        deed = disputing.close if result in ends else disputing.tell_outcome
        deed(unit, request_id, dispute_id, result, values["on"], agreed=agreed, shown=shown)

    return deed_page(
        request_id,
        Permission.ASSESSMENT_APPEAL,
        plan_schemas.CloseDisputeSchema(),
        do,
        question="How did the appeal end?" if one.kind is Kind.APPEAL else "How did the mediation end?",
        button="Record the end" if decides else "Tell the council",
        said="The end is recorded, and what follows from it has its day." if decides else TOLD,
        lead=closing_lead(one, decides=decides, told=told),
        choices={"result": [Choice(each.value, disputes.RESULT_WORDS[each]) for each in offered]},
        possible=lambda _row, _one: one.closed_on is None,
        back_to=f"/cases/{request_id}/disputes",
        shows=dispute.row_version,
        # The authority's sight may end with this very deed: then its list is where it goes on.
        then="/cases" if authority else None,
    )


def closing_lead(one: disputes.Standing, *, decides: bool, told: bool) -> tuple[str, ...]:
    """What there is to know before the end of a dispute is recorded, or told. ``told``: somebody else has."""
    lead = [f"{disputes.ABOUT_WORDS[one.about]}."]
    if not decides:
        lead.append(disputing.TOLD_BY_ANOTHER if told else TOLD_FIRST)
    elif one.told_result is not None and one.told_on is not None:
        lead.append(
            f"The family says: {disputes.RESULT_WORDS[one.told_result]}, on {date_words(one.told_on)}."
            " Record the end once you have seen the order or the agreement."
        )
    return tuple(lead)


def _there(request_id: UUID, dispute_id: UUID, *, decides: bool = False) -> Any:
    """The dispute's row, of this very case, for whoever may record something of it.

    ``decides``: for a deed that is the authority's alone.
    """
    with look() as unit:
        row, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_APPEAL)
        if decides:
            disputing.check_decides(unit, row, may)
        queries.read_case(unit, request_id)
        found = disputed.disputes_about(unit, disputed.reach(unit, request_id))
    dispute = next((one for one in found if one.id == dispute_id), None)
    if dispute is None:
        raise NotFound(gate.NO_PAGE)
    return dispute
