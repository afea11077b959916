"""The verbs of a letter: begin, write, serve, put aside."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Event, Unit
from isp.audit.unit import MOVED_ON
from isp.ehcp.steps import Happened, StepCode, Subject, note_step, steps_of
from isp.escalations import parties, subjects
from isp.escalations.case_models import CaseLetter, LetterCopy
from isp.escalations.kept import check_shown
from isp.escalations.letters import carrying, content, queries, rules
from isp.escalations.letters.content import Words
from isp.escalations.letters.keeping_rules import keeps
from isp.escalations.letters.recipients import recipients
from isp.escalations.letters.rules import DRAFT, PUT_ASIDE, SERVED, Sending
from isp.escalations.letters.sent import follow as begin_to_count
from isp.escalations.letters.wording import CASE, DISPUTE, LIST, REASONS, Letter, wording_on
from isp.escalations.models import Dispute
from isp.escalations.subjects import CaseFile, record
from isp.escalations.upkeep import transferring
from isp.kernel.canonical import nfc
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.notices.actions import tell
from isp.people.roles import Role
from isp.register import pupils

REVIEW = "review"
SALT = 16
"""Bytes; sealed beside the text that the digest is of."""
NO_LONGER = (
    "This is not waited for any more: it was answered, or it is asked for no longer. Look at the case again."
)
_NOUNS: Mapping[str, str] = {
    "request": "request",
    "assessment": "assessment",
    "plan": "EHC plan",
    "review": "review",
    CASE: "request or assessment",
    DISPUTE: "appeal that is open",
}
_TELLS: Mapping[str, StepCode] = {
    "considering": StepCode.CONSIDERING_TOLD,
    "transfer": StepCode.MOVE_TOLD,
    carrying.ANSWER: StepCode.APPEAL_ANSWERED,
}
"""Letters whose service is itself a step of the case."""


def begin(
    unit: Unit,
    case_id: UUID,
    kind: str,
    *,
    dated_on: date | None = None,
    particulars: Mapping[str, str] | None = None,
    about: UUID | None = None,
) -> UUID:
    """Begin a letter of a case; its id. It starts with the date and reasons of the step that calls for it.

    ``particulars``: what the letter must say and only its writer knows, by code of the data (days as ISO
    text). ``about``: the request for advice, the consultation or the appeal that it carries out, which says
    them. Raises Invalid for a kind that there is not, Conflict where the case has nothing that it is about.
    """
    case, decision = subjects.allowed(unit, case_id, Permission.LETTER_WRITE)
    wording = wording_on(unit.today)
    letter = wording.letters.get(kind)
    if letter is None or letter.subject == LIST:
        raise Invalid("Choose the letter.", {"kind": "Choose one of the letters shown."})
    subject, subject_id = _about(case, letter)
    if about is None and letter.subject == DISPUTE:
        about = case.of(DISPUTE)[0].id
    said = carrying.one_of(unit, case, kind, about) if about is not None else None
    if about is not None and said is None:
        raise Conflict(NO_LONGER)
    begun, reasons = queries.begin_with(unit, case, letter)
    if said is not None and letter.same_day:
        begun = said.on
    told = {**(said.says if said is not None else {}), **(particulars or {})}
    letter_id = new_id()
    words = Words(
        opening=f"We write to you about {pupils.name(unit, case.pupil_id).full}.",
        reasons=reasons if REASONS in letter.slots else "",
        particulars={one.code: "" for one in letter.particulars} | told,
    )
    unit.insert(
        CaseLetter,
        id=letter_id,
        pupil_id=case.pupil_id,
        authority_id=case.authority_id,
        subject=subject,
        subject_id=subject_id,
        kind=kind,
        about_id=about,
        state=DRAFT,
        dated_on=dated_on or begun,
        made_at=unit.now,
        made_by=decision.person_id,
        edited_at=unit.now,
        served_on=None,
        recorded_at=None,
        served_by=None,
        rules=wording.version,
        digest=None,
        sealed=_seal(unit, case, letter_id, 1, _stored(words)),
        row_version=1,
    )
    record(unit, decision, Event.LETTER_DRAFTED, case, ("letter", letter_id), letter=kind)
    return letter_id


def _about(case: CaseFile, letter: Letter) -> tuple[str, UUID]:
    """The row that a letter is about, and of what sort: the one that was asked for, else the newest."""
    if case.kind == letter.subject:
        return case.kind, case.id
    found = case.of(letter.subject)
    if not found:
        raise Conflict(
            f"This case has no {_NOUNS[letter.subject]} yet, so there is nothing to write this about."
        )
    if letter.subject == DISPUTE:
        return str(found[0].subject), found[0].subject_id
    if letter.subject == CASE:
        return "request" if case.requests else "assessment", found[0].id
    return letter.subject, found[0].id


def write(unit: Unit, letter_id: UUID, words: Words, *, dated_on: date, shown: int | None = None) -> None:
    """Keep what an officer wrote around the locked parts, and the date on the letter."""
    row, case, decision = queries.allowed(unit, letter_id, Permission.LETTER_WRITE, lock=True)
    rules.check_draft(row)
    check_shown(row, shown)
    kept = _cleaned(words, queries.wording_of(row)[1])
    texts = {"opening": kept.opening, "reasons": kept.reasons, "closing": kept.closing, **kept.particulars}
    rules.check_words(texts, dated_on, unit.today)
    _change(unit, row, case, _stored(kept), dated_on=dated_on, edited_at=unit.now)
    record(unit, decision, Event.LETTER_SAVED, case, ("letter", letter_id), letter=row.kind)


def put_aside(unit: Unit, letter_id: UUID, *, shown: int | None = None) -> None:
    """The draft is not wanted. It is kept, and stands on no list."""
    row, case, decision = queries.allowed(unit, letter_id, Permission.LETTER_WRITE, lock=True)
    rules.check_draft(row)
    check_shown(row, shown)
    _change(unit, row, case, queries.sealed_of(unit, row), state=PUT_ASIDE)
    record(unit, decision, Event.LETTER_PUT_ASIDE, case, ("letter", letter_id), letter=row.kind)


def serve(
    unit: Unit,
    letter_id: UUID,
    *,
    served_on: date,
    sent: Mapping[str, Sending],
    proof: str = "",
    document_id: UUID | None = None,
    shown: int | None = None,
) -> None:
    """The letter has gone: on which day, to whom, how, and what shows it. From now on nobody alters it.

    ``sent``: by ``Recipient.key``; ``proof`` in words, ``document_id`` one of the child's that shows it.
    Raises Conflict where something that the law wants in the letter is missing.
    """
    row, case, decision = queries.allowed(unit, letter_id, Permission.LETTER_WRITE, lock=True)
    rules.check_draft(row)
    check_shown(row, shown)
    wording, letter = queries.wording_of(row)
    rules.check_on_record(letter, row, case, _rests_on(unit, case, row, letter))
    sealed = queries.sealed_of(unit, row)
    words = queries.words_in(sealed)
    version = keeps(unit, case, letter, row.subject_id)
    facts = queries.facts(unit, case, row.dated_on, version)
    made = content.compose(wording, letter, facts, words)
    to = recipients(unit, case, letter, words.particulars)
    papers = {one.id for one in subjects.papers(unit, case)} if document_id is not None else set()
    rules.check_service(
        letter,
        row,
        made.gaps,
        to,
        sent,
        served_on=served_on,
        proof=proof,
        document_id=document_id,
        papers=papers,
        today=unit.today,
    )
    text = nfc(content.kept(made, facts, case.reference))
    salt = os.urandom(SALT)
    digest = content.digest_of(text, salt)
    _change(
        unit,
        row,
        case,
        sealed | {"text": text, "salt": salt.hex()},
        state=SERVED,
        served_on=served_on,
        recorded_at=unit.now,
        served_by=decision.person_id,
        digest=digest,
    )
    copies = {}
    for one in to:
        how = sent[one.key]
        copy_id = new_id()
        said = {"name": (one.name or how.name).strip(), "proof": proof.strip()}
        unit.insert(
            LetterCopy,
            id=copy_id,
            letter_id=letter_id,
            pupil_id=case.pupil_id,
            recipient=one.sort,
            # What was not sent is on record as such, and opens the letter to nobody.
            person_id=one.person_id if how.how != rules.NOT_SENT else None,
            organisation_id=one.organisation_id if how.how != rules.NOT_SENT else None,
            how=how.how,
            document_id=document_id,
            sealed=unit.keys.seal(KeyOf.pupil(case.pupil_id), queries.copy_place(copy_id), said),
            made_at=unit.now,
        )
        copies[str(copy_id)] = how.how
    _note(unit, case, row, served_on, decision)
    begin_to_count(unit, case, row.kind, row.subject_id, served_on)
    record(
        unit,
        decision,
        Event.LETTER_SERVED,
        case,
        ("letter", letter_id),
        payload={"copies": copies},
        letter=row.kind,
        on=served_on.isoformat(),
        copies=sum(1 for how in copies.values() if how != rules.NOT_SENT),
        digest=digest.hex(),
    )
    told = [one.person_id for one in to if one.person_id is not None]
    for one in to:
        if one.organisation_id is not None and sent[one.key].how != rules.NOT_SENT:
            told += parties.holders(unit, one.organisation_id, Role.SENCO, Role.HEAD)
    tell(unit, told, "letter_served", case.pupil_id, about=letter_id)


def _rests_on(unit: Unit, case: CaseFile, row: Any, letter: Letter) -> list[Happened]:
    """What happened that a letter may tell: of one about a review or an appeal, what concerns it alone."""
    steps = queries.steps_here(unit, case)
    of = {REVIEW: row.subject_id, DISPUTE: row.about_id}.get(letter.subject)
    return steps if of is None else [one for one in steps if one.subject_id == of]


def _note(unit: Unit, case: CaseFile, row: Any, on: date, decision: Decision) -> None:
    """The step that the service of some letters is, where nobody has noted it."""
    code = _TELLS.get(row.kind)
    if code is None or decision.person_id is None:
        return
    subject, subject_id = Subject(row.subject), row.subject_id
    if row.kind == carrying.ANSWER:
        subject, subject_id = Subject.DISPUTE, row.about_id
        _answered(unit, case, row.about_id, on)
    elif code is StepCode.MOVE_TOLD:
        said = queries.words_in(queries.sealed_of(unit, row)).particulars.get("review_by", "")
        transferring.told_by_letter(unit, subject_id, on, date.fromisoformat(said))
    noted = steps_of(unit, case.pupil_id, case.authority_id, subject_id=subject_id, words=False)
    if any(one.code is code for one in noted):
        return
    note_step(unit, case.pupil_id, case.authority_id, subject, subject_id, code, on, by=decision.person_id)


def _answered(unit: Unit, case: CaseFile, dispute_id: UUID, on: date) -> None:
    """The appeal is answered: what is waited for next is the Tribunal."""
    dispute = next((one for one in case.of(DISPUTE) if one.id == dispute_id), None)
    if dispute is None:
        raise Conflict(NO_LONGER)
    if dispute.answered_on is None:
        unit.change(
            Dispute,
            {"id": dispute_id, "row_version": dispute.row_version},
            MOVED_ON,
            answered_on=on,
            row_version=dispute.row_version + 1,
        )


def _cleaned(words: Words, letter: Letter) -> Words:
    known = {one.code for one in letter.particulars}
    return Words(
        nfc(words.opening.strip()),
        nfc(words.reasons.strip()),
        nfc(words.closing.strip()),
        {code: nfc(text.strip()) for code, text in words.particulars.items() if code in known},
    )


def _stored(words: Words) -> dict[str, Any]:
    return {**asdict(words), "particulars": dict(words.particulars)}


def _seal(unit: Unit, case: CaseFile, letter_id: UUID, row_version: int, words: dict[str, Any]) -> bytes:
    return unit.keys.seal(KeyOf.pupil(case.pupil_id), queries.place(letter_id, row_version), words)


def _change(unit: Unit, row: Any, case: CaseFile, words: dict[str, Any], **values: Any) -> None:
    following = row.row_version + 1
    unit.change(
        CaseLetter,
        {"id": row.id, "row_version": row.row_version},
        MOVED_ON,
        **values,
        sealed=_seal(unit, case, row.id, following, words),
        row_version=following,
    )
