"""Precision and recall of the wording check on labelled sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from isp.banks.wording.check import DISGUISE, IDEAS, MISSING, TEXTS, Hint, check
from isp.banks.wording.rules import rules_on
from tests.banks.wording.labelled import Sentence

DAY = date(2026, 11, 22)


def read(sentence: Sentence) -> list[Hint]:
    """The hints under the sentence itself, with the fields beside it."""
    main = TEXTS[sentence.section][0]
    found = check(sentence.section, sentence.fields | {main: sentence.text}, rules_on(DAY))
    return [hint for hint in found if hint.field == main]


@dataclass
class Measure:
    """What was said and what ought to be."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    unsaid: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)

    def precision(self, *kinds: str) -> float:
        right, wrong = (_sum(one, kinds) for one in (self.right, self.wrong))
        return right / (right + wrong) if right + wrong else 1.0

    def recall(self, *kinds: str) -> float:
        right, unsaid = (_sum(one, kinds) for one in (self.right, self.unsaid))
        return right / (right + unsaid) if right + unsaid else 1.0

    def lines(self) -> Iterator[str]:
        for kind in ("words", "whole", "missing"):
            total = self.right[kind] + self.unsaid[kind]
            yield (
                f"{kind:8} precision {self.precision(kind):.3f} ({self.wrong[kind]} said wrongly), "
                f"recall {self.recall(kind):.3f} ({self.unsaid[kind]} of {total} not said)"
            )


def _sum(counted: Counter[str], kinds: tuple[str, ...]) -> int:
    return sum(counted[kind] for kind in kinds)


def measure(sentences: Iterable[Sentence]) -> Measure:
    measured = Measure()
    for sentence in sentences:
        hints = read(sentence)
        _words(sentence, hints, measured)
        _sets(
            sentence,
            "whole",
            sentence.whole,
            {h.kind for h in hints if h.kind in (DISGUISE, IDEAS)},
            measured,
        )
        parts = {part for hint in hints if hint.kind == MISSING for part in hint.parts}
        _sets(sentence, "missing", sentence.missing, parts, measured)
    return measured


def _words(sentence: Sentence, hints: list[Hint], measured: Measure) -> None:
    wanted = list(sentence.words)
    for hint in hints:
        if hint.start < 0:
            continue
        end = hint.start + len(hint.words)
        match = next(
            (one for one in wanted if one[2] == hint.category and one[0] < end and hint.start < one[1]), None
        )
        if match is None:
            measured.wrong["words"] += 1
            measured.complaints.append(f"wrongly: “{hint.words}” ({hint.kind}) in: {sentence.text}")
        else:
            wanted.remove(match)
            measured.right["words"] += 1
    measured.unsaid["words"] += len(wanted)
    measured.complaints += [
        f"not said: “{sentence.text[start:end]}” ({category}) in: {sentence.text}"
        for start, end, category in wanted
    ]


def _sets(sentence: Sentence, kind: str, wanted: frozenset[str], said: set[str], measured: Measure) -> None:
    measured.right[kind] += len(wanted & said)
    measured.wrong[kind] += len(said - wanted)
    measured.unsaid[kind] += len(wanted - said)
    for name, listed in (("wrongly", said - wanted), ("not said", wanted - said)):
        measured.complaints += [f"{name}: {one} in: {sentence.text}" for one in sorted(listed)]
