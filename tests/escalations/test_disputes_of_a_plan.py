"""Mediation and appeals about a plan itself, wherever it was made; while one is open it does not end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from isp.audit import Chain
from isp.escalations import disputed, disputing
from isp.escalations.disputes import About, Kind, Result
from isp.escalations.upkeep import ceasing
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.escalations.upkeep_world import MADE, NOW, Upkeep
from tests.escalations.world import on

DAY = timedelta(days=1)
LAST = date(2027, 1, 2)
"""Two months from NOW: the last day to appeal where there is no certificate."""
GIVEN = date(2026, 12, 21)
WITH_IT = date(2027, 1, 21)


@pytest.fixture
def ceases(upkeep: Upkeep) -> Upkeep:
    """It is decided on 2 November that the plan, which no request here led to, ceases."""
    upkeep.considered()
    upkeep.does("olli", ceasing.decide, upkeep.plan, decided_on=NOW, reasons="The outcomes are reached.")
    return upkeep


def begin(
    upkeep: Upkeep,
    kind: Kind = Kind.MEDIATION,
    about: About = About.CEASE,
    by: str = "pam",
    day: date = NOW + DAY,
    decision_on: date | None = None,
) -> UUID:
    found: UUID = upkeep.does(
        by, disputing.open_dispute, upkeep.plan, day, kind=kind, about=about, on=day, decision_on=decision_on
    )
    return found


def then(upkeep: Upkeep, deed: Any, dispute: UUID, *given: Any, day: date, by: str = "olli") -> None:
    with on(day), upkeep.cast.acting(by) as unit:
        deed(unit, upkeep.plan, dispute, *given)


def end(upkeep: Upkeep, day: date) -> None:
    upkeep.does("olli", ceasing.end, upkeep.plan, day, on=day)


def row(upkeep: Upkeep, dispute: UUID) -> Any:
    with upkeep.cast.making() as unit:
        table = disputed.DISPUTES
        return unit.connection.execute(select(table).where(table.c.id == dispute)).one()


def test_a_parent_disputes_the_end_of_a_plan_that_no_request_here_led_to(ceases: Upkeep) -> None:
    held = row(ceases, begin(ceases, Kind.APPEAL))
    assert (held.kind, held.about, held.subject, held.subject_id) == ("appeal", "cease", "plan", ceases.plan)
    assert (held.decision_on, held.state) == (NOW, "open")


def test_while_mediation_is_open_the_plan_does_not_end(ceases: Upkeep) -> None:
    dispute = begin(ceases)
    late = LAST + 30 * DAY
    with pytest.raises(Conflict) as failure:
        end(ceases, late)
    assert "Mediation" in failure.value.message
    then(ceases, disputing.close, dispute, Result.NO_AGREEMENT, late, day=late)
    end(ceases, late)
    assert ceases.plan_row().state == "ended"


def test_while_an_appeal_that_was_recorded_by_the_plan_is_open_it_does_not_end(ceases: Upkeep) -> None:
    dispute = begin(ceases, Kind.APPEAL)
    with pytest.raises(Conflict):
        end(ceases, LAST + 60 * DAY)
    lost = NOW + 90 * DAY
    then(ceases, disputing.close, dispute, Result.DISMISSED, lost, day=lost)
    end(ceases, lost)
    assert ceases.plan_row().state == "ended"


def test_a_certificate_keeps_the_plan_for_a_month_from_it(ceases: Upkeep) -> None:
    dispute = begin(ceases)
    then(ceases, disputing.certificate, dispute, GIVEN, day=GIVEN)
    then(ceases, disputing.close, dispute, Result.NO_AGREEMENT, GIVEN, day=GIVEN)
    with pytest.raises(Conflict) as failure:
        end(ceases, LAST + DAY)
    assert "21 January 2027" in failure.value.message
    with pytest.raises(Conflict):
        end(ceases, WITH_IT)
    end(ceases, WITH_IT + DAY)
    assert ceases.plan_row().ended_on == WITH_IT + DAY


def test_a_certificate_shortens_no_time_to_appeal(ceases: Upkeep) -> None:
    dispute = begin(ceases)
    then(ceases, disputing.certificate, dispute, NOW + 2 * DAY, day=NOW + 2 * DAY)
    then(ceases, disputing.close, dispute, Result.NO_AGREEMENT, NOW + 2 * DAY, day=NOW + 2 * DAY)
    with pytest.raises(Conflict):
        end(ceases, LAST)


def test_what_was_disputed_of_an_end_that_was_dropped_counts_for_no_other(ceases: Upkeep) -> None:
    dispute = begin(ceases, Kind.APPEAL)
    then(ceases, disputing.close, dispute, Result.WITHDRAWN, NOW + DAY, day=NOW + DAY, by="pam")
    later = NOW + 2 * DAY
    ceases.does("olli", ceasing.drop, ceases.plan, later, on=later, reasons="Not yet.")
    assert ceases.plan_row().cease_certificate_on is None
    ceases.considered(day=later)
    ceases.does("olli", ceasing.decide, ceases.plan, later, decided_on=later, reasons="Now it is.")
    with pytest.raises(Conflict):
        end(ceases, later + DAY)


def test_an_appeal_that_is_won_lets_the_plan_go_on(ceases: Upkeep) -> None:
    dispute = begin(ceases, Kind.APPEAL)
    won = NOW + 60 * DAY
    then(ceases, disputing.close, dispute, Result.CONTINUE, won, day=won)
    assert ceases.plan_row().state == "in_force"


def test_what_is_in_the_plan_can_be_disputed_by_the_date_of_the_plan(upkeep: Upkeep) -> None:
    assert row(upkeep, begin(upkeep, Kind.APPEAL, About.CONTENT)).decision_on == MADE


def test_of_a_decision_that_is_not_on_record_here_the_date_is_asked(upkeep: Upkeep) -> None:
    with pytest.raises(Invalid) as failure:
        begin(upkeep, about=About.AMEND)
    assert set(failure.value.errors) == {"decision_on"}
    told = NOW - 10 * DAY
    assert row(upkeep, begin(upkeep, about=About.AMEND, decision_on=told)).decision_on == told


def test_one_of_a_kind_is_open_at_a_time_and_none_before_the_decision(ceases: Upkeep) -> None:
    with pytest.raises(Invalid):
        begin(ceases, day=NOW - DAY)
    begin(ceases)
    with pytest.raises(Conflict):
        begin(ceases, by="olli")


@pytest.mark.parametrize(("name", "error"), [("sara", NotAllowed), ("sid", NotFound), ("nora", NotFound)])
def test_others_record_none(ceases: Upkeep, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        begin(ceases, by=name)
    dispute = begin(ceases)
    with pytest.raises(error):
        then(ceases, disputing.certificate, dispute, GIVEN, day=GIVEN, by=name)


def test_a_dispute_is_reached_by_its_own_plan_and_by_no_other(ceases: Upkeep) -> None:
    dispute = begin(ceases)
    with pytest.raises(NotFound), on(GIVEN), ceases.cast.acting("otis") as unit:
        disputing.certificate(unit, ceases.plans["eli"], dispute, GIVEN)


def test_a_stale_page_records_nothing(ceases: Upkeep) -> None:
    dispute = begin(ceases)
    with pytest.raises(Conflict), on(GIVEN), ceases.cast.acting("olli") as unit:
        disputing.held(unit, ceases.plan, dispute, GIVEN, shown=7)


def test_the_trail_names_the_plan_and_not_the_child(ceases: Upkeep) -> None:
    begin(ceases)
    child = ceases.trail(Chain.pupil(ceases.cast.pupils["ava"]), "dispute.opened")[-1]
    council = ceases.trail(Chain.organisation(ceases.cast.places["northshire"]), "dispute.opened")[-1]
    for seen in (child, council):
        assert (seen.object_type, seen.object_id) == ("ehc_plan", ceases.plan)
        assert seen.detail["about"] == "cease"
