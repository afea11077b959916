"""Two people do with a plan what only one can, in the same moment: the second is told, in words."""

from __future__ import annotations

import pytest

from isp.audit.verify import verify
from isp.kernel import clock
from isp.kernel.errors import Conflict, Invalid
from isp.plans import actions
from isp.plans.earlier import content_of
from isp.records.models import Draft, Record, RecordVersion
from tests.cast import small_plan
from tests.register.school import rows
from tests.together import in_one_moment

WHY = ("needs_met", "All of her needs are met now")


@pytest.fixture
def plan(cast):
    return cast.plan("ava", "sara", small_plan(), small_plan(strengths="Sings"))


def test_there_is_one_plan(cast):
    def start(unit):
        return actions.start_plan(unit, cast.pupils["ava"])

    assert isinstance(in_one_moment(cast, start, start, by=("sara", "dan")), Conflict)
    assert len(rows(cast, Record, pupil_id=cast.pupils["ava"])) == 1


def test_there_is_one_draft(cast, plan):
    def start(unit):
        return actions.start_draft(unit, plan)

    assert isinstance(in_one_moment(cast, start, start, by=("sara", "dan")), Conflict)
    assert len(rows(cast, Draft, record_id=plan, status="open")) == 1


def test_a_version_is_withdrawn_once(cast, plan):
    def withdraw(unit):
        actions.withdraw(unit, plan, 2, "wrong_child", "This is about another child")

    assert isinstance(in_one_moment(cast, withdraw, withdraw, by=("sara", "dan")), Conflict)
    assert rows(cast, Record, id=plan)[0].current == 1
    assert verify(cast.store).ok


def test_two_earlier_plans_get_a_number_each(cast, plan):
    on = clock.today().replace(year=clock.today().year - 2, day=1)

    def enter(unit):
        content = content_of(on, "The school before", outcomes="", provision="", text="What they did")
        return actions.record_earlier(unit, plan, on, content, "The school before")

    second = in_one_moment(cast, enter, enter, by=("sara", "dan"))
    assert second.number == 4
    assert sorted(row.number for row in rows(cast, RecordVersion, record_id=plan)) == [1, 2, 3, 4]


def test_a_plan_that_has_ended_has_no_draft(cast, plan):
    def start(unit):
        return actions.start_draft(unit, plan)

    def end(unit):
        actions.end_plan(unit, plan, *WHY)

    assert in_one_moment(cast, start, end, by=("sara", "dan")) is None
    assert rows(cast, Draft, record_id=plan, status="open") == []
    assert rows(cast, Record, id=plan)[0].status == "ended"


def test_no_draft_is_started_of_a_plan_that_ends(cast, plan):
    def start(unit):
        return actions.start_draft(unit, plan)

    def end(unit):
        actions.end_plan(unit, plan, *WHY)

    assert isinstance(in_one_moment(cast, end, start, by=("sara", "dan")), (Conflict, Invalid))
    assert rows(cast, Draft, record_id=plan, status="open") == []
