"""The tools of the browser tests, on pages of their own: what passes, and what they catch."""

from __future__ import annotations

import pytest

from tests.browser import chromium
from tests.browser.accessible import axe, reflows

PLAIN = """<!doctype html><html lang="en"><head><title>A plain page</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>A plain page</h1><p>Nothing wrong here.</p></main></body></html>"""


@pytest.fixture
def blank(browser):
    """A page that comes from no server: none needs to start."""
    page = browser.new_page(viewport={"width": 800, "height": 600})
    yield page
    page.close()


def test_a_plain_page_passes(blank):
    blank.set_content(PLAIN)
    assert blank.locator("h1").inner_text() == "A plain page"
    axe(blank)
    reflows(blank)


def test_axe_names_rule_and_element(blank):
    blank.set_content(PLAIN.replace("<p>", '<img src="data:,"><input name="q"><p style="color:#bbb">'))
    with pytest.raises(AssertionError) as caught:
        axe(blank)
    said = str(caught.value)
    assert "image-alt" in said
    assert "color-contrast" in said
    assert '<input name="q">' in said


def test_a_page_too_wide_is_caught(blank):
    blank.set_content(PLAIN.replace("<p>", '<p style="width:900px">'))
    with pytest.raises(AssertionError, match="wider than a narrow window"):
        reflows(blank)


def test_a_browser_that_is_named_wrongly_is_not_replaced(monkeypatch):
    monkeypatch.setenv("ISP_TEST_CHROMIUM", "/nonexistent/chromium")
    assert chromium.find("/also/nonexistent") is None


def test_without_any_browser_there_is_none(monkeypatch):
    monkeypatch.delenv("ISP_TEST_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "")
    assert chromium.find("/nonexistent") is None
