"""The family's pages on a narrow window, and the staff's pages that gather, in a real browser.

Against the room's pages over the standing cast, in a server of this process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.accessible import axe, reflows
from tests.browser.site import serving
from tests.caseload.desk import Desk, changed, full_plan
from tests.cast import PASSWORD, standing_cast
from tests.engines import SQLiteStore

NARROW = {"width": 320, "height": 640}


@dataclass
class Site:
    """The running pages and what they keep."""

    url: str
    desk: Desk

    def child(self) -> str:
        return f"{self.url}/my-child/{self.desk.cast.pupils['ava']}"

    def sheet(self) -> str:
        return f"{self.url}/classes/{self.desk.cast.groups['4T']}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    store = SQLiteStore(tmp_path_factory.mktemp("databases"))
    with store.fresh() as url:
        cast = standing_cast(url)
        desk = Desk(cast)
        first = full_plan(review_in=20)
        desk.plan("ava", first, changed(first, strengths="Kind to everyone"))
        desk.plan("ben", full_plan(review_in=-2))
        with serving(desk.app) as address:
            yield Site(address, desk)
        cast.close()


@pytest.fixture
def enter(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """``enter("pam")`` gives a page on which somebody of the cast is signed in."""
    opened: list[BrowserContext] = []

    def go(name: str, width: int = 1200) -> Page:
        context = browser.new_context(
            locale="en-GB", timezone_id="Europe/London", viewport={"width": width, "height": 800}
        )
        opened.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.goto(f"{site.url}/sign-in")
        page.fill("input[name=email]", f"{name}@cast.example")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield go
    for context in opened:
        context.close()


def test_a_parent_reads_the_plan_on_a_narrow_window(site, enter, shot):
    page = enter("pam", NARROW["width"])
    page.goto(f"{site.url}/")
    expect(page).to_have_title("How is my child helped?")
    expect(page.locator(".govuk-caption-l")).to_have_text("Ava Planted")
    expect(page.get_by_role("heading", name="What adults do every day")).to_be_visible()
    axe(page)
    reflows(page)
    shot(page, "parent-reads-the-plan")


def test_a_parent_reads_who_looked_and_what_happened(site, enter, shot):
    page = enter("pam", NARROW["width"])
    page.goto(site.child())
    page.get_by_role("link", name="Who can see this, and who has looked").click()
    expect(page).to_have_title("Who can see this?")
    axe(page)
    reflows(page)
    page.get_by_role("link", name="Every look, day by day").click()
    expect(page).to_have_title("What happened, and who looked?")
    axe(page)
    reflows(page)
    shot(page, "parent-history")


def test_a_young_person_reads_her_own_page(site, enter):
    page = enter("yan", NARROW["width"])
    expect(page).to_have_title("What is in my plan?")
    axe(page)
    reflows(page)


def test_a_parents_page_prints_without_what_is_only_for_the_screen(site, enter, tmp_path: Path):
    page = enter("pam")
    page.goto(site.child())
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Earlier plans")).to_be_hidden()
    expect(page.get_by_role("heading", name="What happens next")).to_be_visible()


def test_a_senco_searches_as_she_types(site, enter, shot):
    page = enter("sara")
    expect(page).to_have_title("What must I do this week?")
    axe(page)
    page.get_by_label("Find a pupil").press_sequentially("cle")
    expect(page.locator("#hits a")).to_have_text("Cleo Planted")
    axe(page)
    reflows(page)
    shot(page, "senco-home")


def test_a_senco_searches_without_scripts(site, browser: Browser):
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{site.url}/sign-in")
    page.fill("input[name=email]", "sara@cast.example")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.fill("input[name=q]", "cleo")
    page.press("input[name=q]", "Enter")
    expect(page).to_have_title("Which pupil do you mean?")
    assert "cleo" not in page.url.lower()
    expect(page.locator("#hits a")).to_have_text("Cleo Planted")
    context.close()


def test_a_pupils_page_and_its_history(site, enter, shot):
    page = enter("sara")
    page.goto(f"{site.url}/pupils/{site.desk.cast.pupils['ava']}")
    axe(page)
    reflows(page)
    shot(page, "pupil-page")
    page.get_by_role("link", name="History: what happened and who looked").click()
    expect(page.get_by_text("Nothing in this history was altered")).to_be_visible()
    page.locator("summary", has_text="Show only some of it").click()
    page.get_by_label("What").select_option("shared")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("finalised and shared version").first).to_be_visible()
    axe(page)
    reflows(page)
    shot(page, "history")


def test_a_class_is_one_sheet_of_paper(site, enter, shot, tmp_path: Path):
    page = enter("tom")
    expect(page).to_have_title("Which class?")
    axe(page)
    page.get_by_role("link", name="4T").click()
    expect(page).to_have_title("What helps in this class?")
    axe(page)
    reflows(page)
    shot(page, "class-sheet")
    pdf = page.pdf(path=tmp_path / "sheet.pdf", prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 1
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Cover version")).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Cover version").click()
    expect(page).to_have_title("What must I know today?")
    expect(page.get_by_text("Planted")).to_have_count(0)
    axe(page)
