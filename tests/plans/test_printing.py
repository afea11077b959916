"""A plan on paper: through the reader's lens, on the trail before it is sent, and its name says not whose."""

from __future__ import annotations

import pytest

from isp.kernel import clock
from isp.plans import actions
from isp.records.changes import Change, Op
from tests.cast import small_plan
from tests.pages import Page
from tests.plans.desk import words
from tests.web.reading_pdf import Read


def taken(person, path) -> Read:
    answer = person.get(path)
    assert answer.status_code == 200, answer.text[:300]
    return Read(answer.data)


def test_a_senco_downloads_the_version_in_force(desk, plan):
    read = taken(desk.at("sara"), f"/plans/{plan}/print/plan.pdf")
    assert "Ava Planted Individual support plan Version 1, finalised on" in read.words
    assert "Kind to younger children" in read.words
    assert "How much 2 × 20 minutes" in read.words
    assert "Nothing is written yet under: Must know;" in read.words


def test_a_family_reads_its_own_words_on_paper_too(desk, plan):
    read = taken(desk.at("pam"), f"/plans/{plan}/print/plan.pdf")
    assert "What I am good at Kind to younger children" in read.words
    for word in ("Provision", "Outcomes", "Nothing is written yet", "Version"):
        assert word not in read.words


def test_what_a_lens_hides_is_not_in_the_file(desk, cast, draft):
    with cast.acting("sara") as unit:
        provision = cast.draft(unit, draft).content["sections"]["provision"]["items"][0]["id"]
        changes = [
            Change(Op.SET, "provision", provision, "cost", 123_456),
            Change(Op.SET, "health_and_care", None, "affects_learning", "Epilepsy, seen by a clinic"),
        ]
        actions.save_draft(unit, draft, 0, changes)
    with cast.acting("sara") as unit:
        actions.publish(unit, draft, 1, "Health")
    path = f"/plans/{draft}/print/plan.pdf"
    seen = {name: taken(desk.at(name), path).words for name in ("sara", "tom", "tia", "hal", "pam")}
    assert {name for name, said in seen.items() if "1,234.56" in said} == {"sara", "hal"}
    assert {name for name, said in seen.items() if "Cost" in said} == {"sara", "hal"}
    assert {name for name, said in seen.items() if "Epilepsy" in said} == {"sara", "tom", "pam"}


def test_what_an_author_kept_to_staff_is_on_no_familys_paper(desk, cast):
    content = small_plan()
    view = {"views": "The father must not know", "limited_to_staff": True, "from_whom": "Grandmother"}
    content["sections"]["family_views"]["items"] = [
        {"id": "01900000-0000-7000-8000-00000000aaaa", "order": "a", **view}
    ]
    record = cast.plan("ava", "sara", content)
    path = f"/plans/{record}/print/plan.pdf"
    assert "must not know" in taken(desk.at("sara"), path).words
    family = taken(desk.at("pam"), path)
    assert "must not know" not in family.words
    assert "Grandmother" not in family.words


@pytest.mark.parametrize("size", ["", "?size=large"])
def test_each_page_says_whose_it_is_by_whom_and_when(desk, cast, size):
    record = cast.plan("ava", "sara", small_plan(strengths="Sings all day. " * 130))
    read = taken(desk.at("pam"), f"/plans/{record}/print/plan.pdf{size}")
    code = read.words.partition("Code ")[2].split()[0]
    pages = len(read.page_words)
    assert pages > 1
    for number, said in enumerate(read.page_words, start=1):
        assert f"AP, plan 1, code {code}" in said
        assert f"Page {number} of {pages}" in said
        assert "Printed by Pam Example, Parent or carer on" in said
        assert f"{clock.london(clock.now()).year} at " in said


def test_neither_title_nor_metadata_nor_the_files_name_says_whose_it_is(desk, plan):
    answer = desk.at("pam").get(f"/plans/{plan}/print/plan.pdf")
    read = Read(answer.data)
    assert read.title == "Support plan, AP"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="support-plan-1.pdf"'
    for said in (read.metadata, answer.headers["Content-Disposition"], answer.request.path):
        assert "Ava" not in said
        assert "Planted" not in said


def test_the_file_is_a_download_that_nothing_keeps_or_runs(desk, plan):
    headers = desk.at("sara").get(f"/plans/{plan}/print/plan.pdf").headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_printing_is_on_the_trail(desk, cast, plan):
    desk.at("pam").get(f"/plans/{plan}/print/plan.pdf?size=large")
    last = desk.told("ava")[-1]
    assert last.event.code == "plan.printed"
    assert last.actor_id == cast.people["pam"]
    assert last.detail == {"version": 1, "document": "plan", "form": "pdf", "size": "large"}


def test_a_file_that_could_not_be_typeset_was_recorded_all_the_same(desk, plan, monkeypatch):
    """The event is committed first: no file leaves that the trail does not know of."""
    monkeypatch.setattr("isp.web.print.pdf.TEMPLATES", None)
    assert desk.at("sara").get(f"/plans/{plan}/print/plan.pdf").status_code == 500
    assert desk.acts("ava")[-1] == "plan.printed"


def test_an_older_version_prints_as_it_was(desk, cast):
    record = cast.plan("ava", "sara", small_plan(), small_plan(strengths="Sings"))
    read = taken(desk.at("sara"), f"/plans/{record}/print/plan.pdf?version=1")
    assert "Kind to younger children" in read.words
    assert "AP, version 1, code" in read.page_words[0]
    assert desk.at("sara").get(f"/plans/{record}/print/plan.pdf?version=3").status_code == 404
    assert desk.at("sara").get(f"/plans/{record}/print/plan.pdf?version=one").status_code == 404


@pytest.mark.parametrize("name", ["sara", "pam", "hal"])
def test_a_withdrawn_version_prints_for_nobody(desk, cast, name):
    record = cast.plan("ava", "sara", small_plan(), small_plan(strengths="Sings"))
    with cast.acting("sara") as unit:
        actions.withdraw(unit, record, 1, "wrong_child", "It is about somebody else")
    path = f"/plans/{record}/print/plan.pdf"
    assert desk.at(name).get(f"{path}?version=1").status_code == 410
    assert desk.acts("ava")[-1] != "plan.printed"
    assert desk.at(name).get(path).status_code == 200


def test_who_looks_after_data_protection_reads_a_withdrawn_version_and_prints_none(desk, cast):
    record = cast.plan("ava", "sara", small_plan(), small_plan(strengths="Sings"))
    with cast.acting("sara") as unit:
        actions.withdraw(unit, record, 1, "wrong_child", "It is about somebody else")
    dora = desk.at("dora")
    assert dora.get(f"/plans/{record}/versions/1").status_code == 200
    assert dora.get(f"/plans/{record}/print/plan.pdf?version=1").status_code == 403


@pytest.mark.parametrize("name", ["nora", "sena", "bea", "olli", "tess"])
def test_a_stranger_cannot_tell_a_plan_that_prints_from_one_that_does_not_exist(desk, plan, name):
    stranger = desk.at(name)
    for path in ("print", "print/plan.pdf"):
        theirs = stranger.get(f"/plans/{plan}/{path}")
        none = stranger.get(f"/plans/01900000-0000-7000-8000-000000000000/{path}")
        assert theirs.status_code == none.status_code == 404
        assert words(theirs) == words(none)
    assert "plan.printed" not in desk.acts("ava")


def test_the_office_prints_no_plan(desk, plan):
    assert desk.at("olga").get(f"/plans/{plan}/print/plan.pdf").status_code == 403


def test_a_plan_of_which_nothing_is_in_force_does_not_print(desk, cast):
    record = cast.plan("ava", "sara")
    assert desk.at("sara").get(f"/plans/{record}/print/plan.pdf").status_code == 404
    assert "plan.printed" not in desk.acts("ava")


INJECTED = [
    '#panic("run")',
    '#eval("1+1")',
    '#read("/etc/passwd")',
    "= Not a heading\n== Nor this\n- nor a list",
    "*bold* _emph_ `raw` $x^2$ @label <label> \\ // comment /* more",
    '#import "@preview/x:1.0.0": *',
    '{"sort": "box"} "quoted" \\u{41}',
]


@pytest.mark.parametrize("typed", INJECTED)
def test_markup_is_words_on_paper(desk, cast, typed):
    content = small_plan(strengths=typed)
    content["sections"]["needs"]["items"][0]["barrier"] = " ".join(typed.split())
    record = cast.plan("ava", "sara", content)
    read = taken(desk.at("sara"), f"/plans/{record}/print/plan.pdf")
    assert " ".join(typed.split()) in read.words
    assert " ".join(typed.split()) in [heading for _, heading in read.headings()]
    assert "Not a heading" not in [heading for _, heading in read.headings()]


def test_the_plans_page_leads_to_the_paper(desk, cast):
    record = cast.plan("ava", "sara", small_plan(), small_plan(strengths="Sings"))
    for name in ("sara", "tom", "tia", "pam"):
        person = desk.at(name)
        links = [one.get("href") or "" for one in Page(person.get(f"/plans/{record}").text).all("a")]
        assert f"/plans/{record}/print" in links
        choose = person.get(f"/plans/{record}/print")
        assert "What do you want to print or download?" in words(choose)
        for link in [one.get("href") or "" for one in Page(choose.text).all("a")]:
            if "/print/" in link:
                assert person.get(link).status_code == 200
    older = Page(desk.at("sara").get(f"/plans/{record}/versions/1").text).all("a")
    assert f"/plans/{record}/print?version=1" in [one.get("href") for one in older]
    assert not any(
        "/print" in (one.get("href") or "")
        for one in Page(desk.at("dora").get(f"/plans/{record}").text).all("a")
    )
