"""Holding an audit: a sample opens cases to two people; both look; it closes, and the cases shut."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from isp.access import gate, ties
from isp.access.policy import OrganisationPermission
from isp.access.standing import AUDIT
from isp.audit import Chain, Event, Unit
from isp.audit.unit import MOVED_ON
from isp.escalations import parties
from isp.escalations.audit_models import AuditedCase, AuditFinding, QualityAudit
from isp.escalations.audits import queries, subjects
from isp.escalations.audits.content import (
    ANSWERS,
    KINDS,
    METHOD,
    MODERATOR,
    SETTLED,
    checklists,
    frame_digest,
    sample,
)
from isp.escalations.audits.queries import CASES, source_of
from isp.kernel.errors import Conflict, Invalid, NotAllowed
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.notices.actions import tell

LOOK = "Some of this needs another look."
MOST = 100
"""Cases of one sample."""
OPEN_FOR = timedelta(days=60)
"""The auditors see the cases for at most so long."""
_SEED = re.compile(r"[A-Za-z0-9]{4,32}")
_TIE_TABLE = ties.TIES


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an audit is asked to be. ``seed`` None: one is drawn."""

    kind: str
    from_on: date
    to_on: date
    wanted: int
    auditor_id: UUID
    moderator_id: UUID
    seed: str | None = None


def hold_audit(unit: Unit, authority_id: UUID, asked: Wanted) -> UUID:
    """Draw the sample and open its cases to the auditor and the moderator; the audit's id.

    A case is not drawn where one of the two has it, must not see it, or is the child's parent. Raises
    Invalid by field, Conflict where there is no case to draw.
    """
    decision = gate.require_in_organisation(unit, OrganisationPermission.AUDITS_HOLD, authority_id)
    _check(asked, parties.officers(unit, authority_id), unit.today)
    two = (asked.auditor_id, asked.moderator_id)
    frame = queries.frame(unit, authority_id, asked.kind, asked.from_on, asked.to_on, two)
    if not frame:
        raise Conflict("No case of this kind falls in these days that both could look at. Choose other days.")
    seed = asked.seed or secrets.token_hex(8)
    audit_id, drawn = new_id(), sample(frame, seed, asked.wanted)
    unit.insert(
        QualityAudit,
        id=audit_id,
        authority_id=authority_id,
        kind=asked.kind,
        from_on=asked.from_on,
        to_on=asked.to_on,
        seed=seed,
        method=METHOD,
        checklist=checklists().on(unit.today).version,
        wanted=asked.wanted,
        frame=len(frame),
        frame_digest=frame_digest(frame),
        auditor_id=asked.auditor_id,
        moderator_id=asked.moderator_id,
        state="open",
        made_at=unit.now,
        made_by=decision.person_id,
        closed_at=None,
        closed_by=None,
        row_version=1,
    )
    opened: set[tuple[UUID, UUID]] = set()
    for number, subject_id in enumerate(drawn, 1):
        row = frame[subject_id]
        unit.insert(
            AuditedCase,
            id=new_id(),
            audit_id=audit_id,
            number=number,
            pupil_id=row.pupil_id,
            request_id=row.request_id,
            plan_id=row.plan_id,
            subject_id=subject_id,
            auditor_done_at=None,
            moderator_done_at=None,
            row_version=1,
        )
        for person_id in two:
            if (source_of(row), person_id) in opened:
                continue
            opened.add((source_of(row), person_id))
            tie_id = ties.open_tie(
                unit,
                row.pupil_id,
                AUDIT,
                unit.today,
                valid_to=unit.today + OPEN_FOR,
                organisation_id=authority_id,
                person_id=person_id,
                source_id=source_of(row),
                words={"evidence": f"Drawn for a quality assurance audit, case {number}"},
            )
            unit.record(
                decision,
                Event.TIE_OPENED,
                Chain.pupil(row.pupil_id),
                obj=("tie", tie_id),
                kind=AUDIT,
                to=(unit.today + OPEN_FOR).isoformat(),
                **{"from": unit.today.isoformat()},
            )
    unit.record(
        decision,
        Event.AUDIT_HELD,
        Chain.organisation(authority_id),
        obj=("quality_audit", audit_id),
        kind=asked.kind,
        method=METHOD,
        seed=seed,
        frame=len(frame),
        count=len(drawn),
    )
    tell(unit, [asked.auditor_id, asked.moderator_id], "work_given")
    return audit_id


def _check(asked: Wanted, able: list[UUID], today: date) -> None:
    errors = {}
    if asked.kind not in KINDS:
        errors["kind"] = "Choose one of the answers shown."
    if asked.to_on < asked.from_on:
        errors["to_on"] = "The last day cannot be before the first. Check both dates."
    elif asked.from_on > today:
        errors["from_on"] = "These days are still to come."
    if not 1 <= asked.wanted <= MOST:
        errors["wanted"] = f"Choose between 1 and {MOST} cases."
    if asked.auditor_id not in able:
        errors["auditor_id"] = "Choose one of the people shown."
    if asked.moderator_id not in able:
        errors["moderator_id"] = "Choose one of the people shown."
    elif asked.moderator_id == asked.auditor_id:
        errors["moderator_id"] = "Choose somebody other than the auditor."
    if asked.seed is not None and not _SEED.fullmatch(asked.seed):
        errors["seed"] = "Use 4 to 32 letters and digits, or leave it empty."
    if errors:
        raise Invalid(LOOK, errors)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one side says to a question: about which item (``Item.code``), and in words."""

    answer: str
    about: str
    words: str = ""


def save_findings(
    unit: Unit, audit_id: UUID, case_id: UUID, answers: Mapping[str, Answer], *, finish: bool
) -> None:
    """Keep one side's answers about a case; ``finish``: they are final, and show to the other once both are.

    Raises Conflict where this side has finished or the audit is closed, Invalid where an answer is missing.
    """
    case = queries.open_case(unit, audit_id, case_id, lock=True)
    if case.audit.state != "open":
        raise Conflict("This audit is closed.")
    if case.done:
        raise Conflict("You have finished this case already.")
    items = {item.code: item for item in case.items}
    asked = {one.name for one in case.questions}
    errors = _wrong(answers, items)
    if finish:
        missing = asked - answers.keys()
        errors |= {f"{name}-answer": "Answer this before you finish the case." for name in missing}
    if errors:
        raise Invalid(LOOK, errors)
    for name, one in answers.items():
        if name in asked:
            _keep(unit, case, case.side, case.mine.get(name), name, one, items[one.about])
    if finish:
        where = {"id": case_id, "row_version": case.row.row_version}
        column = {f"{case.side}_done_at": unit.now}
        unit.change(AuditedCase, where, MOVED_ON, **column, row_version=case.row.row_version + 1)
    _record(unit, case, case.side, answers, finished=finish)


def settle(
    unit: Unit, audit_id: UUID, case_id: UUID, answers: Mapping[str, Answer], *, shown: int | None = None
) -> None:
    """Say what stands where the two differ, by the moderator once both have finished; what they said stays.

    Raises NotAllowed for the auditor, Conflict where it cannot be yet or any more, or the page is old, and
    Invalid where an answer is missing.
    """
    case = queries.open_case(unit, audit_id, case_id, lock=True)
    if case.side != MODERATOR:
        raise NotAllowed
    if case.audit.state != "open":
        raise Conflict("This audit is closed.")
    if not case.both_done:
        raise Conflict("Both finish the case first. Then you settle where you differ.")
    if shown is not None and shown != case.row.row_version:
        raise Conflict("This case has changed since the page was opened. Look at it again.")
    items = {item.code: item for item in case.items}
    differing = {one.name for one in case.differing}
    said = {name: one for name, one in answers.items() if name in differing}
    errors = _wrong(said, items)
    errors |= {f"{name}-answer": "Say what stands here." for name in differing - said.keys()}
    if errors:
        raise Invalid(LOOK, errors)
    if not said:
        raise Conflict("The two of you answered everything alike, so there is nothing to settle.")
    for name, one in said.items():
        _keep(unit, case, SETTLED, case.settled.get(name), name, one, items[one.about])
    where = {"id": case_id, "row_version": case.row.row_version}
    unit.change(AuditedCase, where, MOVED_ON, row_version=case.row.row_version + 1)
    _record(unit, case, SETTLED, said, finished=True)


def _wrong(answers: Mapping[str, Answer], items: Mapping[str, subjects.Item]) -> dict[str, str]:
    errors = {
        f"{name}-about": "Choose what it is about." for name, one in answers.items() if one.about not in items
    }
    return errors | {
        f"{n}-answer": "Choose an answer." for n, one in answers.items() if one.answer not in ANSWERS
    }


def _record(
    unit: Unit, case: queries.Opened, side: str, answers: Mapping[str, Answer], *, finished: bool
) -> None:
    digests = {item.code: item.digest.hex() for item in case.items}
    unit.record(
        case.decision,
        Event.AUDIT_FINDINGS_SAVED,
        Chain.pupil(case.row.pupil_id),
        obj=("quality_audit", case.audit.id),
        payload={
            name: {"answer": one.answer, "about": one.about, "digest": digests[one.about]}
            for name, one in answers.items()
        },
        side=side,
        count=len(answers),
        finished=finished,
    )


def _keep(
    unit: Unit,
    case: queries.Opened,
    side: str,
    held: queries.Finding | None,
    name: str,
    said: Answer,
    item: subjects.Item,
) -> None:
    finding_id = held.row.id if held is not None else new_id()
    version = held.row.row_version + 1 if held is not None else 1
    sealed = None
    if said.words.strip():
        words = {"words": said.words.strip()}
        sealed = unit.keys.seal(KeyOf.pupil(case.row.pupil_id), queries.place(finding_id, version), words)
    values: dict[str, Any] = {
        "answer": said.answer,
        "object_type": item.type,
        "object_id": item.id,
        "digest": item.digest,
        "sealed": sealed,
        "recorded_at": unit.now,
        "row_version": version,
    }
    if held is not None:
        unit.change(AuditFinding, {"id": finding_id, "row_version": version - 1}, MOVED_ON, **values)
        return
    unit.insert(
        AuditFinding,
        id=finding_id,
        audited_case_id=case.row.id,
        pupil_id=case.row.pupil_id,
        side=side,
        question=name,
        **values,
    )


def close_audit(unit: Unit, audit_id: UUID) -> None:
    """The audit is over: what it opened shuts at once. By whoever holds audits. Conflict if it is over."""
    audit, _ = queries.audit_for(unit, audit_id, lock=True)
    decision = gate.require_in_organisation(unit, OrganisationPermission.AUDITS_HOLD, audit.authority_id)
    if audit.state != "open":
        raise Conflict("This audit is closed already.")
    where = {"id": audit_id, "row_version": audit.row_version}
    done = {"closed_at": unit.now, "closed_by": decision.person_id, "row_version": audit.row_version + 1}
    unit.change(QualityAudit, where, MOVED_ON, state="closed", **done)
    rows = unit.connection.execute(select(CASES).where(CASES.c.audit_id == audit_id)).all()
    mine = {source_of(row) for row in rows}
    still = _elsewhere(unit, audit, mine)
    t = _TIE_TABLE.c
    query = select(_TIE_TABLE).where(
        t.kind == AUDIT,
        t.person_id.in_((audit.auditor_id, audit.moderator_id)),
        t.source_id.in_(sorted(mine)),
        t.ended_at.is_(None),
    )
    for tie in unit.connection.execute(query).all():
        if (tie.person_id, tie.source_id) in still:
            continue
        ties.end_tie(unit, tie.id)
        chain = Chain.pupil(tie.pupil_id)
        unit.record(decision, Event.TIE_ENDED, chain, obj=("tie", tie.id), kind=AUDIT, why="audit_closed")
    unit.record(
        decision,
        Event.AUDIT_CLOSED,
        Chain.organisation(audit.authority_id),
        obj=("quality_audit", audit_id),
        count=sum(queries.is_settled(row) for row in rows),
    )


def _elsewhere(unit: Unit, audit: Any, sources: set[UUID]) -> set[tuple[UUID, UUID]]:
    """Who looks at which of these cases in another audit that is open."""
    a, c = queries.AUDITS.c, CASES.c
    through = func.coalesce(c.plan_id, c.request_id)
    query = (
        select(c.plan_id, c.request_id, a.auditor_id, a.moderator_id)
        .join(queries.AUDITS, a.id == c.audit_id)
        .where(a.id != audit.id, a.state == "open", through.in_(sorted(sources)))
    )
    rows = unit.connection.execute(query).all()
    return {(one, source_of(row)) for row in rows for one in (row.auditor_id, row.moderator_id)}
