"""The layout, the headers, static files, and what a proxy may and may not say."""

import hashlib
from pathlib import Path

import pytest
from flask import Flask

from isp.web import assets, shell
from tests.pages import Page, linting_client, nonce_of
from tests.web.small_app import settings_with, small_app

WEB = Path(shell.__file__).parent


def test_a_page_has_its_question_as_title_and_heading_and_the_childs_name_only_as_a_caption():
    client = linting_client(small_app()[0], "Canary Childname")
    page = Page(client.get("/").text)
    assert [each.words for each in page.all("h1")] == ["What is new?"]
    assert (
        "govuk-caption-l" in next(each for each in page.elements if each.text == "Canary Childname").classes
    )


def test_a_day_with_a_duty_says_how_far_off_it_is():
    text = Page(small_app()[0].test_client().get("/").text).all("main")[0].words
    assert "14 March 2027 (in " in text or "14 March 2027 (" in text
    assert "There are no notes yet: write one." in text


def test_signing_out_is_a_form_and_the_menu_marks_this_page():
    app, _ = small_app()
    client = app.test_client()
    with client.session_transaction() as session:
        session["person"] = "p1"
    page = Page(client.get("/note").text)
    assert [form.get("method") for form in page.all("form") if form.get("action") == "/sign-out"] == ["post"]
    assert [a.words for a in page.all("a") if a.get("aria-current") == "page"] == ["Notes"]
    assert page.all("header")[0].words.startswith("Elm Example School")


def test_the_demonstration_says_so_on_every_page_and_nothing_else_does():
    said = "This is a demonstration: everybody here is invented."
    for path in ("/", "/sign-in", "/nowhere"):
        assert said in small_app(settings_with(demonstration=True))[0].test_client().get(path).text
        assert said not in small_app()[0].test_client().get(path).text


@pytest.mark.parametrize("path", ["/", "/nowhere", "/fail/unexpected", "/static/isp.css", "/address"])
def test_every_response_carries_the_security_headers(path):
    app, _ = small_app(settings_with(https=True), PROPAGATE_EXCEPTIONS=False)
    response = app.test_client().get(path, base_url="https://localhost")
    policy = response.headers["Content-Security-Policy"]
    for part in (
        "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'",
        "style-src 'self';", "img-src 'self' data:",
    ):  # fmt: skip
        assert part in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in response.headers["Permissions-Policy"]
    age = int(response.headers["Strict-Transport-Security"].split("=")[1].split(";")[0])
    assert age >= 365 * 24 * 3600
    assert "Server" not in response.headers
    assert response.headers["X-Request-ID"]


def test_the_nonce_is_new_for_each_response_and_on_each_script():
    client = small_app()[0].test_client()
    first, second = client.get("/"), client.get("/")
    assert nonce_of(first) != nonce_of(second)
    assert {each.get("nonce") for each in Page(first.text).all("script")} == {nonce_of(first)}


def test_plain_http_sends_no_hsts_and_pages_are_never_kept():
    response = small_app()[0].test_client().get("/")
    assert "Strict-Transport-Security" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


def test_the_session_cookie_is_bound_to_the_host_over_https():
    app, _ = small_app(settings_with(https=True))
    cookie = app.test_client().get("/", base_url="https://localhost").headers["Set-Cookie"]
    assert cookie.startswith("__Host-isp=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie


def test_a_static_file_is_kept_for_good_under_its_hash_and_asked_about_under_any_other():
    app, _ = small_app()
    client = app.test_client()
    with app.test_request_context():
        address = assets.asset("isp.css")
    assert "immutable" in client.get(address).headers["Cache-Control"]
    plain = client.get("/static/isp.css?v=0000")
    assert plain.headers["Cache-Control"] == "no-cache"
    assert client.get("/static/isp.css", headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304
    assert client.get("/static/../shell.py").status_code == 404
    assert client.get("/static/nothing.js").status_code == 404


@pytest.mark.parametrize("way", ["x/../{}", "./{}", "././{}", "{}/", "../static/{}", "%2e/{}", "{}%00"])
def test_a_static_file_has_one_address_and_every_other_spelling_is_not_found(way):
    client = small_app()[0].test_client()
    assert client.get("/static/isp.css").status_code == 200
    assert client.get(f"/static/{way.format('isp.css')}").status_code == 404


def test_a_forged_forwarding_header_changes_nothing_without_a_trusted_proxy():
    forged = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
    }
    client = small_app()[0].test_client()
    assert client.get("/address", headers=forged).get_json() == {
        "address": "127.0.0.1", "host": "localhost", "secure": False,
    }  # fmt: skip


def test_one_trusted_proxy_is_believed_for_one_hop_only():
    client = small_app(settings_with(trusted_proxies=1))[0].test_client()
    sent = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}
    assert client.get("/address", headers=sent).get_json()["address"] == "198.51.100.7"


def test_an_app_without_a_secret_key_is_refused():
    with pytest.raises(RuntimeError, match="secret key"):
        shell.init_web(Flask("bare", static_folder=None), settings_with())


def test_the_built_assets_match_their_checksums():
    lines = (WEB / "assets" / "SHA256SUMS").read_text().splitlines()
    assert len(lines) == 7
    for line in lines:
        digest, name = line.split(maxsplit=1)
        assert hashlib.sha256((WEB / "assets" / name).read_bytes()).hexdigest() == digest, name


def test_the_assets_bring_no_reserved_font_or_crest_and_name_no_package_host():
    css = (WEB / "static" / "isp.css").read_text()
    for reserved in ("GDS Transport", "@font-face", "crest", "crown", "/assets/"):
        assert reserved not in css
    assert '"resolved"' not in (WEB / "assets" / "package-lock.json").read_text()
    assert "sourceMappingURL" not in (WEB / "static" / "govuk-frontend.min.js").read_text()


def test_our_scripts_keep_nothing_in_the_browsers_storage():
    for script in ("autosave.js", "search.js", "isp.js"):
        text = (WEB / "static" / script).read_text()
        for store in ("localStorage", "sessionStorage", "indexedDB", "document.cookie", "innerHTML", "eval("):
            assert store not in text, (script, store)
