"""The golden thread in a real browser: linked and unlinked by keyboard, and said as it changes."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.accessible import axe, reflows
from tests.browser.test_writing_a_plan import box, open_section, sara, site, status

__all__ = ["sara", "site"]


def first(site, section):
    return site.desk.content(site.record)["sections"][section]["items"][0]


def chips(page, item):
    return page.locator(f'[data-hints="thread.{item}"]')


def count(page):
    return page.locator('[data-hints="thread-count"]')


def test_a_need_is_unlinked_and_linked_again_by_keyboard_alone(sara, site):
    need = first(site, "needs")["id"]
    page = open_section(sara, site, "needs")
    expect(count(page)).to_have_text("Everything is linked.")
    expect(chips(page, need)).to_contain_text("Outcome")
    axe(page)
    box(page, f"needs.{need}.evidence").focus()
    page.keyboard.type("Seen in class")
    chips(page, need).get_by_role("button", name=re.compile("^Unlink outcome")).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**#item-{need}")
    expect(count(page)).to_have_text("2 things not linked")
    expect(chips(page, need)).to_contain_text("No outcome is linked to the need")
    expect(box(page, f"needs.{need}.evidence")).to_have_value("Seen in class")
    axe(page)
    chips(page, need).locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_contain_text("Link outcome")
    axe(page)
    reflows(page)
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    expect(count(page)).to_have_text("Everything is linked.")
    assert first(site, "outcomes")["needs"] == [need]


def test_a_tick_changes_the_chips_and_what_is_read_out_while_one_writes(sara, site):
    outcome = first(site, "outcomes")["id"]
    page = open_section(sara, site, "outcomes")
    expect(count(page)).to_have_attribute("role", "status")
    box(page, f"outcomes.{outcome}.needs").focus()
    page.keyboard.press("Space")
    expect(count(page)).to_have_text("2 things not linked", timeout=10_000)
    expect(chips(page, outcome)).to_contain_text("is not linked to a need")
    expect(box(page, f"outcomes.{outcome}.needs")).to_be_focused()
    expect(page.get_by_role("heading", name="In other sections")).to_be_visible()
    axe(page)
    page.keyboard.press("Space")
    expect(count(page)).to_have_text("Everything is linked.", timeout=10_000)
    expect(status(page)).to_contain_text("Saved at")
