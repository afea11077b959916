"""The tracker of reviews and the board of those who change phase: who is on them, in bounded statements."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from isp.escalations.upkeep import boards, phases
from isp.kernel.errors import Invalid, NotAllowed, NotFound
from isp.register.models import Pupil
from tests.escalations.upkeep_world import MEETING, NOW, Upkeep, lay
from tests.escalations.world import on
from tests.statements import statements


def listed(upkeep: Upkeep, by: str, day: date = NOW, **more: Any) -> list[boards.Tracked]:
    with on(day), upkeep.cast.looking(by) as unit:
        place, _ = boards.place_of(unit, None)
        found = boards.tracker(unit, place, **more)
        boards.record_tracker(unit, place, "annual-reviews", found)
        return found


def board(upkeep: Upkeep, by: str = "olli", **more: Any) -> list[boards.Mover]:
    asked: dict[str, Any] = {"kind": "other", "year": 2027}
    with on(NOW), upkeep.cast.looking(by) as unit:
        place, _ = boards.place_of(unit, None)
        return boards.phase_board(unit, place, **{**asked, **more})


def plans(found: Any) -> list[Any]:
    return [one.plan.id for one in found]


def test_an_authority_has_its_own_plans_the_earliest_review_first(upkeep: Upkeep) -> None:
    assert plans(listed(upkeep, "olli")) == [upkeep.plans["eli"], upkeep.plans["ava"]]
    assert plans(listed(upkeep, "sid")) == [upkeep.plans["finn"]]


def test_it_names_the_children_whose_cases_are_ones_own(upkeep: Upkeep) -> None:
    assert [one.name is not None for one in listed(upkeep, "olli")] == [False, True]
    assert [one.name is not None for one in listed(upkeep, "mia")] == [True, True]


def test_a_school_has_the_pupils_on_its_roll_alone(upkeep: Upkeep) -> None:
    assert plans(listed(upkeep, "sara")) == [upkeep.plan]
    assert plans(listed(upkeep, "sena")) == [upkeep.plans["eli"]]


@pytest.mark.parametrize("name", ["nora", "pam", "tom", "wes"])
def test_whoever_is_neither_has_no_list(upkeep: Upkeep, name: str) -> None:
    with pytest.raises(NotFound):
        listed(upkeep, name)


def test_each_filter_shows_what_it_says(upkeep: Upkeep) -> None:
    eli, ava = upkeep.plans["eli"], upkeep.plan
    assert plans(listed(upkeep, "olli", show="late")) == [eli]
    assert plans(listed(upkeep, "olli", show="unplanned")) == [eli, ava]
    review_id = upkeep.opened()
    upkeep.invited(review_id)
    assert plans(listed(upkeep, "olli", show="invited")) == [ava]
    upkeep.held(review_id)
    assert plans(listed(upkeep, "olli", show="held")) == [ava]
    assert plans(listed(upkeep, "olli", date(2026, 12, 8), show="late")) == [eli, ava]
    upkeep.reported(review_id)
    assert plans(listed(upkeep, "olli", MEETING, show="reported")) == [ava]
    with on(NOW), upkeep.cast.looking("olli") as unit:
        place, _ = boards.place_of(unit, None)
        counts = boards.counts(unit, place)
    assert (counts["all"], counts["late"], counts["reported"]) == (2, 1, 1)


def test_a_page_goes_on_where_the_one_before_ended(upkeep: Upkeep) -> None:
    first = listed(upkeep, "olli", limit=1)
    place = first[0].plan.review_due_on, first[0].plan.id
    second = listed(upkeep, "olli", after=place)
    assert plans(second) == [upkeep.plan]
    assert plans(listed(upkeep, "olli", before=(second[0].plan.review_due_on, second[0].plan.id))) == plans(
        first
    )


def test_a_longer_list_takes_no_more_statements(upkeep: Upkeep) -> None:
    def asked() -> int:
        with on(NOW), upkeep.cast.looking("mia") as unit, statements(upkeep.cast.store.database) as sent:
            place, _ = boards.place_of(unit, None)
            boards.tracker(unit, place)
        return len(sent)

    few = asked()
    for pupil in ("ben", "cleo", "yan"):
        lay(upkeep.cast, pupil, "northshire", "olli")
    assert asked() == few


def year(upkeep: Upkeep, pupil: str, group: str) -> None:
    with upkeep.cast.making() as unit:
        unit.change(Pupil, {"id": upkeep.cast.pupils[pupil]}, year_group=group)


def test_the_year_group_says_who_changes_phase(upkeep: Upkeep) -> None:
    assert board(upkeep) == []
    year(upkeep, "ava", "6")
    assert plans(board(upkeep)) == [upkeep.plan]
    assert plans(board(upkeep, year=2026)) == []
    year(upkeep, "ava", "5")
    assert plans(board(upkeep, year=2028)) == [upkeep.plan]
    year(upkeep, "ava", "11")
    assert plans(board(upkeep, kind="post16")) == [upkeep.plan]


def test_an_officer_says_otherwise(upkeep: Upkeep) -> None:
    year(upkeep, "ava", "6")
    upkeep.does("olli", phases.set_phase, upkeep.plan, kind="none", year=2027)
    assert board(upkeep) == []
    upkeep.does("olli", phases.set_phase, upkeep.plan, kind="other", year=2028)
    assert plans(board(upkeep, year=2028)) == [upkeep.plan]
    with pytest.raises(NotAllowed):
        upkeep.does("sara", phases.set_phase, upkeep.plan, kind="other", year=2028)
    with pytest.raises(Invalid):
        upkeep.does("olli", phases.set_phase, upkeep.plan, kind="other", year=1999)


def test_the_board_says_how_far_each_plan_is(upkeep: Upkeep) -> None:
    year(upkeep, "ava", "6")
    assert plans(board(upkeep, stage="not_reviewed")) == [upkeep.plan]
    upkeep.noticed()
    assert plans(board(upkeep, stage="not_amended")) == [upkeep.plan]
    assert plans(board(upkeep, stage="done")) == []
