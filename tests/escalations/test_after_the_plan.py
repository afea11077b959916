"""What a family reads of its case once the plan is made: its review, the change of it, its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from isp.audit import Chain
from isp.escalations import upkeep_clock as clock
from isp.escalations.upkeep import ceasing, plainly
from tests.caseload.test_sentences import NEVER
from tests.escalations.assessed import ISSUED_ON, Assessed
from tests.escalations.test_pages import Town
from tests.escalations.test_plainly import LAW, said
from tests.escalations.upkeep_world import MEETING, NOW, Upkeep
from tests.escalations.world import Affair, on

DAY = timedelta(days=1)


@dataclass(frozen=True)
class APlan:
    """A plan's dates, without a database."""

    state: str = "in_force"
    first_made_on: date | None = date(2026, 1, 12)
    made_on: date | None = date(2026, 1, 12)
    last_review_on: date | None = None
    transferred_on: date | None = None
    review_due_on: date | None = None
    phase_transfer: str | None = None
    phase_transfer_year: int | None = None


@dataclass(frozen=True)
class AReview:
    """A review's dates."""

    state: str
    kind: str = "annual"
    due_on: date = date(2027, 1, 11)
    meeting_on: date | None = date(2026, 11, 23)
    papers_sent_on: date | None = None
    recorded_at: datetime = datetime(2026, 10, 1, 9, tzinfo=UTC)
    rules: str | None = None
    invited_on: date | None = None
    notice_on: date | None = None


@dataclass(frozen=True)
class AnEnding:
    """An end that is considered or decided."""

    state: str
    family_answered_on: date | None = None
    keep_until: date | None = None


def page(upkeep: Upkeep | Affair, day: date = NOW, name: str = "pam") -> Any:
    with on(day):
        town = Town(upkeep)  # type: ignore[arg-type]
        return town.signed_in(name).get(f"/pupils/{upkeep.cast.pupils['ava']}/assessment")


@pytest.mark.parametrize("state", sorted(clock.UNDER_WAY))
def test_every_state_of_a_review_has_plain_words_and_something_to_do(state: str) -> None:
    told = plainly.of_plan(APlan(), AReview(state), date(2026, 11, 2), at_school=True)
    assert told is not None
    assert told.what
    assert told.can
    for sentence in (told.what, *told.can):
        assert not LAW.search(sentence)
        assert not NEVER.search(sentence)


def test_the_familys_fifteen_days_after_the_notice_are_its_turn_and_then_the_councils() -> None:
    notice = date(2026, 12, 7)
    review = AReview(clock.AMENDING, notice_on=notice)
    during = plainly.of_plan(APlan(), review, notice + 14 * DAY, at_school=True)
    assert during is not None
    assert (during.turn, during.by) == ("Yours", notice + 14 * DAY)
    after = plainly.of_plan(APlan(), review, notice + 15 * DAY, at_school=True)
    assert after is not None
    assert (after.turn, after.by) == ("The council’s", notice + timedelta(weeks=8))


@pytest.mark.parametrize(
    ("ending", "turn", "by", "says"),
    [
        (AnEnding("considering"), "Yours", None, "thinking about ending"),
        (AnEnding("considering", family_answered_on=NOW), "The council’s", None, "has not decided"),
        (AnEnding("decided", keep_until=NOW), "Yours", NOW, "decided that the plan is to end"),
        (AnEnding("decided", keep_until=NOW - DAY), "The council’s", NOW - DAY, "is to end"),
    ],
)
def test_the_end_of_a_plan_is_said_before_its_review(
    ending: AnEnding, turn: str, by: date | None, says: str
) -> None:
    told = plainly.of_plan(APlan(), AReview(clock.DUE), NOW, at_school=True, ending=ending)
    assert told is not None
    assert says in told.what
    assert (told.turn, told.by, told.is_late) == (turn, by, False)
    for sentence in (told.what, *told.can):
        assert not LAW.search(sentence)
        assert not NEVER.search(sentence)


def test_a_plan_that_ended_is_over_and_one_that_was_not_made_says_nothing() -> None:
    ended = plainly.of_plan(APlan(state="ended"), None, NOW, at_school=True)
    assert ended is not None
    assert ended.is_over
    unmade = APlan(first_made_on=None, made_on=None)
    assert plainly.of_plan(unmade, None, NOW, at_school=True) is None


def test_a_family_with_a_plan_and_no_case_here_reads_when_it_is_looked_at_again(upkeep: Upkeep) -> None:
    answer = page(upkeep)
    words = said(answer)
    assert "It is looked at again each year" in words
    assert "11 January 2027" in words
    assert "Nobody has asked the council" not in words
    assert f'href="/ehc-plans/{upkeep.plan}/reviews"' in answer.text
    assert not LAW.search(words)


def test_a_review_under_way_is_what_is_happening(upkeep: Upkeep) -> None:
    review = upkeep.opened()
    upkeep.invited(review)
    words = said(page(upkeep))
    assert "There is a meeting about the plan" in words
    assert "Come to the meeting" in words
    upkeep.held(review)
    late = said(page(upkeep, MEETING + 15 * DAY))
    assert "The meeting was held" in late
    assert "Ask why it is late" in late


def test_the_change_of_the_plan_is_said_with_the_days_to_answer(upkeep: Upkeep) -> None:
    upkeep.noticed()
    words = said(page(upkeep, date(2026, 12, 15)))
    assert "The council is changing the plan" in words
    assert "28 December 2026" in words


def test_the_end_that_is_considered_decided_and_come_about_is_said_in_plain_words(upkeep: Upkeep) -> None:
    upkeep.considered()
    words = said(page(upkeep))
    assert "thinking about ending the plan" in words
    assert "The council must ask you and listen" in words
    assert not LAW.search(words)
    upkeep.does("olli", ceasing.decide, upkeep.plan, decided_on=NOW, reasons="The outcomes are reached.")
    words = said(page(upkeep))
    assert "The council has decided that the plan is to end." in words
    assert "while a tribunal looks at it, the plan goes on" in words
    assert "2 January 2027" in words
    gone = date(2027, 1, 5)
    upkeep.does("olli", ceasing.end, upkeep.plan, gone, on=gone)
    assert "The plan has ended." in said(page(upkeep, gone))


@pytest.mark.parametrize("name", ["sena", "sid"])
def test_no_other_school_and_no_other_authority_reads_of_it(upkeep: Upkeep, name: str) -> None:
    answer = page(upkeep, name=name)
    assert upkeep.plan_row().reference not in answer.text
    assert f"/ehc-plans/{upkeep.plan}" not in answer.text


def test_the_school_keeps_the_page_that_it_had(upkeep: Upkeep) -> None:
    assert "What happens with the plan" not in page(upkeep, name="sara").text


def test_the_look_at_what_becomes_of_the_plan_is_on_the_trail(upkeep: Upkeep) -> None:
    chain = Chain.pupil(upkeep.cast.pupils["ava"])
    before = len(upkeep.trail(chain, "ehc_plan.reviews_viewed"))
    page(upkeep)
    assert len(upkeep.trail(chain, "ehc_plan.reviews_viewed")) == before + 1


def test_in_a_case_the_plan_that_came_of_it_says_what_happens_now(affair: Affair) -> None:
    case = Assessed(affair)
    case.to_draft()
    case.issue()
    words = said(page(affair, ISSUED_ON + DAY))
    assert "The plan is in force. It is looked at again each year." in words
    assert "There is an EHC plan, and the council must carry it out" not in words
    assert "The council must give what the plan says" in words
