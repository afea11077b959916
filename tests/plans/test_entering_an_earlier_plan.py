"""A plan written elsewhere enters as an earlier version: when it happened and when it was recorded, apart."""

from __future__ import annotations

from datetime import date

import pytest

from isp.kernel import clock
from isp.kernel.errors import Invalid
from isp.plans.earlier import content_of
from tests.plans.desk import form_of, words
from tests.plans.test_writing_in_a_draft import own, person_tokens

GIVEN = {
    "happened_on-day": "3",
    "happened_on-month": "2",
    "happened_on-year": str(clock.today().year - 2),
    "source": "Larch Nursery",
    "outcomes": "- Sits with the group for a story\r\n\r\n- Asks for help",
    "provision": "Story time with pictures, twice a week",
    "text": "She likes water.",
}


def enter(desk, record, **changed):
    sara = desk.at("sara")
    path = f"/plans/{record}/earlier"
    return sara.fill(sara.get(path), path, values=GIVEN | changed)


def test_it_enters_and_what_is_in_force_stays(desk, plan):
    answer = enter(desk, plan)
    assert answer.status_code == 303
    sara = desk.at("sara")
    listed = words(sara.get(f"/plans/{plan}/versions"))
    assert "2 Written elsewhere" in listed
    assert f"3 February {clock.today().year - 2}" in listed
    assert "Kind to younger children" in words(sara.get(f"/plans/{plan}"))
    said = words(sara.get(f"/plans/{plan}/versions/2"))
    assert "written elsewhere on 3 February" in said
    assert "From Larch Nursery" in said
    for text in (
        "Sits with the group for a story",
        "Asks for help",
        "Story time with pictures",
        "She likes water.",
    ):
        assert text in said
    stood = sara.get(f"/plans/{plan}/as-of?on={clock.today().year - 1}-06-01")
    assert "Asks for help" in words(stood)
    told = [one for one in desk.told("ava") if one.event.code == "plan.earlier_recorded"][-1]
    assert told.detail["happened_on"] == f"{clock.today().year - 2}-02-03"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"happened_on-year": "2096"}, "a date in the past"),
        ({"happened_on-year": "1990"}, "over 25 years ago"),
        ({"happened_on-month": "13"}, "a month from 1 to 12"),
        ({"source": ""}, "Enter where it was written"),
        ({"outcomes": "", "provision": "", "text": ""}, "Enter at least one outcome"),
        ({"outcomes": "x" * 1001}, "Shorten one line by 1 characters"),
        ({"outcomes": "\n".join("abc" for _ in range(61))}, "Keep this to 60 lines"),
    ],
)
def test_what_cannot_be_kept_comes_back(desk, plan, changed, sentence):
    answer = enter(desk, plan, **changed)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "Larch Nursery" in answer.text or "source" in changed
    assert "plan.earlier_recorded" not in desk.acts("ava")


def test_a_long_text_is_kept_whole_in_pieces():
    text = "\n".join(f"Line {number} of a long plan that was written elsewhere." for number in range(300))
    content = content_of(date(2024, 2, 3), "Larch Nursery", outcomes="", provision="", text=text)
    pieces = [item["summary"] for item in content["sections"]["advice"]["items"]]
    assert len(pieces) > 1
    assert "\n".join(pieces) == text


def test_a_text_without_a_space_is_kept_whole():
    text = "x" * 9000
    content = content_of(date(2024, 2, 3), "Larch Nursery", outcomes="", provision="", text=text)
    assert "".join(item["summary"] for item in content["sections"]["advice"]["items"]) == text


def test_nothing_is_no_plan():
    with pytest.raises(Invalid):
        content_of(date(2024, 2, 3), "Larch Nursery", outcomes=" \n", provision="", text="")


def test_those_who_may_not(desk, plan):
    where = f"/plans/{plan}/earlier"
    sent = own(form_of(desk.at("sara").get(where), where)) | GIVEN
    for name, status in (("tom", 403), ("pam", 403), ("nora", 404), ("sena", 404)):
        person = desk.at(name)
        assert person.get(where).status_code == status, name
        assert person.send(where, {**person_tokens(person), **sent}).status_code == status, name
