"""Drafts: what is being written, saved change by change, merged where two people write at once.

A draft is its content as of a revision, sealed, and an append-only row per save with the changes and what
undoes them: that is the base for merging with somebody who saw an older revision, and the story that
History tells. Words that meet another's in the same place are kept as a clash until a person has chosen.

The mechanism only: whoever calls has been allowed, has checked the rules, and records the event.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.audit import Unit
from isp.kernel.canonical import nfc
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.records import opening
from isp.records.changes import Change, apply, undo
from isp.records.digest import digest
from isp.records.merge import Clash
from isp.records.models import Draft, DraftChange, DraftClash
from isp.records.opening import Beside
from isp.records.shape import Content

DRAFT = table_of(Draft)
NO_DRAFT = "There is no draft any more: it was finalised or put aside. Open the plan to see where it stands."


@dataclass(frozen=True, slots=True)
class DraftWords:
    """An open draft with what it says at its newest revision."""

    id: UUID
    record_id: UUID
    pupil_id: UUID
    base_number: int
    revision: int
    content: Content
    made_at: datetime
    made_by: UUID
    saved_at: datetime
    saved_by: UUID


@dataclass(frozen=True, slots=True)
class OpenClash:
    """An unsettled clash: whose words, when, and the three sides."""

    id: UUID
    draft_id: UUID
    author_id: UUID
    at: datetime
    clash: Clash


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save came to: the draft as it stands now, what was stored, and what needs a person."""

    draft: DraftWords
    changes: tuple[Change, ...]
    clashes: tuple[Clash, ...]
    digest: bytes | None
    unsettled: int = 0
    """How many of the author's own words in this draft now wait to be chosen."""


def _place(draft_id: UUID, revision: int) -> Place:
    return Place("draft", "sealed", draft_id, revision)


def find(unit: Unit, record_id: UUID) -> DraftWords | None:
    """The record's open draft, if there is one. Under a lock the row is locked, so that saves queue."""
    query = select(DRAFT).where(DRAFT.c.record_id == record_id, DRAFT.c.status == "open")
    if unit.holds_lock:
        # Not FOR UPDATE: a row that points here (a change, a clash) only needs the key to stay, and one
        # that waited for that while it held the chain's head would wait for ever.
        query = query.with_for_update(key_share=True)
    row = unit.connection.execute(query).first()
    return None if row is None else _of_row(unit, row)


@dataclass(frozen=True, slots=True)
class WithDraft:
    """A record's open draft, and what lay beside it in the same trip."""

    draft: DraftWords
    beside: Beside


def open_beside(unit: Unit, record: Any, *, number: int | None = None) -> WithDraft:
    """The open draft of a record row with what lies beside it (``opening.beside``): version ``number``, keys.

    One trip; under a lock two, since the draft's row is locked first. Conflict where there is no draft.
    """
    if unit.holds_lock:
        held = select(DRAFT.c.id).where(DRAFT.c.record_id == record.id, DRAFT.c.status == "open")
        unit.connection.execute(held.with_for_update(key_share=True))
    beside = opening.beside(unit, record, number=number, words=True)
    if beside.draft is None:
        raise Conflict(NO_DRAFT)
    return WithDraft(_of_row(unit, beside.draft), beside)


def _of_row(unit: Unit, row: Any) -> DraftWords:
    content = unit.keys.open(KeyOf.pupil(row.pupil_id), _place(row.id, row.revision), row.sealed)
    return DraftWords(
        id=row.id,
        record_id=row.record_id,
        pupil_id=row.pupil_id,
        base_number=row.base_number,
        revision=row.revision,
        content=content,
        made_at=row.made_at,
        made_by=row.made_by,
        saved_at=row.saved_at,
        saved_by=row.saved_by,
    )


def read(unit: Unit, record_id: UUID) -> DraftWords:
    """The record's open draft. Conflict, in words, where there is none."""
    found = find(unit, record_id)
    if found is None:
        raise Conflict(NO_DRAFT)
    return found


def start(unit: Unit, *, record_id: UUID, pupil_id: UUID, base_number: int, content: Content) -> UUID:
    """Insert the first revision (0) of a new draft. The schema refuses a second open draft of a record."""
    draft_id = new_id()
    unit.insert(
        Draft,
        id=draft_id,
        record_id=record_id,
        pupil_id=pupil_id,
        base_number=base_number,
        revision=0,
        sealed=unit.keys.seal(KeyOf.pupil(pupil_id), _place(draft_id, 0), content),
        status="open",
        made_at=unit.now,
        made_by=unit.actor.person_id,
        saved_at=unit.now,
        saved_by=unit.actor.person_id,
    )
    return draft_id


def content_at(unit: Unit, draft: DraftWords, revision: int) -> Content:
    """What the draft said at an older revision. Conflict where that revision never was.

    Only the saves since then are opened, newest first, and each is undone.
    """
    if revision == draft.revision:
        return draft.content
    if not 0 <= revision < draft.revision:
        raise Conflict("This page shows a draft that has since been put aside. Open the plan again.")
    rows = unit.connection.execute(
        select(DraftChange.id, DraftChange.revision, DraftChange.sealed)
        # Not those that were saved since the draft was read: what it does not hold cannot be undone.
        .where(DraftChange.draft_id == draft.id, DraftChange.revision.between(revision + 1, draft.revision))
        .order_by(DraftChange.revision.desc())
    )
    content = draft.content
    for row in rows:
        held = opened_change(unit, draft.pupil_id, row)
        content = apply(content, [Change.from_json(one) for one in held["undo"]])
    return content


def store(
    unit: Unit, draft: DraftWords, changes: Iterable[Change], content: Content | None = None
) -> tuple[DraftWords, bytes]:
    """Store changes as the draft's next revision; gives the draft as it is then and the change's digest."""
    listed = list(changes)
    after = nfc(content if content is not None else apply(draft.content, listed))
    revision = draft.revision + 1
    change_id, salt = new_id(), os.urandom(16)
    told = [change.to_json() for change in listed]
    fingerprint = digest(salt, {"changes": nfc(told)})
    held = {
        "changes": told,
        "undo": [change.to_json() for change in undo(draft.content, listed)],
        "salt": base64.b64encode(salt).decode("ascii"),
    }
    key = KeyOf.pupil(draft.pupil_id)
    # The guarded update goes first: of two saves at once the later fails on it, in words, and not on a key.
    unit.change(
        Draft,
        {"id": draft.id, "revision": draft.revision, "status": "open"},
        revision=revision,
        sealed=unit.keys.seal(key, _place(draft.id, revision), after),
        saved_at=unit.now,
        saved_by=unit.actor.person_id,
    )
    unit.insert(
        DraftChange,
        draft_id=draft.id,
        revision=revision,
        id=change_id,
        author_id=unit.actor.person_id,
        at=unit.now,
        sealed=unit.keys.seal(key, Place("draft_change", "sealed", change_id), held),
    )
    return (
        DraftWords(
            id=draft.id,
            record_id=draft.record_id,
            pupil_id=draft.pupil_id,
            base_number=draft.base_number,
            revision=revision,
            content=after,
            made_at=draft.made_at,
            made_by=draft.made_by,
            saved_at=unit.now,
            saved_by=unit.actor.person_id or draft.saved_by,
        ),
        fingerprint,
    )


def close(unit: Unit, draft: DraftWords, status: str) -> None:
    """Say that the draft was published or discarded; its rows stay."""
    unit.change(
        Draft, {"id": draft.id, "revision": draft.revision, "status": "open"}, NO_DRAFT, status=status
    )


def keep_clash(unit: Unit, draft: DraftWords, clash: Clash) -> UUID:
    """Store an unsettled clash, whole."""
    clash_id = new_id()
    held = {
        "section": clash.section,
        "item": clash.item,
        "field": clash.field,
        "base": clash.base,
        "theirs": clash.theirs,
        "mine": clash.mine,
    }
    unit.insert(
        DraftClash,
        id=clash_id,
        draft_id=draft.id,
        author_id=unit.actor.person_id,
        at=unit.now,
        sealed=unit.keys.seal(KeyOf.pupil(draft.pupil_id), Place("draft_clash", "sealed", clash_id), held),
    )
    return clash_id


def clashes(unit: Unit, draft: DraftWords, author_id: UUID | None = None) -> list[OpenClash]:
    """The draft's unsettled clashes, oldest first; of one author, or of all."""
    query = select(table_of(DraftClash)).where(
        DraftClash.draft_id == draft.id, DraftClash.settled_at.is_(None)
    )
    if author_id is not None:
        query = query.where(DraftClash.author_id == author_id)
    return [
        _open_clash(unit, draft.pupil_id, row)
        for row in unit.connection.execute(query.order_by(DraftClash.at, DraftClash.id))
    ]


def clash(unit: Unit, draft: DraftWords, clash_id: UUID) -> OpenClash:
    """One unsettled clash. Conflict where it has been settled meanwhile, NotFound where it never was."""
    row = unit.connection.execute(
        select(table_of(DraftClash)).where(DraftClash.draft_id == draft.id, DraftClash.id == clash_id)
    ).first()
    if row is None:
        raise NotFound
    if row.settled_at is not None:
        raise Conflict("This has been settled already. Open the plan to see how it reads now.")
    return _open_clash(unit, draft.pupil_id, row)


def settle(unit: Unit, clash_id: UUID, choice: str) -> None:
    """Mark a clash as settled: theirs, mine or third."""
    unit.change(
        DraftClash,
        {"id": clash_id, "settled_at": None},
        settled_at=unit.now,
        settled_by=unit.actor.person_id,
        choice=choice,
    )


def changes_since(unit: Unit, draft_id: UUID, pupil_id: UUID, revision: int = 0) -> list[dict[str, Any]]:
    """Every save after ``revision``, oldest first: author_id, at, revision, changes, salt (base64)."""
    rows = unit.connection.execute(
        select(table_of(DraftChange))
        .where(DraftChange.draft_id == draft_id, DraftChange.revision > revision)
        .order_by(DraftChange.revision)
    )
    return [
        {
            "author_id": row.author_id,
            "at": row.at,
            "revision": row.revision,
            **opened_change(unit, pupil_id, row),
        }
        for row in rows
    ]


def author_of(unit: Unit, draft: DraftWords, revision: int) -> UUID | None:
    """Who made the save that led to a revision; None where there was none."""
    query = select(DraftChange.author_id).where(DraftChange.draft_id == draft.id)
    author: UUID | None = unit.connection.scalar(query.where(DraftChange.revision == revision))
    return author


def opened_change(unit: Unit, pupil_id: UUID, row: Any) -> dict[str, Any]:
    """A save as it was stored, from a row with id and sealed: changes, undo, salt (base64)."""
    held: dict[str, Any] = unit.keys.open(
        KeyOf.pupil(pupil_id), Place("draft_change", "sealed", row.id), row.sealed
    )
    return held


def _open_clash(unit: Unit, pupil_id: UUID, row: Any) -> OpenClash:
    held = unit.keys.open(KeyOf.pupil(pupil_id), Place("draft_clash", "sealed", row.id), row.sealed)
    return OpenClash(row.id, row.draft_id, row.author_id, row.at, Clash(**held))
