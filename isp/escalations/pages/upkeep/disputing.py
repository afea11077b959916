"""Mediation and appeals about an EHC plan, reached by the plan: wherever it was made, whoever has it now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import Permission
from isp.audit import Unit
from isp.escalations import correcting_disputes, disputed, disputes, disputing
from isp.escalations.disputed import Disputed
from isp.escalations.disputes import About, Kind, Result
from isp.escalations.pages.blueprint import home_of
from isp.escalations.pages.disputing import (
    PUT_RIGHT,
    TOLD,
    asked_of_the_plan,
    closing_lead,
    correctable,
    disputes_facts,
    wish,
)
from isp.escalations.pages.upkeep.blueprint import Ask, answer, pages, plan_page
from isp.escalations.plan_schemas import (
    CloseDisputeSchema,
    CorrectDisputeSchema,
    DisputeDaySchema,
    DisputeSchema,
)
from isp.escalations.upkeep import queries
from isp.escalations.upkeep.queries import Standing
from isp.kernel.errors import NotFound
from isp.people.here import look, signed_in
from isp.web.asking import Choice, FormSchema

Doing = Callable[[Unit, UUID, dict[str, Any], int | None], object]


@pages.get("/ehc-plans/<uuid:plan_id>/disputes")
@signed_in
def plan_disputes(plan_id: UUID) -> ResponseReturnValue:
    """Every mediation and appeal about a plan, what is next in each, and what can be disputed."""
    with look() as unit:
        of, found = _reached(unit, plan_id)
        there = disputes_facts(unit, disputed.disputes_about(unit, of))
        offered = disputed.decisions(unit, of)
        decides = disputing.decides(unit, of.row, of.may)
        if found.side == "family":
            home_of(of.may, found.plan.pupil_id)
    return render_template(
        "escalations/disputes.html",
        me=of.may.person_id,
        can_begin=list(offered),
        about=" about the plan",
        back_to=plan_page(plan_id),
        back_to_words="What becomes of the plan",
        decides=decides,
        side=found.side,
        caption=found.pupil.full,
        href=f"/ehc-plans/{plan_id}",
        **there,
    )


@pages.route("/ehc-plans/<uuid:plan_id>/disputes/new", methods=["GET", "POST"])
@signed_in
def plan_dispute(plan_id: UUID) -> ResponseReturnValue:
    def do(unit: Unit, _: UUID, values: dict[str, Any], _shown: int | None) -> None:
        kind, about = Kind(values["kind"]), About(values["about"])
        disputing.open_dispute(
            unit, plan_id, kind, about, values["on"], values["decision_on"], **wish(values)
        )

    def choices(unit: Unit, of: Disputed) -> Mapping[str, Sequence[Choice]]:
        offered = disputed.decisions(unit, of)
        return {"about": [Choice(one.value, disputes.ABOUT_WORDS[one]) for one in offered]}

    return _deed(
        plan_id,
        DisputeSchema,
        do,
        question="Has mediation been asked for about the plan, or an appeal been made?",
        said="It is recorded.",
        choices=choices,
    )


def _of_dispute(
    name: str, do: Callable[..., None], question: str, said: str, *, decides: bool
) -> Callable[[UUID, UUID], ResponseReturnValue]:
    def view(plan_id: UUID, plan_dispute_id: UUID) -> ResponseReturnValue:
        with look() as unit:
            of = disputed.reach(unit, plan_id)
            if decides:
                disputing.check_decides(unit, of.row, of.may)
            dispute = _there(unit, of, plan_dispute_id)
        elsewhere = asked_of_the_plan(plan_dispute_id) if name == "done" else ""
        if elsewhere:
            return redirect(elsewhere)
        return _deed(
            plan_id,
            DisputeDaySchema,
            lambda unit, _, values, shown: do(unit, plan_id, plan_dispute_id, values["on"], shown=shown),
            question=question,
            said=said,
            version=dispute.row_version,
        )

    view.__name__ = f"plan_dispute_{name}"
    return view


for _name, _do, _question, _said, _decides in (
    (
        "certificate",
        disputing.certificate,
        "When was the mediation certificate about the plan given?",
        "The certificate is recorded.",
        False,
    ),
    (
        "held",
        disputing.held,
        "When was the mediation about the plan held?",
        "The mediation is recorded.",
        False,
    ),
    (
        "health-told",
        disputing.health_told,
        "When was the health body told what is to be mediated about the plan?",
        "It is recorded that the health body was told.",
        True,
    ),
    (
        "hearing",
        disputing.hearing,
        "When does the Tribunal hear the appeal about the plan?",
        "The hearing is recorded.",
        True,
    ),
    (
        "done",
        disputing.order_done,
        "When was it done, what was ordered or agreed about the plan?",
        "It is recorded as done.",
        True,
    ),
):
    pages.add_url_rule(
        f"/ehc-plans/<uuid:plan_id>/disputes/<uuid:plan_dispute_id>/{_name}",
        f"plan_dispute_{_name}",
        signed_in(_of_dispute(_name, _do, _question, _said, decides=_decides)),
        methods=["GET", "POST"],
    )


@pages.route("/ehc-plans/<uuid:plan_id>/disputes/<uuid:plan_dispute_id>/close", methods=["GET", "POST"])
@signed_in
def plan_dispute_close(plan_id: UUID, plan_dispute_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        of = disputed.reach(unit, plan_id)
        dispute = _there(unit, of, plan_dispute_id)
        one = disputing.standing_of(dispute)
        results = disputes.results_for(one.kind, one.about)
        decides = disputing.decides(unit, of.row, of.may)
        ends = {each for each in results if disputing.may_end(unit, of.row, of.may, dispute, each)}
        told = not ends and disputing.is_told_by_another(dispute, of.may.person_id)

    def do(unit: Unit, _: UUID, values: dict[str, Any], shown: int | None) -> None:
        result, agreed = Result(values["result"]), values["agreed"]
        deed = disputing.close if result in ends else disputing.tell_outcome
        deed(unit, plan_id, plan_dispute_id, result, values["on"], agreed=agreed, shown=shown)

    offered = [Choice(each.value, disputes.RESULT_WORDS[each]) for each in results]
    return _deed(
        plan_id,
        CloseDisputeSchema,
        do,
        question=f"How did the {one.kind.value} about the plan end?",
        button="Record the end" if decides else "Tell the council",
        said="The end is recorded, and what follows from it has its day." if decides else TOLD,
        intro=" ".join(closing_lead(one, decides=decides, told=told)),
        choices=lambda _unit, _of: {"result": offered},
        version=dispute.row_version,
    )


@pages.route("/ehc-plans/<uuid:plan_id>/disputes/<uuid:plan_dispute_id>/correct", methods=["GET", "POST"])
@signed_in
def plan_dispute_corrected(plan_id: UUID, plan_dispute_id: UUID) -> ResponseReturnValue:
    """A day of a mediation or an appeal was another."""
    with look() as unit:
        of = disputed.reach(unit, plan_id)
        disputing.check_decides(unit, of.row, of.may)
        dispute = _there(unit, of, plan_dispute_id)
    offered = correctable(dispute)

    def do(unit: Unit, _: UUID, values: dict[str, Any], shown: int | None) -> None:
        correcting_disputes.correct(unit, plan_id, plan_dispute_id, **values, shown=shown)

    return _deed(
        plan_id,
        CorrectDisputeSchema,
        do,
        question="Which day of a dispute about the plan was recorded wrongly?",
        button="Put it right",
        said=PUT_RIGHT,
        choices=lambda _unit, _of: {"which": offered},
        version=dispute.row_version,
    )


def _reached(unit: Unit, plan_id: UUID) -> tuple[Disputed, Standing]:
    """The plan for whoever may record a dispute about it; the view is recorded. No request is meant here."""
    of = disputed.reach(unit, plan_id)
    if of.request is not None:
        raise NotFound(gate.NO_PAGE)
    return of, queries.read_plan(unit, plan_id)


def _there(unit: Unit, of: Disputed, plan_dispute_id: UUID) -> Any:
    found = next((one for one in disputed.disputes_about(unit, of) if one.id == plan_dispute_id), None)
    if found is None:
        raise NotFound(gate.NO_PAGE)
    return found


def _deed(
    plan_id: UUID,
    schema: type[FormSchema],
    do: Doing,
    *,
    question: str,
    said: str,
    intro: str = "",
    button: str = "Record it",
    choices: Callable[[Unit, Disputed], Mapping[str, Sequence[Choice]]] | None = None,
    version: int | None = None,
) -> ResponseReturnValue:
    def look_at() -> tuple[Any, Mapping[str, Any], Any]:
        with look() as unit:
            of, found = _reached(unit, plan_id)
            return found, choices(unit, of) if choices else {}, unit.today

    ask = Ask(
        path="disputes",
        link=question,
        question=question,
        button=button,
        said=said,
        schema=schema,
        permission=Permission.ASSESSMENT_APPEAL,
        do=do,
        when=lambda _: True,
        version=lambda _: version,
        intro=intro,
        today_in=("on",),
    )
    home = f"/ehc-plans/{plan_id}/disputes"
    return answer(ask, plan_id, look_at, (home, "Mediation and appeals"), home)
