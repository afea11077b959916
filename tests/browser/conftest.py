"""Browser tests: the real server, a real Chromium, and what every page must pass.

``page.goto("/sign-in")`` goes to ``live_server``, which has the demonstration loaded. ``sign_in(page,
role)`` signs in as the first person of the demonstration with that role. ``axe(page)`` and ``reflows(page)``
come from tests.browser.accessible. ``shot(page, name)`` takes a screenshot where ISP_SHOTS_DIR names a
folder. ``phone`` makes a page in a narrow window.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, Playwright

from tests.browser import chromium
from tests.server import Server

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def driver() -> None:
    """Fails with one line, rather than with a broken pipe at every test, where the driver cannot run."""
    fault = chromium.driver_fault()
    if fault:
        pytest.fail(fault, pytrace=False)


@pytest.fixture(scope="session")
def playwright(driver: None, playwright: Playwright) -> Playwright:
    return playwright


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], browser_type: BrowserType
) -> dict[str, Any]:
    path = chromium.find(browser_type.executable_path)
    if path is None:
        pytest.fail(chromium.MISSING, pytrace=False)
    return {**browser_type_launch_args, "executable_path": path, "args": chromium.arguments()}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "en-GB", "timezone_id": "Europe/London"}


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server with the demonstration, one for each process of the run; what tests write stays in it."""
    with Server(tmp_path_factory.mktemp("live") / "var") as server:
        yield server


@pytest.fixture(scope="session")
def base_url(live_server: Server) -> str:
    return live_server.url


@pytest.fixture(scope="session")
def cast(live_server: Server) -> list[dict[str, Any]]:
    """The people of the demonstration who can sign in."""
    return live_server.people()


@pytest.fixture
def sign_in(cast: list[dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """``sign_in(page, role)`` or ``sign_in(page, email=…)``: signs in, and returns the person."""

    def go(page: Page, role: str = "", *, email: str = "") -> dict[str, Any]:
        person = next(p for p in cast if (p["email"] == email if email else p["role"] == role))
        page.goto("/sign-in")
        page.locator("input[name=email]").fill(person["email"])
        page.locator("input[name=password]").fill(person["password"])
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return person

    return go


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Page:
    """A page in a narrow window, touched rather than clicked."""
    context = new_context(viewport={"width": 375, "height": 740}, is_mobile=True, has_touch=True)
    return context.new_page()


@pytest.fixture
def shot() -> Callable[..., None]:
    """``shot(page, name)`` writes name.png into ISP_SHOTS_DIR; without the folder it does nothing."""
    folder = os.environ.get("ISP_SHOTS_DIR")

    def take(page: Page, name: str, *, full_page: bool = False) -> None:
        if folder:
            path = Path(folder) / f"{name}.png"
            page.screenshot(path=path, full_page=full_page, animations="disabled", caret="hide")

    return take
