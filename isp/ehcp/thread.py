"""What in an EHC plan is not matched: a need without provision, provision for nothing.

Each need in B is matched by provision in F and an outcome in E, each in C by G, each in D by H1 or H2. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from isp.ehcp.content import SHAPE, items_of
from isp.plans.names import name_of
from isp.plans.vocabulary import Configuration
from isp.records.shape import Content, Item

FROM_YEAR = 9
"""Regulation 12(3): in or beyond this year of compulsory schooling."""
_PREPARES = ("f", "g", "h1", "h2")
_OLDER = frozenset(str(year) for year in range(FROM_YEAR, 16))


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is not matched. ``blocks``: the plan cannot be made until it is mended."""

    section: str
    item: str | None
    sentence: str
    blocks: bool


def gaps(content: Content, configuration: Configuration, year_group: str | None = None) -> list[Gap]:
    """What is not matched, in the order of the sections. Works on a projected plan: what the reader may not
    see is not asked for.
    """
    return list(_Matching(content, configuration).found(year_group))


class _Matching:
    def __init__(self, content: Content, configuration: Configuration) -> None:
        self.content, self.configuration = content, configuration

    def found(self, year_group: str | None) -> Iterator[Gap]:
        yield from self.needs()
        yield from self.others("c", ("g",), "health provision in G")
        yield from self.others("d", ("h1", "h2"), "social care provision in H1 or H2")
        yield from self.outcomes()
        for section in ("f", "g", "h1", "h2"):
            yield from self.provision(section)
        yield from self.adulthood(year_group)

    def seen(self, *sections: str) -> bool:
        return all(section in self.content["sections"] for section in sections)

    def named(self, *sections: str, field: str) -> set[str]:
        """The ids that entries of these sections name in a field."""
        return {
            one
            for section in sections
            for item in items_of(self.content, section)
            for one in item.get(field, ())
        }

    def gap(self, section: str, item: Item, sentence: str, *, blocks: bool) -> Gap:
        name = name_of(SHAPE.sections[section], item, self.configuration, "school").removesuffix(".")
        return Gap(section, item["id"], sentence.format(name), blocks)

    def needs(self) -> Iterator[Gap]:
        if not self.seen("b", "e", "f"):
            return
        helped, aimed = self.named("f", field="needs"), self.named("e", field="needs")
        for need in items_of(self.content, "b"):
            if need["id"] not in helped:
                said = "No provision in F is for the need “{}”. Each need is matched by provision."
                yield self.gap("b", need, said, blocks=True)
            if need["id"] not in aimed:
                said = "No outcome in E is about the need “{}”. Say what should come of it."
                yield self.gap("b", need, said, blocks=True)

    def others(self, section: str, given: tuple[str, ...], what: str) -> Iterator[Gap]:
        if not self.seen(section, *given):
            return
        helped = self.named(*given, field="needs")
        for need in items_of(self.content, section):
            if need["id"] not in helped:
                yield self.gap(
                    section, need, f"No {what} is for “{{}}”. Say what is given, or why not.", blocks=False
                )

    def outcomes(self) -> Iterator[Gap]:
        known = {item["id"] for item in items_of(self.content, "b")}
        for outcome in items_of(self.content, "e") if self.seen("b") else ():
            if not known.intersection(outcome.get("needs", ())):
                said = "The outcome “{}” is about no need in B. Say which it is about."
                yield self.gap("e", outcome, said, blocks=False)

    def provision(self, section: str) -> Iterator[Gap]:
        of = {"f": "b", "g": "c"}.get(section, "d")
        if not self.seen(section, of):
            return
        known = {item["id"] for item in items_of(self.content, of)}
        aims = {item["id"] for item in items_of(self.content, "e")}
        for item in items_of(self.content, section):
            if not known.intersection(item.get("needs", ())):
                said = f"The provision “{{}}” is for no need in {of.upper()}. Say which it is for."
                yield self.gap(section, item, said, blocks=section == "f")
            if section == "f" and self.seen("e") and not aims.intersection(item.get("outcomes", ())):
                said = "The provision “{}” is towards no outcome in E. Say which it is towards."
                yield self.gap(section, item, said, blocks=False)

    def adulthood(self, year_group: str | None) -> Iterator[Gap]:
        if year_group not in _OLDER or not self.seen(*_PREPARES):
            return
        marked = any(item.get("adulthood") for one in _PREPARES for item in items_of(self.content, one))
        if not marked:
            yield Gap(
                "f",
                None,
                "From year 9 a plan includes provision that prepares for adulthood and independent living"
                " (regulation 12(3)). Mark what does, or add it.",
                blocks=True,
            )


def by_section(found: list[Gap]) -> Mapping[str, int]:
    """How many in each section."""
    counted: dict[str, int] = {}
    for gap in found:
        counted[gap.section] = counted.get(gap.section, 0) + 1
    return counted
