"""The working document for the Tribunal: each side's wording in its marks, agreed or not, and in Word."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from docx import Document

from isp import create_app
from isp.ehcp import actions as plans
from isp.ehcp.rules import Sort
from isp.escalations.tribunal import actions, queries
from isp.escalations.tribunal.working_document import (
    EntryWords,
    Proposal,
    SectionWords,
    Words,
    blocks_of,
    marked_sections,
)
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.kernel.ids import new_id
from isp.web.print.paper import Paper, Run, Stamp
from isp.web.print.pdf import as_pdf
from isp.web.print.word import as_word
from tests.ehcp.world import ready_content
from tests.escalations.letter_world import lay_out
from tests.escalations.world import RECEIVED, Affair, on
from tests.people.world import Browser, settings
from tests.web.reading_pdf import Read

DAY = timedelta(days=1)
NEED = "Ava finds it hard to follow instructions of two steps."


def said(**more: Any) -> dict[str, Any]:
    return {"side": "parents", "act": "replace", "state": "proposed", "wording": "", "note": ""} | more


def one_line(text: str, **more: Any) -> tuple[Run, ...]:
    item, proposal = new_id(), new_id()
    section = SectionWords("b", "B. Needs", (EntryWords(item, (Words("need", "Need", text),)),))
    made = Proposal(id=proposal, section="b", item_id=item, field="need", **said(**more))
    (found,) = marked_sections([section], [made])
    return found.lines[0].marked[0][1]


@pytest.mark.parametrize(
    ("side", "state", "mark"),
    [
        ("parents", "proposed", {"bold": True}),
        ("authority", "proposed", {"italic": True}),
        ("parents", "agreed", {"underline": True}),
        ("authority", "agreed", {"underline": True}),
    ],
)
def test_new_words_stand_in_their_sides_letters_and_old_ones_are_struck(
    side: str, state: str, mark: dict[str, bool]
) -> None:
    runs = one_line("Help for 20 hours a week", wording="Help for 25 hours a week", side=side, state=state)
    assert Run("20", strike=True, **mark) in runs
    assert Run("25", **mark) in runs
    assert "".join(run.text for run in runs if not run.strike) == "Help for 25 hours a week"
    assert "".join(run.text for run in runs if run.text != "25") == "Help for 20 hours a week"


def test_words_that_are_to_go_are_struck_in_their_sides_letters() -> None:
    assert one_line("Some help", act="delete") == (Run("Some help", bold=True, strike=True),)
    assert one_line("Some help", act="delete", side="authority") == (
        Run("Some help", italic=True, strike=True),
    )


def test_what_was_withdrawn_leaves_no_mark() -> None:
    assert one_line("Some help", wording="More help", state="withdrawn") == (Run("Some help"),)


def test_both_sides_stand_under_each_other_and_new_wording_at_the_end() -> None:
    item = new_id()
    section = SectionWords("f", "F. Provision", (EntryWords(item, (Words("what", "What", "20 hours"),)),))
    listed = [
        Proposal(new_id(), "f", item, "what", "parents", "replace", "proposed", "25 hours"),
        Proposal(new_id(), "f", item, "what", "authority", "replace", "proposed", "22 hours"),
        Proposal(new_id(), "f", None, None, "parents", "add", "proposed", "A laptop"),
    ]
    (found,) = marked_sections([section], listed)
    assert [len(found.lines[0].marked), found.new[0][1]] == [2, (Run("A laptop", bold=True),)]
    paper = Paper("Working document", Stamp("AP", "AP", "Olli", datetime(2026, 11, 2, tzinfo=UTC)),
                  tuple(blocks_of([found])))  # fmt: skip
    runs = [run for each in Document(io.BytesIO(as_word(paper))).paragraphs for run in each.runs]
    assert any(run.text == "A laptop" and run.bold for run in runs)
    assert any(run.text == "22" and run.italic and not run.font.strike for run in runs)
    assert any(run.text == "20" and run.font.strike for run in runs)
    assert "A laptop" in " ".join(Read(as_pdf(paper)).page_words)


# -- over a plan that is in force ----------------------------------------------------------------------------


def in_force(affair: Affair) -> UUID:
    """A request of Ava's that led to a plan whose content is in force; the request's id."""
    case = affair.request()
    plan_id = lay_out(affair, case)["plan"]
    with on(RECEIVED), affair.cast.acting("olli") as unit:
        plans.open_content(unit, plan_id, ready_content())
    with on(RECEIVED), affair.cast.acting("olli") as unit:
        plans.publish(unit, plan_id, Sort.FINAL, RECEIVED, "The first plan")
    return case


def read(affair: Affair, case: UUID, by: str = "olli") -> queries.Document:
    with on(RECEIVED), affair.cast.looking(by) as unit:
        return queries.read_document(unit, case)


def propose(affair: Affair, case: UUID, by: str = "olli", **more: Any) -> UUID:
    line = next(one for one in _section(read(affair, case), "b").lines if one.text == NEED)
    section, item_id, field = line.target
    told = {
        "section": section, "item_id": item_id, "field": field, "side": "parents", "act": "replace",
        "wording": "Ava cannot follow instructions of two steps.",
    } | more  # fmt: skip
    with on(RECEIVED), affair.cast.acting(by) as unit:
        return actions.propose(unit, case, **told)


def settle(affair: Affair, case: UUID, proposal: UUID, state: str, by: str = "olli") -> None:
    with on(RECEIVED), affair.cast.acting(by) as unit:
        actions.settle(unit, case, proposal, state)


def _section(found: queries.Document, name: str) -> Any:
    return next(one for one in found.sections if one.name == name)


def test_a_proposal_is_noted_agreed_and_shown_as_such(affair: Affair) -> None:
    case = in_force(affair)
    proposal = propose(affair, case)
    (line,) = [one for one in _section(read(affair, case), "b").lines if one.text == NEED]
    assert any(run.bold for run in line.marked[0][1])
    settle(affair, case, proposal, "agreed")
    (line,) = [one for one in _section(read(affair, case), "b").lines if one.text == NEED]
    assert any(run.underline and not run.bold for run in line.marked[0][1])
    with pytest.raises(Conflict, match="settled already"):
        settle(affair, case, proposal, "withdrawn")
    assert [len(affair.on_pupil(code)) for code in ("wording.proposed", "wording.settled")] == [1, 1]


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("side", {"side": "the neighbours"}),
        ("act", {"act": "add"}),
        ("wording", {"wording": " "}),
        ("wording", {"wording": NEED}),
        ("", {"item_id": new_id()}),
        ("", {"section": "z"}),
    ],
)
def test_a_proposal_that_does_not_hold_together_is_refused(
    affair: Affair, field: str, more: dict[str, Any]
) -> None:
    case = in_force(affair)
    with pytest.raises(Invalid) as refused:
        propose(affair, case, **more)
    assert set(refused.value.errors) == {field}


@pytest.mark.parametrize(("who", "error"), [("pam", NotAllowed), ("otis", NotFound), ("sid", NotFound)])
def test_nobody_but_who_has_the_case_reads_or_notes_proposals(
    affair: Affair, who: str, error: type[Exception]
) -> None:
    case = in_force(affair)
    proposal = propose(affair, case)
    for deed in (
        lambda: read(affair, case, who),
        lambda: settle(affair, case, proposal, "agreed", who),
    ):
        with pytest.raises(error):
            deed()


def test_without_a_plan_the_page_says_so(affair: Affair) -> None:
    case = affair.request()
    assert read(affair, case).version is None
    with pytest.raises(Conflict), on(RECEIVED), affair.cast.acting("olli") as unit:
        actions.propose(
            unit, case, section="b", item_id=None, field=None, side="parents", act="add", wording="x"
        )


def test_an_officer_notes_a_proposal_on_its_page_and_takes_the_document_in_word(affair: Affair) -> None:
    case = in_force(affair)
    with on(RECEIVED):
        officer = Browser(create_app(settings(), affair.cast.store), "192.0.2.1")
        officer.sign_in("olli")
        page = officer.get(f"/cases/{case}/working-document").text
        assert NEED in page
        about = page.partition("/propose?section=b&amp;item=")[2].partition('"')[0].replace("&amp;", "&")
        address = f"/cases/{case}/working-document/propose?section=b&item={about}"
        told = {"side": "parents", "act": "replace", "wording": "Ava cannot follow two steps.", "note": ""}
        assert officer.post(address, told | {"wording": ""}).status_code == 422
        assert officer.post(address, told).status_code == 303
        assert (
            "The parents or the young person, proposed" in officer.get(f"/cases/{case}/working-document").text
        )
        file = officer.get(f"/cases/{case}/working-document.docx")
        plan_id = read(affair, case).plan_id
        assert "record what was given" not in officer.get(f"/ehc-plans/{plan_id}/print").text
        copy = officer.get(f"/ehc-plans/{plan_id}/print?purpose=appeal").text
        assert f"/cases/{plan_id}/disclosures/add" in copy
        assert officer.get(f"/cases/{plan_id}/disclosures/add").status_code == 200
        assert f"/cases/{plan_id}/chronology" in officer.get(f"/ehc-plans/{plan_id}").text
        assert f"/cases/{case}/working-document" in officer.get(f"/cases/{case}").text
    runs = [run for each in Document(io.BytesIO(file.data)).paragraphs for run in each.runs]
    assert any(run.bold and "cannot" in run.text for run in runs)
    assert affair.on_pupil("working_document.printed")[0].canon["purpose"] == "appeal"
