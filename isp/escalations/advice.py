"""Asking for advice under regulation 6(1): ask, remind, agree that what is there is enough, ask no longer.

Whoever is asked at the authority sees what was released for it, by a tie that rests on this one request for
advice and ends with it. What comes of it (drafts, versions, the check) is in ``advice_in``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import grants
from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Event, Unit
from isp.documents.models import DocumentVersion
from isp.ehcp.steps import StepCode
from isp.escalations import advice_queries, deadlines, queries, sight
from isp.escalations import advice_rules as rules
from isp.escalations.advice_models import AdviceRequest
from isp.escalations.advice_parts import (
    add_version,
    case_of,
    change,
    note_advice_step,
    remember,
    with_said,
)
from isp.escalations.advice_queries import place, words_of
from isp.escalations.deadlines import Act
from isp.escalations.kept import check_shown
from isp.escalations.models import Assessment
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.notices.actions import tell
from isp.register import pupils

ASSESSMENTS = table_of(Assessment)
_DOCUMENTS = table_of(DocumentVersion)


def ask(
    unit: Unit,
    request_id: UUID,
    *,
    kind: str,
    asked_on: date,
    adviser_id: UUID | None = None,
    whom: str = "",
    note: str = "",
    representations: str = "",
    release: Iterable[UUID] = (),
    documents: Iterable[UUID] = (),
) -> UUID:
    """Ask somebody for advice: a person with an account, or (``whom``) a body elsewhere. Its id.

    ``representations``: what the parent or young person has said, sent along (regulation 6(3)). ``release``
    and ``documents``: versions that the case has been given; the person asked may read these. Raises Invalid;
    Conflict where the authority has not agreed to assess, or such advice is open already.
    """
    row, decision = queries.allowed(unit, request_id, Permission.ADVICE_ASK, lock=True)
    rules.check_case(row.status, row.ended_on)
    agreed_on = advice_queries.agreed(row) or row.received_on
    rules.check_asking(
        kind=kind,
        has_account=adviser_id is not None,
        whom=whom,
        asked_on=asked_on,
        agreed_on=agreed_on,
        today=unit.today,
        representations=representations,
    )
    rules.check_none_of_kind(kind, advice_queries.rows_of_case(unit, request_id))
    if adviser_id is not None and adviser_id not in advice_queries.advisers_for(unit, row, kind):
        raise Invalid(
            rules.ATTENTION, {"adviser_id": "Choose one of the people shown: others cannot be asked."}
        )
    given = _chosen(unit, request_id, grants.VERSION, release, "release")
    papers = _chosen(unit, request_id, grants.DOCUMENT, documents, "documents")
    advice_id = new_id()
    version = row.rules or deadlines.rules_on(row.received_on).version
    due = deadlines.due(Act.ADVICE, asked_on, version=version)
    until = None
    if adviser_id is not None and advice_queries.is_at_authority(unit, row, adviser_id):
        until = rules.sight_until(asked_on, unit.today)
    words = {
        "whom": whom.strip(),
        "note": note.strip(),
        "representations": representations.strip(),
        "said": [],
    }
    _insert(
        unit,
        row,
        decision,
        advice_id,
        kind,
        words,
        adviser_id=adviser_id,
        state=rules.ASKED,
        asked_on=asked_on,
        due_on=due.on,
        sight_until=until,
        rules=version,
    )
    if until is not None and adviser_id is not None:
        grants.grant(unit, row.pupil_id, advice_id, given)
        grants.grant(unit, row.pupil_id, advice_id, papers, grants.DOCUMENT)
        sight.open_to_adviser(unit, advice_id, row.pupil_id, row.authority_id, adviser_id, until)
    note_advice_step(unit, row, decision, StepCode.ADVICE_ASKED, asked_on, {"letter": kind})
    remember(
        unit,
        decision,
        Event.ADVICE_ASKED,
        advice_id,
        row,
        payload={
            "adviser": str(adviser_id) if adviser_id else whom.strip(),
            "versions": {str(one): digest.hex() for one, digest in given.items()},
            "documents": {str(one): digest.hex() for one, digest in papers.items()},
        },
        letter=kind,
        due_on=due.on.isoformat(),
        released=len(given) + len(papers),
    )
    tell(unit, [adviser_id] if adviser_id else [], "advice_asked", row.pupil_id, about=advice_id)
    return advice_id


def let_suffice(
    unit: Unit,
    request_id: UUID,
    *,
    kind: str,
    document_version_id: UUID,
    author: str,
    agreed: Mapping[str, date | None],
    covers: Iterable[str] = rules.BOXES,
) -> UUID:
    """Record that author, authority and family agree that advice already there is enough (reg 6(4)); its id.

    ``document_version_id``: a document that the case has been given, kept by its version and digest.
    ``agreed``: author_agreed_on, authority_agreed_on, family_agreed_on. Raises Invalid or Conflict.
    """
    row, decision = queries.allowed(unit, request_id, Permission.ADVICE_ASK, lock=True)
    rules.check_case(row.status, row.ended_on)
    given = {one.object_id: one.digest for one in grants.granted_by(unit, request_id, grants.DOCUMENT)}
    query = select(_DOCUMENTS).where(_DOCUMENTS.c.id == document_version_id)
    held = unit.connection.execute(query).first() if document_version_id in given else None
    if held is None:
        raise Invalid(rules.ATTENTION, {"document": "Choose one of the documents shown here."})
    rules.check_suffices(
        kind=kind,
        asked=advice_queries.rows_of_case(unit, request_id),
        author=author,
        agreed=agreed,
        written_on=held.happened_on,
        today=unit.today,
    )
    if set(covers) != set(rules.BOXES):
        raise Invalid(
            rules.ATTENTION,
            {"covers": "Advice must cover needs, provision and outcomes. Ask for new advice instead."},
        )
    advice_id = new_id()
    words = {"whom": author.strip(), "note": "", "representations": "", "said": []}
    _insert(
        unit,
        row,
        decision,
        advice_id,
        kind,
        words,
        state=rules.SUFFICES,
        received_on=held.happened_on,
        closed_on=unit.today,
        number=1,
        rules=row.rules or deadlines.rules_on(row.received_on).version,
        **dict(agreed),
    )
    digest = add_version(
        unit,
        advice_id,
        row.pupil_id,
        1,
        sort=rules.EXISTING,
        received_on=held.happened_on,
        content={"author": author.strip()},
        document=(held.document_id, held.id, given[held.id]),
    )
    last = max(day for day in agreed.values() if day is not None)
    note_advice_step(unit, row, decision, StepCode.ADVICE_SUFFICES, last, {"letter": kind})
    remember(
        unit,
        decision,
        Event.ADVICE_SUFFICES,
        advice_id,
        row,
        payload={
            "author": author.strip(),
            "document": str(held.id),
            "document_digest": given[held.id].hex(),
            **{name: day.isoformat() for name, day in agreed.items() if day is not None},
        },
        letter=kind,
        digest=digest,
    )
    return advice_id


def chase(unit: Unit, advice_id: UUID, *, on: date, said: str, shown: int | None = None) -> None:
    """Remind whoever is asked: one with an account is told, and a letter or a call is recorded."""
    row, decision = advice_queries.allowed(unit, advice_id, Permission.ADVICE_ASK, lock=True)
    check_shown(row, shown)
    if row.state not in rules.WITH_ADVISER:
        raise Conflict("Nobody is waited for here: the advice is in, or it is asked for no longer.")
    if errors := rules.check_day("on", on, row.asked_on, unit.today, "the advice was asked for"):
        raise Invalid(rules.ATTENTION, errors)
    words = rules.check_said(
        "said", said, "Say how you reminded them: a call, a letter, and what was answered."
    )
    change(
        unit,
        row,
        with_said(words_of(unit, row), "chased", on, words),
        chased_on=on,
        chases=row.chases + 1,
    )
    case = case_of(unit, row)
    note_advice_step(unit, case, decision, StepCode.ADVICE_CHASED, on, {"letter": row.kind, "words": words})
    remember(unit, decision, Event.ADVICE_CHASED, advice_id, row, payload={"words": words}, letter=row.kind)
    tell(unit, [row.adviser_id] if row.adviser_id else [], "advice_due", row.pupil_id, about=advice_id)


def withdraw(unit: Unit, advice_id: UUID, *, reason: str, shown: int | None = None) -> None:
    """Ask for it no longer, with the reason: what was released for it closes at once."""
    row, decision = advice_queries.allowed(unit, advice_id, Permission.ADVICE_ASK, lock=True)
    check_shown(row, shown)
    rules.check_open(row)
    words = rules.check_said("reason", reason, "Say why it is asked for no longer.")
    _close(unit, row, decision, rules.WITHDRAWN, words)


def record_declined(unit: Unit, advice_id: UUID, *, reason: str, shown: int | None = None) -> None:
    """Somebody elsewhere cannot or will not give it: recorded by the officer with the reason."""
    row, decision = advice_queries.allowed(unit, advice_id, Permission.ADVICE_ASK, lock=True)
    check_shown(row, shown)
    rules.check_open(row)
    words = rules.check_said("reason", reason, "Say why it cannot be given, and who said so.")
    _close(unit, row, decision, rules.DECLINED, words)


def decline(unit: Unit, advice_id: UUID, *, reason: str) -> None:
    """By whoever is asked herself: she cannot give it. The officer is told and asks somebody else."""
    row, decision = advice_queries.giving(unit, advice_id, lock=True)
    rules.check_with_adviser(row)
    words = rules.check_said("reason", reason, "Say why you cannot give this advice. The officer reads it.")
    _close(unit, row, decision, rules.DECLINED, words)


def close_all(unit: Unit, decision: Decision, pupil_id: UUID, authority_id: UUID, why: str) -> None:
    """What this authority still waits for about the pupil is asked for no longer: the plan is made, or goes.

    Part of a deed that asks and records; each is recorded as withdrawn, and whoever was asked is told.
    """
    a = advice_queries.ADVICE.c
    query = select(advice_queries.ADVICE).where(
        a.pupil_id == pupil_id, a.authority_id == authority_id, a.state.in_(sorted(rules.OPEN))
    )
    for row in unit.connection.execute(query.order_by(a.kind, a.id)).all():
        _close(unit, row, decision, rules.WITHDRAWN, why, quietly=True)


def _close(
    unit: Unit, row: Any, decision: Decision, state: str, words: str, *, quietly: bool = False
) -> None:
    step, event = {
        rules.WITHDRAWN: (StepCode.ADVICE_WITHDRAWN, Event.ADVICE_WITHDRAWN),
        rules.DECLINED: (StepCode.ADVICE_DECLINED, Event.ADVICE_DECLINED),
    }[state]
    change(
        unit, row, with_said(words_of(unit, row), state, unit.today, words), state=state, closed_on=unit.today
    )
    sight.end_of_adviser(unit, row.id)
    case = case_of(unit, row)
    note_advice_step(unit, case, decision, step, unit.today, {"letter": row.kind, "words": words})
    remember(unit, decision, event, row.id, row, payload={"reason": words}, letter=row.kind)
    officers = [case.officer_id] if case.officer_id and not quietly else []
    tell(unit, officers, "advice_in", row.pupil_id, about=row.id)
    # Her sight of the child has just ended: that it is over is said without whom it was about.
    tell(unit, [row.adviser_id] if row.adviser_id else [], "advice_over")


# -- what several deeds do ---------------------------------------------------------------------------------


def _chosen(unit: Unit, request_id: UUID, sort: str, chosen: Iterable[UUID], field: str) -> dict[UUID, bytes]:
    """What is sent on, by id and digest: of what the case was given, and nothing else."""
    given = {one.object_id: one.digest for one in grants.granted_by(unit, request_id, sort)}
    wanted = list(dict.fromkeys(chosen))
    if not set(wanted) <= given.keys():
        raise Invalid(
            rules.ATTENTION, {field: "Choose from what is shown here. It may have changed: look again."}
        )
    return {one: given[one] for one in wanted}


def _insert(
    unit: Unit,
    case: Any,
    decision: Decision,
    advice_id: UUID,
    kind: str,
    words: dict[str, Any],
    **values: Any,
) -> None:
    pupil = pupils.name(unit, case.pupil_id)
    query = select(ASSESSMENTS.c.id).where(ASSESSMENTS.c.request_id == case.id)
    row = {
        "adviser_id": None,
        "asked_on": None,
        "due_on": None,
        "sight_until": None,
        "chased_on": None,
        "chases": 0,
        "received_on": None,
        "closed_on": None,
        "author_agreed_on": None,
        "authority_agreed_on": None,
        "family_agreed_on": None,
        "days_late": None,
        "days_unexcused": None,
        "number": 0,
        "drafted": 0,
    }
    unit.insert(
        AdviceRequest,
        id=advice_id,
        pupil_id=case.pupil_id,
        authority_id=case.authority_id,
        request_id=case.id,
        assessment_id=unit.connection.scalar(query),
        kind=kind,
        qualified=rules.needs_qualified_teacher(kind, (pupil.need_primary, pupil.need_secondary)),
        asked_by=decision.person_id,
        recorded_at=unit.now,
        sealed=unit.keys.seal(KeyOf.pupil(case.pupil_id), place(advice_id, 1), words),
        row_version=1,
        **{**row, **values},
    )
