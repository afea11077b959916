"""The verbs of a case's diary: write in it, and correct what was wrong."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from isp.access.policy import Permission
from isp.audit import Event, Unit
from isp.escalations import subjects
from isp.escalations.case_models import CaseEntry
from isp.escalations.diary import queries, rules
from isp.escalations.subjects import CaseFile, record
from isp.kernel.canonical import nfc
from isp.kernel.errors import Invalid
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf


def enter(
    unit: Unit,
    case_id: UUID,
    *,
    kind: str,
    happened_on: date,
    who: str,
    what: str,
    document_id: UUID | None = None,
) -> UUID:
    """Write in the diary what happened on a day; the entry's id."""
    case, decision = subjects.allowed(unit, case_id, Permission.DIARY_WRITE)
    rules.check_entry(kind, happened_on, who, what, unit.today)
    _check_document(unit, case, document_id)
    entry_id = _insert(unit, case, kind, happened_on, {"who": who, "what": what}, document_id, None)
    record(
        unit,
        decision,
        Event.DIARY_ENTERED,
        case,
        ("case_entry", entry_id),
        entry=kind,
        on=happened_on.isoformat(),
    )
    return entry_id


def correct(
    unit: Unit,
    case_id: UUID,
    entry_id: UUID,
    *,
    kind: str,
    happened_on: date,
    who: str,
    what: str,
    reason: str,
    document_id: UUID | None = None,
) -> UUID:
    """Put an entry right by another one that gives the reason; the first one stays. The new entry's id."""
    case, decision = subjects.allowed(unit, case_id, Permission.DIARY_WRITE)
    _, is_corrected = queries.entry_row(unit, case, entry_id)
    rules.check_newest(is_corrected)
    rules.check_entry(kind, happened_on, who, what, unit.today, reason)
    _check_document(unit, case, document_id)
    words = {"who": who, "what": what, "reason": reason}
    made = _insert(unit, case, kind, happened_on, words, document_id, entry_id)
    record(
        unit,
        decision,
        Event.DIARY_CORRECTED,
        case,
        ("case_entry", made),
        entry=kind,
        on=happened_on.isoformat(),
        corrects=str(entry_id),
    )
    return made


def _check_document(unit: Unit, case: CaseFile, document_id: UUID | None) -> None:
    if document_id is not None and document_id not in {one.id for one in subjects.papers(unit, case)}:
        raise Invalid(
            rules.ATTENTION, {"document_id": "Choose one of the documents shown. They may have changed."}
        )


def _insert(
    unit: Unit,
    case: CaseFile,
    kind: str,
    happened_on: date,
    words: dict[str, str],
    document_id: UUID | None,
    corrects_id: UUID | None,
) -> UUID:
    made = new_id()
    kept = {name: nfc(text.strip()) for name, text in words.items()}
    unit.insert(
        CaseEntry,
        id=made,
        pupil_id=case.pupil_id,
        authority_id=case.authority_id,
        subject_id=case.id,
        kind=kind,
        happened_on=happened_on,
        recorded_at=unit.now,
        recorded_by=unit.actor.person_id,
        corrects_id=corrects_id,
        document_id=document_id,
        sealed=unit.keys.seal(KeyOf.pupil(case.pupil_id), queries.place(made), kept),
    )
    return made
