"""Every letter says what the law wants in it: in the text as it is read, as PDF and as Word."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from docx import Document

from isp.escalations.letters.content import Facts, Words, compose
from isp.escalations.letters.wording import Letter, read, wording_on
from isp.web.print.letter import LetterData, letter
from isp.web.print.paper import Paper, Stamp
from isp.web.print.pdf import as_pdf
from isp.web.print.word import as_word
from tests.escalations.letter_world import CONTACTS, PARTICULARS
from tests.web.reading_pdf import Read

DATED = date(2026, 11, 2)
WORDING = wording_on(DATED)
FACTS = Facts(
    authority="Northshire Council",
    child="Ava Planted",
    dated=DATED,
    received=date(2026, 9, 7),
    contact="Olli Example, 01632 960009",
    term="4 January 2027 to 26 March 2027",
    reviews="Ava Planted, plan P-1: by 11 January 2027",
    send_by="21 December 2026",
    **CONTACTS,
)
WORDS = Words("Dear parent", "The school gives what is needed.", "Yours sincerely", PARTICULARS)

# What each letter must say, written from the regulations and not from our data. The dates are counted from
# 2 November 2026 by hand: two months on is 2 January 2027, a day past those that the Tribunal's rule moves.
APPEAL = (
    "right to appeal to the First-tier Tribunal",
    "within two months of the date of this decision: by 2 January 2027",
    "within one month of the date of the certificate, whichever is later",
)
REG_32 = (
    "right to mediation",
    "Before you can appeal, you need a certificate from a mediation adviser",
    "Fair Mediation, telephone 01632 960002",
    "within two months of our sending you this decision: by 2 January 2027",
    "you must tell us so, what it is to be about",
    "health care provision that the plan does not have, which provision you want",
    "Olli Example, 01632 960009",
)
HELP = ("resolving disagreements are available", "Fair Resolution, telephone 01632 960003")
SENDIASS = ("Northshire SENDIASS, telephone 01632 960001",)
SCHOOLS = ("our list",)
RIGHTS = (*APPEAL, *REG_32, *HELP, *SENDIASS)
REASONS = ("The school gives what is needed.",)
FIFTEEN = ("at least 15 days, beginning with the day", "until 16 November 2026")
ASKS = ("name a particular school or other institution", "ask to meet an officer")

MUST: dict[str, tuple[str, ...]] = {
    "considering": (
        "considering whether to carry out an assessment", "by 19 October 2026", "right to tell us your views",
        "send us evidence", *SENDIASS,
    ),
    "refuse_assess": ("has decided not to secure an EHC needs assessment", "51(2)(a)", *REASONS, *RIGHTS),
    "will_assess": (
        "has decided to secure an EHC needs assessment", "by 28 December 2026", "by 25 January 2027",
        *SENDIASS,
    ),
    "ordered_assess": (
        "After the appeal against our earlier decision", "26 October 2026", "by 4 January 2027",
        "by 1 February 2027", *SENDIASS,
    ),
    "advice_request": (
        "psychological advice under regulation 6(1)(d)", "needs, the provision", "outcomes",
        "within six weeks of that day: by 14 December 2026", "Olli Example",
    ),
    "advice_chaser": (
        "psychological advice under regulation 6(1)(d)", "until 14 December 2026", "Olli Example",
    ),
    "refuse_issue": ("No plan will be made", "51(2)(b)", *REASONS, *RIGHTS),
    "draft_plan": ("draft EHC plan", "1 October 2026", *FIFTEEN, *ASKS, *SCHOOLS, *SENDIASS),
    "consult_setting": (
        "naming Hilltop School", "by 17 November 2026", "copy of the draft plan", "Olli Example",
    ),
    "final_plan": ("final EHC plan", "51(2)(c)", "section B", "section F", "section I", *RIGHTS),
    "refuse_reassess": ("not to secure a re-assessment", "51(2)(d)", *REASONS, *RIGHTS),
    "will_reassess": ("has decided to secure a re-assessment", "by 8 February 2027", *SENDIASS),
    "review_due": ("must be finished by 1 March 2027", "at least two weeks’ notice", "Olli Example"),
    "review_invitation": (
        "on 7 December 2026: 10 o’clock, at the school", "by 23 November 2026", "by 21 December 2026",
        *SENDIASS,
    ),
    "review_maintain": ("to continue to maintain the plan as it is", "51(2)(e)", *REASONS, *RIGHTS),
    "review_amend": (
        "proposes to amend", "25 hours in place of 20", "report of Dr Eve Example", "plan as it stands",
        *FIFTEEN,
        *ASKS, "by 28 December 2026", *SCHOOLS, *SENDIASS,
    ),
    "not_amend": ("decided not to amend the EHC plan", "51(2)(e)", *REASONS, *RIGHTS),
    "amended_plan": ("as amended on 2 November 2026", "51(2)(c)", *RIGHTS),
    "consider_cease": ("considering whether to cease", "we must consult you", "head or principal", *SENDIASS),
    "cease": (
        "has decided to cease to maintain", "51(2)(f)", "until the time in which you may appeal has passed",
        *REASONS, *RIGHTS,
    ),
    "transfer": (
        "was transferred to Northshire Council on 1 November 2026",
        "will not carry out an EHC needs assessment",
        "by 1 February 2027", *SENDIASS,
    ),
    "placed_for_now": (
        "no longer practicable", "attend Hilltop School, until the plan is amended", "tell us what you think",
        "ask us to name another institution", "Olli Example", *SENDIASS,
    ),
    "college_move": (
        "move to Hilltop School on 1 September 2027", "at least five months before the move: by 1 April 2027",
        "tell us what you think", "meet an officer", "Olli Example", *SENDIASS,
    ),
    "health_body": (
        "NHS Southshire becomes responsible", "from 1 December 2026, in place of NHS Northshire",
        "ask us to review the plan, or to assess again, within 15 working days", "by 20 November 2026",
        "Olli Example",
    ),
    "case_withdrawn": (
        "told Northshire Council on 30 October 2026", "taken back", "Nothing was decided",
        "ask for an EHC needs assessment again", *SENDIASS, "Olli Example",
    ),
    "case_moved": (
        "learnt on 30 October 2026", "Eastshire Council, 01632 960005", "responsible from then on",
        "Nothing was decided", *SENDIASS, "Olli Example",
    ),
    # 30 working days after 2 November 2026: 14 December, before Christmas.
    "appeal_answer": (
        "The decision not to assess, of 2 November 2026", "received it on 2 November 2026",
        "30 working days: counted from that day it ends on 14 December 2026", "We oppose the appeal in part.",
        *REASONS, "Ms Law Example, 1 Sample Street", "Ava wants to stay at Oakfield.",
        "goes to the other party at the same time", "Rules 2008", "sual in an answer to an appeal",
        "Olli Example",
    ),
    "review_list": (
        "4 January 2027 to 26 March 2027", "Ava Planted, plan P-1: by 11 January 2027",
        "two weeks before the term begins: by 21 December 2026", "within two weeks of the meeting",
        "at least two weeks’ notice", "Code of Practice", "Olli Example",
    ),
}  # fmt: skip


def paper_of(kind: Letter) -> Paper:
    made = compose(WORDING, kind, FACTS, WORDS)
    assert made.gaps == ()
    stamp = Stamp("AP", "AP, EHC-2026-XXXXXX", "Olli Example, officer", datetime(2026, 11, 2, 12, tzinfo=UTC))
    facts = (("From", FACTS.authority), ("Our reference", "EHC-2026-XXXXXX"), ("Date", "2 November 2026"))
    return letter(LetterData(made.title, FACTS.child, stamp, facts, made.parts))


def in_pdf(paper: Paper) -> str:
    read_back = Read(as_pdf(paper))
    assert b"pdfuaid:part" in read_back.data or read_back.pdf.open_metadata().get("pdfuaid:part") == "1"
    return " ".join(" ".join(read_back.page_words).split())


def in_word(paper: Paper) -> str:
    document = Document(io.BytesIO(as_word(paper)))
    return " ".join(" ".join(one.text for one in document.paragraphs).split())


def test_every_letter_of_the_data_stands_in_this_table() -> None:
    assert set(MUST) == set(WORDING.letters)


@pytest.mark.parametrize("form", [in_pdf, in_word])
@pytest.mark.parametrize("kind", sorted(MUST))
def test_a_letter_says_what_it_must(kind: str, form: Callable[[Paper], str]) -> None:
    said = form(paper_of(WORDING.letters[kind]))
    plain = said.replace("\u200b", "")
    for phrase in (*MUST[kind], "Northshire Council", "EHC-2026-XXXXXX", "2 November 2026"):
        assert phrase in plain, phrase


@pytest.mark.parametrize("lost", ["contact", "sendiass", "mediation", "disagreement", "schools"])
def test_what_the_authority_has_not_said_is_a_gap_of_each_letter_that_needs_it(lost: str) -> None:
    gone: dict[str, Any] = {lost: " "}
    facts = replace(FACTS, **gone)
    for kind in WORDING.letters.values():
        needs = any(lost in block.names for block in kind.blocks)
        gaps = compose(WORDING, kind, facts, WORDS).gaps
        assert bool(gaps) == needs
        assert all(gap.to_do and gap.source for gap in gaps)


def test_reasons_that_are_missing_are_a_gap_where_the_law_wants_them() -> None:
    for kind in WORDING.letters.values():
        gaps = compose(WORDING, kind, FACTS, replace(WORDS, reasons=" ")).gaps
        assert bool(gaps) == any(one.code == "reasons" for one in kind.must), kind.kind


def test_a_particular_that_is_missing_is_a_gap() -> None:
    for kind in WORDING.letters.values():
        gaps = compose(WORDING, kind, FACTS, replace(WORDS, particulars={})).gaps
        assert {gap.field for gap in gaps} == {one.code for one in kind.particulars}


def test_braces_that_somebody_types_stay_braces() -> None:
    made = compose(WORDING, WORDING.letters["considering"], replace(FACTS, child="{dated}"), WORDS)
    assert any("{dated}" in part.text for part in made.parts)


def test_a_letter_without_a_part_that_it_needs_is_refused_by_the_data() -> None:
    head = {"version": "x", "effective_from": DATED}
    row = {
        "kind": "k", "title": "t", "subject": "plan", "after": [], "to": "family", "copies": [],
        "must": ["reasons"], "parts": ["@opening"],
    }  # fmt: skip
    contents = [{"code": "reasons", "words": "w", "source": "s"}]
    with pytest.raises(ValueError, match="no part of k gives"):
        read({**head, "contents": contents, "blocks": [], "dates": [], "particulars": [], "letters": [row]})
