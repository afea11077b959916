"""A school that closes: each plan that names it stands in its officer's tray, until it names another."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from isp.audit import Chain
from isp.audit.queries import of_chain
from isp.escalations import assessments, keeping, naming
from isp.escalations.closing import record_closing
from isp.escalations.naming import Named
from isp.escalations.upkeep import placing
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.kernel.ids import new_id
from tests.escalations.test_due_beside import listed
from tests.escalations.upkeep_world import NOW, Upkeep
from tests.escalations.world import on

LAST = date(2027, 7, 31)


def named_at(upkeep: Upkeep, school: str = "oakfield") -> None:
    said: dict[str, Any] = {"named": Named(school_id=upkeep.cast.places[school])}
    upkeep.does("olli", placing.say_named, upkeep.plan, **said, from_on=date(2026, 1, 12))


def closes(upkeep: Upkeep, by: str = "mia", day: date | None = LAST, school: str = "oakfield") -> int:
    found: int = upkeep.does(by, record_closing, upkeep.cast.places[school], on=day)
    return found


def test_each_plan_that_names_it_stands_in_its_officers_tray_with_the_last_day(upkeep: Upkeep) -> None:
    named_at(upkeep)
    assert closes(upkeep) == 1
    row = listed(upkeep.cast, "olli", NOW)["setting_closes"]
    assert (row.due_on, row.turn, row.plan_id) == (LAST, "authority", upkeep.plan)
    with upkeep.cast.making() as unit:
        chain = Chain.organisation(upkeep.cast.places["oakfield"])
        (told,) = [one for one in of_chain(unit, chain, limit=500) if one.event.code == "school.closes"]
    assert told.detail["closes_on"] == LAST.isoformat()


def test_once_the_plan_names_another_setting_nothing_is_left_to_do(upkeep: Upkeep) -> None:
    named_at(upkeep)
    closes(upkeep)
    later = NOW + timedelta(days=40)
    with on(later), upkeep.cast.acting("olli") as unit:
        plan = assessments.plan_now(unit, upkeep.plan)
        naming.name_setting(unit, plan, Named(school_id=upkeep.cast.places["elmfield"]), later)
        keeping.follow(unit, plan.pupil_id, plan.authority_id)
    assert "setting_closes" not in listed(upkeep.cast, "olli", later)


def test_a_school_that_stays_open_after_all_asks_for_nothing(upkeep: Upkeep) -> None:
    named_at(upkeep)
    closes(upkeep)
    closes(upkeep, day=None)
    assert "setting_closes" not in listed(upkeep.cast, "olli", NOW)


def test_a_plan_that_names_another_school_is_left_alone(upkeep: Upkeep) -> None:
    named_at(upkeep)
    assert closes(upkeep, school="elmfield") == 0
    assert "setting_closes" not in listed(upkeep.cast, "olli", NOW)


def test_a_manager_of_its_own_authority_says_so_and_nobody_else(upkeep: Upkeep) -> None:
    for who in ("olli", "sara", "pam", "mona"):
        with pytest.raises((NotAllowed, NotFound)):
            closes(upkeep, who)
    with pytest.raises(NotFound):
        upkeep.does("mia", record_closing, new_id(), on=LAST)


def test_the_same_day_twice_and_a_day_years_away_change_nothing(upkeep: Upkeep) -> None:
    closes(upkeep)
    with pytest.raises(Conflict):
        closes(upkeep)
    with pytest.raises(Invalid):
        closes(upkeep, day=date(2037, 7, 31))
