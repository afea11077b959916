"""The family's pages of a case: plain words, and nothing left out that the law fixes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from isp.escalations import actions, plainly
from isp.escalations.rules import AGREE, REFUSE, Limb
from isp.escalations.stages import Stage
from isp.escalations.timeline import Title
from isp.kernel import clock
from tests.caseload.desk import words
from tests.caseload.test_sentences import NEVER
from tests.escalations.test_pages import Town, ask
from tests.escalations.world import Affair
from tests.pages import Page

LAW = re.compile(
    r"\b(?:section \d|regulation|rule \d|Act 2014|limb|legal test|criteria|local authority|timescale"
    r"|pending|First-tier|disagreement resolution|requested|released)",
    re.IGNORECASE,
)


@pytest.fixture
def town(affair: Affair) -> Town:
    return Town(affair)


def unfolded(answer: Any) -> str:
    """What the page says before anything folded is opened."""
    return re.sub(r"<details.*?</details>", " ", answer.text, flags=re.DOTALL)


def said(answer: Any) -> str:
    page = Page(unfolded(answer)).all("main")[0]
    return " ".join(page.words.split())


def decide(affair: Affair, request_id: Any, decision: str) -> None:
    with affair.cast.acting("olli") as unit:
        actions.decide(
            unit,
            request_id,
            limb_a=True,
            limb_b=decision == AGREE,
            decision=decision,
            reasons="The school can do this",
            decided_on=unit.today,
            rests_on={limb: Limb(words="The plan") for limb in "ab"},
        )


def test_every_stage_and_every_step_has_plain_words() -> None:
    assert set(plainly.STAGES) == set(Stage)
    assert set(plainly.TITLES) == set(Title)
    for text in (*plainly.STAGES.values(), *plainly.TITLES.values(), *plainly.TURNS.values()):
        assert not LAW.search(text)
        assert not NEVER.search(text)


def test_a_young_person_is_spoken_to_and_a_child_is_named() -> None:
    assert plainly.stage(Stage.ASSESSING, "Ava", is_me=False).endswith("what Ava needs")
    assert plainly.stage(Stage.ASSESSING, "Ava", is_me=True).endswith("what you need")


@pytest.mark.parametrize("stage", ["deciding", "assessing", "may_appeal"])
def test_the_family_reads_whose_turn_it_is_by_when_and_what_it_can_do(
    town: Town, affair: Affair, stage: str
) -> None:
    pam, request_id = ask(town, affair, "pam")
    today = clock.today()
    due = today + timedelta(weeks=6)
    if stage == "assessing":
        decide(affair, request_id, AGREE)
        due = today + timedelta(weeks=20)
    elif stage == "may_appeal":
        decide(affair, request_id, REFUSE)
    answer = pam.get(f"/pupils/{affair.ava}/assessment")
    page = said(answer)
    assert not LAW.search(page)
    assert not NEVER.search(page)
    assert page.index("Whose turn it is") < page.index("By when") < page.index("What you can do now")
    if stage == "may_appeal":
        for fact in (
            "The last day to ask the tribunal is",
            "mediation",
            "2 months",
            "3 working days",
            "a month",
        ):
            assert fact in page
        assert "Section 51, Children and Families Act 2014" in answer.text
    else:
        assert f"{due.day} {due:%B %Y}" in page
        assert "regulation" in answer.text.casefold()


def test_a_late_council_is_called_late_and_the_family_told_what_to_do(town: Town, affair: Affair) -> None:
    ask(town, affair, "pam")
    with time_machine.travel(clock.now() + timedelta(weeks=6, days=1), tick=True):
        page = said(town.signed_in("pam", "192.0.2.8").get(f"/pupils/{affair.ava}/assessment"))
    assert "The council is late." in page
    assert "complain to the council" in page


def test_the_answer_of_the_council_is_read_in_plain_words(town: Town, affair: Affair) -> None:
    pam, request_id = ask(town, affair, "pam")
    decide(affair, request_id, REFUSE)
    answer = pam.get(f"/cases/{request_id}/decision")
    page = said(answer)
    assert not LAW.search(page)
    assert "said no: it will not look into what Ava needs" in page
    assert "The school can do this" in page
    assert "Section 51" in answer.text


@pytest.mark.parametrize(
    "path", ["/pupils/{ava}/request-assessment", "/cases/{case}/withdraw", "/cases/{case}/appeal"]
)
def test_the_forms_about_a_case_speak_to_the_family_in_its_words(
    town: Town, affair: Affair, path: str
) -> None:
    if "{case}" in path:
        browser, request_id = ask(town, affair, "pam")
        if path.endswith("appeal"):
            decide(affair, request_id, REFUSE)
        answer = browser.get(path.format(case=request_id))
    else:
        answer = town.signed_in("pam").get(path.format(ava=affair.ava))
    assert answer.status_code == 200
    assert not LAW.search(said(answer))
    assert not NEVER.search(said(answer))


def test_the_school_and_the_authority_keep_the_words_of_the_law(town: Town, affair: Affair) -> None:
    sara, request_id = ask(town, affair)
    assert "Deciding whether to assess" in words(sara.get(f"/pupils/{affair.ava}/assessment"))
    decide(affair, request_id, REFUSE)
    assert "section 51" in words(sara.get(f"/cases/{request_id}/decision"))


def test_whoever_came_to_a_decided_case_goes_back_to_it(town: Town, affair: Affair) -> None:
    pam, request_id = ask(town, affair, "pam")
    decide(affair, request_id, REFUSE)
    for name, where, called in (
        ("pam", f"/pupils/{affair.ava}/assessment", "Our case"),
        ("olli", f"/cases/{request_id}", "The case"),
    ):
        browser = pam if name == "pam" else town.signed_in(name, "192.0.2.8")
        page = Page(browser.get(f"/cases/{request_id}/decision").text)
        (back,) = [link for link in page.all("a") if "govuk-back-link" in link.classes]
        assert (back.get("href"), back.words.strip()) == (where, called)
