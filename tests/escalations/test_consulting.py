"""Settings consulted about a draft: the school's sight of it and of nothing else, and answers by mail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from isp.audit import Unit
from isp.escalations import consulting
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.escalations.assessed import DAY, SENT_ON, Assessed, refusal
from tests.escalations.world import Affair, on


@pytest.fixture
def case(affair: Affair) -> Assessed:
    made = Assessed(affair)
    made.to_draft()
    return made


def row_of(unit: Unit, asked: UUID) -> Any:
    found = consulting.row_of(unit, asked)
    assert found is not None
    return found


def answer(case: Assessed, asked: UUID, by: str, said: str = "yes", reasons: str = "") -> None:
    with on(SENT_ON + DAY), case.cast.acting(by) as unit:
        consulting.answer(unit, asked, said=said, reasons=reasons)


def reads(case: Assessed, asked: UUID, by: str) -> str:
    def read() -> None:
        with on(SENT_ON + DAY), case.cast.looking(by) as unit:
            consulting.read_consultation(unit, asked)

    return refusal(read)


def test_the_school_reads_the_draft_until_it_answers_and_nobody_else_does(case: Assessed) -> None:
    asked = case.consult(SENT_ON)
    assert reads(case, asked, "sena") == "done"
    for name in ("sara", "pam", "stan", "nora", "eve", "sid"):
        assert reads(case, asked, name) in ("NotFound", "NotAllowed")
    assert case.affair.reads("sena", 2, SENT_ON + DAY) in ("NotFound", "NotAllowed")
    answer(case, asked, "sena")
    assert reads(case, asked, "sena") == "NotFound"
    with case.cast.making() as unit:
        row = row_of(unit, asked)
    assert (row.state, row.answered_on, row.due_on) == ("yes", SENT_ON + DAY, SENT_ON + 15 * DAY)


def test_a_no_has_its_reasons_which_are_sealed(case: Assessed) -> None:
    asked = case.consult(SENT_ON)
    with pytest.raises(Invalid) as refused:
        answer(case, asked, "sena", "no")
    assert set(refused.value.errors) == {"reasons"}
    answer(case, asked, "sena", "no", "We have no such teaching.")
    with case.cast.making() as unit:
        row = row_of(unit, asked)
        assert b"no such teaching" not in row.sealed
        assert consulting.words_of(unit, row)["reasons"] == "We have no such teaching."


def test_a_setting_elsewhere_answers_by_mail_with_its_own_day(case: Assessed) -> None:
    asked = case.consult(SENT_ON, None)
    with on(SENT_ON + 9 * DAY), case.cast.acting("olli") as unit:
        consulting.file_answer(unit, case.id, asked, said="yes", on=SENT_ON + 7 * DAY)
    with case.cast.making() as unit:
        assert row_of(unit, asked).answered_on == SENT_ON + 7 * DAY
    with on(SENT_ON + 9 * DAY), case.cast.acting("olli") as unit, pytest.raises(Conflict):
        consulting.file_answer(unit, case.id, asked, said="no", on=SENT_ON + 8 * DAY, reasons="Full")


def test_a_school_is_asked_once_at_a_time_and_after_the_draft(case: Assessed) -> None:
    case.consult(SENT_ON)
    with pytest.raises(Conflict):
        case.consult(SENT_ON)
    with pytest.raises(Invalid):
        case.consult(SENT_ON, None, sent_on=SENT_ON - DAY)
    with pytest.raises(Invalid):
        case.consult(SENT_ON, None, name=" ")


@pytest.mark.parametrize(("name", "error"), [("sara", NotAllowed), ("pam", NotAllowed), ("otis", NotFound)])
def test_only_the_officer_of_the_case_consults(case: Assessed, name: str, error: type[Exception]) -> None:
    with on(SENT_ON), case.cast.acting(name) as unit, pytest.raises(error):
        consulting.consult(unit, case.id, sent_on=SENT_ON, name="Beech College")


def test_who_has_not_answered_sees_no_more_once_the_plan_is_issued(case: Assessed) -> None:
    asked = case.consult(SENT_ON)
    case.issue()
    assert reads(case, asked, "sena") == "NotFound"
    with case.cast.making() as unit:
        assert row_of(unit, asked).state == "closed"
