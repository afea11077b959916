"""The vague words in one text: whole words, outside quotation marks, unless something near is exact."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from isp.banks.wording.quantities import is_near
from isp.banks.wording.rules import Rule, RuleSet

_QUOTED = re.compile(
    r"“[^”\n]{0,400}”|\"[^\"\n]{0,400}\"|(?<!\w)‘[^\n]{0,400}?’(?!\w)|(?<!\w)'[^'\n]{0,400}(?:\w'\w[^'\n]{0,400})*'(?!\w)"
)
_SENTENCE_END = re.compile(r"(?<!\be\.g)(?<!\bi\.e)(?<!\betc)(?<!\bMr)(?<!\bMrs)(?<!\bDr)[.!?](?=\s)|[;\n]")


@dataclass(frozen=True, slots=True)
class Found:
    """A vague word: the rule, and where it stands in the text."""

    rule: Rule
    start: int
    end: int


def vague_words(text: str, section: str, fields: Mapping[str, Any], rules: RuleSet) -> list[Found]:
    """The vague words of a text, in the order in which they stand; ``fields`` are its item's."""
    reading = _Reading(text)
    found = [
        Found(rule, start, end)
        for rule in rules.likely(section, text.lower())
        for start, end in reading.matches(rule, fields)
    ]
    return _without_overlaps(found)


class _Reading:
    """A text with its quotations and the bounds of its sentences."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def quoted(self) -> list[tuple[int, int]]:
        return [match.span() for match in _QUOTED.finditer(self.text)]

    @cached_property
    def ends(self) -> list[int]:
        return [match.end() for match in _SENTENCE_END.finditer(self.text)]

    def matches(self, rule: Rule, fields: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
        excuses = rule.excuses
        if excuses.field is not None and fields.get(excuses.field):
            return
        for match in rule.pattern.finditer(self.text):
            start, end = match.span()
            if not self.is_quoted(start, end) and not self.is_excused(rule, start, end):
                yield start, end

    def is_quoted(self, start: int, end: int) -> bool:
        return any(opening <= start and end <= closing for opening, closing in self.quoted)

    def is_excused(self, rule: Rule, start: int, end: int) -> bool:
        excuses = rule.excuses
        if excuses.following is not None and excuses.following.match(self.text, end):
            return True
        if excuses.before is not None and excuses.before.search(self.text, max(0, start - 40), start):
            return True
        first, last = self.sentence(start)
        if excuses.capital and self.text[start].isupper() and self.text[first:start].strip():
            return True
        sentence = self.text[first:last]
        if excuses.sentence is not None and excuses.sentence in sentence[end - first :]:
            return True
        return excuses.near is not None and is_near(excuses.near, sentence, start - first, end - first)

    def sentence(self, at: int) -> tuple[int, int]:
        """From where to where the sentence around a place goes."""
        index = bisect_right(self.ends, at)
        first = self.ends[index - 1] if index else 0
        return first, self.ends[index] if index < len(self.ends) else len(self.text)


def _without_overlaps(found: list[Found]) -> list[Found]:
    """Where words overlap, the longest speaks; then the first."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda each: (each.start - each.end, each.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda each: each.start)
