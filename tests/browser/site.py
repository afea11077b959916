"""The pages of the application over a world of a test's own, in a server of this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize
from werkzeug.serving import make_server

from tests.browser.accessible import axe, legible
from tests.cast import PASSWORD

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

WIDE: ViewportSize = {"width": 1200, "height": 900}
NARROW: ViewportSize = {"width": 320, "height": 640}


@runtime_checkable
class SupportsClose(Protocol):
    def close(self) -> None: ...


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address at which the application answers."""
    server = make_server("127.0.0.1", 0, partial(closing, app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def closing(app: Flask, environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
    """An answer that is closed even where the browser went away before it was sent.

    The server leaves it open then, and the file behind it is found unclosed in whichever test comes next.
    """
    answer = app(environ, start_response)
    try:
        yield from answer
    finally:
        if isinstance(answer, SupportsClose):
            answer.close()


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
    page.wait_for_load_state()
    for size, percent in ((WIDE, 200), (NARROW, 100)):
        page.set_viewport_size(size)
        for check in (partial(axe, page), partial(legible, page, percent)):
            try:
                check()
            except AssertionError as fault:
                found.append(f"{size['width']} wide: {fault}")
    page.set_viewport_size(WIDE)
    return found
