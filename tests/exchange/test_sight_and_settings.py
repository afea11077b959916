"""What an authority that read its return in sees of each child, for how long; and which school is which."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from isp.access import gate
from isp.access.policy import Permission
from isp.audit import Chain
from isp.audit.queries import of_chain
from isp.escalations import deadlines, queries
from isp.exchange.record_out import PLANS, REQUESTS, SETTINGS
from isp.exchange.sen2.message import Assessment, Person, Request
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound
from isp.people.models import Organisation
from tests.cast import Cast
from tests.escalations.world import on
from tests.exchange.messages import URN, active, assessed, plan, valid
from tests.exchange.test_round_trip import AFTER, bring, given_out

REFUSED_ON = date(2025, 12, 29)
LAST_DAY = deadlines.appeal_due(REFUSED_ON).on
LONG_AGO = date(2025, 4, 10)


def refused(decided_on: date = REFUSED_ON, **more: Any) -> Request:
    told: dict[str, Any] = {"outcome": "N", "outcome_on": decided_on, "assessment": None, "active": None}
    return assessed(**{**told, **more})


def ended(outcome: str, on_day: date | None, **more: Any) -> Request:
    """A request that was agreed, and an assessment that led to no plan."""
    held = replace(
        assessed().assessment or Assessment(), outcome=outcome, outcome_on=on_day, plan=None, **more
    )
    return assessed(assessment=held, active=None)


def one(cast: Cast, request: Request) -> Any:
    """The row of the only request that comes in, of a child on no roll here."""
    bring(cast, [valid(requests=[request])])
    with cast.making() as unit:
        return unit.connection.execute(select(REQUESTS)).one()


def sees(cast: Cast, row: Any, day: date, by: str = "mia") -> bool:
    try:
        with on(day), cast.looking(by) as unit:
            queries.read_case(unit, row.id)
    except NotFound:
        return False
    return True


def test_after_a_refusal_the_authority_sees_the_case_to_the_last_day_of_the_appeal(cast: Cast) -> None:
    row = one(cast, refused())
    assert (row.status, row.sight_until) == ("refused", LAST_DAY)
    assert sees(cast, row, AFTER)
    assert sees(cast, row, LAST_DAY)
    assert not sees(cast, row, LAST_DAY + timedelta(days=1))


def test_of_a_refusal_whose_appeal_time_is_over_it_sees_nothing(cast: Cast) -> None:
    row = one(cast, refused(LONG_AGO))
    assert row.sight_until == deadlines.appeal_due(LONG_AGO).on
    assert not sees(cast, row, AFTER)


def test_where_an_appeal_was_registered_the_sight_lasts(cast: Cast) -> None:
    row = one(cast, refused(LONG_AGO, tribunal=True))
    assert row.sight_until is None
    assert sees(cast, row, AFTER + timedelta(days=400))


@pytest.mark.parametrize(("tribunal", "lasts"), [(False, False), (True, True)])
def test_where_there_is_to_be_no_plan_it_ends_likewise(cast: Cast, tribunal: bool, lasts: bool) -> None:
    row = one(cast, ended("N", REFUSED_ON, tribunal=tribunal))
    assert sees(cast, row, LAST_DAY)
    assert sees(cast, row, LAST_DAY + timedelta(days=1)) is lasts


@pytest.mark.parametrize(
    "over",
    [
        assessed(outcome="W", outcome_on=None, assessment=None, active=None),
        ended("W", None),
        ended("N", LONG_AGO),
        assessed(
            assessment=replace(
                assessed().assessment or Assessment(),
                plan=plan(ceased_on=date(2025, 12, 1), cease_reason="1"),
            ),
            active=None,
        ),
    ],
    ids=["withdrawn", "assessment withdrawn", "no plan, long ago", "plan ended"],
)
def test_of_what_is_over_it_sees_nothing(cast: Cast, over: Request) -> None:
    row = one(cast, over)
    assert not sees(cast, row, AFTER)


@pytest.mark.parametrize(
    "open_yet",
    [
        assessed(outcome="A", outcome_on=None, assessment=None, active=None),
        ended("A", None),
        assessed(),
    ],
    ids=["pending", "assessing", "plan in force"],
)
def test_of_what_goes_on_it_sees_the_case_and_a_stranger_nothing(cast: Cast, open_yet: Request) -> None:
    row = one(cast, open_yet)
    assert sees(cast, row, AFTER + timedelta(days=700))
    for name in ("sid", "sara", "nora", "olli"):
        assert not sees(cast, row, AFTER, name), name


def test_a_child_whose_case_is_over_is_not_made_anew_by_the_next_file(cast: Cast) -> None:
    first = valid(requests=[refused(LONG_AGO)], uln=None)
    bring(cast, [first])
    again: Person = replace(first, requests=[refused(LONG_AGO), refused(received_on=date(2025, 11, 20))])
    counts = bring(cast, [again]).counts
    assert (counts["persons_known"], counts["persons_new"]) == (1, 0)


def test_the_trail_tells_of_each_child_that_came_in(cast: Cast) -> None:
    row = one(cast, refused(LONG_AGO))
    with cast.making() as unit:
        (seen,) = of_chain(unit, Chain.pupil(row.pupil_id), limit=5, open_payloads=True)
    assert seen.event.code == "sen2.brought_in"
    assert (seen.detail["requests"], seen.detail["plans"]) == (1, 0)


# -- settings ----------------------------------------------------------------------------------------------


def urn_of_oakfield(cast: Cast, urn: str = URN) -> None:
    organisations = table_of(Organisation)
    with cast.making() as unit:
        unit.connection.execute(
            update(organisations).where(organisations.c.id == cast.places["oakfield"]).values(urn=urn)
        )


def settings_of(cast: Cast) -> list[Any]:
    with cast.making() as unit:
        return list(unit.connection.execute(select(SETTINGS)))


def test_a_setting_with_the_urn_of_a_school_here_is_that_school(cast: Cast) -> None:
    urn_of_oakfield(cast)
    bring(cast, [valid()])
    found = settings_of(cast)
    assert {one.named for one in found} == {True, False}
    assert {(one.school_id, one.urn) for one in found} == {(cast.places["oakfield"], URN)}
    assert given_out(cast)["Ava"] == valid(), "and goes out as it came in"


def test_a_setting_elsewhere_is_kept_by_its_urn_alone(cast: Cast) -> None:
    urn_of_oakfield(cast, "654321")
    bring(cast, [valid()])
    assert {(one.school_id, one.urn) for one in settings_of(cast)} == {(None, URN)}


def test_being_named_lets_no_school_see_the_child(cast: Cast) -> None:
    urn_of_oakfield(cast)
    bring(cast, [valid(requests=[assessed(active=active())])])
    with cast.making() as unit:
        pupil_id = unit.connection.execute(select(PLANS.c.pupil_id)).scalar_one()
    with on(AFTER), cast.looking("sara") as unit, pytest.raises(NotFound):
        gate.require(unit, Permission.EHCP_READ, pupil_id)
