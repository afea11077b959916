"""Sessions: how long they live, who sees and ends them, and what ends them at the next request."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import update

from isp.kernel import clock
from isp.people.models import Account, Membership, SignInSession
from tests.people.world import PASSWORD, Town

FRESH = "five amber lanterns sway"


def sessions_of(town: Town, name: str):
    return [row for row in town.rows(SignInSession) if row.person_id == town.cast.people[name]]


def test_a_session_lapses_after_fifteen_idle_minutes_and_not_before(town: Town):
    browser = town.signed_in("sara")
    start = clock.now()
    with time_machine.travel(start + timedelta(minutes=14), tick=False):
        assert browser.is_in
    with time_machine.travel(start + timedelta(minutes=28), tick=False):
        assert browser.is_in
    with time_machine.travel(start + timedelta(minutes=44), tick=False):
        assert not browser.is_in


def test_a_session_in_use_lapses_all_the_same_after_twelve_hours(town: Town):
    browser = town.signed_in("sara")
    start = clock.now()
    for minutes in range(10, 12 * 60, 10):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert browser.get("/signed-out").status_code == 200
    with time_machine.travel(start + timedelta(hours=11, minutes=55), tick=False):
        assert browser.is_in
    with time_machine.travel(start + timedelta(hours=12, seconds=1), tick=False):
        assert not browser.is_in


def test_last_use_is_written_once_a_minute_at_most(town: Town):
    browser = town.signed_in("sara")
    (before,) = sessions_of(town, "sara")
    browser.get("/account")
    assert sessions_of(town, "sara") == [before]
    later = clock.now() + timedelta(seconds=61)
    with time_machine.travel(later, tick=False):
        browser.get("/account")
        browser.get("/account")
    (after,) = sessions_of(town, "sara")
    assert after.seen_at == later


def test_sara_sees_her_browsers_and_signs_one_of_them_out(town: Town):
    here, there = town.signed_in("sara"), town.signed_in("sara", agent="Chrome Windows")
    page = here.get("/account").text
    assert "Firefox on Linux (here)" in page
    assert "Chrome on Windows" in page
    (address,) = re.findall(r'action="(/account/sessions/[^"]+/end)"', page)
    assert here.post(address, page="/account").status_code == 303
    assert here.is_in
    assert not there.is_in
    assert town.acts("sara")[-1] == "account.session_ended"


def test_sara_signs_out_everywhere_else(town: Town):
    here, *others = (town.signed_in("sara") for _ in range(3))
    assert here.post("/account/sessions/end-others", page="/account").status_code == 303
    assert here.is_in
    assert not any(other.is_in for other in others)


def test_nobody_ends_somebody_elses_session(town: Town):
    victim, other = town.signed_in("sara"), town.signed_in("tom")
    (row,) = sessions_of(town, "sara")
    other.post(f"/account/sessions/{row.id}/end", page="/account")
    assert victim.is_in
    assert "account.session_ended" not in town.acts()


def test_a_changed_password_signs_out_everywhere_else_and_begins_a_new_session_here(town: Town):
    here, other = town.signed_in("sara"), town.signed_in("sara")
    old = here.cookie()
    answer = here.post("/account/password", {"old_password": PASSWORD, "new_password": FRESH})
    assert answer.status_code == 303
    assert here.is_in
    assert not other.is_in
    thief = town.browser()
    thief.client.set_cookie("isp", old or "")
    assert not thief.is_in
    assert town.browser().sign_in("sara").status_code == 422
    assert town.browser().sign_in("sara", FRESH).status_code == 303
    assert "account.password_changed" in town.acts("sara")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("not it at all", FRESH, "This is not your present password"),
        (PASSWORD, "short", "12 characters or more"),
        (PASSWORD, "sara example 2026", "your name"),
        (PASSWORD, "Oakfield-School-2026", "your school"),
        (PASSWORD, "password1234", "too easy to guess"),
        (PASSWORD, "x7" * 129, "256 characters or fewer"),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_words(town: Town, old: str, new: str, said: str):
    browser = town.signed_in("sara")
    answer = browser.post("/account/password", {"old_password": old, "new_password": new})
    assert answer.status_code == 422
    assert said in answer.text
    assert new not in answer.text
    assert town.browser().sign_in("sara").status_code == 303


def test_guessing_the_present_password_from_an_open_browser_is_slow(town: Town):
    browser = town.signed_in("sara")
    for _ in range(3):
        browser.post("/account/password", {"old_password": "a wrong guess", "new_password": FRESH})
    answer = browser.post("/account/password", {"old_password": PASSWORD, "new_password": FRESH})
    assert answer.status_code == 429


def test_a_closed_account_is_out_at_the_next_request(town: Town):
    browser = town.signed_in("sara")
    with town.cast.making() as unit:
        unit.session.execute(
            update(Account).where(Account.person_id == town.cast.people["sara"]).values(closed_at=clock.now())
        )
    assert not browser.is_in


def test_a_role_that_ended_is_gone_at_the_next_request(town: Town):
    browser = town.signed_in("sara")
    address = f"/staff/{town.cast.places['oakfield']}"
    assert browser.get(address).status_code == 200
    with town.cast.making() as unit:
        unit.session.execute(
            update(Membership)
            .where(Membership.person_id == town.cast.people["sara"])
            .values(ended_at=clock.now())
        )
    assert browser.get(address).status_code == 404
    assert "Oakfield" not in browser.get("/account").text


def test_an_invented_or_altered_cookie_signs_nobody_in(town: Town):
    browser = town.browser()
    browser.client.set_cookie("isp", "eyJfdXNlcl9pZCI6IngifQ.aSE.x")
    assert not browser.is_in
    real = town.signed_in("sara").cookie() or ""
    browser.client.set_cookie("isp", real[:-2] + ("aa" if real[-2:] != "aa" else "bb"))
    assert not browser.is_in


@pytest.mark.parametrize(
    "cookie", ["remember_token=x|\xe9", "remember_token=x|y", "isp=\xe9", "isp-known=\xe9"]
)
def test_a_cookie_that_is_not_ours_changes_nothing_whatever_it_holds(town: Town, cookie: str):
    stranger = town.browser().client
    answer = stranger.get("/account", headers={"Cookie": cookie})
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/account")
    assert stranger.get("/sign-in", headers={"Cookie": cookie}).status_code == 200


def test_what_i_did_is_mine_alone_and_pages(town: Town):
    for _ in range(26):
        browser = town.signed_in("sara")
        browser.post("/sign-out", page="/account")
    town.signed_in("tom")
    browser = town.signed_in("sara")
    page = browser.get("/account/what-i-did")
    assert "You signed in" in page.text
    assert page.text.count("You signed") == 50
    (later,) = re.findall(r'href="([^"]+)" rel="next"', page.text)
    rest = browser.get(later.replace("&amp;", "&"))
    assert rest.text.count("You signed") == 3
    (earlier,) = re.findall(r'href="([^"]+)" rel="prev"', rest.text)
    assert browser.get(earlier).text.count("You signed") == 50


@pytest.mark.parametrize("address", ["/account", "/account/password", "/account/what-i-did", "/staff"])
def test_a_stranger_is_asked_to_sign_in_and_comes_back(town: Town, address: str):
    answer = town.browser().get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/sign-in?next={address}"
    assert answer.headers["Cache-Control"] == "no-store"
