"""Saving what was typed on a page that may be old by now: from which text a person worked, then the merge.

A page knows the revision it was made from, and what each of its boxes showed. The two differ where the
page stayed open while others wrote: its revision moved on with every save, and a box in which somebody was
typing kept the words it had. A box is merged from what it showed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from isp.audit import Unit
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict
from isp.kernel.keys import KeyOf
from isp.records import drafts
from isp.records.changes import Change, Misfit, Op, apply, items_by_id
from isp.records.drafts import DraftWords, OpenClash, Saved
from isp.records.merge import Clash, merge
from isp.records.models import DraftChange, DraftClash
from isp.records.shape import Content

CLASHES = table_of(DraftClash)
UNFIT = "What this page shows is no longer part of the plan. Open it again."


def save(
    unit: Unit,
    draft: DraftWords,
    shown_revision: int,
    changes: Sequence[Change],
    *,
    shown: Sequence[Change] = (),
    waiting: int | None = None,
) -> Saved:
    """Merge changes made on the draft as it was at ``shown_revision``, and store what merges.

    ``shown``: what the boxes had shown, as changes, where that may differ from the draft at that revision;
    it is what the merge starts from. ``waiting``: how many of the author's own clashes wait to be chosen,
    where the caller knows. What clashes is stored beside the draft, whole, and given back: once
    for each place, since somebody who goes on typing there adds to the same question. Raises Conflict
    where the draft moved on at the same moment (call again on a fresh read), or the changes fit no revision.
    """
    base = drafts.content_at(unit, draft, shown_revision)
    try:
        given = {(one.section, one.item) for one in shown if one.op is Op.ADD}
        wanting = [one for one in changes if (one.section, one.item) not in given]
        base = apply(_with_what_was_removed(unit, draft, base, wanting), shown)
        merged = merge(base, draft.content, apply(base, changes))
    except Misfit as misfit:
        raise Conflict(UNFIT) from misfit
    unsettled = _count_unsettled(unit, draft) if waiting is None else waiting
    if merged.conflicts:
        unsettled += _keep(unit, draft, merged.conflicts)
    if not merged.changes:
        return Saved(draft, (), merged.conflicts, None, unsettled)
    stored, fingerprint = drafts.store(unit, draft, merged.changes, merged.content)
    return Saved(stored, merged.changes, merged.conflicts, fingerprint, unsettled)


def _with_what_was_removed(
    unit: Unit, draft: DraftWords, base: Content, changes: Sequence[Change]
) -> Content:
    """The base with items that a page still shows although somebody removed them since.

    Without them the typing would fit nothing and be refused; with them it meets the removal, as a clash.
    """
    wanted = {(c.section, c.item) for c in changes if c.item is not None and c.op is not Op.ADD}
    lost = {
        (section, item)
        for section, item in wanted
        if section in base["sections"] and item not in items_by_id(base["sections"][section])
    }
    if not lost:
        return base
    rows = unit.connection.execute(
        select(DraftChange.id, DraftChange.revision, DraftChange.sealed)
        .where(DraftChange.draft_id == draft.id, DraftChange.revision <= draft.revision)
        .order_by(DraftChange.revision.desc())
    )
    for row in rows:
        for undone in drafts.opened_change(unit, draft.pupil_id, row)["undo"]:
            change = Change.from_json(undone)
            if change.op is Op.ADD and (change.section, change.item) in lost:
                base = apply(base, [change])
                lost.discard((change.section, change.item))
        if not lost:
            break
    return base


def _count_unsettled(unit: Unit, draft: DraftWords) -> int:
    """How many of the actor's own words in this draft wait to be chosen."""
    query = select(func.count()).where(
        CLASHES.c.draft_id == draft.id,
        CLASHES.c.author_id == unit.actor.person_id,
        CLASHES.c.settled_at.is_(None),
    )
    return int(unit.connection.scalar(query) or 0)


def _keep(unit: Unit, draft: DraftWords, conflicts: Sequence[Clash]) -> int:
    """Store clashes; gives how many are new questions."""
    asked = {
        (one.clash.section, one.clash.item, one.clash.field): one
        for one in drafts.clashes(unit, draft, unit.actor.person_id)
    }
    fresh = 0
    for clash in conflicts:
        before = asked.get((clash.section, clash.item, clash.field))
        if before is None:
            drafts.keep_clash(unit, draft, clash)
            fresh += 1
        else:
            _reword(unit, draft, before, clash)
    return fresh


def _reword(unit: Unit, draft: DraftWords, before: OpenClash, now: Clash) -> None:
    """The same question with the words as they are now; "as it was" stays what it was at first."""
    held = {
        "section": now.section,
        "item": now.item,
        "field": now.field,
        "base": before.clash.base,
        "theirs": now.theirs,
        "mine": now.mine,
    }
    place = Place("draft_clash", "sealed", before.id)
    unit.change(
        DraftClash,
        {"id": before.id, "settled_at": None},
        at=unit.now,
        sealed=unit.keys.seal(KeyOf.pupil(draft.pupil_id), place, held),
    )


def written_by(unit: Unit, draft: DraftWords, clash: Clash) -> tuple[UUID, datetime] | None:
    """Who last wrote in the place of a clash, and when; None where it is as the draft began."""
    rows = unit.connection.execute(
        select(table_of(DraftChange))
        .where(DraftChange.draft_id == draft.id)
        .order_by(DraftChange.revision.desc())
    )
    for row in rows:
        for told in drafts.opened_change(unit, draft.pupil_id, row)["changes"]:
            change = Change.from_json(told)
            here = change.section == clash.section and change.item == clash.item
            whole = clash.field is None or change.op in (Op.ADD, Op.REMOVE)
            if here and (whole or change.field == clash.field):
                return row.author_id, row.at
    return None
