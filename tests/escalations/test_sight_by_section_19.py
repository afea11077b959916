"""Who meets a child only because she is out of school finds no way from there to her EHC plan."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from isp import create_app
from isp.access import ties
from isp.access.policy import Permission
from isp.access.standing import CASELOAD
from isp.ehcp.models import StatutoryPlan
from isp.escalations.upkeep import doors, out_of_school
from isp.kernel.errors import NotFound
from tests.escalations.upkeep_world import NOW, Upkeep
from tests.escalations.world import on
from tests.people.world import Browser, settings


@pytest.fixture
def reported(upkeep: Upkeep) -> UUID:
    """Nobody has eli's plan at the moment; the report of him out of school goes to olli, the least busy."""
    with upkeep.cast.making() as unit:
        t = ties.TIES.c
        query = select(t.id).where(t.source_id == upkeep.plans["eli"], t.kind == CASELOAD)
        for tie_id in unit.connection.scalars(query).all():
            ties.end_tie(unit, tie_id)
        unit.change(StatutoryPlan, {"id": upkeep.plans["eli"]}, officer_id=None)
    with on(NOW), upkeep.cast.acting("sena") as unit:
        return out_of_school.report(
            unit,
            upkeep.cast.pupils["eli"],
            sort="illness",
            since_on=date(2026, 10, 5),
            hours=None,
            what="At home for four weeks; work is sent.",
        )


def signed_in(upkeep: Upkeep, name: str) -> Browser:
    browser = Browser(create_app(settings(), upkeep.cast.store), "192.0.2.1")
    assert browser.sign_in(name).status_code == 303
    return browser


def test_the_officer_of_the_report_opens_no_page_of_the_plan(upkeep: Upkeep, reported: UUID) -> None:
    plan, eli = upkeep.plans["eli"], upkeep.cast.pupils["eli"]
    with on(NOW):
        olli = signed_in(upkeep, "olli")
        assert olli.get(f"/out-of-school/{reported}").status_code == 200
        assert olli.get(f"/pupils/{eli}/ehc-plan").status_code in (302, 404)
        for page in ("", "/edit", "/versions", "/reviews", "/end"):
            assert olli.get(f"/ehc-plans/{plan}{page}").status_code == 404, page


@pytest.mark.parametrize(
    "permission",
    [
        Permission.EHCP_READ,
        Permission.EHCP_PRINT,
        Permission.EHCP_ISSUE,
        Permission.EHC_REVIEW_READ,
        Permission.EHC_REVIEW_DECIDE,
    ],
)
def test_nor_has_she_any_right_towards_it(upkeep: Upkeep, reported: UUID, permission: Permission) -> None:
    with on(NOW), upkeep.cast.looking("olli") as unit, pytest.raises(NotFound):
        doors.allowed_plan(unit, upkeep.plans["eli"], permission)


def test_the_manager_still_does(upkeep: Upkeep, reported: UUID) -> None:
    with on(NOW), upkeep.cast.looking("mia") as unit:
        doors.allowed_plan(unit, upkeep.plans["eli"], Permission.EHC_REVIEW_DECIDE)
