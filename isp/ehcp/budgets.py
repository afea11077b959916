"""What section J says of money as the yearly return counts it (items 4.4a to 4.4c), from each day on.

Worked out when a version comes into force and kept beside it, so that a return for 25,000 plans opens none
of them: an arrangement counts from its first day, and what a later version says counts from the day of that
version. What stands on the row of the plan was told by a file, and counts until a version is made here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import exists, insert, select

from isp.audit import Unit
from isp.ehcp.content import items_of
from isp.ehcp.content import read as read_content
from isp.ehcp.models import StatutoryPlan
from isp.ehcp.plan_models import PlanBudget
from isp.ehcp.rules import Sort
from isp.kernel.db import table_of
from isp.kernel.ids import new_id
from isp.records import versions
from isp.records.models import Record, RecordVersion
from isp.records.shape import Content
from isp.records.versions import Version

BUDGETS, _PLANS = table_of(PlanBudget), table_of(StatutoryPlan)
_RECORDS, _VERSIONS = table_of(Record), table_of(RecordVersion)
AT_ONCE = 50
"""Plans whose versions are read in one transaction: each is opened."""
ORGANISED = "organised"
PAID_OUT = frozenset({"direct", "third_party"})
"""Paid to the family, or on its behalf to somebody who manages it (Code of Practice, 9.101)."""
FUNDS = {"education": "E", "care": "S", "health": "H", "joint": "I"}
"""By the purse that an arrangement is paid from: the letter of item 4.4c."""
_OF_PROVISION = {"f": "E", "g": "H", "h1": "S", "h2": "S"}
_OF_NEEDS = {"b": "E", "c": "H", "d": "S"}
EDUCATION = "E"
"""Whose money it is where nothing says otherwise: section J is there for special educational provision."""
_IN_FORCE = (Sort.FINAL.value, Sort.AMENDED.value, Sort.BROUGHT_IN.value)


@dataclass(frozen=True, slots=True)
class Budget:
    """Whether there is a personal budget, organised arrangements in it, and the letters of payments."""

    personal_budget: bool
    organised: bool
    direct_payments: str | None


# -- what a content says -----------------------------------------------------------------------------------


def says_nothing(content: Content) -> bool:
    """Whether section J is as nobody wrote in it: neither a budget nor an arrangement."""
    return not items_of(content, "j") and not _fields(content).get("has_budget")


def budget_on(content: Content, day: date) -> Budget:
    """What section J comes to on a day: arrangements that begin later do not count yet."""
    begun = [one for one in items_of(content, "j") if not one.get("from_on") or _day(one) <= day]
    letters = {letter for one in begun if one.get("paid") in PAID_OUT for letter in _letters(content, one)}
    return Budget(
        personal_budget=bool(_fields(content).get("has_budget")) or bool(begun),
        organised=any(one.get("paid") == ORGANISED for one in begun),
        direct_payments="".join(sorted(letters)) or None,
    )


def budgets(content: Content, on: date) -> list[tuple[date, Budget]]:
    """What section J of a version of this day comes to, and from which day on each time it changes."""
    later = {_day(one) for one in items_of(content, "j") if one.get("from_on") and _day(one) > on}
    found: list[tuple[date, Budget]] = []
    for day in (on, *sorted(later)):
        budget = budget_on(content, day)
        if not found or found[-1][1] != budget:
            found.append((day, budget))
    return found


def _fields(content: Content) -> dict[str, Any]:
    found: dict[str, Any] = content["sections"].get("j", {}).get("fields", {})
    return found


def _day(arrangement: Any) -> date:
    return date.fromisoformat(arrangement["from_on"])


def _letters(content: Content, one: Any) -> set[str]:
    """From which purse one arrangement is paid: as it says, else by what it pays for, else by whose need."""
    if one.get("fund") in FUNDS:
        return {FUNDS[one["fund"]]}
    for field, of in (("provision", _OF_PROVISION), ("needs", _OF_NEEDS)):
        named = set(one.get(field, ()))
        found = {of[name] for name in of if any(each["id"] in named for each in items_of(content, name))}
        if found:
            return found
    return {EDUCATION}


# -- keeping it: part of the deed that makes a version, which asks and records -----------------------------


def keep(unit: Unit, plan: Any, version: Version, content: Content) -> None:
    """Keep what section J of a version that comes into force says.

    Of one that was brought in with B, E and F alone it is not known, which is kept as well.
    """
    on = version.happened_on or unit.today
    unsaid = version.sort == Sort.BROUGHT_IN.value and says_nothing(content)
    found: Sequence[tuple[date, Budget | None]] = [(on, None)] if unsaid else budgets(content, on)
    rows = [
        {
            "id": new_id(),
            "plan_id": plan.id,
            "pupil_id": plan.pupil_id,
            "version_id": version.id,
            "issued_on": on,
            "from_on": day,
            "personal_budget": budget.personal_budget if budget else None,
            "organised": budget.organised if budget else False,
            "direct_payments": budget.direct_payments if budget else None,
            "recorded_at": unit.now,
        }
        for day, budget in found
    ]
    unit.connection.execute(insert(BUDGETS), rows)


def on_day(rows: Iterable[Any], day: date) -> Any | None:
    """Of what is kept for one plan: the row that counts on a day. None where no version here says it."""
    known = [one for one in rows if one.issued_on <= day and one.personal_budget is not None]
    if not known:
        return None
    newest = max(known, key=lambda one: (one.issued_on, one.recorded_at)).version_id
    begun = [one for one in known if one.version_id == newest and one.from_on <= day]
    return max(begun, key=lambda one: one.from_on)


# -- versions of an earlier release --------------------------------------------------------------------------


def unkept(unit: Unit) -> list[UUID]:
    """Versions in force once, of which nothing is kept yet: so many."""
    v = _VERSIONS.c
    query = (
        select(v.id)
        .join(_PLANS, _PLANS.c.record_id == v.record_id)
        .where(v.sort.in_(_IN_FORCE), ~exists(select(BUDGETS.c.id).where(BUDGETS.c.version_id == v.id)))
    )
    return list(unit.connection.scalars(query.order_by(v.recorded_at, v.id).limit(AT_ONCE)))


def keep_missing(unit: Unit, found: Sequence[UUID] | None = None) -> int:
    """The job's: keep what section J of these versions says. How many. ``found``: what ``unkept`` found."""
    done = 0
    for version in versions.of_ids(unit, unkept(unit) if found is None else found):
        plan = unit.connection.execute(select(_PLANS).where(_PLANS.c.record_id == version.record_id)).one()
        words = versions.read(unit, version.record_id, version.number, withdrawn_too=True)
        keep(unit, plan, version, read_content(words.content))
        done += 1
    return done
