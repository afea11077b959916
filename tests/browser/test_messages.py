"""Messages in a real browser: new ones, none, and how one wants to be told, with a mistake in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from isp import create_app
from isp.notices.actions import tell
from tests.browser.site import enter, faults, serving
from tests.cast import Cast, standing_cast
from tests.engines import SQLiteStore
from tests.people.world import settings


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = SQLiteStore(tmp_path_factory.mktemp("databases"))
    with store.fresh() as url:
        cast: Cast = standing_cast(url)
        with cast.acting("dan") as unit:
            for kind in ("plan_shared", "assessment_decided", "plan_ended"):
                tell(unit, [cast.people["pam"], cast.people["sara"]], kind, cast.pupils["ava"])
        key = f"key-{'0' * 36}-{'1' * 36}"
        given = settings(public_url="https://plans.example", text_key=key, text_template="a-template")
        with serving(create_app(replace(given, sign_in_tries=100), cast.store)) as address:
            yield address
        cast.close()


@pytest.mark.parametrize("name", ["pam", "sara"])
def test_new_messages_are_found_read_and_marked(at: str, browser: Browser, name: str) -> None:
    page = enter(browser, at, name)
    page.click("text=New messages")
    expect(page.locator("strong.govuk-tag")).to_have_count(3)
    found = faults(page)
    page.get_by_role("button", name="Mark as read").first.click()
    expect(page.locator("strong.govuk-tag")).to_have_count(2)
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("link", name="Messages", exact=True)).to_have_count(1)
    expect(page.locator("strong.govuk-tag")).to_have_count(0)
    found += faults(page)
    page.context.close()
    assert not found


def test_choosing_how_to_be_told_says_what_is_wrong_and_keeps_it(at: str, browser: Browser) -> None:
    page = enter(browser, at, "tom")
    page.goto("/account")
    page.click("text=Choose how I am told of things")
    page.get_by_label("A support plan has ended").uncheck()
    page.get_by_label("Mobile number for urgent text messages").fill("12")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Enter a UK mobile number")
    page.wait_for_load_state()
    assert page.get_by_label("Mobile number for urgent text messages").input_value() == "12"
    assert not page.get_by_label("A support plan has ended").is_checked()
    found = faults(page)
    page.get_by_label("Mobile number for urgent text messages").fill("07700 900982")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Your choices are saved")
    found += faults(page)
    page.goto("/messages")
    expect(page.locator("main")).to_contain_text("There are no messages")
    found += faults(page)
    page.context.close()
    assert not found
