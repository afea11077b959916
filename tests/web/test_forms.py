"""Forms come back filled in, say what to do, and take only what they asked for."""

from datetime import date

import pytest
from flask import render_template_string
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import fields, validate
from werkzeug.datastructures import MultiDict

from isp.kernel.errors import Invalid
from isp.web.asking import FormSchema, asks
from isp.web.days import NotADay, Parts, read_day
from isp.web.forms import Form
from tests.pages import Page, linting_client
from tests.web.small_app import FORM_PAGE, NoteSchema, small_app

GOOD = {
    "title": "Reading", "place": "in", "seen_on-day": "3", "seen_on-month": "9", "seen_on-year": "2026",
}  # fmt: skip


def sent(**changes):
    return Form(NoteSchema(), MultiDict({**GOOD, **changes}))


def shown(form):
    """The page with the form, linted."""
    app, _ = small_app()
    app.add_url_rule("/shown", view_func=lambda: (render_template_string(FORM_PAGE, form=form), form.status))
    client = linting_client(app)
    response = client.get("/shown")
    return response, Page(response.text)


def test_what_was_asked_for_is_taken_tidied():
    form = sent(title="  Reading ", words="one\r\ntwo\r\n", email="una@example.org", times="3", sure="yes")
    assert form.errors == {}
    assert form.accepted
    assert form.values["title"] == "Reading"
    assert form.values["words"] == "one\ntwo"
    assert form.values["seen_on"] == date(2026, 9, 3)
    assert form.values["times"] == 3
    assert form.values["sure"] is True
    assert form.values["helpers"] == []


def test_a_field_that_was_not_asked_for_is_left_out():
    assert "role" not in sent(role="senco", is_admin="1").values


def test_a_text_that_was_emptied_is_an_empty_text_and_a_number_not_given_is_none_at_all():
    values = sent(words="", times="", email="", year="").values
    assert values["words"] == ""
    assert "times" not in values
    assert "email" not in values
    assert "year" not in values


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"title": " "}, "title", "Enter a title"),
        ({"title": "x" * 21}, "title", "A title must have 20 characters or fewer"),
        ({"place": ""}, "place", "Choose a place"),
        ({"place": "elsewhere"}, "place", "Choose one of the answers shown"),
        ({"year": "99"}, "year", "Choose one of the answers shown"),
        ({"helpers": "zz"}, "helpers", "Choose one of the answers shown"),
        ({"email": "una"}, "email", "Enter an email address in the correct format, like name@example.com"),
        ({"times": "many"}, "times", "How often must be a whole number, like 12"),
        ({"times": "12"}, "times", "How often must be between 1 and 9"),
        ({"seen_on-day": "", "seen_on-month": "", "seen_on-year": ""}, "seen_on", "Enter the day you saw it"),
        ({"seen_on-month": ""}, "seen_on", "The day you saw it must include a month"),
        ({"seen_on-day": "31", "seen_on-month": "9"}, "seen_on",
         "The day you saw it must be a day that exists: September 2026 has fewer days"),
        ({"seen_on-year": "26"}, "seen_on", "The day you saw it must have a year of 4 numbers, like 2027"),
    ],
)  # fmt: skip
def test_a_message_says_what_to_do(changes, field, sentence):
    form = sent(**changes)
    assert form.errors == {field: sentence}
    assert not form.accepted
    assert form.values == {}
    assert form.status == 422


def test_the_page_comes_back_filled_in_with_a_summary_that_leads_to_each_field():
    form = sent(
        title="", words="What I <wrote>\n& more", place="out", year="4", helpers="c", sure="yes",
        **{"seen_on-month": "13"}, times="many", secret="Canary",
    )  # fmt: skip
    response, page = shown(form)
    assert response.status_code == 422
    summary = [
        (a.get("href"), a.words) for a in page.all("a") if a.inside("ul") and a.get("href").startswith("#")
    ]
    links = [each for each in summary if each[0] != "#main-content"]
    assert links == [
        ("#title", "Enter a title"),
        ("#seen_on-month", "The day you saw it must have a month from 1 to 12"),
        ("#times", "How often must be a whole number, like 12"),
    ]
    assert page.all("title")[0].words.startswith("Error: ")
    assert next(each for each in page.all("textarea")).text.strip() == "What I <wrote>\n& more"
    boxes = {each.get("name"): each for each in page.all("input")}
    assert boxes["seen_on-month"].get("value") == "13"
    assert "govuk-input--error" in boxes["seen_on-month"].classes
    assert "govuk-input--error" not in boxes["seen_on-day"].classes
    checked = {(e.get("name"), e.get("value")) for e in page.all("input") if "checked" in e.attributes}
    assert checked == {("place", "out"), ("helpers", "c"), ("sure", "yes")}
    assert [e.get("value") for e in page.all("option") if "selected" in e.attributes] == ["4"]
    assert "Canary" not in response.text


def test_a_fresh_form_starts_from_what_is_known_and_states_its_limit():
    form = Form(
        NoteSchema(), initial={"title": "Known", "seen_on": date(2026, 9, 3), "place": "in", "sure": True}
    )
    response, page = shown(form)
    assert response.status_code == 200
    boxes = {each.get("name"): each.get("value") for each in page.all("input") if each.get("type") == "text"}
    assert boxes["title"] == "Known"
    assert (boxes["seen_on-day"], boxes["seen_on-month"], boxes["seen_on-year"]) == ("3", "9", "2026")
    assert "You can enter up to 300 characters" in response.text
    assert not any("maxlength" in each.attributes for each in page.elements)


def test_an_actions_own_refusal_stands_at_its_field_and_the_rest_in_the_summary():
    form = sent()
    form.refuse(Invalid("No.", {"title": "There is one already"}))
    assert form.error_list == [{"text": "There is one already", "href": "#title"}]
    form = sent()
    form.refuse(Invalid("The year is closed."))
    assert form.error_list == [{"text": "The year is closed."}]
    assert form.status == 422
    shown(form)


def test_several_of_one_form_on_a_page_do_not_mix():
    data = MultiDict({f"a-{name}": value for name, value in GOOD.items()})
    assert Form(NoteSchema(), data, prefix="a-").accepted
    assert "title" in Form(NoteSchema(), data, prefix="b-").errors


def test_answers_known_only_now_can_be_offered():
    form = Form(NoteSchema(), MultiDict({**GOOD, "place": "hall"}), choices={"place": [("hall", "Hall")]})
    assert form.accepted


def test_an_authors_own_sentence_stays():
    class Own(FormSchema):
        name = fields.String(
            required=True,
            validate=validate.Length(max=3, error="Three letters at most"),
            error_messages={"required": "Tell us the name"},
            metadata=asks("Name"),
        )

    assert Form(Own(), {"name": ""}).errors == {"name": "Tell us the name"}
    assert Form(Own(), {"name": "abcd"}).errors == {"name": "Three letters at most"}


def test_no_sentence_of_ours_says_invalid():
    class Everything(FormSchema):
        a = fields.Decimal(metadata=asks("Hours"))
        b = fields.UUID(metadata=asks("Pupil"))
        c = fields.Date(validate=validate.Range(min=date(2026, 1, 1)), metadata=asks("Day"))
        d = fields.Email(metadata=asks("Email"))
        e = fields.Float(metadata=asks("Cost"))
        f = fields.Integer(validate=validate.Range(max=2), metadata=asks("EHCP pages"))

    form = Form(Everything(), {"a": "x", "b": "x", "c": "1/1/1999", "d": "x", "e": "x", "f": "9"})
    assert set(form.errors) == set("abcdef")
    assert "valid" not in " ".join(form.errors.values())
    assert form.errors["c"] == "Day must be on or after 1 January 2026"
    assert form.errors["f"] == "EHCP pages must be 2 or less"


@pytest.mark.parametrize(
    "typed",
    [
        Parts("14", "3", "2027"), Parts("14", "March", "2027"), Parts("14", "mar", "2027"),
        Parts("14/03/2027"), Parts("14/3/2027"), Parts("14.03.2027"), Parts("14-03-2027"),
        Parts("2027-03-14"), Parts("14 March 2027"), Parts(" 14 ", " 03", "2027 "),
    ],
)  # fmt: skip
def test_a_date_is_read_as_people_write_it(typed):
    assert read_day(typed, "the day") == date(2027, 3, 14)


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        (Parts("14/03/27"), "year"), (Parts("30", "2", "2027"), "day"), (Parts("1", "Mae", "2027"), "month"),
        (Parts("٣", "3", "2027"), "day"), (Parts("1", "1", "0000"), "year"), (Parts("soon"), "month"),
        (Parts("", "3", "2027"), "day"), (Parts("14/03/2027", "3", ""), "year"),
        (Parts("9" * 5000, "3", "2027"), "day"), (Parts("1", "3", "9" * 5000), "year"),
    ],
)  # fmt: skip
def test_a_date_that_cannot_be_read_names_the_box_to_put_right(typed, part):
    with pytest.raises(NotADay) as raised:
        read_day(typed, "the day")
    assert raised.value.part == part
    assert raised.value.message.startswith("The day must")


@given(st.text(), st.text(), st.text())
def test_whatever_is_typed_as_a_date_gives_a_date_or_a_sentence(day, month, year):
    part = "day"
    try:
        read_day(Parts(day, month, year), "the day")
    except NotADay as failure:
        part = failure.part
    assert part in {"day", "month", "year"}


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_date_shown_is_read_back(day):
    assert read_day(Parts.of(day), "the day") == day


@given(st.dictionaries(st.sampled_from(sorted(NoteSchema().load_fields)), st.text(max_size=40)))
def test_whatever_is_sent_gives_answers_or_sentences(data):
    form = Form(NoteSchema(), MultiDict({**GOOD, **data}))
    assert form.accepted == (not form.errors)
    assert all(form.errors.values())


PAYLOADS = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "{% raw %}", "' OR 1=1 --",
    "javascript:alert(1)", "</textarea><script>", "%s%s%n", "${7*7}",
]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_was_typed_is_shown_inert(payload):
    form = sent(words=payload, title=payload * 4)
    response, page = shown(form)
    assert "alert(1)</script>" not in response.text
    assert not [each for each in page.elements if "onerror" in each.attributes]
    assert page.all("textarea")[0].text.strip() == payload.strip()


def test_characters_that_cannot_be_kept_are_left_out():
    assert sent(words="a\x00b\x07c\ud800d\te").values["words"] == "abcd\te"


def test_an_email_address_is_one_line_however_long_it_may_be():
    class Asked(FormSchema):
        email = fields.Email(validate=validate.Length(max=254), metadata=asks("Email address"))

    response, _ = shown(Form(Asked()))
    assert 'type="email"' in response.text
    assert "<textarea" not in response.text
