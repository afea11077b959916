"""The whole process, from a request to a plan, by people who do anything in any order: a model beside it.

Whatever is tried, what the database holds is what the model says; every step that the model saw is in the
chronology and nothing else; nothing happened before its cause; and each state has a next duty or is an end.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from isp.ehcp.steps import StepCode, steps_of
from isp.escalations import assessing, assessments, disputed, disputing
from isp.escalations import course as courses
from isp.escalations.actions import close_appeal, record_appeal
from isp.escalations.course import Ending, course_of
from isp.escalations.disputes import About, Kind, Result
from isp.escalations.stages import OVER, Stage
from isp.kernel.errors import Conflict, DomainError, Invalid, NotFound
from tests.escalations.assessed import Assessed
from tests.escalations.world import RECEIVED, Affair, build, on

DAY = timedelta(days=1)
ENDS = {
    Result.DISMISSED: None,
    Result.WITHDRAWN: None,
    Result.PLAN: "drafting",
    Result.RECONSIDER: "advising",
    Result.CONCEDED: "drafting",
}


class Process(RuleBasedStateMachine):
    """One child's case, and beside it a model: its state in one word, and the steps that were noted."""

    fresh: Callable[..., str]

    @initialize()
    def request(self) -> None:
        self.affair = Affair(self.fresh("escalations", build))
        self.case = Assessed(self.affair, agree=False)
        self.today = RECEIVED
        self.state = "pending"
        self.noted = [StepCode.REQUESTED]

    def teardown(self) -> None:
        if hasattr(self, "affair"):
            self.affair.cast.close()

    def tried(self, deed: Callable[[], Any], allowed: bool, state: str, *codes: StepCode) -> None:
        """Do it: it succeeds exactly where the model says so, and then the model moves on."""
        try:
            deed()
        except (Conflict, Invalid, NotFound):
            assert not allowed, (self.state, codes)
            return
        assert allowed, (self.state, codes)
        self.state = state
        self.noted += codes

    def acting(self, do: Callable[[Any], Any], by: str = "olli") -> Callable[[], Any]:
        def deed() -> Any:
            with on(self.today), self.affair.cast.acting(by) as unit:
                return do(unit)

        return deed

    @rule(days=st.integers(1, 40))
    def days_pass(self, days: int) -> None:
        self.today += days * DAY

    @rule(agree=st.booleans())
    def decide(self, agree: bool) -> None:
        decision = "agree" if agree else "refuse"
        to, code = ("advising", StepCode.AGREED) if agree else ("refused", StepCode.REFUSED)
        self.tried(
            lambda: self.affair.decide(self.case.id, decision, day=self.today),
            self.state == "pending",
            to,
            code,
        )

    @rule()
    def appeal_against_the_refusal(self) -> None:
        deed = self.acting(lambda unit: record_appeal(unit, self.case.id, self.today), "pam")
        self.tried(deed, self.state == "refused", "refusal_appealed", StepCode.APPEAL_REGISTERED)

    @rule(result=st.sampled_from(["dismissed", "allowed", "conceded"]))
    def close_the_appeal(self, result: str) -> None:
        codes = {
            "dismissed": StepCode.APPEAL_DISMISSED,
            "allowed": StepCode.TRIBUNAL_ORDERED,
            "conceded": StepCode.APPEAL_CONCEDED,
        }
        deed = self.acting(lambda unit: close_appeal(unit, self.case.id, result, self.today))
        to = "lost" if result == "dismissed" else "advising"
        self.tried(deed, self.state == "refusal_appealed", to, codes[result])

    @rule(issue=st.booleans())
    def decide_about_a_plan(self, issue: bool) -> None:
        decision = "issue" if issue else "no_plan"
        may = self.state == "advising" or (
            not issue and self.state in ("drafting", "draft_sent") and not self.ordered_a_plan()
        )
        to, code = ("drafting", StepCode.TO_ISSUE) if issue else ("no_plan", StepCode.NO_PLAN)
        self.tried(lambda: self.case.decide(decision, self.today), may, to, code)

    def ordered_a_plan(self) -> bool:
        row = self.case.row
        return row is not None and row.ordered in ("plan", "plan_conceded")

    @rule()
    def send_the_draft(self) -> None:
        if self.state == "drafting":
            self.case.write(self.today)
        self.tried(
            lambda: self.case.send(self.today),
            self.state in ("drafting", "draft_sent"),
            "draft_sent",
            StepCode.DRAFT_SENT,
        )

    @rule()
    def the_family_answers(self) -> None:
        self.tried(
            lambda: self.case.answer(self.today),
            self.state == "draft_sent",
            self.state,
            StepCode.REPRESENTATIONS,
        )

    @rule()
    def consult(self) -> None:
        self.tried(
            lambda: self.case.consult(self.today, None),
            self.state == "draft_sent",
            self.state,
            StepCode.SETTING_CONSULTED,
        )

    @rule()
    def issue(self) -> None:
        row = self.case.row
        may = self.state == "draft_sent" and (row.answered_on is not None or self.today > row.answers_until)
        self.tried(lambda: self.case.issue(self.today), may, "final", StepCode.FINAL_ISSUED)

    @rule()
    def appeal_against_no_plan(self) -> None:
        deed = self.acting(
            lambda unit: disputing.open_dispute(unit, self.case.id, Kind.APPEAL, About.ISSUE, self.today),
            "pam",
        )
        self.tried(deed, self.state == "no_plan", "no_plan_appealed", StepCode.APPEAL_REGISTERED)

    @precondition(lambda self: self.state == "no_plan_appealed")
    @rule(result=st.sampled_from(sorted(ENDS)))
    def close_the_appeal_against_no_plan(self, result: Result) -> None:
        with self.affair.cast.making() as unit:
            assessment = assessments.of_request(unit, self.case.id)
            dispute = disputed.disputes_of(unit, self.case.id, assessment)[0]
        deed = self.acting(lambda unit: disputing.close(unit, self.case.id, dispute.id, result, self.today))
        code = disputing._CLOSED_BY.get(result, StepCode.TRIBUNAL_ORDERED)
        self.tried(deed, True, ENDS[result] or "no_plan_lost", code)

    @rule(why=st.sampled_from(list(Ending)))
    def end(self, why: Ending) -> None:
        moved_to = "330" if why is Ending.MOVED else None
        deed = self.acting(lambda unit: assessing.end(unit, self.case.id, why, self.today, moved_to=moved_to))
        pending = self.state == "pending"
        code = {
            Ending.WITHDRAWN: StepCode.REQUEST_WITHDRAWN if pending else StepCode.ASSESSMENT_WITHDRAWN,
            Ending.MOVED: StepCode.ASSESSMENT_MOVED,
            Ending.DIED: StepCode.DIED,
        }[why]
        may = self.state in ("pending", "advising", "drafting", "draft_sent")
        self.tried(deed, may, "ended", code)

    @invariant()
    def the_rows_are_what_the_model_says(self) -> None:
        if not hasattr(self, "case"):
            return
        assessment = self.case.row
        known = {"advising", "drafting", "draft_sent", "final"}
        if self.state in known:
            assert assessment.state == self.state
        elif self.state.startswith("no_plan"):
            assert assessment.state == "no_plan"
            assert course_of(assessment).under_appeal == (self.state == "no_plan_appealed")

    @invariant()
    def no_event_is_lost_and_none_is_before_its_cause(self) -> None:
        if not hasattr(self, "case"):
            return
        with self.affair.cast.making() as unit:
            found = steps_of(unit, self.affair.ava, self.affair.cast.places["northshire"])
        assert sorted(one.code for one in found) == sorted(self.noted)
        assert [one.on for one in found] == sorted(one.on for one in found)
        assert all(one.on >= RECEIVED for one in found)
        if self.case.row is not None and self.case.row.state in courses.LIVE:
            courses.check_order(course_of(self.case.row))

    @invariant()
    def there_is_a_next_duty_or_an_end(self) -> None:
        if not hasattr(self, "case"):
            return
        row = self.case.request
        with self.affair.cast.making() as unit:
            now = assessments.standpoint_of(row, assessments.of_request(unit, row.id), self.today)
        if now.stage not in OVER:
            assert now.turn != "nobody"
            assert now.due is not None or now.turn == "tribunal"
        if self.state in ("pending", "advising", "drafting", "draft_sent"):
            assert now.stage not in OVER
        if self.state == "final":
            assert now.stage is Stage.PLAN_MADE


def test_the_whole_process_has_no_dead_end(fresh_database: Callable[..., str]) -> None:
    machine = type("Fresh", (Process,), {"fresh": staticmethod(fresh_database)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=6,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_what_a_deed_meets_is_said_in_a_sentence(fresh_database: Callable[..., str]) -> None:
    affair = Affair(fresh_database("escalations", build))
    case = Assessed(affair)
    with pytest.raises(DomainError, match="Send the draft first"):
        case.issue(date(2027, 3, 1))
    affair.cast.close()
