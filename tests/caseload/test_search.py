"""Finding a pupil: posted, among those one may see, remembered."""

from __future__ import annotations

import pytest

from isp.register.content import begins_of, is_called
from tests.caseload.desk import words


def test_a_senco_finds_a_pupil_by_a_part_of_the_name(desk):
    found = desk.signed_in("sara").post("/search", {"q": "av pla"})
    assert f"/pupils/{desk.cast.pupils['ava']}" in found.text
    assert "1 pupil." in words(found)


def test_a_pupil_of_another_school_is_not_found(desk):
    assert "Nobody of that name" in words(desk.signed_in("sara").post("/search", {"q": "eli"}))


def test_a_teacher_finds_those_she_teaches_and_no_other(desk):
    tom = desk.signed_in("tom")
    assert "/pupils/" in tom.post("/search", {"q": "ben"}).text
    assert "Nobody of that name" in words(tom.post("/search", {"q": "cleo"}))


@pytest.mark.parametrize("typed", ["", "a", "  "])
def test_one_letter_is_too_few(desk, typed):
    assert "at least two letters" in words(desk.signed_in("sara").post("/search", {"q": typed}))


def test_a_script_gets_the_part_of_the_page_that_changes(desk):
    sara = desk.signed_in("sara")
    page = sara.get("/")
    token = page.text.split('name="csrf-token" content="')[1].split('"')[0]
    stamp = page.text.split('name="form-stamp" content="')[1].split('"')[0]
    headers = {"Origin": "http://localhost", "X-Fragment": "1", "X-CSRFToken": token, "X-Form-Stamp": stamp}
    answer = sara.client.post("/search", data={"q": "ava"}, headers=headers)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'data-said="1 pupil"' in answer.text


def test_what_was_found_is_one_list_in_the_trail_without_the_words_typed(desk):
    desk.signed_in("sara").post("/search", {"q": "ava"})
    ((_, detail),) = [one for one in desk.told("sara") if one[0] == "list.viewed"]
    assert detail["count"] == 1
    assert "ava" not in str(detail)


@pytest.mark.parametrize("who", ["pam", "yan", "olli", "nora"])
def test_who_works_at_no_school_searches_nothing(desk, who):
    assert desk.signed_in(who).get("/search").status_code == 403


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("noel", True),
        ("king-noel", True),
        ("king noel", True),
        ("kingn", True),
        ("oel", False),
        ("brien", True),
        ("obrien", True),
        ("o’brien", True),
        ("zoe", True),
        ("malgosia", True),
        ("Małg noël", True),
        ("zoe planted", False),
    ],
)
def test_parts_behind_hyphens_and_apostrophes_are_found_with_and_without_accents(typed, there):
    begins = begins_of("Zoë Małgosia O'Brien King-Noël")
    assert is_called(begins, typed) is there


def test_a_data_protection_officer_finds_whom_she_can_open(desk):
    dora = desk.signed_in("dora")
    assert "Find a pupil" in dora.get("/").text
    found = dora.post("/search", {"q": "ava"})
    assert found.status_code == 200
    assert f"/pupils/{desk.cast.pupils['ava']}" in found.text
    assert "Nobody of that name" in words(dora.post("/search", {"q": "eli"}))
