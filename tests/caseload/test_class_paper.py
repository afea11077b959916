"""The class sheet as a file: what the reader may print of each pupil, each on that pupil's own chain."""

from __future__ import annotations

import pytest

from isp.audit import Chain
from isp.audit.queries import of_chain
from tests.caseload.desk import ALLERGY, CLINICAL, EXTRA_TIME, STAFF_ONLY, STRATEGY, words
from tests.pages import Page
from tests.web.reading_pdf import Read


@pytest.fixture
def sheet(desk):
    desk.plan("ava")
    return f"/classes/{desk.cast.groups['4T']}"


def taken(desk, name, path) -> Read:
    answer = desk.signed_in(name).get(path)
    assert answer.status_code == 200, answer.text[:300]
    return Read(answer.data)


def printed(desk, pupil):
    with desk.cast.looking("sara") as unit:
        seen = list(of_chain(unit, Chain.pupil(desk.cast.pupils[pupil]), limit=100))
    return [one for one in seen if one.event.code == "plan.printed"]


def test_a_teacher_takes_the_class_on_one_sheet(desk, sheet):
    read = taken(desk, "tom", f"{sheet}/print.pdf")
    [table] = read.tree.all("Table")
    assert [head.words for head in table.all("TH")] == ["Pupil", "Must know", "What adults do", "Exam access"]
    for told in (ALLERGY, STRATEGY, EXTRA_TIME, "Ava Planted", "Ben Planted no plan"):
        assert told in table.words
    for hidden in (CLINICAL, STAFF_ONLY):
        assert hidden not in read.words
    assert read.title == "Class sheet"
    assert "Printed by Tom Example, Class teacher on" in read.page_words[0]
    assert read.smallest >= 8


def test_every_plan_on_it_says_its_version_and_is_recorded_as_printed(desk, sheet):
    read = taken(desk, "tom", f"{sheet}/print.pdf")
    [event] = printed(desk, "ava")
    assert event.detail == {"version": 1, "document": "class", "form": "pdf", "size": "standard"}
    assert event.actor_id == desk.cast.people["tom"]
    assert printed(desk, "ben") == []
    assert "Ava Planted version 1 " in read.words


def test_the_cover_sheet_has_forenames_and_what_a_supply_teacher_needs(desk, sheet):
    read = taken(desk, "tia", f"{sheet}/print.pdf?cover=yes&size=large")
    assert ALLERGY in read.words
    assert read.smallest >= 18
    for told in (STRATEGY, EXTRA_TIME):
        assert told in " ".join(read.page_words)
    assert "Planted" not in " ".join(read.page_words)
    assert printed(desk, "ava")[0].detail["document"] == "cover"


def test_initials_stand_for_names_where_asked(desk, sheet):
    read = taken(desk, "tom", f"{sheet}/print.pdf?names=initials")
    assert "AP version 1" in read.words
    assert "Planted" not in read.words


def test_who_may_print_none_of_them_is_refused(desk, sheet):
    assert desk.signed_in("olga").get(sheet).status_code == 200
    assert desk.signed_in("olga").get(f"{sheet}/print.pdf").status_code == 403
    assert "Download this sheet" not in words(desk.signed_in("olga").get(sheet))


@pytest.mark.parametrize("name", ["nora", "tess", "pam", "sena"])
def test_a_stranger_cannot_tell_the_class_from_none(desk, sheet, name):
    theirs = desk.signed_in(name).get(f"{sheet}/print.pdf")
    none = desk.signed_in(name).get("/classes/01900000-0000-7000-8000-000000000000/print.pdf")
    assert theirs.status_code == none.status_code == 404
    assert words(theirs) == words(none)


def test_the_page_leads_to_the_file_it_shows(desk, sheet):
    tom = desk.signed_in("tom")
    for asked in ("", "?cover=yes", "?names=initials"):
        links = [one.get("href") or "" for one in Page(tom.get(f"{sheet}{asked}").text).all("a")]
        files = [link for link in links if "/print.pdf" in link]
        assert len(files) == 2
        for link in files:
            assert asked.lstrip("?") in link
            assert tom.get(link).status_code == 200


def test_a_family_finds_everything_as_one_file_on_its_page(desk, sheet):
    pam = desk.signed_in("pam")
    page = pam.get(f"/my-child/{desk.cast.pupils['ava']}")
    links = {one.words.strip(): one.get("href") for one in Page(page.text).all("a")}
    assert "Print or download" in links
    read = Read(pam.get(links["Everything as one PDF"]).data)
    assert ("H1", "Support plan and earlier plans") in read.headings()
    for hidden in ("£", STAFF_ONLY):
        assert hidden not in read.words
