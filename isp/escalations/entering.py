"""A case that began on another system comes in, at the stage where it stands and with its past days.

It is put on record as its deeds would have left it here: the rows of the request, the assessment and the
plan, a step for each thing that happened on its own day, recorded now, and how late the decision was. Who
decided is not known here; no letter is owed for what was served from there. Nothing of a record is released.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import OrganisationPermission
from isp.audit import Event, Unit
from isp.ehcp import actions as contents
from isp.ehcp.steps import StepCode, Subject
from isp.escalations import actions, assessments, deadlines, filing, parties, queries, rules, sight
from isp.escalations.course import Course
from isp.escalations.entering_rules import DAYS, Past, Where, check, course_of
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
_STEPS: Mapping[str, StepCode] = {
    "to_issue_on": StepCode.TO_ISSUE,
    "draft_sent_on": StepCode.DRAFT_SENT,
    "answered_on": StepCode.REPRESENTATIONS,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A case as it stood. ``filing``: its request, with the day of receipt; ``how`` says where it comes from.

    ``decision_reasons``: why it was refused, where it was.
    """

    filing: Filing
    where: Where
    decided_on: date | None = None
    to_issue_on: date | None = None
    draft_sent_on: date | None = None
    answered_on: date | None = None
    decision_reasons: str = ""

    @property
    def past(self) -> Past:
        """Its days, as the rules go by them."""
        return Past(
            self.filing.received_on,
            self.decided_on,
            self.to_issue_on,
            self.draft_sent_on,
            self.answered_on,
        )


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
    course = course_of(entry.where, past, unit.today)
    if course is not None:
        _assessed(unit, decision, entered.request_id, course)
    note(unit, decision, row, StepCode.ENTERED, unit.today, words={"said": came.how.strip()})
    days = {name: day.isoformat() for name in DAYS[entry.where] if (day := past.day(name)) is not None}
    record(
        unit,
        decision,
        Event.CASE_ENTERED,
        entered.request_id,
        pupil_id,
        authority_id,
        payload={"from": came.how.strip(), "days": days, "days_late": late},
        stage=entry.where.value,
        received_on=came.received_on.isoformat(),
    )
    _tell(unit, decision, row)
    return entered.request_id


def _check_words(entry: Entry) -> dict[str, str]:
    if len(entry.filing.reasons) > rules.REASONS_LIMIT:
        return {"reasons": f"Keep this to {rules.REASONS_LIMIT:,} characters."}
    if entry.where is not Where.REFUSED:
        return {}
    if not entry.decision_reasons.strip():
        return {"decision_reasons": "Say why it was refused. The family and the school read it."}
    if len(entry.decision_reasons) > rules.REASONS_LIMIT:
        return {"decision_reasons": f"Keep this to {rules.REASONS_LIMIT:,} characters."}
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
    elif entry.where is Where.REFUSED:
        words["decision_reasons"] = entry.decision_reasons.strip()
    return words


def _decided(unit: Unit, decision: Decision, row: Any, entry: Entry) -> int | None:
    """The decision whether to assess on the row of the request; how many days late it was."""
    decided_on = entry.decided_on
    if decided_on is None:
        return None
    late = deadlines.due(deadlines.Act.DECIDE, row.received_on).days_late(decided_on)
    refused = entry.where is Where.REFUSED
    until = deadlines.appeal_due(decided_on).on if refused else None
    change_request(
        unit,
        row,
        status=REFUSED if refused else AGREED,
        decided_on=decided_on,
        decided_by=None,
        days_late=late,
        # What excused it there is not on record here.
        days_unexcused=late,
        rules=deadlines.rules_on(row.received_on).version,
        sight_until=until,
    )
    note(unit, decision, row, StepCode.REFUSED if refused else StepCode.AGREED, decided_on)
    if until is not None:
        sight.let_end(unit, row.id, until)
    return late


def _assessed(unit: Unit, decision: Decision, request_id: UUID, course: Course) -> None:
    """The assessment, and where one is to be made the plan, as far as they have come."""
    row = queries.row_of(unit, request_id)
    assessments.open_one(unit, row, course.begun_on)
    if course.to_issue_on is None:
        return
    assessment = assessments.needed(unit, request_id)
    plan_id = assessments.open_plan(unit, row)
    assessments.save(unit, assessment, course, plan_id=plan_id)
    contents.open_content(unit, plan_id)
    if course.draft_sent_on is not None:
        plan = assessments.plan_now(unit, plan_id)
        assessments.change_plan(unit, plan, draft_sent_on=course.draft_sent_on, state="draft_sent")
    for name, code in _STEPS.items():
        on = getattr(course, name)
        if on is not None:
            note(unit, decision, assessment, code, on, Subject.ASSESSMENT)


def _tell(unit: Unit, decision: Decision, row: Any) -> None:
    told = parties.holders(unit, row.authority_id, Role.AUTHORITY_MANAGER)
    if row.school_id is not None:
        told += parties.holders(unit, row.school_id, Role.SENCO, Role.DEPUTY_SENCO)
    tell(unit, [one for one in told if one != decision.person_id], "case_moved_on", row.pupil_id)
    if row.officer_id is not None and row.officer_id != decision.person_id:
        tell(unit, [row.officer_id], "case_given", row.pupil_id)
