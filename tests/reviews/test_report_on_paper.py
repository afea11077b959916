"""The report of a review as PDF and as Word: once it is closed, through the reader's lens, on the trail."""

from __future__ import annotations

import io

import pytest
from docx import Document
from sqlalchemy import update

from isp.kernel.errors import Invalid
from isp.records.changes import Change, Op
from isp.register.models import Pupil
from tests.web.reading_pdf import Read


@pytest.fixture
def closed(desk, held):
    desk.write(
        held,
        Change(Op.SET, "views", None, "family", "She reads to her brother"),
        Change(Op.SET, "views", None, "family_from", "Pam Planted, mother"),
        Change(Op.SET, "overall", None, "continues", "The morning group"),
        Change(Op.SET, "outcomes", desk.outcome(held)["id"], "evidence", "Three of four times"),
    )
    desk.fill(held)
    desk.close(held)
    return held


def test_a_teacher_takes_the_report_as_pdf_and_it_says_what_was_said(desk, closed):
    answer = desk.at("tom").get(f"/reviews/{closed}/report.pdf")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="review-1.pdf"'
    assert "Ava" not in answer.headers["Content-Disposition"]
    text = " ".join(Read(answer.data).words.split())
    for said in (
        "Review report",
        "Follow a two-step instruction",
        "More than expected",
        "Three of four times",
        "Family: Pam Planted, mother",
        "She reads to her brother",
        "The morning group",
        "Continue SEN Support",
    ):
        assert said in text
    told = desk.told("ava")[-1]
    assert told.event.code == "review.printed"
    assert dict(told.detail) == {"document": "report", "form": "pdf", "size": "standard"}


def test_as_word_it_can_be_edited(desk, closed):
    answer = desk.at("sara").get(f"/reviews/{closed}/report.docx")
    document = Document(io.BytesIO(answer.data))
    said = " ".join(one.text for one in document.paragraphs)
    assert "Follow a two-step instruction" in said


def test_a_family_reads_it_in_its_own_words(desk, closed):
    answer = desk.at("pam").get(f"/reviews/{closed}/report.pdf?size=large")
    text = " ".join(Read(answer.data).words.split())
    assert "What we agreed at the review" in text
    assert "Going better than we hoped" in text
    assert "More than expected" not in text


def test_before_it_is_closed_there_is_nothing_to_print(desk, held):
    assert desk.at("tom").get(f"/reviews/{held}/report.pdf").status_code == 409


@pytest.mark.parametrize("name", ["nora", "sena", "tess"])
def test_a_stranger_takes_nothing(desk, closed, name):
    assert desk.at(name).get(f"/reviews/{closed}/report.pdf").status_code == 404


def test_of_a_pupil_with_an_ehc_plan_the_authority_has_a_report_of_its_own(desk, cast, plan):
    with cast.making() as unit:
        unit.session.execute(update(Pupil).where(Pupil.id == cast.pupils["ava"]).values(sen_status="E"))
    review = desk.planned(plan)
    desk.open(review)
    desk.fill(review)
    with pytest.raises(Invalid, match="recommends to the authority"):
        desk.close(review)
    tom = desk.at("tom")
    here = f"/reviews/{review}/meeting/annual"
    added = tom.fill(tom.get(here), here, do="add")
    item = added.headers["Location"].partition("#item-")[2]
    tom.fill(
        tom.get(here),
        here,
        values={
            "annual.recommendation": "amend",
            "annual.reasons": "Two outcomes are met",
            f"annual.{item}.of": "E",
            f"annual.{item}.change": "A new outcome for reading",
        },
    )
    desk.close(review)
    answer = tom.get(f"/reviews/{review}/report.pdf?for=authority")
    text = " ".join(Read(answer.data).words.split())
    for said in ("Annual review report", "Amend the EHC plan", "A new outcome for reading", "Northshire"):
        assert said in text
    assert desk.told("ava")[-1].detail["document"] == "annual"
    assert desk.at("pam").get(f"/reviews/{review}/report.pdf?for=authority").status_code == 409


def test_of_others_there_is_none(desk, closed):
    assert desk.at("tom").get(f"/reviews/{closed}/report.pdf?for=authority").status_code == 409
    assert "annual review" not in desk.at("tom").get(f"/reviews/{closed}").text.lower()
