"""The assessment is decided upon: whether it is necessary to make a plan (section 37(1)), and its ends.

A decision against a plan ends the case like a refusal: the family's days to appeal run, and with them the
authority's sight. A withdrawal, a move or a death ends it at once, each with its step.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Event, Unit
from isp.ehcp import actions as contents
from isp.ehcp.steps import StepCode, Subject
from isp.escalations import (
    assessments,
    consulting,
    deadlines,
    farewells,
    panel_queries,
    parties,
    plan_rules,
    queries,
    sight,
)
from isp.escalations import course as courses
from isp.escalations.course import Ending
from isp.escalations.kept import check_shown
from isp.escalations.rows import change_request
from isp.escalations.stages import PENDING, WITHDRAWN
from isp.escalations.trail import note, record, record_step
from isp.kernel.errors import Conflict, Invalid
from isp.notices.actions import tell
from isp.records import drafts

_STEPS: Mapping[Ending, StepCode] = {
    Ending.WITHDRAWN: StepCode.ASSESSMENT_WITHDRAWN,
    Ending.MOVED: StepCode.ASSESSMENT_MOVED,
    Ending.DIED: StepCode.DIED,
}


_DECIDED: Mapping[tuple[bool, bool], StepCode] = {
    (True, False): StepCode.TO_ISSUE,
    (True, True): StepCode.TO_CHANGE,
    (False, False): StepCode.NO_PLAN,
    (False, True): StepCode.REASSESSED_SAME,
}
"""By whether there is to be a plan, or another one, and whether this is a re-assessment."""


def _open_draft(unit: Unit, plan_id: UUID) -> None:
    """What is to be written in: of a new plan its content, of one in force its next draft."""
    plan = assessments.plan_now(unit, plan_id)
    if plan.record_id is None:
        contents.open_content(unit, plan_id)
    elif drafts.find(unit, plan.record_id) is None:
        contents.start_draft(unit, plan_id)


def tell_begun(unit: Unit, request_id: UUID, on: date, *, shown: int | None = None) -> None:
    """After an order or a concession the family has been told that the assessment begins."""
    row, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE, lock=True)
    assessment = assessments.needed(unit, request_id)
    check_shown(assessment, shown)
    after = courses.tell(courses.course_of(assessment), on, unit.today)
    assessments.save(unit, assessment, after)
    record_step(unit, may, row.id, assessment, StepCode.ASSESSMENT_BEGUN, on, Subject.ASSESSMENT)


def decide_plan(
    unit: Unit,
    request_id: UUID,
    *,
    decision: str,
    necessary: bool,
    reasons: str,
    on: date,
    shown: int | None = None,
) -> None:
    """Decide, in the light of the assessment, whether there is to be a plan.

    Necessary, the authority must make one; otherwise it has nothing to make it upon (section 37(1)). Of a
    re-assessment: whether the plan is amended or replaced, or stays as it is, against which the family may
    appeal (section 51(2)(e)). Raises Invalid where the answer and the decision contradict each other,
    Conflict where it is decided already.
    """
    row, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE, lock=True)
    assessment = assessments.needed(unit, request_id)
    check_shown(assessment, shown)
    before = courses.course_of(assessment)
    issue = decision == plan_rules.ISSUE
    courses.check_possible(before, courses.Deed.TO_ISSUE if issue else courses.Deed.NO_PLAN)
    plan_rules.check_plan_decision(decision, necessary=necessary, reasons=reasons)
    words = assessments.words_of(unit, assessment) | {"necessary": necessary, "test_reasons": reasons.strip()}
    # What a panel advised; the decision is the authority’s own.
    recommended = panel_queries.recommended(unit, row, "issue")
    panel = {"panel": dict(recommended)} if recommended else {}
    words |= panel
    if issue:
        after = courses.decide_to_issue(before, on, unit.today)
        plan_id = assessment.plan_id if after.reassessment else assessments.open_plan(unit, row)
        assessments.save(unit, assessment, after, words, plan_id=plan_id, decided_by=may.person_id)
        _open_draft(unit, plan_id)
        counted: dict[str, Any] = {"days_late": 0, "days_unexcused": 0, "rules": _version(after)}
    else:
        after = courses.decide_no_plan(before, on, unit.today)
        told = queries.circumstances(unit, [request_id])[request_id]
        counted = assessments.counted(after, told)
        _drop_plan(unit, may, assessment)
        assessments.save(unit, assessment, after, words, decided_by=may.person_id, **counted)
        consulting.close_all(unit, assessment.id)
    # Of a re-assessment the plan goes on, and with it the authority's sight.
    ends = not issue and not after.reassessment
    until = max(courses.appeal_limit(after, on).on, unit.today) if ends else None
    if until is not None:
        sight.let_end(unit, request_id, until)
    if not issue:
        change_request(unit, row, sight_until=until, ended_on=on)
    code = _DECIDED[(issue, after.reassessment)]
    note(unit, may, assessment, code, on, Subject.ASSESSMENT)
    record(
        unit,
        may,
        Event.PLAN_DECIDED,
        request_id,
        row.pupil_id,
        row.authority_id,
        payload={"necessary": necessary, "reasons": reasons.strip(), **panel},
        decision=decision,
        on=on.isoformat(),
        days_late=counted["days_late"],
        days_unexcused=counted["days_unexcused"],
        rules=counted["rules"],
        sight_until=until.isoformat() if until else None,
    )
    tell(unit, parties.everybody(unit, row), "assessment_decided", row.pupil_id)


def end(
    unit: Unit,
    request_id: UUID,
    why: Ending,
    on: date,
    *,
    moved_to: str | None = None,
    said: str = "",
    shown: int | None = None,
) -> None:
    """The case ends without a decision: withdrawn, moved to another authority, or the child has died.

    Of a request that waits for its decision, or of an assessment that is under way. ``moved_to``: the three
    digits of the other authority. ``shown``: the request's row version.
    """
    row, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE, lock=True)
    check_shown(row, shown)
    assessment = assessments.of_request(unit, request_id)
    plan_rules.check_ending(why, moved_to)
    # Read while they still see: whoever was asked is told that it is over.
    asked = farewells.asked(unit, row.pupil_id, row.authority_id)
    if assessment is None:
        _end_request(unit, row, why, on, moved_to)
    else:
        after = courses.end(courses.course_of(assessment), why, on, unit.today)
        _drop_plan(unit, may, assessment)
        assessments.save(unit, assessment, after, moved_to=moved_to)
        consulting.close_all(unit, assessment.id)
        change_request(unit, row, ended_on=on, ended_why=why.value, moved_to=moved_to, sight_until=unit.today)
    _note_end(unit, may, row, assessment, why, on, said)
    if why is Ending.DIED:
        farewells.tell_of_death(unit, row.pupil_id, row.authority_id, [row.officer_id], asked)
        # The officers see to it today; the others see nothing from now on.
        sight.let_end(unit, request_id, unit.today)
    else:
        farewells.tell_no_longer(unit, asked)
        sight.end(unit, request_id)
    record(
        unit,
        may,
        Event.ASSESSMENT_ENDED,
        request_id,
        row.pupil_id,
        row.authority_id,
        payload={"said": said.strip()} if said.strip() else None,
        why_ended=why.value,
        on=on.isoformat(),
        moved_to=moved_to,
    )
    if why is not Ending.DIED:
        tell(unit, parties.everybody(unit, row), "case_moved_on", row.pupil_id)


def _end_request(unit: Unit, row: Any, why: Ending, on: date, moved_to: str | None) -> None:
    if row.status != PENDING:
        raise Conflict("This case has ended already. Open it again to see how.")
    if not row.received_on <= on <= unit.today:
        raise Invalid("Check the day.", {"on": "The day is between the receipt of the request and today."})
    change_request(
        unit,
        row,
        status=WITHDRAWN,
        ended_on=on,
        ended_why=why.value,
        moved_to=moved_to,
        sight_until=unit.today,
    )


def _note_end(
    unit: Unit, may: Decision, row: Any, assessment: Any | None, why: Ending, on: date, said: str
) -> None:
    words = {"said": said.strip()} if said.strip() else None
    if assessment is not None:
        note(unit, may, assessment, _STEPS[why], on, Subject.ASSESSMENT, words)
    else:
        code = StepCode.REQUEST_WITHDRAWN if why is Ending.WITHDRAWN else _STEPS[why]
        note(unit, may, row, code, on, Subject.REQUEST, words)


def _drop_plan(unit: Unit, may: Decision, assessment: Any) -> None:
    """The plan that was being drafted is not made: what was written stays to be read."""
    plan = assessments.plan_of(unit, assessment)
    if plan is not None and plan.state in ("drafting", "draft_sent"):
        assessments.change_plan(unit, plan, state="not_made")
        contents.close_content(unit, may, plan.id, "not_made")


def _version(after: courses.Course) -> str:
    return after.rules or deadlines.rules_on(after.start).version
