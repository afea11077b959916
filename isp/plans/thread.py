"""The golden thread: what in a plan is not linked to what it is for.

Every need has an outcome and a provision or adjustment, every outcome names a need, every provision
names an outcome, every adjustment a need. Where there are long-term outcomes, every step leads to one.
What is missing is shown while writing, and stops finalising only where the
configuration says so for the plan's layer. A link to an item that is gone is no link.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from isp.plans.content import SHAPE
from isp.plans.names import name_of
from isp.plans.vocabulary import Configuration
from isp.records.shape import Content, Item


class GapKind(StrEnum):
    """What is not linked; the configuration names these."""

    NEED_WITHOUT_OUTCOME = "need_without_outcome"
    NEED_WITHOUT_SUPPORT = "need_without_support"
    OUTCOME_WITHOUT_NEED = "outcome_without_need"
    STEP_WITHOUT_OUTCOME = "step_without_outcome"
    SUPPORT_WITHOUT_OUTCOME = "support_without_outcome"
    ADJUSTMENT_WITHOUT_NEED = "adjustment_without_need"


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is not linked, with the sentence for the person writing."""

    kind: GapKind
    section: str
    item: str
    sentence: str
    blocks: bool
    """Whether the plan cannot be finalised until this is mended."""


_SENTENCES = {
    GapKind.NEED_WITHOUT_OUTCOME: "No outcome is linked to the need “{}”. Link one, or write one.",
    GapKind.NEED_WITHOUT_SUPPORT: (
        "No provision or adjustment is linked to the need “{}”. Say what will be done about it."
    ),
    GapKind.OUTCOME_WITHOUT_NEED: "The outcome “{}” is not linked to a need. Say which need it is about.",
    GapKind.STEP_WITHOUT_OUTCOME: "The step “{}” leads to no long-term outcome. Say which one it is towards.",
    GapKind.ADJUSTMENT_WITHOUT_NEED: "The adjustment “{}” is not linked to a need. Say what it is for.",
    GapKind.SUPPORT_WITHOUT_OUTCOME: (
        "The provision “{}” is not linked to an outcome. Say what it should achieve."
    ),
}


def gaps(content: Content, configuration: Configuration) -> list[Gap]:
    """What is not linked, needs first, in the order of the plan. Works on a projected plan as well."""
    needs, outcomes, provision, adjustments = (
        _items(content, name) for name in ("needs", "outcomes", "provision", "adjustments")
    )
    outcome_needs = _needs_of_outcomes(outcomes, {need["id"] for need in needs})
    aimed = {need for found in outcome_needs.values() for need in found}
    supported = {need for one in (*provision, *adjustments) for need in one.get("needs", ())}
    # Support that serves an outcome serves the needs that the outcome is about.
    for one in provision:
        for outcome in one.get("outcomes", ()):
            supported |= outcome_needs.get(outcome, set())

    section = content["sections"].get("layer", {"fields": {}})
    blocking = configuration.blocking(section["fields"].get("layer"))

    def gap(kind: GapKind, where: str, item: Item) -> Gap:
        name = name_of(SHAPE.sections[where], item, configuration, "school").removesuffix(".")
        return Gap(kind, where, item["id"], _SENTENCES[kind].format(name), kind.value in blocking)

    found: list[Gap] = []
    for need in needs:
        if need["id"] not in aimed:
            found.append(gap(GapKind.NEED_WITHOUT_OUTCOME, "needs", need))
        if need["id"] not in supported:
            found.append(gap(GapKind.NEED_WITHOUT_SUPPORT, "needs", need))
    found += [
        gap(GapKind.OUTCOME_WITHOUT_NEED, "outcomes", outcome)
        for outcome in outcomes
        if not outcome_needs[outcome["id"]]
    ]
    found += [gap(GapKind.STEP_WITHOUT_OUTCOME, "outcomes", step) for step in _loose_steps(outcomes)]
    found += [
        gap(GapKind.SUPPORT_WITHOUT_OUTCOME, "provision", one)
        for one in provision
        if not any(outcome in outcome_needs for outcome in one.get("outcomes", ()))
    ]
    known = {need["id"] for need in needs}
    found += [
        gap(GapKind.ADJUSTMENT_WITHOUT_NEED, "adjustments", one)
        for one in adjustments
        if not known.intersection(one.get("needs", ()))
    ]
    return found


def _loose_steps(outcomes: Iterable[Item]) -> list[Item]:
    """Steps that lead nowhere, in a plan that has long-term outcomes to lead to."""
    listed = list(outcomes)
    ends = {one["id"] for one in listed if one.get("level") == "long_term"}
    known = {one["id"] for one in listed}
    return [one for one in listed if ends and one.get("level") == "step" and one.get("under") not in known]


def _items(content: Content, section: str) -> list[Item]:
    found: dict[str, Any] = content["sections"].get(section, {})
    items: list[Item] = found.get("items", [])
    return items


def _needs_of_outcomes(outcomes: Iterable[Item], known: set[str]) -> dict[str, set[str]]:
    """The needs each outcome is about: those it names, and those of the outcome it is a step towards."""
    by_id = {outcome["id"]: outcome for outcome in outcomes}
    needs: dict[str, set[str]] = {}
    for item, outcome in by_id.items():
        found: set[str] = set()
        seen: set[str] = set()
        step: Item | None = outcome
        while step is not None and step["id"] not in seen:  # two people can make two steps lead to each other
            seen.add(step["id"])
            found |= known.intersection(step.get("needs", ()))
            step = by_id.get(step.get("under", ""))
        needs[item] = found
    return needs
