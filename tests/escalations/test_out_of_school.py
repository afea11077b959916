"""Children out of school or there part of the time: told by the school, decided and looked at again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from isp.access import gate, grants, ties
from isp.access.policy import Permission
from isp.escalations.upkeep import out_lists, out_of_school
from isp.escalations.upkeep.boards import place_of
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from isp.notices.models import Notice
from isp.register.actions import families
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


def test_what_an_officer_added_outlasts_the_case_by_which_she_saw_the_child(upkeep: Upkeep) -> None:
    row_id = told(upkeep, "olli", "ava")
    with upkeep.cast.making() as unit:
        for tie in grants.ties_from(unit, upkeep.plan):
            ties.end_tie(unit, tie.id)
    assert upkeep.does("olli", decide_now, row_id) is None
    upkeep.does("mia", out_of_school.close, row_id, on=NOW, why="back")
    told(upkeep, "sara", "ava")


def test_it_goes_to_the_officer_who_has_the_childs_case_and_opens_it_to_no_other(upkeep: Upkeep) -> None:
    for by, pupil in (("sara", "ava"), ("mia", "eli")):
        row_id = told(upkeep, by, pupil)
        with upkeep.cast.making() as unit:
            opened = {tie.person_id for tie in grants.ties_from(unit, row_id) if tie.kind == "caseload"}
        assert opened == {upkeep.cast.people["olli" if pupil == "ava" else "otis"]}


def test_where_another_authority_is_responsible_it_is_that_one_that_decides(upkeep: Upkeep) -> None:
    ava = upkeep.cast.pupils["ava"]
    with upkeep.cast.making() as unit:
        families.move_authority(unit, ava, upkeep.cast.places["southshire"], NOW, "Moved house")
    row_id = told(upkeep, "olli", "ava")
    for name in ("olli", "mia"):
        with pytest.raises(NotFound):
            decided(upkeep, row_id, by=name)
    decided(upkeep, row_id, by="sid")
    upkeep.does("mona", out_of_school.close, row_id, on=NOW, why="back")
    told(upkeep, "sara", "ava")


def decide_now(unit: Any, row_id: UUID) -> None:
    out_of_school.decide(
        unit, row_id, decision="arrange", decided_on=NOW, review_on=AGAIN, reasons="Tuition at home."
    )


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


def listed(upkeep: Upkeep, by: str, day: date) -> int:
    """How many are on somebody's list of her school or authority, as it says itself too."""
    with on(day), upkeep.cast.looking(by) as unit:
        place, _ = place_of(unit, None)
        found = out_lists.listed(unit, place)
        assert out_lists.how_many(unit, place) == len(found)
    return len(found)


def test_a_school_that_the_child_left_learns_no_more_and_the_new_one_does(upkeep: Upkeep) -> None:
    row_id = told(upkeep)
    cleo, later = upkeep.cast.pupils["cleo"], NOW + timedelta(days=2)
    with on(NOW), upkeep.cast.making() as unit:
        for tie in unit.connection.execute(ties.TIES.select().where(ties.TIES.c.pupil_id == cleo)).all():
            if tie.kind == "school":
                ties.last_day(unit, tie.id, NOW)
        elmfield = upkeep.cast.places["elmfield"]
        ties.open_tie(unit, cleo, "school", NOW + timedelta(days=1), organisation_id=elmfield)
    assert [listed(upkeep, name, NOW) for name in ("sara", "sena", "mia")] == [1, 0, 1]
    assert [listed(upkeep, name, later) for name in ("sara", "sena", "mia")] == [0, 1, 1]
    upkeep.does("mia", decide_now, row_id, later)
    with upkeep.cast.making() as unit:
        n = table_of(Notice).c
        told_of = set(unit.connection.scalars(select(n.person_id).where(n.kind == "out_of_school")))
    assert upkeep.cast.people["sena"] in told_of
    assert upkeep.cast.people["sara"] not in told_of


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
