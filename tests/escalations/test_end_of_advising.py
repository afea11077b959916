"""Advice that is still open ends with the case: what was asked is closed, and nothing comes in any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from isp.access import gate
from isp.escalations import advice, advice_in, advice_queries, assessing, disputing
from isp.escalations.course import Ending
from isp.escalations.disputes import About, Kind, Result
from isp.escalations.queries import REQUESTS
from isp.escalations.upkeep import transferring
from isp.kernel.errors import Conflict, DomainError
from tests.escalations.advice_world import WORDS, Advising
from tests.escalations.assessed import AGREED_ON, DAY, DECIDED_ON, ISSUED_ON, Assessed
from tests.escalations.test_planning_pages import Town
from tests.escalations.world import Affair, on


def asked(case: Assessed, kind: str, who: str) -> Any:
    with on(AGREED_ON), case.cast.acting("olli") as unit:
        person = case.affair.person(who)
        return advice.ask(unit, case.id, kind=kind, asked_on=AGREED_ON, adviser_id=person)


def states(case: Assessed) -> set[tuple[str, str]]:
    with case.cast.making() as unit:
        return {(row.kind, row.state) for row in advice_queries.rows_of_case(unit, case.id)}


def stands(case: Assessed, name: str) -> bool:
    with on(ISSUED_ON), case.cast.looking(name) as unit:
        return bool(gate.standings_towards(unit, case.affair.ava))


def test_the_final_plan_closes_what_was_asked_and_the_sight_that_it_gave(affair: Affair) -> None:
    case = Assessed(affair)
    first = asked(case, "d", "eve")
    second = asked(case, "e", "wes")
    with on(AGREED_ON), affair.cast.acting("wes") as unit:
        advice_in.save_draft(unit, second, WORDS)
    with on(AGREED_ON), affair.cast.acting("wes") as unit:
        advice_in.hand_in(unit, second)
    case.to_draft()
    assert stands(case, "eve")
    case.issue()
    assert states(case) == {("d", "withdrawn"), ("e", "withdrawn")}
    assert not stands(case, "eve")
    assert not stands(case, "wes")
    with on(ISSUED_ON), affair.cast.acting("eve") as unit, pytest.raises(DomainError):
        advice_in.hand_in(unit, first)
    told = affair.on_pupil("advice.withdrawn")
    assert len(told) == 2
    assert {one.role for one in told} == {"authority_officer"}


def test_a_hand_over_closes_it_too(affair: Affair) -> None:
    case = Assessed(affair)
    case.to_draft()
    case.issue()
    plan, day = case.plan.id, ISSUED_ON + DAY
    with affair.cast.making() as unit:
        unit.change(REQUESTS, {"id": case.id}, ended_on=None)
    asked(case, "d", "eve")
    with on(day), affair.cast.acting("olli") as unit:
        transferring.announce(unit, plan, to_la="202", known_on=day, moves_on=day)
    with on(day), affair.cast.acting("olli") as unit:
        transferring.hand_over(unit, plan, on=day)
    assert states(case) == {("d", "withdrawn")}
    assert not stands(case, "eve")


def test_the_head_hands_nothing_in_when_the_case_has_ended(affair: Affair) -> None:
    case = Assessed(affair)
    advice_id = asked(case, "b", "hal")
    with on(AGREED_ON), affair.cast.acting("hal") as unit:
        advice_in.save_draft(unit, advice_id, WORDS)
    with on(DECIDED_ON), affair.cast.acting("olli") as unit:
        assessing.end(unit, case.id, Ending.WITHDRAWN, DECIDED_ON)
    for deed in (
        lambda unit: advice_in.hand_in(unit, advice_id),
        lambda unit: advice_in.save_draft(unit, advice_id, {"needs": "More"}),
        lambda unit: advice.decline(unit, advice_id, reason="It is over."),
    ):
        with on(DECIDED_ON), affair.cast.acting("hal") as unit, pytest.raises(Conflict, match="its end"):
            deed(unit)


def test_the_plan_is_written_by_whom_the_health_advice_was_asked_of_and_no_other(affair: Affair) -> None:
    case = Assessed(affair)
    asked(case, "d", "eve")
    case.decide()
    case.write()
    page = f"/ehc-plans/{case.plan.id}/edit/c"
    with on(DECIDED_ON):
        eve = Town(case).signed_in("eve")
        assert eve.get(page).status_code == 404
        assert eve.get(f"/ehc-plans/{case.plan.id}").status_code == 404
        asked(case, "c", "eve")
        assert eve.get(page).status_code == 200


def test_whoever_is_still_asked_sees_again_what_she_was_given_once_the_case_goes_on(affair: Affair) -> None:
    case = Assessed(affair)
    advising = Advising(affair, case.id)
    advice_id = advising.ask(day=AGREED_ON)
    case.decide("no_plan")
    assert advising.own(advice_id, "eve", DECIDED_ON) == "NotFound"
    with on(DECIDED_ON), affair.cast.acting("pam") as unit:
        appeal = disputing.open_dispute(unit, case.id, Kind.APPEAL, About.ISSUE, DECIDED_ON)
    later = DECIDED_ON + timedelta(days=30)
    with on(later), affair.cast.acting("olli") as unit:
        disputing.close(unit, case.id, appeal, Result.RECONSIDER, later)
    assert advising.own(advice_id, "eve", later) != "NotFound"
    assert advising.own(advice_id, "eve", later + timedelta(days=300)) == "NotFound"
