"""Names, lists and duties as dated configuration: a plan is read with what was in force on its date.

The files are ``data/configuration-*.toml`` (``kernel.dated`` says how such files follow each other).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

from isp.kernel.dated import Versions, head_of, load
from isp.records.shape import Audience

NEED_CODE = "need_code"
"""The list of census codes, offered like every other list."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a list: a code that is stored, and the words for it."""

    code: str
    label: str
    family_label: str
    hint: str = ""
    proposed: bool = False
    """Named by the proposals of 2026, not by law: pages say so."""
    months: int | None = None
    """Of a review interval: its length."""
    say: str | None = None
    """Of a period: how it is said after a number of times ("a week")."""

    def words(self, audience: Audience) -> str:
        return self.family_label if audience == "family" else self.label


@dataclass(frozen=True, slots=True)
class NeedCode:
    """A census code of need, and what follows from it unless a person says otherwise."""

    option: Option
    area_2015: str | None
    area_proposed: str | None
    sen_support_only: bool
    """Valid with SEN support (K) only, never with an EHC plan or in SEN2."""


@dataclass(frozen=True, eq=False)
class Configuration:
    """What was in force from one day to another, both included."""

    version: str
    effective_from: date
    effective_to: date | None
    options: Mapping[str, tuple[Option, ...]]
    need_codes: Mapping[str, NeedCode]
    staff_sections: tuple[str, ...]
    family_sections: tuple[str, ...]
    unsaid_to_families: frozenset[str]
    """Answers, "section.field", that say nothing to a family: the school's and the census's bookkeeping."""
    review_default: str
    horizon_years: int
    """How far ahead of today a date in a plan may lie."""
    required_by_layer: Mapping[str, tuple[str, ...]]
    blocking_by_layer: Mapping[str, frozenset[str]]

    def option(self, vocabulary: str, code: str) -> Option | None:
        return next((one for one in self.options[vocabulary] if one.code == code), None)

    def words(self, vocabulary: str, code: str, audience: Audience = "school") -> str:
        """The words for a code; one that this configuration does not know is looked for in the others."""
        found = self.option(vocabulary, code)
        if found is None:
            others = (one.option(vocabulary, code) for one in reversed(configurations()))
            found = next((one for one in others if one is not None), None)
        return code if found is None else found.words(audience)

    def section_order(self, audience: Audience) -> tuple[str, ...]:
        return self.family_sections if audience == "family" else self.staff_sections

    def is_unsaid(self, section: str, field: str, audience: Audience) -> bool:
        """Whether an answer is left out of what this audience reads."""
        return audience == "family" and f"{section}.{field}" in self.unsaid_to_families

    def areas(self, need: Mapping[str, Any]) -> tuple[str | None, str | None]:
        """The 2015 area and the proposed area of a need: as a person chose, else as its code says."""
        code = self.need_codes.get(need.get("code", ""))
        return (
            need.get("area_2015") or (code.area_2015 if code else None),
            need.get("area_proposed") or (code.area_proposed if code else None),
        )

    def required(self, layer: str | None) -> tuple[str, ...]:
        """What a plan at this layer needs before it can be finalised: "section" or "section.field"."""
        asked = (*self.required_by_layer.get("any", ()), *self.required_by_layer.get(layer or "", ()))
        return tuple(dict.fromkeys(asked))

    def blocking(self, layer: str | None) -> frozenset[str]:
        """The gaps of the golden thread that stop a plan at this layer from being finalised."""
        none: frozenset[str] = frozenset()
        return self.blocking_by_layer.get("any", none) | self.blocking_by_layer.get(layer or "", none)

    def interval_months(self, interval: str | None) -> int | None:
        """Months between reviews, for an interval's code; None where the code is not known."""
        option = self.option("review_interval", interval or self.review_default)
        return option.months if option else None


def configuration_on(day: date) -> Configuration:
    """The configuration in force on a day; before the first one, the first."""
    return configurations().on_or_first(day)


@cache
def configurations() -> Versions[Configuration]:
    """Every configuration there has been, in order of time."""
    return load("isp.plans", "configuration", read, "names, lists and duties of plans")


def every_code(vocabulary: str) -> frozenset[str]:
    """Every code a list has ever had: stored plans load whatever is offered today."""
    return frozenset(
        option.code for configuration in configurations() for option in configuration.options[vocabulary]
    )


def read(data: Mapping[str, Any]) -> Configuration:
    """A configuration from its file. KeyError or ValueError where something is missing or contradicts."""
    codes = {entry["code"]: _need_code(entry) for entry in data["need_codes"]}
    options = {name: tuple(_option(entry) for entry in entries) for name, entries in data["options"].items()}
    options[NEED_CODE] = tuple(code.option for code in codes.values())
    configuration = Configuration(
        **head_of(data),
        options=MappingProxyType(options),
        need_codes=MappingProxyType(codes),
        staff_sections=tuple(data["sections"]["staff"]),
        family_sections=tuple(data["sections"]["family"]),
        unsaid_to_families=frozenset(data["sections"]["unsaid_to_families"]),
        review_default=data["review"]["default"],
        horizon_years=data["review"]["horizon_years"],
        required_by_layer=MappingProxyType({layer: tuple(what) for layer, what in data["required"].items()}),
        blocking_by_layer=MappingProxyType(
            {layer: frozenset(what) for layer, what in data["golden_thread"].items()}
        ),
    )
    _refuse_contradictions(configuration)
    return configuration


def _refuse_contradictions(configuration: Configuration) -> None:
    layers = {"any"} | {option.code for option in configuration.options["layer"]}
    named = configuration.required_by_layer.keys() | configuration.blocking_by_layer.keys()
    if unknown := named - layers:
        raise ValueError(f"no such layer: {', '.join(sorted(unknown))}")
    for name, options in configuration.options.items():
        if len({option.code for option in options}) != len(options):
            raise ValueError(f"{name} has a code twice")
    for code in configuration.need_codes.values():
        for name, area in (("area_2015", code.area_2015), ("area_proposed", code.area_proposed)):
            if area is not None and configuration.option(name, area) is None:
                raise ValueError(f"no such area: {area}")
    if configuration.interval_months(None) is None:
        raise ValueError("the default review interval is not in the list")


def _option(entry: Mapping[str, Any]) -> Option:
    return Option(
        code=entry["code"],
        label=entry["label"],
        family_label=entry.get("family", entry["label"]),
        hint=entry.get("hint", ""),
        proposed=entry.get("proposed", False),
        months=entry.get("months"),
        say=entry.get("say"),
    )


def _need_code(entry: Mapping[str, Any]) -> NeedCode:
    return NeedCode(
        option=_option(entry),
        area_2015=entry.get("area_2015"),
        area_proposed=entry.get("area_proposed"),
        sen_support_only=entry.get("sen_support_only", False),
    )
