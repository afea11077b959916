"""What is gathered from a plan for paper: each version on it is on the trail, and none that was withdrawn."""

from __future__ import annotations

import io
from datetime import date

import pytest
from docx import Document

from isp.plans import actions
from isp.records.changes import Change, Op
from tests.cast import small_plan
from tests.plans.desk import words
from tests.web.reading_pdf import Read

DOCUMENTS = ["plan.pdf", "profile.pdf", "cycles.pdf", "moving-on.pdf", "everything.pdf"]
WORD = ["plan.docx", "cycles.docx", "moving-on.docx"]


@pytest.fixture
def cycles(cast):
    """Ava's plan with five versions."""
    said = ("Sings", "Patient", "Funny", "Brave", "Calm")
    return cast.plan("ava", "sara", *(small_plan(strengths=one) for one in said))


def taken(person, path) -> Read:
    answer = person.get(path)
    assert answer.status_code == 200, answer.text[:300]
    return Read(answer.data)


def printed(desk):
    return [
        (one.detail["document"], one.detail["version"])
        for one in desk.told("ava")
        if one.event.code == "plan.printed"
    ]


def test_the_last_four_cycles_stand_together_with_what_each_changed(desk, cycles):
    read = taken(desk.at("sara"), f"/plans/{cycles}/print/cycles.pdf")
    [overview] = read.tree.all("Table")
    assert [head.words for head in overview.all("TH")] == ["Cycle", "From", "To", "Why it was made"]
    assert len(overview.all("TR")) == 5
    headings = [words for kind, words in read.headings() if kind == "H2"]
    assert headings == [f"Cycle {at} of 4" for at in (1, 2, 3, 4)]
    assert "Patient" in read.words
    assert read.words.count("What changed since the cycle before") == 4
    assert "AP, versions 2, 3, 4, 5, code" in read.page_words[0]
    assert printed(desk) == [("cycles", number) for number in (2, 3, 4, 5)]


@pytest.fixture
def corrected(cast, cycles):
    """The same; the fifth version corrected twice."""
    for strengths, why in (("Clam", "A date"), ("Calm and kind", "A spelling")):
        change = Change(Op.SET, "about_me", None, "strengths", strengths)
        with cast.acting("sara") as unit:
            actions.start_draft(unit, cycles)
            actions.save_draft(unit, cycles, 0, [change])
        with cast.acting("sara") as unit:
            actions.publish(unit, cycles, 1, why, correction=True)
    return cycles


def test_a_small_correction_is_no_cycle_and_is_told_with_the_one_that_it_corrects(desk, corrected):
    read = taken(desk.at("sara"), f"/plans/{corrected}/print/cycles.pdf")
    headings = [words for kind, words in read.headings() if kind == "H2"]
    assert headings == [f"Cycle {at} of 4" for at in (1, 2, 3, 4)]
    assert "4: version 5, corrected in 6, 7" in read.words
    assert "Patient" in read.words
    assert "Calm and kind" in read.words
    for number, why in ((6, "A date"), (7, "A spelling")):
        assert f"Version {number}, " in read.words
        assert f": {why}" in read.words
    assert printed(desk) == [("cycles", number) for number in (2, 3, 4, 5, 6, 7)]


def test_a_family_s_pack_tells_the_corrections_in_its_own_words(desk, corrected):
    read = taken(desk.at("pam"), f"/plans/{corrected}/print/cycles.pdf")
    assert "Plan 6, " in read.words
    assert "corrected in" not in read.words


def test_a_correction_whose_version_was_withdrawn_stands_for_itself(desk, cast, corrected):
    with cast.acting("sara") as unit:
        for number in (1, 2, 3, 4, 5):
            actions.withdraw(unit, corrected, number, "third_party", "Somebody else is named")
    read = taken(desk.at("sara"), f"/plans/{corrected}/print/cycles.pdf")
    assert [words for kind, words in read.headings() if kind == "H2"] == ["Cycle 1 of 1"]
    assert "1: version 6, corrected in 7" in read.words


def test_a_withdrawn_version_is_in_no_pack(desk, cast, cycles):
    with cast.acting("sara") as unit:
        actions.withdraw(unit, cycles, 3, "third_party", "Somebody else is named")
    for name in ("cycles.pdf", "moving-on.pdf", "everything.pdf"):
        read = taken(desk.at("sara"), f"/plans/{cycles}/print/{name}")
        assert "Funny" not in read.words
        assert name == "moving-on.pdf" or "Brave" in read.words
    assert 3 not in {number for _, number in printed(desk)}


def test_an_earlier_plan_stands_where_it_belongs_in_time(desk, cast):
    record = cast.plan("ava", "sara", small_plan(strengths="Sings"))
    with cast.acting("sara") as unit:
        actions.record_earlier(unit, record, date(2024, 3, 14), small_plan(strengths="Shy"), "A Word file")
    read = taken(desk.at("sara"), f"/plans/{record}/print/cycles.pdf")
    assert read.words.index("Shy") < read.words.index("Sings")
    assert "1: version 2 14 March 2024" in read.words
    assert "written elsewhere" in read.words.casefold()


def test_a_profile_is_one_page_however_much_there_is_to_say(desk, cast):
    long = "Draws trains and remembers every song after hearing it once. " * 30
    content = small_plan(
        strengths=long, interests=long, matters=long, best_support=long, hard=long, sensory=long
    )
    record = cast.plan("ava", "sara", content)
    read = taken(desk.at("pam"), f"/plans/{record}/print/profile.pdf")
    assert len(read.page_words) == 1
    assert read.smallest >= 8.4
    assert "Some of this is shortened to fit on one page." in read.words
    assert printed(desk) == [("profile", 1)]


def test_a_profile_that_fits_is_not_shortened(desk, plan):
    read = taken(desk.at("tia"), f"/plans/{plan}/print/profile.pdf")
    assert len(read.page_words) == 1
    assert "shortened" not in read.words
    assert "What I am good at Kind to younger children" in read.words
    assert ("H2", "What we are aiming for") in read.headings()
    assert "Follow a two-step instruction" in read.words


def test_a_profile_names_what_is_still_aimed_for(desk, cast):
    content = small_plan()
    content["sections"]["outcomes"]["items"] += [
        {
            "id": "01900000-0000-7000-8000-00000000cccc",
            "order": "b",
            "statement": "Ties laces",
            "result": "more",
        }
    ]
    record = cast.plan("ava", "sara", content)
    read = taken(desk.at("sara"), f"/plans/{record}/print/profile.pdf")
    assert "Follow a two-step instruction" in read.words
    assert "Ties laces" not in read.words


def test_the_pack_for_the_next_school_leads_with_the_move(desk, cast):
    content = small_plan()
    content["sections"]["transition"]["fields"] = {"to_what": "Secondary school", "notes": "Needs a map"}
    content["sections"]["exam_access"]["items"] = [
        {"id": "01900000-0000-7000-8000-00000000bbbb", "order": "a", "arrangement": "25% extra time"}
    ]
    record = cast.plan("ava", "sara", small_plan(strengths="Sings"), content)
    read = taken(desk.at("sara"), f"/plans/{record}/print/moving-on.pdf")
    seconds = [words for kind, words in read.headings() if kind == "H2"]
    assert seconds[:2] == ["Transition", "Exam access arrangements"]
    assert "About me" in seconds
    assert seconds[-1] == "Versions so far"
    assert read.words.count("Needs a map") == 1
    assert read.words.count("25% extra time") == 1
    assert [head.words for head in read.tree.all("TH")] == ["Version", "From", "Why it was made"]
    assert printed(desk) == [("moving_on", 2), ("moving_on", 1)]


def test_a_family_takes_everything_in_one_file_in_its_own_words(desk, cycles):
    read = taken(desk.at("pam"), f"/plans/{cycles}/print/everything.pdf")
    assert ("H1", "Support plan and earlier plans") in read.headings()
    assert ("H2", "Earlier plans") in read.headings()
    for word in ("Provision", "Outcomes", "Version", "Sara Example, SENCO SENCO"):
        assert word not in read.words
    assert {number for _, number in printed(desk)} == {1, 2, 3, 4, 5}


@pytest.mark.parametrize("document", [*DOCUMENTS, *WORD])
def test_every_document_goes_through_the_lens(desk, cast, document):
    content = small_plan()
    content["sections"]["provision"]["items"][0] |= {"cost": 123_456, "funding": "notional_sen"}
    content["sections"]["health_and_care"]["fields"] = {"affects_learning": "Epilepsy, seen by a clinic"}
    content["sections"]["family_views"]["items"] = [
        {
            "id": "01900000-0000-7000-8000-00000000aaaa",
            "order": "a",
            "views": "Kept to staff",
            "limited_to_staff": True,
        }
    ]
    record = cast.plan("ava", "sara", content)

    def said(name):
        data = desk.at(name).get(f"/plans/{record}/print/{document}").data
        return Read(data).words if document.endswith("pdf") else " ".join(text_of(data).split())

    for hidden in ("1,234.56", "Cost", "Notional SEN budget", "Kept to staff", "Provision"):
        assert hidden not in said("pam")
    # An assistant reads what is shared, and nothing clinical or of money.
    if document in ("plan.pdf", "plan.docx", "profile.pdf"):
        for hidden in ("1,234.56", "Epilepsy"):
            assert hidden not in said("tia")
    if document in ("plan.pdf", "plan.docx", "everything.pdf"):
        for shown in ("1,234.56", "Epilepsy", "Kept to staff"):
            assert shown in said("sara")


@pytest.mark.parametrize(
    ("document", "tells"),
    [
        ("cycles.pdf", {"£1,234.56", "Epilepsy"}),
        ("cycles.docx", {"£1,234.56", "Epilepsy"}),
        ("moving-on.pdf", {"Epilepsy"}),
        ("moving-on.docx", {"Epilepsy"}),
    ],
)
def test_what_is_made_for_others_leaves_out_what_is_the_schools_own(desk, cast, document, tells):
    """A bid is about costs, and a next school's business they are not; words kept to staff go to neither."""
    first, second = small_plan(), small_plan(strengths="Sings")
    for content in (first, second):
        content["sections"]["provision"]["items"][0] |= {"cost": 123_456}
        content["sections"]["health_and_care"]["fields"] = {"affects_learning": "Epilepsy"}
    second["sections"]["family_views"]["items"] = [
        {"id": "01900000-0000-7000-8000-00000000aaaa", "order": "a", "views": "Kept to staff"}
        | {"limited_to_staff": True, "from_whom": "Grandmother"}
    ]
    record = cast.plan("ava", "sara", first, second)
    data = desk.at("sara").get(f"/plans/{record}/print/{document}").data
    said = Read(data).words if document.endswith("pdf") else text_of(data)
    asked = ("£1,234.56", "Epilepsy", "Kept to staff", "Grandmother")
    assert {one for one in asked if one in said} == tells


@pytest.mark.parametrize("document", ["cycles.pdf", "moving-on.pdf", "everything.pdf", "cycles.docx"])
def test_who_reads_no_earlier_versions_gets_no_pack_of_them(desk, cycles, document):
    assert desk.at("tia").get(f"/plans/{cycles}/print/{document}").status_code == 403
    assert printed(desk) == []


@pytest.mark.parametrize("document", [*DOCUMENTS, *WORD])
def test_a_stranger_finds_none_of_them(desk, cycles, document):
    for name in ("nora", "sena", "tess"):
        assert desk.at(name).get(f"/plans/{cycles}/print/{document}").status_code == 404
    assert printed(desk) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_document_is_made_in_large_print(desk, cycles, document):
    read = taken(desk.at("pam"), f"/plans/{cycles}/print/{document}?size=large")
    assert read.smallest >= 18
    assert read.ua_part == "1"
    assert {one.detail["size"] for one in desk.told("ava") if one.event.code == "plan.printed"} == {"large"}


@pytest.mark.parametrize("document", [*DOCUMENTS, *WORD])
def test_no_files_name_or_title_says_whose_it_is(desk, cycles, document):
    answer = desk.at("pam").get(f"/plans/{cycles}/print/{document}")
    assert answer.headers["Cache-Control"] == "no-store"
    name = answer.headers["Content-Disposition"]
    assert name.startswith("attachment;")
    if document.endswith("pdf"):
        read = Read(answer.data)
        told = read.title + read.metadata
    else:
        facts = Document(io.BytesIO(answer.data)).core_properties
        told = f"{facts.title} {facts.author} {facts.comments} {facts.subject} {facts.last_modified_by}"
    assert "AP" in told
    for said in (name, told):
        assert "Ava" not in said
        assert "Planted" not in said


def text_of(data: bytes) -> str:
    """All words of a Word file's body, tables included."""
    body = Document(io.BytesIO(data)).element.body
    return " ".join(node.text or "" for node in body.iter() if node.tag.endswith("}t"))


def test_nothing_in_force_makes_no_pack(desk, cast):
    record = cast.plan("ava", "sara")
    for document in DOCUMENTS:
        answer = desk.at("sara").get(f"/plans/{record}/print/{document}")
        assert answer.status_code == 404
        assert "We cannot find that page" in words(answer)
