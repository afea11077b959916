"""Copying a plan answer by answer into somebody else's portal: by keyboard, said aloud, for staff alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessible import axe, reflows
from tests.browser.site import enter, serving
from tests.cast import Cast, small_plan, standing_cast
from tests.engines import SQLiteStore
from tests.guards.reaching import app_over


@dataclass
class Place:
    """The running pages, and the address of Ava's plan on them."""

    url: str
    plan: str


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    store = SQLiteStore(tmp_path_factory.mktemp("databases"))
    with store.fresh() as url:
        cast: Cast = standing_cast(url)
        content = small_plan(strengths="Sings,\nand draws <b>trains</b>")
        record = cast.plan("ava", "sara", content)
        with serving(app_over(cast)) as at:
            yield Place(at, f"/plans/{record}")
        cast.close()


def opened(browser: Browser, place: Place, name: str) -> Page:
    page = enter(browser, place.url, name)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(place.plan)
    return page


def copied(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_senco_copies_an_answer_by_keyboard_and_is_told(browser: Browser, place: Place) -> None:
    page = opened(browser, place, "sara")
    button = page.get_by_role("button", name="Copy Strengths, About the pupil")
    expect(button).to_be_hidden()
    more = page.get_by_role("button", name="Copy answers one by one")
    more.focus()
    page.keyboard.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    button.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("status").filter(has_text="Copied: Strengths, About the pupil")).to_be_attached()
    expect(page.get_by_role("button", name="Copied Strengths, About the pupil")).to_be_focused()
    assert copied(page) == "Sings,\nand draws <b>trains</b>"
    axe(page)
    reflows(page)
    page.context.close()


def test_the_name_of_an_entry_and_a_list_are_copied_as_they_read(browser: Browser, place: Place) -> None:
    page = opened(browser, place, "sara")
    page.get_by_role("button", name="Copy answers one by one").click()
    page.get_by_role("button", name="Copy Follow a two-step instruction", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Copied: Follow")).to_be_attached()
    assert copied(page) == "Follow a two-step instruction"
    # The button stands beside the heading, not in it.
    heading = page.get_by_role("heading", name="Follow a two-step instruction", exact=True)
    expect(heading).to_have_count(1)
    page.context.close()


def test_where_a_browser_offers_no_clipboard_the_words_are_copied_all_the_same(
    browser: Browser, place: Place
) -> None:
    page = opened(browser, place, "sara")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})")
    page.get_by_role("button", name="Copy answers one by one").click()
    page.get_by_role("button", name="Copy Strengths, About the pupil").click()
    expect(page.get_by_role("status").filter(has_text="Copied: Strengths")).to_be_attached()
    page.evaluate("delete navigator.clipboard")
    assert copied(page) == "Sings,\nand draws <b>trains</b>"
    page.context.close()


def test_nothing_of_it_is_on_paper(browser: Browser, place: Place) -> None:
    page = opened(browser, place, "sara")
    page.get_by_role("button", name="Copy answers one by one").click()
    page.emulate_media(media="print")
    for button in page.get_by_role("button", name="Copy").all():
        expect(button).to_be_hidden()
    page.context.close()


def test_a_family_and_an_authority_have_no_such_buttons(browser: Browser, place: Place) -> None:
    page = opened(browser, place, "pam")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Copy answers one by one")).to_have_count(0)
    page.context.close()


def test_without_scripts_there_are_no_buttons_and_no_gap(browser: Browser, place: Place) -> None:
    with_scripts = enter(browser, place.url, "sara")
    state = with_scripts.context.storage_state()
    with_scripts.context.close()
    context = browser.new_context(java_script_enabled=False, base_url=place.url, storage_state=state)
    page = context.new_page()
    page.goto(place.plan)
    expect(page.get_by_text("and draws <b>trains</b>")).to_be_visible()
    expect(page.locator("[data-copies]")).to_be_hidden()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    context.close()


@pytest.mark.parametrize("name", ["sara", "pam"])
def test_what_to_print_is_chosen_on_a_page_and_comes_as_a_file(
    browser: Browser, place: Place, name: str
) -> None:
    page = enter(browser, place.url, name)
    page.goto(place.plan)
    page.get_by_role("link", name="Print or download").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What do you want to print or download?")
    axe(page)
    reflows(page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="PDF in large print of: the plan", exact=True).click()
    assert waiting.value.suggested_filename == "support-plan-1.pdf"
    page.context.close()
