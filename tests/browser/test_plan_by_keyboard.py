"""A plan from last cycle to the next version by keyboard alone, counted: keystrokes and pages.

The README states the numbers that are asserted here: nobody makes the way longer unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from isp.banks import entries
from isp.kernel import clock
from isp.kernel.ids import new_id
from isp.plans import countersigning
from isp.plans.content import load
from tests.browser.site import enter, faults, serving
from tests.cast import Cast, small_plan, standing_cast
from tests.engines import SQLiteStore
from tests.guards.reaching import app_over
from tests.reviews.desk import Desk

README = Path(__file__).resolve().parents[2] / "README.md"
MOST_TABS = 150
TARGET = "Nine times in ten"
REASON = "Spring review: three steps now"


class Keyboard:
    """Hands on a keyboard: every press is counted, and every page that comes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0
        self.typed = 0
        self.pages = 1

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def write(self, text: str) -> None:
        for letter in text:
            self.page.keyboard.type(letter)
        self.keys += len(text)
        self.typed += len(text)

    def to(self, wanted: Locator) -> None:
        """Tab until the focus is there; from the top past the menu by the skip link."""
        if self.page.evaluate("document.activeElement === document.body"):
            self.press("Tab")
            self.press("Enter")
        for _ in range(MOST_TABS):
            if wanted.evaluate("one => one === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"{wanted} cannot be reached by the keyboard")

    def open(self, wanted: Locator) -> None:
        """Go to a link or a button and press Enter; the next page has come."""
        self.to(wanted)
        with self.page.expect_navigation():
            self.press("Enter")
        self.page.wait_for_load_state("networkidle")
        self.pages += 1


@pytest.fixture
def cast(tmp_path: Path) -> Iterator[Cast]:
    store = SQLiteStore(tmp_path / "databases")
    store.folder.mkdir()
    with store.fresh() as url:
        made = standing_cast(url)
        yield made
        made.close()


@pytest.fixture
def record(cast: Cast) -> UUID:
    """Ava's plan at its review: results are in, one step was reached."""
    content = small_plan()
    outcomes = content["sections"]["outcomes"]["items"]
    outcomes[0] |= {"result": "less", "target": "Six times in ten", "level": "long_term"}
    outcomes.append(
        {
            "id": str(new_id()),
            "order": "b",
            "statement": "One step",
            "under": outcomes[0]["id"],
            "result": "expected",
        }
    )
    review = {"next_review_on": (clock.today() - timedelta(days=2)).isoformat(), "interval": "termly"}
    content["sections"]["review"]["fields"] = review
    # The school's calendar says on which day the next review falls: nobody types it.
    Desk(cast).term("oakfield", clock.today() - timedelta(days=100), clock.today() + timedelta(days=500))
    return cast.plan("ava", "sara", load(content))


def test_a_plan_from_last_cycle_by_keyboard_alone(browser: Browser, cast: Cast, record: UUID) -> None:
    with serving(app_over(cast)) as url:
        page = enter(browser, url, "sara")
        page.goto("/")
        hands = Keyboard(page)
        main = page.locator("main")
        hands.open(main.get_by_role("link", name="Ava Planted").first)
        hands.open(main.get_by_role("link", name="Version 1"))
        hands.open(main.get_by_role("link", name="Start the next cycle"))
        hands.open(main.get_by_role("button", name="Start the next cycle"))
        hands.open(main.get_by_role("link", name="Outcomes"))
        hands.to(page.locator('textarea[name$=".target"]').first)
        hands.press("Control+a")
        hands.write(TARGET)
        hands.press("Tab")
        expect(page.locator("[data-save-status]")).to_contain_text("Saved at", timeout=10_000)
        hands.open(main.get_by_role("link", name="All sections").last)
        hands.open(main.get_by_role("button", name="Finalise and share"))
        hands.to(page.locator("textarea[name=reason]"))
        hands.write(REASON)
        hands.open(main.get_by_role("button", name="Finalise and share"))
        expect(page.locator(".govuk-notification-banner")).to_contain_text("Version 2 is finalised")
        page.context.close()
    print(f"{hands.keys} keystrokes, {hands.typed} of them letters; {hands.pages} pages")
    said = re.search(
        r"by keyboard alone is (\d+) keystrokes, (\d+) of them letters, over (\d+) pages",
        README.read_text("utf-8"),
    )
    assert said, "the README states how many keystrokes a plan from last cycle takes"
    assert (hands.keys, hands.typed, hands.pages) == tuple(int(number) for number in said.groups())


def test_pages_in_states_the_site_does_not_have(browser: Browser, cast: Cast, record: UUID) -> None:
    """In the states that the pages of the site do not have: a cycle to start, a provision for several."""
    with cast.acting("sara") as unit:
        entry = entries.add(unit, cast.places["oakfield"], "provision", {"name": "Reading", "minutes": 20})
    with cast.acting("hal") as unit:
        countersigning.set_rule(unit, cast.places["oakfield"], "head", unit.today)
    with serving(app_over(cast)) as url:
        page = enter(browser, url, "sara")
        found = []
        plan = f"/plans/{record}"
        apply = f"/banks/entries/{entry}/apply"
        start = f"/pupils/{cast.pupils['ben']}/plan/start"
        for path in (start, f"{plan}/next", f"{plan}/template", apply, "/plans/review-week"):
            page.goto(path)
            found += [f"{path}: {fault}" for fault in faults(page)]
        page.goto(apply)
        page.get_by_label("Ava Planted").check()
        page.get_by_role("button", name="Add it to their plans").click()
        expect(page.locator("main")).to_contain_text("Done for 1 pupil")
        found += faults(page)
        page.goto(f"/banks/entries/{entry}/review")
        expect(page.locator("main")).to_contain_text("not linked to an outcome")
        found += faults(page)
        page.goto(f"{plan}/countersign")
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.locator("main")).to_contain_text("has not answered yet")
        found += faults(page)
        page.context.close()
        hal = enter(browser, url, "hal")
        hal.goto("/")
        expect(hal.locator("main")).to_contain_text("To countersign (1)")
        hal.goto(f"{plan}/countersign")
        hal.get_by_role("button", name="Send it back").click()
        expect(hal.locator(".govuk-error-summary")).to_be_visible()
        found += faults(hal)
        hal.context.close()
    assert not found, "\n\n".join(found)
