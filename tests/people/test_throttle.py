"""Guessing is slow, and locks nobody out but the guesser."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from isp.kernel import clock
from isp.people import throttle
from isp.people.at_the_door import EXTENSION
from isp.people.models import Throttle
from tests.people.world import PASSWORD, Town


def flood(town: Town, name: str, networks: int = 6, each: int = 2) -> list[int]:
    """Wrong passwords from many networks."""
    return [
        town.browser(network=f"203.{number}.113.9")
        .sign_in(name, f"guess number {number} {again}")
        .status_code
        for number in range(networks)
        for again in range(each)
    ]


def test_guesses_from_many_networks_are_stopped_together(town: Town):
    answers = flood(town, "sara")
    assert answers[:3] == [422, 422, 422]
    assert set(answers[3:]) == {429}


def test_the_owner_on_a_browser_she_has_used_does_not_notice(town: Town):
    browser = town.by_the_form("sara")
    browser.post("/sign-out", page="/account")
    flood(town, "sara")
    assert browser.sign_in("sara").status_code == 303


def test_the_owner_with_a_new_browser_at_her_usual_place_does_not_notice(town: Town):
    town.by_the_form("sara", network="192.0.2.7")
    flood(town, "sara")
    assert town.browser(network="192.0.2.99").sign_in("sara").status_code == 303


def test_the_right_password_from_nowhere_known_waits_until_the_flood_is_over(town: Town):
    flood(town, "sara")
    stranger = town.browser(network="198.51.100.4")
    answer = stranger.sign_in("sara")
    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.text
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=False):
        assert town.browser(network="198.51.100.4").sign_in("sara").status_code == 303


def test_a_reset_link_lets_the_owner_in_during_a_flood(town: Town):
    flood(town, "sara")
    hal = town.by_the_form("hal")
    page = hal.post(
        f"/staff/{town.cast.places['oakfield']}/{town.cast.people['sara']}/reset",
        page=f"/staff/{town.cast.places['oakfield']}/{town.cast.people['sara']}",
    )
    code = page.text.split("/invitation/")[1].split("<")[0]
    browser = town.browser(network="198.51.100.4")
    fresh = "five amber lanterns sway"
    assert browser.post(f"/invitation/{code}", {"password": fresh}).status_code == 303
    browser.post("/sign-out", page="/account")
    assert browser.sign_in("sara", fresh).status_code == 303


def test_a_pupil_at_the_teachers_own_computer_is_stopped_there(town: Town):
    browser = town.by_the_form("tom")
    browser.post("/sign-out", page="/account")
    answers = [browser.sign_in("tom", f"guess number {number}").status_code for number in range(5)]
    assert answers == [422, 422, 422, 429, 429]
    assert town.browser().sign_in("tom").status_code == 303


def test_one_network_that_tries_many_accounts_is_stopped(town: Town):
    answers = [
        town.browser(network="203.0.113.5").sign_in(f"made.up{number}", "guess").status_code
        for number in range(17)
    ]
    assert answers[:15] == [422] * 15
    assert answers[15:] == [429, 429]


def test_colleagues_on_a_network_they_have_used_are_not_stopped_by_one_who_guesses_there(town: Town):
    town.by_the_form("sara", network="192.0.2.7")
    for number in range(17):
        town.browser(network="192.0.2.50").sign_in(f"made.up{number}", "guess")
    assert town.browser(network="192.0.2.8").sign_in("sara").status_code == 303


def test_an_unknown_address_is_counted_like_a_known_one(town: Town):
    assert flood(town, "sara") == flood(town, "nobody.at.all")


def test_a_throttled_try_costs_no_verification_and_one_line_in_the_trail(town: Town):
    flood(town, "sara", networks=2)
    passwords = town.app.extensions[EXTENSION].passwords
    before, lines = passwords.verifications, town.acts().count("account.sign_in_failed")
    assert lines == 4
    flood(town, "sara", networks=3)
    assert passwords.verifications == before
    assert town.acts().count("account.sign_in_failed") == lines


def test_a_success_gives_the_tries_back(town: Town):
    browser = town.browser()
    for _ in range(3):
        browser.sign_in("sara", "mistyped it")
        browser.sign_in("sara", "mistyped again")
        assert browser.sign_in("sara", PASSWORD).status_code == 303
        browser.post("/sign-out", page="/account")


def test_the_table_names_nobody_and_is_swept(town: Town):
    flood(town, "sara", networks=2)
    town.by_the_form("tom", network="192.0.2.7")
    rows = town.rows(Throttle)
    assert all(len(row.key) == 32 for row in rows)
    window = timedelta(minutes=15)
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=False):
        throttle.sweep(town.cast.store, window)
        (kept,) = town.rows(Throttle)
        assert kept.tries == 0
    with time_machine.travel(clock.now() + timedelta(days=91), tick=False):
        throttle.sweep(town.cast.store, window)
    assert town.rows(Throttle) == []
