"""A case that began on another system comes in, at the stage where it stands and with its past days.

It is put on record as its deeds would have left it here: the rows of the request, the assessment, the plan
and the appeal, a step for each thing that happened on its own day, recorded now, and how late the decision
was. Who decided is not known here; no letter is owed for what was served from there. Nothing of a record is
released.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import OrganisationPermission
from isp.audit import Event, Unit
from isp.ehcp import actions as contents
from isp.ehcp.steps import StepCode, Subject
from isp.escalations import (
    actions,
    assessments,
    deadlines,
    disputing,
    filing,
    parties,
    queries,
    rules,
    sight,
    stages,
)
from isp.escalations import course as courses
from isp.escalations.course import Course, State
from isp.escalations.disputes import MEDIATED, About, Result
from isp.escalations.entering_rules import DAYS, REFUSED_FIRST, TURNED, Past, Where, check, course_of
from isp.escalations.filing import Filing
from isp.escalations.rows import change_request
from isp.escalations.stages import AGREED, REFUSED
from isp.escalations.trail import note, record
from isp.kernel.errors import Conflict, Invalid
from isp.notices.actions import tell
from isp.people.roles import Role

THERE_ALREADY = (
    "A request that this authority received on that day is on record for this child already. Look at that "
    "case instead of bringing it in again."
)
_REASONS: Mapping[Where, tuple[str, str]] = {
    Where.REFUSED: ("decision_reasons", "Say why it was refused. The family and the school read it."),
    Where.APPEAL_ASSESS: ("decision_reasons", "Say why it was refused. The family and the school read it."),
    Where.NO_PLAN: ("no_plan_reasons", "Say why there is to be no plan. The family and the school read it."),
    Where.APPEAL_ISSUE: (
        "no_plan_reasons",
        "Say why there is to be no plan. The family and the school read it.",
    ),
}
"""Of the decision that stands against the family, why: by which name it is asked for."""
REASONS: Mapping[Where, str] = {where: name for where, (name, _) in _REASONS.items()}
_STEPS: Mapping[str, StepCode] = {
    "told_on": StepCode.ASSESSMENT_BEGUN,
    "to_issue_on": StepCode.TO_ISSUE,
    "draft_sent_on": StepCode.DRAFT_SENT,
    "answered_on": StepCode.REPRESENTATIONS,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A case as it stood. ``filing``: its request, with the day of receipt; ``how`` says where it comes from.

    ``decision_reasons`` and ``no_plan_reasons``: why it was decided so, where that decision stands.
    ``turned``: how it was turned, where it was.
    """

    filing: Filing
    where: Where
    decided_on: date | None = None
    to_issue_on: date | None = None
    draft_sent_on: date | None = None
    answered_on: date | None = None
    no_plan_on: date | None = None
    appealed_on: date | None = None
    order_on: date | None = None
    told_on: date | None = None
    hearing_on: date | None = None
    mediated_on: date | None = None
    certificate_on: date | None = None
    turned: Result | None = None
    decision_reasons: str = ""
    no_plan_reasons: str = ""

    @property
    def past(self) -> Past:
        """Its days, as the rules go by them."""
        return Past(
            self.filing.received_on,
            self.decided_on,
            self.to_issue_on,
            self.draft_sent_on,
            self.answered_on,
            self.no_plan_on,
            self.appealed_on,
            self.order_on,
            self.told_on,
            self.hearing_on,
            self.mediated_on,
            self.certificate_on,
            self.turned,
        )

    @property
    def reasons(self) -> str:
        """Why it was decided against the family, where that stands."""
        name = REASONS.get(self.where)
        return str(getattr(self, name)).strip() if name is not None else ""


def enter_case(unit: Unit, authority_id: UUID, entry: Entry, *, is_new: bool = False) -> UUID:
    """Put a case on record at its stage, and open the authority's sight of it; the request's id.

    ``is_new``: a child who is matched by nobody is put on record. Raises Invalid by field; Conflict where the
    case is here already, another request is open, or the child has an EHC plan.
    """
    decision = gate.require_in_organisation(unit, OrganisationPermission.CASES_FILE, authority_id)
    came, past = entry.filing, entry.past
    details = filing.check(unit, came)
    errors = check(entry.where, past, born_on=details.born_on, today=unit.today)
    errors |= _check_words(entry)
    if errors:
        raise Invalid("Some of this needs another look.", errors)
    why = "A case that began on another system was brought in"
    pupil_id = filing.child_of(unit, decision, authority_id, details, came.received_on, why, is_new=is_new)
    earlier = queries.requests_about(unit, pupil_id)
    if any((one.authority_id, one.received_on) == (authority_id, came.received_on) for one in earlier):
        raise Conflict(THERE_ALREADY)
    entered = actions.enter(
        unit,
        decision,
        pupil_id=pupil_id,
        authority_id=authority_id,
        school_id=parties.school_of(unit, pupil_id),
        source=came.source,
        received_on=came.received_on,
        words=_words(entry),
        given={},
        officer_id=filing.officer_of(unit, decision, authority_id, pupil_id),
        youth_accommodation=came.youth_accommodation,
    )
    row = queries.row_of(unit, entered.request_id)
    late = _decided(unit, decision, row, entry)
    _disputed_refusal(unit, decision, entered.request_id, entry)
    course = course_of(entry.where, past, unit.today)
    if course is not None:
        _assessed(unit, decision, entered.request_id, entry, course)
    row = queries.row_of(unit, entered.request_id)
    note(unit, decision, row, StepCode.ENTERED, unit.today, words={"said": came.how.strip()})
    days = {
        name: day.isoformat()
        for name in (*DAYS[entry.where], "hearing_on")
        if (day := past.day(name)) is not None
    }
    record(
        unit,
        decision,
        Event.CASE_ENTERED,
        entered.request_id,
        pupil_id,
        authority_id,
        payload={
            "from": came.how.strip(),
            "days": days,
            "days_late": late,
            **({"turned": entry.turned.value} if entry.turned is not None else {}),
        },
        stage=entry.where.value,
        received_on=came.received_on.isoformat(),
    )
    _tell(unit, decision, row)
    return entered.request_id


def _check_words(entry: Entry) -> dict[str, str]:
    if len(entry.filing.reasons) > rules.REASONS_LIMIT:
        return {"reasons": f"Keep this to {rules.REASONS_LIMIT:,} characters."}
    if entry.where not in _REASONS:
        return {}
    name, missing = _REASONS[entry.where]
    if not entry.reasons:
        return {name: missing}
    if len(entry.reasons) > rules.REASONS_LIMIT:
        return {name: f"Keep this to {rules.REASONS_LIMIT:,} characters."}
    return {}


def _words(entry: Entry) -> dict[str, Any]:
    came = entry.filing
    words: dict[str, Any] = {
        "reasons": came.reasons.strip(),
        # A decision, once made, was told to the family.
        "told_family": entry.where is not Where.DECIDING or came.source in (rules.PARENT, rules.YOUNG_PERSON),
        "asked_by": came.asked_by.strip(),
        "how": came.how.strip(),
    }
    if entry.where is Where.DECIDING:
        words["proofs"] = {}
    elif REASONS.get(entry.where) == "decision_reasons":
        words["decision_reasons"] = entry.reasons
    return words


def _decided(unit: Unit, decision: Decision, row: Any, entry: Entry) -> int | None:
    """The decision whether to assess on the row of the request; how many days late it was."""
    decided_on = entry.decided_on
    if decided_on is None:
        return None
    # What excused it there is not on record here.
    counts = stages.decision_counts(row.received_on, decided_on)
    refused = entry.where in REFUSED_FIRST
    until = (
        deadlines.appeal_due(decided_on, entry.certificate_on, version=counts["rules"]).on
        if entry.where is Where.REFUSED
        else None
    )
    change_request(
        unit,
        row,
        status=REFUSED if refused else AGREED,
        decided_on=decided_on,
        decided_by=None,
        **counts,
        sight_until=until,
        certificate_on=entry.certificate_on if until is not None else None,
    )
    note(unit, decision, row, StepCode.REFUSED if refused else StepCode.AGREED, decided_on)
    if until is not None:
        sight.let_end(unit, row.id, until)
    late: int = counts["days_late"]
    return late


def _disputed_refusal(unit: Unit, decision: Decision, request_id: UUID, entry: Entry) -> None:
    """The appeal against a refusal to assess, or the mediation about it, and how it turned the case."""
    if entry.where not in REFUSED_FIRST:
        return
    row = queries.row_of(unit, request_id)
    _dispute(unit, decision, row, None, About.ASSESS, entry)
    if entry.appealed_on is None:
        return
    if entry.turned in MEDIATED:
        change_request(unit, row, status=AGREED)
        return
    closed: dict[str, Any] = {}
    if entry.turned is not None:
        # As the row has it since before there were disputes: an order, or giving way.
        result = "conceded" if entry.turned is Result.CONCEDED else "allowed"
        closed = {"status": AGREED, "appeal_closed_on": entry.order_on, "appeal_result": result}
    change_request(unit, row, appealed_on=entry.appealed_on, **closed)


def _dispute(
    unit: Unit, decision: Decision, row: Any, assessment: Any | None, about: About, entry: Entry
) -> None:
    asked_on = entry.appealed_on or entry.mediated_on
    if asked_on is not None:
        disputing.enter(
            unit,
            decision,
            row,
            assessment,
            about,
            asked_on,
            certificate_on=entry.certificate_on,
            hearing_on=entry.hearing_on,
            result=entry.turned,
            closed_on=entry.order_on,
        )


def _assessed(unit: Unit, decision: Decision, request_id: UUID, entry: Entry, course: Course) -> None:
    """The assessment, and where one is to be made the plan, as far as they have come."""
    row = queries.row_of(unit, request_id)
    begun_on = course.begun_on
    assessments.open_one(unit, row, begun_on, course.ordered if entry.where is Where.ORDERED_ASSESS else None)
    assessment = assessments.needed(unit, request_id)
    if entry.no_plan_on is not None:
        # What is disputed is the decision itself, whatever came of it.
        past = courses.decide_no_plan(courses.course_of(assessment), entry.no_plan_on, unit.today)
        past = replace(past, certificate_on=entry.certificate_on)
        _no_plan(unit, decision, row, assessment, entry, past)
        assessment = assessments.needed(unit, request_id)
        _dispute(unit, decision, row, assessment, About.ISSUE, entry)
    if entry.where is not Where.NO_PLAN and course != courses.course_of(assessment):
        _go_on(unit, row, assessment, course)
    for name in DAYS[entry.where]:
        on = entry.past.day(name)
        if on is not None and name in _STEPS:
            note(unit, decision, assessment, _STEPS[name], on, Subject.ASSESSMENT)


def _no_plan(unit: Unit, decision: Decision, row: Any, assessment: Any, entry: Entry, past: Course) -> None:
    """It was decided that there is no plan. Where an appeal is possible yet, the sight lasts as long."""
    words = {"necessary": False, "test_reasons": entry.reasons} if entry.reasons else None
    # What excused it there is not on record here.
    assessments.save(unit, assessment, past, words, **assessments.counted(past, ()))
    on = past.outcome_on or past.begun_on
    note(unit, decision, assessment, StepCode.NO_PLAN, on, Subject.ASSESSMENT)
    if entry.where in TURNED:
        return
    until = courses.appeal_limit(past, on).on if entry.where is Where.NO_PLAN else None
    change_request(unit, row, ended_on=on, sight_until=until)
    if until is not None:
        sight.let_end(unit, row.id, until)


def _go_on(unit: Unit, row: Any, assessment: Any, course: Course) -> None:
    """Towards a plan, or under appeal; an outcome that was turned counts no days any more."""
    if course.state is State.NO_PLAN:
        assessments.save(unit, assessment, course)
        return
    plan_id = assessments.open_plan(unit, row) if course.to_issue_on is not None else None
    nothing = dict.fromkeys(("days_late", "days_unexcused", "excused"))
    assessments.save(unit, assessment, course, plan_id=plan_id, **nothing)
    if plan_id is None:
        return
    contents.open_content(unit, plan_id)
    if course.draft_sent_on is not None:
        plan = assessments.plan_now(unit, plan_id)
        assessments.change_plan(unit, plan, draft_sent_on=course.draft_sent_on, state="draft_sent")


def _tell(unit: Unit, decision: Decision, row: Any) -> None:
    told = parties.holders(unit, row.authority_id, Role.AUTHORITY_MANAGER)
    if row.school_id is not None:
        told += parties.holders(unit, row.school_id, Role.SENCO, Role.DEPUTY_SENCO)
    tell(unit, [one for one in told if one != decision.person_id], "case_moved_on", row.pupil_id)
    if row.officer_id is not None and row.officer_id != decision.person_id:
        tell(unit, [row.officer_id], "case_given", row.pupil_id)
