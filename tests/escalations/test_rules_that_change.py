"""Other limits come into force while a case runs: it keeps those it started under, a new one has the new.

What follows the first file here is made up: six weeks become four, twenty become ten, and so on.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Any
from uuid import UUID

import pytest

from isp import create_app
from isp.escalations import advice, deadlines, disputing, excusing, receipt
from isp.escalations.advice_queries import ADVICE
from isp.escalations.course import course_of
from isp.escalations.deadlines import Act, Circumstance, limits
from isp.escalations.disputes import About, Kind
from isp.escalations.keeping import DUTIES, keep
from isp.escalations.letters import actions as letters
from isp.escalations.letters import queries as letter_queries
from isp.escalations.timeline import steps
from isp.escalations.work import tray
from isp.escalations.work.tray import Asked
from isp.kernel.dated import Versions
from isp.web.filters import date_words
from tests.escalations.assessed import AGREED_ON, DECIDED_ON, SENT_ON, Assessed
from tests.escalations.world import RECEIVED, Affair, on
from tests.people.world import Browser, settings

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
CHANGES_ON = RECEIVED + 2 * WEEK
SHORTER = {
    "decide": ("weeks = 6", "weeks = 4"),
    "final_plan": ("weeks = 20", "weeks = 10"),
    "no_plan": ("weeks = 16", "weeks = 8"),
    "advice": ("weeks = 6", "weeks = 3"),
    "represent": ("days = 15", "days = 8"),
    "appeal": ("months = 2", "months = 1"),
    "mediate": ("days = 30", "days = 12"),
    "respond": ("working_days = 30", "working_days = 10"),
    "invite": ("weeks = 2", "weeks = 4"),
    "report": ("weeks = 2", "weeks = 1"),
    "review_decision": ("weeks = 4", "weeks = 3"),
    "amended_plan": ("weeks = 8", "weeks = 5"),
    "order_amend": ("weeks = 5", "weeks = 3"),
    "tell_after_transfer": ("weeks = 6", "weeks = 2"),
    "reassess": ("days = 15", "days = 8"),
}


@dataclass
class Law:
    """The limits as they are, and the day on which others follow them."""

    patch: pytest.MonkeyPatch

    def changes(self, day: date = CHANGES_ON) -> None:
        """A second file lands: the first is given its last day, and another version follows."""
        text = resources.files("isp.escalations").joinpath("data/limits-2014-09-01.toml").read_text("utf-8")
        first = text.replace("# effective_to = the", f"effective_to = {day - DAY}  # the", 1)
        second = text.replace("2014-09-01", day.isoformat(), 2)
        rows = second.split("[[limits]]")
        for at, row in enumerate(rows):
            for act, (was, becomes) in SHORTER.items():
                if f'act = "{act}"' in row:
                    assert was in row
                    rows[at] = row.replace(was, becomes)
        found = [limits.read(tomllib.loads(one)) for one in (first, "[[limits]]".join(rows))]
        series = Versions(found, "rules")
        self.patch.setattr(limits, "rule_sets", lambda: series)


@pytest.fixture
def law(monkeypatch: pytest.MonkeyPatch) -> Law:
    return Law(monkeypatch)


def told(case: Assessed, day: date) -> list[Any]:
    """Every day that is told of a case, with where it comes from: the page's, the bar's, the tray's."""
    found = case.affair.case(case.id, "pam", day)
    course = course_of(found.assessment) if found.assessment is not None else None
    bar = [(one.title, one.due) for one in steps(found.row, day, (), course)]
    with on(day), case.cast.making() as unit:
        keep(unit, case.affair.ava, case.cast.places["northshire"])
        kept = [
            (row.stage, row.due_on)
            for row in unit.connection.execute(DUTIES.select())
            if row.pupil_id == case.affair.ava
        ]
    return [found.now.due, bar, sorted(kept)]


def test_the_dates_of_a_running_request_stay(affair: Affair, law: Law) -> None:
    case = Assessed(affair, agree=False)
    before = told(case, RECEIVED)
    law.changes()
    assert told(case, CHANGES_ON + DAY) == before
    affair.decide(case.id, "agree", day=RECEIVED + 6 * WEEK)
    row = case.request
    assert (row.days_late, row.rules) == (0, "2014-09-01")


def test_a_new_request_has_the_new_limits(affair: Affair, law: Law) -> None:
    law.changes(RECEIVED)
    case = Assessed(affair, agree=False)
    assert case.request.rules == RECEIVED.isoformat()
    assert affair.case(case.id, "olli").now.due.on == RECEIVED + 4 * WEEK  # type: ignore[union-attr]
    affair.decide(case.id, "agree", day=RECEIVED + 5 * WEEK)
    assert case.request.days_late == 7
    assert case.row.rules == RECEIVED.isoformat()


def test_an_assessment_keeps_them_to_its_end(affair: Affair, law: Law) -> None:
    case = Assessed(affair)
    before = told(case, AGREED_ON)
    law.changes(AGREED_ON + DAY)
    assert told(case, AGREED_ON + DAY) == before
    case.to_draft()
    # What follows the change in a case from before it: fifteen days, and not eight.
    assert case.row.answers_until == SENT_ON + 14 * DAY
    case.issue(RECEIVED + 20 * WEEK)
    assert (case.row.days_late, case.row.rules, case.plan.days_late) == (0, "2014-09-01", 0)


def test_the_time_to_appeal_against_a_decision_after_the_change_is_that_of_the_case(
    affair: Affair, law: Law
) -> None:
    case = Assessed(affair)
    law.changes(DECIDED_ON - DAY)
    case.decide("no_plan")
    two_months = deadlines.appeal_due(DECIDED_ON, version="2014-09-01")
    assert two_months.on > deadlines.appeal_due(DECIDED_ON).on
    assert affair.case(case.id, "pam", DECIDED_ON).now.due == two_months
    assert case.request.sight_until == two_months.on


def test_a_refusal_after_the_change_and_its_certificate_go_by_the_case(affair: Affair, law: Law) -> None:
    case = Assessed(affair, agree=False)
    law.changes()
    day = RECEIVED + 5 * WEEK
    affair.decide(case.id, day=day)
    limit = deadlines.appeal_due(day, version="2014-09-01")
    assert affair.case(case.id, "pam", day).now.due == limit
    with on(day), case.cast.acting("pam") as unit:
        dispute = disputing.open_dispute(unit, case.id, Kind.MEDIATION, About.ASSESS, day)
    given = limit.on - DAY
    with on(given), case.cast.acting("pam") as unit:
        disputing.certificate(unit, case.id, dispute, given)
    longer = deadlines.appeal_due(day, given, version="2014-09-01")
    assert affair.case(case.id, "pam", given).now.due == longer
    assert case.request.sight_until == longer.on


def test_advice_asked_for_after_the_change_is_due_by_the_rules_of_the_case(affair: Affair, law: Law) -> None:
    case = Assessed(affair)
    law.changes(AGREED_ON)
    with on(AGREED_ON), case.cast.acting("olli") as unit:
        made: UUID = advice.ask(unit, case.id, kind="c", whom="Dr Reed", asked_on=AGREED_ON)
    with case.cast.making() as unit:
        row = unit.connection.execute(ADVICE.select().where(ADVICE.c.id == made)).one()
    assert (row.due_on, row.rules) == (AGREED_ON + 6 * WEEK, "2014-09-01")


def test_what_excuses_a_date_after_the_change_moves_the_cases_own_date(affair: Affair, law: Law) -> None:
    case = Assessed(affair)
    law.changes(AGREED_ON)
    away = Circumstance("absent", AGREED_ON + DAY, AGREED_ON + 28 * DAY)
    with on(AGREED_ON + 29 * DAY), case.cast.acting("olli") as unit:
        excusing.record_circumstance(unit, case.id, away, reason="Away.", evidence="A letter.")
    case.to_draft()
    case.issue(RECEIVED + 24 * WEEK)
    assert (case.row.days_late, case.row.days_unexcused) == (28, 0)


def test_a_date_of_the_old_rules_can_be_worked_out_for_any_day_after_them(law: Law) -> None:
    law.changes()
    later = CHANGES_ON + 300 * DAY
    assert deadlines.due(Act.DECIDE, later).on == later + 4 * WEEK
    held = deadlines.due(Act.DECIDE, later, version="2014-09-01")
    assert (held.on, held.version) == (later + 6 * WEEK, "2014-09-01")


def test_received_on_another_day_a_case_started_under_the_rules_of_that_day(affair: Affair, law: Law) -> None:
    law.changes(RECEIVED)
    case = Assessed(affair, agree=False)
    with on(RECEIVED), case.cast.acting("olli") as unit:
        receipt.correct_receipt(unit, case.id, RECEIVED - DAY, "It lay in the post room.")
    assert case.request.rules == "2014-09-01"
    assert affair.case(case.id, "olli").now.due.on == RECEIVED - DAY + 6 * WEEK  # type: ignore[union-attr]


def text_of(affair: Affair, case: UUID, kind: str, day: date) -> str:
    """A letter of a case as it would go out, all its parts."""
    with on(day), affair.cast.acting("olli") as unit:
        letter_id = letters.begin(unit, case, kind, dated_on=day)
    with on(day), affair.cast.looking("olli") as unit:
        return " ".join(one.text for one in letter_queries.read(unit, letter_id).parts)


def tray_of(cast: Any, day: date, stage: str) -> date:
    """The day of a row in olli's tray."""
    with on(day), cast.looking("olli") as unit:
        (row,) = [one for one in tray.tray(unit, Asked(), limit=50) if one.stage == stage]
        found: date = row.due_on
        return found


def page_of(cast: Any, path: str, day: date, name: str = "olli") -> str:
    with on(day):
        browser = Browser(create_app(settings(), cast.store))
        browser.sign_in(name)
        return browser.get(path).text


def test_letter_tray_and_page_of_an_old_case_tell_the_old_date(affair: Affair, law: Law) -> None:
    case = Assessed(affair)
    law.changes(DECIDED_ON - DAY)
    case.decide("no_plan")
    until = deadlines.appeal_due(DECIDED_ON, version="2014-09-01").on
    assert date_words(until) in text_of(affair, case.id, "refuse_issue", DECIDED_ON)
    assert tray_of(case.cast, DECIDED_ON, "no_plan_may_appeal") == until
    assert date_words(until) in page_of(case.cast, f"/cases/{case.id}", DECIDED_ON)


def test_letter_tray_and_page_of_a_new_case_tell_the_new_date(affair: Affair, law: Law) -> None:
    law.changes(RECEIVED)
    case = Assessed(affair)
    case.decide("no_plan")
    until = deadlines.appeal_due(DECIDED_ON, version=RECEIVED.isoformat()).on
    assert until < deadlines.appeal_due(DECIDED_ON, version="2014-09-01").on
    assert date_words(until) in text_of(affair, case.id, "refuse_issue", DECIDED_ON)
    assert tray_of(case.cast, DECIDED_ON, "no_plan_may_appeal") == until
    assert date_words(until) in page_of(case.cast, f"/cases/{case.id}", DECIDED_ON)


def test_a_dispute_keeps_the_rules_of_the_case_that_it_is_about(affair: Affair, law: Law) -> None:
    case = Assessed(affair, agree=False)
    law.changes()
    day = RECEIVED + 5 * WEEK
    affair.decide(case.id, day=day)
    with on(day), case.cast.acting("pam") as unit:
        dispute = disputing.open_dispute(unit, case.id, Kind.MEDIATION, About.ASSESS, day)
    assert tray_of(case.cast, day, "mediation") == day + 30 * DAY
    with on(day), case.cast.acting("pam") as unit:
        disputing.certificate(unit, case.id, dispute, day)
    until = deadlines.appeal_due(day, day, version="2014-09-01").on
    assert tray_of(case.cast, day, "mediation_appeal") == until
    assert date_words(until) in page_of(case.cast, f"/cases/{case.id}/disputes", day)
