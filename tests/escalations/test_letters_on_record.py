"""A letter that tells of something is served once that is on record, and is not dated before it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from isp.ehcp.models import StatutoryPlan
from isp.ehcp.steps import STEP_WORDS, StepCode
from isp.escalations import actions, assessing
from isp.escalations.letters.wording import wording_on
from isp.kernel.errors import Conflict
from tests.escalations.letter_world import begin, lay_appeal, lay_out, put_on_record, serve, settle_contacts
from tests.escalations.test_letters import owed
from tests.escalations.world import RECEIVED, Affair, on

DAY = timedelta(days=1)
LETTERS = wording_on(RECEIVED).letters
TELLING = sorted(
    one.kind for one in LETTERS.values() if one.rests_on and one.subject not in ("request", "dispute")
)
FREE = {
    "considering", "advice_request", "advice_chaser", "consult_setting", "review_due", "review_list",
    "case_withdrawn", "case_moved",
}  # fmt: skip
"""Letters that ask or announce: nothing was decided that could be on record."""


@pytest.fixture
def made(affair: Affair) -> dict[str, UUID]:
    settle_contacts(affair)
    case = affair.request()
    affair.decide(case, "agree", day=RECEIVED)
    return lay_out(affair, case)


def test_every_letter_either_rests_on_a_step_or_decides_nothing() -> None:
    assert {one.kind for one in LETTERS.values() if not one.rests_on} == FREE


@pytest.mark.parametrize("kind", TELLING)
def test_a_letter_that_tells_what_is_not_on_record_is_refused_and_says_what_is_missing(
    affair: Affair, made: dict[str, UUID], kind: str
) -> None:
    letter_id = begin(affair, made["plan"], kind)
    with pytest.raises(Conflict) as refused:
        serve(affair, letter_id)
    for code in LETTERS[kind].rests_on:
        assert STEP_WORDS[StepCode(code)] in refused.value.message
    assert "Record it on the page of the case" in refused.value.message
    put_on_record(affair, made, kind)
    serve(affair, letter_id)


@pytest.mark.parametrize("kind", ["refuse_issue", "final_plan", "cease", "review_maintain"])
def test_a_letter_dated_before_what_it_tells_is_refused(
    affair: Affair, made: dict[str, UUID], kind: str
) -> None:
    letter_id = begin(affair, made["plan"], kind)
    put_on_record(affair, made, kind, RECEIVED + DAY)
    with pytest.raises(Conflict, match="dated before what it tells, which was on 3 November 2026"):
        serve(affair, letter_id, day=RECEIVED + DAY, served_on=RECEIVED + DAY)


def test_what_was_decided_after_another_review_is_not_what_this_ones_letter_tells(
    affair: Affair, made: dict[str, UUID]
) -> None:
    letter_id = begin(affair, made["review"], "review_maintain")
    # The same step, noted of the plan itself.
    put_on_record(affair, made | {"review": made["plan"]}, "review_maintain")
    with pytest.raises(Conflict, match="not on record"):
        serve(affair, letter_id)


def test_a_plan_put_on_record_as_taken_over_has_its_day_on_its_row(
    affair: Affair, made: dict[str, UUID]
) -> None:
    letter_id = begin(affair, made["plan"], "transfer")
    with affair.cast.making() as unit:
        unit.change(StatutoryPlan, {"id": made["plan"]}, transferred_on=RECEIVED)
    serve(affair, letter_id)


def test_there_is_no_answer_without_an_appeal_and_none_after_its_end(
    affair: Affair, made: dict[str, UUID]
) -> None:
    with pytest.raises(Conflict, match="no appeal that is open yet"):
        begin(affair, made["plan"], "appeal_answer")
    lay_appeal(affair, made, state="closed", closed_on=RECEIVED, result="withdrawn")
    with pytest.raises(Conflict, match="no appeal that is open yet"):
        begin(affair, made["plan"], "appeal_answer")


def test_after_an_order_to_assess_the_family_is_told_by_a_letter_of_its_own(affair: Affair) -> None:
    settle_contacts(affair)
    case = affair.request()
    affair.decide(case, day=RECEIVED)
    affair.appeal(case, RECEIVED)
    with on(RECEIVED), affair.cast.acting("olli") as unit:
        actions.close_appeal(unit, case, "allowed", RECEIVED)
    assert "ordered_assess" not in owed(affair, case, RECEIVED)
    with on(RECEIVED), affair.cast.acting("olli") as unit:
        assessing.tell_begun(unit, case, RECEIVED)
    found = owed(affair, case, RECEIVED)
    assert "ordered_assess" in found
    assert "will_assess" not in found
    serve(affair, begin(affair, case, "ordered_assess"))
    assert "ordered_assess" not in owed(affair, case, RECEIVED)
