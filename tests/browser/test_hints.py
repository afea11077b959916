"""Hints about wording in a real browser: they come while one types and never get in the way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.accessible import axe, reflows
from tests.browser.test_writing_a_plan import box, open_section, sara, site, status

__all__ = ["sara", "site"]

VAGUE = "Ava will have regular access to a quiet room, as needed"


@pytest.fixture
def statement(site):
    item = site.desk.content(site.record)["sections"]["outcomes"]["items"][0]["id"]
    return f"outcomes.{item}.statement"


def under(page, name):
    return page.locator(f'[data-hints="{name}"]')


def test_hints_come_while_one_types_and_the_typing_goes_on(sara, site, statement):
    page = open_section(sara, site, "outcomes")
    place = under(page, statement)
    expect(place).to_have_attribute("aria-live", "polite")
    box(page, statement).fill("")
    box(page, statement).press_sequentially(VAGUE)
    expect(place).to_contain_text("“regular”: Nobody can tell how often that is.", timeout=10_000)
    expect(box(page, statement)).to_be_focused()
    box(page, statement).press_sequentially(" at lunch")
    expect(box(page, statement)).to_have_value(f"{VAGUE} at lunch")
    axe(page)
    reflows(page)
    box(page, statement).fill(
        "Ava will line up with her class at lunch on 4 days of 5 by May 2027; now on one"
    )
    expect(place).to_have_text("", timeout=10_000)


def test_hints_that_stay_the_same_are_left_alone_so_that_they_are_not_read_out_again(sara, site, statement):
    page = open_section(sara, site, "outcomes")
    box(page, statement).fill(VAGUE)
    box(page, statement).blur()
    place = under(page, statement)
    expect(place).to_contain_text("“regular”", timeout=10_000)
    place.evaluate("node => { window.touched = 0; new MutationObserver(() => window.touched++)"
                   ".observe(node, {childList: true, subtree: true}); }")  # fmt: skip
    box(page, statement.replace("statement", "own_words")).fill("I go in")
    box(page, statement.replace("statement", "own_words")).blur()
    held = site.desk.content
    site.until(lambda: "own_words" in held(site.record)["sections"]["outcomes"]["items"][0])
    expect(status(page)).to_contain_text("Saved at")
    assert page.evaluate("window.touched") == 0


def test_a_hint_leads_to_the_box_in_which_it_can_be_said(sara, site, statement):
    page = open_section(sara, site, "outcomes")
    under(page, statement).get_by_role("link", name="Baseline").click()
    expect(box(page, statement.replace("statement", "baseline"))).to_be_focused()


def test_one_is_taken_and_one_refused_with_a_reason_by_keyboard_alone(sara, site, statement):
    page = open_section(sara, site, "outcomes")
    box(page, statement).fill("Ava will line up with her class often, etc., at lunch")
    box(page, statement).blur()
    place = under(page, statement)
    expect(place).to_contain_text("“etc.”", timeout=10_000)
    box(page, statement).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Ava will line up with her class often at lunch")
    page.keyboard.press("Tab")  # onto a button among the hints, which stay as long as one stands there
    expect(place.locator("button:focus")).to_have_count(1)
    expect(status(page)).to_have_attribute("data-state", "saved", timeout=10_000)
    expect(place).to_contain_text("“etc.”")
    box(page, statement.replace("statement", "measure")).focus()
    expect(place).not_to_contain_text("“etc.”", timeout=10_000)
    place.get_by_role("button", name="Set aside the hint “often”").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/draft/hints/"))
    expect(page.locator("h1")).to_have_text("Why should these words stay as they are?")
    axe(page)
    reflows(page)
    page.get_by_label("Why should they stay?").focus()
    page.keyboard.type("The measure below says how often")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit/outcomes#item-*")
    expect(under(page, statement)).to_contain_text("The measure below says how often")
    axe(page)
    page.goto(f"{site.url}/plans/{site.record}/finalise")
    expect(page.get_by_role("heading", name="What is vague")).to_be_visible()
    axe(page)
    reflows(page)
