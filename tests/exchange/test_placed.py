"""Where the return says that a child is placed: as is on record, else where section I of the plan says."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from isp.exchange.deriving import named_on, placed
from isp.exchange.making import MISSING, WRONG
from isp.kernel.ids import new_id

PLAN = new_id()


def setting(
    named: bool,
    entered_on: date | None = None,
    left_on: date | None = None,
    rank: int = 1,
    plan_id: UUID = PLAN,
) -> Any:
    days = {"entered_on": entered_on, "left_on": left_on}
    return SimpleNamespace(id=new_id(), plan_id=plan_id, named=named, rank=rank, **days)


def test_where_a_plan_names_a_setting_the_child_has_not_started_there_by_that() -> None:
    assert placed([setting(True, date(2025, 2, 17))], PLAN) == []


def test_what_is_named_is_what_the_plan_named_on_the_day() -> None:
    first = setting(True, date(2025, 2, 17), date(2026, 8, 31))
    then, other = setting(True, date(2026, 9, 1)), setting(True, plan_id=new_id())
    held = [then, other, first]
    assert named_on(held, PLAN, date(2026, 1, 15)) == [first]
    assert named_on(held, PLAN, date(2026, 8, 31)) == [first]
    assert named_on(held, PLAN, date(2026, 9, 1)) == [then]
    assert named_on([then], PLAN, date(2026, 1, 15)) == [then]  # issued since, and named since its first day
    assert named_on([setting(True)], PLAN, date(2026, 1, 15)) != []


def test_what_is_on_record_of_the_placement_goes_before_what_the_plan_names() -> None:
    named, second, first = setting(True, date(2025, 2, 17)), setting(False, rank=2), setting(False)
    assert placed([named, second, first], PLAN) == [first, second]


def test_a_name_without_a_day_on_which_it_began_places_nobody() -> None:
    assert placed([setting(True)], PLAN) == []


def test_what_the_schema_misses_is_told_rather_than_what_stands_in_its_place() -> None:
    said = "Element 'Requests': This element is not expected. Expected is ( Ethnicity )."
    missing = MISSING.search(said)
    assert missing is not None
    assert missing[1] == "Ethnicity"
    wrong = WRONG.search("Element 'UPN': [facet 'pattern'] The value 'x' is not accepted.")
    assert wrong is not None
    assert wrong[1] == "UPN"
