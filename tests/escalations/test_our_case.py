"""Where is our case? The family's page at every stage: by when, whose turn, what can be done, who helps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.access.office import texts
from isp.escalations import assessments, course
from isp.escalations.course import Course, course_of
from isp.escalations.stages import Stage
from isp.escalations.timeline import Kept, Step, Title
from isp.escalations.weeks import bar_of
from tests.caseload.test_sentences import NEVER
from tests.escalations.test_pages import Town
from tests.escalations.test_plainly import LAW, said
from tests.escalations.world import RECEIVED, Affair, on

DAY = timedelta(days=1)


def turned(affair: Affair, request_id: UUID, deed: Callable[[Course, date], Course], day: date) -> None:
    """Let the assessment's course take a turn on a day, as the deeds about it do."""
    with on(day), affair.cast.making() as unit:
        row = assessments.needed(unit, request_id)
        assessments.save(unit, row, deed(course_of(row), day))


def page(affair: Affair, day: date, name: str = "pam") -> Any:
    with on(day):
        return Town(affair).signed_in(name).get(f"/pupils/{affair.ava}/assessment")


def at(affair: Affair, stage: Stage) -> date:
    """Bring Ava's case to a stage; the day on which it stands there."""
    day = RECEIVED
    request_id = affair.request(told_family=True)
    if stage is Stage.DECIDING:
        return day
    if stage is Stage.MAY_APPEAL:
        affair.decide(request_id)
        return day
    affair.decide(request_id, "agree")
    ways: dict[Stage, list[Callable[[Course, date], Course]]] = {
        Stage.ASSESSING: [],
        Stage.DRAFTING: [lambda one, on_day: course.decide_to_issue(one, on_day, on_day)],
        Stage.NO_PLAN_MAY_APPEAL: [lambda one, on_day: course.decide_no_plan(one, on_day, on_day)],
    }
    ways[Stage.DRAFT_SENT] = [
        *ways[Stage.DRAFTING],
        lambda one, on_day: course.send_draft(one, on_day, on_day),
    ]
    ways[Stage.PLAN_MADE] = [
        *ways[Stage.DRAFT_SENT],
        lambda one, on_day: course.issue(one, on_day, on_day),
    ]
    for deed in ways[stage]:
        day += 20 * DAY
        turned(affair, request_id, deed, day)
    return day


@pytest.mark.parametrize(
    ("stage", "says"),
    [
        (Stage.DECIDING, "You do not have to do anything"),
        (Stage.ASSESSING, "The council must ask you"),
        (Stage.DRAFTING, "you have 15 days to say what you think"),
        (Stage.DRAFT_SENT, "You have 15 days left of your 15"),
        (Stage.NO_PLAN_MAY_APPEAL, "The last day to ask the tribunal is"),
        (Stage.PLAN_MADE, "The council must give what the plan says"),
        (Stage.MAY_APPEAL, "The last day to ask the tribunal is"),
    ],
)
def test_at_every_stage_the_family_reads_what_it_can_do(affair: Affair, stage: Stage, says: str) -> None:
    day = at(affair, stage)
    answer = page(affair, day)
    assert answer.status_code == 200
    words = said(answer)
    assert says in words
    assert "Your rights" in words
    assert "SENDIASS" in words
    assert "Each step and its days" in answer.text
    assert not LAW.search(words)
    assert not NEVER.search(words)


@pytest.mark.parametrize(
    ("after", "says"),
    [
        (0, "You have 15 days left of your 15"),
        (13, "You have 2 days left"),
        (14, "Today is the last of your 15 days"),
    ],
)
def test_the_fifteen_days_begin_with_the_day_of_the_draft(affair: Affair, after: int, says: str) -> None:
    day = at(affair, Stage.DRAFT_SENT)
    assert says in said(page(affair, day + after * DAY))


def test_the_local_service_stands_on_every_page_of_the_case(affair: Affair) -> None:
    with on(RECEIVED), affair.cast.acting("mia") as unit:
        place = affair.cast.places["northshire"]
        texts.save(unit, place, "sendiass", "Northshire SENDIASS, telephone 01632 960 001", edited=0)
    request_id = affair.request("pam")
    affair.decide(request_id)
    with on(RECEIVED):
        pam = Town(affair).signed_in("pam")
        for path in ("/decision", "/evidence"):
            assert "01632 960 001" in pam.get(f"/cases/{request_id}{path}").text
        assert "01632 960 001" in pam.get(f"/pupils/{affair.ava}/assessment").text


def test_an_authoritys_own_guidance_stands_beside_the_legal_test_and_decides_nothing(affair: Affair) -> None:
    with on(RECEIVED), affair.cast.acting("mia") as unit:
        texts.save(unit, affair.cast.places["northshire"], "criteria", "Two years behind", edited=0)
    request_id = affair.request()
    with on(RECEIVED):
        olli = Town(affair).signed_in("olli")
        answer = olli.get(f"/cases/{request_id}/decide").text
        assert "Two years behind" in answer
        assert "guidance only" in answer
    affair.decide(request_id, "agree")
    assert affair.row(request_id).status == "agreed"


@given(
    days=st.lists(st.integers(min_value=0, max_value=900), max_size=12),
    today=st.integers(min_value=0, max_value=900),
)
def test_every_step_with_a_day_has_one_mark_inside_the_bar(days: list[int], today: int) -> None:
    steps = [Step(Title.RECEIVED, Kept.DONE, on=RECEIVED + timedelta(days=day)) for day in days]
    steps.append(Step(Title.TRIBUNAL, Kept.TO_COME))
    bar = bar_of(RECEIVED, steps, RECEIVED + timedelta(days=today))
    if len(days) < 2:
        assert bar is None
        return
    assert bar is not None
    assert sorted(one.number for one in bar.marks) == list(range(1, len(days) + 1))
    assert all(bar.start <= one.x <= bar.end for one in bar.marks)
    assert bar.start <= bar.today <= bar.end
