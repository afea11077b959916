"""Plans of realistic size, invented: most of 5.6 to 7.5 KB, one in fifty of some 76 KB.

A typical plan has 4 to 8 KB, a heavy one 60 (the sizes to design for). The demonstration's, which are written
out, have 9 KB sealed at the middle, 13 at the ninth tenth, and one of 67.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from isp.kernel import clock
from isp.kernel.ids import new_id
from isp.plans.content import blank, load
from isp.records import order
from isp.records.shape import Content

_PROSE = """
a and at before best can child class each every finds for group has he help hour in instruction is it
lesson longer morning needs of on one own page partner picture plan practises quiet reading room says
school short she shows small step support table task teacher the then they time to together tries two
under visual week when with word work writes
"""
WORDS = _PROSE.split()
LARGE_EVERY = 50


def contents(count: int, seed: int = 7) -> list[Content]:
    """Different plans, the same ones for every run of a process; every fiftieth a very long one."""
    chance = random.Random(seed)  # noqa: S311 prose, not secrets
    return [_plan(chance, large=is_large(number)) for number in range(count)]


def is_large(number: int) -> bool:
    """Whether the plan of this number is one of the very long ones."""
    return number % LARGE_EVERY == LARGE_EVERY - 1


def reworded(content: Content, number: int) -> Content:
    """The next version of a plan: a few words differ and an outcome has a result."""
    chance = random.Random(number)  # noqa: S311 prose, not secrets
    sections = dict(content["sections"])
    about = sections["about_me"]
    sections["about_me"] = about | {"fields": about["fields"] | {"strengths": _text(chance, 40)}}
    held = sections["outcomes"]["items"]
    first = held[0] | {"target": _text(chance, 25), "result": "partly_met" if number % 2 else "met"}
    sections["outcomes"] = sections["outcomes"] | {"items": [first, *held[1:]]}
    return content | {"sections": sections}


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words)).capitalize() + "."


def _plan(chance: random.Random, *, large: bool) -> Content:
    size = 10 if large else 1
    content = blank()
    held = content["sections"]
    names = ("strengths", "interests", "matters", "hard", "best_support", "aspirations")
    long = 300 if large else chance.randint(10, 45)
    held["about_me"]["fields"] = {name: _text(chance, long) for name in names}
    held["review"]["fields"] = {
        "next_review_on": (clock.today() + timedelta(days=chance.randint(-10, 120))).isoformat()
    }
    needs = [str(new_id()) for _ in range(3 * min(size, 6))]
    outcomes = [str(new_id()) for _ in range(3 * min(size, 6))]
    count = 3 * size
    held["needs"]["items"] = _items(
        needs, lambda _: {"barrier": _text(chance, 14), "in_setting": _text(chance, long)}
    )
    held["outcomes"]["items"] = _items(
        outcomes,
        lambda at: {
            "statement": _text(chance, 20),
            "baseline": _text(chance, 25),
            "target": _text(chance, 25),
            "needs": [needs[at % len(needs)]],
        },
    )
    held["provision"]["items"] = _items(
        [str(new_id()) for _ in range(count)],
        lambda at: {
            "name": _text(chance, 3),
            "what": _text(chance, 60 if large else chance.randint(20, 60)),
            "outcomes": [outcomes[at % len(outcomes)]],
            "needs": [needs[at % len(needs)]],
            "minutes": 20,
            "times": 3,
            "per": "week",
            "weeks": 12,
        },
    )
    held["adjustments"]["items"] = _items(
        [str(new_id()) for _ in range(2 * size)],
        lambda at: {"what": _text(chance, 30), "needs": [needs[at % len(needs)]]},
    )
    held["must_know"]["items"] = _items([str(new_id())], lambda _: {"what": _text(chance, 20)})
    return load(content)


def _items(ids: list[str], fields: Any) -> list[dict[str, Any]]:
    keys = order.spread(len(ids))
    return [{"id": ids[at], "order": keys[at], **fields(at)} for at in range(len(ids))]
