"""A linter for HTML pages, and a test client that lints every page it meets.

app.test_client_class = LintingClient
client = app.test_client()
client.forbidden_in_titles |= {"Ada Example"}   # names that no title and no address may hold
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"})
UNLABELLED = frozenset({"hidden", "submit", "button", "reset", "image"})


@dataclass(slots=True)
class Element:
    """One element: its tag, attributes, and the text within it, however deep."""

    tag: str
    attributes: dict[str, str | None]
    parent: Element | None
    pieces: list[str] = field(repr=False)
    """The text of the whole page in order, of which the element holds those from one place to another."""
    begins: int = 0
    ends: int | None = None
    within: list[Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces[self.begins : self.ends])

    def get(self, name: str) -> str:
        return self.attributes.get(name) or ""

    @property
    def classes(self) -> list[str]:
        return self.get("class").split()

    def inside(self, tag: str) -> Element | None:
        above = self.parent
        while above is not None and above.tag != tag:
            above = above.parent
        return above

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


class Reader(HTMLParser):
    """Reads a page's elements, in order, and which of them are not closed as they should be."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.pieces: list[str] = []
        self._open: list[Element] = []
        self.unbalanced: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        above, begins = self._open[-1] if self._open else None, len(self.pieces)
        element = Element(tag, dict(attrs), above, self.pieces, begins)
        if above is not None:
            above.within.append(element)
        self.elements.append(element)
        if tag in VOID:
            element.ends = begins
        else:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._close()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        while self._open:
            closed = self._close()
            if closed.tag == tag:
                return
            self.unbalanced.append(f"<{closed.tag}> is closed by </{tag}>")
        self.unbalanced.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def _close(self) -> Element:
        closed = self._open.pop()
        closed.ends = len(self.pieces)
        return closed


@lru_cache(maxsize=8)
def read(html: str) -> Reader:
    """The page, read once: a test asks the page that the linter has just read for this and that."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


class Page:
    """All elements of a page, in order."""

    def __init__(self, html: str) -> None:
        found = read(html)
        self.elements: Sequence[Element] = found.elements
        self.unbalanced: Sequence[str] = found.unbalanced

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]


def problems(html: str, *, nonce: str | None = None, names: frozenset[str] = frozenset()) -> list[str]:
    """What is wrong with a page, in sentences; an empty list if nothing is.

    nonce: the one in the response's policy. names: must not be in the title.
    """
    page = Page(html)
    found = list(page.unbalanced)
    by_id = Counter(element.get("id") for element in page.elements if element.get("id"))
    found += [f"id {name!r} is used {count} times" for name, count in by_id.items() if count > 1]
    found += _heads(page, names)
    found += _labels(page, set(by_id))
    found += _scripts(page, nonce)
    for link in page.all("a"):
        to = link.get("href")
        if to.startswith("#") and to[1:] not in by_id:
            found.append(f"a link leads to {to}, which is not on the page")
        if not (link.words or link.get("aria-label")):
            found.append(f"a link to {to!r} has no words")
    for form in page.all("form"):
        if form.get("method").lower() == "post" and not any(
            element.get("name") == "csrf_token" and element.inside("form") is form
            for element in page.all("input")
        ):
            found.append(f"the form to {form.get('action')!r} has no token")
    for element in page.elements:
        for attribute in ("aria-describedby", "aria-labelledby", "aria-controls"):
            found += [
                f"{attribute} names {name!r}, which is not on the page"
                for name in element.get(attribute).split()
                if name not in by_id
            ]
    return found


def _heads(page: Page, names: frozenset[str]) -> list[str]:
    found = []
    if not any(element.get("lang") for element in page.all("html")):
        found.append("the page does not say its language")
    headings = [element.words for element in page.all("h1")]
    if len(headings) != 1:
        found.append(f"the page has {len(headings)} h1: {headings}")
    titles = [element.words for element in page.all("title") if element.inside("svg") is None]
    if len(titles) != 1 or not titles[0]:
        return [*found, f"the page has no title, or several: {titles}"]
    question = titles[0].removeprefix("Error: ")
    if len(headings) == 1 and question.casefold() != headings[0].casefold():
        found.append(f"the title {titles[0]!r} is not the h1's question {headings[0]!r}")
    found += [
        f"the title {titles[0]!r} holds a name"
        for name in names
        if re.search(rf"\b{re.escape(name)}\b", titles[0], re.IGNORECASE)
    ]
    return found


def _labels(page: Page, ids: set[str]) -> list[str]:
    labelled = {element.get("for") for element in page.all("label") if element.words}
    found = []
    for element in page.all("input", "select", "textarea"):
        if element.tag == "input" and element.get("type") in UNLABELLED:
            continue
        named = (
            element.get("id") in labelled
            or element.get("aria-label")
            or (element.get("aria-labelledby") and set(element.get("aria-labelledby").split()) <= ids)
            or element.inside("label")
        )
        if not named:
            found.append(f"the {element.tag} {element.get('name')!r} has no label")
    found += [
        f"a label is for {element.get('for')!r}, which is not on the page"
        for element in page.all("label")
        if element.get("for") and element.get("for") not in ids
    ]
    found += [
        "a button has no words"
        for element in page.all("button")
        if not (element.words or element.get("aria-label"))
    ]
    found += ["a picture has no alt" for element in page.all("img") if "alt" not in element.attributes]
    return found


def _scripts(page: Page, nonce: str | None) -> list[str]:
    found = []
    for element in page.all("script"):
        if element.get("type") in {"application/json", "application/ld+json"}:
            continue
        if not element.get("src") and (not nonce or element.get("nonce") != nonce):
            found.append("an inline script lacks the nonce")
        if element.get("src") and not element.get("src").startswith("/"):
            found.append(f"a script comes from {element.get('src')}")
    found += ["a style element stands in the page" for _ in page.all("style")]
    for element in page.elements:
        for name, value in element.attributes.items():
            if name == "style":
                found.append(f"<{element.tag}> has an inline style")
            if name.startswith("on"):
                found.append(f"<{element.tag}> has an inline handler, {name}")
            if name in {"href", "action", "src"} and (value or "").strip().lower().startswith("javascript:"):
                found.append(f"<{element.tag}> has a script for an address")
    return found


def nonce_of(response: TestResponse) -> str | None:
    """The nonce in a response's policy."""
    found = re.search(r"'nonce-([^']+)'", response.headers.get("Content-Security-Policy", ""))
    return found[1] if found else None


class LintingClient(FlaskClient):
    """A test client that fails on a page with something wrong in it.

    Whole pages only: a fragment for a script has no <html>. Addresses it is sent to must not hold a
    forbidden name either.
    """

    forbidden_in_titles: frozenset[str] = frozenset()

    def open(self, *args: Any, **more: Any) -> TestResponse:
        # Read to the end and closed: a file that is being sent would stay open.
        more.setdefault("buffered", True)
        response = super().open(*args, **more)
        if response.mimetype == "text/html" and b"<html" in response.data[:2000]:
            wrong = problems(response.text, nonce=nonce_of(response), names=self.forbidden_in_titles)
            where = f"{response.request.method} {response.request.path}"
            assert not wrong, f"{where}:\n  " + "\n  ".join(wrong)
        place = response.headers.get("Location", "")
        for name in self.forbidden_in_titles:
            assert name.casefold() not in place.casefold(), f"an address holds a name: {place}"
        return response


def linting_client(app: Flask, *names: str, **more: Any) -> LintingClient:
    """A client of ``app`` that lints each page, and forbids ``names`` in titles and addresses."""
    client = LintingClient(app, app.response_class, **more)
    client.forbidden_in_titles = frozenset(names)
    return client


def hidden(response: TestResponse, name: str) -> str:
    """The value of the last input of this name: in a page with a sign-out form, the page's own form."""
    values = [
        element.get("value") for element in Page(response.text).all("input") if element.get("name") == name
    ]
    assert values, f"the page has no input {name!r}"
    return values[-1]
