"""The published figures, brought in as a return through the worker, are what the record gives back."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from isp import create_app
from isp.audit import transaction
from isp.caseload.performance.figures import counted
from isp.caseload.performance.questions import BY_NAME
from isp.exchange import actions, jobs, record_out
from isp.exchange.bringing import take_in
from isp.exchange.record_out import ASSESSMENTS, DISPUTES, PLANS, REQUESTS, REVIEWS
from isp.exchange.sen2.writing import as_xml
from tests.cast import Cast
from tests.exchange import national, national_pages
from tests.exchange.messages import header
from tests.people.world import Browser, settings

YEAR = (date(2024, 1, 1), date(2024, 12, 31))


def test_the_parts_of_the_whole_are_as_published() -> None:
    whole = national.figures(1)
    assert whole.received == 154_489
    assert whole.held == 453_761
    assert round(100 * whole.in_six / (whole.requests["assess"] + whole.requests["not_assess"]), 1) == 84.8
    assert round(100 * whole.in_twenty / whole.issued, 1) == 45.9
    assert round(100 * whole.in_twenty / (whole.issued - whole.excepted), 1) == 46.4
    assert round(100 * whole.past_a_year / whole.issued, 1) == 7.2
    assert round(100 * whole.in_four / whole.held, 1) == 44.4
    assert national.figures(1000).received == 154
    assert sum(1 for _ in national.people(national.figures(10_000))) == 15 + 64 - 10 + 1


def brought_in(cast: Cast, of: national.Figures) -> Any:
    """The file, through the worker, as the manager."""
    body = "".join(as_xml(header(national.YEAR), national.people(of), national.YEAR)).encode()
    with transaction(cast.store, cast.actor("mia")) as unit:
        job_id = actions.read_in(unit, cast.places["northshire"], take_in(io.BytesIO(body)))
    looked = jobs.run_until(cast.store, job_id)
    assert looked.state == "done", looked.problem
    assert looked.result["variances"] == []
    assert not {number for number in looked.result["rules"] if number not in ("S-013", "S-022", "S-044")}
    with transaction(cast.store, cast.actor("mia")) as unit:
        actions.bring_in(unit, job_id)
    done = jobs.run_until(cast.store, job_id)
    assert done.state == "done", done.problem
    return done


@pytest.fixture
def of() -> national.Figures:
    return national.figures(1000)


def test_one_in_a_thousand_of_england_is_in_the_record_as_published(cast: Cast, of: national.Figures) -> None:
    done = brought_in(cast, of)
    assert done.result["brought"]["persons_new"] == sum(1 for _ in national.people(of))
    northshire = cast.places["northshire"]
    with cast.making() as unit:

        def count(table: Any, *where: Any) -> int:
            query = select(func.count()).select_from(table).where(table.c.authority_id == northshire, *where)
            return int(unit.connection.scalar(query) or 0)

        r, a, p, v = REQUESTS.c, ASSESSMENTS.c, PLANS.c, REVIEWS.c
        received = r.received_on.between(*YEAR)
        assert count(REQUESTS, received) == of.received
        for status, name in (
            ("agreed", "assess"),
            ("refused", "not_assess"),
            ("pending", "awaiting"),
            ("withdrawn", "withdrawn"),
        ):
            assert count(REQUESTS, received, r.status == status) == of.requests[name]
        assert count(REQUESTS, received, r.days_late == 0) == of.in_six
        assert count(DISPUTES, DISPUTES.c.kind == "mediation") == of.mediation
        assert count(DISPUTES, DISPUTES.c.kind == "appeal") == of.tribunal
        assert count(PLANS, p.first_made_on.between(*YEAR)) == of.issued
        assert count(PLANS, p.first_made_on.between(*YEAR), p.days_late == 0) == of.in_twenty
        assert count(ASSESSMENTS, a.excused.is_(True)) == of.excepted
        assert count(PLANS, p.days_late > 32 * 7) == of.past_a_year
        assert count(PLANS, p.state == "in_force") == of.plans
        assert count(REVIEWS, v.meeting_on.between(*YEAR)) == of.held
        for outcome, number in of.reviews.items():
            said = v.outcome.is_(None) if outcome == "none" else v.outcome == outcome
            assert count(REVIEWS, v.meeting_on.between(*YEAR), said) == number
        assert count(REVIEWS, v.due_on.between(*YEAR)) == of.expected
        assert count(REVIEWS, v.decided_on.is_not(None), v.days_late == 0) == of.in_four


def test_the_performance_pages_say_the_same(cast: Cast, of: national.Figures) -> None:
    brought_in(cast, of)
    northshire = cast.places["northshire"]
    with cast.making() as unit:
        for name, counts in national.shown(of).items():
            question = BY_NAME[name]
            found = counted(unit, northshire, question, "year", *YEAR)
            said = dict(zip(question.counts, found[2024], strict=True))
            assert {one: said[one] for one in counts} == counts, name


def test_a_manager_reads_every_published_figure_off_the_pages_and_their_files(
    cast: Cast, of: national.Figures
) -> None:
    brought_in(cast, of)
    mia = Browser(create_app(settings(), cast.store))
    mia.sign_in("mia")
    found = list(national_pages.read_all(mia, 1000))
    assert not [str(one) for one in found if one.wrong]
    # Each is said by three tables, on the page and in the file.
    assert len(found) == 6 * national_pages.FIGURES == 6 * 18
    assert {one.said for one in found if one.column == "Reviews due"} == {"525"}
    assert {one.said for one in found if one.column == "Within 20 weeks, all (%)"} == {"45.9"}


def test_a_figure_that_is_not_the_published_one_is_told(cast: Cast, of: national.Figures) -> None:
    brought_in(cast, replace(of, in_six=of.in_six - 1, mediation=of.mediation - 1))
    mia = Browser(create_app(settings(), cast.store))
    mia.sign_in("mia")
    wrong = {one.column for one in national_pages.read_all(mia, 1000) if one.wrong}
    assert wrong == {"Mediation took place", "Within six weeks, all (%)"}


def test_the_return_made_of_it_says_the_same_of_everybody(cast: Cast, of: national.Figures) -> None:
    brought_in(cast, of)
    with cast.making() as unit:
        northshire = cast.places["northshire"]
        listed = record_out.pupils_of(unit, northshire, national.YEAR)
        parts = record_out.entries(unit, northshire, national.YEAR, listed)
        out = {one.person.forename: one.person for part in parts for one in part}
    assert out == {one.forename: one for one in national.people(of)}
