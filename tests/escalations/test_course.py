"""The course of an assessment as pure rules: each state has a next duty or is an end, in any order."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isp.escalations import course as courses
from isp.escalations.course import LIVE, AppealEnd, Course, Deed, Ending, Ordered, State, duty, possible
from isp.escalations.deadlines import Act
from isp.kernel.errors import Conflict, Invalid
from tests.escalations.world import RECEIVED

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
TODAY = RECEIVED + 200 * WEEK
BEGUN = courses.begin(RECEIVED, RECEIVED)
ORDERED = [None, *(one for one in Ordered if one.value.startswith("assess"))]


def do(course: Course, deed: Deed, on: date, pick: int) -> Course:
    """One deed, with one of its ways."""
    if deed is Deed.END:
        return courses.end(course, list(Ending)[pick % 3], on, TODAY)
    if deed is Deed.CLOSE_APPEAL:
        return courses.close_appeal(course, list(AppealEnd)[pick % 5], on, TODAY)
    plain: dict[Deed, Any] = {
        Deed.TELL: courses.tell,
        Deed.TO_ISSUE: courses.decide_to_issue,
        Deed.NO_PLAN: courses.decide_no_plan,
        Deed.SEND_DRAFT: courses.send_draft,
        Deed.ANSWER: courses.answer,
        Deed.ISSUE: courses.issue,
        Deed.APPEAL: courses.appeal,
    }
    made: Course = plain[deed](course, on, TODAY)
    return made


steps = st.lists(
    st.tuples(
        st.sampled_from([one for one in Deed if one is not Deed.CONSULT]),
        st.integers(-3, 60),
        st.integers(0, 4),
    ),
    max_size=14,
)


@settings(max_examples=400, deadline=None)
@given(steps, st.sampled_from(ORDERED), st.booleans())
def test_whatever_is_tried_in_whatever_order(
    tried: list[tuple[Deed, int, int]], ordered: Ordered | None, again: bool
) -> None:
    begun = RECEIVED + 5 * WEEK
    course = courses.begin(
        RECEIVED, begun, ordered=None if again else ordered, told=ordered is None, reassessment=again
    )
    on = begun
    for deed, ahead, pick in tried:
        day = on + ahead * DAY
        before = course
        try:
            course = do(course, deed, day, pick)
        except Conflict:
            assert deed not in possible(before)
            continue
        except Invalid:
            assert deed in possible(before)
            continue
        on = max(on, day)
        assert deed in possible(before)
        if course.state in LIVE or course.outcome_on is None:
            courses.check_order(course)
        # No state without a next duty, or it is an end.
        for today in (on, on + 30 * DAY, on + 500 * DAY):
            if course.state in LIVE:
                held = duty(course, today)
                assert held is not None
                assert held.deed in possible(course)
                assert held.due is not None
            elif course.state is not State.NO_PLAN:
                assert duty(course, today) is None
        late, unexcused = courses.days(course)
        assert 0 <= unexcused <= late


@pytest.mark.parametrize(
    ("course", "act"),
    [
        (BEGUN, Act.NO_PLAN),
        (courses.begin(RECEIVED, RECEIVED, ordered=Ordered.ASSESS, told=False), Act.TELL_ASSESSING),
        (courses.begin(RECEIVED, RECEIVED, ordered=Ordered.ASSESS_CONCEDED), Act.CONCEDED_NO_PLAN),
        (courses.begin(RECEIVED, RECEIVED, reassessment=True), Act.REASSESSED_PLAN),
        (courses.reopen(BEGUN, Ordered.PLAN, RECEIVED), Act.ORDER_DRAFT),
        (
            courses.reopen(BEGUN, Ordered.PLAN_CONCEDED, RECEIVED),
            Act.CONCEDED_DRAFT,
        ),
        (
            courses.reopen(BEGUN, Ordered.RECONSIDER, RECEIVED),
            Act.ORDER_RECONSIDER,
        ),
    ],
)
def test_each_beginning_has_its_own_next_limit(course: Course, act: Act) -> None:
    held = duty(course, RECEIVED)
    assert held is not None
    assert held.due is not None
    assert held.due.act is act


def test_the_fifteen_days_begin_with_the_day_of_service() -> None:
    course = courses.decide_to_issue(courses.begin(RECEIVED, RECEIVED), RECEIVED, TODAY)
    sent = courses.send_draft(course, date(2026, 11, 30), TODAY)
    assert sent.answers_until == date(2026, 12, 14)
    held = duty(sent, date(2026, 12, 14))
    assert held is not None
    assert (held.turn, held.deed) == ("family", Deed.ANSWER)
    then = duty(sent, date(2026, 12, 15))
    assert then is not None
    assert (then.turn, then.deed) == ("authority", Deed.ISSUE)


def test_where_the_law_ends_before_the_familys_days_it_is_the_authoritys_turn() -> None:
    course = courses.decide_to_issue(courses.begin(RECEIVED, RECEIVED), RECEIVED, TODAY)
    sent = courses.send_draft(course, RECEIVED + 19 * WEEK + 3 * DAY, TODAY)
    held = duty(sent, RECEIVED + 19 * WEEK + 4 * DAY)
    assert held is not None
    assert (held.turn, held.due.on if held.due else None) == ("authority", RECEIVED + 20 * WEEK)


def test_a_plan_that_was_ordered_cannot_be_decided_against() -> None:
    course = courses.reopen(courses.begin(RECEIVED, RECEIVED), Ordered.PLAN, RECEIVED)
    assert Deed.NO_PLAN not in possible(course)
    with pytest.raises(Conflict):
        courses.decide_no_plan(course, RECEIVED, TODAY)
