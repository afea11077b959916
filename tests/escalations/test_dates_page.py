"""The page on which anybody who is signed in works a statutory date out, and reads where it comes from."""

from __future__ import annotations

import pytest

from isp import create_app
from isp.escalations.deadlines import Act
from tests.escalations.world import Affair
from tests.people.world import Browser, settings


@pytest.fixture
def officer(affair: Affair) -> Browser:
    found = Browser(create_app(settings(), affair.cast.store), "192.0.2.1")
    found.arrive("olli")
    return found


def asked(act: str, day: str = "", also: str = "") -> str:
    parts = {"act": act}
    for name, value in (("on", day), ("also", also)):
        if value:
            year, month, number = value.split("-")
            parts |= {f"{name}-day": number, f"{name}-month": month, f"{name}-year": year}
    return "/dates?" + "&".join(f"{name}={value}" for name, value in parts.items())


def test_an_officer_works_a_date_out_and_reads_where_it_comes_from(officer: Browser) -> None:
    page = officer.get(asked("decide", "2026-03-02"))
    assert page.status_code == 200
    assert "13 April 2026" in page.text
    assert "6 weeks from the day the request was received, 2 March 2026" in page.text
    assert "Regulation 5(1)" in page.text
    assert "Regulation 5(4) excuses it where advice was asked of a school" in page.text


def test_every_act_is_offered_and_has_an_answer(officer: Browser) -> None:
    page = officer.get("/dates").text
    for act in set(Act) - {Act.APPEAL_CERTIFICATE, Act.NOTICE_OF_MOVE}:
        assert f'value="{act}"' in page
        two = act in (Act.TRANSFER, Act.REVIEW_AFTER_TRANSFER)
        assert officer.get(asked(act, "2026-03-02", "2026-02-02" if two else "")).status_code == 200


def test_a_day_that_is_no_duty_is_not_called_the_last(officer: Browser) -> None:
    assert "It is usual by" in officer.get(asked("draft_plan", "2026-03-02")).text
    assert "It may not end before" in officer.get(asked("represent", "2026-03-02")).text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (asked("decide"), "Enter the day from which it runs"),
        (asked("", "2026-03-02"), "what is to be done"),
        (asked("anything", "2026-03-02"), "Choose one of"),
        (asked("decide", "2026-02-30"), "February"),
        (asked("decide", "2014-08-31"), "begins on 1 September 2014"),
        (asked("respond", "2040-03-02"), "Bank holidays are known up to"),
        (asked("transfer", "2026-03-02"), "when the old authority knew"),
        (asked("review_after_transfer", "2026-03-02"), "when the plan was made"),
        (asked("decide", "2026-03-02", "2026-03-03"), "Leave the second one empty"),
    ],
)
def test_what_cannot_be_worked_out_is_said_and_what_was_typed_is_kept(
    officer: Browser, path: str, said: str
) -> None:
    page = officer.get(path)
    assert page.status_code == 422
    assert said in page.text
    if "on-year" in path:
        assert f'value="{path.partition("on-year=")[2][:4]}"' in page.text


def test_nobody_works_dates_out_signed_out(affair: Affair) -> None:
    answer = Browser(create_app(settings(), affair.cast.store), "192.0.2.1").get("/dates")
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


def test_the_case_pages_lead_there(affair: Affair, officer: Browser) -> None:
    case = affair.request()
    for path in ("/cases", f"/cases/{case}"):
        assert 'href="/dates"' in officer.get(path).text
