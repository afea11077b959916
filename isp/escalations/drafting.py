"""The draft goes to the family, and what it says of it; the final plan is sent.

The draft names no setting (section 38(2)); the family has 15 days, the day of service the first of them
(regulation 13(1)). The content is made into a version by ``isp.ehcp``, which refuses one that is not ready.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.policy import Permission
from isp.audit import Event, Unit
from isp.ehcp import actions as contents
from isp.ehcp.models import PlanSetting
from isp.ehcp.rules import Sort
from isp.ehcp.steps import Happened, StepCode, Subject, steps_of
from isp.escalations import advice, assessments, consulting, deadlines, naming, parties, plan_rules, queries
from isp.escalations import course as courses
from isp.escalations.deadlines import Act
from isp.escalations.kept import check_shown
from isp.escalations.naming import Named
from isp.escalations.rows import change_request
from isp.escalations.trail import note, record, record_step
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict
from isp.notices.actions import tell
from isp.plans import queries as plans
from isp.register.models import Pupil

SETTINGS = table_of(PlanSetting)


def send_draft(unit: Unit, request_id: UUID, on: date, *, shown: int | None = None) -> None:
    """The draft has been served on the family: a version of it is kept as it was sent, section I blank.

    Sent anew it is another version, and the family's days begin anew. Raises Invalid with everything that
    the draft still lacks, Conflict where a setting is named already.
    """
    row, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE, lock=True)
    assessment = assessments.needed(unit, request_id)
    check_shown(assessment, shown)
    after = courses.send_draft(courses.course_of(assessment), on, unit.today)
    plan = assessments.plan_of(unit, assessment)
    if plan is None:
        raise Conflict("There is no plan to send a draft of. Decide first that there is to be one.")
    c = SETTINGS.c
    named = unit.connection.scalar(select(c.id).where(c.plan_id == plan.id, c.named).limit(1))
    if named is not None and not after.reassessment:
        raise Conflict("A draft names no setting (section 38(2)), and this plan names one already.")
    contents.publish(unit, plan.id, Sort.DRAFT_SENT, on, "The draft as it was sent to the family")
    plan = assessments.plan_now(unit, plan.id)
    if not after.reassessment:
        assessments.change_plan(unit, plan, draft_sent_on=on, state="draft_sent")
    assessments.save(unit, assessment, after)
    note(unit, may, assessment, StepCode.DRAFT_SENT, on, Subject.ASSESSMENT)
    record(
        unit,
        may,
        Event.DRAFT_PLAN_SENT,
        request_id,
        row.pupil_id,
        row.authority_id,
        on=on.isoformat(),
        answers_until=after.answers_until.isoformat() if after.answers_until else None,
    )
    tell(unit, plans.told_of(unit, row.pupil_id), "draft_plan_sent", row.pupil_id)


def answer_draft(
    unit: Unit,
    request_id: UUID,
    *,
    on: date,
    said: str = "",
    setting: str = "",
    meeting: bool = False,
    shown: int | None = None,
) -> None:
    """The family says what it thinks, asks for a setting, or to meet an officer (regulation 13(1)).

    By the family today, or filed by the officer with the day on which it came. Each is a step of its own, in
    the family's words. Raises Invalid where nothing is said.
    """
    row, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_REPRESENT, lock=True)
    assessment = assessments.needed(unit, request_id)
    check_shown(assessment, shown)
    if queries.side_of(may) == "family":
        on = unit.today
    after = courses.answer(courses.course_of(assessment), on, unit.today)
    plan_rules.check_draft_answer(said, setting, meeting=meeting)
    assessments.save(unit, assessment, after)
    what = (
        (StepCode.REPRESENTATIONS, {"said": said.strip()} if said.strip() else None),
        (StepCode.SETTING_ASKED, {"said": setting.strip()} if setting.strip() else None),
    )
    for code, words in what:
        if words is not None:
            record_step(unit, may, request_id, assessment, code, on, Subject.ASSESSMENT, words)
    if meeting:
        record_step(unit, may, request_id, assessment, StepCode.MEETING_ASKED, on, Subject.ASSESSMENT)
    if row.officer_id is not None:
        tell(unit, [row.officer_id], "case_moved_on", row.pupil_id)


_ANSWERS = frozenset(
    {StepCode.REPRESENTATIONS, StepCode.SETTING_ASKED, StepCode.MEETING_ASKED, StepCode.MEETING_HELD}
)


def answers_of(unit: Unit, assessment: Any) -> list[Happened]:
    """What the family said of the draft, in its order; after the gate, for the authority."""
    found = steps_of(unit, assessment.pupil_id, assessment.authority_id, subject_id=assessment.id)
    return [one for one in found if one.code in _ANSWERS]


def meeting_held(unit: Unit, request_id: UUID, on: date, said: str, *, shown: int | None = None) -> None:
    """An officer met the family about the draft, as it had asked."""
    row, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE, lock=True)
    assessment = assessments.needed(unit, request_id)
    check_shown(assessment, shown)
    before = courses.course_of(assessment)
    courses.check_possible(before, courses.Deed.ANSWER)
    courses.answer(before, on, unit.today)
    words = {"said": said.strip()} if said.strip() else None
    record_step(unit, may, row.id, assessment, StepCode.MEETING_HELD, on, Subject.ASSESSMENT, words)


def issue(unit: Unit, request_id: UUID, *, on: date, named: Named, shown: int | None = None) -> None:
    """The final plan is sent: to the family, the setting that it names, the health body (regulation 13(2)).

    Its content becomes a version that nobody can alter; how late it is, with and without what the law
    excuses, is kept with it; the first review's day runs. Raises Invalid with everything that the plan still
    lacks, where section I names another setting than ``named``, or while the family's days run and it has
    not answered.
    """
    row, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE, lock=True)
    assessment = assessments.needed(unit, request_id)
    check_shown(assessment, shown)
    after = courses.issue(courses.course_of(assessment), on, unit.today)
    naming.check(named)
    plan = assessments.plan_of(unit, assessment)
    if plan is None:
        raise Conflict("There is no plan to issue. Decide first that there is to be one.")
    told = queries.circumstances(unit, [request_id])[request_id]
    counted = assessments.counted(after, told)
    again = after.reassessment
    why = "Amended or replaced after a re-assessment" if again else "The final plan"
    contents.publish(unit, plan.id, Sort.AMENDED if again else Sort.FINAL, on, why)
    naming.check_section_i(unit, plan.id, named)
    naming.name_setting(unit, plan, named, on)
    naming.place_where_it_is(unit, plan, named)
    plan = assessments.plan_now(unit, plan.id)
    # Assessed again the plan is as old as it was, and its next review is due as it was (section 44(1)).
    made: dict[str, Any] = {"made_on": max(on, plan.made_on or on)}
    if not again:
        made = {
            "state": "in_force",
            "officer_id": row.officer_id,
            "first_made_on": plan.first_made_on or on,
            "made_on": on,
            "review_due_on": deadlines.due(Act.REVIEW, on).on,
            "days_late": counted["days_late"],
            "days_unexcused": counted["days_unexcused"],
            "excused": counted["excused"],
        }
    assessments.change_plan(unit, plan, **made)
    assessments.save(unit, assessment, after, **counted)
    consulting.close_all(unit, assessment.id)
    advice.close_all(unit, may, row.pupil_id, row.authority_id, "The plan is made.")
    change_request(unit, row, ended_on=on)
    unit.change(Pupil, {"id": row.pupil_id}, sen_status="E")
    code = StepCode.REASSESSED if again else StepCode.FINAL_ISSUED
    note(unit, may, assessment, code, on, Subject.ASSESSMENT)
    record(
        unit,
        may,
        Event.FINAL_PLAN_ISSUED,
        request_id,
        row.pupil_id,
        row.authority_id,
        on=on.isoformat(),
        days_late=counted["days_late"],
        days_unexcused=counted["days_unexcused"],
        rules=counted["rules"],
    )
    tell(unit, parties.everybody(unit, row), "assessment_decided", row.pupil_id)
