"""What a review brings into the plan's draft, and how it merges: for the page that closes and the deed.

A next cycle that was started before the review closed set things back by rule: results cleared, steps
reached set aside, days moved. Those are nobody's words, so the review's stand in their place and nobody is
asked. What a person wrote in the draft is a person's, and where the two meet, a person chooses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from isp.audit import Unit
from isp.kernel.clock import civil_day
from isp.plans import cards
from isp.plans import content as plan_content
from isp.plans.cycle import next_cycle
from isp.plans.vocabulary import configuration_on
from isp.records import drafts, versions
from isp.records.changes import Change
from isp.records.drafts import DraftWords
from isp.records.merge import Merged
from isp.records.models import DraftChange
from isp.records.shape import Content
from isp.reviews import next_plan


@dataclass(frozen=True, slots=True)
class Brought:
    """The plan as it is now (its draft, else the version in force), and what the review changes in it."""

    draft: DraftWords | None
    in_force: Content
    now: Content
    changes: list[Change]
    shown: list[Change]

    def preview(self) -> Merged:
        """The plan as it would be, and what would be left to a person."""
        return next_plan.preview(self.now, self.shown, self.changes)


def brought(unit: Unit, row: Any, plan: Any, report: Content, views_id: str) -> Brought:
    """What closing this review with this report would bring. The caller has been allowed."""
    reviewed = reviewed_plan(unit, row)
    in_force = plan_content.blank()
    if plan.current is not None:
        in_force = plan_content.read(versions.read(unit, row.record_id, plan.current).content)
    draft = drafts.find(unit, row.record_id)
    now = draft.content if draft is not None else in_force
    by_rule = _set_back(unit, draft, reviewed) if draft is not None else []
    begun = next_plan.set_back(now, reviewed, by_rule)
    changes = next_plan.changes_of(report, reviewed, views_id, begun)
    changes = next_plan.fitted(report, now, reviewed, changes, by_rule)
    return Brought(draft, in_force, now, changes, next_plan.shown(now, begun, changes))


def reviewed_plan(unit: Unit, row: Any) -> Content:
    """The version of the plan that is under review, whole. It is the base of a merge, and shown to nobody."""
    return plan_content.read(versions.read(unit, row.record_id, row.plan_version, withdrawn_too=True).content)


def _set_back(unit: Unit, draft: DraftWords, reviewed: Content) -> list[Change]:
    """What starting a next cycle sets back in what was reviewed, on any day on which the draft was saved."""
    saved = select(DraftChange.at).where(DraftChange.draft_id == draft.id)
    days = {civil_day(one) for one in unit.connection.scalars(saved)}
    calendar = cards.calendar_for(unit, draft.pupil_id) if days else None
    return [
        change
        for day in sorted(days)
        for step in next_cycle(reviewed, configuration_on(day), day, calendar)
        for change in step.changes
    ]
