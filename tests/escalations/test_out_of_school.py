"""Children out of school or there part of the time: told by the school, decided and looked at again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from isp.access import gate
from isp.access.policy import Permission
from isp.escalations.upkeep import out_lists, out_of_school
from isp.escalations.upkeep.boards import place_of
from isp.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from tests.escalations.upkeep_world import NOW, Upkeep
from tests.escalations.world import on

AGAIN = NOW + timedelta(weeks=6)


def told(upkeep: Upkeep, by: str = "sara", pupil: str = "cleo", **more: Any) -> UUID:
    said: dict[str, Any] = {
        "sort": "illness",
        "since_on": date(2026, 10, 5),
        "hours": None,
        "what": "At home for four weeks; work is sent.",
    }
    found: UUID = upkeep.does(by, out_of_school.report, upkeep.cast.pupils[pupil], **{**said, **more})
    return found


def decided(upkeep: Upkeep, row_id: UUID, by: str = "mia", **more: Any) -> None:
    said: dict[str, Any] = {
        "decision": "arrange",
        "decided_on": NOW,
        "review_on": AGAIN,
        "reasons": "Tuition at home.",
    }
    upkeep.does(by, out_of_school.decide, row_id, **{**said, **more})


def row(upkeep: Upkeep) -> Any:
    with upkeep.cast.making() as unit:
        return unit.connection.execute(out_of_school.CHILDREN.select()).one()


def sees(upkeep: Upkeep, by: str, day: date = NOW) -> str:
    try:
        with on(day), upkeep.cast.looking(by) as unit:
            gate.require(unit, Permission.OUT_OF_SCHOOL_READ, upkeep.cast.pupils["cleo"])
    except DomainError as failure:
        return type(failure).__name__
    return "yes"


def test_a_school_tells_and_so_opens_the_authoritys_sight_of_the_child(upkeep: Upkeep) -> None:
    assert sees(upkeep, "mia") == "NotFound"
    told(upkeep)
    assert sees(upkeep, "mia") == "yes"
    assert sees(upkeep, "sid") == "NotFound"


def test_a_part_time_timetable_has_its_hours(upkeep: Upkeep) -> None:
    with pytest.raises(Invalid):
        told(upkeep, sort="part_time")
    told(upkeep, sort="part_time", hours=12)
    assert row(upkeep).hours == 12


def test_one_at_a_time(upkeep: Upkeep) -> None:
    told(upkeep)
    with pytest.raises(Conflict):
        told(upkeep, "hal")


def test_the_officer_who_has_the_case_adds_one_herself(upkeep: Upkeep) -> None:
    told(upkeep, "olli", "ava")
    with pytest.raises(NotFound):
        told(upkeep, "olli", "cleo")


def test_a_decision_has_a_day_on_which_it_is_looked_at_again(upkeep: Upkeep) -> None:
    row_id = told(upkeep)
    for wrong in (NOW, NOW + timedelta(weeks=13)):
        with pytest.raises(Invalid):
            decided(upkeep, row_id, review_on=wrong)
    decided(upkeep, row_id)
    assert (row(upkeep).state, row(upkeep).review_on) == ("decided", AGAIN)


def test_looked_at_again_it_has_the_next_day(upkeep: Upkeep) -> None:
    row_id = told(upkeep)
    said = {"on": AGAIN, "review_on": AGAIN + timedelta(weeks=6), "found": "It works."}
    with pytest.raises(Conflict):
        upkeep.does("mia", out_of_school.look_again, row_id, AGAIN, **said)
    decided(upkeep, row_id)
    upkeep.does("mia", out_of_school.look_again, row_id, AGAIN, **said)
    assert (row(upkeep).reviewed_on, row(upkeep).review_on) == (AGAIN, AGAIN + timedelta(weeks=6))


def test_over_the_authority_sees_to_the_end_of_the_day(upkeep: Upkeep) -> None:
    row_id = told(upkeep)
    upkeep.does("mia", out_of_school.close, row_id, on=NOW, why="back")
    assert sees(upkeep, "mia") == "yes"
    assert sees(upkeep, "mia", NOW + timedelta(days=1)) == "NotFound"
    with pytest.raises(Conflict):
        decided(upkeep, row_id)
    told(upkeep)


def test_a_school_does_not_decide_nor_another_authority(upkeep: Upkeep) -> None:
    row_id = told(upkeep)
    for name, failure in (("sara", NotAllowed), ("sid", NotFound), ("sena", NotFound), ("tom", NotFound)):
        with pytest.raises(failure):
            decided(upkeep, row_id, by=name)
    with pytest.raises(Conflict):
        decided(upkeep, row_id, shown=5)


def test_the_list_names_to_each_only_whom_she_may_know(upkeep: Upkeep) -> None:
    told(upkeep)
    for name, known in (("mia", True), ("sara", True)):
        with on(NOW), upkeep.cast.looking(name) as unit:
            place, _ = place_of(unit, None)
            found = out_lists.listed(unit, place)
            out_lists.record_listed(unit, place, found)
        assert [one.name is not None for one in found] == [known]
    with on(NOW), upkeep.cast.looking("sid") as unit:
        place, _ = place_of(unit, None)
        assert out_lists.listed(unit, place) == []
