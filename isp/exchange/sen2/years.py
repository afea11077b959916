"""The years of the return: order, what is needed, codes, days. Each is a file of ``data/``; no code
knows one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from isp.exchange.sen2.message import fields_of

DATA = resources.files("isp.exchange").joinpath("data")


@dataclass(frozen=True, slots=True)
class Year:
    """One year's form. ``period_from`` and ``period_to`` are the collection year, ``census_on`` comes
    after.
    """

    year: int
    census_on: date
    period_from: date
    period_to: date
    setting_tag: str
    order: Mapping[str, tuple[str, ...]]
    needed: Mapping[str, frozenset[str]]
    needed_of_decided: frozenset[str]
    most: Mapping[str, int]
    codes: Mapping[str, frozenset[str]]
    patterns: Mapping[str, str]

    def codes_of(self, element: str, tag: str) -> frozenset[str] | None:
        """The codes that a tag may have in an element; None where it is no code."""
        return self.codes.get(f"{element}.{tag}") or self.codes.get(tag)

    def as_written(self, tag: str) -> str:
        """A tag in the capitals that this year's files have."""
        return self.setting_tag if tag == "SENSetting" else tag


@cache
def years() -> Mapping[int, Year]:
    """All the years there are files for, the earliest first."""
    found = [
        read_year(one.read_text(encoding="utf-8"))
        for one in DATA.iterdir()
        if one.name.startswith("sen2-") and one.name.endswith(".toml")
    ]
    return {one.year: one for one in sorted(found, key=lambda one: one.year)}


def read_year(text: str) -> Year:
    """A year from its file. ValueError where the order leaves out or invents a tag."""
    held = tomllib.loads(text)
    order = {element: tuple(tags) for element, tags in held["order"].items()}
    for element, tags in order.items():
        known = {one.tag for one in fields_of(element)}
        if set(tags) != known or len(tags) != len(known):
            raise ValueError(
                f"{held['year']}: the order of {element} is not that of its tags: {known ^ set(tags)}"
            )
    return Year(
        year=held["year"],
        census_on=held["census_on"],
        period_from=held["period_from"],
        period_to=held["period_to"],
        setting_tag=held["setting_tag"],
        order=order,
        needed={element: frozenset(tags) for element, tags in held["needed"].items()},
        needed_of_decided=frozenset(held["decided_request"]["needed"]),
        most=held["most"],
        codes={tag: frozenset(codes) for tag, codes in held["codes"].items()},
        patterns=held["patterns"],
    )


def year_for(today: date) -> Year:
    """The return that is being got ready on a day: the one whose census day is next, else the last there is.

    A return is sent in weeks after its census day, so a year stays the present one until the end of March.
    """
    for one in years().values():
        if today <= one.census_on.replace(month=3, day=31):
            return one
    return list(years().values())[-1]
