"""A review meeting in a real browser: on a telephone, by keyboard, saved as one types, and through axe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from isp.kernel import clock
from tests.browser.accessible import axe, reflows
from tests.browser.site import NARROW, enter, faults, serving
from tests.cast import Cast, small_plan, standing_cast
from tests.engines import SQLiteStore
from tests.reviews.desk import Desk


@dataclass
class Site:
    """The running pages, a plan and its review, which tom leads."""

    url: str
    desk: Desk
    plan: UUID
    review: UUID


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    store = SQLiteStore(tmp_path / "databases")
    store.folder.mkdir()
    with store.fresh() as url:
        cast: Cast = standing_cast(url)
        desk = Desk(cast)
        plan = cast.plan("ava", "sara", small_plan())
        review = desk.planned(plan, led_by="tom")
        with serving(desk.app) as address:
            yield Site(address, desk, plan, review)
        cast.close()


def saved(page: Page) -> None:
    expect(page.locator("[data-save-status]")).to_contain_text("Saved at", timeout=15_000)


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Save and go on").click()


def test_a_teacher_holds_and_closes_a_review_on_a_telephone(site: Site, browser: Browser) -> None:
    page = enter(browser, site.url, "tom")
    page.set_viewport_size(NARROW)
    page.goto(f"/reviews/{site.review}")
    page.get_by_role("button", name="Open the meeting").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who is here")
    page.get_by_role("button", name="Add a person").click()
    page.get_by_label("Name", exact=True).fill("Pam Example")
    page.get_by_role("radio", name="Came").check()
    go_on(page)
    page.get_by_label("The family’s words", exact=True).fill("She reads to her brother")
    saved(page)
    assert (
        site.desk.report(site.review)["sections"]["views"]["fields"]["family"] == "She reads to her brother"
    )
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("How did outcome 1 go?")
    assert not faults(page)
    page.set_viewport_size(NARROW)
    # By keyboard: the five results are radios.
    page.get_by_role("radio", name="Much less than expected").focus()
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="More than expected", exact=True)).to_be_checked()
    page.get_by_role("radio", name="Continue as it is").check()
    saved(page)
    go_on(page)
    page.get_by_label("What continues").fill("The morning group")
    go_on(page)
    page.get_by_role("radio", name="Continue SEN Support").check()
    day = clock.today() + timedelta(days=80)
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        page.get_by_label(part, exact=True).fill(str(value))
    page.get_by_role("button", name="Save, and look at it all before closing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Do you want to close this review?")
    expect(page.get_by_text("The next version is drafted with these changes")).to_be_visible()
    assert not faults(page)
    page.get_by_role("button", name="Close the review").click()
    expect(page.get_by_text("the next version of the plan is drafted")).to_be_visible()
    assert site.desk.aims(site.plan)[0]["result"] == "more"
    assert not faults(page)
    page.context.close()


def test_a_box_is_marked_as_pressed_and_hit_with_a_thumb(site: Site, browser: Browser) -> None:
    site.desk.open(site.review)
    page = enter(browser, site.url, "tom")
    page.set_viewport_size(NARROW)
    page.goto(f"/reviews/{site.review}/meeting/outcomes/{site.desk.outcome(site.review)['id']}")
    for name in ("Much less than expected", "As expected", "Much more than expected"):
        box = page.locator(".isp-results .govuk-radios__item", has_text=name).first.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["width"] >= 200
    page.context.close()


def test_two_people_at_the_table_see_each_other_s_words(site: Site, browser: Browser) -> None:
    site.desk.open(site.review)
    pages = [enter(browser, site.url, name) for name in ("tom", "sara")]
    for page in pages:
        page.goto(f"/reviews/{site.review}/meeting/overall")
    pages[0].get_by_label("What continues").fill("Reading")
    pages[1].get_by_label("What stops").fill("The pen")
    for page in pages:
        saved(page)
    fields = site.desk.report(site.review)["sections"]["overall"]["fields"]
    assert fields == {"continues": "Reading", "stops": "The pen"}
    for page in pages:
        page.context.close()


def test_the_chain_is_read_on_a_telephone_and_on_paper(site: Site, browser: Browser) -> None:
    page = enter(browser, site.url, "sara")
    page.goto(f"/pupils/{site.desk.cast.pupils['ava']}/cycles")
    axe(page)
    reflows(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Review of cycle 1")).to_be_visible()
    page.context.close()
