"""The chronology of a case: what happened when, recorded when, and corrected why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest

from isp.audit import Unit
from isp.ehcp.steps import STEP_WORDS, Happened, StepCode, Subject, correct_step, note_step, steps_of
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.ids import new_id
from tests.cast import Cast
from tests.escalations.world import Affair, build, on

TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
SUBJECT = new_id()


@pytest.fixture
def cast(fresh_database: Callable[..., str]) -> Iterator[Cast]:
    made = Affair(fresh_database("escalations", build)).cast
    yield made
    made.close()


def note(cast: Cast, code: StepCode, day: date, recorded: date = TODAY, **words: str) -> UUID:
    with on(recorded), cast.making() as unit:
        return note_step(
            unit,
            cast.pupils["ava"],
            cast.places["northshire"],
            Subject.ASSESSMENT,
            SUBJECT,
            code,
            day,
            by=cast.people["olli"],
            words=words,
        )


def correct(cast: Cast, step_id: UUID, day: date, reason: str, recorded: date = TODAY) -> UUID:
    with on(recorded), cast.making() as unit:
        return correct_step(unit, step_id, day, reason, by=cast.people["olli"])


def told(
    cast: Cast, pupil: str = "ava", authority: str = "northshire", *, words: bool = True
) -> list[Happened]:
    def read(unit: Unit) -> list[Happened]:
        return steps_of(unit, cast.pupils[pupil], cast.places[authority], words=words)

    with on(TODAY), cast.making() as unit:
        return read(unit)


def test_every_code_has_its_words_and_fits_its_column() -> None:
    assert set(STEP_WORDS) == set(StepCode)
    assert len(set(STEP_WORDS.values())) == len(STEP_WORDS)
    assert all(len(code) <= 32 for code in StepCode)


def test_steps_come_in_the_order_of_the_days_on_which_they_happened(cast: Cast) -> None:
    note(cast, StepCode.DRAFT_SENT, TODAY - DAY)
    note(cast, StepCode.REQUESTED, TODAY - 90 * DAY, said="By mail")
    first, second = told(cast)
    assert (first.code, first.words, first.title) == (
        StepCode.REQUESTED,
        {"said": "By mail"},
        "Request for an EHC needs assessment received",
    )
    assert (second.on, second.recorded_at.date(), second.words) == (TODAY - DAY, TODAY, {})


def test_a_correction_moves_the_day_and_keeps_what_was_said_before(cast: Cast) -> None:
    made = note(cast, StepCode.DRAFT_SENT, TODAY - DAY, TODAY - DAY)
    once = correct(cast, made, TODAY - 3 * DAY, "The post book says so.", TODAY - DAY)
    correct(cast, once, TODAY - 2 * DAY, "Read wrongly.", TODAY)
    (found,) = told(cast)
    assert found.id == made
    assert found.on == TODAY - 2 * DAY
    assert [(one.was, one.now, one.reason) for one in found.corrections] == [
        (TODAY - DAY, TODAY - 3 * DAY, "The post book says so."),
        (TODAY - 3 * DAY, TODAY - 2 * DAY, "Read wrongly."),
    ]


def test_a_correction_needs_a_reason_a_day_that_has_been_and_another_day(cast: Cast) -> None:
    made = note(cast, StepCode.DRAFT_SENT, TODAY - DAY)
    with pytest.raises(Invalid) as refused:
        correct(cast, made, TODAY + DAY, "  ")
    assert set(refused.value.errors) == {"on", "reason"}
    with pytest.raises(Conflict):
        correct(cast, made, TODAY - DAY, "No change.")
    with pytest.raises(Conflict):
        correct(cast, new_id(), TODAY - DAY, "Of nothing.")


def test_nothing_happens_on_a_day_to_come(cast: Cast) -> None:
    with pytest.raises(Invalid):
        note(cast, StepCode.DRAFT_SENT, TODAY + DAY)


def test_another_child_and_another_authority_have_their_own(cast: Cast) -> None:
    note(cast, StepCode.REQUESTED, TODAY)
    assert told(cast, pupil="ben") == []
    assert told(cast, authority="southshire") == []


def test_without_words_there_are_dates_and_codes(cast: Cast) -> None:
    made = note(cast, StepCode.REQUESTED, TODAY, said="By mail")
    correct(cast, made, TODAY - DAY, "Misread.")
    (found,) = told(cast, words=False)
    assert (found.words, found.corrections[0].reason, found.on) == ({}, "", TODAY - DAY)
