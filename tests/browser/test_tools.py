"""The tools of the browser tests, on pages of their own: what passes, and what they catch."""

from __future__ import annotations

import pytest

from tests.browser import chromium
from tests.browser.accessible import axe, legible, reflows

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


LONG = "Words that are long enough to need more room"


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        (f'<p style="font-size:16px">{LONG}</p>', "does not grow"),
        (f'<p style="height:1.5rem;width:12rem;overflow:hidden">{LONG}</p>', "cut off"),
        (f'<details><summary>More</summary><p style="font-size:16px">{LONG}</p></details>', "does not grow"),
        ('<button style="width:3rem;font:inherit;word-break:break-all">Outcomes</button>', "broken"),
        (f'<button style="width:140px;white-space:nowrap">{LONG}</button>', "leaves its button"),
        (f'<p style="height:20px;margin:0">{LONG}</p><p style="margin:0">{LONG}</p>', "lies upon"),
        ('<input aria-label="Name" style="height:20px;font-size:1rem">', "too low for its text"),
        (f'<div style="overflow:auto;width:200px;white-space:nowrap">{LONG}</div>', "scrolls sideways"),
        (f'<p style="margin-left:-20px;white-space:nowrap">{LONG}</p>', "beyond the edge"),
        (f'<p style="white-space:nowrap">{LONG * 3}</p>', "wider than its window"),
    ],
)
def test_words_that_cannot_be_read_at_twice_their_size_are_caught(blank, markup, said):
    blank.set_content(PLAIN.replace("<p>Nothing wrong here.</p>", markup))
    with pytest.raises(AssertionError, match=said):
        legible(blank, 200)


def test_a_page_that_grows_with_its_text_is_left_as_it_was(blank):
    button = f'<button style="font:inherit">{LONG}</button>'
    markup = f"<details><summary>More</summary><p>{LONG * 20}</p></details>{button}"
    blank.set_content(PLAIN.replace("<p>Nothing wrong here.</p>", markup))
    before = blank.content()
    legible(blank, 200)
    assert blank.content().replace(' style=""', "") == before


def test_a_browser_that_is_named_wrongly_is_not_replaced(monkeypatch):
    monkeypatch.setenv("ISP_TEST_CHROMIUM", "/nonexistent/chromium")
    assert chromium.find("/also/nonexistent") is None


def test_without_any_browser_there_is_none(monkeypatch):
    monkeypatch.delenv("ISP_TEST_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "")
    assert chromium.find("/nonexistent") is None
