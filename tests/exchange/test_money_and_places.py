"""Items 4.2 to 4.4, 4.7, 5.2, 5.3 and 5.7 of a plan made here: from its section J and the places it names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from isp.ehcp import budgets
from isp.ehcp.budgets import Budget, budget_on
from isp.escalations import naming
from isp.escalations.naming import Named, Terms
from isp.escalations.upkeep import amending, placing
from isp.escalations.upkeep.placing import MAIN, OTHER
from isp.exchange import record_in, record_out
from isp.exchange.sen2.message import NamedPlan, Person, Placement
from isp.exchange.sen2.rules import Facts, findings
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.ids import new_id
from isp.people.models import Organisation
from tests.cast import Cast
from tests.ehcp.world import ready_content
from tests.escalations.assessed import ISSUED_ON, Assessed, write_next
from tests.escalations.world import Affair, on
from tests.exchange.messages import URN, YEAR, upn_of
from tests.exchange.test_round_trip import AFTER, bring, given_out
from tests.exchange.test_rules import with_plan

WEEK = timedelta(weeks=1)
NOTICE, AMENDED = ISSUED_ON + WEEK, ISSUED_ON + 4 * WEEK
SOON = ISSUED_ON + 2 * WEEK
"""The day on which the second arrangement begins: before the plan is amended."""


def arrangement(**said: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "order": "a", "what": "Swimming.", **said}


def year_of(census_on: date) -> Any:
    """The return with this census day."""
    return replace(YEAR, census_on=census_on, period_from=date(2026, 1, 1), period_to=census_on)


def told(cast: Cast, census_on: date, place: str = "northshire") -> NamedPlan:
    """What the return of this census day says of the one plan that the authority has."""
    return plan_of(person_of(cast, census_on, place))


def person_of(cast: Cast, census_on: date, place: str = "northshire") -> Person:
    year = year_of(census_on)
    with cast.making() as unit:
        listed = record_out.pupils_of(unit, cast.places[place], year)
        found = [one for part in record_out.entries(unit, cast.places[place], year, listed) for one in part]
    (entry,) = [one for one in found if any(each.plan for each in one.person.requests)]
    return entry.person


def plan_of(person: Person) -> NamedPlan:
    (found,) = [one.plan for one in person.requests if one.plan is not None]
    return found


def money(plan: NamedPlan) -> tuple[Any, Any, Any]:
    return plan.personal_budget, plan.organised, plan.direct_payments


# -- what section J comes to -------------------------------------------------------------------------------


def test_a_plan_without_a_word_in_section_j_has_no_budget() -> None:
    assert budget_on(ready_content(), ISSUED_ON) == Budget(False, False, None)


@pytest.mark.parametrize(
    ("said", "budget"),
    [
        ({"paid": "organised"}, Budget(True, True, None)),
        ({"paid": "direct", "fund": "health"}, Budget(True, False, "H")),
        ({"paid": "direct", "fund": "joint"}, Budget(True, False, "I")),
        # Paid on the family's behalf to somebody who manages it: a direct payment still.
        ({"paid": "third_party", "fund": "care"}, Budget(True, False, "S")),
        # Section J is there for special educational provision (regulation 12(1)(j)).
        ({"paid": "direct"}, Budget(True, False, "E")),
        ({}, Budget(True, False, None)),
    ],
)
def test_an_arrangement_counts_as_what_it_is(said: dict[str, Any], budget: Budget) -> None:
    assert budget_on(ready_content(j=[arrangement(**said)]), ISSUED_ON) == budget


def test_whose_money_it_is_goes_by_the_provision_it_secures_where_it_is_not_said() -> None:
    need, given = str(new_id()), str(new_id())
    parts: dict[str, Any] = {
        "d": [{"id": need, "order": "a", "need": "A break from caring."}],
        "h2": [{"id": given, "order": "a", "needs": [need], "what": "A short break."}],
    }
    by_provision = ready_content(**parts, j=[arrangement(paid="direct", provision=[given])])
    by_need = ready_content(**parts, j=[arrangement(paid="direct", needs=[need])])
    for content in (by_provision, by_need):
        assert budget_on(content, ISSUED_ON).direct_payments == "S"


def test_an_arrangement_that_begins_later_counts_from_its_first_day() -> None:
    content = ready_content(
        j=[arrangement(paid="organised"), arrangement(paid="direct", from_on=SOON.isoformat())]
    )
    assert budgets.budgets(content, ISSUED_ON) == [
        (ISSUED_ON, Budget(True, True, None)),
        (SOON, Budget(True, True, "E")),
    ]


# -- as at the census day ----------------------------------------------------------------------------------


@pytest.fixture
def case(affair: Affair) -> Assessed:
    """Ava's plan, issued with an arrangement now and a payment from a later day."""
    with affair.cast.making() as unit:
        unit.change(Organisation, {"id": affair.cast.places["oakfield"]}, urn="100001")
    made = Assessed(affair)
    made.decide()
    made.write(
        j=[
            arrangement(paid="organised"),
            arrangement(paid="direct", fund="health", from_on=SOON.isoformat()),
        ]
    )
    made.send()
    made.issue(
        named=Named(school_id=affair.cast.places["oakfield"], terms=Terms(within="sen_unit", residential="A"))
    )
    return made


def amend(case: Assessed, named: Named | None = None, **settled: Any) -> None:
    write_next(case, NOTICE, **settled)
    plan_id = case.plan.id
    with on(NOTICE), case.cast.acting("olli") as unit:
        review = amending.propose_change(unit, plan_id, notice_on=NOTICE, changes="Section J")
    with on(AMENDED), case.cast.acting("olli") as unit:
        amending.send_amended(unit, review, on=AMENDED, answered=False, named=named)


def test_the_return_tells_of_section_j_as_it_was_on_the_census_day(case: Assessed) -> None:
    amend(case, j=[arrangement(paid="direct", fund="education")])
    day = timedelta(days=1)
    assert money(told(case.cast, SOON - day)) == (True, True, None)
    assert money(told(case.cast, SOON)) == (True, True, "H")
    assert money(told(case.cast, AMENDED - day)) == (True, True, "H")
    assert money(told(case.cast, AMENDED)) == (True, False, "E")


def test_what_is_taken_out_of_section_j_is_over_with_the_amended_plan(case: Assessed) -> None:
    amend(case)
    assert money(told(case.cast, AMENDED)) == (False, False, None)


def test_payments_from_two_purses_are_integrated(case: Assessed) -> None:
    amend(case, j=[arrangement(paid="direct", fund="education"), arrangement(paid="direct", fund="care")])
    assert money(told(case.cast, AMENDED)) == (True, False, "I")


def test_the_place_is_told_with_the_plan_and_with_where_the_child_is(case: Assessed) -> None:
    person = person_of(case.cast, AMENDED)
    plan = plan_of(person)
    (detail,) = plan.details
    assert (detail.sen_unit, detail.resourced, plan.residential, plan.work_based) == (True, False, "A", None)
    (placed,) = placements(person)
    assert (placed.sen_unit, placed.resourced, placed.residential) == (True, False, "A")


def placements(person: Person) -> list[Placement]:
    (active,) = [one.active for one in person.requests if one.active is not None]
    return active.placements


def test_another_place_at_the_same_school_is_told_from_the_day_of_the_amended_plan(case: Assessed) -> None:
    amend(case, named=Named(terms=Terms(within="resourced", residential="none")))
    before, after = told(case.cast, AMENDED - timedelta(days=1)), told(case.cast, AMENDED)
    assert [(one.sen_unit, one.resourced) for one in (*before.details, *after.details)] == [
        (True, False),
        (False, True),
    ]
    assert (before.residential, after.residential) == ("A", None)


def test_choosing_the_same_school_and_saying_no_more_leaves_the_place_as_it_was(case: Assessed) -> None:
    amend(case, named=Named(school_id=case.cast.places["oakfield"]))
    plan_id = case.plan.id
    with case.cast.making() as unit:
        rows = [one for one in naming.of_plan(unit, plan_id) if one.named]
    assert [(one.sen_unit, one.left_on) for one in rows] == [(True, None)]


def starts(case: Assessed, day: date, terms: Terms, **more: Any) -> None:
    there = Named(school_id=case.cast.places["oakfield"], terms=terms)
    plan_id = case.plan.id
    said: dict[str, Any] = {"setting": OTHER, "other": there, "on": day, "rank": MAIN, **more}
    with on(AMENDED), case.cast.acting("olli") as unit:
        placing.start(unit, plan_id, **said)


def test_a_child_who_goes_into_the_unit_later_has_two_placements_at_one_school(case: Assessed) -> None:
    starts(case, SOON, Terms(within="none", residential="none"))
    first, second = placements(person_of(case.cast, AMENDED))
    assert (first.sen_unit, first.residential, first.left_on) == (True, "A", SOON - timedelta(days=1))
    assert (second.sen_unit, second.residential, second.entered_on) == (False, None, SOON)
    with pytest.raises(Conflict):
        starts(case, SOON, Terms(within="none"))


def test_a_place_that_was_recorded_wrongly_is_put_right_on_its_own_day(case: Assessed) -> None:
    (there,) = placements(person_of(case.cast, AMENDED))
    assert there.entered_on is not None
    starts(case, there.entered_on, Terms(within="resourced"))
    (now,) = placements(person_of(case.cast, AMENDED))
    assert (now.entered_on, now.sen_unit, now.resourced) == (there.entered_on, False, True)


@pytest.mark.parametrize(
    ("named", "where"),
    [
        (Named(code="EHE", terms=Terms(within="sen_unit")), "within"),
        (Named(urn="100007", terms=Terms(within="both")), "within"),
        (Named(urn="100007", terms=Terms(residential="C")), "residential"),
        (Named(urn="100007", terms=Terms(work_based="X")), "work_based"),
    ],
)
def test_a_place_that_cannot_be_is_refused(named: Named, where: str) -> None:
    with pytest.raises(Invalid) as failure:
        naming.check(named)
    assert where in failure.value.errors


# -- what a file told, and what came before ----------------------------------------------------------------


def test_what_a_file_told_counts_until_the_plan_is_written_here(cast: Cast) -> None:
    person = with_plan(personal_budget=True, organised=True, direct_payments="S", residential="B")
    bring(cast, [person])
    plan = plan_of(given_out(cast)[person.forename or ""])
    assert (*money(plan), plan.residential) == (True, True, "S", "B")
    with on(AFTER), cast.making() as unit:
        row = unit.connection.execute(select(record_out.PLANS)).one()
        naming.name_setting(unit, row, Named(urn=URN, terms=Terms(within="resourced")), date(2025, 11, 3))
    plan = plan_of(given_out(cast)[person.forename or ""])
    assert (plan.residential, [one.resourced for one in plan.details]) == ("B", [True])
    with on(AFTER), cast.making() as unit:
        named = Named(urn="100008", terms=Terms(work_based="S"))
        naming.name_setting(unit, row, named, date(2025, 12, 1))
    plan = plan_of(given_out(cast)[person.forename or ""])
    assert (plan.residential, plan.work_based) == (None, "S")


def test_versions_of_an_earlier_release_are_read_by_the_worker_once(case: Assessed) -> None:
    before = told(case.cast, SOON)
    with case.cast.making() as unit:
        unit.connection.execute(delete(budgets.BUDGETS))
    assert money(told(case.cast, SOON)) == (False, False, None)
    with case.cast.making() as unit:
        assert budgets.keep_missing(unit) == 1
    with case.cast.making() as unit:
        assert budgets.keep_missing(unit) == 0
    assert money(told(case.cast, SOON)) == money(before)


def test_a_plan_made_here_goes_into_another_authoritys_record_and_out_of_it_unchanged(case: Assessed) -> None:
    person = replace(person_of(case.cast, SOON), upn=upn_of(77), forename="Zoë")
    plan = plan_of(person)
    assert (*money(plan), plan.residential) == (True, True, "H", "A")
    broken = {one.rule for one in findings(person, Facts(year_of(SOON), "330", cease_noted=False))}
    assert not broken & {"S-031", "S-032", "S-033", "S-034", "S-041"}
    with on(AMENDED), case.cast.making() as unit:
        by, ashby = case.cast.people["mia"], case.cast.places["ashby"]
        record_in.bring_in(unit, ashby, year_of(SOON), [person], by, record_in.GROUNDS)
    assert person_of(case.cast, SOON, "ashby") == person


@pytest.mark.parametrize(
    ("school", "told"),
    [
        ({"urn": "100001"}, ("100001", None, None)),
        ({"urn": "100001", "ukprn": "10000001"}, ("100001", None, None)),
        ({"ukprn": "10000001", "phase": "college"}, (None, "10000001", None)),
        ({"phase": "nursery"}, (None, None, "EYP")),
    ],
)
def test_a_school_here_is_told_by_the_number_that_it_has_now(
    affair: Affair, school: dict[str, Any], told: tuple[Any, ...]
) -> None:
    made = Assessed(affair)
    made.to_draft()
    made.issue()
    with affair.cast.making() as unit:
        unit.change(Organisation, {"id": affair.cast.places["oakfield"]}, **school)
    person = person_of(affair.cast, AMENDED)
    (named,), (placed,) = plan_of(person).details, placements(person)
    assert (named.urn, named.ukprn, named.setting) == told
    assert (placed.urn, placed.ukprn, placed.setting) == told
