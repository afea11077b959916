"""A real browser: a parent with a telephone sends a photograph, the SENCO files and replaces a report, and
brings old plans in. Each page on the way is accessible, wide and narrow, as are its refusals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import NARROW, enter, faults, serving
from tests.cast import Cast, small_plan, standing_cast
from tests.documents import files
from tests.documents.desk import Desk


@dataclass
class Here:
    """The running pages, and whose they are."""

    url: str
    cast: Cast

    def of(self, pupil: str) -> str:
        return f"/pupils/{self.cast.pupils[pupil]}/documents"


@pytest.fixture
def here(stores: dict[str, object], fresh_database: Callable[..., str]) -> Iterator[Here]:
    cast = standing_cast(fresh_database())
    cast.plan("ava", "sara", small_plan())
    with serving(Desk(cast, upload_bytes=2 * 1024 * 1024).app) as url:
        yield Here(url, cast)
    cast.close()


def said(page: Page, title: str) -> None:
    page.get_by_label("A letter").check()
    page.get_by_role("textbox", name="call it").or_(page.get_by_label("Its title")).fill(title)
    for part, value in (("Day", "3"), ("Month", "2"), ("Year", "2025")):
        page.get_by_label(part, exact=True).fill(value)


def well(page: Page) -> None:
    assert faults(page) == []


def test_a_parent_sends_a_letter_from_her_telephone(here: Here, browser: Browser, tmp_path: Path) -> None:
    page = enter(browser, here.url, "pam")
    page.set_viewport_size(NARROW)
    page.goto(f"/my-child/{here.cast.pupils['ava']}")
    page.get_by_role("link", name="Send the school a letter").click()
    well(page)
    page.set_viewport_size(NARROW)
    said(page, "Letter from the clinic")
    large = tmp_path / "IMG_0001.JPG"
    large.write_bytes(b"\xff\xd8\xff" + b"\x00" * (3 * 1024 * 1024))
    page.get_by_label("The file or photograph").set_input_files(large)
    page.get_by_role("button", name="Send it to the school").click()
    expect(page.get_by_role("alert")).to_contain_text("at most 2 MB")
    expect(page.get_by_label("Year", exact=True)).to_have_value("2025")
    well(page)
    page.set_viewport_size(NARROW)
    wrong = tmp_path / "drawing.jpg"
    wrong.write_bytes(files.SVG)
    page.get_by_label("The file or photograph").set_input_files(wrong)
    # The button takes no second press within a second of the first: nobody finds another photograph sooner.
    page.wait_for_timeout(1100)
    page.get_by_role("button", name="Send it to the school").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(page.get_by_text("choose it again").first).to_be_visible()
    expect(page.get_by_label("Year", exact=True)).to_have_value("2025")
    well(page)
    photograph = tmp_path / "IMG_0002.JPG"
    photograph.write_bytes(files.photograph())
    page.get_by_label("The file or photograph").set_input_files(photograph)
    page.get_by_role("button", name="Send it to the school").click()
    expect(page.get_by_role("heading", name="Letter from the clinic")).to_be_visible()
    well(page)
    with page.expect_download() as got:
        page.get_by_role("link", name="Download").click()
    assert got.value.suggested_filename == "letter-2025-02-03.jpg"
    page.context.close()


def test_the_senco_files_replaces_and_withdraws(here: Here, browser: Browser, tmp_path: Path) -> None:
    report = tmp_path / "Planted.pdf"
    report.write_bytes(files.pdf())
    page = enter(browser, here.url, "sara")
    page.goto(here.of("ava"))
    well(page)
    page.get_by_role("button", name="Add a document").click()
    well(page)
    said(page, "Speech and language")
    page.get_by_label("Staff only").check()
    page.get_by_label("The file").set_input_files(report)
    page.get_by_role("button", name="Add the document").click()
    well(page)
    page.get_by_role("link", name="Put a newer version").click()
    well(page)
    for part, value in (("Day", "4"), ("Month", "2"), ("Year", "2025")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label("The newer file").set_input_files(report)
    page.get_by_role("button", name="Add this version").click()
    expect(page.get_by_text("Version 2 is filed")).to_be_visible()
    page.get_by_text("Earlier versions").click()
    well(page)
    page.get_by_role("link", name="Withdraw Speech and language").click()
    well(page)
    page.get_by_label("It is the wrong file").check()
    page.get_by_label("Say what happened").fill("Filed twice")
    page.get_by_role("button", name="Withdraw this version").click()
    expect(page.get_by_text("The document is withdrawn")).to_be_visible()
    page.context.close()


def test_the_senco_brings_old_plans_in(here: Here, browser: Browser, tmp_path: Path) -> None:
    lot = {"old.docx": files.word("As it was"), "old.pdf": files.pdf(), "bad.svg": files.SVG}
    for name, data in lot.items():
        (tmp_path / name).write_bytes(data)
    page = enter(browser, here.url, "sara")
    page.goto("/settings")
    page.get_by_role("link", name="Bring old plans in").click()
    well(page)
    page.get_by_label("The files").set_input_files([tmp_path / name for name in lot])
    page.get_by_role("button", name="Look at these files").click()
    expect(page.get_by_text("bad.svg: An SVG drawing")).to_be_visible()
    well(page)
    page.get_by_role("button", name="Say whose they are").click()
    well(page)
    page.get_by_label("Where were they written?").fill("our school")
    page.get_by_label("Another pupil").first.select_option(index=1)
    page.get_by_role("button", name="Bring in those").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    well(page)
    for part, value in (("Day", "4"), ("Month", "2"), ("Year", "2024")):
        page.get_by_label(part, exact=True).first.fill(value)
    page.get_by_role("button", name="Bring in those").click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    well(page)
    page.context.close()
