"""Word by word: what was taken out of a text and what was put in, for reading and reading aloud.

Works on words of any script: combining marks stay with their letters, scripts written without spaces
(Chinese, Japanese, Thai, Lao, Khmer, Burmese) are compared sign by sign, white space counts as text. The
work is bounded by a count of steps, never by time, so the same two texts always give the same marks;
beyond the bound a stretch is shown as taken out and put in whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

Run: TypeAlias = Literal["same", "deleted", "inserted"]

STEPS = 40_000
"""The bound on comparisons: about 15 ms of work, which no two texts a person has edited come near."""

TOO_DIFFERENT = 0.2
"""Below this share of common words, marks are confetti: the whole is shown as replaced."""

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Mark:
    """A run of text that is the same in both, or in one only."""

    run: Run
    text: str


@cache
def _tokens_pattern() -> re.Pattern[str]:
    # Python's \w leaves out combining marks, which would part Hindi, Arabic or Thai words at every
    # vowel sign. All marks lie in these two stretches; the scan takes a few milliseconds, once.
    marks: list[str] = []
    start = previous = None
    for point in [*range(0x300, 0x1E950), *range(0xE0100, 0xE01F0), 0x10FFFF]:
        if unicodedata.category(chr(point)).startswith("M"):
            start = start or point
            previous = point
        elif start is not None and previous is not None:
            marks.append(f"{chr(start)}-{chr(previous)}" if previous > start else chr(start))
            start = None
    joined = "".join(marks) + _JOINERS
    return re.compile(
        rf"[{_UNSPACED}][{joined}]*"
        rf"|[^\W{_UNSPACED}](?:[^\W{_UNSPACED}]|[{joined}]|['’](?=[^\W{_UNSPACED}]))*"
        r"|\n|[^\S\n]+"
        rf"|.(?:[{joined}\U0001f3fb-\U0001f3ff]|(?<=\u200d).)*",
        re.DOTALL,
    )


def tokens(text: str) -> list[str]:
    """The text in pieces (words, white space, single signs); joined, they are the text."""
    return _tokens_pattern().findall(text)


def marks(before: str, after: str, *, steps: int = STEPS) -> tuple[Mark, ...]:
    """The runs that lead from one text to the other.

    Same and deleted runs joined are ``before``, same and inserted runs joined are ``after``; no two
    neighbours are of one kind, and a deletion stands before the insertion that replaces it.
    """
    if before == after:
        return (Mark("same", before),) if before else ()
    olds, news = tokens(before), tokens(after)
    comparison = _Comparison(olds, news, steps)
    pairs = comparison.pairs()
    words = sum(1 for old, _ in pairs if not olds[old].isspace())
    most = max(sum(1 for token in side if not token.isspace()) for side in (olds, news))
    if words < most * TOO_DIFFERENT:
        pairs = []
    return tuple(_joined(_smoothed(_runs(olds, news, pairs))))


class _Comparison:
    """The pairs of positions at which two lists of tokens agree."""

    def __init__(self, olds: list[str], news: list[str], steps: int) -> None:
        self.olds, self.news, self.left = olds, news, steps

    def pairs(self) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        # An explicit stack, last stretch first: a text can have more anchors than Python has frames.
        stretches = [(0, len(self.olds), 0, len(self.news))]
        while stretches:
            low, high, start, end = stretches.pop()
            while low < high and start < end and self.olds[low] == self.news[start]:
                found.append((low, start))
                low, start = low + 1, start + 1
            while low < high and start < end and self.olds[high - 1] == self.news[end - 1]:
                high, end = high - 1, end - 1
                found.append((high, end))
            if low == high or start == end:
                continue
            anchors = self._anchors(low, high, start, end)
            if not anchors:
                found += self._shortest(low, high, start, end)
                continue
            for old, new in anchors:
                found.append((old, new))
                stretches.append((low, old, start, new))
                low, start = old + 1, new + 1
            stretches.append((low, high, start, end))
        found.sort()
        return found

    def _anchors(self, low: int, high: int, start: int, end: int) -> list[tuple[int, int]]:
        """Tokens that occur once on either side, in the longest run of rising positions."""
        self.left -= (high - low + end - start) // 8  # counting a token is cheaper than a step of an edit
        if self.left < 0:
            return []
        once_old, once_new = Counter(self.olds[low:high]), Counter(self.news[start:end])
        where = {self.news[at]: at for at in range(start, end) if once_new[self.news[at]] == 1}
        candidates = [
            (at, where[self.olds[at]])
            for at in range(low, high)
            if once_old[self.olds[at]] == 1 and self.olds[at] in where
        ]
        return _rising(candidates)

    def _shortest(self, low: int, high: int, start: int, end: int) -> list[tuple[int, int]]:
        """The shortest edit (Myers 1986) within the steps that are left; no pairs beyond them."""
        if self.left < 0:
            return []
        olds, news = self.olds[low:high], self.news[start:end]
        reach = {1: 0}
        trail: list[dict[int, int]] = []
        for distance in range(len(olds) + len(news) + 1):
            trail.append(dict(reach))
            for diagonal in range(-distance, distance + 1, 2):
                if diagonal == -distance or (
                    diagonal != distance and reach[diagonal - 1] < reach[diagonal + 1]
                ):
                    old = reach[diagonal + 1]
                else:
                    old = reach[diagonal - 1] + 1
                new = old - diagonal
                while old < len(olds) and new < len(news) and olds[old] == news[new]:
                    old, new = old + 1, new + 1
                    self.left -= 1
                reach[diagonal] = old
                if old >= len(olds) and new >= len(news):
                    return [(low + a, start + b) for a, b in _walk(trail, len(olds), len(news))]
            self.left -= 2 * distance + 1
            if self.left < 0:
                return []
        return []


def _rising(candidates: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence whose second positions rise; the first positions rise already."""
    piles: list[int] = []  # index of the candidate on top of each pile
    back: list[int] = []
    for index, (_, new) in enumerate(candidates):
        low, high = 0, len(piles)
        while low < high:
            middle = (low + high) // 2
            if candidates[piles[middle]][1] < new:
                low = middle + 1
            else:
                high = middle
        back.append(piles[low - 1] if low else -1)
        piles[low : low + 1] = [index]
    chain: list[tuple[int, int]] = []
    index = piles[-1] if piles else -1
    while index >= 0:
        chain.append(candidates[index])
        index = back[index]
    return chain[::-1]


def _walk(trail: list[dict[int, int]], old: int, new: int) -> Iterator[tuple[int, int]]:
    """Back along the shortest edit: the pairs of positions that agree."""
    for distance in range(len(trail) - 1, -1, -1):
        reach, diagonal = trail[distance], old - new
        down = diagonal == -distance or (diagonal != distance and reach[diagonal - 1] < reach[diagonal + 1])
        came_from = diagonal + 1 if down else diagonal - 1
        old_start = reach[came_from] if distance else 0
        new_start = old_start - came_from if distance else 0
        first = (old_start if down else old_start + 1) if distance else 0
        while old > first:
            old, new = old - 1, new - 1
            yield old, new
        old, new = old_start, new_start


def _runs(olds: list[str], news: list[str], pairs: list[tuple[int, int]]) -> Iterator[Mark]:
    old = new = 0
    for at, there in [*pairs, (len(olds), len(news))]:
        yield Mark("deleted", "".join(olds[old:at]))
        yield Mark("inserted", "".join(news[new:there]))
        if at < len(olds):
            yield Mark("same", olds[at])
        old, new = at + 1, there + 1


def _smoothed(runs: Iterable[Mark]) -> Iterator[Mark]:
    """A space alone between two replacements belongs to them: 'red big' to 'blue small' is one change."""
    deleted = inserted = space = ""
    for mark in runs:
        if mark.text and mark.run != "same":
            # A space is only held while both sides have text, so it never becomes a change of its own.
            deleted += space + (mark.text if mark.run == "deleted" else "")
            inserted += space + (mark.text if mark.run == "inserted" else "")
            space = ""
        elif mark.text:
            if deleted and inserted and not space and mark.text.isspace() and "\n" not in mark.text:
                space = mark.text
                continue
            yield from (Mark("deleted", deleted), Mark("inserted", inserted), Mark("same", space), mark)
            deleted = inserted = space = ""
    yield from (Mark("deleted", deleted), Mark("inserted", inserted), Mark("same", space))


def _joined(runs: Iterable[Mark]) -> Iterator[Mark]:
    run: Run = "same"
    text = ""
    for mark in runs:
        if not mark.text:
            continue
        if mark.run != run and text:
            yield Mark(run, text)
            text = ""
        run, text = mark.run, text + mark.text
    if text:
        yield Mark(run, text)
