"""Writing a plan in a real browser: saved as one types, and nothing typed is lost, whatever happens.

Against the plan's own pages over the standing cast, in a server of this process.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from isp.plans import actions
from isp.records.changes import changes_between
from tests.browser.accessible import axe, reflows
from tests.browser.site import serving
from tests.cast import PASSWORD, Cast, small_plan, standing_cast
from tests.engines import SQLiteStore
from tests.plans.desk import Desk


@dataclass
class Site:
    """The running pages, and what they keep."""

    url: str
    desk: Desk
    record: UUID

    @property
    def edit(self) -> str:
        return f"{self.url}/plans/{self.record}/edit"

    def about(self) -> dict[str, Any]:
        held: dict[str, Any] = self.desk.content(self.record)["sections"]["about_me"]["fields"]
        return held

    def until(self, check: Callable[[], bool]) -> None:
        """Wait until the store says so."""
        deadline = time.monotonic() + 15
        while not check():
            assert time.monotonic() < deadline, self.about()
            time.sleep(0.05)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    store = SQLiteStore(tmp_path / "databases")
    store.folder.mkdir()
    with store.fresh() as url:
        cast: Cast = standing_cast(url)
        record = cast.plan("ava", "sara", small_plan())
        with cast.acting("sara") as unit:
            actions.start_draft(unit, record)
        desk = Desk(cast)
        with serving(desk.app) as address:
            yield Site(address, desk, record)
        cast.close()


def enter(browser: Browser, site: Site, name: str) -> BrowserContext:
    """A browser of its own with somebody of the cast signed in."""
    context = browser.new_context(locale="en-GB", timezone_id="Europe/London")
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(f"{site.url}/sign-in")
    page.fill("input[name=email]", f"{name}@cast.example")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return context


@pytest.fixture
def sara(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    context = enter(browser, site, "sara")
    yield context
    context.close()


@pytest.fixture
def tom(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    context = enter(browser, site, "tom")
    yield context
    context.close()


def open_section(context: BrowserContext, site: Site, section: str = "about_me") -> Page:
    page = context.new_page()
    page.goto(f"{site.edit}/{section}")
    expect(page.locator("body.govuk-frontend-supported")).to_be_visible()
    page.wait_for_load_state("networkidle")
    return page


def box(page: Page, name: str):
    return page.locator(f'[name="{name}"]')


def status(page: Page):
    return page.locator("[data-save-status]")


def test_what_a_senco_types_is_saved_and_there_again_when_the_tab_was_killed(sara, site):
    page = open_section(sara, site)
    box(page, "about_me.interests").press_sequentially("Trains, and maps")
    expect(status(page)).to_contain_text("Saved at", timeout=10_000)
    assert site.about()["interests"] == "Trains, and maps"
    page.close(run_before_unload=False)
    again = open_section(sara, site)
    expect(box(again, "about_me.interests")).to_have_value("Trains, and maps")


def test_offline_it_says_so_and_saves_when_the_line_is_back(sara, site):
    page = open_section(sara, site)
    sara.set_offline(True)
    box(page, "about_me.interests").press_sequentially("Trains")
    expect(status(page)).to_contain_text("you are offline", timeout=10_000)
    assert "interests" not in site.about()
    sara.set_offline(False)
    expect(status(page)).to_contain_text("Saved at", timeout=15_000)
    assert site.about()["interests"] == "Trains"


def test_a_button_pressed_offline_keeps_the_page_and_goes_on_when_the_line_is_back(sara, site):
    page = open_section(sara, site)
    sara.set_offline(True)
    box(page, "about_me.strengths").fill("Typed on a train, and pressed")
    page.get_by_role("button", name="Save and go on").click()
    expect(status(page)).to_contain_text("you are offline", timeout=10_000)
    expect(status(page)).to_be_in_viewport()
    expect(box(page, "about_me.strengths")).to_have_value("Typed on a train, and pressed")
    sara.set_offline(False)
    expect(status(page)).to_contain_text("Saved at", timeout=15_000)
    # The button takes no second press within a second of the first.
    page.wait_for_timeout(1100)
    with page.expect_navigation():
        page.get_by_role("button", name="Save and go on").click()
    assert site.about()["strengths"] == "Typed on a train, and pressed"


def test_somebody_elses_words_in_another_box_appear_and_stay(sara, tom, site):
    hers, his = open_section(sara, site), open_section(tom, site)
    box(his, "about_me.hard").fill("Assembly")
    box(his, "about_me.hard").blur()
    site.until(lambda: site.about().get("hard") == "Assembly")
    box(hers, "about_me.interests").fill("Trains")
    box(hers, "about_me.interests").blur()
    expect(box(hers, "about_me.hard")).to_have_value("Assembly", timeout=10_000)
    assert site.about()["interests"] == "Trains"


def test_two_in_one_box_are_asked_and_choose(sara, tom, site):
    hers, his = open_section(sara, site), open_section(tom, site)
    box(his, "about_me.strengths").fill("Sings all day")
    box(his, "about_me.strengths").blur()
    site.until(lambda: site.about()["strengths"] == "Sings all day")
    box(hers, "about_me.strengths").fill("Kind to everybody")
    box(hers, "about_me.strengths").blur()
    expect(status(hers)).to_contain_text("Somebody else changed the same words", timeout=10_000)
    expect(box(hers, "about_me.strengths")).to_have_value("Kind to everybody")
    with sara.expect_page() as opened:
        status(hers).get_by_role("link").click()
    choosing = opened.value
    expect(choosing.locator("h1")).to_have_text("Two people changed this. Which words stay?")
    axe(choosing)
    reflows(choosing)
    choosing.get_by_label("Mine", exact=True).check()
    choosing.get_by_role("button", name="Keep these words").click()
    expect(choosing.locator(".govuk-notification-banner")).to_contain_text("Settled")
    assert site.about()["strengths"] == "Kind to everybody"


def test_a_box_one_stands_in_while_another_writes_there_is_never_overwritten_by_the_button(sara, tom, site):
    hers, his = open_section(sara, site), open_section(tom, site)
    box(hers, "about_me.strengths").focus()
    box(his, "about_me.strengths").fill("Sings all day")
    box(his, "about_me.strengths").blur()
    site.until(lambda: site.about()["strengths"] == "Sings all day")
    hers.get_by_role("button", name="Save", exact=True).first.click()
    expect(hers.locator(".govuk-notification-banner")).to_contain_text("Saved at")
    assert site.about()["strengths"] == "Sings all day"


def test_by_keyboard_alone(sara, site):
    page = open_section(sara, site, "needs")
    page.get_by_role("button", name="Add a need").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#item-*")
    barriers = page.locator('textarea[name$=".barrier"]')
    expect(barriers).to_have_count(2)
    barriers.nth(1).focus()
    page.keyboard.type("Noise in the hall")
    page.keyboard.press("Tab")
    expect(status(page)).to_contain_text("Saved at", timeout=10_000)
    page.get_by_role("button", name=re.compile("^Up ")).focus()
    page.keyboard.press("Space")
    expect(page.locator('textarea[name$=".barrier"]').first).to_have_value("Noise in the hall")
    page.get_by_role("button", name="Remove Noise in the hall").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The entry was removed.")).to_be_visible()
    page.get_by_role("button", name="Put it back").focus()
    page.keyboard.press("Enter")
    expect(page.locator('textarea[name$=".barrier"]')).to_have_count(2)


def test_enter_in_a_line_saves(sara, site):
    page = open_section(sara, site)
    box(page, "about_me.preferred_name").fill("Avie")
    box(page, "about_me.preferred_name").press("Enter")
    expect(page.locator(".govuk-notification-banner")).to_contain_text("Saved at")
    assert site.about()["preferred_name"] == "Avie"


def test_a_date_that_is_none_is_said_at_its_box_while_the_rest_is_saved(sara, site):
    page = open_section(sara, site, "review")
    box(page, "review.led_by").fill("Sara")
    for part, text in (("day", "31"), ("month", "2"), ("year", "2027")):
        box(page, f"review.next_review_on-{part}").fill(text)
    box(page, "review.next_review_on-year").blur()
    expect(page.locator(".govuk-error-message")).to_contain_text("Give a real date", timeout=10_000)
    held = site.desk.content
    site.until(lambda: held(site.record)["sections"]["review"]["fields"].get("led_by") == "Sara")
    expect(box(page, "review.next_review_on-day")).to_have_value("31")


SECTIONS = (
    "about_me", "must_know", "family_views", "needs", "context", "layer", "outcomes", "provision",
    "adjustments", "advice", "health_and_care", "exam_access", "transition", "review",
)  # fmt: skip


def test_every_page_is_accessible_and_reads_in_a_narrow_window(sara, site):
    cast = site.desk.cast
    with cast.acting("sara") as unit:
        found = cast.draft(unit, site.record)
        again = small_plan(strengths="Kind to everybody, and patient", interests="Trains")
        actions.save_draft(unit, site.record, 0, changes_between(found.content, again))
    with cast.acting("sara") as unit:
        actions.publish(unit, site.record, 1, "The autumn review")
        actions.start_draft(unit, site.record)
    page = sara.new_page()
    plan = f"{site.url}/plans/{site.record}"
    paths = ["", "/versions", "/versions/1", "/compare", "/as-of", "/as-of?on=2026-01-01", "/edit", "/draft"]
    paths += [
        "/draft/changes",
        "/draft/discard",
        "/finalise",
        "/versions/1/bring-back",
        "/versions/1/withdraw",
    ]
    paths += ["/end", "/earlier", *(f"/edit/{name}" for name in SECTIONS)]
    for path in paths:
        page.goto(plan + path)
        axe(page)
        reflows(page)
