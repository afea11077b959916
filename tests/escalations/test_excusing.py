"""Why a date of a case could not be kept: recorded by the authority, seen by all, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from isp import create_app
from isp.escalations import excusing, queries
from isp.escalations.deadlines import Circumstance
from isp.escalations.timeline import Kept, Step, Title, steps
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.escalations.world import RECEIVED, Affair, on
from tests.people.world import Browser, settings

DAY = timedelta(days=1)
AWAY = Circumstance("absent", RECEIVED + DAY, RECEIVED + 28 * DAY)
"""Four weeks of the six: the decision moves from 14 December to 11 January."""
LATER = RECEIVED + 30 * DAY


def excuse(affair: Affair, case: UUID, told: Circumstance = AWAY, by: str = "olli", **more: Any) -> UUID:
    said = {"reason": "Nobody could be met.", "evidence": "The family’s letter of 5 November.", **more}
    with on(LATER), affair.cast.acting(by) as unit:
        return excusing.record_circumstance(unit, case, told, **said)


def take_back(affair: Affair, case: UUID, circumstance: UUID, by: str = "olli") -> None:
    with on(LATER), affair.cast.acting(by) as unit:
        excusing.take_back(unit, case, circumstance, reason="The wrong case.")


def step(affair: Affair, request_id: UUID, title: Title) -> Step:
    case = affair.case(request_id, "olli", LATER)
    bar = steps(case.row, LATER, [one.held for one in case.told])
    return next(one for one in bar if one.title is title)


def day_of(affair: Affair, request_id: UUID, title: Title) -> date:
    due = step(affair, request_id, title).due
    assert due is not None
    return due.on


def row_kept(affair: Affair) -> Any:
    with affair.cast.making() as unit:
        return unit.connection.execute(queries.CIRCUMSTANCES.select()).one()


def test_an_officer_records_that_the_family_was_away_and_each_date_moves_by_those_weeks(
    affair: Affair,
) -> None:
    case = affair.request()
    assert day_of(affair, case, Title.DECISION) == date(2026, 12, 14)
    excuse(affair, case)
    assert day_of(affair, case, Title.DECISION) == date(2027, 1, 11)
    assert day_of(affair, case, Title.FINAL_PLAN) == date(2027, 4, 19)
    due = step(affair, case, Title.DECISION).due
    assert due is not None
    assert "28 days left out under regulation 5(4)" in due.why
    assert affair.case(case, "olli", LATER).now.due == due


def test_a_decision_keeps_how_late_it_was_by_the_law_and_beside_the_excuse(affair: Affair) -> None:
    case = affair.request()
    excuse(affair, case)
    affair.decide(case, "agree", day=RECEIVED + 50 * DAY)
    row = affair.row(case)
    assert (row.days_late, row.days_unexcused) == (8, 0)
    done = step(affair, case, Title.DECISION)
    assert (done.kept, done.days_late) == (Kept.EXCUSED, 8)


def test_later_than_the_excuse_explains_is_late(affair: Affair) -> None:
    case = affair.request()
    excuse(affair, case)
    affair.decide(case, "agree", day=RECEIVED + 75 * DAY)
    row = affair.row(case)
    assert (row.days_late, row.days_unexcused) == (33, 5)
    assert step(affair, case, Title.DECISION).kept is Kept.LATE


def test_without_an_excuse_both_counts_are_the_same(affair: Affair) -> None:
    case = affair.request()
    affair.decide(case, "agree", day=RECEIVED + 45 * DAY)
    row = affair.row(case)
    assert (row.days_late, row.days_unexcused) == (3, 3)


def test_taken_back_the_dates_are_what_they_were_and_the_row_is_kept(affair: Affair) -> None:
    case = affair.request()
    circumstance = excuse(affair, case)
    take_back(affair, case, circumstance, by="mia")
    assert day_of(affair, case, Title.DECISION) == date(2026, 12, 14)
    assert affair.case(case, "olli", LATER).told == ()
    assert row_kept(affair).taken_back_by == affair.person("mia")
    with pytest.raises(Conflict, match="already"):
        take_back(affair, case, circumstance)


def test_once_decided_what_happened_then_moves_what_is_still_to_come(affair: Affair) -> None:
    case = affair.request()
    affair.decide(case, "agree", day=LATER)
    excuse(affair, case)
    assert day_of(affair, case, Title.FINAL_PLAN) == date(2027, 4, 19)
    row = affair.row(case)
    assert (row.days_late, row.days_unexcused) == (0, 0)


def test_what_is_taken_back_after_the_decision_excuses_it_no_longer(affair: Affair) -> None:
    case = affair.request()
    circumstance = excuse(affair, case)
    affair.decide(case, "agree", day=RECEIVED + 50 * DAY)
    take_back(affair, case, circumstance)
    row = affair.row(case)
    assert (row.days_late, row.days_unexcused) == (8, 8)
    (said,) = affair.on_authority("assessment.recounted")
    assert (said.detail["days_late"], said.detail["days_unexcused"]) == (8, 8)
    assert (said.detail["before"], said.detail["before_unexcused"]) == (8, 0)
    assert step(affair, case, Title.DECISION).kept is Kept.LATE
    assert affair.case(case, "sara", LATER).words["decision_reasons"]


def test_what_is_recorded_after_the_decision_excuses_nothing_of_it(affair: Affair) -> None:
    case = affair.request()
    affair.decide(case, "agree", day=RECEIVED + 45 * DAY)
    excuse(affair, case)
    assert step(affair, case, Title.DECISION).kept is Kept.LATE
    assert affair.row(case).days_unexcused == 3


def test_the_same_recorded_twice_is_there_once(affair: Affair) -> None:
    case = affair.request()
    excuse(affair, case)
    with pytest.raises(Conflict, match="already"):
        excuse(affair, case, by="mia")
    assert len(affair.case(case, "olli", LATER).told) == 1


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("code", Circumstance("workload", RECEIVED, RECEIVED + 28 * DAY)),
        ("ends", Circumstance("absent", RECEIVED, RECEIVED + 20 * DAY)),
        ("ends", Circumstance("absent", RECEIVED + 9 * DAY, RECEIVED)),
        ("begins", Circumstance("circumstances", RECEIVED - 9 * DAY, RECEIVED - DAY)),
        ("begins", Circumstance("circumstances", LATER + DAY, LATER + 2 * DAY)),
        ("asked_on", Circumstance("school_closed", RECEIVED, RECEIVED + 28 * DAY)),
    ],
)
def test_what_the_law_does_not_excuse_is_said_beside_its_field(
    affair: Affair, field: str, told: Circumstance
) -> None:
    case = affair.request()
    with pytest.raises(Invalid) as refused:
        excuse(affair, case, told)
    assert set(refused.value.errors) == {field}
    assert affair.case(case, "olli", LATER).told == ()


@pytest.mark.parametrize("field", ["reason", "evidence"])
def test_an_excuse_needs_its_reason_and_its_evidence(affair: Affair, field: str) -> None:
    case, nothing = affair.request(), {field: "  "}
    with pytest.raises(Invalid) as refused:
        excuse(affair, case, AWAY, "olli", **nothing)
    assert set(refused.value.errors) == {field}


def test_where_no_date_runs_none_is_excused(affair: Affair) -> None:
    case = affair.request()
    affair.decide(case, day=RECEIVED + DAY)
    with pytest.raises(Conflict, match="No date runs"):
        excuse(affair, case)


@pytest.mark.parametrize(
    ("name", "error"), [("sara", NotAllowed), ("pam", NotAllowed), ("otis", NotFound), ("eve", NotFound)]
)
def test_only_the_officer_of_the_case_and_her_manager_record_it(
    affair: Affair, name: str, error: type[Exception]
) -> None:
    case = affair.request()
    circumstance = excuse(affair, case, by="mia")
    deeds: list[Callable[[], object]] = [
        lambda: excuse(affair, case, by=name),
        lambda: take_back(affair, case, circumstance, by=name),
    ]
    for deed in deeds:
        with pytest.raises(error):
            deed()


def test_an_excuse_of_another_case_is_not_found(affair: Affair) -> None:
    mine, other = affair.request(), affair.request(pupil="ben")
    circumstance = excuse(affair, other, by="mia")
    with pytest.raises(NotFound):
        take_back(affair, mine, circumstance, by="mia")


def test_school_and_family_see_that_a_date_moved_and_not_the_authority_s_words(affair: Affair) -> None:
    case = affair.request()
    excuse(affair, case)
    for name in ("sara", "pam"):
        (told,) = affair.case(case, name, LATER).told
        assert (told.held, told.words) == (AWAY, {})
    (told,) = affair.case(case, "olli", LATER).told
    assert told.words["reason"] == "Nobody could be met."
    assert b"Nobody" not in row_kept(affair).sealed


def test_the_trail_says_what_excused_it_and_that_it_was_taken_back(affair: Affair) -> None:
    case = affair.request()
    take_back(affair, case, excuse(affair, case))
    days = {"from": AWAY.begins.isoformat(), "to": AWAY.ends.isoformat()}
    for chain in (affair.on_pupil, affair.on_authority):
        assert [seen.detail for seen in chain("assessment.excused")] == [{"code": "absent", **days}]
        assert [seen.detail for seen in chain("assessment.not_excused")] == [{"code": "absent"}]


def test_by_the_page_an_officer_records_it_reads_it_and_takes_it_back(affair: Affair) -> None:
    case = affair.request()
    dates = {
        f"{name}-{part}": str(getattr(day, part))
        for name, day in (("begins", AWAY.begins), ("ends", AWAY.ends))
        for part in ("day", "month", "year")
    }
    said = {"code": "absent", **dates, "reason": "Nobody could be met.", "evidence": "A letter"}
    with on(LATER):
        officer = Browser(create_app(settings(), affair.cast.store), "192.0.2.1")
        officer.arrive("olli")
        refused = officer.post(f"/cases/{case}/excuse", {**said, "evidence": ""})
        assert refused.status_code == 422
        assert "Nobody could be met." in refused.text
        assert officer.post(f"/cases/{case}/excuse", said).status_code == 303
        page = officer.get(f"/cases/{case}").text
        assert "11 January 2027" in page
        assert "which is 14 December 2026; 28 days left out under regulation 5(4)" in page
        assert "A letter" in page
        back = page.partition("/take-back")[0].rpartition('href="')[2] + "/take-back"
        assert officer.get(back).status_code == 200
        assert officer.post(back, {"reason": " "}).status_code == 422
        assert officer.post(back, {"reason": "The wrong case"}).status_code == 303
        assert "11 January 2027" not in officer.get(f"/cases/{case}").text
