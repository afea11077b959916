"""What comes in from a return goes out into it again, and the same file twice changes nothing."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isp.exchange import record_in, record_out
from isp.exchange.sen2.message import Person
from isp.exchange.sen2.years import Year, years
from tests.cast import Cast
from tests.escalations.world import on
from tests.exchange.messages import YEAR, historical, persons, upn_of, valid

AFTER = date(2026, 2, 2)


def bring(cast: Cast, found: list[Person], year: Year = YEAR) -> record_in.Brought:
    with on(AFTER), cast.making() as unit:
        by = cast.people["mia"]
        return record_in.bring_in(unit, cast.places["northshire"], year, found, by, record_in.GROUNDS)


def given_out(cast: Cast, year: Year = YEAR) -> dict[str, Person]:
    with on(AFTER), cast.making() as unit:
        authority = cast.places["northshire"]
        listed = record_out.pupils_of(unit, authority, year)
        parts = record_out.entries(unit, authority, year, listed)
        return {one.person.forename or "": one.person for part in parts for one in part}


def test_an_ordinary_plan_comes_out_as_it_went_in(cast: Cast) -> None:
    for each in (valid(), valid(forename="Ben", upn=upn_of(2), requests=[historical()])):
        bring(cast, [each])
        assert given_out(cast)[each.forename or ""] == each


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_came_in_goes_out_the_same_and_twice_changes_nothing(
    cast: Cast, data: st.DataObject
) -> None:
    year = data.draw(st.sampled_from(sorted(years().values(), key=lambda one: one.year)))
    base = data.draw(st.integers(0, 900_000)) * 10
    found = [data.draw(persons(year, base + place)) for place in range(4)]
    first = bring(cast, found, year)
    if first.counts["persons_new"] < len(found):
        return  # drawn before, and so on record with another story
    out = given_out(cast, year)
    for one in found:
        assert out[one.forename or ""] == one
    again = bring(cast, found, year)
    assert {name: count for name, count in again.counts.items() if count} == {"persons_known": len(found)}
    assert given_out(cast, year) == out
