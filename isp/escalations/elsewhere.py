"""A request to an authority that is not on this service: sent by mail, and its letters filed as they come.

Whoever made the request keeps it: when it went, and each reply with the date on the letter. The clock runs as
for any other request, and lateness is counted from the same rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Event, Unit
from isp.audit.unit import Denial
from isp.ehcp import steps
from isp.ehcp.steps import Happened, StepCode, Subject
from isp.escalations import (
    actions,
    assessments,
    course,
    deadlines,
    parties,
    queries,
    receipt,
    rows,
    rules,
    sight,
    stages,
)
from isp.escalations.course import State, course_of
from isp.escalations.kept import check_shown
from isp.escalations.stages import AGREED, PENDING, REFUSED
from isp.escalations.trail import record
from isp.kernel.errors import Conflict, Invalid, NotAllowed
from isp.notices.actions import tell
from isp.people import organisations
from isp.people.organisations import ORGANISATIONS
from isp.people.roles import Role
from isp.plans import queries as plans
from isp.register.actions.families import set_authority

WAYS: Mapping[str, str] = {
    "post": "By post",
    "email": "By email",
    "portal": "Through the authority’s own website",
    "hand": "By hand",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a letter of an authority can say, in the words of the school and of the family."""

    words: str
    plainly: str
    step: StepCode
    when: frozenset[str]
    """Of a request in which of these states."""


_ANY = frozenset({PENDING, AGREED, REFUSED})
REPLIES: Mapping[str, Reply] = {
    "considering": Reply(
        "It has the request, and is considering it",
        "It has the request, and is thinking about it",
        StepCode.CONSIDERING_TOLD,
        frozenset({PENDING}),
    ),
    "agreed": Reply("It will assess", "It said yes", StepCode.AGREED, frozenset({PENDING})),
    "refused": Reply("It will not assess", "It said no", StepCode.REFUSED, frozenset({PENDING})),
    "draft": Reply(
        "It sends a draft of an EHC plan",
        "It sends the first form of a plan",
        StepCode.DRAFT_SENT,
        frozenset({AGREED}),
    ),
    "no_plan": Reply(
        "It will not issue a plan", "There will be no plan", StepCode.NO_PLAN, frozenset({AGREED})
    ),
    "final": Reply(
        "It sends the final EHC plan", "It sends the plan", StepCode.FINAL_ISSUED, frozenset({AGREED})
    ),
    "other": Reply("Something else", "Something else", StepCode.LETTER_FILED, _ANY),
}
"""By code."""
_TURNS = ("draft", "no_plan", "final")
"""Letters that turn the course of an assessment, rather than the request."""
HERE = "This authority is on this service, so it records its own letters and decisions."


is_elsewhere = parties.is_elsewhere


def may_keep(unit: Unit, row: Any, decision: Decision) -> bool:
    """Whether a reader keeps a request to an authority that is elsewhere: for a link."""
    return actions.is_maker(row, decision) and is_elsewhere(unit, row.authority_id)


def letters_of(unit: Unit, row: Any) -> list[Happened]:
    """When a request went and what came back, in order, with what was noted of each."""
    kept = {StepCode.REQUEST_SENT, *(one.step for one in REPLIES.values())}
    found = steps.steps_of(unit, row.pupil_id, row.authority_id, subject_id=row.id)
    return [one for one in found if one.code in kept]


def record_sent(
    unit: Unit, request_id: UUID, on: date, how: str, *, received_on: date, shown: int | None = None
) -> None:
    """Note that a request went by mail, and on which day it was received: the clock runs from that one.

    Raises Invalid; Conflict where the authority is on this service; NotAllowed for another's request.
    """
    row, decision = _kept(unit, request_id, shown)
    rules.check_pending(row)
    errors = {} if how in WAYS else {"how": "Choose how it was sent."}
    if on > unit.today:
        errors["on"] = "The day cannot be in the future."
    elif on < unit.today - rules.OLDEST_RECEIPT:
        errors["on"] = "This is more than a year ago. Check the year."
    if received_on < on:
        errors["received_on"] = "It cannot have been received before it was sent."
    elif received_on > unit.today:
        errors["received_on"] = "The day cannot be in the future. Give today, and put it right when you know."
    if errors:
        raise Invalid("Some of this needs another look.", errors)
    _note(unit, row, decision, StepCode.REQUEST_SENT, on, {"how": how})
    if received_on != row.received_on:
        receipt.move(unit, row, decision, received_on, f"The request was sent on {on.isoformat()}")
    record(
        unit,
        decision,
        Event.REQUEST_SENT,
        request_id,
        row.pupil_id,
        row.authority_id,
        on=on.isoformat(),
        how=how,
    )


def file_reply(
    unit: Unit, request_id: UUID, reply: str, on: date, said: str, *, shown: int | None = None
) -> None:
    """File a letter of the authority with its own date; a decision in it becomes the request's.

    ``said``: what the letter says, sealed. Raises Invalid; Conflict where no such letter can come now.
    """
    row, decision = _kept(unit, request_id, shown)
    found = REPLIES.get(reply)
    errors = {} if found else {"reply": "Choose what the letter says."}
    if not said.strip():
        errors["said"] = "Say what the letter says, in a few words or in full."
    elif len(said) > rules.REASONS_LIMIT:
        errors["said"] = f"Keep this to {rules.REASONS_LIMIT:,} characters."
    if on > unit.today:
        errors["on"] = "The day cannot be in the future."
    elif on < (row.decided_on or row.received_on):
        errors["on"] = f"This is before the {'decision' if row.decided_on else 'request'}. Check the date."
    if errors or found is None:
        raise Invalid("Some of this needs another look.", errors)
    if row.status not in found.when or (row.ended_on is not None and reply != "other"):
        raise Conflict("Such a letter does not fit where this request stands. Look at its dates first.")
    _note(unit, row, decision, found.step, on, {"said": said.strip()})
    words = queries.words_of(unit, row)
    if reply in ("agreed", "refused"):
        _decided(unit, row, decision, words, reply, on, said)
    elif reply in _TURNS:
        _turned(unit, row, reply, on)
    record(
        unit,
        decision,
        Event.REPLY_FILED,
        request_id,
        row.pupil_id,
        row.authority_id,
        payload={"said": said.strip()},
        reply=reply,
        on=on.isoformat(),
    )
    if reply != "other":
        told = [row.made_by, *plans.told_of(unit, row.pupil_id)]
        if row.school_id is not None:
            told += parties.holders(unit, row.school_id, Role.SENCO, Role.DEPUTY_SENCO)
        tell(unit, [one for one in told if one != decision.person_id], "assessment_decided", row.pupil_id)


def name_authority(unit: Unit, pupil_id: UUID, la_code: str) -> UUID:
    """The authority where the child lives, by its code: put on record where nobody has named it before.

    Raises Invalid for a code that is none of England's. Gives the organisation's id.
    """
    decision = gate.require(unit, Permission.TIES_WRITE, pupil_id)
    if la_code not in organisations.known_authorities():
        raise Invalid("Choose the authority.", {"la_code": "Choose the local authority from the list."})
    o = ORGANISATIONS.c
    query = select(o.id).where(o.kind == organisations.AUTHORITY, o.la_code == la_code).limit(1)
    found: UUID | None = unit.connection.scalar(query)
    if found is None:
        found = organisations.add_authority(unit, decision, la_code)
        unit.session.flush()
    set_authority(unit, pupil_id, found, "The child lives there")
    return found


def _kept(unit: Unit, request_id: UUID, shown: int | None) -> tuple[Any, Decision]:
    row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_REQUEST, lock=True)
    if not actions.is_maker(row, decision):
        denial = Denial(Permission.ASSESSMENT_REQUEST.value, "another-requester", ("pupil", row.pupil_id))
        raise NotAllowed("Whoever made the request keeps its letters.", denial=denial)
    if not is_elsewhere(unit, row.authority_id):
        raise Conflict(HERE)
    check_shown(row, shown)
    return row, decision


def _note(
    unit: Unit, row: Any, decision: Decision, code: StepCode, on: date, words: Mapping[str, Any]
) -> None:
    by = decision.person_id or row.made_by
    steps.note_step(
        unit, row.pupil_id, row.authority_id, Subject.REQUEST, row.id, code, on, by=by, words=words
    )


def _decided(
    unit: Unit, row: Any, decision: Decision, words: dict[str, Any], reply: str, on: date, said: str
) -> None:
    """The authority's decision, as its letter has it: counted like any other."""
    told = queries.circumstances(unit, [row.id])[row.id]
    counts = stages.decision_counts(row.received_on, on, told)
    refused = reply == "refused"
    until = max(deadlines.appeal_due(on, version=counts["rules"]).on, unit.today) if refused else None
    rows.change_request(
        unit,
        row,
        {**words, "decision_reasons": said.strip(), "decided_elsewhere": True},
        status=REFUSED if refused else AGREED,
        decided_on=on,
        decided_by=decision.person_id,
        **counts,
        sight_until=until,
    )
    if until is not None:
        sight.let_end(unit, row.id, until)
    else:
        assessments.open_one(unit, row, on)


def _turned(unit: Unit, row: Any, reply: str, on: date) -> None:
    """A draft, a plan, or the word that there will be none, as the letter has it."""
    held = assessments.needed(unit, row.id)
    before = course_of(held)
    if reply == "draft":
        ready = before
        if before.state is State.ADVISING:
            ready = course.decide_to_issue(before, on, unit.today)
        after = course.send_draft(ready, on, unit.today)
    elif reply == "no_plan":
        after = course.decide_no_plan(before, on, unit.today)
    else:
        # When an authority may send its plan is its duty and not the school's: what came is filed.
        if before.outcome_on is not None:
            raise Conflict("The outcome of this assessment is on record already. Look at its dates.")
        if on < (before.draft_sent_on or before.begun_on):
            raise Invalid("Check the date.", {"on": "This is before the letter that came last."})
        after = replace(before, state=State.FINAL, to_issue_on=before.to_issue_on or on, outcome_on=on)
    if reply == "draft":
        assessments.save(unit, held, after)
        return
    told = queries.circumstances(unit, [row.id])[row.id]
    assessments.save(unit, held, after, **assessments.counted(after, told))
    until = max(course.appeal_limit(after, on).on, unit.today) if reply == "no_plan" else None
    rows.change_request(unit, row, ended_on=on, sight_until=until)
