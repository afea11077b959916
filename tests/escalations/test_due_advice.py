"""Advice asked for and not in yet: in the officer's tray and the forecast, near its day and after it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import delete

from isp import create_app
from isp.escalations import excusing, keeping
from isp.escalations.deadlines import Circumstance
from isp.escalations.work import tray
from isp.escalations.work.tray import Asked
from tests.escalations.advice_world import AGREED, DAY, SIX_WEEKS, Advising
from tests.escalations.world import Affair, on
from tests.people.world import Browser, settings

DUE = AGREED + SIX_WEEKS
NEAR = DUE - 13 * DAY


def advice_rows(cast: Any, by: str, day: date, **asked: Any) -> list[Any]:
    with on(day), cast.looking(by) as unit:
        return [row for row in tray.tray(unit, Asked(**asked), limit=50) if row.subject == "advice"]


def foreseen(cast: Any, by: str, day: date) -> list[Any]:
    with on(day), cast.looking(by) as unit:
        return [row for row in tray.forecast(unit, limit=50) if row.subject == "advice"]


def test_advice_near_its_day_stands_in_the_tray_of_the_cases_officer(affair: Affair) -> None:
    asked = Advising(affair)
    advice_id = asked.ask()
    assert advice_rows(affair.cast, "olli", NEAR - DAY) == []
    (row,) = advice_rows(affair.cast, "olli", NEAR)
    assert (row.subject_id, row.case_id, row.due_on) == (advice_id, asked.case, DUE)
    assert (row.stage, row.act, row.turn) == ("advice_asked", "advice", "adviser")
    assert row.officer_id == affair.person("olli")
    assert advice_rows(affair.cast, "otis", NEAR) == []
    assert len(advice_rows(affair.cast, "mia", NEAR, everybody=True, turn="adviser")) == 1


def test_the_forecast_says_that_the_adviser_must_act_and_whose_case_it_is(affair: Affair) -> None:
    asked = Advising(affair)
    asked.ask()
    asked.ask("c", to=None)
    assert [row.turn for row in foreseen(affair.cast, "otis", DUE)] == ["adviser", "adviser"]
    with on(DUE + DAY), affair.cast.looking("mia") as unit:
        (counted,) = [one for one in tray.forecast_counts(unit) if one.act == "advice"]
    assert (counted.officer_id, counted.turn, counted.late) == (affair.person("olli"), "adviser", 2)


def test_advice_that_is_in_leaves_the_tray_and_comes_back_when_it_is_sent_back(affair: Affair) -> None:
    asked = Advising(affair)
    advice_id = asked.ask("c", to=None)
    asked.file(advice_id, NEAR)
    assert advice_rows(affair.cast, "olli", NEAR) == []
    asked.check(advice_id, day=NEAR, accept=False, covers=("needs",), missing="What provision?")
    (row,) = advice_rows(affair.cast, "olli", NEAR)
    assert (row.stage, row.due_on) == ("advice_sent_back", DUE)
    asked.file(advice_id, NEAR + DAY)
    asked.check(advice_id, day=NEAR + DAY)
    assert advice_rows(affair.cast, "olli", DUE + DAY) == []


def test_the_familys_own_advice_is_in_the_tray_as_the_familys_and_never_out_of_timescale(
    affair: Affair,
) -> None:
    asked = Advising(affair)
    asked.ask("a", to="pam")
    (row,) = advice_rows(affair.cast, "olli", DUE + DAY)
    assert row.turn == "family"
    assert foreseen(affair.cast, "olli", DUE + DAY) == []


def test_a_missed_appointment_moves_the_day_in_the_tray(affair: Affair) -> None:
    asked = Advising(affair)
    asked.ask()
    missed = Circumstance("appointment_missed", AGREED + DAY, AGREED + 3 * DAY)
    with on(AGREED + 4 * DAY), affair.cast.acting("olli") as unit:
        excusing.record_circumstance(unit, asked.case, missed, reason="He was ill.", evidence="A letter.")
    (row,) = advice_rows(affair.cast, "olli", DUE)
    assert row.due_on == DUE + 3 * DAY


def test_advice_that_was_never_kept_is_kept_by_the_job(affair: Affair) -> None:
    asked = Advising(affair)
    advice_id = asked.ask()
    with affair.cast.making() as unit:
        unit.connection.execute(delete(keeping.DUTIES).where(keeping.DUTIES.c.subject_id == advice_id))
    for found in (1, 0):
        with on(AGREED), affair.cast.making() as unit:
            assert keeping.keep_missing(unit) == found
    assert len(advice_rows(affair.cast, "olli", NEAR)) == 1


def test_the_page_of_the_case_and_the_forecast_say_it_in_words(affair: Affair) -> None:
    asked = Advising(affair)
    asked.ask()
    with on(DUE + 2 * DAY):
        browser = Browser(create_app(settings(), affair.cast.store))
        browser.sign_in("olli")
        for path in ("/cases", f"/cases/{asked.case}"):
            assert "Advice asked for: chase it where it is late" in browser.get(path).text
        forecast = browser.get("/cases/forecast").text
    assert "Give the advice asked for" in forecast
    assert "The adviser" in forecast
