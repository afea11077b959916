"""What pages are on paper: the words, whose they are, and nothing to press or to go to.

And one class of the demonstration is one sheet of A4, as the page promises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import enter, serving
from tests.caseload.desk import changed, full_plan
from tests.cast import Cast, standing_cast
from tests.engines import SQLiteStore
from tests.guards.reaching import app_over

# What leads elsewhere or does something. A link inside the words stays, as words.
TO_PRESS = (
    "nav, button, .govuk-button, main input:not([type=hidden]), main select, footer, .govuk-back-link, "
    ".govuk-breadcrumbs, .govuk-skip-link, .govuk-pagination, .govuk-service-navigation, .isp-header__aside"
)


@dataclass
class Place:
    """The running pages and the people who read them."""

    url: str
    cast: Cast
    paths: dict[str, str]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    store = SQLiteStore(tmp_path_factory.mktemp("databases"))
    with store.fresh() as url:
        cast = standing_cast(url)
        first = full_plan(review_in=20)
        record = cast.plan("ava", "sara", first, changed(first, strengths="Kind to everyone"))
        ava = cast.pupils["ava"]
        paths = {
            "plan": f"/plans/{record}",
            "class": f"/classes/{cast.groups['4T']}",
            "child": f"/my-child/{ava}",
            "history": f"/pupils/{ava}/history",
            "comparison": f"/plans/{record}/compare",
            "pupil": f"/pupils/{ava}",
        }
        with serving(app_over(cast)) as at:
            yield Place(at, cast, paths)
        cast.close()


@pytest.mark.parametrize(
    ("name", "path", "says"),
    [
        ("sara", "plan", ["Ava Planted", "Kind to everyone", "Following long instructions", "Version 2"]),
        ("pam", "plan", ["Ava Planted", "Kind to everyone"]),
        ("tom", "class", ["Planted", "nuts", "a quiet table"]),
        ("pam", "child", ["Ava Planted", "Kind to everyone", "a quiet table"]),
        ("sara", "history", ["Ava Planted", "finalised and shared version 2"]),
        ("pam", "history", ["Ava Planted"]),
        ("sara", "comparison", ["Kind to everyone"]),
        ("sara", "pupil", ["Ava Planted", "nuts"]),
    ],
)
def test_on_paper_the_words_stay_and_what_is_to_press_goes(
    place: Place, browser: Browser, name: str, path: str, says: list[str]
) -> None:
    page = enter(browser, place.url, name)
    page.goto(place.paths[path])
    page.emulate_media(media="print")
    expect(page.locator("h1")).to_be_visible()
    for words in says:
        expect(page.get_by_text(words).locator("visible=true").first).to_be_visible()
    shown = page.locator(TO_PRESS).locator("visible=true")
    assert shown.evaluate_all("all => all.map(one => one.outerHTML.slice(0, 120))") == []
    page.context.close()


def sheets(page: Page) -> list[tuple[int, int]]:
    """The sheets that the page prints on: their sizes in millimetres, as the PDF says them in points."""
    pdf = page.pdf(prefer_css_page_size=True)
    sizes = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", pdf)
    assert len(sizes) == len(re.findall(rb"/Type /Page\b", pdf)) > 0
    return [(round(float(wide) / 72 * 25.4), round(float(high) / 72 * 25.4)) for wide, high in sizes]


def test_a_class_of_the_demonstration_is_one_sheet_of_a4(
    page: Page, cast: list[dict[str, Any]], sign_in: Callable[..., dict[str, Any]]
) -> None:
    """The class that is shown to whoever tries the demonstration: six pupils, three of them with plans."""
    teacher = next(one for one in cast if "Teaches Elm" in one["shows"])
    sign_in(page, email=teacher["email"])
    page.goto("/classes")
    page.get_by_role("link", name=re.compile("Elm")).first.click()
    expect(page.locator("h1")).to_have_text("What helps in this class?")
    page.wait_for_load_state()
    assert page.locator(".isp-sheet tbody tr").count() >= 5
    assert page.locator(".isp-sheet tbody li").count() >= 6
    assert sheets(page) == [(210, 297)]


def test_a_page_that_goes_on_is_seen_to_go_on(place: Place, browser: Browser) -> None:
    """That sheets are counted at all: a plan is more than one."""
    page = enter(browser, place.url, "sara")
    page.goto(place.paths["plan"])
    assert len(sheets(page)) > 1
    page.context.close()
