"""The report of a review, for the school, for a family, and for an authority."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

from docx import Document

from isp.web.print.paper import Stamp
from isp.web.print.pdf import as_pdf
from isp.web.print.review import (
    Action,
    AnnualReview,
    Continues,
    OutcomeReviewed,
    ReviewData,
    review_report,
)
from isp.web.print.word import as_word
from tests.web.reading_pdf import Read

STAMP = Stamp(
    "AP", "AP, version 3, code 1A2B-3C4D-5E6F", "Sara Example, SENCO", datetime(2026, 7, 1, tzinfo=UTC)
)
HELD = ReviewData(
    stamp=STAMP,
    caption="Ava Planted",
    facts=(("Held on", "14 March 2027"), ("Led by", "Tom Example, class teacher")),
    attended=(("Pam Example, parent", "In the room"), ("Eve Example, psychologist", "By video")),
    apologies=("Wes Example, social worker",),
    views=(("Ava", "I like my new seat."),),
    outcomes=(
        OutcomeReviewed(
            "Reads a page aloud",
            "As expected",
            evidence="Two errors in a page",
            heard=(("Tom Example", "Reads in small groups"),),
            next="Continues",
        ),
        OutcomeReviewed("Reads a line", "More than expected", is_step=True),
    ),
    support=(Continues("Reading group", "Changes", "Twice a week is enough"),),
    advice=(("Eve Example, 2 March 2027", "Working memory"),),
    decision="Go on with the plan.",
    actions=(Action("Ask for advice", "Sara Example", "1 May 2027"),),
    next_review="5 July 2027",
)
ANNUAL = AnnualReview(
    recommendation="Amend the EHC plan",
    reasons="Needs have changed",
    amendments=(("F", "Therapy weekly"),),
    differed=(("Pam Example", "Keep the one to one support"),),
    facts=(("Authority", "Northshire"),),
    sent=(("The psychologist’s report", "1 March 2027"),),
)


def seconds(read):
    return [words for kind, words in read.headings() if kind == "H2"]


def test_a_report_says_what_the_meeting_found_and_decided():
    read = Read(as_pdf(review_report(HELD)))
    assert read.title == "Review report, AP"
    assert seconds(read) == [
        "Who took part", "Views", "Outcomes", "Provision",
        "Advice received", "Decision", "Actions", "Next review",
    ]  # fmt: skip
    for said in ("Result As expected", "Evidence Two errors in a page", "Tom Example Reads in small groups"):
        assert said in read.words
    tables = [[head.words for head in table.all("TH")] for table in read.tree.all("Table")]
    assert tables == [["Who", "How"], ["Provision", "Decision", "Reason"], ["What", "Who", "By when"]]


def test_an_authority_is_told_first_what_is_recommended_and_who_saw_it_otherwise():
    read = Read(as_pdf(review_report(replace(HELD, annual=ANNUAL))))
    assert read.title == "Annual review report, AP"
    assert seconds(read)[0] == "Recommendation to the authority"
    for said in ("Amend the EHC plan", "F Therapy weekly", "Pam Example Keep the one to one support"):
        assert said in read.words
    assert "Authority Northshire" in read.words


def test_a_family_reads_it_in_plain_words():
    read = Read(as_pdf(review_report(replace(HELD, for_family=True))))
    for word in ("Outcomes", "Provision", "Result", "Baseline", "Apologies"):
        assert word not in read.words
    assert "How it went As expected" in read.words


def test_what_is_empty_is_left_out_down_to_its_heading():
    bare = ReviewData(stamp=STAMP, caption="Ava Planted", facts=(("Held on", "14 March 2027"),))
    assert seconds(Read(as_pdf(review_report(bare)))) == []


def test_the_report_goes_out_as_word_and_in_large_print_as_well():
    paper = review_report(replace(HELD, annual=ANNUAL))
    headings = [
        one.text
        for one in Document(io.BytesIO(as_word(paper))).paragraphs
        if one.style is not None and one.style.name == "Heading 2"
    ]
    assert headings[0] == "Recommendation to the authority"
    read = Read(as_pdf(paper, large=True))
    assert read.smallest >= 18
    assert "Ask for advice Who Sara Example By when 1 May 2027" in read.words
