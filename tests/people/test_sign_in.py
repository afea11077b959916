"""Signing in and out: who gets in, what everybody else is told, and what is remembered of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from isp.audit import Chain
from isp.audit.verify import verify
from isp.kernel import clock
from isp.people.at_the_door import EXTENSION
from isp.people.models import Account, SignInSession
from isp.people.passwords import Passwords
from tests.pages import Page, hidden
from tests.people.world import EVENTS, PASSWORD, Town
from tests.statements import statements

WRONG = "Your email address or password is not right"


def account(town: Town, name: str, **values):
    with town.cast.making() as unit:
        unit.session.execute(
            update(Account).where(Account.person_id == town.cast.people[name]).values(**values)
        )


def stored_hash(town: Town, name: str) -> str:
    with town.cast.making() as unit:
        query = select(Account.password_hash).where(Account.person_id == town.cast.people[name])
        return unit.session.scalar(query) or ""


def test_sara_signs_in_and_is_known_by_name_and_place(town: Town):
    browser = town.browser()
    answer = browser.sign_in("sara")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"
    page = browser.get("/account")
    assert "Sara Example" in page.text
    assert "Oakfield School" in page.text
    assert "Firefox on Linux" in page.text
    assert town.acts("sara") == ["account.signed_in"]


def test_the_address_may_be_typed_in_any_case_with_spaces_around(town: Town):
    assert town.browser().sign_in("  SARA@Cast.Example ").status_code == 303


def test_a_parents_page_names_no_place(town: Town):
    assert "Oakfield" not in town.by_the_form("pam").get("/account").text


def said_to(town: Town, name: str, password: str) -> tuple[int, str]:
    answer = town.browser().sign_in(name, password)
    summary = [e for e in Page(answer.text).elements if "govuk-error-summary" in e.classes]
    return answer.status_code, summary[0].words


def test_everybody_who_does_not_get_in_is_told_the_same(town: Town):
    account(town, "dan", closed_at=clock.now())
    account(town, "ada", password_hash=None)
    told = {
        said_to(town, "sara", "not the password"),
        said_to(town, "nobody.at.all", PASSWORD),
        said_to(town, "dan", PASSWORD),
        said_to(town, "ada", PASSWORD),
        said_to(town, "sara", "x" * 5000),
    }
    assert len(told) == 1
    ((status, words),) = told
    assert status == 422
    assert WRONG in words


@pytest.mark.parametrize("name", ["sara", "nobody.at.all", "dan", "ada"])
def test_the_same_work_is_done_whether_or_not_there_is_an_account(town: Town, name: str):
    account(town, "dan", closed_at=clock.now())
    account(town, "ada", password_hash=None)
    passwords: Passwords = town.app.extensions[EXTENSION].passwords
    before, events = passwords.verifications, len(town.rows(EVENTS))
    town.browser().sign_in(name, "not the password")
    assert passwords.verifications == before + 1
    assert len(town.rows(EVENTS)) == events + 1


def test_a_failure_is_remembered_with_its_reason_and_without_the_address(town: Town):
    town.browser().sign_in("sara", "not the password")
    town.browser().sign_in("canary.stranger", "not the password")
    failed = [row for row in town.rows(EVENTS) if row.act == "account.sign_in_failed"]
    assert {row.chain_id for row in failed} == {
        Chain.person(town.cast.people["sara"]).id,
        Chain.installation().id,
    }
    assert all(b"canary" not in row.canon and b"sara@" not in row.canon for row in failed)
    assert {b'"why":"password"' in row.canon for row in failed} == {True, False}


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/settings", "/settings"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("/account?name=canary", "/account"),
        ("", "/"),
    ],
)
def test_a_link_to_the_sign_in_page_sends_nobody_elsewhere(town: Town, asked: str, given: str):
    assert town.browser().sign_in("sara", next=asked).headers["Location"] == given


def test_the_cookie_is_for_this_host_only_and_out_of_scripts_reach(town: Town):
    secure = Town(town.cast, https=True)
    client = secure.app.test_client()
    page = client.get("/sign-in", base_url="https://localhost")
    answer = client.post(
        "/sign-in",
        data={"csrf_token": hidden(page, "csrf_token"), "email": "sara@cast.example", "password": PASSWORD},
        headers={"Origin": "https://localhost"},
        base_url="https://localhost",
    )
    assert answer.status_code == 303
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"__Host-isp", "__Host-isp-known"}
    for cookie in cookies:
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie


def test_the_session_is_a_new_one_after_signing_in_and_the_old_one_is_dead(town: Town):
    browser = town.by_the_form("sara")
    first = browser.cookie()
    token = hidden(browser.get("/account"), "csrf_token")
    browser.send("/sign-in", {"csrf_token": token, "email": "sara@cast.example", "password": PASSWORD})
    assert browser.cookie() != first
    assert browser.is_in
    thief = town.browser()
    thief.client.set_cookie("isp", first or "")
    assert not thief.is_in


def test_only_the_digest_of_a_token_is_kept(town: Town):
    browser = town.by_the_form("sara")
    with browser.client.session_transaction() as session:
        token = session["_user_id"]
    assert len(token) >= 43  # 256 bits
    rows = town.rows(SignInSession)
    assert all(len(row.token_digest) == 32 and token.encode() not in bytes(row.token_digest) for row in rows)


def test_a_cookie_stolen_before_signing_out_is_dead_afterwards(town: Town):
    browser = town.by_the_form("sara")
    stolen = browser.cookie()
    answer = browser.post("/sign-out", page="/account")
    assert answer.status_code == 303
    assert "cache" in answer.headers["Clear-Site-Data"]
    assert browser.get("/signed-out").status_code == 200
    thief = town.browser()
    thief.client.set_cookie("isp", stolen or "")
    assert not thief.is_in
    assert town.acts("sara") == ["account.signed_in", "account.signed_out"]


def test_signing_out_needs_a_form_of_ours(town: Town):
    browser = town.by_the_form("sara")
    assert browser.get("/sign-out").status_code == 405
    browser.send("/sign-out", {})
    assert browser.is_in


def test_a_hash_made_at_another_cost_is_made_anew_at_the_next_sign_in(town: Town):
    before = stored_hash(town, "sara")
    dearer = Town(town.cast, argon2_time_cost=2)
    dearer.by_the_form("sara")
    after = stored_hash(town, "sara")
    assert "t=1" in before
    assert "t=2" in after
    dearer.by_the_form("sara")
    assert stored_hash(town, "sara") == after


def test_a_form_sent_after_the_sign_in_lapsed_comes_back_filled_in_and_is_sent_with_one_press(town: Town):
    browser = town.by_the_form("sara")
    address = f"/settings/pages/{town.cast.places['oakfield']}/help"
    page = browser.get(address)
    typed = {name: hidden(page, name) for name in ("csrf_token", "form_stamp", "edited")}
    with town.cast.making() as unit:
        unit.session.execute(update(SignInSession).values(ended_at=clock.now()))
    asked = browser.send(address, {**typed, "body": "An hour's work"})
    assert asked.status_code == 401
    assert "what you wrote is kept" in asked.text
    token = hidden(asked, "csrf_token")
    carried = hidden(asked, "carried")
    wrong = browser.send(
        "/sign-in",
        {"csrf_token": token, "carried": carried, "email": "sara@cast.example", "password": "mistyped it"},
    )
    assert hidden(wrong, "carried") == carried
    shown = browser.send(
        "/sign-in",
        {
            "csrf_token": hidden(wrong, "csrf_token"),
            "carried": hidden(wrong, "carried"),
            "email": "sara@cast.example",
            "password": PASSWORD,
        },
    )
    assert "An hour&#39;s work" in shown.text
    sent = Page(shown.text)
    fields = {
        each.get("name"): each.get("value")
        for each in sent.all("input")
        if (form := each.inside("form")) and form.get("action") == address
    }
    assert browser.send(address, fields).status_code == 303
    assert "An hour&#39;s work" in browser.get("/help").text


def test_no_address_and_no_password_reach_the_log(town: Town, capsys: pytest.CaptureFixture[str]):
    browser = town.browser()
    browser.sign_in("canary.stranger", "canary password one")
    browser.sign_in("sara", "canary password two")
    browser.sign_in("sara")
    browser.get("/account")
    said = capsys.readouterr()
    assert '"route": "/sign-in"' in said.out
    for planted in ("canary", "sara", "cast.example", PASSWORD, "192.0.2"):
        assert planted not in said.out + said.err


def test_the_trail_of_all_this_verifies(town: Town):
    town.browser().sign_in("sara", "not the password")
    browser = town.by_the_form("sara")
    browser.post("/sign-out", page="/account")
    assert verify(town.cast.store).ok


def test_a_page_costs_one_statement_to_know_who_asks(town: Town):
    browser = town.by_the_form("sara")
    with statements(town.cast.store.database) as seen:
        assert browser.get("/signed-out").status_code == 200
    assert len([each for each in seen if each.startswith("SELECT")]) == 1
