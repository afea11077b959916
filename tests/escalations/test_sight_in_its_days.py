"""The end or the length of an authority's sight leaves other people's ties within days of their own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from isp.access.policy import Permission
from isp.access.standing import AUDIT
from isp.access.ties import TIES
from isp.escalations import disputing
from isp.escalations.audits import actions as audits
from isp.escalations.disputes import About, Kind
from isp.escalations.upkeep import ceasing, out_of_school
from isp.escalations.work import cover
from isp.kernel.errors import DomainError, NotAllowed, NotFound
from isp.people.roles import Role
from tests.escalations.assessed import DECIDED_ON, Assessed
from tests.escalations.test_audits import hold, look
from tests.escalations.upkeep_world import NOW, Upkeep
from tests.escalations.world import RECEIVED, Affair, on

DAY = timedelta(days=1)
LAST = RECEIVED + audits.OPEN_FOR


def audit_ties(affair: Affair) -> set[date | None]:
    with affair.cast.making() as unit:
        return set(unit.connection.scalars(select(TIES.c.valid_to).where(TIES.c.kind == AUDIT)))


@pytest.fixture
def audited(affair: Affair) -> tuple[UUID, UUID]:
    """A refused request that is drawn for an audit; the request and the audit."""
    affair.cast.member("mara", "northshire", Role.AUTHORITY_MANAGER)
    request_id = affair.request()
    affair.decide(request_id)
    return request_id, hold(affair)


def test_an_appeal_does_not_make_an_audit_endless(affair: Affair, audited: tuple[UUID, UUID]) -> None:
    request_id, audit_id = audited
    affair.appeal(request_id, RECEIVED)
    assert audit_ties(affair) == {LAST}
    with pytest.raises(NotFound):
        look(affair, audit_id, "otis", LAST + DAY)
    assert affair.sees(request_id, "olli", LAST + DAY) == "yes"


def test_a_later_decision_does_not_bring_an_audit_back(affair: Affair) -> None:
    affair.cast.member("mara", "northshire", Role.AUTHORITY_MANAGER)
    case = Assessed(affair)
    agreed = affair.row(case.id).decided_on
    with on(agreed), affair.cast.acting("mia") as unit:
        wanted = audits.Wanted(
            kind="decisions",
            from_on=agreed,
            to_on=agreed,
            wanted=5,
            auditor_id=affair.person("otis"),
            moderator_id=affair.person("mara"),
        )
        audit_id = audits.hold_audit(unit, affair.cast.places["northshire"], wanted)
    after = agreed + audits.OPEN_FOR + DAY
    case.decide("no_plan", day=after)
    assert audit_ties(affair) == {agreed + audits.OPEN_FOR}
    for name in ("otis", "mara"):
        with pytest.raises((NotFound, NotAllowed)):
            look(affair, audit_id, name, after)


def test_a_cover_that_is_over_is_not_brought_back_by_a_decision(affair: Affair) -> None:
    case = Assessed(affair)
    first = affair.row(case.id).decided_on
    with on(first), affair.cast.acting("mia") as unit:
        people = (affair.person("olli"), affair.person("otis"))
        cover.record_absence(unit, affair.cast.places["northshire"], *people, first, first + 2 * DAY)
    case.decide("no_plan", day=DECIDED_ON)
    assert affair.sees(case.id, "otis", DECIDED_ON) == "NotFound"
    assert affair.sees(case.id, "olli", DECIDED_ON) == "yes"


def test_a_certificate_after_the_first_day_to_appeal_opens_the_sight_to_the_later_one(affair: Affair) -> None:
    request_id = affair.request()
    affair.decide(request_id)
    over = affair.row(request_id).sight_until + DAY
    with on(over - 10 * DAY), affair.cast.acting("pam") as unit:
        asked = disputing.open_dispute(unit, request_id, Kind.MEDIATION, About.ASSESS, over - 10 * DAY)
    assert affair.sees(request_id, "olli", over) == "NotFound"
    with on(over), affair.cast.acting("pam") as unit:
        disputing.certificate(unit, request_id, asked, over)
    until = affair.row(request_id).sight_until
    assert until > over
    assert affair.sees(request_id, "olli", until) == "yes"
    assert affair.sees(request_id, "olli", until + DAY) == "NotFound"


def away(upkeep: Upkeep, first: date, last: date) -> None:
    with on(NOW), upkeep.cast.acting("mia") as unit:
        people = (upkeep.cast.people["olli"], upkeep.cast.people["otis"])
        cover.record_absence(unit, upkeep.cast.places["northshire"], *people, first, last)


def reaches(upkeep: Upkeep, name: str, row_id: UUID, day: date) -> str:
    try:
        with on(day), upkeep.cast.looking(name) as unit:
            out_of_school.allowed(unit, row_id, Permission.OUT_OF_SCHOOL_READ)
    except DomainError as failure:
        return type(failure).__name__
    return "yes"


def test_a_plan_ends_though_its_officer_will_be_away(upkeep: Upkeep) -> None:
    away(upkeep, NOW + 7 * DAY, NOW + 9 * DAY)
    upkeep.does("olli", ceasing.record_death, upkeep.plan, on=NOW)
    assert upkeep.plan_row().state == "ended"
    for name in ("olli", "otis"):
        assert upkeep.reaches(name, Permission.EHC_REVIEW_READ, NOW + 8 * DAY) == "NotFound"


def report(upkeep: Upkeep) -> UUID:
    said: dict[str, Any] = {
        "sort": "illness",
        "since_on": date(2026, 10, 5),
        "hours": None,
        "what": "At home.",
    }
    found: UUID = upkeep.does("sara", out_of_school.report, upkeep.cast.pupils["cleo"], **said)
    return found


def test_a_report_is_closed_though_its_officer_will_be_away(upkeep: Upkeep) -> None:
    row_id = report(upkeep)
    away(upkeep, NOW + 7 * DAY, NOW + 9 * DAY)
    upkeep.does("mia", out_of_school.close, row_id, on=NOW, why="back")
    assert reaches(upkeep, "otis", row_id, NOW + 8 * DAY) == "NotFound"


def test_closing_a_report_brings_no_cover_back(upkeep: Upkeep) -> None:
    row_id = report(upkeep)
    away(upkeep, NOW, NOW + 2 * DAY)
    assert reaches(upkeep, "otis", row_id, NOW + 2 * DAY) == "yes"
    later = NOW + 5 * DAY
    upkeep.does("mia", out_of_school.close, row_id, later, on=later, why="back")
    assert reaches(upkeep, "otis", row_id, later) == "NotFound"
