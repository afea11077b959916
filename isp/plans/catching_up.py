"""The next cycle inside a draft that is open already: what of it may still be set back there. Pure.

A draft that was opened to add one thing says all else as the version in force does, its results and its past
days too. What stands in the draft as it stands in the version is the last cycle's, and is treated as at the
start of a cycle; what somebody wrote in the draft is the new cycle's, and stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from isp.plans.content import SHAPE
from isp.plans.cycle import Step
from isp.plans.names import name_of
from isp.plans.vocabulary import Configuration
from isp.records.changes import Change, Op, fields_of, items_by_id, same
from isp.records.shape import Content


@dataclass(frozen=True, slots=True)
class CatchingUp:
    """What a new cycle changes in a draft, and in sentences what it leaves to a person."""

    steps: tuple[Step, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def changes(self) -> tuple[Change, ...]:
        return tuple(change for step in self.steps for change in step.changes)


def catch_up(
    draft: Content, in_force: Content, configuration: Configuration, wanted: Iterable[Step]
) -> CatchingUp:
    """Of what a new cycle wants of a draft (``cycle.next_cycle``), what it may change, and what it leaves."""
    steps, left = [], []
    for step in wanted:
        if all(_as_in_force(change, draft, in_force) for change in step.changes):
            steps.append(step)
        else:
            left.append(_left(step, draft, configuration))
    return CatchingUp(tuple(steps), tuple(left))


def _as_in_force(change: Change, draft: Content, in_force: Content) -> bool:
    """Whether the place that a change is about says in the draft what it says in the version."""
    now, before = _held(change, draft), _held(change, in_force)
    if now is None or before is None:
        return False
    if change.op is Op.REMOVE:
        return bool(fields_of(now) == fields_of(before))
    field = change.field or ""
    return same(now.get(field), before.get(field))


def _held(change: Change, content: Content) -> dict[str, Any] | None:
    section = content["sections"][change.section]
    if change.item is None:
        fields: dict[str, Any] = section["fields"]
        return fields
    return items_by_id(section).get(change.item)


def _left(step: Step, draft: Content, configuration: Configuration) -> str:
    change = step.changes[0]
    if change.item is None:
        label = SHAPE.field(change.section, change.field or "").label
        return f"{label}: somebody changed this in the draft, so it stays."
    item = items_by_id(draft["sections"][change.section])[change.item]
    name = name_of(SHAPE.sections[change.section], item, configuration, "school").removesuffix(".")
    return (
        f"“{name}”: somebody wrote in it in the draft, so it stays. Look at its result and its day yourself."
    )
