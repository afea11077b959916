"""What comes of asking for advice: drafts, the version that is handed in or filed, and its check.

A version can never be altered. Sent back, another follows it; the earlier ones stay. How late it is, by the
law's day and by the day to which circumstances moved it, is kept with the version of the rules.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import grants
from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.audit.unit import MOVED_ON
from isp.documents import actions as documents
from isp.documents.intake import Taken
from isp.documents.models import DocumentVersion
from isp.ehcp.steps import StepCode
from isp.escalations import advice_queries, deadlines, queries, sight
from isp.escalations import advice_rules as rules
from isp.escalations.advice_models import AdviceDraft, AdviceRequest
from isp.escalations.advice_parts import (
    SALT,
    Named,
    add_version,
    case_of,
    change,
    note_advice_step,
    remember,
    with_said,
)
from isp.escalations.advice_queries import draft_of, draft_place, words_of
from isp.escalations.deadlines import Act
from isp.escalations.kept import check_shown
from isp.kernel.canonical import nfc
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.notices.actions import tell
from isp.records.digest import digest

_DOCUMENTS = table_of(DocumentVersion)


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft as it stands after a save, and what could not be kept, by box."""

    number: int
    words: Mapping[str, str]
    problems: Mapping[str, str]


def save_draft(unit: Unit, advice_id: UUID, typed: Mapping[str, str]) -> Saved:
    """Keep what the actor typed, box by box; other boxes stay as they were. What was there before is kept.

    What cannot be kept comes back in ``problems`` while the rest is saved. Conflict where it is not her turn.
    """
    row, decision = advice_queries.giving(unit, advice_id, lock=True)
    rules.check_with_adviser(row)
    kept, problems = rules.check_kept(typed)
    held = draft_of(unit, row)
    words = {
        name: text for name, text in {**held, **{k: str(nfc(v)) for k, v in kept.items()}}.items() if text
    }
    if words == held:
        return Saved(row.drafted, words, problems)
    number = row.drafted + 1
    unit.change(
        AdviceRequest, {"id": row.id, "drafted": row.drafted, "state": row.state}, MOVED_ON, drafted=number
    )
    draft_id, salt = new_id(), os.urandom(SALT)
    fingerprint = digest(salt, words)
    held_words = {"salt": base64.b64encode(salt).decode("ascii"), "content": words}
    unit.insert(
        AdviceDraft,
        advice_id=row.id,
        number=number,
        id=draft_id,
        pupil_id=row.pupil_id,
        author_id=decision.person_id,
        at=unit.now,
        digest=fingerprint,
        sealed=unit.keys.seal(KeyOf.pupil(row.pupil_id), draft_place(draft_id), held_words),
    )
    unit.record(
        decision,
        Event.ADVICE_SAVED,
        Chain.pupil(row.pupil_id),
        obj=("advice", row.id),
        number=number,
        digest=fingerprint.hex(),
    )
    return Saved(number, words, problems)


def hand_in(unit: Unit, advice_id: UUID) -> int:
    """Hand in what the actor has written, as a version that nobody can alter; its number.

    Invalid unless needs, provision and outcomes are covered (regulation 6).
    """
    row, decision = advice_queries.giving(unit, advice_id, lock=True)
    rules.check_with_adviser(row)
    words = draft_of(unit, row)
    rules.check_covers(words)
    return _receive(unit, row, decision, rules.WRITTEN, unit.today, words)


def hand_in_report(unit: Unit, advice_id: UUID, *, title: str, written_on: date, taken: Taken) -> int:
    """Hand in a report instead: the file goes with the case, and a version names it by its digest."""
    row, decision = advice_queries.giving(unit, advice_id, lock=True)
    rules.check_with_adviser(row)
    document = _file(unit, row, decision, title, written_on, taken)
    return _receive(unit, row, decision, rules.REPORT, unit.today, {"title": title.strip()}, document)


def file_received(
    unit: Unit,
    advice_id: UUID,
    *,
    received_on: date,
    author: str,
    title: str,
    written_on: date,
    taken: Taken,
    shown: int | None = None,
) -> int:
    """File advice that came by mail, with its author and the day on which it came; the version's number."""
    row, decision = advice_queries.allowed(unit, advice_id, Permission.ADVICE_ASK, lock=True)
    check_shown(row, shown)
    if row.state not in rules.WITH_ADVISER:
        raise Conflict("Nothing is waited for here: check what is in, or ask for advice anew.")
    rules.check_received(received_on, row.asked_on, unit.today)
    named = rules.check_said("author", author, "Say who wrote it: name and role.")
    if len(named) > rules.WHOM_LIMIT:
        raise Invalid(rules.ATTENTION, {"author": f"Keep this to {rules.WHOM_LIMIT} characters."})
    document = _file(unit, row, decision, title, written_on, taken)
    words = {"author": named, "title": title.strip()}
    return _receive(unit, row, decision, rules.FILED, received_on, words, document)


def check(
    unit: Unit,
    advice_id: UUID,
    *,
    accept: bool,
    covers: Collection[str],
    qualified: bool | None = None,
    missing: str = "",
    shown: int | None = None,
) -> None:
    """Accept the newest version, or send it back with what is missing.

    ``covers``: which of needs, provision and outcomes it covers; ``qualified``: for a child with a visual or
    hearing impairment, whether a qualified teacher wrote it or was consulted (regulation 6(2)).
    """
    row, decision = advice_queries.allowed(unit, advice_id, Permission.ADVICE_ASK, lock=True)
    check_shown(row, shown)
    rules.check_to_check(row)
    rules.check_checking(
        accept=accept,
        missing_words=missing,
        covers=covers,
        qualified=bool(qualified) if row.qualified else None,
    )
    case = case_of(unit, row)
    words = words_of(unit, row)
    if accept:
        said = with_said(words, rules.ACCEPTED, unit.today, missing.strip())
        change(unit, row, said, state=rules.ACCEPTED, closed_on=unit.today)
        sight.end_of_adviser(unit, row.id)
        note_advice_step(unit, case, decision, StepCode.ADVICE_ACCEPTED, unit.today, {"letter": row.kind})
        remember(unit, decision, Event.ADVICE_ACCEPTED, row.id, row, letter=row.kind, number=row.number)
        # Her sight of the child has just ended: that it is over is said without whom it was about.
        tell(unit, _adviser(row), "advice_over")
        return
    change(unit, row, with_said(words, rules.SENT_BACK, unit.today, missing.strip()), state=rules.SENT_BACK)
    back = {"letter": row.kind, "words": missing.strip()}
    note_advice_step(unit, case, decision, StepCode.ADVICE_SENT_BACK, unit.today, back)
    remember(
        unit,
        decision,
        Event.ADVICE_SENT_BACK,
        row.id,
        row,
        payload={"missing": missing.strip()},
        letter=row.kind,
        number=row.number,
    )
    tell(unit, _adviser(row), "advice_sent_back", row.pupil_id, about=row.id)


# -- what several deeds do ---------------------------------------------------------------------------------


def _receive(
    unit: Unit,
    row: Any,
    decision: Decision,
    sort: str,
    received_on: date,
    words: Mapping[str, str],
    document: Named | None = None,
) -> int:
    """A version comes in: kept, dated, its lateness counted, and the officer told."""
    number = row.number + 1
    due = deadlines.due(Act.ADVICE, row.asked_on, version=row.rules)
    told = queries.circumstances(unit, [row.request_id])[row.request_id]
    late = due.days_late(received_on)
    unexcused = deadlines.moved(due, row.asked_on, told).days_late(received_on)
    fingerprint = add_version(
        unit,
        row.id,
        row.pupil_id,
        number,
        sort=sort,
        received_on=received_on,
        content=words,
        document=document,
    )
    change(
        unit,
        row,
        words_of(unit, row),
        state=rules.IN,
        number=number,
        received_on=received_on,
        days_late=late,
        days_unexcused=unexcused,
    )
    case = case_of(unit, row)
    note_advice_step(unit, case, decision, StepCode.ADVICE_RECEIVED, received_on, {"letter": row.kind})
    remember(
        unit,
        decision,
        Event.ADVICE_RECEIVED,
        row.id,
        row,
        payload={"document": str(document[1])} if document else None,
        letter=row.kind,
        sort=sort,
        number=number,
        on=received_on.isoformat(),
        digest=fingerprint,
        days_late=late,
        days_unexcused=unexcused,
        rules=row.rules,
    )
    tell(unit, [case.officer_id] if case.officer_id else [], "advice_in", row.pupil_id, about=row.id)
    return int(number)


def _file(unit: Unit, row: Any, decision: Decision, title: str, written_on: date, taken: Taken) -> Named:
    """Keep the file with the case: the authority that asked may read it, and (her own) its author."""
    document_id = documents.file_advice(unit, decision, title, written_on, taken)
    unit.session.flush()
    query = select(_DOCUMENTS).where(_DOCUMENTS.c.document_id == document_id)
    held = unit.connection.execute(query).one()
    grants.grant(unit, row.pupil_id, row.request_id, {held.id: held.digest}, grants.DOCUMENT)
    return document_id, held.id, held.digest


def _adviser(row: Any) -> list[UUID]:
    return [row.adviser_id] if row.adviser_id else []
