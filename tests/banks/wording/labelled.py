"""The labelled sentences: what schools write in outcomes, provision and adjustments, and what is to be said.

``sentences.json`` was written and committed before any rule. All sentences and names in it are invented.
Each has the section, the text, the structured fields beside it, and three labels:

- ``words``: every vague term, with its place in the text and its category;
- ``whole``: what is wrong with the sentence as a whole: ``disguise`` (an outcome that says what will be
  given, not what the pupil will do), ``ideas`` (more than one idea);
- ``missing``: the parts that neither text nor fields say. Of an outcome: who, does, context, measure,
  by_when, baseline (of provision in disguise none: rewriting comes first). Of provision: minutes, times,
  weeks, who, group. What is said vaguely is flagged as vague, and not called missing as well; but an
  amount counts as said only with a number or a period.

``later.json`` holds a few that were written after the rules, where a rule had only one kind; nothing is
measured on those.

``more_sentences.json`` holds more of what schools write, labelled before anybody looked at what the rules
said of them, and committed before the rules that were written for them. They are split as the first are.

The sentences fall into two halves by a hash of their text. Rules are written against the *worked* half;
the *held back* half is only measured.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("sentences.json")


@dataclass(frozen=True)
class Sentence:
    section: str
    text: str
    fields: dict[str, Any]
    words: tuple[tuple[int, int, str], ...]
    """From, to, category."""
    whole: frozenset[str]
    missing: frozenset[str]

    @property
    def held_back(self) -> bool:
        return hashlib.sha256(self.text.encode()).digest()[0] % 2 == 1


@cache
def sentences() -> tuple[Sentence, ...]:
    return (*_of_file(FILE), *more_sentences())


@cache
def more_sentences() -> tuple[Sentence, ...]:
    return _of_file(FILE.with_name("more_sentences.json"))


@cache
def later() -> tuple[Sentence, ...]:
    return _of_file(FILE.with_name("later.json"))


def _of_file(file: Path) -> tuple[Sentence, ...]:
    return tuple(_sentence(entry) for entry in json.loads(file.read_text("utf-8")))


def worked() -> list[Sentence]:
    return [one for one in sentences() if not one.held_back]


def held_back() -> list[Sentence]:
    return [one for one in sentences() if one.held_back]


def _sentence(entry: dict[str, Any]) -> Sentence:
    return Sentence(
        section=entry["section"],
        text=entry["text"],
        fields=entry["fields"],
        words=tuple((one["at"], one["at"] + len(one["words"]), one["category"]) for one in entry["words"]),
        whole=frozenset(entry["whole"]),
        missing=frozenset(entry["missing"]),
    )
