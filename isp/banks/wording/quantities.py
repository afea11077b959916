"""Numbers, lengths of time, frequencies and days in a text, and what stands near a word.

British ways of writing them: "20 minutes", "half an hour", "twice a week", "3 x 10 minutes", "17 July 2026".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

NUMBER = (
    r"(?:\d+(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|eighteen|twenty|twenty-five|thirty|forty|forty-five|fifty|sixty|ninety|half)"
)
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
DAY = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)? {MONTH}(?: \d{{4}})?|{MONTH} \d{{4}}|{MONTH}(?= to | and )"
    r"|\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{2}-\d{2})"
)
_LENGTH = (
    rf"(?:half an hour|an hour|{NUMBER}(?:\s*(?:and a half|¼|½|¾))?[- ]?"
    r"(?:min(?:ute)?s?|hours?|hrs?|seconds?|secs?))\b"
)
_SPAN = (
    r"(?:school )?(?:days?|weeks?|fortnights?|months?|half[- ]terms?|terms?|years?|mornings?|afternoons?"
    r"|evenings?|lessons?|sessions?|breaks?|breaktimes?|lunch(?:time)?s?|monday|tuesday|wednesday|thursday|friday"
    r"|registration|assembly|playtimes?|(?:\w+ )lessons?)"
)
_COUNTED = (
    rf"(?:(?:once|twice|thrice|{NUMBER} times|{NUMBER} sessions?|{NUMBER} days)"
    r"(?: (?:a|an|each|every|per|in)\b(?: \w+)?)?"
    rf"|{NUMBER} ?[x×] ?(?={NUMBER})|every {NUMBER} (?:minutes|hours|weeks|days))"
)
_OFTEN = (
    rf"(?:daily|weekly|fortnightly|monthly|half[- ]termly|termly|yearly|annually"
    rf"|(?:each|every|a|per|in all|in every|in each|after each|before each) {_SPAN}|hourly"
    r"|on (?:mondays|tuesdays|wednesdays|thursdays|fridays|weekdays|school days))"
)


def spelt(pattern: str) -> str:
    """A pattern of the data file with its ``{number}``, ``{day}`` and ``{length}`` written out."""
    return pattern.replace("{number}", NUMBER).replace("{day}", DAY).replace("{length}", _LENGTH)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w])(?<![^\W\d]-)(?:{pattern})(?!\w)".replace(" ", r"\s+").replace(r"\s+?", r"\s?"),
        re.IGNORECASE,
    )


LENGTH = _compiled(_LENGTH)
TIMES = _compiled(f"{_COUNTED}|{_OFTEN}")
DAYS = _compiled(DAY)
NUMBERS = _compiled(NUMBER)
_COUNTS = _compiled(_COUNTED)
_TRAINING = re.compile(
    r"\btrained\s+(?:in|to|by|at|on|as|for)\b|[\w-]-trained\b|\blevel\s+\d|\bqualified\b|\belsa\b|\bhlta\b|\bcertificate\b"
    r"|\baccredited\b|\bwith\s+(?:\w+\s+){0,3}(?:training|qualification|diploma)\b",
    re.IGNORECASE,
)
_RATIO = re.compile(rf"\b{NUMBER}(?:\s*:\s*|\s+(?:\w+\s+)?to\s+){NUMBER}\b", re.IGNORECASE)
_NEXT = re.compile(rf"\W*(?:of\s+)?(?:no more than\s+|about\s+|up to\s+)?\(?{NUMBER}\b", re.IGNORECASE)
_BEFORE = re.compile(rf"(?<![\w-]){NUMBER}\s+(?:\w+\s+)?$", re.IGNORECASE)
_NUMBER_SOON = re.compile(rf"\s+of(?:\s+[\w'’-]+){{0,4}}\W+{NUMBER}\b", re.IGNORECASE)

_ANYWHERE: Mapping[str, tuple[re.Pattern[str], ...]] = MappingProxyType(
    {
        "amount": (LENGTH, _COUNTS),
        "times": (LENGTH, TIMES),
        "day": (DAYS,),
        "training": (_TRAINING,),
        "ratio": (_RATIO,),
    }
)
_NEXT_TO_IT = frozenset({"number_next", "number_before"})
NEAR = frozenset({*_ANYWHERE, *_NEXT_TO_IT})
"""What a rule may name as standing near; the data file says what each means."""


def is_near(kind: str, sentence: str, start: int, end: int) -> bool:
    """Whether something of a kind stands near the word of a sentence that goes from ``start`` to ``end``."""
    if kind == "number_before":
        return bool(_BEFORE.search(sentence[:start]))
    if kind == "number_next":
        return bool(_NEXT.match(sentence, end) or _NUMBER_SOON.match(sentence, end))
    return any(pattern.search(sentence) for pattern in _ANYWHERE[kind])
