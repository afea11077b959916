"""The pages of the application over a world of a test's own, in a server of this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize
from werkzeug.serving import make_server

from tests.browser.accessible import axe, legible
from tests.cast import PASSWORD

WIDE: ViewportSize = {"width": 1200, "height": 900}
NARROW: ViewportSize = {"width": 320, "height": 640}


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address at which the application answers."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def enter(browser: Browser, url: str, name: str) -> Page:
    """A page in a browser of its own, on which this person of the cast is signed in, or ``anonymous``."""
    context = browser.new_context(locale="en-GB", timezone_id="Europe/London", viewport=WIDE, base_url=url)
    context.set_default_timeout(10_000)
    page = context.new_page()
    if name != "anonymous":
        page.goto("/sign-in")
        page.fill("input[name=email]", f"{name}@cast.example")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda address: "/sign-in" not in address)
    return page


def faults(page: Page) -> list[str]:
    """What is wrong with the page: in a wide window, there with large text too, and in a narrow one."""
    found = []
    for size, percent in ((WIDE, 200), (NARROW, 100)):
        page.set_viewport_size(size)
        for check in (partial(axe, page), partial(legible, page, percent)):
            try:
                check()
            except AssertionError as fault:
                found.append(f"{size['width']} wide: {fault}")
    page.set_viewport_size(WIDE)
    return found
