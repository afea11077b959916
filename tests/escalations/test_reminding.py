"""Advisers before and after their six weeks, schools around their 15 days, heads of a review's papers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from isp.cli.working import REMINDERS
from isp.ehcp.models import StatutoryPlan
from isp.escalations import advice, consulting
from isp.escalations.reminders import advice_due, answers_due
from isp.escalations.upkeep import reviewing
from isp.escalations.upkeep.reminders import reminders as papers_due
from isp.kernel.db import table_of
from isp.notices.choices import choose
from isp.notices.kinds import KINDS, say
from isp.people.roles import Role
from tests.escalations.advice_world import AGREED, SIX_WEEKS, Advising
from tests.escalations.assessed import SENT_ON, Assessed
from tests.escalations.reminded import mailed, reminded
from tests.escalations.upkeep_world import MEETING, Upkeep
from tests.escalations.world import Affair, on

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
DUE = AGREED + SIX_WEEKS


@pytest.mark.parametrize("job", [advice_due, answers_due, papers_due])
def test_the_worker_asks_for_them(job: object) -> None:
    assert job in REMINDERS


def test_the_new_kinds_name_no_child_and_a_family_reads_its_own_words() -> None:
    for kind in ("advice_soon", "advice_overdue"):
        assert say(kind, plainly=True) != KINDS[kind]
    for kind in ("setting_silent", "review_papers_due", "consultation_overdue", "provision_check_overdue"):
        assert "{" not in KINDS[kind]


# -- advice ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (DUE - 8 * DAY, set()),
        (DUE - 7 * DAY, {("eve", "advice_soon")}),
        (DUE, {("eve", "advice_soon")}),
        (DUE + DAY, {("eve", "advice_overdue"), ("olli", "advice_missing")}),
    ],
)
def test_an_adviser_is_reminded_before_and_after_her_six_weeks_and_then_the_officer(
    affair: Affair, day: date, told: set[tuple[str, str]]
) -> None:
    Advising(affair).ask("d", "eve")
    assert reminded(affair.cast, advice_due, day) == told


def test_each_is_told_once_though_the_job_runs_every_day(affair: Affair) -> None:
    Advising(affair).ask("d", "eve")
    assert reminded(affair.cast, advice_due, DUE - 7 * DAY)
    assert not reminded(affair.cast, advice_due, DUE - 3 * DAY)
    assert reminded(affair.cast, advice_due, DUE + DAY)
    assert not reminded(affair.cast, advice_due, DUE + 9 * DAY)


def test_of_an_adviser_elsewhere_the_officer_alone_is_told(affair: Affair) -> None:
    Advising(affair).ask("c", None)
    assert not reminded(affair.cast, advice_due, DUE)
    assert reminded(affair.cast, advice_due, DUE + DAY) == {("olli", "advice_missing")}


def test_advice_that_is_in_or_asked_for_no_longer_reminds_nobody(affair: Affair) -> None:
    advising = Advising(affair)
    given, gone = advising.ask("d", "eve"), advising.ask("e", "wes")
    advising.save(given)
    advising.hand_in(given)
    with on(AGREED), affair.cast.acting("olli") as unit:
        advice.withdraw(unit, gone, reason="Asked of somebody else.")
    assert not reminded(affair.cast, advice_due, DUE + DAY)


def test_who_chose_no_mail_of_a_kind_gets_none_and_still_has_the_message(affair: Affair) -> None:
    Advising(affair).ask("d", "eve")
    with affair.cast.acting("eve") as unit:
        choose(unit, ["advice_soon"], None)
    assert reminded(affair.cast, advice_due, DUE - DAY) == {("eve", "advice_soon")}
    assert not mailed(affair.cast, "advice_soon", DUE - DAY)
    assert reminded(affair.cast, advice_due, DUE + DAY)
    assert mailed(affair.cast, "advice_overdue", DUE + DAY) == {"eve"}
    assert mailed(affair.cast, "advice_missing", DUE + DAY) == {"olli"}


def test_who_may_not_see_it_any_more_by_the_time_of_sending_is_not_mailed(affair: Affair) -> None:
    advising = Advising(affair)
    asked = advising.ask("d", "eve")
    assert reminded(affair.cast, advice_due, DUE - DAY)
    with on(DUE - DAY), affair.cast.acting("olli") as unit:
        advice.withdraw(unit, asked, reason="Asked of somebody else.")
    assert not mailed(affair.cast, "advice_soon", DUE - DAY)


# -- consultations -----------------------------------------------------------------------------------------


@pytest.fixture
def case(affair: Affair) -> Assessed:
    made = Assessed(affair)
    made.to_draft()
    return made


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (9, set()),
        (10, {("sena", "consultation_due"), ("hans", "consultation_due")}),
        (15, {("sena", "consultation_due"), ("hans", "consultation_due")}),
        (
            16,
            {
                ("sena", "consultation_overdue"),
                ("hans", "consultation_overdue"),
                ("olli", "setting_silent"),
            },
        ),
    ],
)
def test_the_head_of_a_consulted_school_is_reminded_around_the_fifteen_days(
    case: Assessed, days: int, told: set[tuple[str, str]]
) -> None:
    case.cast.member("hans", "elmfield", Role.HEAD)
    case.consult(SENT_ON)
    assert reminded(case.cast, answers_due, SENT_ON + days * DAY) == told
    assert not reminded(case.cast, answers_due, SENT_ON + days * DAY)


def test_of_a_setting_elsewhere_the_officer_alone_is_told(case: Assessed) -> None:
    case.consult(SENT_ON, None)
    assert not reminded(case.cast, answers_due, SENT_ON + 15 * DAY)
    assert reminded(case.cast, answers_due, SENT_ON + 16 * DAY) == {("olli", "setting_silent")}


def test_a_school_that_answered_is_reminded_no_more(case: Assessed) -> None:
    asked = case.consult(SENT_ON)
    with on(SENT_ON + DAY), case.cast.acting("sena") as unit:
        consulting.answer(unit, asked, said="yes")
    assert not reminded(case.cast, answers_due, SENT_ON + 16 * DAY)


def test_a_reminder_about_a_draft_is_mailed_to_the_school_while_it_may_answer(case: Assessed) -> None:
    asked = case.consult(SENT_ON)
    late = SENT_ON + 16 * DAY
    assert reminded(case.cast, answers_due, late)
    assert mailed(case.cast, "consultation_overdue", late) == {"sena"}
    with on(late), case.cast.acting("sena") as unit:
        consulting.answer(unit, asked, said="yes")
    assert not mailed(case.cast, "consultation_overdue", late)


# -- the papers of a review --------------------------------------------------------------------------------

HEADS = {"sara", "dan", "hal"}
PAPERS_BY, REPORT_BY = MEETING - 2 * WEEK, MEETING + 2 * WEEK


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (PAPERS_BY - 8 * DAY, None),
        (PAPERS_BY - 7 * DAY, "review_papers_due"),
        (PAPERS_BY, "review_papers_due"),
        (PAPERS_BY + DAY, "review_papers_overdue"),
    ],
)
def test_the_head_is_reminded_of_the_advice_two_weeks_ahead_of_the_meeting(
    upkeep: Upkeep, day: date, kind: str | None
) -> None:
    review = upkeep.opened(day=date(2026, 10, 20))
    upkeep.invited(review, day=date(2026, 10, 20))
    assert reminded(upkeep.cast, papers_due, day) == ({(who, kind) for who in HEADS} if kind else set())


def test_papers_that_went_round_remind_nobody(upkeep: Upkeep) -> None:
    review = upkeep.opened()
    upkeep.invited(review)
    upkeep.does("sara", reviewing.send_papers, review, sent_on=date(2026, 11, 2))
    assert not reminded(upkeep.cast, papers_due, PAPERS_BY + DAY)


def test_the_report_two_weeks_after_the_meeting_is_asked_for_and_the_officer_told_when_it_is_late(
    upkeep: Upkeep,
) -> None:
    review = upkeep.opened()
    upkeep.invited(review)
    upkeep.held(review)
    assert not reminded(upkeep.cast, papers_due, REPORT_BY - 8 * DAY)
    assert reminded(upkeep.cast, papers_due, REPORT_BY - 7 * DAY) == {
        (who, "review_report_due") for who in HEADS
    }
    assert reminded(upkeep.cast, papers_due, REPORT_BY + DAY) == {
        (who, "review_report_overdue") for who in HEADS | {"olli"}
    }
    assert mailed(upkeep.cast, "review_report_overdue", REPORT_BY + DAY) == HEADS | {"olli"}


def test_a_plan_that_ended_and_a_meeting_that_moved(upkeep: Upkeep) -> None:
    review = upkeep.opened()
    upkeep.invited(review)
    assert reminded(upkeep.cast, papers_due, PAPERS_BY) == {(who, "review_papers_due") for who in HEADS}
    upkeep.invited(review, meeting_on=MEETING + WEEK)
    assert reminded(upkeep.cast, papers_due, PAPERS_BY) == {(who, "review_papers_due") for who in HEADS}
    plans = table_of(StatutoryPlan)
    with upkeep.cast.making() as unit:
        gone = {"state": "ended", "ended_on": PAPERS_BY, "ended_reason": "2"}
        unit.connection.execute(update(plans).where(plans.c.id == upkeep.plan).values(**gone))
    assert not reminded(upkeep.cast, papers_due, MEETING)
