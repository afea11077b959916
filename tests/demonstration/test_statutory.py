"""The statutory cases of the demonstration: what an officer, a school and a family find in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from isp.audit import looking
from isp.demonstration.cast import cast
from isp.demonstration.loading.world import INSTALLER, World
from isp.demonstration.statutory import plan_content, statutory
from isp.ehcp.models import AnnualReview, StatutoryPlan
from isp.escalations.audit_models import AuditedCase
from isp.escalations.case_models import CaseEntry, CaseLetter
from isp.escalations.models import Assessment, AssessmentRequest, Dispute, PlanCeasing, SettingConsultation
from isp.escalations.work_models import DutyDay, OfficerAbsence
from isp.exchange import record_out
from isp.exchange.sen2 import validating
from isp.exchange.sen2.rules import Facts, findings
from isp.exchange.sen2.years import years
from isp.kernel import clock
from isp.kernel.db import table_of
from isp.people import organisations
from tests.demonstration.test_these_weeks import signed_in
from tests.exchange.messages import header


@pytest.fixture(scope="module")
def world(store, settings) -> World:
    """Who is who in the store: from the cast's ids to the record's."""
    now = clock.now()
    return World(store, settings, cast(clock.civil_day(now)), now)


def rows(world: World, model, pupil: str | None = None):
    table = table_of(model)
    query = select(table)
    if pupil is not None:
        with looking(world.store, INSTALLER) as unit:
            query = query.where(table.c.pupil_id == world.pupil(unit, pupil))
    with world.store.database.reading() as connection:
        return connection.execute(query).all()


def test_a_draft_is_with_the_family_whose_days_to_answer_run(world):
    (found,) = rows(world, Assessment, "H08")
    assert found.state == "draft_sent"
    assert timedelta(0) < found.answers_until - clock.today() < timedelta(days=15)
    (plan,) = rows(world, StatutoryPlan, "H08")
    assert (plan.state, plan.draft_sent_on) == ("draft_sent", found.draft_sent_on)


def test_two_schools_are_asked_about_the_draft_and_have_yet_to_answer(world):
    assert [one.state for one in rows(world, SettingConsultation, "H08")] == ["open", "open"]


def test_a_plan_came_late_with_an_excuse_and_its_review_waits_for_the_decision(world):
    (plan,) = rows(world, StatutoryPlan, "T33")
    assert plan.state == "in_force"
    assert plan.days_late > 0
    assert plan.days_unexcused == 0
    (review,) = rows(world, AnnualReview, "T33")
    assert (review.state, review.held) == ("reported", True)


def test_that_plan_has_words_in_every_section(world):
    content = plan_content("T33", clock.today(), {one.key: one.name for one in world.cast.schools})
    written = {name for name, one in content["sections"].items() if one.get("items") or one.get("fields")}
    assert written >= {"a", "b", "c", "d", "e", "f", "g", "h2", "i", "j", "k"}


def test_a_notice_of_amendments_is_out(world):
    (review,) = rows(world, AnnualReview, "F21")
    assert review.state == "amending"
    assert review.notice_on is not None


def test_a_review_is_overdue_and_the_end_of_that_plan_is_considered(world):
    (plan,) = rows(world, StatutoryPlan, "M05")
    assert plan.review_due_on < clock.today()
    (ending,) = rows(world, PlanCeasing, "M05")
    assert (ending.state, ending.family_answered_on) == ("considering", None)


def test_a_refusal_is_in_mediation(world):
    (request,) = rows(world, AssessmentRequest, "T34")
    assert request.status == "refused"
    assert [(one.kind, one.about, one.state) for one in rows(world, Dispute, "T34")] == [
        ("mediation", "assess", "open")
    ]


def test_letters_are_served_and_calls_are_in_the_diary(world):
    kinds = Counter(one.kind for one in rows(world, CaseLetter, "H08") if one.state == "served")
    assert kinds == {"considering": 1, "will_assess": 1, "draft_plan": 1}
    assert len(rows(world, CaseEntry, "H08")) == 3


def test_an_audit_is_drawn_a_colleague_is_away_and_somebody_has_the_day(world):
    assert len(rows(world, AuditedCase)) == 2
    assert len(rows(world, OfficerAbsence)) == 1
    assert len(rows(world, DutyDay)) == 1


def test_every_plan_that_is_written_is_of_a_pupil_of_the_cast(world):
    assert {world.cast.pupil(one).id for one in statutory()} == {"T33", "F21", "M05", "H08"}


def test_one_officer_has_no_case_yet_so_that_the_next_request_finds_him(world, store, settings):
    client = signed_in(store, settings, "kwabena.ebony@north-yorkshire.example")
    assert "No case has been given to you" in client.get("/cases").text


@pytest.mark.parametrize(("code", "in_force"), [("815", 2), ("816", 1)])
def test_what_the_return_says_of_each_plan_in_force_is_valid_and_has_nothing_that_must_be_mended(
    world, code, in_force
):
    newest = max(years().values(), key=lambda one: one.year)
    today = clock.today()
    # As if today were the census day: the demonstration's plans are as old as they are on any day.
    year = replace(newest, census_on=today, period_from=today - timedelta(days=800), period_to=today)
    with looking(world.store, INSTALLER) as unit:
        codes = {found: place for place, (found, _) in organisations.authorities(unit).items()}
        listed = record_out.pupils_of(unit, codes[code], year)
        parts = record_out.entries(unit, codes[code], year, listed)
        # Cases that began this year are next year's to mend.
        told = [one.person for part in parts for one in part]
    persons = [one for one in told if any(each.active is not None for each in one.requests)]
    assert validating.unfit(header(newest, lea=code), persons, newest) == []
    facts = Facts(year, code, cease_noted=True)
    broken = {one.rule.id for each in persons for one in findings(each, facts) if one.rule.severity == "E"}
    assert broken == set()
    assert len(persons) == in_force
