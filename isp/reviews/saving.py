"""One save of a review's report, however it came: as the plan's (``plans.saving``), for another document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Store, Unit
from isp.kernel.actor import Actor
from isp.kernel.errors import Conflict, Invalid
from isp.plans.saving import horizon
from isp.records import drafts, saves
from isp.records.changes import Change
from isp.records.drafts import DraftWords
from isp.records.fields import Kind
from isp.records.sent import Sent, twice, with_deed, with_status
from isp.reviews import queries, rules
from isp.reviews.actions import remember_save
from isp.reviews.content import BOXES, NOT_WRITTEN, SHAPE

ANOTHER = (
    "The report that this page shows is no longer being written. Open the review to see where it stands."
)
LISTS = frozenset({"meeting", "annual"})
"""Sections to whose lists a button may add: the outcomes are the plan's."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A review's report, opened for somebody who may write in it."""

    row: Any
    decision: Decision
    draft: DraftWords
    waiting: int


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a save: the report as it stands now, and what could not be kept, by place."""

    opened: Opened
    draft: DraftWords
    problems: Mapping[str, str]
    unsettled: int
    changes: tuple[Change, ...]
    at: datetime
    item: str | None = None


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
    draft, lens = opened.draft, opened.decision.lens
    if sent.draft_id is not None and sent.draft_id != draft.id:
        raise Conflict(ANOTHER)
    kinds = {BOXES.kind_at(place) for key in sent.answers if (place := BOXES.where(key, lens))}
    span = horizon(unit, opened.row.pupil_id) if Kind.DAY in kinds else None
    typed = BOXES.read(sent.answers, sent.shown, draft.content, lens, span)
    if typed.problems and not sent.in_part:
        raise Invalid("Not all of this can be saved yet.", typed.problems)
    changes, item = with_deed(SHAPE, typed.changes, sent, draft.content)
    changes = with_status(changes, draft.content)
    if not changes:
        return Written(opened, draft, typed.problems, 0, (), unit.now)
    saved = saves.save(unit, draft, sent.revision, changes, shown=typed.shown, waiting=opened.waiting)
    remember_save(unit, opened.row, opened.decision, saved)
    return Written(opened, saved.draft, typed.problems, saved.unsettled, saved.changes, unit.now, item)


def _written_here(sent: Sent) -> Sent:
    """What a page of this room may send: not the plan's own words, nor another list's entries."""
    answers = {key: raw for key, raw in sent.answers.items() if key.rpartition(".")[2] not in NOT_WRITTEN}
    deed = sent.deed if sent.section in LISTS else ""
    return replace(sent, answers=answers, deed=deed)
