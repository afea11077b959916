"""The wording check of heavy plans: it runs while somebody types, at every save of a script."""

from __future__ import annotations

import json
import time
from datetime import date

from isp.banks.wording.check import TEXTS
from isp.banks.wording.rules import rules_on
from isp.plans.content import read
from isp.plans.wording import hints
from isp.records.shape import Content
from tests.bench.figures import TITLES, Table, Timing
from tests.bench.writing import LARGE_EVERY, contents

PLANS = 50
RULES = rules_on(date(2026, 11, 22))
VAGUE = (
    "Regular access to adult support as needed, up to 3 hours, e.g. a range of strategies, where possible. "
)


def measure_wording() -> Table:
    """A whole plan (what a section's page shows), one entry (what a save answers), and both full of hints."""
    plans = [read(contents(LARGE_EVERY, seed=number)[-1]) for number in range(PLANS)]
    vague = [_vague(plan) for plan in plans]
    size = sum(len(json.dumps(plan)) for plan in plans) / PLANS / 1024
    table = Table(f"The wording check, heavy plans of {size:.0f} KB, {len(RULES.rules)} rules")
    table.say(TITLES)
    whole, counted = _timed(plans)
    table.timing("whole plan", whole)
    table.timing("one entry", _timed(plans, one=True)[0])
    full, counted_full = _timed(vague)
    table.timing("whole plan, all vague", full)
    table.timing("one entry, all vague", _timed(vague, one=True)[0])
    table.say(f"{counted / PLANS:.0f} hints a plan as written, {counted_full / PLANS:.0f} where all is vague")
    return table


def _timed(plans: list[Content], *, one: bool = False) -> tuple[Timing, int]:
    took, found = [], 0
    for plan in plans:
        items = _first(plan) if one else None
        started = time.perf_counter()
        shown = hints(plan, RULES, items=items)
        took.append(time.perf_counter() - started)
        found += sum(len(under) for under in shown.values())
    return Timing(took, sum(took)), found


def _first(plan: Content) -> frozenset[str]:
    """The longest entry that is read: what a save is about."""
    entries = [item for section in TEXTS for item in plan["sections"][section]["items"]]
    return frozenset({max(entries, key=lambda item: len(json.dumps(item)))["id"]})


def _vague(plan: Content) -> Content:
    """The same plan with vague words instead of its own, as long as they were."""
    sections = dict(plan["sections"])
    for section, names in TEXTS.items():
        items = [
            {**item, **{name: _filled(item[name]) for name in names if item.get(name)}}
            for item in sections[section]["items"]
        ]
        sections[section] = {**sections[section], "items": items}
    return {**plan, "sections": sections}


def _filled(text: str) -> str:
    return (VAGUE * (len(text) // len(VAGUE) + 1))[: max(len(text), len(VAGUE))]
