"""Setting a hint about wording aside, with the reason; taking that back; and what is set aside of a plan."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.banks.wording.rules import rules_on
from isp.kernel.canonical import nfc
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.plans import boxes, queries, rules
from isp.plans.boxes import Where
from isp.plans.content import SHAPE
from isp.plans.models import WordingAside
from isp.plans.wording import Aside, Shown, hints, mark_of, with_asides
from isp.records import drafts
from isp.records.project import project
from isp.records.shape import Content

ASIDES = table_of(WordingAside)
NOT_ASIDE = "This hint is not set aside any more: somebody took it back, or the words have changed."
CHANGED = "The words have changed since this page was made, or the hint has been set aside. Look again."


def of_plan(unit: Unit, record_id: UUID, pupil_id: UUID) -> list[Aside]:
    """What is set aside of the hints for this plan; who may read the draft may read this."""
    rows = unit.connection.execute(
        select(ASIDES).where(ASIDES.c.record_id == record_id).order_by(ASIDES.c.at, ASIDES.c.id)
    )
    found: dict[tuple[str, str, str], Aside] = {}
    for row in rows:
        one = _opened(unit, pupil_id, row)
        hint = (one.key, one.kind, one.mark)
        found.pop(hint, None)
        if one.reason:
            found[hint] = one
    return list(found.values())


def _opened(unit: Unit, pupil_id: UUID, row: Any) -> Aside:
    held = unit.keys.open(KeyOf.pupil(pupil_id), Place("wording_aside", "sealed", row.id), row.sealed)
    return Aside(held["key"], held["kind"], held["mark"], held["reason"], row.author_id)


def hints_of(
    unit: Unit, row: Any, content: Content, *, items: Collection[str] | None = None
) -> dict[str, list[Shown]]:
    """The hints for a draft of this record, by box, with what was set aside; ``items``: for these only."""
    found = hints(content, rules_on(unit.today), items=items)
    if not any(found.values()):
        return found
    asides = of_plan(unit, row.id, row.pupil_id)
    return with_asides(found, asides) if asides else found


def hint_at(unit: Unit, row: Any, content: Content, key: str, kind: str) -> Shown:
    """The hint of a kind under a box, which nobody has set aside. Conflict where there is none."""
    found = [one for one in hints_of(unit, row, content).get(key, ()) if one.kind == kind]
    if not found or found[0].aside is not None:
        raise Conflict(CHANGED)
    return found[0]


def set_aside(unit: Unit, record_id: UUID, key: str, kind: str, mark: str, reason: str) -> Where:
    """Set a hint aside, with the reason: these words stay as they are. Gives where they stand.

    ``mark``: of the words that the page showed (``wording.mark_of``). Conflict where they have changed.
    """
    row, decision = queries.allowed(unit, record_id, Permission.DRAFT_WRITE)
    rules.check_open(row.status)
    given = nfc(rules.check_reason(reason, "why these words stay"))
    draft = drafts.read(unit, record_id)
    content = project(draft.content, decision.lens, SHAPE)
    hint = hint_at(unit, row, content, key, kind)
    if mark != mark_of(boxes.value_at(content, hint.where)):
        raise Conflict(CHANGED)
    store(unit, row, draft.id, hint, given)
    unit.record(
        decision,
        Event.WORDING_SET_ASIDE,
        Chain.pupil(row.pupil_id),
        obj=("record", record_id),
        payload={"reason": given},
        section=hint.where.section,
        rule=kind,
    )
    return hint.where


def take_up(unit: Unit, record_id: UUID, key: str, kind: str) -> Where:
    """Take back that a hint was set aside, whoever did it; where it stands. Conflict where it is not."""
    row, decision = queries.allowed(unit, record_id, Permission.DRAFT_WRITE)
    rules.check_open(row.status)
    draft = drafts.read(unit, record_id)
    content = project(draft.content, decision.lens, SHAPE)
    found = [one for one in hints_of(unit, row, content).get(key, ()) if one.kind == kind]
    if not found or found[0].aside is None:
        raise Conflict(NOT_ASIDE)
    store(unit, row, draft.id, found[0], "")
    unit.record(
        decision,
        Event.WORDING_TAKEN_UP,
        Chain.pupil(row.pupil_id),
        obj=("record", record_id),
        section=found[0].where.section,
        rule=kind,
    )
    return found[0].where


def store(unit: Unit, row: Any, draft_id: UUID, hint: Shown, reason: str) -> None:
    """Keep that a hint for a draft of this record was set aside, or (no reason) taken up: part of a deed."""
    aside_id = new_id()
    held = {"key": hint.key, "kind": hint.kind, "mark": hint.mark, "words": hint.words, "reason": reason}
    unit.insert(
        WordingAside,
        id=aside_id,
        record_id=row.id,
        draft_id=draft_id,
        pupil_id=row.pupil_id,
        author_id=unit.actor.person_id,
        at=unit.now,
        sealed=unit.keys.seal(KeyOf.pupil(row.pupil_id), Place("wording_aside", "sealed", aside_id), held),
    )
