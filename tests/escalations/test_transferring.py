"""A plan goes to another authority with its child: in its time, and the old one sees no more."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from isp.access import gate
from isp.access.policy import Permission
from isp.ehcp.steps import StepCode
from isp.escalations import assessments, keeping, naming, parties
from isp.escalations import upkeep_clock as clock
from isp.escalations.duty import NO_DAY
from isp.escalations.naming import Named
from isp.escalations.upkeep import ceasing, placing, reviewing, transferring
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.escalations.test_due_beside import listed
from tests.escalations.upkeep_world import DUE, NOW, Upkeep
from tests.escalations.world import on

READ = Permission.EHC_REVIEW_READ
LATE_NEWS = date(2026, 11, 20)
"""15 working days, beginning with Monday 2 November."""


def known(upkeep: Upkeep, to_la: str = "202", **more: Any) -> None:
    said: dict[str, Any] = {"to_la": to_la, "known_on": NOW, "moves_on": NOW}
    upkeep.does("olli", transferring.announce, upkeep.plan, **{**said, **more})


def handed(upkeep: Upkeep, day: date = NOW, by: str = "olli", **more: Any) -> None:
    upkeep.does(by, transferring.hand_over, upkeep.plan, day, on=day, **more)


def move(upkeep: Upkeep) -> Any:
    with upkeep.cast.making() as unit:
        return unit.connection.execute(transferring.MOVES.select()).one()


def test_known_late_it_goes_within_fifteen_working_days(upkeep: Upkeep) -> None:
    known(upkeep)
    assert move(upkeep).due_on == LATE_NEWS
    handed(upkeep, LATE_NEWS + timedelta(days=3))
    assert move(upkeep).days_late == 3


def test_known_in_time_it_goes_on_the_day_of_the_move(upkeep: Upkeep) -> None:
    later = date(2027, 2, 1)
    known(upkeep, moves_on=later)
    assert move(upkeep).due_on == later
    with pytest.raises(Invalid):
        handed(upkeep)


def test_the_old_authority_sees_no_more_and_the_new_one_does(upkeep: Upkeep) -> None:
    known(upkeep)
    handed(upkeep)
    for name in ("olli", "mia"):
        assert upkeep.reaches(name, READ) == "NotFound"
    for name in ("sid", "mona", "sara", "pam"):
        assert upkeep.reaches(name, READ) == "yes"
    plan = upkeep.plan_row()
    assert plan.authority_id == upkeep.cast.places["southshire"]
    assert (plan.origin, plan.from_authority, plan.transferred_on) == ("transferred", "201", NOW)
    with upkeep.cast.making() as unit:
        responsible = parties.responsible(unit, upkeep.cast.pupils["ava"])
    assert responsible is None or responsible.id == upkeep.cast.places["southshire"]


def asked(upkeep: Upkeep, *names: str) -> None:
    """Northshire asked these for advice, and otis to audit the case."""
    common = {"organisation_id": upkeep.cast.places["northshire"]}
    for name in names:
        upkeep.cast.tie("ava", "adviser", person_id=upkeep.cast.people[name], **common)
    audited = common | {"source_id": upkeep.plan}
    upkeep.cast.tie("ava", "audit", person_id=upkeep.cast.people["otis"], **audited)


def stand(upkeep: Upkeep, *names: str, day: date = NOW) -> list[bool]:
    """Whether each of them stands towards the child in any way."""
    found = []
    for name in names:
        with on(day), upkeep.cast.looking(name) as unit:
            found.append(bool(gate.standings_towards(unit, upkeep.cast.pupils["ava"])))
    return found


@pytest.mark.parametrize("to_la", ["202", "301"])
def test_whom_the_old_authority_asked_for_advice_sees_no_more(upkeep: Upkeep, to_la: str) -> None:
    asked(upkeep, "eve", "wes")
    assert stand(upkeep, "eve", "wes", "otis") == [True, True, True]
    known(upkeep, to_la)
    handed(upkeep)
    assert stand(upkeep, "eve", "wes") == [False, False]
    assert stand(upkeep, "otis") == [to_la == "301"]  # a plan that ends here is seen to the end of the day
    assert stand(upkeep, "otis", day=NOW + timedelta(days=1)) == [False]


def test_the_new_one_reviews_within_the_year_or_three_months(upkeep: Upkeep) -> None:
    known(upkeep)
    handed(upkeep)
    assert upkeep.plan_row().review_due_on == max(DUE, date(2027, 2, 1))


def test_the_new_one_tells_the_family_within_six_weeks(upkeep: Upkeep) -> None:
    known(upkeep)
    handed(upkeep)
    day = NOW + timedelta(weeks=6, days=1)
    said = {"told_on": day, "will_assess": False, "review_by": date(2027, 1, 15)}
    with pytest.raises(Invalid):
        upkeep.does(
            "sid", transferring.tell_family, upkeep.plan, day, **{**said, "review_by": date(2027, 6, 1)}
        )
    upkeep.does("sid", transferring.tell_family, upkeep.plan, day, **said)
    assert move(upkeep).told_days_late == 1
    assert upkeep.plan_row().review_due_on == date(2027, 1, 15)
    due = clock.review_due(upkeep.plan_row())
    assert due is not None
    assert (due.on, due.source) == (date(2027, 1, 15), clock.PROMISED)
    with pytest.raises(Conflict):
        upkeep.does("sid", transferring.tell_family, upkeep.plan, day, **said)


def test_to_an_authority_that_is_elsewhere_the_plan_ends_here(upkeep: Upkeep) -> None:
    known(upkeep, "301")
    handed(upkeep)
    plan = upkeep.plan_row()
    assert (plan.state, plan.ended_on, plan.ended_reason) == ("ended", NOW, "5")
    assert upkeep.reaches("olli", READ, NOW + timedelta(days=1)) == "NotFound"


def test_a_review_under_way_goes_on_with_the_new_one(upkeep: Upkeep) -> None:
    review_id = upkeep.opened()
    known(upkeep)
    handed(upkeep)
    upkeep.does("sid", reviewing.cancel, review_id, reason="We open our own.")
    assert upkeep.row(review_id).authority_id == upkeep.cast.places["southshire"]


def test_each_authority_has_its_own_steps(upkeep: Upkeep) -> None:
    known(upkeep)
    handed(upkeep)
    assert [step.code for step in upkeep.steps()] == [StepCode.MOVE_KNOWN, StepCode.PLAN_MOVED_OUT]
    assert [step.code for step in upkeep.steps("southshire")] == [StepCode.PLAN_MOVED_IN]


@pytest.mark.parametrize("to_la", ["201", "20", "abc", "²³¹", "٢٠٢"])
def test_where_to_is_another_authority_in_three_digits(upkeep: Upkeep, to_la: str) -> None:
    with pytest.raises(Invalid):
        known(upkeep, to_la)


def test_a_move_may_be_called_off(upkeep: Upkeep) -> None:
    known(upkeep)
    with pytest.raises(Conflict):
        known(upkeep)
    with pytest.raises(Conflict):
        upkeep.does("olli", transferring.call_off, upkeep.plan, reason="They stay.", shown=9)
    upkeep.does("olli", transferring.call_off, upkeep.plan, reason="They stay.", shown=1)
    with pytest.raises(Conflict):
        handed(upkeep)
    known(upkeep)


def test_nobody_else_hands_it_over(upkeep: Upkeep) -> None:
    known(upkeep)
    for name, failure in (("sara", NotAllowed), ("pam", NotAllowed), ("sid", NotFound)):
        with pytest.raises(failure):
            handed(upkeep, by=name)
    with pytest.raises(Conflict):
        handed(upkeep, shown=9)


# -- attendance that is practicable no longer --------------------------------------------------------------


def placed(upkeep: Upkeep, by: str = "sid", day: date = NOW, **more: Any) -> None:
    said: dict[str, Any] = {
        "other": Named(school_id=upkeep.cast.places["elmfield"]),
        "on": day,
        "why": "Oakfield is forty miles from the new home.",
    }
    upkeep.does(by, transferring.place_for_now, upkeep.plan, day, **{**said, **more})


def moved_with_its_school(upkeep: Upkeep) -> None:
    oakfield = Named(school_id=upkeep.cast.places["oakfield"])
    upkeep.does("olli", placing.say_named, upkeep.plan, named=oakfield, from_on=date(2026, 1, 12))
    known(upkeep)
    handed(upkeep)


def test_the_child_attends_another_setting_until_the_plan_is_amended(upkeep: Upkeep) -> None:
    moved_with_its_school(upkeep)
    placed(upkeep)
    with upkeep.cast.making() as unit:
        here = [one.school_id for one in placing.here(unit, upkeep.plan)]
        named = [one.school_id for one in naming.of_plan(unit, upkeep.plan) if one.named]
    assert here == [upkeep.cast.places["elmfield"]]
    assert named == [upkeep.cast.places["oakfield"]]
    row = listed(upkeep.cast, "sid", NOW)["placed_for_now"]
    assert (row.due_on, row.turn, row.plan_id) == (NO_DAY, "authority", upkeep.plan)
    assert upkeep.steps("southshire")[-1].words["why"].startswith("Oakfield")


def test_it_is_over_once_the_plan_names_a_setting_anew(upkeep: Upkeep) -> None:
    moved_with_its_school(upkeep)
    placed(upkeep)
    later = NOW + timedelta(days=30)
    with on(later), upkeep.cast.acting("sid") as unit:
        plan = assessments.plan_now(unit, upkeep.plan)
        naming.name_setting(unit, plan, Named(school_id=upkeep.cast.places["elmfield"]), later)
        keeping.follow(unit, plan.pupil_id, plan.authority_id)
    assert "placed_for_now" not in listed(upkeep.cast, "sid", later)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"why": " "}, "why"),
        ({"on": NOW - timedelta(days=1)}, "on"),
        ({"on": NOW + timedelta(days=1)}, "on"),
    ],
)
def test_what_is_said_of_it_holds_together(upkeep: Upkeep, more: dict[str, Any], field: str) -> None:
    moved_with_its_school(upkeep)
    with pytest.raises(Invalid) as failure:
        placed(upkeep, **more)
    assert field in failure.value.errors


def test_it_is_another_one_than_the_plan_names(upkeep: Upkeep) -> None:
    moved_with_its_school(upkeep)
    with pytest.raises(Invalid) as failure:
        placed(upkeep, other=Named(school_id=upkeep.cast.places["oakfield"]))
    assert "school_id" in failure.value.errors


def test_it_is_the_new_authoritys_to_arrange_and_of_a_plan_that_came(upkeep: Upkeep) -> None:
    with pytest.raises(Conflict, match="did not come"):
        placed(upkeep, "olli")
    moved_with_its_school(upkeep)
    for who, error in (("olli", NotFound), ("pam", NotAllowed), ("sara", NotAllowed)):
        with pytest.raises(error):
            placed(upkeep, who)
    with pytest.raises(Conflict):
        placed(upkeep, shown=99)


def test_the_letter_about_the_transfer_tells_the_family_of_it(upkeep: Upkeep) -> None:
    known(upkeep)
    handed(upkeep)
    day = NOW + timedelta(weeks=2)
    with on(day), upkeep.cast.acting("sid") as unit:
        with pytest.raises(Conflict, match="later day"):
            transferring.told_by_letter(unit, upkeep.plan, day, date(2027, 6, 1))
        transferring.told_by_letter(unit, upkeep.plan, day, date(2027, 1, 15))
        plan = assessments.plan_now(unit, upkeep.plan)
        keeping.follow(unit, plan.pupil_id, plan.authority_id)
    row = move(upkeep)
    assert (row.told_on, row.told_days_late, row.review_by) == (day, 0, date(2027, 1, 15))
    assert upkeep.plan_row().review_due_on == date(2027, 1, 15)
    assert "moved_in" not in listed(upkeep.cast, "sid", day)


def test_an_end_that_was_considered_is_dropped_where_the_plan_leaves_this_service(upkeep: Upkeep) -> None:
    upkeep.considered()
    known(upkeep, "330")
    handed(upkeep)
    with upkeep.cast.making() as unit:
        assert [row.state for row in unit.connection.execute(ceasing.CEASING.select())] == ["dropped"]
