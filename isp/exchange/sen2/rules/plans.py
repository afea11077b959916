"""Rules about the plan and what it names (module 4)."""

from __future__ import annotations

from datetime import date

from isp.exchange.sen2.message import NamedPlan, Person, Request
from isp.exchange.sen2.rules.registry import PLAN, Facts, days, of_request


def is_active(plan: NamedPlan, on: date) -> bool:
    """Whether a plan was in force on a day."""
    return (
        plan.started_on is not None
        and plan.started_on <= on
        and (plan.ceased_on is None or plan.ceased_on > on)
    )


def ways(*given: str | None) -> int:
    """In how many ways a setting is named."""
    return sum(one is not None for one in given)


@of_request(
    "S-030",
    "E",
    PLAN,
    "Give the date of the plan, not after the census day; and the assessment that led to it.",
)
def _plan_dated(one: Request, _person: Person, facts: Facts) -> bool:
    plan = one.plan
    if plan is None or one.assessment is None:
        return False
    if one.assessment.outcome not in ("Y", "H"):
        # Of one that is undecided or withdrawn, the rule of the assessment says so.
        return one.assessment.outcome == "N"
    return plan.started_on is None or plan.started_on > facts.year.census_on


@of_request(
    "S-031",
    "E",
    PLAN,
    "Name each setting of section I by one thing only: its URN, else its UKPRN, else a code; other "
    "words only "
    "with OTH.",
)
def _named_settings(one: Request, _person: Person, facts: Facts) -> bool:
    codes = facts.year.codes["PlanDetail.SENSetting"]
    return any(
        ways(each.urn, each.ukprn, each.setting) != 1
        or (each.setting is not None and each.setting not in codes)
        or (each.setting_other is not None and each.setting != "OTH")
        for each in (one.plan.details if one.plan else ())
    )


@of_request(
    "S-032",
    "E",
    PLAN,
    "Of the settings named in section I one is the main one, and at most one comes second.",
)
def _named_ranks(one: Request, _person: Person, _facts: Facts) -> bool:
    if one.plan is None or not one.plan.details:
        return False
    ranks = sorted(each.rank or 0 for each in one.plan.details)
    return ranks not in ([1], [1, 2])


@of_request(
    "S-033",
    "E",
    PLAN,
    "Say of every school whether the place is in its SEN unit and whether it is resourced provision: "
    "not both.",
)
def _units(one: Request, _person: Person, _facts: Facts) -> bool:
    settings = [*(one.plan.details if one.plan else ()), *(one.active.placements if one.active else ())]
    return any(
        (each.urn is not None and (each.sen_unit is None or each.resourced is None))
        or bool(each.sen_unit and each.resourced)
        for each in settings
    )


@of_request(
    "S-034",
    "E",
    PLAN,
    "There are organised arrangements or direct payments, so the family took up a personal budget. Say so.",
)
def _budget(one: Request, _person: Person, _facts: Facts) -> bool:
    plan = one.plan
    return plan is not None and bool(plan.organised or plan.direct_payments) and not plan.personal_budget


@of_request(
    "S-035", "E", PLAN, "A plan that ended has the day and the reason, and the day is not before the plan’s."
)
def _ended(one: Request, _person: Person, _facts: Facts) -> bool:
    plan = one.plan
    if plan is None:
        return False
    if (plan.ceased_on is None) != (plan.cease_reason is None):
        return True
    return days(plan.started_on, plan.ceased_on) < 0


@of_request(
    "S-036",
    "Q",
    PLAN,
    "The plan ended for “another reason”. See whether one of the reasons of the list fits.",
)
def _ended_otherwise(one: Request, _person: Person, _facts: Facts) -> bool:
    return one.plan is not None and one.plan.cease_reason == "9"
