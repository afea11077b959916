"""The rules of the wording check as dated data: a text is read with what was in force on its day.

The files are ``data/wording-*.toml`` (``kernel.dated`` says how such files follow each other); the first
one says what its keys mean. A file that ``continues`` another holds what is new in it: rules, of which one
with an id that is there already takes its place, and more signs of the parts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from isp.banks.wording.quantities import NEAR, spelt
from isp.kernel.dated import Versions, head_of, load

SECTIONS = frozenset({"outcomes", "adjustments", "provision"})
"""The sections whose items are read. Never one that holds a child's words, or a parent's."""


@dataclass(frozen=True, slots=True)
class Excuses:
    """What makes a term of a rule legitimate; see the data file."""

    following: re.Pattern[str] | None = None
    before: re.Pattern[str] | None = None
    near: str | None = None
    sentence: str | None = None
    field: str | None = None
    capital: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One vague term: how it is found, why it is vague, what to write instead, who says so."""

    id: str
    term: str
    category: str
    pattern: re.Pattern[str]
    words: tuple[str, ...]
    why: str
    instead: str
    source: str
    sections: frozenset[str]
    excuses: Excuses


@dataclass(frozen=True, eq=False)
class RuleSet:
    """What was in force from one day to another, both included."""

    version: str
    effective_from: date
    effective_to: date | None
    rules: tuple[Rule, ...]
    sources: Mapping[str, str]
    categories: Mapping[str, str]
    """What is wrong with a term, by category, in words."""
    parts: Mapping[str, re.Pattern[str]]
    """What the parts of an outcome or of provision are recognised by."""

    by_word: Mapping[str, Mapping[str, tuple[int, ...]]]
    """By section, and a word of theirs ("" where there is none): the places of the rules that read there."""

    def likely(self, section: str, lower: str) -> list[Rule]:
        """The rules of a section that can match a text, given in small letters, in their order."""
        listed = self.by_word.get(section, {})
        places = {place for word, found in listed.items() if word in lower for place in found}
        return [self.rules[place] for place in sorted(places)]


def rules_on(day: date) -> RuleSet:
    """The rules in force on a day; before the first ones, the first."""
    return rule_sets().on_or_first(day)


@cache
def rule_sets() -> Versions[RuleSet]:
    """Every set of rules there has been, in order of time."""
    return load("isp.banks.wording", "wording", read, "wording rules")


def read(data: Mapping[str, Any]) -> RuleSet:
    """A set of rules from its file. KeyError or ValueError where something is missing or contradicts."""
    if (earlier := data.get("continues")) is not None:
        data = _continued(data, earlier)
    rules = tuple(_rule(entry, data) for entry in data["rules"])
    if len({rule.id for rule in rules}) != len(rules):
        raise ValueError("two rules have the same id")
    return RuleSet(
        **head_of(data),
        rules=rules,
        sources=MappingProxyType(data["sources"]),
        categories=MappingProxyType({name: one["label"] for name, one in data["categories"].items()}),
        parts=MappingProxyType(_parts(data["parts"])),
        by_word={section: _by_word(rules, section) for section in SECTIONS},
    )


def _continued(data: Mapping[str, Any], earlier: str) -> Mapping[str, Any]:
    """A file's data with what it takes from an earlier one."""
    file = resources.files("isp.banks.wording").joinpath("data", f"wording-{earlier}.toml")
    before = tomllib.loads(file.read_text("utf-8"))
    fresh = data.get("rules", [])
    if len({rule["id"] for rule in fresh}) != len(fresh):
        raise ValueError("two rules have the same id")
    rules = {rule["id"]: rule for rule in (*before["rules"], *fresh)}
    parts = {name: [*signs, *data.get("parts", {}).get(name, ())] for name, signs in before["parts"].items()}
    named = {name: {**before[name], **data.get(name, {})} for name in ("sources", "categories")}
    return {**data, **named, "rules": list(rules.values()), "parts": parts}


def _by_word(rules: tuple[Rule, ...], section: str) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for place, rule in enumerate(rules):
        if section in rule.sections:
            for word in rule.words or ("",):
                found.setdefault(word, []).append(place)
    return {word: tuple(places) for word, places in found.items()}


def _rule(entry: Mapping[str, Any], data: Mapping[str, Any]) -> Rule:
    if entry["source"] not in data["sources"]:
        raise ValueError(f"no such source: {entry['source']}")
    sections = frozenset(entry.get("on", data["categories"][entry["category"]]["on"]))
    if not sections <= SECTIONS:
        raise ValueError(f"{entry['id']} reads what is not to be read: {', '.join(sections - SECTIONS)}")
    near = entry.get("unless_near")
    if near is not None and near not in NEAR:
        raise ValueError(f"no such neighbour: {near}")
    return Rule(
        id=entry["id"],
        term=entry["term"],
        category=entry["category"],
        pattern=_any(entry["match"]),
        words=tuple(entry.get("word", ())),
        why=entry["why"],
        instead=entry["instead"],
        source=entry["source"],
        sections=sections,
        excuses=Excuses(
            following=_after(entry.get("unless_next")),
            before=_before(entry.get("unless_before")),
            near=near,
            sentence=entry.get("unless_sentence"),
            field=entry.get("unless_field"),
            capital=entry.get("unless_capital", False),
        ),
    )


def _parts(data: Mapping[str, list[str]]) -> dict[str, re.Pattern[str]]:
    """The signs of each part; one list may name another: {roles}."""
    named = {name: "|".join(patterns) for name, patterns in data.items()}
    found = {}
    for name, patterns in data.items():
        whole = list(patterns)
        for other in ("therapies", "roles", "doing"):
            whole = [pattern.replace(f"{{{other}}}", named[other]) for pattern in whole]
        found[name] = _any(whole)
    return found


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    """One of the patterns as whole words; a hyphen makes another word of it."""
    whole = "|".join(f"(?:{_spaced(pattern)})" for pattern in patterns)
    return re.compile(rf"(?<![\w-])(?:{whole})(?![\w-])", re.IGNORECASE)


def _after(patterns: list[str] | None) -> re.Pattern[str] | None:
    if patterns is None:
        return None
    return re.compile(rf"[\s-]*(?:{'|'.join(map(_spaced, patterns))})", re.IGNORECASE)


def _before(patterns: list[str] | None) -> re.Pattern[str] | None:
    if patterns is None:
        return None
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(_spaced, patterns))})[\s-]*$", re.IGNORECASE)


def _spaced(pattern: str) -> str:
    return spelt(pattern).replace(" ", r"\s+").replace(r"\s+?", r"\s?")
