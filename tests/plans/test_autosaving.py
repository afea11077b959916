"""What the page's script saves: acknowledged only when it is committed, merged from what each box showed."""

from __future__ import annotations

import json

import pytest

from tests.pages import hidden
from tests.people.world import HERE
from tests.plans.desk import form_of
from tests.statements import statements


def path_of(draft, section="about_me"):
    return f"/plans/{draft}/edit/{section}"


def test_what_is_typed_is_saved_and_acknowledged(desk, draft):
    sara = desk.at("sara")
    answer = sara.autosave(sara.get(path_of(draft)), {"about_me.interests": "Trains"})
    assert answer.status_code == 200
    said = answer.json
    assert said["revision"] == 1
    assert said["fields"]["about_me.interests"] == "Trains"
    assert said["fields"]["status.about_me"] == "in_progress"
    assert said["unsettled"] == 0
    assert said["settle_url"] == f"/plans/{draft}/settle"
    assert desk.content(draft)["sections"]["about_me"]["fields"]["interests"] == "Trains"


def test_the_same_save_twice_changes_nothing_more(desk, draft):
    sara = desk.at("sara")
    page = sara.get(path_of(draft))
    for _ in range(2):
        assert sara.autosave(page, {"about_me.interests": "Trains"}).status_code == 200
    assert desk.draft(draft).revision == 1


def test_a_date_comes_in_three_boxes_and_goes_back_in_three(desk, draft):
    sara = desk.at("sara")
    boxes = {
        "review.next_review_on-day": "14",
        "review.next_review_on-month": "3",
        "review.next_review_on-year": "2027",
    }
    page = sara.get(path_of(draft, "review"))
    shown = {name: value for name, value in form_of(page, path_of(draft, "review")).items() if name in boxes}
    answer = sara.autosave(page, boxes, shown=shown)
    assert answer.status_code == 200
    assert {name: answer.json["fields"][name] for name in boxes} == boxes
    assert desk.content(draft)["sections"]["review"]["fields"]["next_review_on"] == "2027-03-14"


def test_one_bad_answer_is_named_and_nothing_of_the_request_is_saved(desk, draft):
    sara = desk.at("sara")
    bad = {
        "review.next_review_on-day": "31",
        "review.next_review_on-month": "2",
        "review.next_review_on-year": "2027",
    }
    page = sara.get(path_of(draft, "review"))
    answer = sara.autosave(page, {**bad, "review.led_by": "Sara"}, shown={})
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["review.next_review_on"]
    assert desk.draft(draft).revision == 0


def test_a_date_before_the_child_was_born_is_refused(desk, draft):
    sara = desk.at("sara")
    answer = sara.autosave(sara.get(path_of(draft, "context")), {"context.attendance_from-day": "1/9/2010"})
    assert answer.status_code == 422
    assert "when the pupil was born" in answer.json["errors"]["context.attendance_from"]


def test_signed_out_says_where_to_sign_in_and_the_words_can_be_sent_afterwards(desk, draft):
    sara = desk.at("sara")
    page = sara.get(path_of(draft))
    sara.send("/sign-out", {name: hidden(page, name) for name in ("csrf_token", "form_stamp")})
    lapsed = sara.autosave(page, {"about_me.interests": "Trains"})
    assert lapsed.status_code == 401
    assert lapsed.json["sign_in_url"].endswith("/sign-in")
    assert desk.draft(draft).revision == 0
    # Signed in again in another tab: the old page learns its new token, and sends the same once more.
    assert sara.browser.sign_in("sara").status_code == 303
    renewed = sara.autosave(page, {"about_me.interests": "Trains"})
    assert renewed.status_code == 403
    token = renewed.json["csrf_token"]
    answer = sara.browser.client.post(
        f"/plans/{draft}/draft",
        data=json.dumps({"revision": 0, "changes": {"about_me.interests": "Trains"}, "shown": {}}),
        content_type="application/json",
        headers={
            **HERE,
            "Accept": "application/json",
            "X-CSRFToken": token,
            "X-Form-Stamp": hidden(page, "form_stamp"),
            "User-Agent": sara.browser.agent,
        },
        **sara.browser.more,
    )
    assert answer.status_code == 200
    assert desk.content(draft)["sections"]["about_me"]["fields"]["interests"] == "Trains"


def test_what_is_no_box_is_ignored(desk, draft):
    sara = desk.at("sara")
    names = {"about_me.nothing": "x", "nothing.at_all": "x", "status": "x", "about_me": "x", "__proto__": "x"}
    answer = sara.autosave(sara.get(path_of(draft)), {**names, "about_me.hard": "Assembly"}, shown={})
    assert answer.status_code == 200
    assert desk.content(draft)["sections"]["about_me"]["fields"].keys() == {"strengths", "hard"}


def test_nonsense_is_refused_in_words(desk, draft):
    sara = desk.at("sara")
    page = sara.get(path_of(draft))
    answer = sara.autosave(page, {"about_me.hard": "x"}, revision=-1)
    assert answer.status_code == 409
    answer = sara.autosave(page, {"about_me.hard": "x"}, revision="one")
    assert answer.status_code == 422
    assert "detail" in answer.json
    answer = sara.autosave(page, {"about_me.hard": {"a": 1}, "about_me.interests": 5})
    assert answer.status_code == 200
    assert desk.draft(draft).revision == 0


@pytest.mark.parametrize("body", ["[" * 100_000, '{"revision":0,"changes":' + "[" * 50_000, "null", "\x00"])
def test_a_body_that_is_nothing_of_ours_is_refused_in_words(desk, draft, body):
    sara = desk.at("sara")
    token = hidden(sara.get(path_of(draft)), "csrf_token")
    answer = sara.browser.client.post(
        f"/plans/{draft}/draft",
        data=body,
        content_type="application/json",
        headers={**HERE, "X-CSRFToken": token, "Accept": "application/json"},
        **sara.browser.more,
    )
    assert answer.status_code == 422
    assert "detail" in answer.json


def test_a_page_of_a_draft_that_is_gone_is_told_so(desk, draft):
    sara, dan = desk.at("sara"), desk.at("dan")
    page = sara.get(path_of(draft))
    discard = f"/plans/{draft}/draft/discard"
    dan.fill(dan.get(discard), discard)
    answer = sara.autosave(page, {"about_me.hard": "Assembly"})
    assert answer.status_code == 409
    assert "finalised or put aside" in answer.json["detail"]


def test_a_teacher_saves_no_cost(desk, draft):
    tom = desk.at("tom")
    one = desk.content(draft)["sections"]["provision"]["items"][0]["id"]
    page = tom.get(path_of(draft, "provision"))
    answer = tom.autosave(page, {f"provision.{one}.cost": "9", f"provision.{one}.what": "Paired reading"})
    assert answer.status_code == 200
    stored = desk.content(draft)["sections"]["provision"]["items"][0]
    assert "cost" not in stored
    assert stored["what"] == "Paired reading"
    assert not [name for name in answer.json["fields"] if name.endswith(".cost")]


def test_a_stranger_learns_nothing(desk, draft):
    sara, nora = desk.at("sara"), desk.at("nora")
    page = sara.get(path_of(draft))
    form = nora.get("/account")
    for address in (f"/plans/{draft}/draft", "/plans/01900000-0000-7000-8000-000000000000/draft"):
        answer = nora.browser.client.post(
            address,
            data=json.dumps({"revision": 0, "changes": {"about_me.hard": "x"}}),
            content_type="application/json",
            headers={**HERE, "Accept": "application/json", "X-CSRFToken": hidden(form, "csrf_token")},
            **nora.browser.more,
        )
        assert answer.status_code == 404
    assert page.status_code == 200


def test_a_save_costs_a_fixed_number_of_statements(desk, draft):
    sara = desk.at("sara")
    page = sara.get(path_of(draft))
    sara.autosave(page, {"about_me.hard": "One"})
    with statements(desk.cast.store.database) as said:
        answer = sara.autosave(page, {"about_me.hard": "Two"}, shown={"about_me.hard": "One"}, revision=1)
    assert answer.status_code == 200
    assert len(said) <= 17, "\n".join(said)
