"""A form that arrives late loses nothing, and another site's form goes nowhere."""

import io
import secrets

import pytest

from isp.web import resend
from tests.pages import Page, hidden
from tests.web.small_app import settings_with, small_app

HERE = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
NOTE = {
    "title": "Reading", "words": "Line one\r\nline <two>", "place": "in",
    "seen_on-day": "3", "seen_on-month": "9", "seen_on-year": "2026",
}  # fmt: skip


def sign_in(client, person, **more):
    page = client.get("/sign-in")
    data = {"csrf_token": hidden(page, "csrf_token"), "email": person, **more}
    return client.post("/sign-in", data=data, headers=HERE)


def page_of(person):
    app, received = small_app()
    client = app.test_client()
    sign_in(client, person)
    form = client.get("/note")
    tokens = {name: hidden(form, name) for name in ("csrf_token", "form_stamp")}
    return client, received, {**NOTE, **tokens}


def fields_of(response, action):
    page = Page(response.text)
    (form,) = [each for each in page.all("form") if each.get("action") == action]
    return [
        (each.get("name"), each.get("value")) for each in page.all("input") if each.inside("form") is form
    ]


def test_a_form_in_time_is_taken():
    client, received, data = page_of("p1")
    assert client.post("/note", data=data, headers=HERE).status_code == 302
    assert received.values[0]["words"] == "Line one\nline <two>"
    assert "The note is saved." in client.get("/").text


def test_a_form_sent_signed_out_comes_back_after_the_same_person_signs_in_and_is_sent_with_one_press():
    client, received, data = page_of("p1")
    client.delete_cookie("isp")
    asked = client.post("/note", data={**data, "letter": (io.BytesIO(b"x"), "a.pdf")}, headers=HERE)
    assert asked.status_code == 401
    assert "what you wrote is kept" in asked.text
    shown = sign_in(client, "p1", carried=hidden(asked, "carried"))
    assert "Do you want to send this now?" in shown.text
    assert "has not been sent yet" in shown.text
    assert "Write a note" in shown.text
    assert "Files and passwords cannot be kept" in shown.text
    assert received.values == []
    again = client.post("/note", data=dict(fields_of(shown, "/note")), headers=HERE)
    assert again.status_code == 302
    assert received.values[0]["words"] == "Line one\nline <two>"


def test_somebody_else_who_signs_in_is_told_and_shown_nothing():
    client, received, data = page_of("p1")
    client.delete_cookie("isp")
    asked = client.post("/note", data=data, headers=HERE)
    answer = sign_in(client, "p2", carried=hidden(asked, "carried"))
    assert answer.status_code == 302
    home = client.get("/").text
    assert "It was not sent" in home
    assert "Reading" not in home.replace("Reading</th>", "")
    assert received.values == []


def test_a_bundle_that_was_altered_is_dropped_with_a_sentence():
    client, _, data = page_of("p1")
    client.delete_cookie("isp")
    carried = hidden(client.post("/note", data=data, headers=HERE), "carried")
    assert sign_in(client, "p1", carried="x" + carried).status_code == 302
    assert "Please write it again" in client.get("/").text


def test_a_form_from_before_a_new_sign_in_by_the_same_person_needs_one_press():
    client, received, data = page_of("p1")
    sign_in(client, "p1")
    shown = client.post("/note", data=data, headers=HERE)
    assert shown.status_code == 200
    assert "Do you want to send this now?" in shown.text
    assert received.values == []
    assert client.post("/note", data=dict(fields_of(shown, "/note")), headers=HERE).status_code == 302


def test_a_page_made_for_somebody_else_changes_nothing():
    client, received, data = page_of("p1")
    sign_in(client, "p2")
    with_right_token = {**data, "csrf_token": hidden(client.get("/note"), "csrf_token")}
    for sent in (data, with_right_token):
        answer = client.post("/note", data=sent, headers=HERE)
        assert answer.status_code == 403
        assert "Somebody else has signed in" in answer.text
    assert received.values == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost.evil.example"},
        {"Origin": "http://["},
        {"Referer": "https://evil.example/http://localhost/"},
    ],
)
def test_a_change_from_another_site_is_refused_even_with_the_right_token_and_never_carried(headers):
    client, received, data = page_of("p1")
    answer = client.post("/note", data=data, headers=headers)
    assert answer.status_code == 403
    client.delete_cookie("isp")
    answer = client.post("/note", data=data, headers=headers)
    assert answer.status_code == 403
    assert "carried" not in answer.text
    assert received.values == []


def test_what_has_no_stamp_or_no_origin_is_not_carried():
    client, _, data = page_of("p1")
    client.delete_cookie("isp")
    without_stamp = {name: value for name, value in data.items() if name != "form_stamp"}
    for sent, headers in ((without_stamp, HERE), (data, {})):
        answer = client.post("/note", data=sent, headers=headers)
        assert answer.status_code == 401
        assert not hidden(answer, "carried")
        assert "Back button" in answer.text


def test_over_https_an_origin_of_plain_http_is_from_elsewhere():
    client = small_app(settings_with(https=True))[0].test_client()
    answer = client.post("/note", headers={"Origin": "http://localhost"}, base_url="https://localhost")
    assert answer.status_code == 403


def test_a_sign_in_page_that_was_open_too_long_keeps_what_it_carries_and_not_the_password():
    client, _, data = page_of("p1")
    client.delete_cookie("isp")
    carried = hidden(client.post("/note", data=data, headers=HERE), "carried")
    client.delete_cookie("isp")
    answer = client.post(
        "/sign-in", data={"email": "p1", "password": "Canary", "carried": carried}, headers=HERE
    )
    assert answer.status_code == 401
    assert hidden(answer, "carried") == carried
    assert "Canary" not in answer.text
    assert "Do you want to send this now?" in sign_in(client, "p1", carried=carried).text


def test_a_password_is_never_carried():
    client, _, data = page_of("p1")
    client.delete_cookie("isp")
    asked = client.post("/note", data={**data, "new_password": "Canary"}, headers=HERE)
    app = client.application
    with app.test_request_context():
        carried = resend.unbundle(hidden(asked, "carried"))
    assert carried is not None
    assert carried.missing == ("new_password",)
    assert "Canary" not in str(carried)


def test_the_bundle_does_not_name_the_person():
    client, _, data = page_of("p1")
    client.delete_cookie("isp")
    asked = client.post("/note", data=data, headers=HERE)
    with client.application.test_request_context():
        carried = resend.unbundle(hidden(asked, "carried"))
    assert carried is not None
    assert carried.person != "p1"
    assert len(carried.person) == 32


def test_an_autosave_signed_out_is_told_where_to_sign_in_and_after_it_gets_a_new_token():
    client, received, data = page_of("p1")
    headers = {
        **HERE, "Accept": "application/json",
        "X-CSRFToken": data["csrf_token"], "X-Form-Stamp": data["form_stamp"],
    }  # fmt: skip
    body = {"revision": 1, "changes": {"title": "x"}}
    client.delete_cookie("isp")
    answer = client.post("/note/save", json=body, headers=headers)
    assert answer.status_code == 401
    assert answer.get_json()["sign_in_url"] == "/sign-in"
    sign_in(client, "p1")
    answer = client.post("/note/save", json=body, headers=headers)
    assert answer.status_code == 403
    headers["X-CSRFToken"] = answer.get_json()["csrf_token"]
    assert client.post("/note/save", json=body, headers=headers).status_code == 200
    assert received.values == [body]
    sign_in(client, "p2")
    answer = client.post("/note/save", json=body, headers=headers)
    assert answer.status_code == 403
    assert "csrf_token" not in answer.get_json()
    assert received.values == [body]


def test_a_new_token_is_not_given_to_a_request_that_does_not_show_its_origin():
    client, _, data = page_of("p1")
    headers = {"Accept": "application/json", "X-CSRFToken": "lapsed", "X-Form-Stamp": data["form_stamp"]}
    answer = client.post("/note/save", json={}, headers=headers)
    assert answer.status_code == 403
    assert "csrf_token" not in answer.get_json()


def test_a_page_asked_for_signed_out_leads_to_the_sign_in_without_the_query():
    client = small_app()[0].test_client()
    assert client.get("/note?q=Canary").headers["Location"] == "/sign-in?next=/note"


def test_a_very_long_form_says_how_to_keep_it():
    client, _, data = page_of("p1")
    client.delete_cookie("isp")
    long = secrets.token_hex(800_000)
    asked = client.post("/note", data={**data, "words": long}, headers=HERE)
    assert asked.status_code == 401
    assert not hidden(asked, "carried")
    assert "Back button" in asked.text


def test_what_is_shown_again_is_what_a_person_typed():
    fields = (
        ("needs.0.how-we-know", "She told us"),
        ("release", "01a20196-21c7-7fdf-99b9-f75c25800fbc"),
        ("_draft", "7"),
        ("revision", "3"),
        ("empty", "  "),
    )
    assert resend.Carried("/note", "digest", "Write a note", fields).told == [("How we know", "She told us")]
