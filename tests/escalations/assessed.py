"""A case in which the authority has agreed to assess, and the deeds that lead from there to a plan."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from isp.ehcp import actions as contents
from isp.ehcp.steps import StepCode, steps_of
from isp.escalations import assessing, assessments, consulting, drafting
from isp.escalations.naming import Named
from isp.kernel.errors import DomainError
from isp.records import saves
from isp.records.changes import changes_between
from isp.records.sent import Opened
from tests.ehcp.world import ready_content
from tests.escalations.world import RECEIVED, Affair, on

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
AGREED_ON = RECEIVED + 5 * WEEK
DECIDED_ON = RECEIVED + 12 * WEEK
SENT_ON = RECEIVED + 14 * WEEK
ISSUED_ON = RECEIVED + 19 * WEEK


class Assessed:
    """Ava's case, agreed on 7 December; the words of the plan are ready when it is to be sent."""

    def __init__(self, affair: Affair, agree: bool = True) -> None:
        self.affair = affair
        self.cast = affair.cast
        self.id: UUID = affair.request()
        if agree:
            affair.decide(self.id, "agree", day=AGREED_ON)

    @property
    def row(self) -> Any:
        with self.cast.making() as unit:
            return assessments.of_request(unit, self.id)

    @property
    def request(self) -> Any:
        return self.affair.row(self.id)

    @property
    def plan(self) -> Any:
        with self.cast.making() as unit:
            return assessments.plan_of(unit, assessments.of_request(unit, self.id))

    def decide(self, decision: str = "issue", day: date = DECIDED_ON, by: str = "olli", **more: Any) -> None:
        said: dict[str, Any] = {
            "decision": decision,
            "necessary": decision == "issue",
            "reasons": "The advice says so.",
            "on": day,
        }
        with on(day), self.cast.acting(by) as unit:
            assessing.decide_plan(unit, self.id, **{**said, **more})

    def write(self, day: date = DECIDED_ON, **settled: list[dict[str, Any]]) -> None:
        """Words that nothing stops, in the draft of the plan, as olli writes them."""
        plan_id = self.plan.id
        with on(day), self.cast.acting("olli") as unit:
            opened: Opened = contents.open_draft(unit, plan_id)
            changes = changes_between(opened.draft.content, ready_content(**settled))
            saved = saves.save(unit, opened.draft, opened.draft.revision, changes)
            contents.remember_save(unit, opened.row, opened.decision, saved)

    def send(self, day: date = SENT_ON, by: str = "olli", **more: Any) -> None:
        with on(day), self.cast.acting(by) as unit:
            drafting.send_draft(unit, self.id, day, **more)

    def answer(self, day: date, by: str = "pam", **said: Any) -> None:
        said = said or {"said": "Section B leaves out his sleep."}
        with on(day), self.cast.acting(by) as unit:
            drafting.answer_draft(unit, self.id, on=said.pop("on", day), **said)

    def consult(self, day: date, school: str | None = "elmfield", **more: Any) -> UUID:
        asked: dict[str, Any] = {"name": "Beech College"}
        if school:
            asked = {"school_id": self.cast.places[school]}
        with on(day), self.cast.acting("olli") as unit:
            return consulting.consult(unit, self.id, **{"sent_on": day, **asked, **more})

    def issue(self, day: date = ISSUED_ON, by: str = "olli", **more: Any) -> None:
        named = more.pop("named", Named(school_id=self.cast.places["oakfield"]))
        with on(day), self.cast.acting(by) as unit:
            drafting.issue(unit, self.id, on=day, named=named, **more)

    def to_draft(self) -> None:
        self.decide()
        self.write()
        self.send()

    def consultation(self) -> UUID:
        """The newest consultation of the case."""
        with self.cast.making() as unit:
            asked = consulting.consultations_of(unit, assessments.needed(unit, self.id).id)
        return UUID(str(asked[-1].row.id))

    def step(self, code: str) -> UUID:
        """The last step with a code."""
        with self.cast.making() as unit:
            found = steps_of(unit, self.affair.ava, self.cast.places["northshire"])
        return [one.id for one in found if one.code == code][-1]

    def codes(self) -> list[StepCode]:
        with self.cast.making() as unit:
            found = steps_of(unit, self.affair.ava, self.cast.places["northshire"])
        return [one.code for one in found]


def refusal(deed: Any, *given: Any, **more: Any) -> str:
    """The name of the error that a deed meets; "done" where it meets none."""
    try:
        deed(*given, **more)
    except DomainError as failure:
        return type(failure).__name__
    return "done"


def write_next(case: Assessed, day: date, **settled: list[dict[str, Any]]) -> None:
    """The next draft of the plan in force says this, as olli writes it."""
    plan_id = case.plan.id
    with on(day), case.cast.acting("olli") as unit:
        contents.start_draft(unit, plan_id)
        opened = contents.open_draft(unit, plan_id)
        changes = changes_between(opened.draft.content, ready_content(**settled))
        saved = saves.save(unit, opened.draft, opened.draft.revision, changes)
        contents.remember_save(unit, opened.row, opened.decision, saved)


def elmfield() -> list[dict[str, Any]]:
    """Section I, where it names Elmfield School."""
    entry = "11111111-2222-4333-8444-555555555555"
    return [{"id": entry, "order": "a", "name": "Elmfield School", "type": "mainstream"}]
