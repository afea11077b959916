"""Signing in: who gets in, what everybody else is told, and what is kept of it."""

from __future__ import annotations

from tests.people.world import Town


def test_sara_signs_in_and_is_known_by_name(town: Town):
    browser = town.browser()
    answer = browser.sign_in("sara")
    assert answer.status_code == 303
    page = browser.get("/account")
    assert page.status_code == 200
    assert "Sara Example" in page.text
