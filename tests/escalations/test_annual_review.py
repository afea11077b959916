"""An annual review, from its opening to the authority's decision, and who may do what in it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from isp.access.policy import Permission
from isp.audit import Chain
from isp.ehcp.steps import StepCode
from isp.escalations.upkeep import doors, reviewing
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.people.roles import Role
from isp.register.models import Pupil
from tests.escalations.upkeep_world import DUE, MADE, MEETING, NOW, Upkeep
from tests.escalations.world import on

DECIDED = date(2026, 12, 14)


def test_the_school_opens_a_review_that_is_due_a_year_after_the_plan_was_made(upkeep: Upkeep) -> None:
    row = upkeep.row(upkeep.opened())
    assert (row.kind, row.state, row.due_on) == ("annual", "due", DUE)
    assert row.school_id == upkeep.cast.places["oakfield"]


def test_there_is_one_at_a_time(upkeep: Upkeep) -> None:
    upkeep.opened()
    with pytest.raises(Conflict):
        upkeep.opened("olli")


def test_it_can_be_sooner_and_never_later_than_the_law_has_it(upkeep: Upkeep) -> None:
    with pytest.raises(Invalid):
        upkeep.opened(due_on=DUE + timedelta(days=1))
    assert upkeep.row(upkeep.opened(kind="early", due_on=date(2026, 12, 1))).due_on == date(2026, 12, 1)


def test_before_a_change_of_phase_it_is_due_by_that_day(upkeep: Upkeep) -> None:
    with on(date(2026, 3, 2)), upkeep.cast.acting("olli") as unit:
        review_id = reviewing.open_review(unit, upkeep.plan, kind="phase_other")
    assert upkeep.row(review_id).due_on == date(2026, 2, 14)


@pytest.mark.parametrize("name", ["sena", "stan", "nora", "sid"])
def test_a_stranger_finds_no_plan(upkeep: Upkeep, name: str) -> None:
    with pytest.raises(NotFound):
        upkeep.opened(name)


@pytest.mark.parametrize("name", ["tom", "pam", "ada"])
def test_whoever_does_not_hold_reviews_may_not_open_one(upkeep: Upkeep, name: str) -> None:
    with pytest.raises(NotAllowed):
        upkeep.opened(name)


def test_less_than_two_weeks_notice_needs_a_reason(upkeep: Upkeep) -> None:
    review_id = upkeep.opened()
    with pytest.raises(Invalid) as failure:
        upkeep.invited(review_id, meeting_on=NOW + timedelta(days=13))
    assert "why_short" in failure.value.errors
    upkeep.invited(review_id, meeting_on=NOW + timedelta(days=14))


def test_whom_the_regulation_names_is_invited_or_it_is_said_why_not(upkeep: Upkeep) -> None:
    review_id = upkeep.opened()
    with pytest.raises(Invalid) as failure:
        upkeep.invited(review_id, invited=["family", "head", "authority", "social_care"])
    assert "health professional" in failure.value.errors["not_invited"]
    with pytest.raises(Invalid):
        upkeep.invited(review_id, invited=["head"], not_invited="They are busy.")
    upkeep.invited(review_id, invited=["family", "head"], not_invited="No others are involved.")


def test_advice_that_goes_round_late_is_recorded_as_late(upkeep: Upkeep) -> None:
    review_id = upkeep.opened()
    upkeep.invited(review_id)
    late = MEETING - timedelta(days=10)
    with pytest.raises(Invalid):
        upkeep.does("sara", reviewing.send_papers, review_id, late, sent_on=late)
    upkeep.does(
        "sara", reviewing.send_papers, review_id, late, sent_on=late, why_late="The therapist was ill."
    )
    seen = upkeep.trail(Chain.pupil(upkeep.cast.pupils["ava"]), "ehc_plan.step")[-1]
    assert (seen.detail["step"], seen.detail["days_late"]) == ("review_papers", 4)


def test_from_year_nine_the_meeting_prepares_for_adulthood(upkeep: Upkeep) -> None:
    with upkeep.cast.making() as unit:
        unit.change(Pupil, {"id": upkeep.cast.pupils["ava"]}, year_group="9")
    review_id = upkeep.opened()
    with pytest.raises(Invalid) as failure:
        upkeep.held(review_id)
    assert "adulthood" in failure.value.errors
    upkeep.held(review_id, adulthood="A week at the garden centre.")


def test_a_review_that_took_place_before_the_case_came_here_is_entered_with_its_days(upkeep: Upkeep) -> None:
    """No invitation is on record: the day of the meeting stands by itself."""
    review_id = upkeep.opened("olli")
    upkeep.held(review_id, "olli", NOW, held_on=date(2026, 10, 12))
    assert upkeep.row(review_id).meeting_on == date(2026, 10, 12)


def test_the_report_needs_the_meeting_and_the_decision_needs_it_too(upkeep: Upkeep) -> None:
    review_id = upkeep.opened()
    upkeep.invited(review_id)
    with pytest.raises(Conflict):
        upkeep.reported(review_id)
    with pytest.raises(Conflict):
        upkeep.decided(review_id, "maintain")


def test_the_schools_own_report_is_referred_to_by_its_version(upkeep: Upkeep) -> None:
    review_id = upkeep.opened()
    upkeep.held(review_id)
    with pytest.raises(Invalid) as failure:
        upkeep.reported(review_id, report="", version_id=UUID(int=1))
    assert "version_id" in failure.value.errors


def test_keeping_the_plan_ends_the_review_and_the_next_year_begins(upkeep: Upkeep) -> None:
    review_id = upkeep.to_decide()
    upkeep.decided(review_id, "maintain")
    row, plan = upkeep.row(review_id), upkeep.plan_row()
    assert (row.state, row.outcome, row.days_late, row.rules) == ("closed", "maintain", 0, "2014-09-01")
    assert (plan.last_review_on, plan.review_due_on) == (DECIDED, date(2027, 12, 13))


def test_a_decision_after_four_weeks_is_kept_as_late(upkeep: Upkeep) -> None:
    review_id = upkeep.to_decide()
    upkeep.decided(review_id, "maintain", day=MEETING + timedelta(days=31))
    assert upkeep.row(review_id).days_late == 3


def test_to_amend_leaves_the_review_open_for_its_notice(upkeep: Upkeep) -> None:
    review_id = upkeep.to_decide()
    upkeep.decided(review_id, "amend")
    assert upkeep.row(review_id).state == "amending"
    assert upkeep.plan_row().last_review_on == DECIDED


def test_to_cease_it_must_have_been_considered_before(upkeep: Upkeep) -> None:
    review_id = upkeep.to_decide()
    with pytest.raises(Conflict):
        upkeep.decided(review_id, "cease")
    upkeep.considered(day=date(2026, 12, 3))
    upkeep.decided(review_id, "cease")
    assert (upkeep.row(review_id).state, upkeep.plan_row().state) == ("closed", "ceasing")


@pytest.mark.parametrize("name", ["sara", "hal", "pam"])
def test_only_the_authority_decides(upkeep: Upkeep, name: str) -> None:
    review_id = upkeep.to_decide()
    with pytest.raises(NotAllowed):
        upkeep.decided(review_id, "maintain", by=name)


def test_a_stale_page_decides_nothing(upkeep: Upkeep) -> None:
    review_id = upkeep.to_decide()
    with pytest.raises(Conflict):
        upkeep.decided(review_id, "maintain", shown=1)


def test_what_is_decided_is_not_called_off(upkeep: Upkeep) -> None:
    review_id = upkeep.to_decide()
    upkeep.decided(review_id, "amend")
    with pytest.raises(Conflict):
        upkeep.does("olli", reviewing.cancel, review_id, DECIDED, reason="By mistake")


def test_a_review_called_off_leaves_the_duty(upkeep: Upkeep) -> None:
    review_id = upkeep.opened()
    upkeep.does("olli", reviewing.cancel, review_id, reason="Opened twice")
    assert (upkeep.row(review_id).state, upkeep.plan_row().review_due_on) == ("cancelled", DUE)
    upkeep.opened()


def test_every_step_stands_in_the_chronology_and_on_both_chains(upkeep: Upkeep) -> None:
    review_id = upkeep.to_decide()
    upkeep.decided(review_id, "maintain")
    codes = [step.code for step in upkeep.steps()]
    assert codes == [
        StepCode.REVIEW_DUE,
        StepCode.REVIEW_INVITED,
        StepCode.REVIEW_HELD,
        StepCode.REVIEW_REPORTED,
        StepCode.REVIEW_MAINTAINED,
    ]
    for chain in (
        Chain.pupil(upkeep.cast.pupils["ava"]),
        Chain.organisation(upkeep.cast.places["northshire"]),
    ):
        assert [seen.detail["step"] for seen in upkeep.trail(chain, "ehc_plan.step")] == codes


def test_the_authority_lists_a_terms_reviews_to_a_school_once(upkeep: Upkeep) -> None:
    cast = upkeep.cast
    cast.member("hilda", "elmfield", Role.HEAD)
    term = date(2027, 1, 5), date(2027, 3, 26)
    for school in ("oakfield", "elmfield"):
        with on(NOW), cast.acting("olli") as unit:
            list_id = reviewing.send_list(unit, cast.places["northshire"], cast.places[school], *term)
        with cast.making() as unit:
            row = unit.connection.execute(
                doors.REVIEWS.select().where(doors.REVIEWS.c.list_id == list_id)
            ).one()
        assert row.school_id == cast.places[school]
        with pytest.raises(Conflict), on(NOW), cast.acting("olli") as unit:
            reviewing.send_list(unit, cast.places["northshire"], cast.places[school], *term)


def test_a_school_does_not_send_lists_nor_another_authority(upkeep: Upkeep) -> None:
    cast = upkeep.cast
    for name, place, failure in (
        ("sara", "northshire", NotFound),
        ("sid", "northshire", NotFound),
        ("hal", "oakfield", NotAllowed),
    ):
        with pytest.raises(failure), on(NOW), cast.acting(name) as unit:
            reviewing.send_list(unit, cast.places[place], cast.places["oakfield"], NOW, DUE)


def test_the_authority_that_has_the_plan_reads_it_and_no_other(upkeep: Upkeep) -> None:
    for name, expected in {
        "olli": "yes",
        "mia": "yes",
        "sara": "yes",
        "pam": "yes",
        "sid": "NotFound",
    }.items():
        assert upkeep.reaches(name, Permission.EHC_REVIEW_READ) == expected


def test_no_review_is_before_the_plan_was_made(upkeep: Upkeep) -> None:
    review_id = upkeep.opened()
    before = MADE - timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        upkeep.invited(review_id, sent_on=before)
    assert "the plan was made" in refused.value.errors["sent_on"]
    with pytest.raises(Invalid) as refused:
        upkeep.held(review_id, held_on=before)
    assert "the plan was made" in refused.value.errors["held_on"]
