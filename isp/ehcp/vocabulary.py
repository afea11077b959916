"""The lists of an EHC plan as dated configuration: its own, those of the school's plan, and the packages.

``data/lists-*.toml`` holds what law and the Code name, ``data/packages-*.toml`` the Specialist Provision
Packages, which are a proposal: before their day there are none to choose (``kernel.dated``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

from isp.kernel.dated import Versions, head_of, load
from isp.plans import vocabulary as shared
from isp.plans.vocabulary import Configuration, Option

SECTIONS = ("a", "b", "c", "d", "e", "f", "g", "h1", "h2", "i", "j", "k")
"""Regulation 12(1), in its order: each is separately identified."""
PACKAGE = "ehc_package"


@dataclass(frozen=True, eq=False)
class Lists:
    """What could be chosen from one day to another, both included."""

    version: str
    effective_from: date
    effective_to: date | None
    options: Mapping[str, tuple[Option, ...]]
    checks: Mapping[str, int]
    """By when provision is checked: issue_days, setting_days, worry_days, yearly_months."""


@cache
def lists() -> Versions[Lists]:
    """Every version of the plan's own lists there has been, in order of time."""
    return load("isp.ehcp", "lists", _read, "lists of EHC plans")


@cache
def packages() -> Versions[Lists]:
    """Every list of Specialist Provision Packages there has been, in order of time."""
    return load("isp.ehcp", "packages", _read, "specialist provision packages")


def configuration_on(day: date) -> Configuration:
    """What an EHC plan of this day is written and read with."""
    offered = packages()[0].effective_from <= day
    return _configuration(
        shared.configuration_on(day), lists().on_or_first(day), packages().on(day) if offered else None
    )


@cache
def _configuration(base: Configuration, own: Lists, packed: Lists | None) -> Configuration:
    options = {**base.options, PACKAGE: (), **own.options, **(packed.options if packed else {})}
    return replace(
        base,
        version=own.version,
        options=MappingProxyType(options),
        staff_sections=SECTIONS,
        family_sections=SECTIONS,
        unsaid_to_families=frozenset({"b.area_2015", "b.area_proposed", "b.rank"}),
    )


def every_code(vocabulary: str) -> frozenset[str]:
    """Every code that a list has ever had: stored plans load whatever is offered today."""
    known = [one for each in (*lists(), *packages()) for one in each.options.get(vocabulary, ())]
    return frozenset(one.code for one in known) if known else shared.every_code(vocabulary)


def _read(data: Mapping[str, Any]) -> Lists:
    options = {name: tuple(_option(one) for one in found) for name, found in data["options"].items()}
    for name, found in options.items():
        if len({one.code for one in found}) != len(found):
            raise ValueError(f"{name} has a code twice")
    return Lists(
        **head_of(data), options=MappingProxyType(options), checks=MappingProxyType(data.get("checks", {}))
    )


def _option(entry: Mapping[str, Any]) -> Option:
    label = entry["label"]
    proposed = entry.get("proposed", False)
    return Option(
        code=entry["code"],
        label=f"{label} (proposed)" if proposed else label,
        family_label=entry.get("family", label),
        hint=entry.get("hint", ""),
        proposed=proposed,
    )
