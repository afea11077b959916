"""What a round of questions may be, and when something may be done with it. Pure: Conflict or Invalid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from isp.kernel.canonical import nfc, undirected
from isp.kernel.dated import Versions, head_of, load
from isp.kernel.errors import Conflict, Invalid

OPEN, CLOSED = "open", "closed"
COUNT = 4
QUESTION_LIMIT = 300
ANSWER_LIMIT = 1000
LONGEST = timedelta(days=366)
BEFORE_THE_MEETING = timedelta(days=7)
ATTENTION = "Some answers need attention."
GOING, TEXT = "going", "text"
"""What is answered to each outcome: how it goes, by a code of the vocabulary "result", and in words."""
NO_VERSION = (
    "There is no version of the plan in force yet, so there is nothing to ask about. Finalise it first."
)
NO_TEACHERS = "Nobody teaches this pupil yet. Put the pupil into a class, and a teacher with it, then ask."
HAS_OPEN = "The teachers are being asked already. Close those questions before you ask others."
IS_CLOSED = "These questions are closed, so nothing is answered any more."
NOT_ASKED = "These questions were put to others."


@dataclass(frozen=True, slots=True)
class UsualQuestions:
    """The questions that a round begins with, from one day to another."""

    version: str
    effective_from: date
    effective_to: date | None
    questions: tuple[str, ...]


def usual_questions(day: date) -> tuple[str, ...]:
    """What a round of that day begins with; it keeps its own words, so nobody asks for them later."""
    return question_lists().on_or_first(day).questions


@cache
def question_lists() -> Versions[UsualQuestions]:
    """Every list of questions there has been, in order of time."""
    return load("isp.reviews", "questions", read, "usual questions")


def read(data: Mapping[str, Any]) -> UsualQuestions:
    """The questions from their file. KeyError or ValueError where something is missing."""
    questions = tuple(data["questions"])
    if len(questions) != COUNT:
        raise ValueError(f"a round has {COUNT} questions")
    return UsualQuestions(**head_of(data), questions=questions)


def check_asking(questions: Sequence[str], due_on: date, today: date) -> list[str]:
    """The questions, trimmed. Raises Invalid, with ``question_1`` to ``question_4`` and ``due_on``."""
    errors = {}
    held = [nfc(" ".join(undirected(one).split())) for one in questions]
    for number in range(1, COUNT + 1):
        text = held[number - 1] if number <= len(held) else ""
        if not text:
            errors[f"question_{number}"] = f"Enter question {number}."
        elif len(text) > QUESTION_LIMIT:
            over = len(text) - QUESTION_LIMIT
            errors[f"question_{number}"] = f"Shorten this by {over} characters: it can hold {QUESTION_LIMIT}."
    if due_on < today:
        errors["due_on"] = "Give a day from today on."
    elif due_on > today + LONGEST:
        errors["due_on"] = "That is more than a year away. Check the year."
    if errors or len(held) != COUNT:
        raise Invalid(ATTENTION, errors)
    return held


def check_open(status: str) -> None:
    """A round that was closed is read, and nothing more is written in it."""
    if status != OPEN:
        raise Conflict(IS_CLOSED)


def boxes_of(outcomes: Sequence[str]) -> list[str]:
    """The names of everything that is answered, in the order of the page."""
    named = [f"outcome.{item}.{part}" for item in outcomes for part in (GOING, TEXT)]
    return named + [f"question.{number}" for number in range(1, COUNT + 1)]


def check_answers(
    typed: Mapping[str, str], known: Sequence[str], codes: Sequence[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """What can be kept of what was typed, by box, and what is wrong with the rest. Only known boxes."""
    kept, problems = {}, {}
    for name in known:
        if name not in typed:
            continue
        text = nfc(undirected(typed[name]).replace("\r\n", "\n").strip())
        if name.endswith(f".{GOING}") and text and text not in codes:
            problems[name] = "Choose one of the answers."
        elif len(text) > ANSWER_LIMIT:
            over = len(text) - ANSWER_LIMIT
            problems[name] = f"Shorten this by {over} characters: it can hold {ANSWER_LIMIT}."
        else:
            kept[name] = text
    return kept, problems
