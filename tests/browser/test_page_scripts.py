"""The scripts of the shell in a real browser, against a small app of their own: nothing typed is lost."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import render_template_string, request, session
from flask.typing import ResponseReturnValue
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from isp.web.problems import problem
from isp.web.resend import SignedOut
from tests.browser.accessible import axe, reflows
from tests.browser.site import serving
from tests.web.small_app import small_app, visitor

DRAFT = """
{% extends "layouts/form.html" %}
{% from "web/macros.html" import saved_status, submit %}
{% from "govuk_frontend_jinja/components/textarea/macro.html" import govukTextarea %}
{% from "govuk_frontend_jinja/components/date-input/macro.html" import govukDateInput %}
{% from "govuk_frontend_jinja/components/checkboxes/macro.html" import govukCheckboxes %}
{% set caption = "Canary Childname" %}
{% block question %}What helps?{% endblock %}
{% block body %}
  <form method="post" action="/draft" data-autosave="/draft/save" data-revision="{{ draft.revision }}">
    {{ form_token("Write") }}
    <input type="hidden" name="revision" value="{{ draft.revision }}">
    {{ saved_status() }}
    {% for name in ("helps", "hopes") %}
      {{ govukTextarea({"id": name, "name": name, "label": {"text": name}, "value": draft.fields[name]}) }}
    {% endfor %}
    {{ govukDateInput({"id": "due", "namePrefix": "due", "fieldset": {"legend": {"text": "Due"}}}) }}
    {{ govukCheckboxes({"idPrefix": "who", "name": "who", "fieldset": {"legend": {"text": "Who"}},
      "items": [{"value": "a", "text": "A"}, {"value": "b", "text": "B"}]}) }}
    {{ submit("Save") }}
  </form>
{% endblock %}
"""

SEARCH = """
{% extends "layouts/page.html" %}
{% block question %}Who are you looking for?{% endblock %}
{% block body %}
  <form method="post" action="/search" class="isp-search">{{ form_token() }}
    <label class="govuk-label" for="q">Name</label>
    <input class="govuk-input" id="q" name="q" data-search="/search" data-results="#found">
    <button class="govuk-button">Search</button>
  </form>
  <p data-search-said role="status"></p>
  <div id="found"></div>
{% endblock %}
"""


@dataclass
class Draft:
    """What the small server keeps, and how it shall behave next."""

    revision: int = 1
    fields: dict[str, Any] = field(default_factory=lambda: {"helps": "", "hopes": ""})
    received: list[dict[str, Any]] = field(default_factory=list)
    delay: float = 0.0
    failures: list[int] = field(default_factory=list)
    searched: list[str] = field(default_factory=list)

    def save(self, body: dict[str, Any]) -> ResponseReturnValue:
        self.received.append(body)
        time.sleep(self.delay)
        if self.failures:
            return problem(self.failures.pop(0), "The plan has been finalised.")
        errors = {
            name: "Write it without the word bad" for name, value in body["changes"].items() if value == "bad"
        }
        if errors:
            return problem(422, "Something needs to be put right.", errors=errors)
        self.fields.update(body["changes"])
        self.revision += 1
        return {"revision": self.revision, "saved_at": "10:42", "fields": dict(self.fields), "unsettled": 0}


@dataclass
class Site:
    """The running app, its address and what it keeps."""

    url: str
    draft: Draft

    def until(self, name: str, value: Any) -> None:
        """Wait until the server keeps this value."""
        deadline = time.monotonic() + 10
        while self.draft.fields.get(name) != value:
            assert time.monotonic() < deadline, (name, self.draft.fields, self.draft.received)
            time.sleep(0.05)


@pytest.fixture
def site() -> Iterator[Site]:
    app, _ = small_app()
    draft = Draft()

    @app.route("/draft", methods=["GET", "POST"])
    def show() -> str:
        if visitor() is None:
            raise SignedOut
        return render_template_string(DRAFT, draft=draft)

    @app.post("/draft/save")
    def save_draft() -> ResponseReturnValue:
        if visitor() is None:
            raise SignedOut
        return draft.save(request.get_json())

    @app.post("/in/<person>")
    def enter(person: str) -> str:
        session.clear()
        session["person"] = person
        return "in"

    @app.route("/search", methods=["GET", "POST"])
    def search() -> str:
        if request.headers.get("X-Fragment"):
            draft.searched.append(request.form["q"])
            return render_template_string('<p data-said="1 pupil">{{ q }}</p>', q=request.form["q"])
        return render_template_string(SEARCH)

    with serving(app) as address:
        yield Site(address, draft)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    # One of our own: the usual one starts the whole service first.
    made = browser.new_context(locale="en-GB")
    yield made
    made.close()


def sign_in(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    page.goto(f"{site.url}/sign-in")
    page.fill("#email", "p1")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("h1")).to_have_text("What is new?")
    page.wait_for_load_state("networkidle")
    # Closed with its context: closing a page while it still loads can hang the driver.


@pytest.fixture
def page(context: BrowserContext, site: Site) -> Page:
    sign_in(context, site)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console", lambda message: faults.append(message.text) if "Security Policy" in message.text else None
    )
    page.goto(f"{site.url}/draft")
    expect(page.locator("body.govuk-frontend-supported")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert faults == []
    return page


def status(page: Page) -> Any:
    return page.locator("[data-save-status]")


def test_typing_is_saved_and_said_so(page, site):
    expect(status(page)).to_have_text("Saved as you write.")
    page.locator("#helps").press_sequentially("Short breaks")
    expect(status(page)).to_have_text("Saved at 10:42", timeout=8000)
    assert site.draft.fields["helps"] == "Short breaks"
    assert page.locator("form[data-autosave]").get_attribute("data-revision") == str(site.draft.revision)
    assert page.locator('input[name="revision"]').input_value() == str(site.draft.revision)
    first = site.draft.received[0]
    assert first["shown"] == {"helps": ""}
    assert first["revision"] == 1


def test_leaving_a_field_saves_at_once_and_the_next_save_shows_what_was_shown(page, site):
    page.fill("#helps", "One")
    page.locator("#hopes").focus()
    site.until("helps", "One")
    expect(status(page)).to_have_text("Saved at 10:42")
    page.fill("#helps", "Two")
    page.locator("#hopes").focus()
    site.until("helps", "Two")
    assert site.draft.received[-1]["shown"] == {"helps": "One"}


def test_typing_while_a_save_is_on_its_way_is_not_lost(page, site):
    site.draft.delay = 1.0
    page.fill("#helps", "First")
    page.locator("#helps").dispatch_event("change")
    page.wait_for_timeout(300)
    page.locator("#helps").press_sequentially(" and second")
    assert page.locator("#helps").input_value() == "First and second"
    site.until("helps", "First and second")
    assert page.locator("#helps").input_value() == "First and second"
    assert site.draft.received[0]["changes"] == {"helps": "First"}


def test_offline_is_said_and_mended_without_losing_a_letter(page, site, context):
    context.set_offline(True)
    page.fill("#helps", "Written on a train")
    page.locator("#hopes").focus()
    expect(status(page)).to_have_text("Not saved: you are offline, keep this page open.")
    context.set_offline(False)
    site.until("helps", "Written on a train")
    expect(status(page)).to_have_text("Saved at 10:42")


def test_signed_out_keeps_the_page_and_a_sign_in_in_another_tab_lets_it_go_on(page, site, context):
    context.clear_cookies()
    page.fill("#helps", "Kept")
    page.locator("#hopes").focus()
    expect(status(page)).to_contain_text("You are signed out: sign in in another tab")
    assert page.get_by_role("link", name="Sign in (new tab)").get_attribute("href") == "/sign-in"
    sign_in(context, site)
    page.locator("#hopes").press_sequentially("and more")
    site.until("helps", "Kept")
    site.until("hopes", "and more")
    expect(status(page)).to_have_text("Saved at 10:42")


def test_a_refused_field_is_said_beside_it_and_the_others_are_saved(page, site):
    page.fill("#helps", "bad")
    page.fill("#hopes", "good")
    page.locator("body").click()
    site.until("hopes", "good")
    expect(page.locator("#helps-not-saved")).to_have_text("Write it without the word bad")
    assert "helps-not-saved" in (page.locator("#helps").get_attribute("aria-describedby") or "")
    page.fill("#helps", "better")
    page.locator("#hopes").focus()
    site.until("helps", "better")
    expect(page.locator("#helps-not-saved")).to_have_count(0)


def test_a_busy_service_is_tried_again(page, site):
    site.draft.failures = [503]
    page.fill("#helps", "Patience")
    page.locator("#hopes").focus()
    expect(status(page)).to_contain_text("Not saved yet")
    site.until("helps", "Patience")


def test_a_page_that_can_no_longer_be_saved_says_why_and_asks_before_it_is_left(page, site):
    site.draft.failures = [409]
    page.fill("#helps", "Too late")
    page.locator("#hopes").focus()
    expect(status(page)).to_contain_text("Not saved: The plan has been finalised. Copy what you need")
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.accept()


def test_going_away_sends_what_is_left(page, site):
    page.on("dialog", lambda dialog: dialog.accept())
    page.fill("#helps", "Last words")
    page.goto(f"{site.url}/search")
    site.until("helps", "Last words")


def test_somebody_elses_change_appears_where_nobody_is_typing(page, site):
    site.draft.fields["hopes"] = "Theirs"
    page.fill("#helps", "Mine")
    page.locator("h1").click()
    site.until("helps", "Mine")
    expect(page.locator("#hopes")).to_have_value("Theirs")
    page.wait_for_timeout(300)
    assert [body["changes"] for body in site.draft.received] == [{"helps": "Mine"}]


def test_a_date_goes_whole_and_ticks_go_as_a_list(page, site):
    page.fill("#due-day", "14")
    page.fill("#due-month", "3")
    page.wait_for_timeout(2500)
    assert site.draft.received == []
    page.fill("#due-year", "2027")
    page.locator("#who").check()
    site.until("due-year", "2027")
    site.until("who", ["a"])
    sent = next(body["changes"] for body in site.draft.received if "due-day" in body["changes"])
    assert {name: sent[name] for name in sent if name != "who"} == {
        "due-day": "14", "due-month": "3", "due-year": "2027",
    }  # fmt: skip


def test_nothing_is_kept_in_the_browsers_own_storage(page, site):
    page.fill("#helps", "Canary")
    page.locator("#hopes").focus()
    site.until("helps", "Canary")
    kept = page.evaluate(
        "async () => JSON.stringify([{...localStorage}, {...sessionStorage}, await indexedDB.databases(),"
        " await caches.keys()])"
    )
    assert json.loads(kept) == [{}, {}, [], []]


def test_sending_the_form_asks_nothing(page, site):
    asked: list[str] = []

    def note(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", note)
    page.fill("#helps", "Sent")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    assert asked == []


def test_search_follows_the_typing_and_keeps_the_words_out_of_the_address(page, site):
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    page.goto(f"{site.url}/search")
    page.wait_for_load_state("networkidle")
    page.locator("#q").press_sequentially("Canary <b>", delay=20)
    expect(page.locator("#found p")).to_have_text("Canary <b>")
    expect(page.locator("[data-search-said]")).to_have_text("1 pupil")
    assert not [url for _, url in asked if "anary" in url]
    assert site.draft.searched[-1] == "Canary <b>"


def test_a_printed_page_has_the_childs_name_and_nothing_to_press(page, site):
    page.emulate_media(media="print")
    assert page.get_by_text("Canary Childname").is_visible()
    assert page.locator("h1").is_visible()
    for gone in ("nav", ".govuk-button", ".isp-footer", ".isp-header__aside", "[data-save-status]"):
        assert not page.locator(gone).first.is_visible(), gone


def test_pages_of_the_shell_pass_axe_and_fit_a_narrow_window(page, site):
    for path in ("/", "/note", "/draft", "/search", "/nowhere", "/fail/invalid", "/sign-in"):
        page.goto(site.url + path)
        expect(page.locator("body.govuk-frontend-supported")).to_be_visible()
        axe(page)
        reflows(page)


def test_a_rejected_form_passes_axe_and_its_summary_leads_to_the_fields(page, site):
    page.goto(f"{site.url}/note")
    page.get_by_role("button", name="Save note").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    axe(page)
    page.get_by_role("link", name="Enter the day you saw it").click()
    expect(page.locator("#seen_on-day")).to_be_focused()
