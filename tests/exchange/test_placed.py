"""Where the return says that a child is placed: as is on record, else where section I of the plan says."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from isp.exchange.deriving import placed
from isp.exchange.making import MISSING, WRONG
from isp.kernel.ids import new_id

PLAN = new_id()


def setting(named: bool, entered_on: date | None = None, rank: int = 1, plan_id: UUID = PLAN) -> Any:
    return SimpleNamespace(id=new_id(), plan_id=plan_id, named=named, entered_on=entered_on, rank=rank)


def test_a_plan_issued_here_places_the_child_where_it_names() -> None:
    issued = setting(True, date(2025, 2, 17))
    assert placed([issued, setting(True, date(2025, 1, 1), plan_id=new_id())], PLAN) == [issued]


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
