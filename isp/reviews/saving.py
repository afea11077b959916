"""One save of a review's report, however it came: as the plan's (``plans.saving``), for another document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from isp.access.policy import Permission
from isp.audit import Store, Unit
from isp.kernel.actor import Actor
from isp.plans.saving import read_sent
from isp.records import drafts, saves
from isp.records.sent import Opened, Sent, Written, check_kept, twice, with_deed, with_status
from isp.reviews import queries, rules
from isp.reviews.actions import remember_save
from isp.reviews.content import BOXES, NOT_WRITTEN, SHAPE

ANOTHER = (
    "The report that this page shows is no longer being written. Open the review to see where it stands."
)
LISTS = frozenset({"meeting", "annual"})
"""Sections to whose lists a button may add: the outcomes are the plan's."""


def open_report(unit: Unit, review_id: UUID) -> Opened:
    """The report to write in. Conflict where the review is not being held."""
    row, decision = queries.allowed(unit, review_id, Permission.REVIEW_WRITE)
    rules.check_open(row.status)
    found = drafts.open_beside(unit, queries.record_of(unit, row))
    return Opened(row, decision, found.draft, found.beside.own_clashes)


def save(store: Store, actor: Actor, review_id: UUID, gather: Callable[[Opened], Sent]) -> Written:
    """Save what a page sent, merged with what others wrote; see ``plans.saving.save``."""
    return twice(store, actor, lambda unit: _save(unit, review_id, gather))


def _save(unit: Unit, review_id: UUID, gather: Callable[[Opened], Sent]) -> Written:
    opened = open_report(unit, review_id)
    sent = _written_here(gather(opened))
    typed = read_sent(unit, BOXES, opened, sent, ANOTHER)
    check_kept(typed, sent)
    draft = opened.draft
    changes, item = with_deed(SHAPE, typed.changes, sent, draft.content)
    changes = with_status(changes, draft.content)
    written = Written(opened, draft, typed.problems, unit.now)
    if not changes:
        return written
    saved = saves.save(unit, draft, sent.revision, changes, shown=typed.shown, waiting=opened.waiting)
    remember_save(unit, opened.row, opened.decision, saved)
    return written.with_saved(saved, item)


def _written_here(sent: Sent) -> Sent:
    """What a page of this room may send: not the plan's own words, nor another list's entries."""
    answers = {key: raw for key, raw in sent.answers.items() if key.rpartition(".")[2] not in NOT_WRITTEN}
    deed = sent.deed if sent.section in LISTS else ""
    return replace(sent, answers=answers, deed=deed)
