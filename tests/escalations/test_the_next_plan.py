"""A plan that ended, or was not made, is closed: it is read, and the child may have another one."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from isp.audit import Chain
from isp.audit.queries import of_chain
from isp.documents.intake import take_in
from isp.ehcp import actions, bringing, queries
from isp.ehcp.bringing import Brought
from isp.ehcp.models import StatutoryPlan
from isp.escalations import assessing, disputing
from isp.escalations.course import Ending
from isp.escalations.disputes import About, Kind, Result
from isp.escalations.upkeep import ceasing, transferring
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict
from isp.kernel.ids import new_id
from isp.records import drafts
from isp.records.models import Draft
from tests.escalations.assessed import DAY, DECIDED_ON, ISSUED_ON, SENT_ON, Assessed
from tests.escalations.world import Affair, on


@pytest.fixture
def case(affair: Affair) -> Assessed:
    return Assessed(affair)


def record(case: Assessed, plan_id: UUID) -> Any:
    with case.cast.making() as unit:
        return queries.record_of(unit, queries.plan_row(unit, plan_id))


def closed(case: Assessed) -> list[dict[str, Any]]:
    """What the trail says of plans that were closed."""
    with case.cast.making() as unit:
        found = of_chain(unit, Chain.pupil(case.affair.ava), limit=500, open_payloads=True)
    return [dict(seen.detail) for seen in reversed(found) if seen.event.code == "ehcp.closed"]


def again(case: Assessed, day: date) -> Assessed:
    """Another request of the same child's, agreed, and a plan decided upon."""
    following = object.__new__(Assessed)
    following.affair, following.cast = case.affair, case.cast
    following.id = case.affair.request(day=day)
    case.affair.decide(following.id, "agree", day=day)
    following.decide(day=day + DAY)
    return following


def test_a_plan_that_was_withdrawn_in_drafting_gives_way_to_the_next_request(case: Assessed) -> None:
    case.decide()
    case.write()
    first = case.plan.id
    day = DECIDED_ON + DAY
    with on(day), case.cast.acting("olli") as unit:
        assessing.end(unit, case.id, Ending.WITHDRAWN, day)
    held = record(case, first)
    assert (held.status, held.ended_on, held.ended_why) == ("ended", day, "not_made")
    with case.cast.making() as unit:
        query = select(table_of(Draft).c.status).where(Draft.record_id == held.id)
        assert unit.connection.scalars(query).all() == ["discarded"]
    assert closed(case) == [{"draft": 1}]
    second = again(case, day + DAY).plan
    assert second.id != first
    assert record(case, second.id).status == "open"


def test_a_decision_against_a_plan_closes_its_draft_and_a_won_appeal_opens_another(case: Assessed) -> None:
    case.to_draft()
    first = case.plan.id
    case.decide("no_plan", SENT_ON + DAY)
    assert record(case, first).status == "ended"
    day = SENT_ON + 10 * DAY
    with on(day), case.cast.acting("olli") as unit:
        dispute = disputing.open_dispute(unit, case.id, Kind.APPEAL, About.ISSUE, day)
    with on(day), case.cast.acting("olli") as unit:
        disputing.close(unit, case.id, dispute, Result.PLAN, day)
    second = case.plan.id
    assert second != first
    with on(day), case.cast.acting("olli") as unit:
        actions.open_content(unit, second)
    assert record(case, second).status == "open"


def end_it(case: Assessed, day: date) -> None:
    """The plan that is in force ceases, and the time to appeal passes."""
    plan_id = case.plan.id

    def does(when: date, deed: Any, **said: Any) -> None:
        with on(when), case.cast.acting("olli") as unit:
            deed(unit, plan_id, **said)

    does(day, ceasing.consider, reason="2", considering_on=day, why="The outcomes are reached.")
    for who in ("family", "school"):
        does(day, ceasing.record_answer, who=who, on=day, said="Nothing against it.")
    does(day, ceasing.decide, decided_on=day, reasons="The outcomes are reached.")
    does(day + timedelta(days=90), ceasing.end, on=day + timedelta(days=90))


def test_a_plan_that_ceased_is_read_and_gives_way_to_the_next(case: Assessed) -> None:
    case.to_draft()
    case.issue()
    first, day = case.plan.id, ISSUED_ON + DAY
    with on(day), case.cast.acting("olli") as unit:
        actions.start_draft(unit, first)
    end_it(case, day)
    held = record(case, first)
    assert (held.status, held.ended_why, held.ended_on) == ("ended", "ended", day + timedelta(days=90))
    with case.cast.making() as unit:
        assert drafts.find(unit, held.id) is None
    later = day + timedelta(days=91)
    with on(later), case.cast.looking("pam") as unit:
        assert queries.read_version(unit, first).version.sort == "final"
    assert again(case, later).plan.id != first


def test_a_plan_that_went_to_an_authority_elsewhere_may_come_back(case: Assessed) -> None:
    case.to_draft()
    case.issue()
    first, day = case.plan.id, ISSUED_ON + DAY
    with on(day), case.cast.acting("olli") as unit:
        transferring.announce(unit, first, to_la="301", known_on=day, moves_on=day)
    with on(day), case.cast.acting("olli") as unit:
        transferring.hand_over(unit, first, on=day)
    assert record(case, first).status == "ended"
    with on(day), case.cast.acting("olli") as unit:
        brought = Brought(
            day, None, None, "301", "Ava finds it hard to follow.", "", "A programme.", "S1", day
        )
        taken = take_in(BytesIO(b"A plan"), "plan.txt", 10_000)
        second = bringing.bring_in(unit, case.affair.ava, brought, taken)
    assert record(case, second).current == 1


def test_beside_a_plan_that_was_not_closed_another_is_refused_in_words(case: Assessed) -> None:
    case.decide()
    plan = case.plan
    with case.cast.making() as unit:
        unit.change(StatutoryPlan, {"id": plan.id}, state="not_made")
        values = dict(plan._mapping) | {"id": new_id(), "reference": "P-OTHER", "record_id": None}
        unit.insert(StatutoryPlan, **values)
        place = {"organisation_id": case.cast.places["northshire"], "source_id": values["id"]}
        case.cast._tie(unit, case.affair.ava, "caseload", person_id=case.cast.people["olli"], **place)
    with pytest.raises(Conflict, match="still open"), on(DECIDED_ON), case.cast.acting("olli") as unit:
        actions.open_content(unit, values["id"])
