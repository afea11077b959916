"""The end of a plan: two grounds, family and school asked first, in force until the appeal is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from isp.access.policy import Permission
from isp.audit import Chain
from isp.ehcp.steps import StepCode
from isp.escalations.models import Dispute
from isp.escalations.upkeep import ceasing
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.kernel.ids import new_id
from isp.plans import actions as plans
from isp.register import pupils
from isp.register.models import Pupil
from tests.ehcp.world import advised
from tests.escalations.upkeep_world import NOW, Upkeep


def decided(upkeep: Upkeep, reason: str = "2") -> None:
    upkeep.considered(reason)
    upkeep.does("olli", ceasing.decide, upkeep.plan, decided_on=NOW, reasons="The outcomes are reached.")


def appeal(upkeep: Upkeep, **given: Any) -> None:
    values: dict[str, Any] = {
        "id": new_id(),
        "pupil_id": upkeep.cast.pupils["ava"],
        "authority_id": upkeep.cast.places["northshire"],
        "kind": "appeal",
        "about": "cease",
        "subject": "plan",
        "subject_id": upkeep.plan,
        "state": "open",
        "decision_on": NOW,
        "asked_on": NOW,
        "row_version": 1,
        **dict.fromkeys(
            ("certificate_on", "held_on", "response_due_on", "hearing_on", "closed_on", "result", "sealed")
        ),
    }
    with upkeep.cast.making() as unit:
        unit.insert(Dispute, **{**values, **given}, recorded_at=unit.now)


def test_the_plan_is_kept_until_the_time_to_appeal_has_passed(upkeep: Upkeep) -> None:
    decided(upkeep)
    plan = upkeep.plan_row()
    assert (plan.state, plan.cease_decided_on, plan.ended_on) == ("ceasing", NOW, None)
    until = date(2027, 1, 2)
    with pytest.raises(Conflict):
        upkeep.does("olli", ceasing.end, upkeep.plan, until, on=until)
    after = until + timedelta(days=2)
    upkeep.does("olli", ceasing.end, upkeep.plan, after, on=after)
    plan = upkeep.plan_row()
    assert (plan.state, plan.ended_on, plan.ended_reason) == ("ended", after, "2")
    assert upkeep.reaches("olli", Permission.EHC_REVIEW_READ, after) == "yes"
    assert upkeep.reaches("olli", Permission.EHC_REVIEW_READ, after + timedelta(days=1)) == "NotFound"
    assert upkeep.reaches("pam", Permission.EHC_REVIEW_READ, after + timedelta(days=1)) == "yes"


def test_whoever_was_asked_for_advice_sees_no_more_of_a_plan_that_ended(upkeep: Upkeep) -> None:
    advised(upkeep.cast, upkeep.plan, "ava", eve="c")
    assert upkeep.reaches("eve", Permission.EHCP_READ) == "yes"
    upkeep.does("olli", ceasing.record_death, upkeep.plan, on=NOW)
    assert upkeep.reaches("eve", Permission.EHCP_READ) == "NotFound"


def test_while_an_appeal_is_open_it_does_not_end(upkeep: Upkeep) -> None:
    decided(upkeep)
    appeal(upkeep)
    later = date(2027, 3, 1)
    with pytest.raises(Conflict) as failure:
        upkeep.does("olli", ceasing.end, upkeep.plan, later, on=later)
    assert "Tribunal" in failure.value.message


def test_an_appeal_that_is_lost_ends_the_waiting(upkeep: Upkeep) -> None:
    decided(upkeep)
    lost = NOW + timedelta(days=20)
    appeal(upkeep, state="closed", closed_on=lost, result="dismissed")
    upkeep.does("olli", ceasing.end, upkeep.plan, lost, on=lost)
    assert upkeep.plan_row().state == "ended"


def test_an_appeal_that_is_won_keeps_the_plan(upkeep: Upkeep) -> None:
    decided(upkeep)
    won = NOW + timedelta(days=20)
    appeal(upkeep, state="closed", closed_on=won, result="allowed")
    with pytest.raises(Conflict):
        upkeep.does("olli", ceasing.end, upkeep.plan, date(2027, 3, 1), on=won)
    upkeep.does("olli", ceasing.drop, upkeep.plan, won, on=won, reasons="The Tribunal ordered it.")
    assert upkeep.plan_row().state == "in_force"


def test_the_family_and_the_school_are_asked_first(upkeep: Upkeep) -> None:
    with pytest.raises(Conflict):
        upkeep.does("olli", ceasing.decide, upkeep.plan, decided_on=NOW, reasons="Done")
    upkeep.does(
        "olli", ceasing.consider, upkeep.plan, reason="2", considering_on=NOW, why="The outcomes are reached."
    )
    for who in ("family", "school"):
        with pytest.raises(Conflict):
            upkeep.does("olli", ceasing.decide, upkeep.plan, decided_on=NOW, reasons="Done")
        upkeep.does("olli", ceasing.record_answer, upkeep.plan, who=who, on=NOW, said="No answer came.")
    upkeep.does("olli", ceasing.decide, upkeep.plan, decided_on=NOW, reasons="Done")


@pytest.mark.parametrize("reason", ["5", "8", "x", ""])
def test_it_ends_under_one_of_the_reasons_that_can_be_chosen(upkeep: Upkeep, reason: str) -> None:
    with pytest.raises(Invalid):
        upkeep.does("olli", ceasing.consider, upkeep.plan, reason=reason, considering_on=NOW, why="So")


def test_under_eighteen_being_out_of_education_is_no_ground(upkeep: Upkeep) -> None:
    with pytest.raises(Invalid) as failure:
        upkeep.does("olli", ceasing.consider, upkeep.plan, reason="6", considering_on=NOW, why="So")
    assert "regulation 29" in failure.value.errors["reason"]


def test_from_eighteen_on_the_plan_is_reviewed_first(upkeep: Upkeep) -> None:
    _grown_up(upkeep, "2008-05-14")
    with pytest.raises(Invalid) as failure:
        upkeep.does("olli", ceasing.consider, upkeep.plan, reason="6", considering_on=NOW, why="So")
    assert "regulation 30" in failure.value.errors["reason"]
    review_id = upkeep.opened("olli")
    upkeep.held(review_id, "olli", NOW, held_on=NOW)
    upkeep.does("olli", ceasing.consider, upkeep.plan, reason="6", considering_on=NOW, why="So")


def _grown_up(upkeep: Upkeep, born_on: str) -> None:
    with upkeep.cast.making() as unit:
        row = next(iter(pupils.rows_of(unit, [upkeep.cast.pupils["ava"]])))
        details = replace(pupils.open_row(unit, row), born_on=date.fromisoformat(born_on))
        sealed = pupils.seal(unit, row.id, row.row_version, details)
        unit.change(Pupil, {"id": row.id}, sealed=sealed)


def test_where_the_needs_are_met_without_it_the_support_plan_is_there_first(upkeep: Upkeep) -> None:
    with upkeep.cast.acting("sara") as unit:
        plans.end_plan(unit, upkeep.isp, "needs_met", "So")
    upkeep.considered()
    with pytest.raises(Conflict) as failure:
        upkeep.does("olli", ceasing.decide, upkeep.plan, decided_on=NOW, reasons="Done")
    assert "support" in failure.value.message


def test_a_death_ends_it_at_once_and_sends_no_letter(upkeep: Upkeep) -> None:
    upkeep.opened()
    upkeep.does("olli", ceasing.record_death, upkeep.plan, on=NOW)
    plan = upkeep.plan_row()
    assert (plan.state, plan.ended_on, plan.ended_reason) == ("ended", NOW, "8")
    codes = [step.code for step in upkeep.steps()]
    assert codes == [StepCode.REVIEW_DUE, StepCode.DIED, StepCode.REVIEW_CANCELLED, StepCode.CEASED]


def test_only_the_authority_ends_a_plan(upkeep: Upkeep) -> None:
    for name, failure in (("sara", NotAllowed), ("pam", NotAllowed), ("sid", NotFound), ("sena", NotFound)):
        with pytest.raises(failure):
            upkeep.does(name, ceasing.consider, upkeep.plan, reason="2", considering_on=NOW, why="So")


def test_a_stale_page_ends_nothing(upkeep: Upkeep) -> None:
    upkeep.considered()
    with pytest.raises(Conflict):
        upkeep.does("olli", ceasing.decide, upkeep.plan, decided_on=NOW, reasons="Done", shown=1)


def test_the_trail_holds_the_reason_of_the_end_sealed(upkeep: Upkeep) -> None:
    decided(upkeep)
    seen = upkeep.trail(Chain.pupil(upkeep.cast.pupils["ava"]), "ehc_plan.step")[-1]
    assert seen.detail["step"] == "cease_decided"
    assert seen.payload["keep_until"] == "2027-01-02"
