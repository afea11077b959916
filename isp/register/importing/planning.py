"""What every plan has: changes, questions, and whether it may be carried out.

A plan is worked out from understood rows and a plain picture of what is on record; it touches nothing. It is
cheap to work out again, so it is never stored: who applies it plans anew from the staged file, with the same
answers, under the lock that guards the school's register.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from isp.register.importing.dates import in_words
from isp.register.importing.problems import Problem, Refused, count_of

Counted: TypeAlias = tuple[int, str, str]
"""How many, the sentence about them with a place for that, and what one of them is called."""


class Answer(StrEnum):
    """What a person says to a question about two names."""

    SAME = "same"
    ANOTHER = "another"


@dataclass(frozen=True, slots=True)
class Question:
    """Something only a person can tell. Until it is answered the plan is not applicable.

    `choices` are the answers that settle it. `key` names it in a form and in `answers`; it holds no
    personal data.
    """

    line: int
    message: str
    choices: tuple[Answer, ...]

    @property
    def key(self) -> str:
        return f"line-{self.line}"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record. str() gives "Class: 3 Oak becomes 4 Elm"."""

    field: str
    label: str
    was: object
    becomes: object

    def __str__(self) -> str:
        return f"{self.label}: {shown(self.was)} becomes {shown(self.becomes)}"


def shown(value: object) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return in_words(value)
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value))) or "nothing"
    return str(value)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The part that plans of every kind share. `unchanged` are the lines that ask for nothing."""

    unchanged: tuple[int, ...]
    refused: tuple[Refused, ...]
    questions: tuple[Question, ...]
    warnings: tuple[Problem, ...]

    @property
    def applicable(self) -> bool:
        """All rows or none: false while any row is refused or any question open."""
        return not self.refused and not self.questions

    def counted(self) -> tuple[Counted, ...]:
        """What would happen, in the order people ask."""
        raise NotImplementedError

    def summary(self) -> tuple[str, ...]:
        """The same, a sentence for each that there is; first what cannot be done as it stands."""
        listed: tuple[Counted, ...] = (
            (len(self.refused), "{} cannot be brought in.", "row"),
            (len(self.questions), "{} to answer.", "question"),
            *self.counted(),
        )
        return tuple(text.format(count_of(number, noun)) for number, text, noun in listed if number)


@dataclass
class Notes:
    """What is gathered on the way to a plan."""

    answers: Mapping[str, Answer]
    warnings: list[Problem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    _refused: dict[int, list[Problem]] = field(default_factory=dict)

    def carry(self, refused: Iterable[Refused], warnings: Iterable[Problem]) -> None:
        """Take over what reading the rows has found."""
        for row in refused:
            self._refused.setdefault(row.line, []).extend(row.problems)
        self.warnings.extend(warnings)

    def refuse(self, line: int, message: str) -> None:
        self._refused.setdefault(line, []).append(Problem(line, None, message))

    def warn(self, line: int | None, message: str) -> None:
        self.warnings.append(Problem(line, None, message))

    def ask(self, line: int, message: str, *choices: Answer) -> Answer | None:
        """The answer to a question, or None, and then the question is noted as open."""
        question = Question(line, message, choices)
        answer = self.answers.get(question.key)
        if answer in choices:
            return answer
        self.questions.append(question)
        return None

    def is_refused(self, line: int) -> bool:
        return line in self._refused

    def refused(self) -> tuple[Refused, ...]:
        return tuple(Refused(line, tuple(found)) for line, found in sorted(self._refused.items()))

    def all_warnings(self) -> tuple[Problem, ...]:
        return tuple(sorted(self.warnings, key=lambda problem: (problem.line is None, problem.line or 0)))


def lines(numbers: Iterable[int]) -> str:
    """Line numbers in a sentence: "line 4", "lines 4, 9 and 12"."""
    ordered = sorted(numbers)
    if len(ordered) == 1:
        return f"line {ordered[0]}"
    return f"lines {', '.join(map(str, ordered[:-1]))} and {ordered[-1]}"
