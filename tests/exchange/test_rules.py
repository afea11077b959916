"""Each rule of the return has a person who breaks it, and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from isp.exchange.sen2.message import Assessment, Need, Person, Placement, PlanDetail, Request
from isp.exchange.sen2.rules import BY_NUMBER, Facts, Numbers, findings
from isp.exchange.sen2.years import years
from tests.exchange.messages import (
    NORTHSHIRE,
    URN,
    YEAR,
    active,
    assessed,
    header,
    historical,
    plan,
    upn_of,
    valid,
)

Break = Callable[[], Person]
FACTS = Facts(YEAR, NORTHSHIRE, cease_noted=False)


def with_request(**more: Any) -> Person:
    """Someone with one request, and no plan."""
    held: dict[str, Any] = {"assessment": None, "active": None}
    return valid(requests=[assessed(**held | more)])


def with_plan(**more: Any) -> Person:
    """Someone whose plan says something else."""
    one = assessed()
    assert one.assessment is not None
    one.assessment.plan = plan(**more)
    if more.get("ceased_on") is not None:
        one.active = None
    return valid(requests=[one])


def with_assessment(**more: Any) -> Person:
    """Someone whose assessment says something else."""
    one = assessed()
    assert one.assessment is not None
    one.assessment = replace(one.assessment, **more)
    if one.plan is None:
        one.active = None
    return valid(requests=[one])


def with_active(**more: Any) -> Person:
    """Someone whose plan in force says something else."""
    return valid(requests=[assessed(active=active(**more))])


def placed(**more: Any) -> Person:
    """Someone placed otherwise."""
    given: dict[str, Any] = {"rank": 1, "entered_on": date(2025, 9, 1)}
    return with_active(placements=[Placement(**given | more)])


def transferred(code: str) -> Person:
    """Someone whose plan came from elsewhere."""
    one = historical()
    assert one.active is not None
    one.active.transferred_from = code
    return valid(requests=[one])


BREAKS: dict[str, Break] = {
    "S-001": lambda: valid(uln="9276308686"),
    "S-002": lambda: valid(upn="A" + upn_of(1)[1:]),
    "S-003": lambda: valid(upn=None, uln="9276308685"),
    "S-004": lambda: valid(upn=None, upn_unknown="UN1"),
    "S-005": lambda: valid(ethnicity=None),
    "S-006": lambda: valid(born_on=date(1999, 1, 1)),
    "S-010": lambda: with_request(source=None),
    "S-011": lambda: with_request(outcome="W", mediation=None, tribunal=None),
    "S-012": lambda: with_request(received_on=date(2025, 4, 11), outcome="N"),
    "S-013": lambda: with_request(outcome_on=date(2025, 4, 15), outcome="N"),
    "S-014": lambda: valid(requests=[assessed(outcome="N", assessment=None)]),
    "S-015": lambda: with_request(exported_to=NORTHSHIRE),
    "S-020": lambda: valid(requests=[assessed(outcome="X")]),
    "S-021": lambda: with_assessment(outcome_on=None),
    "S-022": lambda: with_assessment(outcome_on=date(2025, 7, 22)),
    "S-023": lambda: with_assessment(excepted=None),
    "S-030": lambda: with_plan(started_on=date(2026, 1, 16)),
    "S-031": lambda: with_plan(details=[PlanDetail(setting="NEET", rank=1)]),
    "S-032": lambda: with_plan(details=[PlanDetail(setting="OLA", rank=2)]),
    "S-033": lambda: with_plan(details=[PlanDetail(urn=URN, rank=1, sen_unit=True, resourced=True)]),
    "S-034": lambda: with_plan(direct_payments="E"),
    "S-035": lambda: with_plan(ceased_on=date(2025, 12, 1)),
    "S-036": lambda: with_plan(ceased_on=date(2025, 12, 1), cease_reason="9"),
    "S-040": lambda: with_active(placements=[]),
    "S-041": lambda: placed(setting="OLA", entered_on=None),
    "S-042": lambda: placed(setting="NIEC"),
    "S-043": lambda: with_active(needs=[Need(kind="ASD", rank=2)]),
    "S-044": lambda: with_active(
        meeting_on=date(2025, 10, 1), decided_on=date(2025, 10, 30), review_outcome="M"
    ),
    "S-045": lambda: with_active(meeting_on=date(2025, 10, 1), decided_on=date(2025, 10, 20)),
    "S-046": lambda: with_active(phase_due_on=date(2025, 2, 16)),
    "S-047": lambda: transferred(NORTHSHIRE),
    "S-048": lambda: placed(ukprn="20000000"),
}


@pytest.mark.parametrize("number", sorted(BREAKS))
def test_a_rule_is_broken_by_what_breaks_no_other(number: str) -> None:
    assert {one.rule.id for one in findings(BREAKS[number](), FACTS)} == {number}


def test_every_rule_has_such_a_case() -> None:
    assert set(BY_NUMBER) == {*BREAKS, "S-007"}


def test_two_persons_with_one_number_break_the_rule_that_nobody_breaks_alone() -> None:
    numbers = Numbers()
    assert numbers.again(valid()) is None
    assert numbers.again(valid(upn=upn_of(2))) is None
    again = numbers.again(valid(forename="Ben"))
    assert again is not None
    assert again.rule.id == "S-007"


@pytest.mark.parametrize(
    "person",
    [
        valid(),
        valid(upn=None, uln="9276308686"),
        valid(upn=None, upn_unknown="UN3"),
        valid(requests=[historical()]),
        with_request(outcome="N"),
        with_request(outcome="W", outcome_on=None, mediation=None, tribunal=None),
        with_request(exported_to="202"),
        with_request(assessment=Assessment(outcome="A")),
        with_assessment(outcome="N", plan=None, outcome_on=date(2025, 6, 20)),
        with_assessment(outcome_on=date(2025, 7, 22), excepted=True),
        with_plan(ceased_on=date(2025, 12, 1), cease_reason="2"),
        with_active(
            meeting_on=date(2025, 10, 1), decided_on=date(2025, 10, 29), review_outcome="A",
            review_draft_on=date(2025, 10, 29),
        ),
        with_active(phase_due_on=date(2025, 3, 31), phase_final_on=date(2025, 3, 30)),
        transferred("202"),
    ],
)  # fmt: skip
def test_what_is_right_breaks_none(person: Person) -> None:
    assert [one.rule.id for one in findings(person, FACTS)] == []


def test_what_the_year_asks_is_the_years_affair() -> None:
    """Who asked was voluntary in 2025 and is not any more."""
    earlier = years()[2025]
    one = assessed(
        received_on=date(2024, 3, 3), source=None, outcome_on=date(2024, 4, 10), assessment=None, active=None
    )
    one.outcome = "N"
    assert list(findings(valid(requests=[one]), Facts(earlier, NORTHSHIRE))) == []


def test_a_sentence_says_what_to_do_and_names_no_number_of_the_department() -> None:
    for one in BY_NUMBER.values():
        assert one.mend.endswith(".")
        assert one.dfe_rule is None
        assert one.severity in ("E", "Q")


def test_a_child_without_a_name_is_found() -> None:
    assert {one.rule.id for one in findings(valid(surname=None), FACTS)} == {"S-005"}
    assert header().lea == NORTHSHIRE
    assert Request().plan is None
