"""Errors say what to do, and nothing else."""

import json
import re

import pytest
import structlog

from tests.pages import nonce_of
from tests.web.small_app import settings_with, small_app


def without_what_differs(response):
    text = response.text.replace(nonce_of(response) or "-", "")
    return re.sub(r'(value|content)="[^"]{60,}"', "", text)


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [
        ("not-allowed", 403, "Only the SENCO can finalise a plan."),
        ("invalid", 422, "Choose an earlier day"),
        ("conflict", 409, "This plan was finalised at 10:42."),
        ("gone", 410, "This invitation has been used."),
        ("too-many", 429, "Wait a few minutes"),
    ],
)
def test_a_refusal_is_a_page_with_its_sentence(kind, status, said):
    response = small_app()[0].test_client().get(f"/fail/{kind}")
    assert response.status_code == status
    assert said in response.text
    assert "invalid" not in response.text.lower()


def test_a_page_that_cannot_be_opened_as_things_stand_speaks_of_nothing_sent():
    client = small_app()[0].test_client()
    page = client.get("/fail/conflict").text
    assert '<h1 class="govuk-heading-l">This cannot be done as things stand</h1>' in page
    assert "What you wrote" not in page


def test_what_is_not_found_looks_the_same_whatever_the_reason():
    client = small_app()[0].test_client()
    hidden, absent = client.get("/fail/not-found"), client.get("/no-such-page")
    assert hidden.status_code == absent.status_code == 404
    assert without_what_differs(hidden) == without_what_differs(absent)
    accept = {"Accept": "application/json"}
    one = client.get("/fail/not-found", headers=accept).get_json()
    other = client.get("/no-such-page", headers=accept).get_json()
    assert {**one, "request_id": ""} == {**other, "request_id": ""}


def test_a_machine_gets_a_problem_document():
    response = small_app()[0].test_client().get("/fail/invalid", headers={"Accept": "application/json"})
    assert response.mimetype == "application/problem+json"
    assert response.get_json()["status"] == 422
    assert response.get_json()["detail"] == "The review is too late."
    assert response.get_json()["errors"] == {"review_on": "Choose an earlier day"}
    assert response.headers["Cache-Control"] == "no-store"


def test_an_unexpected_error_shows_and_logs_nothing_of_itself():
    app, _ = small_app(PROPAGATE_EXCEPTIONS=False)
    with structlog.testing.capture_logs() as lines:
        response = app.test_client().get("/fail/unexpected")
    assert response.status_code == 500
    assert "Canary" not in response.text
    assert "RuntimeError" not in response.text
    assert "Canary" not in json.dumps(lines, default=str)
    (failure,) = [line for line in lines if line["event"] == "failure"]
    assert failure["kinds"] == ["RuntimeError"]
    assert failure["places"][-1].startswith("small_app.py:")
    assert failure["request_id"] in response.text


def test_a_broken_layout_still_gives_words():
    app, _ = small_app(PROPAGATE_EXCEPTIONS=False)

    @app.context_processor
    def broken():
        raise ValueError("Canary")

    response = app.test_client().get("/fail/unexpected")
    assert response.status_code == 500
    assert "Sorry, something went wrong" in response.text


def test_waiting_times_and_allowed_methods_survive_as_headers():
    client = small_app()[0].test_client()
    assert client.get("/fail/too-many").headers["Retry-After"] == "60"
    assert client.put("/", headers={"X-CSRFToken": "x"}).status_code in {403, 405}
    assert "POST" in client.get("/sign-out").headers["Allow"]


def test_too_large_a_file_is_answered_in_words_after_it_was_read():
    app, _ = small_app(settings_with(upload_bytes=1024))
    client = app.test_client()
    with client.session_transaction() as session:
        session["person"] = "p1"
    response = client.post("/note", data=b"x" * 5_000_000, content_type="multipart/form-data; boundary=x")
    assert response.status_code == 413
    assert "Choose a smaller file" in response.text


def test_the_log_names_the_route_and_nobody():
    app, _ = small_app()
    with structlog.testing.capture_logs() as lines:
        response = app.test_client().get(
            "/notes/0193b1f0-0000-7000-8000-000000000000?q=Canary",
            headers={"User-Agent": "Canary", "X-Request-ID": "forged-forged-forged"},
        )
    (line,) = [line for line in lines if line["event"] == "request"]
    assert line["route"] == "/notes/<uuid:note>"
    assert line["status"] == 200
    assert set(line) == {"event", "log_level", "request_id", "method", "route", "status", "ms"}
    assert line["request_id"] == response.headers["X-Request-ID"] != "forged-forged-forged"
    assert "Canary" not in json.dumps(lines)
    assert "127.0.0.1" not in json.dumps(lines)


def test_an_address_nobody_knows_is_not_logged():
    app, _ = small_app()
    with structlog.testing.capture_logs() as lines:
        app.test_client().get("/Canary-Childname")
    assert lines[-1]["route"] == "(404)"


def test_a_trusted_proxys_request_id_is_kept():
    app, _ = small_app(settings_with(trusted_proxies=1))
    sent = "0123456789abcdef0123"
    assert app.test_client().get("/", headers={"X-Request-ID": sent}).headers["X-Request-ID"] == sent
    odd = app.test_client().get("/", headers={"X-Request-ID": "a b\tc Canary!"})
    assert "Canary" not in odd.headers["X-Request-ID"]
