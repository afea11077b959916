"""What lies beside an outcome in a meeting: how the plan has it, the support for it, what teachers say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from isp.access.policy import Permission
from isp.audit import Unit
from isp.plans import content as plan_content
from isp.plans import queries as plans
from isp.plans.names import name_of
from isp.plans.showing import Answer, say_item
from isp.plans.vocabulary import Configuration, configuration_on
from isp.records import versions
from isp.records.changes import items_by_id
from isp.records.project import project
from isp.records.shape import Content
from isp.reviews.rounds_queries import Given, answers_by_outcome

_FACTS = ("own_words", "baseline", "target", "measure", "measured_by", "due_on", "owner")


@dataclass(frozen=True, slots=True)
class Beside:
    """One outcome's facts in the version under review, and the names of the support that serves it."""

    facts: tuple[Answer, ...]
    support: tuple[str, ...]
    heard: tuple[Given, ...] = ()
    """What the pupil's teachers answered about it, in the newest round of questions."""
    before: tuple[tuple[str, str], ...] = ()
    """Steps of the same plan that this review does not ask about: id, and name with the result they have."""


def beside(unit: Unit, row: Any, report: Content, item: str) -> Beside:
    """Through the reader's lens on the plan; empty where the plan no longer says it."""
    held = items_by_id(report["sections"]["outcomes"]).get(item, {})
    _, decision = plans.allowed(unit, row.record_id, Permission.DRAFT_READ)
    words = versions.read(unit, row.record_id, row.plan_version, withdrawn_too=True)
    content = project(plan_content.read(words.content), decision.lens, plan_content.SHAPE)
    outcome = items_by_id(content["sections"]["outcomes"]).get(held.get("outcome", ""))
    if outcome is None:
        return Beside((), ())
    heard = answers_by_outcome(unit, row.record_id).get(outcome["id"], ())
    configuration = configuration_on(unit.today)
    answers = say_item(content, configuration, "outcomes", outcome).answers
    shape = plan_content.SHAPE.sections["provision"]
    support = [
        name_of(shape, one, configuration, "school")
        for one in content["sections"].get("provision", {}).get("items", ())
        if outcome["id"] in one.get("outcomes", ())
    ]
    facts = tuple(one for one in answers if one.field in _FACTS)
    return Beside(facts, tuple(support), heard, tuple(_before(content, report, configuration)))


def _before(content: Content, report: Content, configuration: Configuration) -> Iterator[tuple[str, str]]:
    asked = {one.get("outcome") for one in report["sections"]["outcomes"]["items"]}
    shape = plan_content.SHAPE.sections["outcomes"]
    for item in content["sections"]["outcomes"]["items"]:
        if item["id"] not in asked:
            result = configuration.words("result", item["result"]) if item.get("result") else ""
            name = name_of(shape, item, configuration, "school")
            yield item["id"], f"{name}: {result.lower()}" if result else name
