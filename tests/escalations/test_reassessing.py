"""Asking for a re-assessment, and the answer in fifteen days on two grounds and no other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from isp.escalations.models import Assessment
from isp.escalations.upkeep import doors, reassessing
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.kernel.ids import new_id
from tests.escalations.upkeep_world import NOW, Upkeep


def asked(upkeep: Upkeep, by: str = "pam", **more: Any) -> None:
    said: dict[str, Any] = {"received_on": NOW, "reasons": "Much has changed."}
    upkeep.does(by, reassessing.ask, upkeep.plan, **{**said, **more})


def answered(upkeep: Upkeep, decision: str = "agree", day: date = NOW, by: str = "olli", **more: Any) -> None:
    said: dict[str, Any] = {
        "decision": decision,
        "refusal": None if decision == "agree" else "unnecessary",
        "reasons": "As the advice says.",
        "decided_on": day,
    }
    upkeep.does(by, reassessing.decide, upkeep.plan, day, **{**said, **more})


def request(upkeep: Upkeep) -> Any:
    with upkeep.cast.making() as unit:
        return unit.connection.execute(select(reassessing.REQUESTS)).one()


@pytest.mark.parametrize(("name", "source"), [("pam", "parent"), ("sara", "school")])
def test_a_parent_and_a_school_ask_for_themselves(upkeep: Upkeep, name: str, source: str) -> None:
    asked(upkeep, name, source="health")
    assert request(upkeep).source == source


def test_the_authority_records_what_came_by_mail(upkeep: Upkeep) -> None:
    with pytest.raises(Invalid):
        asked(upkeep, "olli")
    asked(upkeep, "olli", source="health", received_on=NOW - timedelta(days=4))
    assert request(upkeep).source == "health"


def test_one_at_a_time(upkeep: Upkeep) -> None:
    asked(upkeep)
    with pytest.raises(Conflict):
        asked(upkeep, "sara")


def test_yes_begins_a_reassessment_whose_clock_runs_from_the_answer(upkeep: Upkeep) -> None:
    asked(upkeep)
    day = NOW + timedelta(days=17)
    answered(upkeep, day=day)
    row = request(upkeep)
    assert (row.state, row.decided_on, row.days_late) == ("agreed", day, 2)
    with upkeep.cast.making() as unit:
        made = unit.connection.execute(
            select(doors.ASSESSMENTS).where(doors.ASSESSMENTS.c.id == row.assessment_id)
        ).one()
    assert (made.kind, made.clock_from, made.state, made.plan_id) == (
        "reassessment",
        day,
        "advising",
        upkeep.plan,
    )


def test_six_months_are_a_ground_only_where_there_was_an_assessment(upkeep: Upkeep) -> None:
    asked(upkeep)
    with pytest.raises(Invalid):
        answered(upkeep, "refuse", refusal="six_months")
    with upkeep.cast.making() as unit:
        unit.insert(
            Assessment,
            **dict.fromkeys(
                (
                    "request_id", "order_on", "to_issue_on", "draft_sent_on", "answers_until", "days_late",
                    "days_unexcused", "excused", "moved_to", "sealed", "rules", "decided_by",
                )
            ),
            id=new_id(),
            pupil_id=upkeep.cast.pupils["ava"],
            authority_id=upkeep.cast.places["northshire"],
            plan_id=upkeep.plan,
            kind="first",
            clock_from=NOW,
            begun_on=NOW,
            state="final",
            outcome_on=NOW - timedelta(days=60),
            recorded_at=unit.now,
            row_version=1,
        )  # fmt: skip
    answered(upkeep, "refuse", refusal="six_months")
    assert (request(upkeep).state, request(upkeep).refusal) == ("refused", "six_months")


def test_a_refusal_names_its_ground(upkeep: Upkeep) -> None:
    asked(upkeep)
    with pytest.raises(Invalid):
        answered(upkeep, "refuse", refusal="too_busy")


def test_after_a_refusal_another_may_be_asked_for(upkeep: Upkeep) -> None:
    asked(upkeep)
    answered(upkeep, "refuse")
    asked(upkeep, "sara")


def test_a_school_does_not_answer_and_strangers_find_nothing(upkeep: Upkeep) -> None:
    asked(upkeep)
    for name, failure in (("sara", NotAllowed), ("pam", NotAllowed), ("sid", NotFound)):
        with pytest.raises(failure):
            answered(upkeep, by=name)
    with pytest.raises(NotFound):
        asked(upkeep, "stan")


def test_a_stale_page_answers_nothing(upkeep: Upkeep) -> None:
    asked(upkeep)
    with pytest.raises(Conflict):
        answered(upkeep, shown=7)
