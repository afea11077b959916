"""The pages of working notes, as a browser meets them."""

from __future__ import annotations

import re

from tests.cast import small_plan
from tests.notes.desk import words
from tests.pages import Page

BRUISE = "He had a bruise on his arm this morning"


def write(browser, desk, **typed):
    at = f"/pupils/{desk.ava}/notes/write"
    return browser.post(at, typed)


def test_a_note_is_written_and_stands_on_the_list(desk):
    tom = desk.signed_in("tom")
    sent = write(tom, desk, text="Reads better after lunch")
    assert sent.status_code == 303
    page = tom.get(sent.headers["Location"])
    assert "Reads better after lunch" in words(page)
    assert "Tom Example" in words(page)


def test_every_form_says_whom_to_tell_by_name(desk):
    page = desk.signed_in("tia").get(f"/pupils/{desk.ava}/notes/write")
    assert "do not write it here: tell Leo Example" in words(page)


def test_words_of_harm_show_the_pointer_first_and_keep_what_was_typed(desk):
    tom = desk.signed_in("tom")
    page = write(tom, desk, text=BRUISE)
    assert page.status_code == 422
    assert "Is this about a child’s safety? You wrote “bruise”." in words(page)
    assert "tell Leo Example, now" in words(page)
    assert BRUISE in page.text
    assert desk.texts("sara") == []


def test_the_writer_decides_and_the_trail_says_that_she_was_asked(desk):
    tom = desk.signed_in("tom")
    sent = write(tom, desk, text=BRUISE, all_the_same="yes")
    assert sent.status_code == 303
    assert desk.texts("sara") == [BRUISE]
    assert desk.trail()[0].detail["pointed"] is True


def test_a_note_about_an_entry_of_the_plan_says_so(desk):
    content = small_plan()
    desk.cast.plan("ava", "sara", content)
    (outcome,) = content["sections"]["outcomes"]["items"]
    tom = desk.signed_in("tom")
    page = tom.get(f"/pupils/{desk.ava}/notes/write")
    assert "Follow a two-step instruction" in words(page)
    assert write(tom, desk, text="Did it twice", about=outcome["id"]).status_code == 303
    listed = words(tom.get(f"/pupils/{desk.ava}/notes"))
    assert "Follow a two-step instruction" in listed
    refused = write(tom, desk, text="Did it thrice", about=str(desk.ava))
    assert refused.status_code == 422
    assert "Did it thrice" in refused.text


def test_nothing_typed_is_asked_for_again_in_words(desk):
    page = write(desk.signed_in("tom"), desk, text="")
    assert page.status_code == 422
    assert "Enter the note" in words(page)


def test_the_pupils_page_counts_the_notes_for_staff_and_says_nothing_to_others(desk):
    desk.note()
    desk.note(by="tia")
    assert "2 working notes" in words(desk.signed_in("sara").get(f"/pupils/{desk.ava}"))
    assert "1 working note of yours" in words(desk.signed_in("tia").get(f"/pupils/{desk.ava}"))
    for name in ("ada", "olga"):
        assert "orking note" not in desk.signed_in(name).get(f"/pupils/{desk.ava}").text


def test_a_familys_page_and_history_say_nothing_of_notes(desk):
    desk.note("zqcanary")
    pam = desk.signed_in("pam")
    for path in (f"/my-child/{desk.ava}", f"/my-child/{desk.ava}/who", f"/pupils/{desk.ava}/history"):
        page = pam.get(path).text
        assert "zqcanary" not in page
        assert "orking note" not in page
    assert pam.get(f"/pupils/{desk.ava}/notes").status_code == 403


def test_a_correction_shows_what_it_said_before(desk):
    note_id = desk.note("Reads better after lunch")
    tom = desk.signed_in("tom")
    at = f"/notes/{note_id}/correct"
    assert "Reads better after lunch" in tom.get(at).text
    sent = tom.post(at, {"text": "Reads better before lunch", "number": "1"})
    assert sent.status_code == 303
    said = words(tom.get(f"/notes/{note_id}"))
    assert said.index("Reads better before lunch") < said.index("What it said before From")
    assert "Reads better after lunch" in said


def test_a_correction_of_what_moved_on_keeps_the_words_and_shows_what_stands(desk):
    note_id = desk.note()
    desk.correct(note_id, "From the other tab")
    tom = desk.signed_in("tom")
    page = tom.post(f"/notes/{note_id}/correct", {"text": "From this one", "number": "1"})
    assert page.status_code == 409
    assert "From this one" in page.text
    assert "From the other tab" in words(page)
    unread = tom.post(f"/notes/{note_id}/correct", {"text": "Again", "number": "nonsense"})
    assert unread.status_code == 409


def test_a_note_is_withdrawn_with_a_reason(desk):
    note_id = desk.note("zqcanary")
    tom = desk.signed_in("tom")
    at = f"/notes/{note_id}/withdraw"
    assert tom.post(at, {"why": "wrong_child", "reason": ""}).status_code == 422
    assert tom.post(at, {"why": "wrong_child", "reason": "Meant for another"}).status_code == 303
    assert "zqcanary" not in tom.get(f"/pupils/{desk.ava}/notes").text
    assert tom.get(at).status_code == 409
    assert tom.get(f"/notes/{note_id}/correct").status_code == 409
    page = words(desk.signed_in("dora").get(f"/pupils/{desk.ava}/notes"))
    assert "zqcanary" in page
    assert "Meant for another" in page


def test_a_colleague_is_offered_no_correction(desk):
    note_id = desk.note(by="tom")
    assert desk.signed_in("sara").get(f"/notes/{note_id}/correct").status_code == 403
    assert desk.signed_in("tia").get(f"/notes/{note_id}/correct").status_code == 404


def test_a_long_list_goes_on_page_by_page_and_shows_each_note_once(desk):
    for number in range(26):
        desk.note(f"Note number {number:03}.", by="sara")
    sara, path = desk.signed_in("sara"), f"/pupils/{desk.ava}/notes"
    first = sara.get(path)
    (onwards,) = [one for one in Page(first.text).all("a") if one.get("rel") == "next"]
    second = sara.get(onwards.get("href"))
    met = [re.findall(r"Note number (\d+)\.", words(page)) for page in (first, second)]
    assert [len(one) for one in met] == [25, 1]
    assert sorted(met[0] + met[1]) == [f"{number:03}" for number in range(26)]
    (back,) = [one for one in Page(second.text).all("a") if one.get("rel") == "prev"]
    assert re.findall(r"Note number (\d+)\.", words(sara.get(back.get("href")))) == met[0]
